"""The context of the 8D report (D0–D8): facts from all sheets, every unknown left blank, no internal remarks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from pipeline.documents import phrases
from pipeline.documents.phrases import day, how_many, listed, moment, or_blank, percent, pieces, text, yes_no
from pipeline.documents.pictures import pictures
from pipeline.documents.sandbox import DRAFT
from schemas.case import Case
from schemas.decisions import Decisions, TeamMember
from schemas.rows import Action, Why
from schemas.values import ActionKind, CausePath, FactorM

KIND = "eight_d"

#: Where suspect parts can be (process step 4), with the words by which plants name these places.
PLACES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("客户产线", ("客户",)),
    ("中转库", ("中转", "外库", "三方", "第三方")),
    ("在途", ("在途", "运输")),
    ("成品库存", ("成品", "仓库")),
    ("半成品", ("半成品", "在制")),
    ("装配/成型线", ("产线", "装配", "成型", "注塑", "车间", "生产线")),
    ("来料", ("来料", "原材料", "原料", "供应商")),
)

_DECIDERS = ("负责人", "部长", "经理", "主任", "厂长", "总监")
_STANDARDS = ("PFMEA", "控制计划 Control Plan", "作业指导书 Work Instruction", "检验指导书 Inspection Instruction")
_WHYS = 5


def context(
    case: Case, decisions: Decisions, round_number: int | None = None, *, internal: bool = False
) -> dict[str, Any]:
    """Everything the template can show; JSON-like, pure, without the time of the pass. ``round_number``: version.

    Left out on purpose, since the report goes to the customer: level reasons, cost, 备注, 经验教训, 检讨原因, 责任判定,
    telephone numbers, and measures that the engineer has not let pass. With ``internal`` the last two are shown
    (``eight_d_internal`` adds the rest); what was rejected stands in neither.
    """
    complaint = case.complaint
    actions = phrases.valid_actions(case) if internal else phrases.passed_actions(case)
    return {
        "number": case.number,
        "version": round_number or 1 + (complaint.restarts or 0),
        "draft": "" if _is_approved(case) else DRAFT,
        "customer": text(complaint.customer),
        "customer_site": text(complaint.customer_site),
        "customer_ref": text(complaint.customer_ref),
        "product": text(complaint.product),
        "part_number": text(complaint.part_number),
        "project": text(complaint.project),
        "plant": text(complaint.plant),
        "received": moment(complaint.received),
        "prepared_by": text(complaint.engineer),
        "reviewed_by": "",
        "approved_by": "",
        "team": team(decisions.team, text(complaint.engineer), phones=internal),
        **_symptom(case),
        **pictures(case),
        **_containment(case, actions),
        **_causes(case),
        **_measures(case, actions),
        **_prevention(actions),
        **_closure(case),
    }


def _is_approved(case: Case) -> bool:
    """Whether somebody has put a name into 批准 of the report."""
    return any(reading.fields.get("approved_by") for reading in case.reports if reading.kind == KIND)


_NUMERAL = re.compile(r"^[①②③④⑤]\s*")
_REMARK = re.compile(r"[（(：:；;]")


def team(members: tuple[TeamMember, ...], engineer: str, *, phones: bool) -> list[dict[str, str]]:
    """D1: champion (the first member who can decide), leader (the engineer), members; blanks where nobody is known."""
    if not phones:
        members = tuple(m if "@" in m.contact else replace(m, contact="") for m in members)
    known = {member.name: member for member in members}
    champion = next((m for m in members if any(word in m.position + m.why for word in _DECIDERS)), None)
    unlisted = TeamMember(engineer, "", "质量工程师" if engineer else "", "", "组织分析、跟踪与报告")
    leader = known.get(engineer) or unlisted
    rows = [_member("倡导者 Champion", champion), _member("组长 Leader", leader)]
    rows += [_member("组员 Member", m) for m in members if m is not champion and m.name != engineer]
    return rows if len(rows) > 2 else [*rows, _member("组员 Member", None)]


def _member(role: str, member: TeamMember | None) -> dict[str, str]:
    if member is None:
        return {"role": role, "name": "", "department": "", "position": "", "duty": "", "contact": ""}
    return {
        "role": role, "name": member.name, "department": member.department, "position": member.position,
        "duty": _duty(member.why), "contact": member.contact,
    }


def _duty(why: str) -> str:
    """The role alone: why somebody was proposed and whom 通讯录 lacks is no matter for a customer.

    ``⑤ 高层领导（等级为紧急）`` becomes ``高层领导``.
    """
    return _REMARK.split(_NUMERAL.sub("", why), maxsplit=1)[0].strip()


def _symptom(case: Case) -> dict[str, Any]:
    """D0 and D2: what is known of the phenomenon."""
    complaint = case.complaint
    what = text(complaint.phenomenon)
    where = listed((("", text(complaint.customer_site)), ("使用处", text(complaint.project))))
    when = listed((("接诉", moment(complaint.received)), ("生产", day(complaint.produced))))
    fitting = (("安装方式", text(complaint.installation)), ("安装孔径", text(complaint.hole_diameter)),
               ("管径", text(complaint.tube_diameter)))
    effect = (("失效类别", text(complaint.failure_class)), ("功能失效", yes_no(complaint.functional_failure)),
              ("停线/甩车风险", yes_no(complaint.line_stop)))
    reporter = (complaint.reporter_department, complaint.reporter, complaint.reporter_position)
    who = " ".join(word for word in reporter if word)
    aspects = (("对象 What", what), ("地点 Where", where), ("时间 When", when), ("程度 Extent", how_many(case)))
    return {
        "phenomenon": what,
        "customer_request": text(complaint.customer_request),
        "daily_usage": pieces(complaint.daily_usage),
        "good_stock": pieces(complaint.good_stock),
        "response": text(complaint.containment),
        "response_time": moment(complaint.contained_at),
        "five_w": {
            "what": listed((("", text(complaint.product)), ("", what))),
            "when": when, "where": where, "who": who,
            "why": listed(effect), "how": listed(fitting), "how_many": how_many(case),
        },
        "lot": text(complaint.lot),
        "produced": day(complaint.produced),
        "mould_cavity": text(complaint.mould_cavity),
        "shift": text(complaint.shift),
        "sample": text(complaint.sample),
        "is_is_not": [{"aspect": aspect, "yes": known, "no": "", "difference": ""} for aspect, known in aspects],
    }


def _containment(case: Case, actions: list[Action]) -> dict[str, Any]:
    """D3: every place of containment once, those without a row as blanks, so that none is forgotten."""
    rows = [
        {
            "place": text(row.record.place), "quantity": pieces(row.record.quantity),
            "checked": pieces(row.record.checked), "defects": pieces(row.record.defects),
            "disposition": text(row.record.disposition), "person": text(row.record.person),
            "done": moment(row.record.done),
        }
        for row in case.rows.containments
    ]
    covered = {standard for row in rows if (standard := standard_place(row["place"]))}
    keys = ("quantity", "checked", "defects", "disposition", "person", "done")
    open_places = [{"place": name, **dict.fromkeys(keys, "")} for name, _ in PLACES if name not in covered]
    interim = [_action(action) for action in actions if action.kind is ActionKind.INTERIM]
    if not interim and case.complaint.interim_actions:
        interim = [{**_action(Action()), "content": case.complaint.interim_actions}]
    return {"containments": rows + open_places, "interim": or_blank(interim, _ACTION_KEYS), "containment_effect": ""}


def standard_place(place: str) -> str:
    """The standard name of a place as typed, "" when it is another place."""
    if "半成品" in place or "在制" in place:
        return "半成品"  # before 成品, which it contains
    return next((name for name, words in PLACES if name == place or any(word in place for word in words)), "")


def _causes(case: Case) -> dict[str, Any]:
    """D4: change points (each of the six factors has at least one line), reproduction, both why chains, causes."""
    complaint = case.complaint
    points = [
        {
            "factor": text(row.record.factor), "change": text(row.record.change),
            "changed": moment(row.record.changed), "impact": text(row.record.impact),
            "verdict": text(row.record.verdict), "evidence": text(row.record.evidence),
        }
        for row in case.rows.change_points
    ]
    seen = {point["factor"] for point in points}
    keys = ("change", "changed", "impact", "verdict", "evidence")
    points += [{"factor": m.value, **dict.fromkeys(keys, "")} for m in FactorM if m.value not in seen]
    order = [m.value for m in FactorM]
    points.sort(key=lambda point: order.index(point["factor"]) if point["factor"] in order else len(order))
    return {
        "change_points": points,
        "fishbone": _fishbone(case),
        "trials": pieces(complaint.reproduction_trials, "次"),
        "reproduced": pieces(complaint.reproduced, "次"),
        "reproduction": text(complaint.reproduction),
        "occurrence_whys": whys(case.rows.chain(CausePath.OCCURRENCE)),
        "escape_whys": whys(case.rows.chain(CausePath.ESCAPE)),
        "occurrence_cause": text(complaint.occurrence_cause),
        "escape_cause": text(complaint.escape_cause),
        "cause_rank": text(complaint.cause_rank),
        "process": text(complaint.process),
    }


def _fishbone(case: Case) -> dict[str, Any] | None:
    """The six bones, as soon as one change point was assessed."""
    rows = [row.record for row in case.rows.change_points if row.record.change]
    if not any(row.verdict is not None for row in rows):
        return None
    bones = [
        {"factor": factor.value, "causes": [
            {"text": text(row.change), "verdict": text(row.verdict)} for row in rows if row.factor is factor
        ]} for factor in FactorM
    ]
    return {"problem": text(case.complaint.phenomenon), "bones": bones, "drawing": ""}


def whys(chain: tuple[Why, ...]) -> list[dict[str, Any]]:
    """One why chain as lines; five blank questions where nothing was asked yet."""
    if not chain:
        return [{"step": step, "question": "", "answer": ""} for step in range(1, _WHYS + 1)]
    return [
        {"step": why.step or position, "question": text(why.question), "answer": text(why.answer)}
        for position, why in enumerate(chain, start=1)
    ]


_ACTION_KEYS = ("number", "cause", "content", "department", "person", "due", "done", "result", "verifier", "lots",
                "evidence", "proof")


def _action(action: Action) -> dict[str, object]:
    lots = (action.verified_lot_1, action.verified_lot_2, action.verified_lot_3)
    return {
        "number": text(action.action_number), "cause": text(action.cause), "content": text(action.content),
        "department": text(action.department), "person": text(action.person), "due": day(action.due),
        "done": day(action.done), "result": text(action.verified), "verifier": text(action.verifier),
        "lots": "、".join(lot for lot in lots if lot), "evidence": text(action.evidence),
        "proof": "",  # how the choice was verified before it was put in place: no ledger column holds it
    }


def _measures(case: Case, actions: list[Action]) -> dict[str, Any]:
    """D5 and D6: the lasting measures, with what is known of their effect."""
    elsewhere = (ActionKind.INTERIM, ActionKind.ERROR_PROOFING, ActionKind.HORIZONTAL)
    lasting = [_action(action) for action in actions if action.kind not in elsewhere]
    if not lasting and case.complaint.lasting_actions:
        lasting = [{**_action(Action()), "content": case.complaint.lasting_actions}]
    return {
        "corrective": or_blank(lasting, _ACTION_KEYS),
        "break_point_day": day(case.complaint.break_point_day),
        "break_point_lot": text(case.complaint.break_point_lot),
        "rate_before": percent(phrases.rate_of(case)),
        "rate_after": "",
        "containment_lifted": "",
    }


def _prevention(actions: list[Action]) -> dict[str, Any]:
    """D7: standardising documents as a form, error proofing and horizontal deployment from the measures."""
    by_kind = {
        kind: or_blank([_action(action) for action in actions if action.kind is kind], _ACTION_KEYS)
        for kind in (ActionKind.ERROR_PROOFING, ActionKind.HORIZONTAL)
    }
    return {
        "standards": [
            {"name": name, "number": "", "old": "", "new": "", "change": "", "done": ""} for name in _STANDARDS
        ],
        "error_proofing": by_kind[ActionKind.ERROR_PROOFING],
        "deployment": by_kind[ActionKind.HORIZONTAL],
        "training": "",
    }


def _closure(case: Case) -> dict[str, Any]:
    """D8: call-backs as evidence of the effect, and what only people can state."""
    callbacks: list[dict[str, object]] = [
        {
            "day": day(row.record.day), "partner": text(row.record.partner), "usage": text(row.record.usage),
            "recurred": yes_no(row.record.recurred), "next_day": day(row.record.next_day),
        }
        for row in case.rows.callbacks
    ]
    return {
        "callbacks": or_blank(callbacks, ("day", "partner", "usage", "recurred", "next_day")),
        "closed": day(case.complaint.closed),
        "customer_confirmation": "",
        "recognition": "",
    }
