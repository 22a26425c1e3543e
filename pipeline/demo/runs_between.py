"""When the demo lets a pass run between its story days: the weekly days and the month-end of its last month."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipeline.rules.runs import next_run
from pipeline.workdays import Workdays
from schemas.schedule import DueRun, Errand
from schemas.settings import Settings

MONTH = timedelta(days=31)  # what the demo shows whole; before that, passes run on story days only
_FRIDAY = 4
_CAUGHT_UP = time(8, 30)


@dataclass(frozen=True, slots=True)
class Unattended:
    """A pass without anybody typing: when, and what a reader should know of the moment."""

    at: datetime
    title: str


def day_off(today: date, story_days: Collection[date]) -> date | None:
    """A Friday of the last month on which the invented plant takes stock, so that its weekly day moves."""
    friday = today - timedelta(days=(today.weekday() - _FRIDAY) % 7)
    candidates = [friday - timedelta(weeks=weeks) for weeks in (2, 3, 1)]
    calm = [day for day in candidates if not {day, day - timedelta(days=1), day - timedelta(days=2)} & set(story_days)]
    return calm[0] if calm else None


def _runs(since: datetime, until: datetime, calendar: Workdays, settings: Settings) -> Iterator[DueRun]:
    for errand in Errand:
        at = since
        while (run := next_run(errand, at, calendar, settings)) is not None and run.at < until:
            yield run
            at = run.at


def unattended_between(
    since: datetime, until: datetime, now: datetime, calendar: Workdays, settings: Settings
) -> list[Unattended]:
    """The passes between two moments of the story; the month's first weekly day is slept through and caught up."""
    start = max(since, now - MONTH)
    runs = sorted(_runs(start, until, calendar, settings), key=lambda run: run.at)
    missed = next((run for run in runs if run.errand is Errand.WEEKLY), None) if since < now - MONTH else None
    found = []
    for run in runs:
        at, title = run.at, {Errand.WEEKLY: "周报日", Errand.MONTH_END: "月末日", Errand.ARCHIVE: "月末归档"}[run.errand]
        if run is missed:
            at = datetime.combine(calendar.add(run.day, 1), _CAUGHT_UP, tzinfo=at.tzinfo)
            title = f"周报日 {run.day:%m-%d} 电脑关着，今天开机补做"
        if at < until:
            found.append(Unattended(at, title))
    by_moment = {entry.at: entry for entry in found}  # runs that coincide are held in one pass
    return [by_moment[at] for at in sorted(by_moment)]
