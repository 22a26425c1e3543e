"""The journal in SQLite: the port ``Journal``, every method one transaction that is on disk before it returns."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection, Engine, delete, func, insert, select

from pipeline.journal import (
    case_table,
    deck_table,
    effect_table,
    field_table,
    mail_table,
    tables,
    trail_table,
)
from pipeline.journal.backup import RESTORED, daily_backup
from pipeline.journal.connection import plain_failures
from pipeline.journal.errors import TimeRunsBackwards
from pipeline.journal.meta_table import delete_fact, fact, facts_with, write_fact
from pipeline.journal.pass_lock import instance_lock, pass_lock
from pipeline.journal.row_forms import time_from, time_text
from schemas.deck import PageMark, ShownItem
from schemas.effects import Effect, EffectKey, EffectRecord, EffectState, Outcome
from schemas.intake import IgnoredMail, KnownMail
from schemas.memory import KnownCase, Memory, TrackedValue

_GENERATION = "generation"  # counts the changes of what ``memory`` gives, so that an unchanged one is not read again

_UNREADABLE = "unreadable since: "


def _unreadable(connection: Connection) -> dict[str, datetime]:
    facts = facts_with(connection, _UNREADABLE)
    return {name: time_from(text) for name, text in facts.items()}


def _next_generation(connection: Connection) -> None:
    write_fact(connection, _GENERATION, str(int(fact(connection, _GENERATION) or 0) + 1))


class SqlJournal:
    """One site's journal file; made by ``opening.open_journal``. Several processes may hold it, one runs a pass."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path = path
        self._engine = engine
        self._remembered: tuple[str, Memory] | None = None
        self._reader = engine.execution_options(reading=True)
        with self._read() as connection:
            self.site = fact(connection, "site") or ""
            self.journal_id = fact(connection, "journal_id") or ""

    @property
    def mode(self) -> str:
        """``rehearsal`` or ``real``."""
        return self._fact("mode") or ""

    @property
    def last_pass(self) -> datetime | None:
        """Time of the last completed pass."""
        text = self._fact("last_pass")
        return time_from(text) if text else None

    @property
    def is_restored(self) -> bool:
        """Whether this file was a backup: what happened after ``last_pass`` is then unknown to it."""
        return self._fact(RESTORED) is not None

    def memory(self) -> Memory:
        """Everything remembered, from one moment; kept until the journal changes, by whichever process."""
        with self._read() as connection:
            generation = fact(connection, _GENERATION) or ""
            if self._remembered is None or self._remembered[0] != generation:
                memory = Memory(
                    site=self.site,
                    seen_ledgers=frozenset(connection.scalars(select(tables.ledgers.c.ledger))),
                    cases=MappingProxyType(case_table.all_cases(connection)),
                    numbers=case_table.all_numbers(connection),
                    effects=MappingProxyType(effect_table.all_effects(connection)),
                    told=frozenset((row.person, row.key) for row in connection.execute(select(tables.told))),
                    trails=MappingProxyType(trail_table.all_trails(connection)),
                    unreadable_since=MappingProxyType(_unreadable(connection)),
                    mails=MappingProxyType(mail_table.all_mails(connection)),
                    ignored=MappingProxyType(mail_table.all_ignored(connection)),
                    meetings=MappingProxyType(deck_table.latest_meetings(connection)),
                )
                self._remembered = (generation, memory)
            return self._remembered[1]

    def pass_lock(self) -> AbstractContextManager[None]:
        """Held for a pass; a second one, in this process or another, raises ``PassRunning``."""
        return pass_lock(self._path)

    def instance_lock(self) -> AbstractContextManager[None]:
        """Held by the one resident instance; a second raises ``PassRunning``."""
        return instance_lock(self._path)

    def record_cases(self, cases: Sequence[KnownCase], numbers: Iterable[str], now: datetime) -> None:
        """Insert or update cases and remember numbers; a number once given to a case is never taken from it."""
        with self._write() as connection:
            if case_table.record(connection, cases, numbers, now):
                _next_generation(connection)

    def record_trails(self, seen: Iterable[TrackedValue], now: datetime) -> None:
        """Append the tracked values that have changed since they were last seen; writes nothing otherwise."""
        with self._write() as connection:
            if trail_table.record(connection, seen, now):
                _next_generation(connection)

    def record_mails(self, taken: Sequence[KnownMail], ignored: Sequence[IgnoredMail], now: datetime) -> None:
        """Insert or update mails by digest, and mails left alone by mailbox id; writes nothing that is already so."""
        if not taken and not ignored:
            return
        with self._write() as connection:
            if mail_table.record(connection, taken, ignored, now):
                _next_generation(connection)

    def reserve_number(self, case_id: str, number: str, now: datetime) -> None:
        """Give ``number`` to a case; idempotent. ``NumberTaken`` when another case has it.

        ``CaseAlreadyNumbered`` when the case has another number: a number is for good.
        """
        with self._write() as connection:
            case_table.reserve(connection, case_id, number, now)
            _next_generation(connection)

    def note_unreadable(self, ledgers: Collection[str], now: datetime) -> None:
        """Remember since when each of ``ledgers`` cannot be read, and forget the others; writes only what is new."""
        known = self.memory().unreadable_since
        if set(known) == set(ledgers):
            return
        with self._write() as connection:
            for name in set(known) - set(ledgers):
                delete_fact(connection, f"{_UNREADABLE}{name}")
            for name in set(ledgers) - set(known):
                write_fact(connection, f"{_UNREADABLE}{name}", time_text(now))
            _next_generation(connection)

    def intend(self, effect: Effect, now: datetime) -> EffectRecord:
        """Commit the intent; a known effect as it stands (a pending one takes the newer title and inputs)."""
        with self._read() as connection:
            known = effect_table.standing(connection, effect)
        if known is not None:
            return known  # a wait or a fault that lasts: every pass asks again, and nothing is written
        with self._write() as connection:
            _next_generation(connection)
            return effect_table.intend(connection, effect, now)

    def start(self, key: EffectKey, now: datetime) -> None:
        """Mark that the outside world may change from here on; ``EffectUnknown``, ``EffectSettled``."""
        with self._write() as connection:
            effect_table.start(connection, key)
            _next_generation(connection)

    def finish(self, key: EffectKey, outcome: Outcome, now: datetime, told: Sequence[tuple[str, str]] = ()) -> None:
        """Commit the outcome, its file's hash and what was told whom; the same outcome again changes nothing."""
        with self._write() as connection:
            effect_table.finish(connection, key, outcome, now, told)
            _next_generation(connection)

    def fail(self, key: EffectKey, error: str, now: datetime, *, uncertain: bool = False) -> None:
        """Commit a failure: back to pending, or uncertain; ``EffectUnknown``, ``EffectSettled`` when it is done."""
        with self._write() as connection:
            effect_table.fail(connection, key, error, now, uncertain=uncertain)
            _next_generation(connection)

    def doubt(self, key: EffectKey, error: str, now: datetime) -> None:
        """Commit that a started effect has no known outcome; ``EffectUnknown``, ``EffectSettled``."""
        with self._write() as connection:
            effect_table.doubt(connection, key, error, now)
            _next_generation(connection)

    def reopen(self, key: EffectKey, now: datetime) -> None:
        """A person's decision: what is uncertain is pending again; ``EffectUnknown``, ``EffectSettled``."""
        with self._write() as connection:
            effect_table.reopen(connection, key)
            _next_generation(connection)

    def last_sha256(self, path: str) -> str | None:
        """Hash of what we last wrote to ``path`` (relative to the share)."""
        with self._read() as connection:
            return connection.scalar(select(tables.files.c.sha256).where(tables.files.c.path == path))

    def written_fields(self, path: str) -> Mapping[str, str]:
        """Digests of the fields as we last wrote them to a document, by digest of the field's name."""
        with self._read() as connection:
            return field_table.of_document(connection, path)

    def record_fields(self, path: str, written: Mapping[str, str]) -> None:
        """Remember the digests of fields written to a document; others of it stay. Idempotent."""
        known = self.written_fields(path)
        if any(known.get(field) != digest for field, digest in written.items()):
            with self._write() as connection:
                field_table.record(connection, path, written)

    def deck_marks(self, deck: str) -> tuple[PageMark, ...]:
        """What was written on the pages of a deck (path relative to the share)."""
        with self._read() as connection:
            return deck_table.marks_of(connection, deck)

    def record_deck(self, deck: str, marks: Sequence[PageMark]) -> None:
        """Remember what is about to be written on a deck's pages; writes nothing that is already so."""
        with self._write() as connection:
            deck_table.record_marks(connection, deck, marks)

    def record_meeting(self, period: str, shown: Sequence[ShownItem]) -> None:
        """Remember what the meeting of an ISO week is shown; writes nothing that is already so."""
        with self._write() as connection:
            if deck_table.record_meeting(connection, period, shown):
                _next_generation(connection)

    def complete_pass(self, now: datetime, ledgers: Iterable[str]) -> None:
        """Remember when a pass was completed and which ledgers it read; writes nothing that is already so."""
        with self._write() as connection:
            if fact(connection, "last_pass") != time_text(now):
                write_fact(connection, "last_pass", time_text(now))
            known = set(connection.scalars(select(tables.ledgers.c.ledger)))
            new = [{"ledger": name, "seen_at": time_text(now)} for name in dict.fromkeys(ledgers) if name not in known]
            if new:
                connection.execute(insert(tables.ledgers), new)
                _next_generation(connection)

    @property
    def progress(self) -> int:
        """Counts what cannot be undone: cases, numbers, what was done and told. A copy put back counts less."""
        with self._read() as connection:
            done = select(func.count()).select_from(tables.effects).where(tables.effects.c.state.in_(("done", "sent")))
            counts = [select(func.count()).select_from(table) for table in (tables.cases, tables.numbers, tables.told)]
            return sum(connection.scalar(query) or 0 for query in (done, *counts))

    def accept_restored(self) -> None:
        """Go on from a backup, after a person has looked: nothing that happened since is repeated.

        It gets an id of its own, so that whoever still holds the old one stays out. The next pass is a baseline: rows
        that it does not know are stock, and so are known rows without number, since they may have got one meanwhile.
        """
        with self._write() as connection:
            self.journal_id = uuid.uuid4().hex
            write_fact(connection, "journal_id", self.journal_id)
            delete_fact(connection, RESTORED)
            connection.execute(delete(tables.ledgers))
            case_table.unnumbered_to_stock(connection)
            _next_generation(connection)

    def check_time(self, now: datetime) -> None:
        """Raise ``TimeRunsBackwards`` for a rehearsal before its last pass; a real journal follows the wall clock."""
        last = self.last_pass
        if self.mode == "rehearsal" and last is not None and now < last:
            raise TimeRunsBackwards(now, last.astimezone(now.tzinfo))

    def case_history(self, number: str) -> list[EffectRecord]:
        """Every effect that speaks of the complaint with this 客诉编号, in the order of intent."""
        with self._read() as connection:
            return effect_table.of_cases(connection, case_table.holders(connection, number))

    def listing(self, state: EffectState) -> list[EffectRecord]:
        """Every effect in a state, in the order of intent."""
        with self._read() as connection:
            return effect_table.in_state(connection, state)

    def daily_backup(self, now: datetime) -> Path:
        """Today's backup (``now`` in the plant's zone), made when there is none yet; 14 days are kept."""
        return daily_backup(self._path, now)

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def _fact(self, key: str) -> str | None:
        with self._read() as connection:
            return fact(connection, key)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with plain_failures(self._path), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with plain_failures(self._path), self._engine.begin() as connection:
            yield connection
