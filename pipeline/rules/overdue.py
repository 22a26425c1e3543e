"""What is owed by whom and how late it is: clocks, actions and call-backs (process step 10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from pipeline.rules.state import is_paused
from schemas.case import Case
from schemas.decisions import Clock, ClockName, Duty, Lateness
from schemas.rows import Action
from schemas.settings import ClockSetting
from schemas.values import Review
from schemas.workbook import Row

_REPORTS = frozenset({ClockName.D3, ClockName.D5, ClockName.D8})


def _duty(case: Case, what: str, person: str, department: str, due: date, late: int, key: str) -> Duty:
    lateness = Lateness.OVERDUE if late > 0 else Lateness.DUE_SOON
    return Duty(case.case_id, case.label, what, person, department, due, late, lateness, key)


def _clock_duties(case: Case, clocks: Iterable[Clock], now: datetime) -> Iterator[Duty]:
    complaint = case.complaint
    for clock in clocks:
        if clock.stopped is not None:
            continue
        due = clock.due.astimezone(now.tzinfo).date()
        late = (now.date() - due).days
        if now > clock.due:
            late = max(late, 1)  # past within the same day is late as well
        what = f"{clock.name.value} 未提交" if clock.name in _REPORTS else f"{clock.name.value}未完成"
        yield _duty(case, what, complaint.engineer or "", complaint.department or "", due, late, clock.name.value)


def action_key(action: Row[Action]) -> str:
    """Stable name of an action within its case: its own number, else its content."""
    return "措施:" + (action.record.action_number or (action.record.content or "")[:40])


def is_action_open(action: Action) -> bool:
    """Not done yet; a rejected measure never counts as done (process step 9)."""
    return action.done is None or action.review is Review.REJECTED


def _action_duties(case: Case, today: date) -> Iterator[Duty]:
    for row in case.rows.actions:
        action = row.record
        if action.due is None or not is_action_open(action):
            continue
        what = f"措施{action.action_number or ''}：{(action.content or '内容未填')[:60]}"
        if action.review is Review.REJECTED:
            what += "（已驳回，需重新提出）"
        person = action.person or case.complaint.engineer or ""
        department = action.department or case.complaint.department or ""
        yield _duty(case, what, person, department, action.due, (today - action.due).days, action_key(row))


def _callback_duties(case: Case, today: date) -> Iterator[Duty]:
    dated = [row.record for row in case.rows.callbacks if row.record.day is not None]
    last = max(dated, key=lambda entry: entry.day or date.min, default=None)
    if last is not None and last.next_day is not None:
        complaint = case.complaint
        late = (today - last.next_day).days
        person, department = complaint.engineer or "", complaint.department or ""
        yield _duty(case, "跟踪回访", person, department, last.next_day, late, f"回访:{last.next_day}")


def decide_duties(case: Case, clocks: Iterable[Clock], setting: ClockSetting, now: datetime) -> tuple[Duty, ...]:
    """Everything overdue or due within ``due_soon_days`` calendar days, worst first; 暂停 stops what is internal."""
    found = [*_clock_duties(case, clocks, now)]
    if not is_paused(case.complaint):
        found += [*_action_duties(case, now.date()), *_callback_duties(case, now.date())]
    near = [duty for duty in found if duty.days_late >= -setting.due_soon_days]
    return tuple(sorted(near, key=lambda duty: (-duty.days_late, duty.key)))
