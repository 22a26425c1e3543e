"""Whether somebody should go and look: the resident engineer, or an engineer who travels (process step 3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, time, timedelta, tzinfo

from pipeline.rules.completeness import is_picture
from pipeline.rules.leave import leave_on
from pipeline.rules.state import is_open, is_quality
from schemas.case import Case, Directory
from schemas.decisions import LevelDecision, Question
from schemas.inquiry import PHOTOS, DispatchProposal, DispatchSetting, Trip
from schemas.rows import Complaint, Contact
from schemas.values import Level, Source, Status

_SURVEYING = frozenset({None, Status.UNCONFIRMED, Status.INVESTIGATING, Status.RESTARTED})
_RESIDENT_WORDS = ("驻线", "驻厂", "驻点", "驻场", "驻外")
_ORDER = tuple(Level)  # from mild to urgent
_END_OF_DAY = time(23, 59)


def _since(case: Case, zone: tzinfo | None) -> datetime:
    """Since when the complaint is known; a day without time counts from its end, no 接诉时间 from the first sight."""
    received = case.complaint.received
    if received is None or zone is None:
        return case.first_seen
    if received.known:
        return received.at(zone)
    return datetime.combine(received.day, _END_OF_DAY, zone)


def missing_facts(
    questions: Sequence[Question], files: Collection[str] | None, setting: DispatchSetting
) -> tuple[str, ...]:
    """The key facts without which nobody can judge, among what is still asked; pictures when the folder has none."""
    found = [question.heading for question in questions if question.heading in setting.key_facts]
    if files is not None and not any(is_picture(name) for name in files):
        found.append(PHOTOS)
    return tuple(found)


def _residents(complaint: Complaint, directory: Directory) -> Iterator[Contact]:
    """Resident engineers of the customer, those of its site first."""
    customer, site = complaint.customer, complaint.customer_site
    residents = [
        contact for contact in directory.contacts.values()
        if any(word in f"{contact.role or ''}{contact.position or ''}" for word in _RESIDENT_WORDS)
    ]
    near = [contact for contact in residents if customer and customer in (contact.scope or "")]
    near = near or [contact for contact in residents if site and site in (contact.scope or "")]
    yield from sorted(near, key=lambda contact: not (site and site in (contact.scope or "")))


def _resident(complaint: Complaint, directory: Directory, now: datetime) -> tuple[Contact | None, tuple[str, ...]]:
    """The resident engineer who can go, or the one standing in; with the reasons."""
    away: list[str] = []
    for contact in _residents(complaint, directory):
        leave = leave_on(contact, now.date())
        if leave is None:
            return contact, (*away, f"驻线 {contact.name} 负责 {contact.scope}")
        substitute = directory.contacts.get(contact.delegate or "")
        if substitute is not None and leave_on(substitute, now.date()) is None:
            return substitute, (*away, f"驻线 {contact.name} 请假（{leave}），由代理人 {substitute.name} 前往")
        away.append(f"驻线 {contact.name} 请假（{leave}），没有可用的代理人")
    return None, (*away, f"通讯录中没有可前往 {complaint.customer or '该客户'} 的驻线")


def _traveller(complaint: Complaint, directory: Directory, now: datetime) -> tuple[Contact | None, tuple[str, ...]]:
    engineer = directory.contacts.get(complaint.engineer or "")
    if engineer is None:
        return None, ("通讯录中没有质量工程师，请指定出差人员",)
    leave = leave_on(engineer, now.date())
    if leave is None:
        return engineer, ()
    substitute = directory.contacts.get(engineer.delegate or "")
    if substitute is not None and leave_on(substitute, now.date()) is None:
        return substitute, (f"质量工程师 {engineer.name} 请假（{leave}），由代理人 {substitute.name} 出差",)
    return None, (f"质量工程师 {engineer.name} 请假（{leave}），没有可用的代理人，请指定出差人员",)


def _proposal(
    trip: Trip, who: Contact | None, missing: tuple[str, ...], reasons: Sequence[str]
) -> DispatchProposal:
    name = (who.name or "") if who else ""
    contact = (who.phone or who.mail or "") if who else ""
    return DispatchProposal(trip, name, contact, missing, (*reasons, "资料补齐或状态改为“分析”后不再建议"))


def propose_dispatch(
    case: Case, questions: Sequence[Question], level: LevelDecision, directory: Directory,
    files: Collection[str] | None, setting: DispatchSetting, now: datetime,
) -> DispatchProposal | None:
    """驻线前往 or 出差, with reasons; None when nobody needs to go. A proposal: the engineer decides.

    The resident engineer goes at once when the risk is high (``at_once_from``), else when key facts are missing after
    ``resident_after_hours``. An engineer travels when facts are still missing after ``travel_after_hours``, or at
    high risk when no resident engineer can go. ``files`` are the names in 附件 (None: unknown), ``questions`` those
    still open, ``now`` is aware, in the plant's zone.
    """
    complaint = case.complaint
    surveying = complaint.status in _SURVEYING and is_open(complaint)
    if not surveying or not is_quality(complaint) or complaint.source is Source.ON_SITE:
        return None  # 出差现场: an engineer is there already
    since, missing = _since(case, now.tzinfo), missing_facts(questions, files, setting)
    reasons: list[str] = []
    high_risk = _ORDER.index(level.level) >= _ORDER.index(setting.at_once_from)
    if high_risk:
        reasons.append(f"等级为{level.level.value}（{'、'.join(level.reasons)}）" if level.reasons else "风险高")
    waiting = bool(missing) and complaint.status is not Status.RESTARTED  # since when it waits again stands nowhere
    late = waiting and now >= since + timedelta(hours=setting.resident_after_hours)
    very_late = waiting and now >= since + timedelta(hours=setting.travel_after_hours)
    if late:
        hours = setting.travel_after_hours if very_late else setting.resident_after_hours
        reasons.append(f"接诉已超过 {hours:g} 小时，仍缺：{'、'.join(missing)}")
    if not reasons:
        return None
    on_site = complaint.source is Source.RESIDENT  # the resident engineer reported it from the line
    if not very_late and on_site:
        return None
    resident, found = _resident(complaint, directory, now)
    if resident is not None and not very_late:
        return _proposal(Trip.RESIDENT, resident, missing, (*reasons, *found))
    if not (very_late or high_risk):
        return None  # the customer is asked by telephone first
    if very_late and (resident or on_site):
        found = (f"已过 {setting.travel_after_hours:g} 小时仍未取得准确信息，建议工程师前往",)
    traveller, notes = _traveller(complaint, directory, now)
    return _proposal(Trip.TRAVEL, traveller, missing, (*reasons, *found, *notes))
