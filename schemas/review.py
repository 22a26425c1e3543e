"""The review of a period (process step 13): facts counted from the ledgers, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

#: Upper bounds of the days from receipt to closing, and how the classes are called.
_CLOSING = ((7, "7 天内"), (14, "8–14 天"), (30, "15–30 天"), (60, "31–60 天"), (None, "60 天以上"))


def closing_classes(days_to_close: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """How many complaints took how long to close: every class with its count."""
    counts = dict.fromkeys((name for _, name in _CLOSING), 0)
    for days in days_to_close:
        counts[next(name for bound, name in _CLOSING if bound is None or days <= bound)] += 1
    return tuple(counts.items())


@dataclass(frozen=True, slots=True)
class Period:
    """A month, quarter, half-year or year: its name (``2026-11``, ``2026Q4``, ``2026H2``, ``2026``) and its days."""

    name: str
    title: str
    first: date
    last: date

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in the period; None does not."""
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class MonthCount:
    """One month of the trend; ``open_at_end`` counts complaints received by its last day and not closed by then."""

    month: str
    received: int
    closed: int
    open_at_end: int


@dataclass(frozen=True, slots=True)
class Share:
    """One bar of a Pareto chart; ``part`` and ``cumulated`` are shares of the whole (0–1)."""

    name: str
    count: int
    part: float
    cumulated: float


#: The bars of what was not filled in, and of the tail put together.
UNNAMED, REST = "（未填）", "其他"
_NAMED_TOGETHER = 3


def pareto_message(shares: Sequence[Share], subject: str) -> str:
    """The one thing a Pareto chart says: which name is most frequent, or that none stands out."""
    named = [share for share in shares if share.name not in {UNNAMED, REST}]
    if not named:
        return f"台账没有填写{subject}" if shares else f"{subject}：期内没有客诉"
    first = named[0]
    equal = [share.name for share in named if share.count == first.count]
    if len(equal) > _NAMED_TOGETHER:
        return f"{subject}没有集中：最多的 {len(equal)} 项各 {first.count} 件"
    if len(equal) > 1:
        return f"{subject}以{''.join(f'“{name}”' for name in equal)}最多：各 {first.count} 件"
    return f"{subject}以“{first.name}”最多：{first.count} 件，占 {first.part:.0%}"


@dataclass(frozen=True, slots=True)
class Punctuality:
    """One clock: how many fell due in the period, were met in time, met late, or are late and still open."""

    clock: str
    due: int
    in_time: int
    late: int
    open_late: int

    @property
    def rate(self) -> float | None:
        """Met in time over fallen due; None when nothing fell due."""
        return self.in_time / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same part with the same failure more than once in the twelve months up to the period's end."""

    part: str
    failure: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewedCase:
    """One complaint as a row of the pivot-ready table: ``cells`` by heading, numbers and dates as such."""

    number: str
    cells: Mapping[str, str | int | float | date | None]


@dataclass(frozen=True, slots=True)
class Review:
    """Everything a period review tells; lists are in the order in which they are shown.

    ``paretos`` go by what is counted (失效类别, 产品, …); ``days_to_close`` are those of complaints closed in the
    period; ``hardest``, ``restarted``, ``rolled`` and ``costly`` hold rows of texts and numbers.
    """

    period: Period
    site: str
    made: date
    received: int
    closed: int
    open_at_end: int
    levels: Mapping[str, int]
    trend: tuple[MonthCount, ...]
    paretos: Mapping[str, tuple[Share, ...]]
    punctuality: tuple[Punctuality, ...]
    days_to_close: tuple[int, ...]
    repeats: tuple[Repeat, ...]
    hardest: tuple[tuple[str | int, ...], ...]
    restarted: tuple[tuple[str | int, ...], ...]
    rolled: tuple[tuple[str | int, ...], ...]
    costly: tuple[tuple[str | int | float, ...], ...]
    cost: float
    lessons: tuple[tuple[str, str, str], ...]
    cases: tuple[ReviewedCase, ...]

    @property
    def restarts(self) -> int:
        """How many complaints were restarted; ``restarted`` lists the most often restarted of them."""
        return sum(bool(entry.cells["重开次数"]) for entry in self.cases)
