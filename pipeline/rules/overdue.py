"""What is owed by whom and how late it is: clocks, actions, verifications and call-backs (process step 10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from pipeline.rules.action_facts import action_key, action_name, awaits_verification, is_done, is_replaced
from pipeline.rules.state import is_paused
from schemas.case import Case
from schemas.decisions import Clock, ClockName, Duty, Lateness
from schemas.rows import SheetKind
from schemas.settings import ClockSetting
from schemas.values import Review, Status

_REPORTS = frozenset({ClockName.D3, ClockName.D5, ClockName.D8})


def _duty(case: Case, what: str, due: date, late: int, key: str, *, person: str | None = None,
          department: str | None = None) -> Duty:
    """A duty; where no person or department of its own is named, the complaint's engineer and department owe it."""
    lateness = Lateness.OVERDUE if late > 0 else Lateness.DUE_SOON
    person, department = person or case.complaint.engineer, department or case.complaint.department
    return Duty(case.case_id, case.label, what, person or "", department or "", due, late, lateness, key)


def _clock_duties(case: Case, clocks: Iterable[Clock], now: datetime) -> Iterator[Duty]:
    for clock in clocks:
        if clock.stopped is not None:
            continue
        due = clock.due.astimezone(now.tzinfo).date()
        late = (now.date() - due).days
        if now > clock.due:
            late = max(late, 1)  # past within the same day is late as well
        what = f"{clock.name.value} 未提交" if clock.name in _REPORTS else f"{clock.name.value}未完成"
        yield _duty(case, what, due, late, clock.name.value)


def _action_duties(case: Case, today: date) -> Iterator[Duty]:
    """Actions not done; what another action stands for is owed no longer (process step 9)."""
    for row in case.rows.actions:
        action = row.record
        if action.due is None or is_done(action, today) or is_replaced(row, case.rows.actions):
            continue
        what = action_name(action)
        if action.review is Review.REJECTED:
            what += "（已驳回，需重新提出）"
        late = (today - action.due).days
        yield _duty(
            case, what, action.due, late, action_key(row), person=action.person, department=action.department
        )


def _verification_duties(case: Case, today: date) -> Iterator[Duty]:
    for row in case.rows.actions:
        action = row.record
        if action.verify_due is not None and awaits_verification(action, today):
            late = (today - action.verify_due).days
            yield _duty(
                case, f"验证{action_name(action)}", action.verify_due, late, f"验证:{action_key(row)}",
                person=action.verifier, department=action.department,
            )


def _next_callback(case: Case, setting: ClockSetting) -> date | None:
    """The day promised at the last call-back; in 跟踪 else ``callback_days`` after it, the first one likewise after
    the break point, or after the last action was done. None where nothing tells, or the plant keeps no 跟踪回访.
    """
    dated = [row.record for row in case.rows.callbacks if row.record.day is not None]
    last = max(dated, key=lambda entry: entry.day or date.min, default=None)
    if last is not None and last.next_day is not None:
        return last.next_day
    if case.complaint.status is not Status.TRACKING or SheetKind.CALLBACKS not in case.rows.sheets:
        return None
    done = (row.record.done for row in case.rows.actions if row.record.done is not None)
    since = (last.day if last is not None else None) or case.complaint.break_point_day or max(done, default=None)
    return since + timedelta(days=setting.callback_days) if since is not None else None


def _callback_duties(case: Case, setting: ClockSetting, today: date) -> Iterator[Duty]:
    day = _next_callback(case, setting)
    if day is not None:
        yield _duty(case, "跟踪回访", day, (today - day).days, f"回访:{day}")


def decide_agenda(case: Case, clocks: Iterable[Clock], setting: ClockSetting, now: datetime) -> tuple[Duty, ...]:
    """Everything dated that is still owed, however far ahead, worst first; 暂停 stops what is internal."""
    found = [*_clock_duties(case, clocks, now)]
    if not is_paused(case.complaint):
        today = now.date()
        found += [*_action_duties(case, today), *_verification_duties(case, today)]
        found += _callback_duties(case, setting, today)
    return tuple(sorted(found, key=lambda duty: (-duty.days_late, duty.key)))


def pressing(agenda: Iterable[Duty], setting: ClockSetting) -> tuple[Duty, ...]:
    """What is overdue or due within ``due_soon_days`` calendar days, in the same order."""
    return tuple(duty for duty in agenda if duty.days_late >= -setting.due_soon_days)
