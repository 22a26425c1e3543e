"""DOMAIN "Weekly day" as a table, and the calendar it rests on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.workdays import CalendarContradictory, CalendarWithoutWorkdays, WeeklyRun, Workdays

PLANT = Workdays()
D = date.fromisoformat


@pytest.mark.parametrize(
    ("any_day", "meeting", "weekly_day"),
    [
        ("2026-11-26", "2026-11-27", "2026-11-26"),  # a normal week
        ("2026-11-23", "2026-11-27", "2026-11-26"),  # its Monday
        ("2026-11-29", "2026-11-27", "2026-11-26"),  # its Sunday
        ("2026-10-01", "2026-09-30", "2026-09-29"),  # National Day
        ("2026-05-01", "2026-04-30", "2026-04-29"),  # Labour Day
        ("2027-01-01", "2026-12-31", "2026-12-30"),  # New Year's Day of a year without notice
        ("2025-07-31", "2025-08-01", "2025-07-31"),  # weekly day and month-end in one
        ("2026-10-09", "2026-10-09", "2026-10-08"),  # the week after the holiday starts on Thursday
        ("2026-02-24", "2026-02-27", "2026-02-26"),  # the week after Spring Festival
    ],
)
def test_weekly_day(any_day: str, meeting: str, weekly_day: str) -> None:
    run = PLANT.weekly(D(any_day))
    assert run is not None
    assert (run.meeting, run.weekly_day) == (D(meeting), D(weekly_day))
    assert run.monday <= D(any_day) <= run.monday + timedelta(days=6)


def test_a_week_without_working_day_up_to_friday_has_neither() -> None:
    assert PLANT.weekly(D("2026-02-16")) is None
    assert PLANT.weekly(D("2026-02-20")) is None
    saturday_only = Workdays(extra_workdays=[D("2026-02-21")])
    assert saturday_only.weekly(D("2026-02-16")) is None


def test_the_weekly_day_may_fall_in_the_week_before() -> None:
    monday_only = Workdays(extra_holidays=[D(f"2026-11-{day}") for day in (24, 25, 26, 27)])
    assert monday_only.weekly(D("2026-11-25")) == WeeklyRun(D("2026-11-23"), D("2026-11-23"), D("2026-11-20"))


def test_the_run_is_named_by_the_meetings_iso_week() -> None:
    named = {day: run.week for day in ("2026-11-26", "2027-01-01", "2025-12-30") if (run := PLANT.weekly(D(day)))}
    assert named == {"2026-11-26": "2026-W48", "2027-01-01": "2026-W53", "2025-12-30": "2026-W01"}


@pytest.mark.parametrize(
    ("year", "month", "last"),
    [
        (2026, 2, "2026-02-28"),  # a Saturday, make-up working day
        (2026, 9, "2026-09-30"),
        (2026, 12, "2026-12-31"),
        (2025, 7, "2025-07-31"),
        (2026, 1, "2026-01-30"),
        (2026, 5, "2026-05-29"),
    ],
)
def test_month_end(year: int, month: int, last: str) -> None:
    assert PLANT.last_of_month(year, month) == D(last)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-11-23", True),
        ("2026-11-28", False),
        ("2026-02-14", True),  # make-up Saturday before Spring Festival
        ("2026-02-17", False),
        ("2027-01-01", False),  # with or without its notice
        ("2098-01-01", False),  # a Wednesday; notice missing: fixed statutory days
        ("2098-05-02", False),  # a Friday
        ("2098-10-01", False),
        ("2094-10-04", True),  # a Monday; the notice may make it a holiday
        ("2094-10-09", False),  # a Saturday
        ("2003-10-01", False),  # before the first notice on record
        ("2013-05-02", True),  # a Thursday, worked by that year's notice: fixed days count only where it is missing
    ],
)
def test_working_days(day: str, worked: bool) -> None:
    assert PLANT.is_workday(D(day)) is worked


def test_the_plants_own_calendar_wins() -> None:
    plant = Workdays(extra_workdays=[D("2026-10-01"), D("2098-02-08")], extra_holidays=[D("2026-11-26")])
    assert plant.is_workday(D("2026-10-01"))
    assert plant.is_workday(D("2098-02-08"))  # a Saturday
    assert not plant.is_workday(D("2026-11-26"))
    assert plant.weekly(D("2026-11-26")) == WeeklyRun(D("2026-11-23"), D("2026-11-27"), D("2026-11-25"))


@pytest.mark.parametrize(
    ("day", "why", "estimated"),
    [
        ("2026-11-26", "正常上班", False),
        ("2026-11-28", "本厂照常上班", False),
        ("2026-11-29", "周末休息", False),
        ("2025-10-06", "中秋节放假", False),
        ("2026-10-10", "国庆节调休上班", False),
        ("2015-09-03", "抗战胜利纪念日放假", False),
        ("2026-11-27", "工厂日历定为放假（检修）", False),
        ("2026-10-02", "工厂日历定为上班", False),
        ("2098-10-01", "国庆节放假", True),
        ("2098-11-26", "正常上班", True),
        ("2098-11-27", "工厂日历定为上班", False),
    ],
)
def test_why_a_day_is_worked_or_not(day: str, why: str, estimated: bool) -> None:
    plant = Workdays(
        [D("2026-10-02"), D("2098-11-27")], [D("2026-11-27")], saturdays_work=True, notes={D("2026-11-27"): "检修"}
    )
    assert plant.explain(D(day)) == why
    assert plant.is_estimated(D(day)) is estimated


def test_every_festival_of_the_notices_has_its_chinese_name() -> None:
    days = (date(2004, 1, 1) + timedelta(days=offset) for offset in range(366 * 30))
    assert [day for day in days if "法定节假日" in PLANT.explain(day)] == []


def test_working_saturdays_are_ordinary_ones_only() -> None:
    plant = Workdays(saturdays_work=True)
    assert plant.is_workday(D("2026-11-28"))
    assert not plant.is_workday(D("2026-11-29"))
    assert not plant.is_workday(D("2026-10-03"))  # Saturday, National Day
    assert not plant.is_workday(D("2026-02-21"))  # Saturday, Spring Festival
    assert not plant.is_workday(D("2095-01-01"))  # Saturday of a year without notice, New Year's Day
    assert plant.last_of_month(2026, 10) == D("2026-10-31")


def test_steps() -> None:
    assert PLANT.next_workday(D("2026-10-01")) == D("2026-10-08")
    assert PLANT.next_workday(D("2026-10-08")) == D("2026-10-08")
    assert PLANT.previous_workday(D("2026-10-08")) == D("2026-09-30")
    assert PLANT.add(D("2026-11-23"), 5) == D("2026-11-30")
    assert PLANT.add(D("2026-09-29"), 10) == D("2026-10-19")  # 10-10 is a make-up Saturday
    assert PLANT.add(D("2026-10-08"), -1) == D("2026-09-30")
    assert PLANT.add(D("2026-10-03"), 0) == D("2026-10-03")
    assert PLANT.count_between(D("2026-09-30"), D("2026-10-08")) == 1


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(-40, 40))
def test_counting_is_the_inverse_of_adding(day: date, n: int) -> None:
    reached = PLANT.add(day, n)
    assert PLANT.count_between(day, reached) == n
    assert n == 0 or PLANT.is_workday(reached)


def test_a_calendar_that_contradicts_itself_or_never_works_is_refused() -> None:
    with pytest.raises(CalendarContradictory, match="2026-10-01"):
        Workdays(extra_workdays=[D("2026-10-01")], extra_holidays=[D("2026-10-01")])
    closed = Workdays(extra_holidays=[D("2026-01-01") + timedelta(days=offset) for offset in range(800)])
    with pytest.raises(CalendarWithoutWorkdays, match="2026-06-01"):
        closed.add(D("2026-06-01"), 1)
    with pytest.raises(CalendarWithoutWorkdays):
        Workdays(extra_holidays=[D(f"2026-11-{day:02}") for day in range(1, 31)]).last_of_month(2026, 11)


def test_a_missing_notice_is_shown_from_december_on_and_at_once_when_needed() -> None:
    unknown = next(year for year in range(2026, 2100) if PLANT.warning(date(year, 6, 1)))
    last_known = unknown - 1
    assert PLANT.warning(date(last_known, 11, 30)) is None
    december = PLANT.warning(date(last_known, 12, 1)) or ""
    assert f"{unknown} 年的国务院放假安排尚未收录" in december
    assert "chinesecalendar" in december
    assert "config.yaml" in december
    assert f"{unknown} 年" in (PLANT.warning(date(last_known, 11, 1), needed_until=date(unknown, 1, 5)) or "")
    assert PLANT.warning(date(last_known - 1, 12, 31)) is None
