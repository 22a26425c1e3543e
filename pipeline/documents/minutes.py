"""The context of the minutes (会议纪要): attendance, cause report, conclusion, measures, sign-off, distribution."""

from __future__ import annotations

from typing import Any

from pipeline.documents import phrases
from pipeline.documents.eight_d import whys
from pipeline.documents.meetings import departments, meeting_of, participants
from pipeline.documents.phrases import appointment, day, how_many, or_blank, pieces, text
from schemas.case import Case
from schemas.decisions import Decisions, TeamMember
from schemas.rows import Meeting
from schemas.values import CausePath, MeetingState, Verdict

KIND = "minutes"

_ACTION_KEYS = ("number", "kind", "content", "department", "person", "due")


def context(case: Case, decisions: Decisions, round_number: int | None) -> dict[str, Any]:
    """Everything the minutes show; JSON-like, pure, without the time of the pass."""
    complaint = case.complaint
    meeting, round_held = meeting_of(case, round_number)
    people = participants(meeting, decisions)
    known = {member.name: member for member in (*decisions.people, *decisions.team, *people)}
    guests = [known.get(name, TeamMember(name, "", "", "", "")) for name in meeting.attended]
    attendance = _attendance(meeting, people, guests)
    units = departments(case, guests or people)
    actions: list[dict[str, object]] = [
        {
            "number": text(action.action_number), "kind": text(action.kind), "content": text(action.content),
            "department": text(action.department), "person": text(action.person), "due": day(action.due),
        }
        for action in phrases.valid_actions(case)
    ]
    signatures: list[dict[str, object]] = [
        {"department": unit, "person": "", "opinion": "", "day": ""} for unit in units
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
        "time": appointment(meeting.time),
        "place": text(meeting.place),
        "chair": text(meeting.chair),
        "recorder": "",
        "draft": "" if meeting.state is MeetingState.SIGNED else "草稿 DRAFT",
        "invited_count": pieces(len(people) or None, "人"),
        "attended_count": pieces(len(meeting.attended) or None, "人"),
        "attendance": or_blank(attendance, ("name", "department", "position", "present")),
        **_causes(case),
        "conclusion": text(meeting.conclusion),
        "actions": or_blank(actions, _ACTION_KEYS),
        "signatures": or_blank(signatures, ("department", "person", "opinion", "day")),
        "distribution": "、".join(units),
        "reviewed_by": "",
        "approved_by": "",
    }


def _attendance(meeting: Meeting, people: list[TeamMember], guests: list[TeamMember]) -> list[dict[str, object]]:
    """Everybody invited, then those who came besides; presence is blank until 实到 is filled."""
    invited = {person.name for person in people}
    rows: list[dict[str, object]] = []
    for person in [*people, *(guest for guest in guests if guest.name not in invited)]:
        present = "" if not meeting.attended else "实到" if person.name in meeting.attended else "未到"
        rows.append(
            {"name": person.name, "department": person.department, "position": person.position, "present": present}
        )
    return rows


def _causes(case: Case) -> dict[str, Any]:
    """The responsible department's report as far as the sheets hold it."""
    complaint = case.complaint
    confirmed = [
        f"{text(row.record.factor)}：{text(row.record.change)}"
        for row in case.rows.change_points
        if row.record.verdict is Verdict.CONFIRMED and row.record.change
    ]
    return {
        "change_points": "\n".join(confirmed),
        "occurrence_whys": _chain(case, CausePath.OCCURRENCE),
        "escape_whys": _chain(case, CausePath.ESCAPE),
        "occurrence_cause": text(complaint.occurrence_cause),
        "escape_cause": text(complaint.escape_cause),
        "reproduction": text(complaint.reproduction),
    }


def _chain(case: Case, path: CausePath) -> str:
    chain = case.rows.chain(path)
    return "\n".join(f"{why['step']}. {why['question']} → {why['answer']}" for why in whys(chain)) if chain else ""
