"""The review of a period: counted from the ledgers as they stand, without judging anybody (process step 13)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.rules.pareto import pareto
from pipeline.rules.state import is_dismissed, is_open
from pipeline.workdays import Workdays
from schemas.case import Case, Standing
from schemas.decisions import ClockName, Decisions
from schemas.review import MonthCount, Period, Punctuality, Repeat, Review, ReviewedCase
from schemas.rows import Complaint
from schemas.values import Level
from schemas.values.text import plain_text

_TREND_MONTHS, _SHOWN = 12, 10
_FRIDAY = 4
_WEEK, _DAY = timedelta(days=7), timedelta(days=1)
Decided = tuple[Case, Decisions]

#: What Pareto charts count by, with the value of a complaint.
_BY: dict[str, Callable[[Complaint], str | None]] = {
    "失效类别": lambda complaint: complaint.failure_class,
    "产品": lambda complaint: complaint.product or complaint.part_number,
    "客户": lambda complaint: complaint.customer,
    "责任部门": lambda complaint: complaint.department,
    "责任工序": lambda complaint: complaint.process,
}


@dataclass(frozen=True, slots=True)
class _Counted:
    """A complaint that counts, with the days that matter."""

    case: Case
    decisions: Decisions
    received: date
    closed: date | None

    @property
    def complaint(self) -> Complaint:
        return self.case.complaint

    def is_open_at(self, day: date) -> bool:
        """Received by ``day`` and not closed by then; a closed one without 关闭日期 counts as closed when received."""
        if self.received > day:
            return False
        if self.closed is not None:
            return self.closed > day
        return is_open(self.complaint)


def _counted(cases: Iterable[Decided]) -> Iterator[_Counted]:
    """Complaints with a 接诉时间; not those dismissed, and of one on two ledgers only the shared row."""
    for case, decisions in cases:
        complaint = case.complaint
        if complaint.received is None or is_dismissed(complaint) or case.standing is Standing.REGISTERED:
            continue
        yield _Counted(case, decisions, complaint.received.day, None if is_open(complaint) else complaint.closed)


def _months_up_to(last: date, count: int) -> list[tuple[date, date]]:
    """First and last days of ``count`` months, the last one that of ``last``."""
    found = []
    end = last
    for _ in range(count):
        first = end.replace(day=1)
        found.append((first, end))
        end = first - _DAY
    return found[::-1]


def _trend(counted: Sequence[_Counted], until: date) -> Iterator[MonthCount]:
    """The twelve months up to the one of ``until``, which counts as far as it has come."""
    for first, last in _months_up_to(until, _TREND_MONTHS):
        yield MonthCount(
            f"{first:%Y-%m}", sum(first <= entry.received <= last for entry in counted),
            sum(entry.closed is not None and first <= entry.closed <= last for entry in counted),
            sum(entry.is_open_at(last) for entry in counted),
        )


def _punctuality(counted: Sequence[_Counted], period: Period, now: datetime) -> Iterator[Punctuality]:
    for name in ClockName:
        due = in_time = late = open_late = 0
        for entry in counted:
            for clock in entry.decisions.clocks:
                day = clock.due.astimezone(now.tzinfo).date()
                if clock.name is not name or not period.holds(day):
                    continue
                if clock.stopped is None and clock.due >= now:
                    continue  # not yet due today: neither met nor missed
                due += 1
                in_time += clock.stopped is not None and clock.stopped <= clock.due
                late += clock.stopped is not None and clock.stopped > clock.due
                open_late += clock.stopped is None
        yield Punctuality(name.value, due, in_time, late, open_late)


def _repeats(counted: Sequence[_Counted], period: Period) -> tuple[Repeat, ...]:
    since = _months_up_to(period.last, _TREND_MONTHS)[0][0]
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in sorted(counted, key=lambda entry: (entry.received, entry.case.name)):
        complaint = entry.complaint
        part, failure = complaint.product or complaint.part_number, complaint.failure_class
        if part and failure and since <= entry.received <= period.last:
            found[part, failure].append(entry.case.name)
    repeated = [Repeat(part, failure, tuple(numbers)) for (part, failure), numbers in found.items() if len(numbers) > 1]
    return tuple(sorted(repeated, key=lambda repeat: (-len(repeat.numbers), repeat.part, repeat.failure)))


def meetings_open(received: date, until: date, calendar: Workdays) -> int:
    """How many quality meetings a complaint was open for (滚动次数): after its receipt, up to ``until``."""
    monday, count = received - _DAY * received.weekday(), 0
    while monday <= until:
        run = calendar.weekly(monday)
        count += run is not None and received <= run.meeting <= until
        monday += _WEEK
    return count


def _title(entry: _Counted) -> tuple[str, str, str, str]:
    complaint = entry.complaint
    return (entry.case.name, complaint.customer or "", complaint.product or complaint.part_number or "",
            (complaint.phenomenon or "")[:60])


def _until(entry: _Counted, period: Period, today: date) -> date:
    return min(entry.closed or today, period.last, today)


def _cells(
    entry: _Counted, period: Period, calendar: Workdays, today: date
) -> dict[str, str | int | float | date | None]:
    complaint = entry.complaint
    until = _until(entry, period, today)
    return {
        "客诉编号": entry.case.name, "接诉日期": entry.received, "接诉月": f"{entry.received:%Y-%m}",
        "客户": complaint.customer, "客户基地": complaint.customer_site,
        "产品": complaint.product or complaint.part_number, "失效类别": complaint.failure_class,
        "不良现象": complaint.phenomenon, "不良数量": complaint.defects,
        "客诉等级": entry.decisions.level.level.value, "状态": complaint.status.value if complaint.status else None,
        "责任部门": complaint.department, "责任工序": complaint.process, "质量工程师": complaint.engineer,
        "信息来源": complaint.source.value if complaint.source else None,
        "责任判定": complaint.liability.value if complaint.liability else None,
        "已登记": "是" if entry.decisions.registration else "否", "关闭日期": entry.closed,
        "历时天数": (until - entry.received).days, "滚动次数": meetings_open(entry.received, until, calendar),
        "会议次数": len(entry.case.rows.meetings), "措施数": len(entry.case.rows.actions),
        "重开次数": complaint.restarts or 0, "费用金额": complaint.cost,
    }


def review(
    cases: Iterable[Decided], site: str, period: Period, calendar: Workdays, now: datetime
) -> Review:
    """The review of ``period`` as of ``now`` (aware); complaints received, open or closed in it make the tables."""
    counted, today = list(_counted(cases)), now.date()
    within = [entry for entry in counted if period.holds(entry.received)]
    closed = [entry for entry in counted if period.holds(entry.closed)]
    touched = [
        entry for entry in counted
        if period.holds(entry.received) or period.holds(entry.closed) or entry.is_open_at(min(period.last, today))
    ]
    rows = {entry.case.name: _cells(entry, period, calendar, today) for entry in touched}

    def ranked(name: str, chosen: Iterable[_Counted]) -> tuple[tuple[str | int, ...], ...]:
        values = [(*_title(entry), int(str(rows[entry.case.name][name]))) for entry in chosen]
        found = sorted((line for line in values if line[-1] > 0), key=lambda line: (-line[-1], line[0]))
        return tuple(found[:_SHOWN])

    levels = Counter(entry.decisions.level.level for entry in within)
    costly = sorted(((*_title(entry), entry.complaint.cost or 0.0) for entry in touched if entry.complaint.cost),
                    key=lambda line: (-line[-1], line[0]))
    lessons = [(entry.case.name, _title(entry)[2], text) for entry in touched
               if (text := plain_text(entry.complaint.lesson))]
    return Review(
        period=period, site=site, made=today, received=len(within), closed=len(closed),
        open_at_end=sum(entry.is_open_at(min(period.last, today)) for entry in counted),
        levels={level.value: count for level in Level if (count := levels[level])},
        trend=tuple(_trend(counted, min(period.last, today))),
        paretos={name: pareto(value(entry.complaint) for entry in within) for name, value in _BY.items()},
        punctuality=tuple(_punctuality(counted, period, now)),
        days_to_close=tuple(sorted((entry.closed - entry.received).days for entry in closed if entry.closed)),
        repeats=_repeats(counted, period), hardest=ranked("历时天数", touched), restarted=ranked("重开次数", touched),
        rolled=ranked("滚动次数", touched), costly=tuple(costly[:_SHOWN]),
        cost=sum(entry.complaint.cost or 0.0 for entry in touched), lessons=tuple(lessons),
        cases=tuple(ReviewedCase(name, cells) for name, cells in sorted(rows.items())),
    )
