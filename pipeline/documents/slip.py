"""The context of the one-page 客诉处理单 for quality complaints that need no full 8D; an internal paper."""

from __future__ import annotations

from typing import Any

from pipeline.documents import phrases
from pipeline.documents.phrases import day, how_many, moment, or_blank, pieces, text
from schemas.case import Case
from schemas.decisions import Decisions

KIND = "slip"

_KEYS = ("content", "department", "person", "due", "done", "result")


def context(case: Case, decisions: Decisions, round_number: int | None = None) -> dict[str, Any]:
    """Facts, causes and measures on one page; JSON-like and pure. ``round_number`` is not used."""
    complaint = case.complaint
    return {
        "number": case.number,
        "customer": _customer(text(complaint.customer), text(complaint.customer_site)),
        "customer_ref": text(complaint.customer_ref),
        "product": text(complaint.product),
        "part_number": text(complaint.part_number),
        "received": moment(complaint.received),
        "source": text(complaint.source),
        "reporter": " ".join(word for word in (complaint.reporter, complaint.reporter_position) if word),
        "engineer": text(complaint.engineer),
        "department": text(complaint.department),
        "level": decisions.level.level.value,
        "level_reasons": "；".join(decisions.level.reasons) or "未触发升级条件",
        "phenomenon": text(complaint.phenomenon),
        "quantities": how_many(case),
        "lot": text(complaint.lot),
        "produced": day(complaint.produced),
        "mould_cavity": text(complaint.mould_cavity),
        "containment": text(complaint.containment),
        "contained_at": moment(complaint.contained_at),
        "containments": _containments(case),
        "liability": text(complaint.liability),
        "process": text(complaint.process),
        "occurrence_cause": text(complaint.occurrence_cause),
        "escape_cause": text(complaint.escape_cause),
        "actions": _actions(case),
        "break_point": f"{day(complaint.break_point_day)} {text(complaint.break_point_lot)}".strip(),
        "verification": _verification(case),
        "closed": day(complaint.closed),
        "reviewed_by": "",
        "approved_by": "",
    }


def _customer(customer: str, site: str) -> str:
    """Customer with site, the name once: sites are often typed with it."""
    return site if customer in site else f"{customer} {site}".strip()


def _containments(case: Case) -> str:
    """One line a place: 成品库存 库存 500件 已检 500件 不良 3件 返工."""
    lines = []
    for row in case.rows.containments:
        record = row.record
        known = (
            ("数量", pieces(record.quantity)), ("已检", pieces(record.checked)), ("不良", pieces(record.defects)),
            ("", text(record.disposition)),
        )
        facts = "，".join(f"{label} {value}".strip() for label, value in known if value)
        lines.append(f"{text(record.place)}：{facts}" if facts else text(record.place))
    return "\n".join(line for line in lines if line)


def _actions(case: Case) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {
            "content": text(action.content), "department": text(action.department), "person": text(action.person),
            "due": day(action.due), "done": day(action.done), "result": text(action.verified),
        }
        for action in phrases.valid_actions(case)
    ]
    if not rows:
        free = (case.complaint.interim_actions, case.complaint.lasting_actions)
        rows = [{**dict.fromkeys(_KEYS, ""), "content": words} for words in free if words]
    return or_blank(rows, _KEYS)


def _verification(case: Case) -> str:
    """What the call-backs found, one line each."""
    lines = []
    for row in case.rows.callbacks:
        record = row.record
        recurred = "" if record.recurred is None else "已复发" if record.recurred else "未复发"
        words = (day(record.day), text(record.partner), text(record.usage), recurred)
        lines.append(" ".join(word for word in words if word))
    return "\n".join(line for line in lines if line)
