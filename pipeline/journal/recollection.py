"""What a journal remembers as one ``Memory``: read as a whole once, then only what this process wrote since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Connection, select

from pipeline.journal import case_table, deck_table, effect_table, mail_table, tables, trail_table
from pipeline.journal.meta_table import fact, facts_with, write_fact
from pipeline.journal.row_forms import time_from
from schemas.effects import EffectKey
from schemas.memory import Memory
from schemas.remembered import Grown, RememberedCases, RememberedEffects

_Entry = TypeVar("_Entry")
UNREADABLE = "unreadable since: "
_GENERATION = "generation"  # counts the changes of what a memory holds, whoever made them


@dataclass(slots=True)
class Touched:
    """What a transaction may have changed; what was told and numbered is there once it is committed."""

    effects: set[EffectKey] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    told: set[tuple[str, str]] = field(default_factory=set)
    trails: set[tuple[str, str]] = field(default_factory=set)
    mails: bool = False
    meetings: bool = False


class Recollection:
    """Keeps the memory of one journal; ``note`` inside each changing transaction, then ``committed`` or ``dropped``.

    Another process that writes in between, and a commit of which nobody knows whether it happened, make the next
    memory be read as a whole: the count of changes in the journal tells.
    """

    def __init__(self, site: str) -> None:
        self._site = site
        self._memory: Memory | None = None
        self._version: int | None = None  # of the file when ``_memory`` was read
        self._numbers: Grown[str, bool] = Grown({})
        self._told: Grown[tuple[str, str], bool] = Grown({})
        self._covered: int | None = None  # the count up to which ``_memory`` and ``_changes`` tell everything
        self._changes: list[Touched] = []
        self._pending: tuple[int, Touched] | None = None

    def note(self, connection: Connection, touched: Touched) -> None:
        """Count a change inside its transaction."""
        count = int(fact(connection, _GENERATION) or 0)
        write_fact(connection, _GENERATION, str(count + 1))
        self._pending = (count, touched)

    def committed(self) -> None:
        """The transaction is on disk."""
        if self._pending is None:
            return
        count, touched = self._pending
        self._pending = None
        self._covered = count + 1 if self._covered == count else None
        self._changes.append(touched)

    def dropped(self) -> None:
        """The transaction was rolled back, or nobody knows: the count will tell."""
        self._pending = None

    def as_of(self, version: int) -> Memory | None:
        """The memory while the file is in the version in which it was read, see ``ChangeWatch``."""
        return self._memory if version == self._version else None

    def memory(self, connection: Connection, version: int) -> Memory:
        """The memory as of the moment of this connection; ``version`` was asked for before."""
        count = int(fact(connection, _GENERATION) or 0)
        if self._memory is None or count != self._covered:
            self._memory = self._whole(connection)
        elif self._changes:
            self._memory = self._grown(connection, self._memory)
        self._covered = count
        self._version = version
        self._changes.clear()
        return self._memory

    def _whole(self, connection: Connection) -> Memory:
        self._numbers = Grown(dict.fromkeys(case_table.all_numbers(connection), True))
        self._told = Grown({(row.person, row.key): True for row in connection.execute(select(tables.told))})
        return Memory(
            site=self._site,
            seen_ledgers=_ledgers(connection),
            cases=RememberedCases(case_table.all_cases(connection)),
            numbers=self._numbers.keys(),
            effects=RememberedEffects(effect_table.all_effects(connection)),
            told=self._told.keys(),
            trails=Grown(trail_table.all_trails(connection)),
            unreadable_since=unreadable_ledgers(connection),
            mails=MappingProxyType(mail_table.all_mails(connection)),
            ignored=MappingProxyType(mail_table.all_ignored(connection)),
            meetings=MappingProxyType(deck_table.latest_meetings(connection)),
        )

    def _grown(self, connection: Connection, memory: Memory) -> Memory:
        """The memory with what was touched read anew; what was not stays the same objects."""
        # in the order in which they came, as the whole has them
        effects = dict.fromkeys(key for touched in self._changes for key in touched.effects)
        cases = sorted({case_id for touched in self._changes for case_id in touched.cases})
        trails = {name for touched in self._changes for name in touched.trails}
        numbers = {number: True for touched in self._changes for number in touched.numbers}
        told = {entry: True for touched in self._changes for entry in touched.told}
        self._numbers = self._numbers.grown(_new(numbers, self._numbers))
        self._told = self._told.grown(_new(told, self._told))
        mails, ignored, meetings = memory.mails, memory.ignored, memory.meetings
        if any(touched.mails for touched in self._changes):
            mails = MappingProxyType(mail_table.all_mails(connection))
            ignored = MappingProxyType(mail_table.all_ignored(connection))
        if any(touched.meetings for touched in self._changes):
            meetings = MappingProxyType(deck_table.latest_meetings(connection))
        return replace(
            memory,
            seen_ledgers=_ledgers(connection),
            cases=memory.cases.grown(case_table.some_cases(connection, cases)),
            numbers=self._numbers.keys(),
            effects=memory.effects.grown(effect_table.some_effects(connection, effects)),
            told=self._told.keys(),
            trails=memory.trails.grown(trail_table.some_trails(connection, trails)),
            unreadable_since=unreadable_ledgers(connection),
            mails=mails, ignored=ignored, meetings=meetings,
        )


def _new(found: Mapping[_Entry, bool], known: Mapping[_Entry, bool]) -> dict[_Entry, bool]:
    return {entry: True for entry in found if entry not in known}


def _ledgers(connection: Connection) -> frozenset[str]:
    return frozenset(connection.scalars(select(tables.ledgers.c.ledger)))


def unreadable_ledgers(connection: Connection) -> Mapping[str, datetime]:
    """Since when each ledger cannot be read that cannot."""
    facts = facts_with(connection, UNREADABLE)
    return MappingProxyType({name: time_from(text) for name, text in facts.items()})
