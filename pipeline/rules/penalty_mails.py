"""处罚建议 to engineer and quality manager, nobody else; a human decides (process step 9)."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.rules.action_facts import action_key
from pipeline.rules.case_mails import CaseMails, product_of, shown
from schemas.case import Case
from schemas.effects import AttachedDocument, SendMail
from schemas.follow_up import PenaltyProposal

KIND = "penalty"


def penalty_mails(mails: CaseMails, case: Case, proposals: Sequence[PenaltyProposal]) -> None:
    """One mail per action, once, with the 处罚建议单 attached: it never lies on the share, where everybody reads.

    It keeps to the hours of the digest, since nothing about it is urgent.
    """
    now = mails.now
    if not mails.calendar.is_workday(now.date()) or now.time() < mails.settings.mail.digest_at:
        return
    complaint = case.complaint
    for proposal in proposals:
        to = mails.addresses(*proposal.audience)
        if not to:
            mails.hold(case, "处罚建议未能发出：通讯录中没有质量工程师和品质经理的邮箱")
            continue
        row = next((row.record for row in case.rows.actions if action_key(row) == proposal.action), None)
        context = {
            "number": case.number, "label": case.label, "customer": shown(complaint.customer),
            "product": product_of(complaint), "phenomenon": shown(complaint.phenomenon),
            "department": proposal.department, "action": shown(row.content if row else None),
            "action_number": shown(row.action_number if row else None), "due": shown(row.due if row else None),
            "done": shown(row.done if row else None), "verified": shown(row.verified if row else None),
            "reasons": list(proposal.reasons), "clauses": list(proposal.clauses),
            "engineer": shown(complaint.engineer),
        }
        paper = AttachedDocument(KIND, context)
        payload = SendMail("penalty", to, (), context, (), (case.case_id,), documents=(paper,))
        title = f"{case.number} 处罚建议 {proposal.action}"
        mails.send(case, title, payload, subject=case.number, occasion=proposal.action)
