"""Effects, the outbox among them, and what they left behind; every function works inside the caller's transaction.

The UNIQUE constraint on the key's columns decides whether an effect is new; the write lock that a transaction takes
at its start keeps a second process out between looking and writing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from pipeline.journal import transitions
from pipeline.journal.errors import EffectUnknown
from pipeline.journal.row_forms import (
    EFFECT_COLUMNS,
    cases_of,
    effect_columns,
    effect_from,
    key_columns,
    recipient_columns,
)
from pipeline.journal.tables import effect_cases, effects, files, told
from schemas.effects import Effect, EffectKey, EffectRecord, EffectState, Outcome

_COLUMNS = [effects.c[name] for name in EFFECT_COLUMNS]
_KEY = ("site", "kind", "subject", "occasion", "revision")


_CHANGED = update(effects).where(effects.c.id == bindparam("which"))
_FILE = upsert(files)
_WRITTEN = _FILE.on_conflict_do_update(
    index_elements=[files.c.path], set_={"sha256": _FILE.excluded.sha256, "effect_id": _FILE.excluded.effect_id}
)


_ONE = select(effects.c.id, *_COLUMNS).where(*(effects.c[name] == bindparam(f"is_{name}") for name in _KEY))


def _row(connection: Connection, key: EffectKey) -> tuple[int, EffectRecord] | None:
    row = connection.execute(_ONE, {f"is_{name}": value for name, value in key_columns(key).items()}).one_or_none()
    return None if row is None else (row[0], effect_from(row[1:]))


def _find(connection: Connection, key: EffectKey) -> tuple[int, EffectRecord]:
    found = _row(connection, key)
    if found is None:
        raise EffectUnknown(key)
    return found


def _save(connection: Connection, effect_id: int, before: EffectRecord, after: EffectRecord, **more: Any) -> None:
    if after != before:
        values = {**effect_columns(after), **more}
        connection.execute(_CHANGED, {"which": effect_id, **values})


def all_effects(connection: Connection) -> dict[EffectKey, EffectRecord]:
    """Every effect by key."""
    records = map(effect_from, connection.execute(select(*_COLUMNS)))
    return {record.key: record for record in records}


def some_effects(connection: Connection, keys: Iterable[EffectKey]) -> dict[EffectKey, EffectRecord]:
    """Some effects by key, those that are there, in the order of ``keys``."""
    found = ((key, _row(connection, key)) for key in keys)
    return {key: row[1] for key, row in found if row is not None}


def of_cases(connection: Connection, case_ids: Collection[str]) -> list[EffectRecord]:
    """The effects that speak of any of some cases, in the order of intent."""
    about = select(effect_cases.c.effect_id).where(effect_cases.c.case_id.in_(case_ids))
    return _records(connection, effects.c.id.in_(about))


def in_state(connection: Connection, state: EffectState) -> list[EffectRecord]:
    """The effects in a state, in the order of intent."""
    words = {transitions.state_word(kind, state) for kind in ("mail.", "")}
    return _records(connection, effects.c.state.in_(words))


def _records(connection: Connection, condition: ColumnElement[bool]) -> list[EffectRecord]:
    rows = connection.execute(select(*_COLUMNS).where(condition).order_by(effects.c.intended_at, effects.c.id))
    return [effect_from(row) for row in rows]


def standing(connection: Connection, effect: Effect) -> EffectRecord | None:
    """The record of a known effect when intending it again would change nothing; None otherwise."""
    found = _row(connection, effect.key)
    return found[1] if found is not None and transitions.intended_again(found[1], effect) == found[1] else None


def intend(connection: Connection, effect: Effect, now: datetime) -> EffectRecord:
    """Insert the intent; a key that is there already gives back what stands under it. Holds the write lock."""
    found = _row(connection, effect.key)
    if found is None:
        current = transitions.intended(effect, now)
        values = {**effect_columns(current), **recipient_columns(effect)}
        effect_id = connection.execute(insert(effects), values).lastrowid
    else:
        effect_id, known = found
        current = transitions.intended_again(known, effect)
        _save(connection, effect_id, known, current, **recipient_columns(effect))
    _link(connection, effect_id, cases_of(effect))
    return current


def _link(connection: Connection, effect_id: int, case_ids: Iterable[str]) -> None:
    known = set(connection.scalars(select(effect_cases.c.case_id).where(effect_cases.c.effect_id == effect_id)))
    rows = [{"effect_id": effect_id, "case_id": case_id} for case_id in case_ids if case_id not in known]
    if rows:
        connection.execute(insert(effect_cases), rows)


def start(connection: Connection, key: EffectKey) -> None:
    """Another attempt begins."""
    effect_id, record = _find(connection, key)
    _save(connection, effect_id, record, transitions.started(record))


def finish(
    connection: Connection, key: EffectKey, outcome: Outcome, now: datetime, told_whom: Sequence[tuple[str, str]]
) -> None:
    """The outcome, the hashes of the files it wrote, and what a digest told whom."""
    effect_id, record = _find(connection, key)
    _save(connection, effect_id, record, transitions.finished(record, outcome, now))
    made = [(outcome.path, outcome.sha256)] if outcome.path and outcome.sha256 else []
    written = [{"path": path, "sha256": sha256, "effect_id": effect_id} for path, sha256 in (*made, *outcome.files)]
    if written:
        connection.execute(_WRITTEN, written)
    for person, duty in dict.fromkeys(told_whom):
        known = select(told.c.person).where(told.c.person == person, told.c.key == duty)
        if connection.scalar(known) is None:
            connection.execute(insert(told).values(person=person, key=duty, effect_id=effect_id))


def doubt(connection: Connection, key: EffectKey, error: str, now: datetime) -> None:
    """A start without a known outcome."""
    effect_id, record = _find(connection, key)
    _save(connection, effect_id, record, transitions.doubted(record, error, now))


def reopen(connection: Connection, key: EffectKey) -> None:
    """Another try of what was uncertain."""
    effect_id, record = _find(connection, key)
    _save(connection, effect_id, record, transitions.reopened(record))


def fail(connection: Connection, key: EffectKey, error: str, now: datetime, *, uncertain: bool) -> None:
    """A failure with its reason."""
    effect_id, record = _find(connection, key)
    _save(connection, effect_id, record, transitions.failed(record, error, now, uncertain=uncertain))
