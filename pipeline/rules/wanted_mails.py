"""Which mails one case calls for at once: line stop, containment, released notice, meeting (process steps 3 to 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.rules.history import History
from pipeline.workdays import Workdays
from schemas.case import Case, Directory, Standing
from schemas.decisions import ClockName, Decisions
from schemas.effects import Effect, EffectKey, SendMail, digest_of
from schemas.meetings import CalendarEntry, CalendarMethod, Invitation, Person
from schemas.rows import Complaint, Meeting
from schemas.settings import Settings
from schemas.values import MeetingState

#: What the responsible department is asked to look into (process steps 5, 6 and 8).
INVESTIGATE = (
    "现状调查：到现场、看现物、认现状，封样并确认不良范围",
    "变化点排查：人、机、料、法、环、测六方面逐项排除或确认",
    "原因分析：发生原因与流出原因各连问五个为什么",
    "措施制定：临时措施与长期措施，明确责任人和完成日期",
)
_SHORT_NOTICE_WORKDAYS = 2
_ANNOUNCED = frozenset({MeetingState.CONFIRMED, MeetingState.MOVED, MeetingState.CANCELLED})


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _product(complaint: Complaint) -> str:
    return complaint.product or complaint.part_number or ""


def _sighting(case: Case) -> str:
    """The identity of a row from first sight on, also before it has a number.

    Case ids start again after a journal was lost; with the time of first sight no old alert stands for a new one.
    """
    return f"{case.case_id}@{case.first_seen.astimezone(UTC):%Y%m%dT%H%M%S}"


@dataclass(slots=True)
class CaseMails:
    """Collects the mails of one pass, case by case, and sentences about mails that wait for an address.

    ``pending`` holds those sentences by case id; each mail's key makes it go out once per occasion.
    """

    directory: Directory
    settings: Settings
    history: History
    calendar: Workdays
    now: datetime
    effects: list[Effect] = field(default_factory=list)
    pending: dict[str, list[str]] = field(default_factory=dict)

    def add(self, case: Case, decisions: Decisions, notice_files: Mapping[int, str]) -> None:
        """All mails the case calls for now; nothing goes to others before it is released and numbered.

        ``notice_files`` gives the meeting notice of each round, relative to the share.
        """
        switches = self.settings.mail
        if switches.line_stop_alert:
            self._line_stop(case, decisions)
        if switches.containment_alert:
            self._containment(case, decisions)
        if case.standing is Standing.MANAGED and case.number and decisions.released:
            if switches.release_notice:
                self._release(case, decisions)
            if switches.meeting_notice:
                self._meetings(case, notice_files)

    def hold(self, case: Case, sentence: str) -> None:
        """Remember a sentence about something that waits, for board and digest."""
        self.pending.setdefault(case.case_id, []).append(sentence)

    def _addresses(self, *names: str | None) -> tuple[str, ...]:
        found = (self.directory.mail_of(name) for name in names)
        return tuple(dict.fromkeys(address for address in found if address))

    def _superior(self, complaint: Complaint) -> str | None:
        superior = self.directory.superior_of(complaint.engineer)
        return superior.name if superior else None

    def _send(self, case: Case, title: str, payload: SendMail, *, subject: str, occasion: str = "") -> None:
        key = self.history.once(f"mail.{payload.kind}", subject, occasion)
        if key is not None:
            self.effects.append(Effect(key, title, digest_of(payload.context), payload, case.case_id))

    def _line_stop(self, case: Case, decisions: Decisions) -> None:
        """To engineer and direct superior at the first save that says so; no engineer: to the quality manager."""
        complaint = case.complaint
        if not decisions.line_stop or not (complaint.customer or complaint.product or complaint.phenomenon):
            return
        to = self._addresses(complaint.engineer, self._superior(complaint))
        to = to or self._addresses(self.settings.mail.quality_manager)
        if not to:
            self.hold(case, "停线预警未能发出：通讯录中没有质量工程师及其上级的邮箱")
            return
        context = {
            "label": case.label, "reasons": list(decisions.line_stop), "phenomenon": _text(complaint.phenomenon),
            "customer": _text(complaint.customer), "received": _text(complaint.received),
            "engineer": _text(complaint.engineer), "ask": [question.text for question in decisions.questions],
        }
        payload = SendMail("line_stop", to, (), context, (), (case.case_id,))
        self._send(case, f"停线预警 {case.label}", payload, subject=_sighting(case))

    def _containment(self, case: Case, decisions: Decisions) -> None:
        """A reminder before the half hour ends, an escalation after it; past when first seen: silent, in the digest.

        Until the row is released the engineer alone is told.
        """
        clock = next((entry for entry in decisions.clocks if entry.name is ClockName.CONTAINMENT), None)
        if clock is None or clock.stopped or not decisions.is_open or case.first_seen > clock.due:
            return
        complaint = case.complaint
        setting = self.settings.clocks_for(complaint.customer)
        lead = timedelta(minutes=setting.containment_minutes - setting.containment_reminder_minutes)
        late = self.now > clock.due
        if self.now < clock.due - lead:
            return
        to = self._addresses(complaint.engineer) or self._addresses(self.settings.mail.quality_manager)
        if not to:
            self.hold(case, "紧急措施提醒未能发出：通讯录中没有质量工程师的邮箱")
            return
        superior = self._addresses(self._superior(complaint)) if late and decisions.released else ()
        context = {
            "label": case.label, "received": _text(complaint.received), "minutes": setting.containment_minutes,
            "engineer": _text(complaint.engineer), "overdue": late, "level": decisions.level.level.value,
        }
        cc = tuple(address for address in superior if address not in to)
        payload = SendMail("containment", to, cc, context, (), (case.case_id,))
        occasion = "逾期" if late else "提醒"
        self._send(case, f"紧急措施{occasion} {case.label}", payload, subject=_sighting(case), occasion=occasion)

    def _release(self, case: Case, decisions: Decisions) -> None:
        """To the head of the responsible department, engineer and superior in copy: what to look into, by when."""
        complaint = case.complaint
        if decisions.form is None or not decisions.is_open or not complaint.department:
            return
        to = self._addresses(*(head.name for head in self.directory.heads_of(complaint.department)))
        if not to:
            if self.directory.contacts:
                self.hold(case, f"通知未发：通讯录中没有 {complaint.department} 负责人的邮箱")
            return
        engineer = self.directory.contacts.get(complaint.engineer or "")
        context = {
            "number": case.number, "customer": _text(complaint.customer), "product": _product(complaint),
            "phenomenon": _text(complaint.phenomenon), "defects": _text(complaint.defects), "lot": _text(complaint.lot),
            "level": decisions.level.level.value, "level_reasons": list(decisions.level.reasons),
            "engineer": _text(complaint.engineer), "engineer_contact": _text(engineer.mail if engineer else None),
            "investigate": list(INVESTIGATE), "due": f"{self._answer_by(case, decisions):%Y-%m-%d}",
            "folder": case.folder,
        }
        copies = self._addresses(complaint.engineer, self._superior(complaint))
        cc = tuple(address for address in copies if address not in to)
        payload = SendMail("release", to, cc, context, (), (case.case_id,))
        title = f"{case.number} 通知{complaint.department}"
        self._send(case, title, payload, subject=case.number, occasion=complaint.department)

    def _answer_by(self, case: Case, decisions: Decisions) -> date:
        """The day findings are needed: that of D4/D5, or as many working days; two from now when it is past."""
        complaint, today = case.complaint, self.now.date()
        clock = next((clock.due for clock in decisions.clocks if clock.name is ClockName.D5), None)
        received = complaint.received.day if complaint.received else today
        days = self.settings.clocks_for(complaint.customer).d5_workdays
        day = clock.date() if clock else self.calendar.add(received, days)
        return day if day > today else self.calendar.add(today, _SHORT_NOTICE_WORKDAYS)

    def _is_past(self, meeting: Meeting) -> bool:
        time = meeting.time
        if time is None:
            return False
        return time.at(self.settings.zone) < self.now if time.known else time.day < self.now.date()

    def _invitation(self, case: Case, meeting: Meeting, key: EffectKey, *, cancelled: bool) -> Invitation | None:
        """The calendar entry of a round, under one UID through changes and cancellation; None without organizer."""
        organizers = (name for name in (case.complaint.engineer, meeting.chair) if self.directory.mail_of(name))
        host, time = next(organizers, None), meeting.time
        if host is None or time is None:
            return None
        people = tuple(Person(name, self.directory.mail_of(name) or "") for name in (host, *meeting.invited))
        entry = CalendarEntry(
            uid=f"{replace(key, revision=0).digest}@kesu",
            summary=f"{case.label} 第{meeting.round}次客诉分析会",
            start=time.at(self.settings.zone) if time.known else time.day,
            place=meeting.place or "",
            description=meeting.materials or "",
        )
        method = CalendarMethod.CANCEL if cancelled else CalendarMethod.REQUEST
        return Invitation(entry, people[0], tuple(person for person in people[1:] if person.mail), method)

    def _meetings(self, case: Case, notice_files: Mapping[int, str]) -> None:
        """To everybody invited, with the notice attached; again when time, place or people change or it is off."""
        for row in case.rows.meetings:
            meeting = row.record
            if meeting.round is None or meeting.state not in _ANNOUNCED:
                continue
            cancelled = meeting.state is MeetingState.CANCELLED
            announced = self.history.latest("mail.meeting", case.number, f"{meeting.round}") is not None
            invites = meeting.time is not None and not self._is_past(meeting)  # nobody can come to a past meeting
            if announced if cancelled else invites:
                self._meeting(case, meeting, notice_files.get(meeting.round, ""), cancelled=cancelled)

    def _meeting(self, case: Case, meeting: Meeting, notice_file: str, *, cancelled: bool) -> None:
        unknown = [name for name in meeting.invited if not self.directory.mail_of(name)]
        if unknown:
            self.hold(case, f"第{meeting.round}次会议：通讯录中没有 {'、'.join(unknown)} 的邮箱，请另行通知")
        to = self._addresses(*meeting.invited)
        if not to:
            self.hold(case, f"第{meeting.round}次会议通知未发：应到人员为空或没有邮箱")
            return
        inputs = digest_of([str(meeting.time), meeting.place, sorted(meeting.invited), cancelled])
        key = self.history.revised("mail.meeting", case.number, f"{meeting.round}", inputs)
        if key is None:
            return
        complaint = case.complaint
        context: dict[str, Any] = {
            "number": case.number, "customer": _text(complaint.customer), "product": _product(complaint),
            "round": meeting.round, "time": _text(meeting.time), "place": _text(meeting.place),
            "chair": _text(meeting.chair), "invited": list(meeting.invited), "materials": _text(meeting.materials),
            "engineer": _text(complaint.engineer), "changed": key.revision > 0 and not cancelled,
            "cancelled": cancelled,
        }
        cc = tuple(address for address in self._addresses(complaint.engineer) if address not in to)
        attachments = () if cancelled or not notice_file else (notice_file,)
        entry = self._invitation(case, meeting, key, cancelled=cancelled)
        payload = SendMail("meeting", to, cc, context, attachments, (case.case_id,), invitation=entry)
        word = "取消" if cancelled else "更改" if key.revision else "通知"
        title = f"{case.number} 第{meeting.round}次会议{word}"
        self.effects.append(Effect(key, title, inputs, payload, case.case_id))
