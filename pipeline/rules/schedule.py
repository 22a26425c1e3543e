"""The run calendar: which weekly, meeting, month-end and summary runs the coming five weeks hold, and why then.

Source: DOMAIN "Weekly day" and "Dates and clocks"; steps 12 and 13 of the process text.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby

from pipeline.workdays import CalendarWithoutWorkdays, DayRule, WeeklyRun, Workdays
from schemas.schedule import Run, RunKind

WINDOW_DAYS = 35
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_FRIDAY = 4
_WEEKS_AHEAD = 53  # a weekly day before a long shutdown belongs to a meeting after it
_WEEKDAYS = "一二三四五六日"
_QUARTERS = "一二三四"
_KINDS = tuple(RunKind)
#: Where a run stands in the list (its day, or the day it would have had) and the run.
_Placed = tuple[date, Run]


def weekday_name(day: date) -> str:
    """周一 to 周日."""
    return f"周{_WEEKDAYS[day.weekday()]}"


def runs_from(day: date, calendar: Workdays) -> tuple[Run, ...]:
    """All runs dated ``day`` to ``day`` + 34 days, in order of date; none earlier, coinciding ones all listed.

    A week without working day up to Friday has a weekly and a meeting run without date, listed where its Friday lies
    in the window; likewise a month without any working day, where its last day does. Raises
    ``CalendarWithoutWorkdays`` when the plant's calendar rests for a year.
    """
    last = day + _DAY * (WINDOW_DAYS - 1)
    placed = [*_weekly_runs(day, last, calendar), *_month_runs(day, last, calendar)]
    listed = [(at, run) for at, run in placed if day <= at <= last]
    return tuple(run for _, run in sorted(listed, key=lambda item: (item[0], _KINDS.index(item[1].kind))))


def _weekly_runs(day: date, last: date, calendar: Workdays) -> Iterator[_Placed]:
    monday = day - _DAY * day.weekday()
    for week in range(_WEEKS_AHEAD):
        start = monday + _WEEK * week
        run = calendar.weekly(start)
        if run is None:
            yield from _skipped_week(start, calendar)
        elif run.weekly_day > last:
            return
        else:
            yield run.weekly_day, Run(RunKind.WEEKLY, run.weekly_day, run.week, _why_weekly(run, calendar))
            yield run.meeting, Run(RunKind.MEETING, run.meeting, run.week, _why_meeting(run, calendar))


def _skipped_week(monday: date, calendar: Workdays) -> Iterator[_Placed]:
    friday = monday + _DAY * _FRIDAY
    period = WeeklyRun(monday, friday, friday).week
    reason = f"周一至周五没有工作日：{_spans(_days(monday, friday), calendar)}，本周不开例会，也没有周报截止日"
    if worked := [day for day in (friday + _DAY, friday + 2 * _DAY) if calendar.is_workday(day)]:
        reason += f"；{_spans(worked, calendar)}，但例会只排在周五及以前"
    reason += f"{_estimate([friday], calendar)}。如有上班日，请填入工厂日历。"
    for kind in (RunKind.WEEKLY, RunKind.MEETING):
        yield friday, Run(kind, None, period, reason)


def _why_meeting(run: WeeklyRun, calendar: Workdays) -> str:
    friday = run.monday + _DAY * _FRIDAY
    tail = f"{_estimate([friday], calendar)}。"
    if run.meeting < friday:
        off = _spans(_days(run.meeting + _DAY, friday), calendar)
        return f"{off}，例会提前到本周周五前的最后一个工作日 {_short(run.meeting)}{tail}"
    if calendar.decided_by(friday)[0] is DayRule.ORDINARY:
        return f"周五上班，例会照常{tail}"
    return f"周五 {_spans([friday], calendar)}，例会照常{tail}"


def _why_weekly(run: WeeklyRun, calendar: Workdays) -> str:
    reason = f"例会 {_short(run.meeting)}的前一个工作日"
    between = _days(run.weekly_day + _DAY, run.meeting - _DAY)
    reason += f"（中间 {_spans(between, calendar)}）" if between else ""
    if run.weekly_day < run.monday:
        reason += f"，早于例会所在的周，仍属 {run.week} 的例会"
    friday = run.monday + _DAY * _FRIDAY
    return f"{reason}{_special(run.weekly_day, calendar)}{_estimate([run.weekly_day, friday], calendar)}。"


def _month_runs(day: date, last: date, calendar: Workdays) -> Iterator[_Placed]:
    for first in {date(at.year, at.month, 1): None for at in _days(day, last)}:
        final = first.replace(day=months.monthrange(first.year, first.month)[1])
        try:
            found: date | None = calendar.last_of_month(first.year, first.month)
        except CalendarWithoutWorkdays:
            found = None
        why = _why_month_end(found, final, calendar)
        yield found or final, Run(RunKind.MONTH_END, found, f"{first:%Y-%m}", f"{why}。")
        for period, closing in _closing_periods(first):
            yield found or final, Run(RunKind.SUMMARY, found, period, f"{closing}：{why}。")


def _why_month_end(found: date | None, final: date, calendar: Workdays) -> str:
    if found is None:
        return f"{final.year} 年 {final.month} 月没有工作日，不能自动安排；请检查工厂日历"
    reason = f"{final.month} 月的最后一个工作日"
    after = _days(found + _DAY, final)
    reason += f"（{_spans(after, calendar)}）" if after else ""
    return f"{reason}{_special(found, calendar)}{_estimate([found, final], calendar)}"


def _closing_periods(first: date) -> Iterator[tuple[str, str]]:
    """The periods that end with the month of ``first`` (process step 13), shortest first, and what reviews them."""
    year, month = first.year, first.month
    yield f"{first:%Y-%m}", f"{year} 年 {month} 月总结"
    if month % 3 == 0:
        quarter = month // 3
        yield f"{year}-Q{quarter}", f"{year} 年第{_QUARTERS[quarter - 1]}季度总结"
    if month % 6 == 0:
        half = month // 6
        yield f"{year}-H{half}", f"{year} 年{'上' if half == 1 else '下'}半年总结"
    if month == 12:
        yield f"{year}", f"{year} 年度总结"


def _days(first: date, last: date) -> list[date]:
    return [first + _DAY * offset for offset in range((last - first).days + 1)]


def _short(day: date) -> str:
    return f"{day:%m-%d}（{weekday_name(day)}）"


def _spans(days: Iterable[date], calendar: Workdays) -> str:
    """Days with what makes them worked or off, neighbours of one cause together: ``10-01 至 10-03 国庆节放假``."""
    told = []
    for why, group in groupby(days, key=calendar.explain):
        first, *rest = group
        span = f"{first:%m-%d}" + (f" 至 {rest[-1]:%m-%d}" if rest else "")
        told.append(f"{span} {why}")
    return "、".join(told)


def _special(day: date, calendar: Workdays) -> str:
    """What is unusual about working on ``day``: a make-up day, a Saturday, a day of the plant's own."""
    if calendar.decided_by(day)[0] is DayRule.ORDINARY and day.weekday() <= _FRIDAY:
        return ""
    return f"；当天（{weekday_name(day)}）{calendar.explain(day)}"


def _estimate(days: Iterable[date], calendar: Workdays) -> str:
    years = sorted({day.year for day in days if calendar.is_estimated(day)})
    return "".join(f"；{year} 年放假安排尚未收录，为推算日期" for year in years)
