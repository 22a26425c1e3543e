"""Invitations for people of other companies (suppliers, warehouses): when and where to come, and nothing internal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pipeline.rules.case_mails import CaseMails, product_of, shown
from pipeline.rules.history import History
from pipeline.rules.sending_policy import is_outside
from schemas.case import Case
from schemas.effects import Effect, digest_of
from schemas.meetings import CalendarEntry, CalendarMethod, Invitation, Person
from schemas.payloads import SendMail
from schemas.rows import Meeting


def outside_people(mails: CaseMails, names: Iterable[str]) -> tuple[str, ...]:
    """Those of some people whose address lies in a domain of others that the plant allows."""
    known = ((name, mails.directory.mail_of(name)) for name in names)
    return tuple(name for name, address in known if address and is_outside(address, mails.settings.mail))


def told_outside(history: History, case: Case, meeting: Meeting) -> bool:
    """Whether people outside were told of the round."""
    return history.latest("mail.meeting", case.number, _occasion(meeting)) is not None


def _occasion(meeting: Meeting) -> str:
    return f"{meeting.round} 外部"


def outside_invitation(mails: CaseMails, case: Case, meeting: Meeting, *, cancelled: bool, urgent: bool) -> None:
    """To those invited from outside: number, product, time, place, what to bring; again when that changes or is off.

    Neither the customer nor the phenomenon, neither colleagues nor papers are named. Somebody who is taken out of 应到
    is told by the engineer.
    """
    names = outside_people(mails, meeting.invited)
    if not names:
        return
    inputs = digest_of([str(meeting.time), meeting.place, meeting.materials, sorted(names), cancelled])
    key = mails.history.revised("mail.meeting", case.number, _occasion(meeting), inputs)
    if key is None or (cancelled and not key.revision):
        return
    complaint = case.complaint
    context: dict[str, Any] = {
        "number": case.number, "product": product_of(complaint), "round": meeting.round, "time": shown(meeting.time),
        "place": shown(meeting.place), "materials": shown(meeting.materials), "engineer": shown(complaint.engineer),
        "changed": key.revision > 0 and not cancelled, "cancelled": cancelled,
    }
    payload = SendMail(
        "meeting_outside", mails.addresses(*names), (), context, (), (case.case_id,),
        invitation=_entry(mails, case, meeting, names, replace(key, revision=0).digest, key.revision, cancelled),
        reply_to=mails.addresses(complaint.engineer), urgent=urgent, external=True,
    )
    word = "取消" if cancelled else "更改" if key.revision else "邀请"
    title = f"{case.number} 第{meeting.round}次会议{word}外部人员"
    mails.effects.append(Effect(key, title, inputs, payload, case.case_id))


def _entry(
    mails: CaseMails, case: Case, meeting: Meeting, names: Iterable[str], uid: str, sequence: int, cancelled: bool
) -> Invitation | None:
    host, time = case.complaint.engineer or "", meeting.time
    address = mails.directory.mail_of(host)
    if address is None or time is None:
        return None
    entry = CalendarEntry(
        uid=f"{uid}@kesu", summary=f"{case.number} 第{meeting.round}次分析会",
        start=time.at(mails.settings.zone) if time.known else time.day, place=meeting.place or "",
    )
    people = tuple(Person(name, mails.directory.mail_of(name) or "") for name in names)
    method = CalendarMethod.CANCEL if cancelled else CalendarMethod.REQUEST
    return Invitation(entry, Person(host, address), people, method, sequence)
