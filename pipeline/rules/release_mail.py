"""The notice to the responsible department once a row is released: what to look into, by when (process step 5)."""

from __future__ import annotations

from datetime import date

from pipeline.rules.case_mails import CaseMails, product_of, shown
from schemas.case import Case
from schemas.decisions import ClockName, Decisions
from schemas.payloads import SendMail
from schemas.values import Level

#: What the responsible department is asked to look into (process steps 5, 6 and 8).
INVESTIGATE = (
    "现状调查：到现场、看现物、认现状，封样并确认不良范围",
    "变化点排查：人、机、料、法、环、测六方面逐项排除或确认",
    "原因分析：发生原因与流出原因各连问五个为什么",
    "措施制定：临时措施与长期措施，明确责任人和完成日期",
)
_SHORT_NOTICE_WORKDAYS = 2


def release_notice(mails: CaseMails, case: Case, decisions: Decisions) -> None:
    """To the head of the responsible department: what to look into, by when; answers go to the engineer.

    Engineer and superior need no copy: the one released the row, the other's digest lists it (mail economy).
    """
    complaint = case.complaint
    if decisions.form is None or not decisions.is_open or not complaint.department:
        return
    to = mails.addresses(*(head.name for head in mails.directory.heads_of(complaint.department)))
    if not to:
        if mails.directory.contacts:
            mails.hold(case, f"通知未发：通讯录中没有 {complaint.department} 负责人的邮箱")
        return
    engineer = mails.directory.contacts.get(complaint.engineer or "")
    context = {
        "number": case.number, "customer": shown(complaint.customer), "product": product_of(complaint),
        "phenomenon": shown(complaint.phenomenon), "defects": shown(complaint.defects), "lot": shown(complaint.lot),
        "level": decisions.level.level.value, "level_reasons": list(decisions.level.reasons),
        "engineer": shown(complaint.engineer), "engineer_contact": shown(engineer.mail if engineer else None),
        "investigate": list(INVESTIGATE), "due": f"{_answer_by(mails, case, decisions):%Y-%m-%d}",
        "folder": case.folder,
    }
    payload = SendMail(
        "release", to, (), context, (), (case.case_id,), reply_to=mails.addresses(complaint.engineer),
        urgent=decisions.level.level is Level.URGENT,
    )
    title = f"{case.number} 通知{complaint.department}"
    again = f" 第{decisions.restart.times}次重新启动" if decisions.restart else ""  # then the department starts anew
    mails.send(case, title, payload, subject=case.number, occasion=f"{complaint.department}{again}")


def _answer_by(mails: CaseMails, case: Case, decisions: Decisions) -> date:
    """The day findings are needed: that of D4/D5, or as many working days; two from now when it is past."""
    complaint, today = case.complaint, mails.now.date()
    clock = next((clock.due for clock in decisions.clocks if clock.name is ClockName.D5), None)
    received = complaint.received.day if complaint.received else today
    days = mails.settings.clocks_for(complaint.customer).d5_workdays
    day = clock.date() if clock else mails.calendar.add(received, days)
    return day if day > today else mails.calendar.add(today, _SHORT_NOTICE_WORKDAYS)
