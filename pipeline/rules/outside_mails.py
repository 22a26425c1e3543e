"""Invitations for people of other companies (suppliers, warehouses): when and where to come, and nothing internal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pipeline.rules.case_mails import CaseMails, product_of, shown
from pipeline.rules.sending_policy import is_outside
from schemas.case import Case
from schemas.effects import Effect, EffectKey, digest_of
from schemas.meetings import CalendarEntry, CalendarMethod, Invitation, Person
from schemas.payloads import SendMail
from schemas.rows import Meeting


def outside_people(mails: CaseMails, names: Iterable[str]) -> tuple[str, ...]:
    """Those of some people whose address lies in a domain of others that the plant allows."""
    known = ((name, mails.directory.mail_of(name)) for name in names)
    return tuple(name for name, address in known if address and is_outside(address, mails.settings.mail))


def outside_invitations(mails: CaseMails, case: Case, meeting: Meeting, *, cancelled: bool, urgent: bool) -> None:
    """A mail of their own to each from outside: number, product, time, place, what to bring; again when that changes,
    and when the meeting is off or goes on without them.

    Neither the customer nor the phenomenon, neither colleagues nor papers nor other companies are named.
    """
    if not mails.settings.mail.sending.external_domains:
        return
    for name in outside_people(mails, sorted({*mails.directory.contacts, *meeting.invited})):
        wanted = name in meeting.invited and not cancelled
        inputs = digest_of([str(meeting.time), meeting.place, meeting.materials] if wanted else [])
        key = mails.history.revised("mail.meeting", case.number, f"{meeting.round} 外部 {name}", inputs)
        if key is None or not (wanted or key.revision):
            continue  # they know already, or never were told to come
        payload = SendMail(
            "meeting_outside", mails.addresses(name), (),
            _context(case, meeting, wanted=wanted, cancelled=cancelled, again=key.revision > 0), (), (case.case_id,),
            invitation=_entry(mails, case, meeting, name, key, _method(wanted=wanted, cancelled=cancelled)),
            reply_to=mails.addresses(case.complaint.engineer), urgent=urgent, external=True,
        )
        word = "取消" if cancelled else "不再需要" if not wanted else "更改" if key.revision else "邀请"
        title = f"{case.number} 第{meeting.round}次会议{word}外部人员 {name}"
        mails.effects.append(Effect(key, title, inputs, payload, case.case_id))


def _context(case: Case, meeting: Meeting, *, wanted: bool, cancelled: bool, again: bool) -> dict[str, Any]:
    return {
        "number": case.number, "product": product_of(case.complaint), "round": meeting.round,
        "time": shown(meeting.time), "place": shown(meeting.place), "materials": shown(meeting.materials),
        "engineer": shown(case.complaint.engineer), "changed": again and wanted, "cancelled": not wanted,
        "uninvited": not wanted and not cancelled,
    }


def _method(*, wanted: bool, cancelled: bool) -> CalendarMethod:
    if wanted:
        return CalendarMethod.REQUEST
    return CalendarMethod.CANCEL if cancelled else CalendarMethod.UNINVITE


def _entry(
    mails: CaseMails, case: Case, meeting: Meeting, name: str, key: EffectKey, method: CalendarMethod
) -> Invitation | None:
    """Their entry in the calendar, under one UID through all its changes; None without organizer or time."""
    host, time = case.complaint.engineer or "", meeting.time
    address = mails.directory.mail_of(host)
    if address is None or time is None:
        return None
    entry = CalendarEntry(
        uid=f"{replace(key, revision=0).digest}@kesu", summary=f"{case.number} 第{meeting.round}次分析会",
        start=time.at(mails.settings.zone) if time.known else time.day, place=meeting.place or "",
    )
    guest = Person(name, mails.directory.mail_of(name) or "")
    return Invitation(entry, Person(host, address), (guest,), method, key.revision)
