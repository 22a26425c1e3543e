"""The journal in SQLite, port ``Journal``: a method is a transaction, on disk on return (see ``complete_pass``)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

from pipeline.journal import case_table, deck_table, effect_table, field_table, mail_table, tables, trail_table
from pipeline.journal.backup import RESTORED, daily_backup
from pipeline.journal.connection import ChangeWatch, plain_failures
from pipeline.journal.errors import TimeRunsBackwards
from pipeline.journal.meta_table import delete_fact, fact, write_fact
from pipeline.journal.old_texts import PastTexts, TextCounts, compact, forget
from pipeline.journal.pass_lock import instance_lock, pass_lock
from pipeline.journal.recollection import UNREADABLE, Recollection, Touched
from pipeline.journal.row_forms import time_from, time_text
from schemas.deck import PageMark, ShownItem
from schemas.effects import Effect, EffectKey, EffectRecord, EffectState, Outcome
from schemas.intake import IgnoredMail, KnownMail
from schemas.memory import KnownCase, Memory, TrackedValue


class SqlJournal:
    """One site's journal file; made by ``opening.open_journal``. Several processes may hold it, one runs a pass."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path = path
        self._engine = engine
        self._reader = engine.execution_options(reading=True)
        self._passing = engine.execution_options(passing=True)
        with self._read() as connection:
            self.site = fact(connection, "site") or ""
            self.journal_id = fact(connection, "journal_id") or ""
        self._recollection = Recollection(self.site)
        self._watch = ChangeWatch(engine)

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
        """Everything remembered, from one moment; what did not change since the last call is not read again."""
        with plain_failures(self._path):
            version = self._watch.version()  # before reading: what is committed meanwhile makes the next call read
        known = self._recollection.as_of(version)
        if known is not None:
            return known
        with self._read() as connection:
            return self._recollection.memory(connection, version)

    def pass_lock(self) -> AbstractContextManager[None]:
        """Held for a pass; a second one, in this process or another, raises ``PassRunning``."""
        return pass_lock(self._path)

    def instance_lock(self) -> AbstractContextManager[None]:
        """Held by the one resident instance; a second raises ``PassRunning``."""
        return instance_lock(self._path)

    def record_cases(self, cases: Sequence[KnownCase], numbers: Collection[str], now: datetime) -> None:
        """Insert or update cases and remember numbers; a number once given to a case is never taken from it."""
        if not cases and not numbers:
            return
        with self._write() as connection:
            if case_table.record(connection, cases, numbers, now):
                ids = {case.case_id for case in cases}
                carried = {case.number for case in cases if case.number}
                self._changed(connection, Touched(cases=ids, numbers={*carried, *filter(None, numbers)}))

    def record_trails(self, seen: Collection[TrackedValue], now: datetime) -> None:
        """Append the tracked values that have changed since they were last seen; writes nothing otherwise."""
        if not seen:
            return
        with self._write() as connection:
            if trail_table.record(connection, seen, now):
                self._changed(connection, Touched(trails={(entry.case_id, entry.subject) for entry in seen}))

    def record_mails(self, taken: Sequence[KnownMail], ignored: Sequence[IgnoredMail], now: datetime) -> None:
        """Insert or update mails by digest, and mails left alone by mailbox id; writes nothing that is already so."""
        if not taken and not ignored:
            return
        with self._write() as connection:
            if mail_table.record(connection, taken, ignored, now):
                self._changed(connection, Touched(mails=True))

    def reserve_number(self, case_id: str, number: str, now: datetime) -> None:
        """Give ``number`` to a case; idempotent. ``NumberTaken`` when another case has it.

        ``CaseAlreadyNumbered`` when the case has another number: a number is for good.
        """
        with self._write() as connection:
            case_table.reserve(connection, case_id, number, now)
            self._changed(connection, Touched(cases={case_id}, numbers={number}))

    def note_unreadable(self, ledgers: Collection[str], now: datetime) -> None:
        """Remember since when each of ``ledgers`` cannot be read, and forget the others; writes only what is new."""
        known = self.memory().unreadable_since
        if set(known) == set(ledgers):
            return
        with self._write() as connection:
            for name in set(known) - set(ledgers):
                delete_fact(connection, f"{UNREADABLE}{name}")
            for name in set(ledgers) - set(known):
                write_fact(connection, f"{UNREADABLE}{name}", time_text(now))
            self._changed(connection, Touched())

    def intend(self, effect: Effect, now: datetime) -> EffectRecord:
        """Commit the intent; a known effect as it stands (a pending one takes the newer title and inputs)."""
        return self.intend_all([effect], now)[0]

    def intend_all(self, effects: Sequence[Effect], now: datetime) -> list[EffectRecord]:
        """Commit several intents in one transaction, each as ``intend`` does; writes nothing that is already so."""
        with self._read() as connection:
            found = [effect_table.standing(connection, effect) for effect in effects]
        new = {effect.key for effect, known in zip(effects, found, strict=True) if known is None}
        if not new:  # a wait or a fault that lasts: every pass asks again, and nothing is written
            return [known for known in found if known is not None]
        with self._write() as connection:
            self._changed(connection, Touched(effects=new))
            return [known or effect_table.intend(connection, effect, now)
                    for effect, known in zip(effects, found, strict=True)]

    def start(self, key: EffectKey, now: datetime) -> None:
        """Mark that the outside world may change from here on; ``EffectUnknown``, ``EffectSettled``."""
        with self._write() as connection:
            effect_table.start(connection, key)
            self._changed(connection, Touched(effects={key}))

    def finish(self, key: EffectKey, outcome: Outcome, now: datetime, told: Sequence[tuple[str, str]] = ()) -> None:
        """Commit the outcome, its file's hash and what was told whom; the same outcome again changes nothing."""
        with self._write() as connection:
            effect_table.finish(connection, key, outcome, now, told)
            self._changed(connection, Touched(effects={key}, told=set(told)))

    def finish_all(self, outcomes: Sequence[tuple[EffectKey, Outcome]], now: datetime) -> None:
        """Commit several outcomes in one transaction, each as ``finish`` does; all or none."""
        with self._write() as connection:
            for key, outcome in outcomes:
                effect_table.finish(connection, key, outcome, now, ())
            self._changed(connection, Touched(effects={key for key, _ in outcomes}))

    def fail(self, key: EffectKey, error: str, now: datetime, *, uncertain: bool = False) -> None:
        """Commit a failure: back to pending, or uncertain; ``EffectUnknown``, ``EffectSettled`` when it is done."""
        with self._write() as connection:
            effect_table.fail(connection, key, error, now, uncertain=uncertain)
            self._changed(connection, Touched(effects={key}))

    def doubt(self, key: EffectKey, error: str, now: datetime) -> None:
        """Commit that a started effect has no known outcome; ``EffectUnknown``, ``EffectSettled``."""
        with self._write() as connection:
            effect_table.doubt(connection, key, error, now)
            self._changed(connection, Touched(effects={key}))

    def reopen(self, key: EffectKey, now: datetime) -> None:
        """A person's decision: what is uncertain is pending again; ``EffectUnknown``, ``EffectSettled``."""
        with self._write() as connection:
            effect_table.reopen(connection, key)
            self._changed(connection, Touched(effects={key}))

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
                self._changed(connection, Touched(meetings=True))

    def complete_pass(self, now: datetime, ledgers: Iterable[str]) -> None:
        """Remember when a pass was completed and which ledgers it read; writes nothing that is already so.

        The time alone is not waited for until it is on the disk: the pass before it says as much after a power cut, and
        a plant at rest would make the disk confirm something every few seconds for years.
        """
        known = self.memory().seen_ledgers
        new = [{"ledger": name, "seen_at": time_text(now)} for name in dict.fromkeys(ledgers) if name not in known]
        with self._write(self._engine if new else self._passing) as connection:
            if fact(connection, "last_pass") != time_text(now):
                write_fact(connection, "last_pass", time_text(now))
            if new:
                connection.execute(insert(tables.ledgers), new)
                self._changed(connection, Touched())

    @property
    def progress(self) -> int:
        """Counts what cannot be undone: cases, numbers, what was done and told. A copy put back counts less."""
        memory = self.memory()
        return len(memory.cases) + len(memory.numbers) + len(memory.told) + memory.effects.done

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
            self._recollection = Recollection(self.site)
            self._changed(connection, Touched())

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

    def forget_texts(self, past: PastTexts, *, really: bool) -> TextCounts:
        """Count words that are past their time; take them out when ``really``: keys and states stay. Idempotent."""
        with self._write() if really else self._read() as connection:
            counts = forget(connection, past, really=really)
            if really:
                self._recollection = Recollection(self.site)  # what was taken out must not be remembered here either
                self._changed(connection, Touched())
        if really:
            with plain_failures(self._path):
                compact(self._path)
        return counts

    def close(self) -> None:
        """Release the file."""
        self._watch.close()
        self._engine.dispose()

    def _fact(self, key: str) -> str | None:
        with self._read() as connection:
            return fact(connection, key)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with plain_failures(self._path), self._reader.begin() as connection:
            yield connection

    def _changed(self, connection: Connection, touched: Touched) -> None:
        """Inside a transaction that changes what ``memory`` gives."""
        self._recollection.note(connection, touched)

    @contextmanager
    def _write(self, engine: Engine | None = None) -> Iterator[Connection]:
        self._recollection.dropped()
        with plain_failures(self._path), (engine or self._engine).begin() as connection:
            yield connection
        self._recollection.committed()
