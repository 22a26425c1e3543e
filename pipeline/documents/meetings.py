"""What notice and minutes share: the meeting's row, who takes part, and the departments they stand for."""

from __future__ import annotations

from schemas.case import Case
from schemas.decisions import Decisions, TeamMember
from schemas.rows import Meeting


def meeting_of(case: Case, round_number: int | None) -> tuple[Meeting, int]:
    """A round's meeting with its number; the last one when no round is asked for, else an empty one."""
    meetings = [row.record for row in case.rows.meetings]
    numbered = [(meeting, meeting.round or position) for position, meeting in enumerate(meetings, start=1)]
    if round_number is None:
        return numbered[-1] if numbered else (Meeting(), 1)
    chosen = [entry for entry in numbered if entry[1] == round_number]
    return chosen[-1] if chosen else (Meeting(), round_number)


def participants(meeting: Meeting, decisions: Decisions) -> list[TeamMember]:
    """The people of 应到, with department and reason where the proposal knows them; the proposal when 应到 is blank."""
    if not meeting.invited:
        return list(decisions.team)
    known = {member.name: member for member in (*decisions.people, *decisions.team)}
    return [known.get(name) or TeamMember(name, "", "", "", "会议应到名单所列") for name in meeting.invited]


def departments(case: Case, people: list[TeamMember]) -> list[str]:
    """Departments that take part: the responsible one first, then those of people and measures; each once."""
    found = [case.complaint.department or "", *(person.department for person in people)]
    found += [row.record.department or "" for row in case.rows.actions]
    return list(dict.fromkeys(name for name in found if name))
