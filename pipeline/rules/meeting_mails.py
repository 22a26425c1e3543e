"""Mails about meetings: invitation, change, cancellation, invited no more, the signed minutes (process step 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.rules.case_mails import CaseMails, product_of, shown
from pipeline.rules.meetings import rounds
from pipeline.rules.outside_mails import outside_invitations, outside_people
from pipeline.rules.state import is_dismissed
from schemas.case import Case
from schemas.effects import Effect, EffectKey, digest_of
from schemas.meetings import CalendarEntry, CalendarMethod, Distribution, Invitation, Person
from schemas.payloads import SendMail
from schemas.rows import Meeting
from schemas.values import MeetingState

_ANNOUNCED = frozenset({MeetingState.CONFIRMED, MeetingState.MOVED, MeetingState.CANCELLED})


def _is_past(mails: CaseMails, meeting: Meeting) -> bool:
    time = meeting.time
    if time is None:
        return False
    return time.at(mails.settings.zone) < mails.now if time.known else time.day < mails.now.date()


def _invitation(
    mails: CaseMails, case: Case, meeting: Meeting, key: EffectKey, invited: Iterable[str], method: CalendarMethod
) -> Invitation | None:
    """The calendar entry of a round, under one UID through all its changes; None without organizer.

    ``key`` is that of the round's mail.
    """
    organizers = (name for name in (case.complaint.engineer, meeting.chair) if mails.directory.mail_of(name))
    host, time = next(organizers, None), meeting.time
    if host is None or time is None:
        return None
    people = tuple(Person(name, mails.directory.mail_of(name) or "") for name in (host, *invited))
    entry = CalendarEntry(
        uid=f"{replace(key, revision=0).digest}@kesu",
        summary=f"{case.label} 第{meeting.round}次客诉分析会",
        start=time.at(mails.settings.zone) if time.known else time.day,
        place=meeting.place or "",
        description=meeting.materials or "",
    )
    attendees = tuple(person for person in people[1:] if person.mail)
    return Invitation(entry, people[0], attendees, method, sequence=key.revision)


def meeting_mails(mails: CaseMails, case: Case, notice_files: Mapping[int, str], *, urgent: bool) -> None:
    """To everybody invited, with the notice attached; again when time, place or people change or it is off.

    People of other companies whom the plant allows get an invitation of their own that holds nothing internal.
    ``urgent`` for a 紧急 case, whose meeting does not wait for the morning.

    Of two rows of one round the lower counts, else they would announce each other's change for ever. A round that the
    sheet does not number is named for the board: its identity would move with the next row that is inserted.
    """
    for _, meeting in rounds(case):
        if meeting.state not in _ANNOUNCED:
            continue
        if meeting.round is None:
            if meeting.time is not None and not _is_past(mails, meeting):
                mails.hold(case, f"会议（{meeting.time}）没有填写第几次，通知未发：请在会议表中补填")
            continue
        cancelled = meeting.state is MeetingState.CANCELLED
        announced = mails.history.latest("mail.meeting", case.number, f"{meeting.round}") is not None
        # nobody can come to a past meeting, nor has to on a complaint that was dismissed
        invites = meeting.time is not None and not _is_past(mails, meeting) and not is_dismissed(case.complaint)
        if cancelled or invites:
            outside_invitations(mails, case, meeting, cancelled=cancelled, urgent=urgent)
        if announced if cancelled else invites:
            _meeting(mails, case, meeting, notice_files.get(meeting.round, ""), cancelled=cancelled, urgent=urgent)
        if announced and invites:
            _uninvite(mails, case, meeting)


def _meeting(
    mails: CaseMails, case: Case, meeting: Meeting, notice_file: str, *, cancelled: bool, urgent: bool
) -> None:
    unknown = [name for name in meeting.invited if not mails.directory.mail_of(name)]
    if unknown:
        mails.hold(case, f"第{meeting.round}次会议：通讯录中没有 {'、'.join(unknown)} 的邮箱，请另行通知")
    guests = outside_people(mails, meeting.invited)
    inside = [name for name in meeting.invited if name not in guests]
    to = mails.addresses(*inside)
    if not to:
        if not guests:
            mails.hold(case, f"第{meeting.round}次会议通知未发：应到人员为空或没有邮箱")
        return
    inputs = digest_of([str(meeting.time), meeting.place, sorted(meeting.invited), cancelled])
    key = mails.history.revised("mail.meeting", case.number, f"{meeting.round}", inputs)
    if key is None:
        return
    context = {
        **_context(case, meeting), "invited": list(meeting.invited), "materials": shown(meeting.materials),
        "changed": key.revision > 0 and not cancelled, "cancelled": cancelled,
    }
    cc = mails.copies(to, case.complaint.engineer)
    attachments = () if cancelled or not notice_file else (notice_file,)
    method = CalendarMethod.CANCEL if cancelled else CalendarMethod.REQUEST
    entry = _invitation(mails, case, meeting, key, inside, method)
    # remembered in the transaction that marks the mail as sent: who has to be told when the sheet names them no more
    told = () if cancelled else tuple(_invited(meeting, key.revision, name) for name in inside)
    payload = SendMail("meeting", to, cc, context, attachments, (case.case_id,), told, entry, urgent=urgent)
    word = "取消" if cancelled else "更改" if key.revision else "通知"
    title = f"{case.number} 第{meeting.round}次会议{word}"
    mails.effects.append(Effect(key, title, inputs, payload, case.case_id))


def _context(case: Case, meeting: Meeting) -> dict[str, Any]:
    complaint = case.complaint
    return {
        "number": case.number, "customer": shown(complaint.customer), "product": product_of(complaint),
        "round": meeting.round, "time": shown(meeting.time), "place": shown(meeting.place),
        "chair": shown(meeting.chair), "engineer": shown(complaint.engineer),
    }


def _invited(meeting: Meeting, revision: int, name: str) -> str:
    return f"invited {meeting.round} {revision} {name}"


def _uninvite(mails: CaseMails, case: Case, meeting: Meeting) -> None:
    """To each who was invited and stands in 应到 no more: it leaves their calendar; once for each time."""
    latest = mails.history.latest("mail.meeting", case.number, f"{meeting.round}")
    if latest is None:
        return
    remaining = {*meeting.invited, case.complaint.engineer}  # the engineer gets a copy of every mail and keeps it
    for name in sorted(mails.directory.contacts.keys() - remaining):
        revisions = range(latest.key.revision, -1, -1)
        last = next((n for n in revisions if (case.number, _invited(meeting, n, name)) in mails.told), None)
        to = mails.addresses(name)
        if last is None or not to:
            continue
        # the change that left them out is a step later, whether its own mail has gone or is held up
        key = replace(latest.key, revision=max(latest.key.revision, last + 1))
        entry = _invitation(mails, case, meeting, key, [name], CalendarMethod.UNINVITE)
        payload = SendMail("uninvited", to, (), _context(case, meeting), (), (case.case_id,), invitation=entry)
        title = f"{case.number} 第{meeting.round}次会议不再需要 {name} 参加"
        mails.send(case, title, payload, subject=case.number, occasion=f"{meeting.round} {last} {name}")


def _was_before(mails: CaseMails, case: Case, meeting: Meeting) -> bool:
    """Whether a meeting of a case that was taken in later is history: going live never floods."""
    first_seen = case.first_seen.astimezone(mails.settings.zone).date()
    return case.was_stock and (meeting.time is None or meeting.time.day <= first_seen)


def minutes_mails(
    mails: CaseMails, case: Case, distributions: Iterable[Distribution], minutes_files: Mapping[int, str]
) -> None:
    """The signed minutes to every department that took part, once per round; the scan where there is one.

    What could not be reached is named for board and digest; without a file to send the mail waits.
    """
    for signed in distributions:
        if _was_before(mails, case, dict(rounds(case))[signed.round]):
            continue
        if signed.unreached:
            mails.hold(case, f"第{signed.round}次会议纪要：{'、'.join(signed.unreached)} 没有邮箱，请另行送达")
        to = mails.addresses(*signed.recipients)
        if not to:
            continue
        attachment = f"{case.folder}/{signed.scan}" if signed.scan else minutes_files.get(signed.round, "")
        if not attachment:
            if not mails.history.is_settled("mail.minutes", case.number, f"{signed.round}"):
                why = "没有纪要文件（第几次未填，或文件未生成），请补填或把签字扫描件放入资料夹"
                mails.hold(case, f"第{signed.round}次会议纪要未分发：{why}")
            continue
        complaint = case.complaint
        context = {
            "number": case.number, "customer": shown(complaint.customer), "product": product_of(complaint),
            "phenomenon": shown(complaint.phenomenon), "round": signed.round,
            "departments": list(signed.departments), "engineer": shown(complaint.engineer),
            "conclusion": shown(dict(rounds(case))[signed.round].conclusion), "folder": case.folder,
        }
        payload = SendMail(
            "minutes", to, (), context, (attachment,), (case.case_id,),
            reply_to=mails.addresses(complaint.engineer),
        )
        title = f"{case.number} 第{signed.round}次会议纪要分发"
        mails.send(case, title, payload, subject=case.number, occasion=f"{signed.round}")
