"""The internal 8D: the customer's 8D with what must not leave the plant, and every measure with its review."""

from __future__ import annotations

from typing import Any

from pipeline.documents import eight_d
from pipeline.documents.phrases import day, or_blank, text, yes_no
from schemas.case import Case
from schemas.decisions import Decisions

KIND = "eight_d_internal"
_UNREVIEWED = "未审核"
_REVIEW_KEYS = ("number", "kind", "cause", "content", "department", "person", "due", "done", "review")


def context(case: Case, decisions: Decisions, round_number: int | None = None) -> dict[str, Any]:
    """Everything the template can show; JSON-like, pure, without the time of the pass. ``round_number``: version.

    Penalty proposals stand in none of the papers of a case: engineer and quality manager alone see them.
    """
    complaint = case.complaint
    return {
        **eight_d.context(case, decisions, round_number, internal=True),
        "level": decisions.level.level.value,
        "level_reasons": "；".join(decisions.level.reasons) or "未触发升级条件",
        "registration": "；".join(decisions.registration),
        "source": text(complaint.source),
        "reporter_contact": text(complaint.reporter_contact),
        "liability": text(complaint.liability),
        "supplier": text(complaint.supplier),
        "cost": "" if complaint.cost is None else f"{complaint.cost:g}元",
        "management_knows": yes_no(complaint.management_knows),
        "review_reason": text(complaint.review_reason),
        "lesson": text(complaint.lesson),
        "note": text(complaint.note),
        "missing": "\n".join(f"{question.heading}：{question.text}" for question in decisions.questions),
        "disagreements": "\n".join(disagreement.sentence for disagreement in case.disagreements),
        "reviews": _reviews(case),
    }


def _reviews(case: Case) -> list[dict[str, object]]:
    """Every measure as the engineer decided on it, rejected ones among them."""
    rows: list[dict[str, object]] = [
        {
            "number": text(action.action_number), "kind": text(action.kind), "cause": text(action.cause),
            "content": text(action.content), "department": text(action.department), "person": text(action.person),
            "due": day(action.due), "done": day(action.done), "review": text(action.review) or _UNREVIEWED,
        }
        for action in (row.record for row in case.rows.actions)
    ]
    return or_blank(rows, _REVIEW_KEYS)
