"""Words that are past their time, taken out of the journal; keys, states, digests and paths stay."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select, update

from pipeline.journal.row_forms import EFFECT_COLUMNS, effect_columns, effect_from, time_text
from pipeline.journal.tables import effect_cases, effects, ignored_mails, mails

CLEARED = "（文字已按保留期清除）"
_EMPTY = ("", "[]", "[]")  # subject, rows and evidence of a mail without words
_DONE = ("done", "sent")
_SHOWN_ON = "refused"  # what the board goes on showing: a cell that cannot be written


@dataclass(frozen=True, slots=True)
class PastTexts:
    """Whose words are past their time: mails by digest, mails left alone and effects done before a time (None: none).

    Effects that speak of a case ``needed`` (by id) are left out.
    """

    mails: Collection[str]
    strangers_before: datetime | None
    effects_before: datetime | None
    needed: Collection[str]


@dataclass(frozen=True, slots=True)
class TextCounts:
    """How many records of each kind have words past their time."""

    mails: int
    strangers: int
    effects: int


def forget(connection: Connection, past: PastTexts, *, really: bool) -> TextCounts:
    """Count what is past its time, inside the caller's transaction; take the words out when ``really``. Idempotent."""
    digests = wordy_mails(connection, past.mails)
    before, done_before = past.strangers_before, past.effects_before
    strangers = old_strangers(connection, before) if before is not None else 0
    ids = old_effects(connection, done_before, past.needed) if done_before is not None else []
    if really:
        clear_mails(connection, digests)
        clear_effects(connection, ids)
        if before is not None:
            clear_strangers(connection, before)
    return TextCounts(len(digests), strangers, len(ids))


def compact(path: Path) -> None:
    """Write the journal's file anew, so that what was taken out stands nowhere in it any more."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def old_effects(connection: Connection, before: datetime, needed: Collection[str]) -> list[int]:
    """The ids of effects that were done before a time and speak of none of the cases ``needed``."""
    done = select(effects.c.id, effects.c.case_id).where(
        effects.c.state.in_(_DONE), effects.c.finished_at < time_text(before), effects.c.title != CLEARED,
        effects.c.kind != _SHOWN_ON,
    )
    about: dict[int, set[str]] = {}
    for effect_id, case_id in connection.execute(select(effect_cases)):
        about.setdefault(effect_id, set()).add(case_id)
    keep = set(needed)
    return [row.id for row in connection.execute(done)
            if row.case_id not in keep and keep.isdisjoint(about.get(row.id, ()))]


def clear_effects(connection: Connection, ids: Sequence[int]) -> None:
    """Take title, result and error out of effects; where they made a file, its path and checksum stay."""
    columns = [effects.c[name] for name in EFFECT_COLUMNS]
    for effect_id in ids:
        record = effect_from(connection.execute(select(*columns).where(effects.c.id == effect_id)).one())
        outcome = replace(record.outcome, text="") if record.outcome else None
        cleared = replace(record, title=CLEARED, outcome=outcome, error="")
        connection.execute(update(effects).where(effects.c.id == effect_id).values(effect_columns(cleared)))


def wordy_mails(connection: Connection, digests: Collection[str]) -> list[str]:
    """Those of some mails of which words are still kept."""
    found = connection.execute(select(mails.c.digest, mails.c.subject, mails.c.rows, mails.c.evidence))
    return [row.digest for row in found if row.digest in digests and (row.subject, row.rows, row.evidence) != _EMPTY]


def clear_mails(connection: Connection, digests: Sequence[str]) -> None:
    """Take subject, proposed rows and the words they were read from out of mails; that they came stays known."""
    subject, rows, evidence = _EMPTY
    for digest in digests:
        values = {"subject": subject, "rows": rows, "evidence": evidence}
        connection.execute(update(mails).where(mails.c.digest == digest).values(values))


def old_strangers(connection: Connection, before: datetime) -> int:
    """How many mails that were left alone before a time still have their subject here."""
    query = select(func.count()).select_from(ignored_mails).where(
        ignored_mails.c.seen_at < time_text(before), ignored_mails.c.subject != ""
    )
    return connection.scalar(query) or 0


def clear_strangers(connection: Connection, before: datetime) -> None:
    """Take their subjects out; that they need not be read again stays known."""
    connection.execute(
        update(ignored_mails).where(ignored_mails.c.seen_at < time_text(before)).values(subject="")
    )
