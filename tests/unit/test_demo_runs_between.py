"""The demo's passes between its story days: a whole month of weekly days, one moved, one slept through, a month-end."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from pipeline.demo.plant import Plant
from pipeline.demo.runs_between import day_off, unattended_between
from pipeline.workdays import Workdays
from schemas.settings import LedgerSetting, Settings

ZONE = ZoneInfo("Asia/Shanghai")
SETTINGS = Settings(version=1, site="演示", ledgers=(LedgerSetting(file="客诉台账.xlsx"),))


@pytest.mark.parametrize("today", [date(2026, 11, 26), date(2026, 3, 12), date(2026, 7, 20), date(2026, 10, 15)])
def test_a_month_shows_its_weekly_days_and_its_month_end(today: date) -> None:
    story = [day.day for day in Plant(today).story_days()]
    rest = day_off(today, story)
    calendar = Workdays(extra_holidays=[rest] if rest else [])
    now = datetime(today.year, today.month, today.day, tzinfo=ZONE)
    found = []
    for earlier, later in pairwise(story):
        since = datetime(earlier.year, earlier.month, earlier.day, 17, 20, tzinfo=ZONE)
        until = datetime(later.year, later.month, later.day, 8, 20, tzinfo=ZONE)
        found += unattended_between(since, until, now, calendar, SETTINGS)
    assert [entry.at for entry in found] == sorted({entry.at for entry in found})
    titles = [entry.title for entry in found]
    assert sum(title == "周报日" for title in titles) >= 2
    ends = [calendar.last_of_month(day.year, day.month) for day in story[-6:]]
    assert "月末归档" in titles or set(ends) & set(story)  # on a story day its own passes make it
    if rest is not None:
        week = calendar.weekly(rest)
        assert week is not None
        assert week.meeting < rest


def test_the_slept_through_day_is_caught_up_the_day_after() -> None:
    now = datetime(2026, 11, 26, tzinfo=ZONE)
    since, until = datetime(2026, 11, 9, 17, 20, tzinfo=ZONE), datetime(2026, 11, 17, 8, 20, tzinfo=ZONE)
    (entry,) = unattended_between(since, until, now, Workdays(), SETTINGS)
    assert (entry.at, "11-12" in entry.title) == (datetime(2026, 11, 13, 8, 30, tzinfo=ZONE), True)
