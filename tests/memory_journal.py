"""A journal that forgets when the process ends: for specification tests; it passes the journal's contract."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from pipeline.journal import transitions
from pipeline.journal.errors import CaseAlreadyNumbered, EffectUnknown, TimeRunsBackwards
from pipeline.journal.row_forms import cases_of
from schemas.deck import PageMark, ShownItem
from schemas.effects import Effect, EffectKey, EffectRecord, EffectState, Outcome
from schemas.errors import NumberTaken, PassRunning
from schemas.intake import IgnoredMail, KnownMail
from schemas.memory import KnownCase, Memory, TrackedValue, TrailEntry
from schemas.remembered import Grown, RememberedCases, RememberedEffects


class MemoryJournal:
    """The port ``Journal`` on dictionaries, with the state rules of the real one (``transitions``)."""

    mode = "rehearsal"

    def __init__(self, site: str) -> None:
        self.site = site
        self.last_pass: datetime | None = None
        self._ledgers: set[str] = set()
        self._cases: dict[str, KnownCase] = {}
        self._numbers: dict[str, str] = {}
        self._effects: dict[EffectKey, EffectRecord] = {}
        self._fields: dict[str, dict[str, str]] = {}
        self._about: dict[EffectKey, set[str]] = {}
        self._files: dict[str, str] = {}
        self._told: set[tuple[str, str]] = set()
        self._trails: dict[tuple[str, str], tuple[TrailEntry, ...]] = {}
        self._unreadable: dict[str, datetime] = {}
        self._mails: dict[str, KnownMail] = {}
        self._ignored: dict[str, IgnoredMail] = {}
        self._decks: dict[str, tuple[PageMark, ...]] = {}
        self._meetings: dict[str, dict[str, ShownItem]] = {}
        self._passing = False

    @property
    def progress(self) -> int:
        """Counts what was remembered; nothing is ever forgotten here."""
        return len(self._cases) + len(self._numbers) + sum(record.attempts + 1 for record in self._effects.values())

    def memory(self) -> Memory:
        """Everything remembered, as a copy."""
        return Memory(
            site=self.site, seen_ledgers=frozenset(self._ledgers), cases=RememberedCases(dict(self._cases)),
            numbers=frozenset(self._numbers), effects=RememberedEffects(dict(self._effects)),
            told=frozenset(self._told), trails=Grown(dict(self._trails)),
            unreadable_since=MappingProxyType(dict(self._unreadable)),
            mails=MappingProxyType(dict(self._mails)), ignored=MappingProxyType(dict(self._ignored)),
            meetings={week: dict(self._meetings[week]) for week in sorted(self._meetings, reverse=True)[:3]},
        )

    def pass_lock(self) -> AbstractContextManager[None]:
        """Held for a pass; a second one raises ``PassRunning``."""
        return self._holding()

    @contextmanager
    def _holding(self) -> Iterator[None]:
        if self._passing:
            raise PassRunning(Path("(内存)"))
        self._passing = True
        try:
            yield
        finally:
            self._passing = False

    def record_cases(self, cases: Sequence[KnownCase], numbers: Iterable[str], now: datetime) -> None:
        """Insert or update cases and remember numbers; a number once given to a case is never taken from it."""
        for number in numbers:
            if number:
                self._numbers.setdefault(number, "")
        for case in cases:
            number = case.number or self._number_of(case.case_id)
            self._cases[case.case_id] = replace(case, number=number)
            if number:
                self._numbers[number] = self._numbers.get(number) or case.case_id

    def record_trails(self, seen: Iterable[TrackedValue], now: datetime) -> None:
        """Append the tracked values that differ from the newest of their trail."""
        for entry in seen:
            trail = self._trails.get((entry.case_id, entry.subject), ())
            if not trail or trail[-1].value != entry.value:
                self._trails[entry.case_id, entry.subject] = (*trail, TrailEntry(entry.value, now))

    def record_mails(self, taken: Sequence[KnownMail], ignored: Sequence[IgnoredMail], now: datetime) -> None:
        """Insert or update mails by digest, and mails left alone by mailbox id."""
        self._mails.update({mail.digest: mail for mail in taken})
        self._ignored.update({mail.mail_id: mail for mail in ignored})

    def reserve_number(self, case_id: str, number: str, now: datetime) -> None:
        """Give ``number`` to a case; idempotent. Raises ``NumberTaken``, ``CaseAlreadyNumbered``."""
        current = self._number_of(case_id)
        holder = self._numbers.get(number, "")
        if number == current or holder == case_id:
            return
        if current:
            raise CaseAlreadyNumbered(case_id, current, number)
        if holder:
            raise NumberTaken(number, holder)
        self._numbers[number] = case_id
        if case_id in self._cases:
            self._cases[case_id] = replace(self._cases[case_id], number=number)

    def _number_of(self, case_id: str) -> str:
        known = self._cases.get(case_id)
        owned = (number for number, holder in self._numbers.items() if holder == case_id)
        return (known.number if known else "") or next(owned, "")

    def note_unreadable(self, ledgers: Collection[str], now: datetime) -> None:
        """Remember since when each of ``ledgers`` cannot be read, and forget the others."""
        self._unreadable = {name: self._unreadable.get(name, now) for name in ledgers}

    def intend(self, effect: Effect, now: datetime) -> EffectRecord:
        """Remember the intent; a known effect as it stands (a pending one takes the newer title and inputs)."""
        known = self._effects.get(effect.key)
        record = transitions.intended_again(known, effect) if known else transitions.intended(effect, now)
        self._effects[effect.key] = record
        self._about.setdefault(effect.key, set()).update(cases_of(effect))
        return record

    def intend_all(self, effects: Sequence[Effect], now: datetime) -> list[EffectRecord]:
        """Remember several intents."""
        return [self.intend(effect, now) for effect in effects]

    def start(self, key: EffectKey, now: datetime) -> None:
        """Mark that the outside world may change from here on; ``EffectUnknown``, ``EffectSettled``."""
        self._effects[key] = transitions.started(self._known(key))

    def finish(self, key: EffectKey, outcome: Outcome, now: datetime, told: Sequence[tuple[str, str]] = ()) -> None:
        """Remember the outcome, its file's hash and what was told whom."""
        self._effects[key] = transitions.finished(self._known(key), outcome, now)
        if outcome.path and outcome.sha256:
            self._files[outcome.path] = outcome.sha256
        self._files.update(outcome.files)
        self._told.update(told)

    def finish_all(self, outcomes: Sequence[tuple[EffectKey, Outcome]], now: datetime) -> None:
        """Remember several outcomes, or none of them."""
        finished = {key: transitions.finished(self._known(key), outcome, now) for key, outcome in outcomes}
        self._effects.update(finished)
        for _, outcome in outcomes:
            if outcome.path and outcome.sha256:
                self._files[outcome.path] = outcome.sha256
            self._files.update(outcome.files)

    def fail(self, key: EffectKey, error: str, now: datetime, *, uncertain: bool = False) -> None:
        """Remember a failure: back to pending, or uncertain."""
        self._effects[key] = transitions.failed(self._known(key), error, now, uncertain=uncertain)

    def doubt(self, key: EffectKey, error: str, now: datetime) -> None:
        """Remember that a started effect has no known outcome."""
        self._effects[key] = transitions.doubted(self._known(key), error, now)

    def reopen(self, key: EffectKey, now: datetime) -> None:
        """A person's decision: what is uncertain is pending again."""
        self._effects[key] = transitions.reopened(self._known(key))

    def _known(self, key: EffectKey) -> EffectRecord:
        if key not in self._effects:
            raise EffectUnknown(key)
        return self._effects[key]

    def last_sha256(self, path: str) -> str | None:
        """Hash of what we last wrote to ``path`` (relative to the share)."""
        return self._files.get(path)

    def written_fields(self, path: str) -> Mapping[str, str]:
        """Digests of the fields as we last wrote them to a document."""
        return dict(self._fields.get(path, {}))

    def record_fields(self, path: str, written: Mapping[str, str]) -> None:
        """Remember the digests of fields written to a document; others of it stay."""
        self._fields.setdefault(path, {}).update(written)

    def deck_marks(self, deck: str) -> tuple[PageMark, ...]:
        """What was written on the pages of a deck."""
        return self._decks.get(deck, ())

    def record_deck(self, deck: str, marks: Sequence[PageMark]) -> None:
        """Remember what is about to be written on a deck's pages."""
        self._decks[deck] = tuple(sorted(marks, key=lambda mark: mark.page))

    def record_meeting(self, period: str, shown: Sequence[ShownItem]) -> None:
        """Remember what the meeting of an ISO week is shown."""
        self._meetings[period] = {item.case_id: item for item in shown}

    def complete_pass(self, now: datetime, ledgers: Iterable[str]) -> None:
        """Remember when a pass was completed and which ledgers it read."""
        self.last_pass = now
        self._ledgers.update(ledgers)

    def check_time(self, now: datetime) -> None:
        """Raise ``TimeRunsBackwards`` before the last pass."""
        if self.last_pass is not None and now < self.last_pass:
            raise TimeRunsBackwards(now, self.last_pass.astimezone(now.tzinfo))

    def case_history(self, number: str) -> list[EffectRecord]:
        """Every effect that speaks of the complaint with this 客诉编号, in the order of intent."""
        holders = {case.case_id for case in self._cases.values() if case.number == number}
        holders.add(self._numbers.get(number, ""))
        keys = [key for key, case_ids in self._about.items() if case_ids & holders]
        return sorted((self._effects[key] for key in keys), key=lambda record: record.intended)

    def listing(self, state: EffectState) -> list[EffectRecord]:
        """Every effect in a state, in the order of intent."""
        found = (record for record in self._effects.values() if record.state is state)
        return sorted(found, key=lambda record: record.intended)
