"""The figures behind the deck's charts: opened and closed per week, age, on-time rate; counts only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.rules.deck_items import DeckMatter
from pipeline.rules.state import is_dismissed, is_open
from schemas.decisions import ClockName

WEEKS = 8
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
#: Upper bounds of age in days, and how the classes are called.
AGES = ((7, "≤7天"), (14, "8–14天"), (30, "15–30天"), (60, "31–60天"), (None, ">60天"))


@dataclass(frozen=True, slots=True)
class WeekCount:
    """One calendar week: how many came in, were closed, and stood open at its end."""

    week: int
    opened: int
    closed: int
    open: int


@dataclass(frozen=True, slots=True)
class OnTime:
    """One clock: how many were due, and how many of these were kept."""

    clock: ClockName
    due: int
    kept: int

    @property
    def rate(self) -> float:
        """The share that was kept; 1 when nothing was due."""
        return self.kept / self.due if self.due else 1.0


def _received(matter: DeckMatter) -> date | None:
    received = matter.case.complaint.received
    return received.day if received else None


def weeks(matters: Sequence[DeckMatter], today: date) -> tuple[WeekCount, ...]:
    """The last eight calendar weeks up to the one of ``today``; closed without 关闭日期 counts as closed all along."""
    monday = today - _DAY * today.weekday()
    found = []
    for back in range(WEEKS - 1, -1, -1):
        first = monday - _WEEK * back
        last = min(first + _WEEK - _DAY, today)
        found.append(WeekCount(
            first.isocalendar()[1],
            sum(1 for matter in matters if (day := _received(matter)) and first <= day <= last),
            sum(1 for matter in matters if (day := matter.case.complaint.closed) and first <= day <= last),
            sum(1 for matter in matters if _was_open(matter, last)),
        ))
    return tuple(found)


def _was_open(matter: DeckMatter, day: date) -> bool:
    received, complaint = _received(matter), matter.case.complaint
    if received is None or received > day:
        return False
    return is_open(complaint) or (complaint.closed is not None and complaint.closed > day)


def ages(matters: Iterable[DeckMatter], today: date) -> tuple[tuple[str, int], ...]:
    """Open complaints by age since 接诉时间."""
    counts = dict.fromkeys((name for _, name in AGES), 0)
    for matter in matters:
        received = _received(matter)
        if received is not None and is_open(matter.case.complaint):
            age = (today - received).days
            counts[next(name for bound, name in AGES if bound is None or age <= bound)] += 1
    return tuple(counts.items())


def oldest(matters: Iterable[DeckMatter], today: date) -> int:
    """Age in days of the oldest open complaint."""
    days = ((today - day).days for matter in matters
            if is_open(matter.case.complaint) and (day := _received(matter)) is not None)
    return max(days, default=0)


def within_a_year(matters: Iterable[DeckMatter], today: date) -> tuple[DeckMatter, ...]:
    """Complaints received in the twelve months up to ``today`` that were not dismissed."""
    return tuple(
        matter for matter in matters
        if (day := _received(matter)) is not None and (today - day).days < 365
        and not is_dismissed(matter.case.complaint)
    )


def on_time(matters: Iterable[DeckMatter], now: datetime) -> tuple[OnTime, ...]:
    """Per clock the share kept of those that have ended or run out by ``now``; a clock that never ran is left out."""
    due: Counter[ClockName] = Counter()
    kept: Counter[ClockName] = Counter()
    for matter in matters:
        for clock in matter.decisions.clocks:
            if clock.stopped is not None or clock.due < now:
                due[clock.name] += 1
                kept[clock.name] += clock.stopped is not None and clock.stopped <= clock.due
    return tuple(OnTime(name, due[name], kept[name]) for name in ClockName if due[name])
