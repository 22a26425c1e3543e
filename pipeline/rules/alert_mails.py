"""The alerts that cannot wait: line-stop risk, and no containment within the half hour (process steps 3 and 4)."""

from __future__ import annotations

from datetime import timedelta

from pipeline.rules.case_mails import CaseMails, shown
from pipeline.rules.row_content import row_name
from schemas.case import Case
from schemas.decisions import ClockName, Decisions
from schemas.payloads import SendMail


def line_stop_alert(mails: CaseMails, case: Case, decisions: Decisions) -> None:
    """To engineer and direct superior at the first save that says so; no engineer: to the quality manager.

    A row that had another's number was told of under its words; corrected, it is no second matter.
    """
    complaint = case.complaint
    if not decisions.line_stop or not (complaint.customer or complaint.product or complaint.phenomenon):
        return
    before = row_name(case.ledger, case.rows.complaint)
    if case.origin != before and mails.history.is_settled("mail.line_stop", before):
        return
    to = mails.addresses(complaint.engineer, mails.superior(complaint))
    to = to or mails.addresses(mails.settings.mail.quality_manager)
    if not to:
        mails.hold(case, "停线预警未能发出：通讯录中没有质量工程师及其上级的邮箱")
        return
    context = {
        "label": case.label, "reasons": list(decisions.line_stop), "phenomenon": shown(complaint.phenomenon),
        "customer": shown(complaint.customer), "received": shown(complaint.received),
        "engineer": shown(complaint.engineer), "ask": [question.text for question in decisions.questions],
    }
    payload = SendMail("line_stop", to, (), context, (), (case.case_id,) if case.case_id else ())
    mails.send(case, f"停线预警 {case.label}", payload, subject=case.origin)


def containment_alert(mails: CaseMails, case: Case, decisions: Decisions) -> None:
    """A reminder before the half hour ends, an escalation after it; past when first seen: silent, in the digest.

    Until the row is released the engineer alone is told; the superior hears of it when it is released without one.
    """
    clock = next((entry for entry in decisions.clocks if entry.name is ClockName.CONTAINMENT), None)
    if clock is None or clock.stopped or not decisions.is_open or case.first_seen > clock.due:
        return
    complaint = case.complaint
    setting = mails.settings.clocks_for(complaint.customer)
    lead = timedelta(minutes=setting.containment_minutes - setting.containment_reminder_minutes)
    late = mails.now > clock.due
    if mails.now < clock.due - lead:
        return
    to = mails.addresses(complaint.engineer) or mails.addresses(mails.settings.mail.quality_manager)
    if not to:
        mails.hold(case, "紧急措施提醒未能发出：通讯录中没有质量工程师的邮箱")
        return
    superior = mails.addresses(mails.superior(complaint)) if late and decisions.released else ()
    context = {
        "label": case.label, "received": shown(complaint.received), "minutes": setting.containment_minutes,
        "engineer": shown(complaint.engineer), "overdue": late, "level": decisions.level.level.value,
    }
    cc = tuple(address for address in superior if address not in to)
    payload = SendMail("containment", to, cc, context, (), (case.case_id,))
    word = "逾期" if late else "提醒"
    occasion = f"{word} 仅工程师" if late and not cc else word
    mails.send(case, f"紧急措施{word} {case.label}", payload, subject=case.origin, occasion=occasion)
