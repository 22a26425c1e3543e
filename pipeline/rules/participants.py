"""Who belongs in the team and the meeting, each with the reason; roles nobody fills are named (process step 7)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.case import Case, Directory
from schemas.decisions import LevelDecision, TeamMember
from schemas.rows import Complaint, Contact
from schemas.values import Level


def _member(contact: Contact, why: str) -> TeamMember:
    return TeamMember(
        contact.name or "", contact.department or "", contact.position or "", contact.mail or contact.phone or "", why
    )


def _vacant(department: str, why: str) -> TeamMember:
    return TeamMember("", department, "", "", why)


def _of_process(directory: Directory, department: str, process: str, words: tuple[str, ...]) -> Contact | None:
    for contact in directory.contacts.values():
        duty = f"{contact.role or ''}{contact.position or ''}"
        near = process and process in (contact.scope or "")
        if any(word in duty for word in words) and (near or (not process and contact.department == department)):
            return contact
    return None


def _proposed(complaint: Complaint, level: LevelDecision, directory: Directory) -> Iterator[TeamMember]:
    department, process = complaint.department or "", complaint.process or ""
    superior = directory.superior_of(complaint.engineer)
    if superior:
        yield _member(superior, "质量工程师的直属上级(支持者)")
    engineer = directory.contacts.get(complaint.engineer or "")
    if engineer:
        yield _member(engineer, "质量工程师(组长)")
    heads = directory.heads_of(complaint.department)
    if heads:
        yield _member(heads[0], "①责任部门负责人或能决策的代理人")
    elif department:
        yield _vacant(department, "①责任部门负责人:通讯录中没有")
    operator = _of_process(directory, department, process, ("工序负责", "工段长", "班长", "直接负责"))
    inspector = _of_process(directory, department, process, ("检验班", "检验组", "巡检", "检验"))
    yield _member(operator, "②问题工序直接负责人") if operator else _vacant(department, "②问题工序直接负责人:请补充")
    yield _member(inspector, "③问题工序检验班组长") if inspector else _vacant("", "③问题工序检验班组长:请补充")
    if level.level is Level.URGENT:
        for contact in directory.contacts.values():
            if "高层" in (contact.role or "") or "总经理" in (contact.position or ""):
                yield _member(contact, "⑤事态紧急,建议高层领导参会")
                break


def people_named(case: Case, directory: Directory) -> tuple[TeamMember, ...]:
    """Everybody whom the case's meetings invite or list as present, with department and position from 通讯录."""
    names = (name for row in case.rows.meetings for name in (*row.record.invited, *row.record.attended))
    known = (directory.contacts.get(name) for name in dict.fromkeys(names))
    return tuple(_member(contact, "会议应到名单所列") for contact in known if contact is not None)


def propose_team(complaint: Complaint, level: LevelDecision, directory: Directory) -> tuple[TeamMember, ...]:
    """Proposed members in the order ①–⑤, nobody twice; without 通讯录 nothing is proposed."""
    if not directory.contacts:
        return ()
    members: list[TeamMember] = []
    for member in _proposed(complaint, level, directory):
        if not member.name or all(member.name != other.name for other in members):
            members.append(member)
    return tuple(members)
