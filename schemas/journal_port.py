"""The port of the journal: effects with their keys and outcomes, and all that a site remembers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from schemas.deck import PageMark, ShownItem
from schemas.effects import Effect, EffectKey, EffectRecord, Outcome
from schemas.intake import IgnoredMail, KnownMail
from schemas.memory import KnownCase, Memory, TrackedValue


class Journal(Protocol):
    """The memory of a site; every method commits before it returns."""

    @property
    def progress(self) -> int:
        """Counts the journal's changes; it never goes back."""
        ...

    def memory(self) -> Memory:
        """Everything remembered."""
        ...

    def pass_lock(self) -> AbstractContextManager[None]:
        """Held for a pass; a second pass raises ``PassRunning``."""
        ...

    def record_cases(self, cases: Sequence[KnownCase], numbers: Collection[str], now: datetime) -> None:
        """Insert or update cases and remember numbers seen; writes nothing that is already so."""
        ...

    def record_trails(self, seen: Collection[TrackedValue], now: datetime) -> None:
        """Append the tracked values that differ from the newest of their trail; writes nothing otherwise."""
        ...

    def record_mails(self, taken: Sequence[KnownMail], ignored: Sequence[IgnoredMail], now: datetime) -> None:
        """Insert or update mails by digest, and mails left alone by mailbox id; writes nothing that is already so."""
        ...

    def reserve_number(self, case_id: str, number: str, now: datetime) -> None:
        """Give ``number`` to a case, in one transaction with the case itself; idempotent.

        Raises ``NumberTaken`` when another case has it.
        """
        ...

    def note_unreadable(self, ledgers: Collection[str], now: datetime) -> None:
        """Remember since when each of ``ledgers`` cannot be read, and forget the others; writes only what is new."""
        ...

    def intend(self, effect: Effect, now: datetime) -> EffectRecord:
        """Commit the intent; an effect already known is returned as it stands (the UNIQUE key decides).

        Only an intent nothing was done for yet takes over the new title and inputs.
        """
        ...

    def intend_all(self, effects: Sequence[Effect], now: datetime) -> list[EffectRecord]:
        """Commit several intents in one transaction, each as ``intend`` does."""
        ...

    def start(self, key: EffectKey, now: datetime) -> None:
        """Mark that the outside world may change from here on."""
        ...

    def finish(self, key: EffectKey, outcome: Outcome, now: datetime, told: Sequence[tuple[str, str]] = ()) -> None:
        """Commit the outcome, and what a digest told whom, in one transaction."""
        ...

    def finish_all(self, outcomes: Sequence[tuple[EffectKey, Outcome]], now: datetime) -> None:
        """Commit several outcomes in one transaction, each as ``finish`` does; all or none."""
        ...

    def fail(self, key: EffectKey, error: str, now: datetime, *, uncertain: bool = False) -> None:
        """Commit a failure: tried again next pass, or uncertain and left to a person."""
        ...

    def doubt(self, key: EffectKey, error: str, now: datetime) -> None:
        """Commit that a started effect has no known outcome; it stays started, the wait for an answer begins now."""
        ...

    def reopen(self, key: EffectKey, now: datetime) -> None:
        """A person's decision: an uncertain effect is pending again."""
        ...

    def last_sha256(self, path: str) -> str | None:
        """Hash of what we last wrote to a path (relative to the share)."""
        ...

    def written_fields(self, path: str) -> Mapping[str, str]:
        """Digests of the fields as we last wrote them to a document, by digest of the field's name."""
        ...

    def record_fields(self, path: str, written: Mapping[str, str]) -> None:
        """Remember the digests of fields written to a document; others of it stay. Idempotent."""
        ...

    def deck_marks(self, deck: str) -> tuple[PageMark, ...]:
        """What was written on the pages of a deck (path relative to the share)."""
        ...

    def record_deck(self, deck: str, marks: Sequence[PageMark]) -> None:
        """Remember what is about to be written on a deck's pages; writes nothing that is already so."""
        ...

    def record_meeting(self, period: str, shown: Sequence[ShownItem]) -> None:
        """Remember what the meeting of an ISO week is shown; writes nothing that is already so."""
        ...

    def complete_pass(self, now: datetime, ledgers: Iterable[str]) -> None:
        """Remember when a pass was completed and which ledgers it read; writes nothing that is already so."""
        ...
