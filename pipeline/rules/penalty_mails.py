"""处罚建议 to engineer and quality manager, nobody else; a human decides (process step 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.rules.action_facts import action_key
from pipeline.rules.case_mails import CaseMails, product_of, shown
from pipeline.workdays import is_before
from schemas.case import Case
from schemas.follow_up import PenaltyProposal
from schemas.payloads import AttachedDocument, SendMail
from schemas.rows import Action


def penalty_mails(
    mails: CaseMails, case: Case, proposals: Sequence[PenaltyProposal], papers: Mapping[str, AttachedDocument]
) -> None:
    """One mail per action, once, with the 处罚建议单 attached: it never lies on the share, where everybody reads.

    ``papers`` gives the form of each action; without it (a template that cannot be read) the mail waits. It keeps to
    the hours of the digest, since nothing about it is urgent.
    """
    now = mails.now
    if not mails.calendar.is_workday(now.date()) or is_before(now, mails.settings.mail.digest_at):
        return
    complaint = case.complaint
    for proposal in proposals:
        if proposal.action not in papers:
            continue
        to = mails.addresses(*proposal.audience)
        if not to:
            mails.hold(case, "一封内部邮件未能发出：通讯录中没有质量工程师和品质经理的邮箱")
            continue
        action = next((row.record for row in case.rows.actions if action_key(row) == proposal.action), Action())
        context = {
            "number": case.number, "label": case.label, "customer": shown(complaint.customer),
            "product": product_of(complaint), "phenomenon": shown(complaint.phenomenon),
            "department": proposal.department, "action": shown(action.content),
            "action_number": shown(action.action_number), "due": shown(action.due), "done": shown(action.done),
            "verified": shown(action.verified), "reasons": list(proposal.reasons), "clauses": list(proposal.clauses),
            "engineer": shown(complaint.engineer),
        }
        payload = SendMail(
            "penalty", to, (), context, (), (case.case_id,), documents=(papers[proposal.action],)
        )
        title = f"{case.number} 处罚建议 {proposal.action}"
        mails.send(case, title, payload, subject=case.number, occasion=proposal.action)
