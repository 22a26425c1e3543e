"""运行日历: which day each run falls on and why, from the table ``schedule.yaml``."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.schedule import WINDOW_DAYS, runs_from
from pipeline.workdays import CalendarWithoutWorkdays, Workdays
from schemas.schedule import Run, RunKind
from tests.spec.rule_tables import load, row_id

RULE = load("schedule")
LABELS = {
    RunKind.WEEKLY: "周报截止", RunKind.MEETING: "品质例会", RunKind.MONTH_END: "月末归档", RunKind.SUMMARY: "总结",
}
Row = dict[str, Any]


def month_of(text: str) -> list[date]:
    first = date.fromisoformat(f"{text}-01")
    return [first.replace(day=day) for day in range(1, monthrange(first.year, first.month)[1] + 1)]


def plant_of(row: Row) -> Workdays:
    own: Mapping[str, Any] = row["给"].get("工厂日历", {})
    worked, off = own.get("上班", {}), own.get("放假", {})
    closed = month_of(own["整月放假"]) if "整月放假" in own else []
    return Workdays(worked, (*off, *closed), saturdays_work=own.get("周六上班") == "是", notes={**worked, **off})


def shown(run: Run) -> str:
    return f"{run.day or '不安排'} {LABELS[run.kind]} {run.period}"


def reads(reason: str, wanted: str) -> bool:
    """Whether the reason is the wanted one in full; "…" ends one whose rest changes with the yearly notice."""
    return reason.startswith(wanted[:-1]) if wanted.endswith("…") else reason == wanted


def month_closed(run: Run) -> str:
    """The month that a summary's period ends with."""
    year, _, part = run.period.partition("-")
    months = {"Q": 3, "H": 6}
    month = int(part[1:]) * months[part[0]] if part[:1] in months else int(part or 12)
    return f"{year}-{month:02}"


def of_week(row: Row, kind: RunKind) -> list[Run]:
    """The week's runs of a kind, looked for from ten days before: the weekly day may fall in the week before."""
    runs = runs_from(row["给"]["当周某日"] - timedelta(days=10), plant_of(row))
    return [run for run in runs if run.kind is kind and run.period == row["得"]["期间"]]


@pytest.mark.parametrize("row", RULE.rows("例会与周报截止"), ids=row_id)
@pytest.mark.parametrize(
    ("kind", "day", "why"),
    [(RunKind.MEETING, "品质例会", "例会原因"), (RunKind.WEEKLY, "周报截止", "周报原因")],
    ids=["meeting", "weekly"],
)
def test_a_week_has_one_meeting_and_one_weekly_day_or_neither(row: Row, kind: RunKind, day: str, why: str) -> None:
    (run,) = of_week(row, kind)
    wanted = row["得"][day]
    assert run.day == (None if wanted == "无" else wanted)
    assert reads(run.reason, row["得"][why])


@pytest.mark.parametrize("row", RULE.rows("月末归档与总结"), ids=row_id)
def test_a_month_closes_on_its_last_working_day(row: Row) -> None:
    month = row["给"]["当月"]
    wanted = row["得"]["月末归档"]
    runs = runs_from(month_of(month)[0], plant_of(row))
    (closing,) = [run for run in runs if run.kind is RunKind.MONTH_END and run.period == month]
    assert closing.day == (None if wanted == "无" else wanted)
    assert reads(closing.reason, row["得"]["原因"])
    at = runs.index(closing) + 1
    summaries = runs[at:at + len(row["得"]["总结"])]
    assert [(run.period, run.reason) for run in summaries] == [
        (period, f"{name}：{closing.reason}")
        for period, name in zip(row["得"]["总结"], row["得"]["名称"], strict=True)
    ]
    assert {(run.kind, run.day) for run in summaries} == {(RunKind.SUMMARY, closing.day)}
    closed = [run for run in runs if run.kind is RunKind.SUMMARY and month_closed(run) == month]
    assert closed == list(summaries)


@pytest.mark.parametrize("row", RULE.rows("五周窗口"), ids=row_id)
def test_the_window_holds_what_it_should_in_order(row: Row) -> None:
    runs = [shown(run) for run in runs_from(row["给"]["今天"], plant_of(row))]
    start = -row["给"]["只看后"] if "只看后" in row["给"] else 0
    assert runs[start:row["给"].get("只看前")] == row["得"]


DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


@given(DAYS, st.sets(st.integers(0, 60), max_size=40), st.booleans())
def test_whatever_the_calendar_runs_stay_inside_and_consecutive_windows_agree(
    day: date, off: set[int], saturdays: bool
) -> None:
    plant = Workdays(extra_holidays=[day + timedelta(days=offset) for offset in off], saturdays_work=saturdays)
    runs = runs_from(day, plant)
    last = day + timedelta(days=WINDOW_DAYS - 1)
    assert all(day <= run.day <= last and plant.is_workday(run.day) for run in runs if run.day)
    assert len({(run.kind, run.period) for run in runs}) == len(runs)
    dated = [run.day for run in runs if run.day]
    assert dated == sorted(dated)
    tomorrow = runs_from(day + timedelta(days=1), plant)
    later = [run for run in runs if run.day and run.day > day]
    assert later == [run for run in tomorrow if run.day and run.day <= last]
    assert all(run.reason.endswith("。") for run in runs)


def test_a_calendar_that_never_works_says_so() -> None:
    monday = date(2026, 11, 23)
    years = [monday + timedelta(days=offset) for offset in range(-800, 800)]
    closed = Workdays(extra_workdays=[monday], extra_holidays=[day for day in years if day != monday])
    with pytest.raises(CalendarWithoutWorkdays, match="2026-11-23"):
        runs_from(monday, closed)
    assert {run.day for run in runs_from(monday, Workdays(extra_holidays=years))} == {None}
