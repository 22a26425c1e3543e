"""The clocks of a complaint: containment, D3, D4/D5, 8D, effectiveness, closure (DOMAIN "Dates and clocks")."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from pipeline.rules.state import is_dismissed, is_open, is_paused, is_quality
from pipeline.workdays import Workdays
from schemas.decisions import Clock, ClockName, Form
from schemas.follow_up import EffectivenessSetting, Restart
from schemas.rows import Complaint
from schemas.settings import ClockSetting
from schemas.values import Liability, Moment
from schemas.values.text import plain_text

_END_OF_DAY = time(23, 59)
_SENT = {ClockName.D3: "d3_sent", ClockName.D5: "d5_sent", ClockName.D8: "d8_sent"}


def _end_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, _END_OF_DAY, tzinfo=zone)


def _stopped(value: Moment | date | None, zone: tzinfo) -> datetime | None:
    if value is None:
        return None
    return value.at(zone) if isinstance(value, Moment) else _end_of(value, zone)


def _before_restart(stopped: datetime | None, due: datetime, restart: Restart | None) -> bool:
    """Whether what stopped a clock belongs to the time before a restart while its date is of after it."""
    if stopped is None or restart is None or restart.since is None:
        return False
    return stopped.date() <= restart.since < due.date()


def containment_clock(
    complaint: Complaint, kept: Collection[str], setting: ClockSetting, zone: tzinfo
) -> Clock | None:
    """30 minutes from 接诉时间 (process step 4); no clock when only a day was typed, since its start is unknown.

    An 紧急措施 without its time stops the clock: the measure stands, only its hour is missing. A ledger that keeps
    neither column (``kept``: the fields it has) could never stop it, so there it does not run, nor while 暂停.
    """
    received = complaint.received
    if received is None or not received.known or not is_quality(complaint) or is_dismissed(complaint):
        return None
    if not {"containment", "contained_at"} & set(kept):
        return None
    start = received.at(zone)
    due = start + timedelta(minutes=setting.containment_minutes)
    stopped = _stopped(complaint.contained_at, zone) or (start if plain_text(complaint.containment) else None)
    if stopped is None and is_paused(complaint):
        return None
    return Clock(ClockName.CONTAINMENT, due, stopped)


def _d5_workdays(complaint: Complaint, setting: ClockSetting) -> int:
    """More time where a sub-supplier is the source: by 责任判定, or by 供应商 while nobody has decided."""
    undecided = complaint.liability in {None, Liability.UNDECIDED}
    supplier = complaint.liability is Liability.SUPPLIER or (undecided and complaint.supplier is not None)
    return setting.d5_workdays_supplier if supplier else setting.d5_workdays


def _reports(
    complaint: Complaint, received: Moment, setting: ClockSetting, calendar: Workdays, zone: tzinfo
) -> Iterator[tuple[ClockName, date | None, datetime, Moment | date | None]]:
    """Each report with its typed 要求日, its usual date and what submitted it: a later report holds the earlier."""
    later = complaint.d5_sent or complaint.d8_sent
    d3 = received.at(zone) + timedelta(hours=setting.d3_hours)
    yield ClockName.D3, complaint.d3_due, d3 if received.known else _end_of(d3.date(), zone), complaint.d3_sent or later
    d5 = calendar.add(received.day, _d5_workdays(complaint, setting))
    yield ClockName.D5, complaint.d5_due, _end_of(d5, zone), later
    d8 = calendar.add(received.day, setting.d8_workdays)
    yield ClockName.D8, complaint.d8_due, _end_of(d8, zone), complaint.d8_sent


def _dated(
    name: ClockName, typed: date | None, usual: datetime, sent: Moment | date | None, complaint: Complaint,
    restart: Restart | None, zone: tzinfo,
) -> Clock:
    """A clock to a date of the customer's: what a person typed, moved to 客户同意延期日 where that is later."""
    due = _end_of(typed, zone) if typed is not None else usual
    agreed = complaint.customer_agreed_day
    moved = agreed is not None and _end_of(agreed, zone) > due
    due = _end_of(agreed, zone) if agreed is not None and moved else due
    stopped = _stopped(sent, zone)
    stopped = None if _before_restart(stopped, due, restart) else stopped
    by_hand = typed is not None or moved
    return Clock(name, due, stopped, by_hand=by_hand, day_only=due.time() == _END_OF_DAY)


def report_clocks(
    complaint: Complaint, kept: Collection[str], form: Form | None, setting: ClockSetting, calendar: Workdays,
    zone: tzinfo, restart: Restart | None = None,
) -> tuple[Clock, ...]:
    """D3, D4/D5 and 8D of a full 8D; the customer's 要求日 wins, 提交日 stops (usual car-maker rules).

    A clock whose 提交日 has no column (``kept``: the ledger's fields) runs only where its date was typed. While 暂停,
    and after a restart, only dates that a person typed go on: they are the customer's, and the usual ones count from
    接诉时间, which a restart has left behind. A report sent before the restart does not stop a date of after it.
    """
    if form is None or not form.full_8d or complaint.received is None:
        return ()
    usual_runs = not is_paused(complaint) and restart is None
    clocks = (
        _dated(name, typed, usual, sent, complaint, restart, zone)
        for name, typed, usual, sent in _reports(complaint, complaint.received, setting, calendar, zone)
    )
    return tuple(clock for clock in clocks if clock.by_hand or (usual_runs and _SENT[clock.name] in kept))


def effectiveness_clock(
    complaint: Complaint, form: Form | None, setting: EffectivenessSetting, zone: tzinfo,
    restart: Restart | None = None,
) -> Clock | None:
    """The day from which a full 8D can be closed as effective: ``days`` after 断点日期 (convention; D8 follows).

    Closing stops it. None without a break point, with one of before the restart, and while 暂停.
    """
    day = complaint.break_point_day
    if day is None or form is None or not form.full_8d or is_paused(complaint):
        return None
    if restart is not None and restart.since is not None and day <= restart.since:
        return None
    closed = None if is_open(complaint) else _stopped(complaint.closed or day, zone)
    return Clock(ClockName.EFFECTIVENESS, _end_of(day + timedelta(days=setting.days), zone), closed, day_only=True)


def closure_clock(complaint: Complaint, zone: tzinfo, restart: Restart | None = None) -> Clock | None:
    """要求结案日, when a person typed one; 客户同意延期日 moves it."""
    typed = complaint.close_due
    if typed is None or is_dismissed(complaint):
        return None
    return _dated(ClockName.CLOSURE, typed, _end_of(typed, zone), complaint.closed, complaint, restart, zone)
