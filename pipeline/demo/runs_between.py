"""When the demo lets a pass run between its story days: the weekly days and the month-end of its last month."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipeline.rules.runs import latest_run, next_run
from pipeline.workdays import Workdays
from schemas.schedule import DueRun, Errand
from schemas.settings import Settings

MONTH = timedelta(days=31)  # what the demo shows whole; before that, passes run on story days only
_SLEPT_THROUGH = timedelta(days=10)  # how long before the end of the story the machine was off
_TITLES = {Errand.WEEKLY: "周报日", Errand.MONTH_END: "月末日", Errand.ARCHIVE: "月末归档"}
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
    usual, played = Workdays(), set(story_days)
    for day in candidates:
        eve, before = usual.previous_workday(day), usual.add(day, -2)
        if usual.is_workday(day) and eve.weekday() == _FRIDAY - 1 and not {day, eve, before} & played:
            return day
    return None


def _runs(since: datetime, until: datetime, calendar: Workdays, settings: Settings) -> Iterator[DueRun]:
    for errand in Errand:
        at = since
        while (run := next_run(errand, at, calendar, settings)) is not None and run.at < until:
            yield run
            at = run.at


def unattended_between(
    since: datetime, until: datetime, now: datetime, calendar: Workdays, settings: Settings
) -> list[Unattended]:
    """The passes between two moments of the story; one weekly day is slept through and caught up the day after."""
    runs = sorted(_runs(max(since, now - MONTH), until, calendar, settings), key=lambda run: run.at)
    missed = latest_run(Errand.WEEKLY, now - _SLEPT_THROUGH, calendar, settings)
    found = []
    for run in runs:
        at, title = run.at, _TITLES[run.errand]
        if missed is not None and run.period == missed.period:
            at = datetime.combine(calendar.add(run.day, 1), _CAUGHT_UP, tzinfo=at.tzinfo)
            title = f"周报日 {run.day:%m-%d} 电脑关着，今天开机补做"
        if at < until:
            found.append(Unattended(at, title))
    by_moment = {entry.at: entry for entry in found}  # runs that coincide are held in one pass
    return [by_moment[at] for at in sorted(by_moment)]
