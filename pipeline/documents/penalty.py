"""The context of the penalty proposal (处罚建议单): what it rests on, and blanks for what people decide."""

from __future__ import annotations

from typing import Any

from pipeline.documents.phrases import day, text
from schemas.case import Case
from schemas.decisions import Decisions
from schemas.follow_up import PenaltyProposal
from schemas.rows import Action

KIND = "penalty"


def context(case: Case, decisions: Decisions, proposal: PenaltyProposal) -> dict[str, Any]:
    """Everything the form shows; JSON-like and pure. It names a department, never the person behind the action."""
    complaint = case.complaint
    action = next((row.record for row in case.rows.actions if _is_meant(row.record, proposal)), Action())
    return {
        "number": case.number,
        "customer": text(complaint.customer),
        "product": " ".join(word for word in (complaint.product, complaint.part_number) if word),
        "level": decisions.level.level.value,
        "engineer": text(complaint.engineer),
        "quality_manager": "",
        "department": proposal.department,
        "action": action_name(proposal),
        "content": text(action.content),
        "due": day(action.due),
        "done": day(action.done),
        "result": text(action.verified),
        "reasons": list(proposal.reasons),
        "clauses": list(proposal.clauses),
        **dict.fromkeys(("statement", "head", "decision", "grounds", "day"), ""),
        "extras": {},
    }


def action_name(proposal: PenaltyProposal) -> str:
    """The action's number, or the beginning of its text where it has none."""
    return proposal.action.removeprefix("措施:")


def _is_meant(action: Action, proposal: PenaltyProposal) -> bool:
    name = action_name(proposal)
    return action.action_number == name or (not action.action_number and (action.content or "")[:40] == name)
