"""Chinese working days with make-up days (调休), overridden by the plant's own calendar."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from functools import cache

from schemas.errors import KesuError

_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6
_DAY = timedelta(days=1)
_SEARCH_DAYS = 366  # a plant that rests longer than a year has a wrong calendar
#: Statutory days on fixed solar dates (全国年节及纪念日放假办法, as amended for 2025). Spring Festival, Qingming,
#: Dragon Boat and Mid-Autumn move, and their days are known only with the yearly notice.
_FIXED_HOLIDAYS = {
    (1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节",
}
_CHINESE_NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "Mid-autumn Festival": "中秋节", "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


class CalendarContradictory(KesuError):
    """The plant's calendar calls one day both a working day and a day off."""

    def __init__(self, days: Collection[date]) -> None:
        listed = "、".join(day.isoformat() for day in sorted(days))
        super().__init__(
            f"工厂日历中 {listed} 既是工作日又是休息日。"
            "请在工厂日历（config.yaml 的 calendar 及其 file）里只保留一处。"
        )


class CalendarWithoutWorkdays(KesuError):
    """No working day within a year of the day in question."""

    def __init__(self, day: date) -> None:
        super().__init__(f"工厂日历中 {day} 前后一年没有工作日。请检查 config.yaml 的工厂日历是否把休息日填得过多。")


class DayRule(Enum):
    """What decides whether a day is worked; earlier members win."""

    PLANT = auto()
    NOTICE = auto()
    WEEKEND = auto()
    FIXED_HOLIDAY = auto()
    ORDINARY = auto()


@dataclass(frozen=True, slots=True)
class WeeklyRun:
    """One week's dates: the quality meeting, and the weekly day when the deck is due and overdue mail goes out."""

    monday: date
    meeting: date
    weekly_day: date

    @property
    def week(self) -> str:
        """The meeting's ISO week, such as ``2026-W48``; the occasion of the week's effects."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"


class Workdays:
    """Which days are worked at one plant.

    The plant's own days win over the State Council's notice, the notice over weekends. ``saturdays_work`` makes
    ordinary Saturdays working days, but none that the notice declares a holiday. A year whose notice is not out is
    weekdays without the statutory days on fixed dates, see ``warning``. ``notes`` says in the plant's words why one
    of its own days is what it is. Raises ``CalendarContradictory``.
    """

    def __init__(
        self, extra_workdays: Collection[date] = (), extra_holidays: Collection[date] = (), *,
        saturdays_work: bool = False, notes: Mapping[date, str] | None = None,
    ) -> None:
        if both := set(extra_workdays) & set(extra_holidays):
            raise CalendarContradictory(both)
        self._own = {**dict.fromkeys(extra_workdays, True), **dict.fromkeys(extra_holidays, False)}
        self._weekend = frozenset({_SUNDAY} if saturdays_work else {_SATURDAY, _SUNDAY})
        self._notes = dict(notes or {})
        self._weekly: dict[date, WeeklyRun | None] = {}
        self._added: dict[tuple[date, int], date] = {}

    def decided_by(self, day: date) -> tuple[DayRule, bool]:
        """The rule that decides on ``day``, and whether the plant works then."""
        own = self._own.get(day)
        if own is not None:
            return DayRule.PLANT, own
        noticed = _noticed_days().get(day)
        if noticed is not None:
            return DayRule.NOTICE, noticed
        if day.weekday() in self._weekend:
            return DayRule.WEEKEND, False
        if day.year not in _noticed_years() and (day.month, day.day) in _FIXED_HOLIDAYS:
            return DayRule.FIXED_HOLIDAY, False
        return DayRule.ORDINARY, True

    def is_workday(self, day: date) -> bool:
        """Whether the plant works on ``day``."""
        return self.decided_by(day)[1]

    def is_estimated(self, day: date) -> bool:
        """Whether ``day`` is reckoned without the notice of its year, and not settled by the plant's own calendar."""
        settled = self.decided_by(day)[0] in {DayRule.PLANT, DayRule.NOTICE}
        return not settled and day.year not in _noticed_years()

    def explain(self, day: date) -> str:
        """Why ``day`` is worked or not, in a few Chinese words such as 国庆节放假, 春节调休上班, 周末休息."""
        rule, worked = self.decided_by(day)
        if rule is DayRule.PLANT:
            note = self._notes.get(day, "")
            return f"工厂日历定为{'上班' if worked else '放假'}" + (f"（{note}）" if note else "")
        if rule is DayRule.NOTICE:
            return f"{_noticed_names().get(day, '法定节假日')}{'调休上班' if worked else '放假'}"
        if rule is DayRule.FIXED_HOLIDAY:
            return f"{_FIXED_HOLIDAYS[day.month, day.day]}放假"
        if rule is DayRule.WEEKEND:
            return "周末休息"
        return "本厂照常上班" if day.weekday() == _SATURDAY else "正常上班"

    def next_workday(self, day: date) -> date:
        """``day`` itself when worked, else the first working day after it."""
        return day if self.is_workday(day) else self._step(day, _DAY)

    def previous_workday(self, day: date) -> date:
        """The last working day strictly before ``day``."""
        return self._step(day, -_DAY)

    def add(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day`` (before it, when negative); ``day`` itself for 0, worked or not."""
        found = self._added.get((day, n))
        if found is None:
            found = day
            for _ in range(abs(n)):
                found = self._step(found, _DAY if n > 0 else -_DAY)
            self._added[day, n] = found  # asked for the same few days by every complaint
        return found

    def count_between(self, a: date, b: date) -> int:
        """Working days after ``a`` up to and including ``b``; negative when ``b`` is earlier: inverse of ``add``."""
        step = _DAY if b >= a else -_DAY
        count = sum(self.is_workday(a + step * offset) for offset in range(1, abs((b - a).days) + 1))
        return count if b >= a else -count

    def last_of_month(self, year: int, month: int) -> date:
        """The last working day of a month; raises ``CalendarWithoutWorkdays`` when the whole month is off."""
        last = date(year, month, calendar.monthrange(year, month)[1])
        found = last if self.is_workday(last) else self.previous_workday(last)
        if found.month != month:
            raise CalendarWithoutWorkdays(last)
        return found

    def weekly(self, day: date) -> WeeklyRun | None:
        """The meeting and weekly day of the week (Monday to Sunday) that holds ``day`` (DOMAIN "Weekly day").

        The meeting is on Friday, or else on the last working day before it in that week; the weekly day is the
        working day before the meeting, perhaps in an earlier week. ``None`` without a working day up to Friday.
        """
        monday = day - _DAY * day.weekday()
        if monday not in self._weekly:
            week = (monday + _DAY * offset for offset in range(_FRIDAY, -1, -1))
            meeting = next((day for day in week if self.is_workday(day)), None)
            self._weekly[monday] = (
                None if meeting is None else WeeklyRun(monday, meeting, self.previous_workday(meeting))
            )
        return self._weekly[monday]

    def warning(self, today: date, needed_until: date | None = None) -> str | None:
        """What to tell people while a year's holiday notice is missing, else ``None``.

        At once for the current year and for years up to ``needed_until``; for the next year from 1 December on
        (the notice comes out in November; before that its absence is no news).
        """
        years = set(range(today.year, (needed_until or today).year + 1)) | {today.year}
        if today.month == 12:
            years.add(today.year + 1)
        missing = sorted(years - _noticed_years())
        if not missing:
            return None
        listed = "、".join(f"{year} 年" for year in missing)
        return (
            f"{listed}的国务院放假安排尚未收录：工作日暂按周一至周五{'' if _SATURDAY in self._weekend else '(含周六)'}"
            "及固定日期的法定节假日推算，春节、清明、端午、中秋和调休未计入。"
            "请升级 chinesecalendar，或在 config.yaml 的工厂日历中补充休息日和调休上班日。"
        )

    def _step(self, day: date, step: timedelta) -> date:
        """The nearest working day beyond ``day`` in the direction of ``step``."""
        for offset in range(1, _SEARCH_DAYS + 1):
            candidate = day + step * offset
            if self.is_workday(candidate):
                return candidate
        raise CalendarWithoutWorkdays(day)


@cache
def _noticed_days() -> Mapping[date, bool]:
    """Days the notices name: False for holidays, True for make-up working days.

    The tables are read instead of ``chinese_calendar.is_workday``, which scans all of them on every call.
    """
    from chinese_calendar import constants

    return {**dict.fromkeys(constants.holidays, False), **dict.fromkeys(constants.workdays, True)}


@cache
def _noticed_names() -> Mapping[date, str]:
    """The festivals that days off and make-up days belong to, in Chinese; one we have no name for is left out."""
    from chinese_calendar import constants

    named = {**constants.holidays, **constants.workdays}
    return {day: _CHINESE_NAMES[name] for day, name in named.items() if name in _CHINESE_NAMES}


@cache
def _noticed_years() -> frozenset[int]:
    """Years whose notice is known; a make-up day just across New Year's Eve does not make its year known."""
    from chinese_calendar import constants

    return frozenset(day.year for day in constants.holidays if (day.month, day.day) == (10, 1))


def is_before(moment: datetime, clock: time) -> bool:
    """Whether ``moment`` (aware) lies before the time of day ``clock`` of its own day, in its own zone."""
    return moment < datetime.combine(moment.date(), clock, moment.tzinfo)
