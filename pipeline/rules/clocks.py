"""The clocks of a complaint: containment, D3, D4/D5, 8D, closure (DOMAIN "Dates and clocks")."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta, tzinfo

from pipeline.rules.state import is_dismissed, is_paused, is_quality
from pipeline.workdays import Workdays
from schemas.decisions import Clock, ClockName, Form
from schemas.rows import Complaint
from schemas.settings import ClockSetting
from schemas.values import Liability, Moment

_END_OF_DAY = time(23, 59)
_SENT = {ClockName.D3: "d3_sent", ClockName.D5: "d5_sent", ClockName.D8: "d8_sent"}


def _end_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, _END_OF_DAY, tzinfo=zone)


def _stopped(value: Moment | date | None, zone: tzinfo) -> datetime | None:
    if value is None:
        return None
    return value.at(zone) if isinstance(value, Moment) else _end_of(value, zone)


def containment_clock(
    complaint: Complaint, kept: Collection[str], setting: ClockSetting, zone: tzinfo
) -> Clock | None:
    """30 minutes from 接诉时间 (process step 4); no clock when only a day was typed, since its start is unknown.

    An 紧急措施 without its time stops the clock: the measure stands, only its hour is missing. A ledger that keeps
    neither column (``kept``: the fields it has) could never stop it, so there it does not run.
    """
    received = complaint.received
    if received is None or not received.known or not is_quality(complaint) or is_dismissed(complaint):
        return None
    if not {"containment", "contained_at"} & set(kept):
        return None
    start = received.at(zone)
    due = start + timedelta(minutes=setting.containment_minutes)
    stopped = _stopped(complaint.contained_at, zone) or (start if complaint.containment else None)
    return Clock(ClockName.CONTAINMENT, due, stopped)


def _dated(
    name: ClockName, typed: date | None, default: date, done: Moment | date | None, zone: tzinfo
) -> Clock:
    due = _end_of(typed or default, zone)
    return Clock(name, due, _stopped(done, zone), by_hand=typed is not None, day_only=True)


def report_clocks(
    complaint: Complaint, kept: Collection[str], form: Form | None, setting: ClockSetting, calendar: Workdays,
    zone: tzinfo,
) -> tuple[Clock, ...]:
    """D3, D4/D5 and 8D of a full 8D; the customer's 要求日 wins, 提交日 stops (usual car-maker rules).

    A later report that was submitted stops the earlier clocks as well: it holds their content.

    A clock whose 提交日 has no column (``kept``: the ledger's fields) runs only where its 要求日 was typed.
    While 暂停 only dates that a person typed go on: they are the customer's.
    """
    if form is None or not form.full_8d or complaint.received is None:
        return ()
    received = complaint.received
    later = complaint.d5_sent or complaint.d8_sent  # a later report holds the earlier steps
    supplier = complaint.liability is Liability.SUPPLIER or complaint.supplier is not None
    d5_days = setting.d5_workdays_supplier if supplier else setting.d5_workdays
    d3 = _dated(ClockName.D3, complaint.d3_due, received.day, complaint.d3_sent or later, zone)
    if complaint.d3_due is None:
        due = received.at(zone) + timedelta(hours=setting.d3_hours)
        due = due if received.known else _end_of(due.date(), zone)
        d3 = Clock(ClockName.D3, due, d3.stopped, day_only=not received.known)
    clocks = (
        d3,
        _dated(ClockName.D5, complaint.d5_due, calendar.add(received.day, d5_days), later, zone),
        _dated(
            ClockName.D8, complaint.d8_due, calendar.add(received.day, setting.d8_workdays), complaint.d8_sent, zone
        ),
    )
    return tuple(
        clock for clock in clocks
        if clock.by_hand or (_SENT[clock.name] in kept and not is_paused(complaint))
    )


def closure_clock(complaint: Complaint, zone: tzinfo) -> Clock | None:
    """要求结案日, when a person typed one."""
    if complaint.close_due is None or is_dismissed(complaint):
        return None
    return _dated(ClockName.CLOSURE, complaint.close_due, complaint.close_due, complaint.closed, zone)
