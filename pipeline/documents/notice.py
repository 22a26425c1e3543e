"""The context of a meeting notice (会议通知): what, when, where, who with why, what to bring and to investigate."""

from __future__ import annotations

import re
from typing import Any

from pipeline.documents.meetings import meeting_of, participants
from pipeline.documents.phrases import appointment, how_many, or_blank, text
from schemas.case import Case
from schemas.decisions import Decisions
from schemas.values import CausePath, FactorM, MeetingState, Review

KIND = "notice"

#: What people bring when the ledger names nothing (process step 7: prepared material).
_MATERIALS = (
    "不良样件、照片或视频",
    "变化点清单（人机料法环测）及逐项确认结果",
    "不良批次的生产、点检与检验记录，批次追溯结果",
    "各处围堵的数量与检查结果",
)
_BULLET = re.compile(r"^\s*(?:[-•·]|\d{1,2}[.、)\uff09])\s*")


def context(case: Case, decisions: Decisions, round_number: int | None) -> dict[str, Any]:
    """Everything the notice shows; JSON-like, pure, without the time of the pass."""
    complaint = case.complaint
    meeting, round_held = meeting_of(case, round_number)
    invited: list[dict[str, object]] = [
        {"name": p.name, "department": p.department, "position": p.position, "why": p.why}
        for p in participants(meeting, decisions)
    ]
    return {
        "number": case.number,
        "round": round_held,
        "customer": text(complaint.customer),
        "product": " ".join(word for word in (complaint.product, complaint.part_number) if word),
        "phenomenon": text(complaint.phenomenon),
        "quantities": how_many(case),
        "level": decisions.level.level.value,
        "engineer": text(complaint.engineer),
        "department": text(complaint.department),
        "state": _state(meeting.state),
        "time": appointment(meeting.time),
        "place": text(meeting.place),
        "chair": text(meeting.chair),
        "invited": or_blank(invited, ("name", "department", "position", "why")),
        "materials": _lines(meeting.materials) or list(_MATERIALS),
        "agenda": _agenda(case, round_held),
        "investigate": or_blank(_investigate(case), ("who", "what")),
    }


def _state(state: MeetingState | None) -> str:
    """A word above the notice where it is no first, confirmed one."""
    words = {MeetingState.PROPOSED: "提议，待确认", MeetingState.MOVED: "改期", MeetingState.CANCELLED: "取消"}
    return words.get(state, "") if state else "提议，待确认"


def _lines(typed: str | None) -> list[str]:
    parts = re.split(r"[\n;\uff1b]+", typed or "")
    return [line for part in parts if (line := _BULLET.sub("", part).strip())]


def _agenda(case: Case, round_held: int) -> list[str]:
    department = case.complaint.department or "责任部门"
    if round_held == 1:
        return [
            "质量工程师介绍客户反馈、不良现象与围堵情况",
            f"{department}汇报现状调查、变化点与故障再现结果",
            "讨论发生原因与流出原因（5个为什么），分清主因、次因",
            "商定临时、长期、防呆及水平展开措施，明确责任部门、责任人与日期",
            "形成会议结论，安排纪要会签",
        ]
    return [
        f"回顾第{round_held - 1}次会议的结论与措施完成情况",
        f"{department}汇报补充调查与原因验证结果",
        "讨论未解决的问题，确认或修改措施、责任人与日期",
        "形成会议结论，安排纪要会签",
    ]


def _investigate(case: Case) -> list[dict[str, object]]:
    """What each party clarifies before the meeting, from what the sheets do not answer yet."""
    complaint, rows = case.complaint, case.rows
    department = complaint.department or "责任部门"
    settled = {row.record.factor for row in rows.change_points if row.record.verdict is not None}
    open_factors = "、".join(factor.value for factor in FactorM if factor not in settled)
    tasks: list[tuple[str, str]] = []
    if open_factors:
        tasks.append((department, f"逐项排查变化点并给出判定与证据：{open_factors}"))
    if complaint.reproduction_trials is None:
        tasks.append((department, "故障再现试验：试验次数、再现次数与结论"))
    if not rows.chain(CausePath.OCCURRENCE):
        tasks.append((department, "发生原因：5个为什么"))
    if not rows.chain(CausePath.ESCAPE):
        tasks.append((f"{complaint.process or '责任工序'}检验班组", "流出原因：为什么未检出，5个为什么"))
    unchecked = [text(row.record.place) for row in rows.containments if row.record.defects is None]
    if not rows.containments or unchecked:
        places = "、".join(place for place in unchecked if place)
        tasks.append((complaint.engineer or "质量工程师", f"围堵的数量与结果{'：' + places if places else ''}"))
    tasks += [
        (row.record.person or row.record.department or department, f"措施进展：{row.record.content}")
        for row in rows.actions
        if row.record.content and row.record.done is None and row.record.review is not Review.REJECTED
    ]
    return [{"who": who, "what": what} for who, what in tasks]
