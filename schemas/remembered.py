"""What a journal remembers of effects and cases, found by what is asked of it, and grown by what changed only."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

from schemas.effects import EffectKey, EffectRecord, EffectState

if TYPE_CHECKING:
    from schemas.memory import KnownCase

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

#: An effect without its revision: kind, subject, occasion.
EffectName = tuple[str, str, str]

_FEWEST_APART = 4096  # entries kept apart before they are taken in
_SHARE_APART = 16     # and the part of the whole that they may reach
_NEWEST = 400         # effects done last that are kept in order


class Grown(Mapping[_Key, _Value], Generic[_Key, _Value]):
    """An unchanging mapping that makes a newer one at the cost of the change: both share what was there before.

    Nothing is ever taken out. Iteration gives keys in the order in which they first came.
    """

    __slots__ = ("_base", "_fresh", "_over")

    def __init__(
        self, base: dict[_Key, _Value], over: dict[_Key, _Value] | None = None, fresh: int = 0
    ) -> None:
        self._base, self._over, self._fresh = base, over or {}, fresh

    def grown(self, changes: Mapping[_Key, _Value]) -> Grown[_Key, _Value]:
        """The mapping with ``changes`` on top; this one stays as it is."""
        if not changes:
            return self
        over = {**self._over, **changes}
        if len(over) > max(_FEWEST_APART, len(self._base) // _SHARE_APART):
            return Grown({**self._base, **over})
        fresh = self._fresh + sum(1 for key in changes if key not in self._base and key not in self._over)
        return Grown(self._base, over, fresh)

    def since(self, earlier: Grown[_Key, _Value]) -> Mapping[_Key, _Value]:
        """What differs from an earlier one: at most too much, everything when they share nothing."""
        if self is earlier:
            return {}
        if self._base is not earlier._base:
            return self
        return {key: value for key, value in self._over.items() if earlier._over.get(key) is not value}

    def __getitem__(self, key: _Key) -> _Value:
        found = self._over.get(key)
        return self._base[key] if found is None else found

    def __contains__(self, key: object) -> bool:
        return key in self._over or key in self._base

    def __iter__(self) -> Iterator[_Key]:
        if not self._over:
            return iter(self._base)
        return chain(self._base, (key for key in self._over if key not in self._base))

    def __len__(self) -> int:
        return len(self._base) + self._fresh

    def __repr__(self) -> str:
        return f"Grown({dict(self)!r})"


def _gathered(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, tuple[_Value, ...]]:
    found: defaultdict[_Key, list[_Value]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}


class RememberedEffects(Mapping[EffectKey, EffectRecord]):
    """Every effect by key, and what rules, board and outbox ask: by name, kind, case, what is open, what came last."""

    def __init__(self, records: Mapping[EffectKey, EffectRecord]) -> None:
        self._all = Grown(dict(records))
        self._latest: Grown[EffectName, EffectRecord] = Grown({})
        self._names: dict[str, Grown[EffectName, bool]] = {}
        self._of_case: Grown[str, tuple[EffectKey, ...]] = Grown({})
        self._open: dict[EffectKey, EffectRecord] = {}
        self._newest: list[EffectRecord] = []
        self.done = 0
        self._index(records, {})

    @classmethod
    def of(cls, records: Mapping[EffectKey, EffectRecord]) -> RememberedEffects:
        """The records as they are when they know all this already."""
        return records if isinstance(records, cls) else cls(records)

    def grown(self, changes: Mapping[EffectKey, EffectRecord]) -> RememberedEffects:
        """With new and changed records on top; this one stays as it is."""
        if not changes:
            return self
        made = object.__new__(RememberedEffects)
        made._all, made._latest, made._of_case = self._all.grown(changes), self._latest, self._of_case
        made._names, made._open, made._newest = dict(self._names), dict(self._open), list(self._newest)
        made.done = self.done
        made._index(changes, self._all)
        return made

    def _index(self, changes: Mapping[EffectKey, EffectRecord], before: Mapping[EffectKey, EffectRecord]) -> None:
        latest: dict[EffectName, EffectRecord] = {}
        names: defaultdict[str, dict[EffectName, bool]] = defaultdict(dict)
        finished: list[EffectRecord] = []
        for key, record in changes.items():
            name = (key.kind, key.subject, key.occasion)
            known = latest.get(name) or self._latest.get(name)
            if known is None or known.key.revision <= key.revision:
                latest[name] = record
            names[key.kind][name] = True
            earlier = before.get(key)
            is_done, was_done = _is_done(record), earlier is not None and _is_done(earlier)
            self.done += is_done - was_done
            if is_done and not was_done:
                finished.append(record)
            if is_done and not record.error and key.kind != "refused":
                self._open.pop(key, None)
            else:
                self._open[key] = record
        self._latest = self._latest.grown(latest)
        for kind, found in names.items():
            self._names[kind] = self._names.get(kind, Grown({})).grown(found)
        fresh = _gathered((record.case_id, key) for key, record in changes.items() if key not in before)
        self._of_case = self._of_case.grown(
            {case_id: (*self._of_case.get(case_id, ()), *keys) for case_id, keys in fresh.items() if case_id}
        )
        self._take_newest(finished)

    def _take_newest(self, finished: list[EffectRecord]) -> None:
        if len(finished) > _NEWEST:
            finished = sorted(finished, key=_finished)[-_NEWEST:]
        for record in finished:
            insort(self._newest, record, key=_finished)
        del self._newest[:-_NEWEST]

    def __getitem__(self, key: EffectKey) -> EffectRecord:
        return self._all[key]

    def __contains__(self, key: object) -> bool:
        return key in self._all

    def __iter__(self) -> Iterator[EffectKey]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def since(self, earlier: RememberedEffects) -> Mapping[EffectKey, EffectRecord]:
        """What differs from an earlier memory: at most too much."""
        return self._all.since(earlier._all)

    def latest(self, name: EffectName) -> EffectRecord | None:
        """The newest revision of kind, subject and occasion; None when it never was intended."""
        return self._latest.get(name)

    def names(self, kind: str) -> Mapping[EffectName, bool]:
        """Every name of a kind that was ever intended."""
        return self._names.get(kind, {})

    def of_case(self, case_id: str) -> tuple[EffectRecord, ...]:
        """The effects of a case in the order of intent."""
        return tuple(self._all[key] for key in self._of_case.get(case_id, ()))

    def to_look_at(self) -> Iterable[EffectRecord]:
        """What is not done, has an error, or was refused for good; in the order of intent."""
        return self._open.values()

    def newest_done(self) -> Iterator[EffectRecord]:
        """What was done, latest first; the kept ones are cheap, all of them are sorted when they do not suffice."""
        yield from reversed(self._newest)
        if self.done > len(self._newest):
            shown = {record.key for record in self._newest}
            rest = [record for record in self._all.values() if _is_done(record) and record.key not in shown]
            yield from sorted(rest, key=_finished, reverse=True)


def _is_done(record: EffectRecord) -> bool:
    return record.state is EffectState.DONE


def _finished(record: EffectRecord) -> tuple[object, EffectKey]:
    return record.finished or record.intended, record.key


class RememberedCases(Mapping[str, "KnownCase"]):
    """Every case by id, and by ledger and number."""

    def __init__(self, cases: Mapping[str, KnownCase]) -> None:
        self._all: Grown[str, KnownCase] = Grown({})
        self._of_ledger: dict[str, Grown[str, KnownCase]] = {}
        self._with_number: Grown[str, tuple[str, ...]] = Grown({})
        self._unfiled: dict[str, KnownCase] = {}
        self.last_id = 0
        self._take(cases)

    @classmethod
    def of(cls, cases: Mapping[str, KnownCase]) -> RememberedCases:
        """The cases as they are when they know all this already."""
        return cases if isinstance(cases, cls) else cls(cases)

    def grown(self, changes: Mapping[str, KnownCase]) -> RememberedCases:
        """With new and changed cases on top; this one stays as it is. A case never moves to another ledger."""
        if not changes:
            return self
        made = object.__new__(RememberedCases)
        made._all, made._of_ledger, made._with_number = self._all, dict(self._of_ledger), self._with_number
        made._unfiled, made.last_id = dict(self._unfiled), self.last_id
        made._take(changes)
        return made

    def _take(self, changes: Mapping[str, KnownCase]) -> None:
        by_ledger: defaultdict[str, dict[str, KnownCase]] = defaultdict(dict)
        for case_id, case in changes.items():
            by_ledger[case.ledger][case_id] = case
            self.last_id = max(self.last_id, int(case_id[1:]))
            if case.number and not case.in_file:
                self._unfiled[case_id] = case
            else:
                self._unfiled.pop(case_id, None)
        for ledger, cases in by_ledger.items():
            self._of_ledger[ledger] = self._of_ledger.get(ledger, Grown({})).grown(cases)
        numbered = _gathered(
            (case.number, case_id) for case_id, case in changes.items()
            if case.number and ((before := self._all.get(case_id)) is None or before.number != case.number)
        )
        self._with_number = self._with_number.grown(
            {number: (*self._with_number.get(number, ()), *ids) for number, ids in numbered.items()}
        )
        self._all = self._all.grown(changes)

    def __getitem__(self, case_id: str) -> KnownCase:
        return self._all[case_id]

    def __contains__(self, case_id: object) -> bool:
        return case_id in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def of_ledger(self, ledger: str) -> Mapping[str, KnownCase]:
        """The cases of a ledger by id."""
        return self._of_ledger.get(ledger, {})

    def numbers_not_in_file(self) -> frozenset[str]:
        """The numbers of cases in whose row they did not stand when it was last seen."""
        return frozenset(case.number for case in self._unfiled.values())

    def with_number(self, number: str) -> Iterator[KnownCase]:
        """The cases that carry a 客诉编号: a personal and a shared row may carry the same."""
        cases = (self._all[case_id] for case_id in self._with_number.get(number, ()))
        return (case for case in cases if case.number == number)
