"""Who belongs in the team and the meeting, each with the reason; roles nobody fills are named (process step 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.rules.completeness import failure_words
from pipeline.rules.leave import is_leave_unreadable, leave_on
from schemas.case import Case, Directory
from schemas.decisions import LevelDecision, TeamMember
from schemas.meetings import TeamSetting
from schemas.rows import Complaint, Contact
from schemas.values import Level, Liability

_ORDER = tuple(Level)  # from mild to urgent
_OPERATOR_WORDS = ("工序责任", "工序负责", "工段长", "班长", "直接负责")
_INSPECTOR_WORDS = ("检验班", "检验组", "巡检", "检验")
_INCOMING = ("进料", "来料")
_BETWEEN_SCOPES = re.compile(r"[\s、,,;;/]+")
_UNIT_ENDINGS = re.compile("(?:车间|分厂|工段|部门|部|科|室|班|组)$")


def member_of(contact: Contact, why: str) -> TeamMember:
    """A contact as a member, with the reason."""
    return TeamMember(
        contact.name or "", contact.department or "", contact.position or "", contact.mail or contact.phone or "", why
    )


def _vacant(department: str, why: str) -> TeamMember:
    return TeamMember("", department, "", "", why)


def _duty(contact: Contact) -> str:
    return f"{contact.role or ''}{contact.position or ''}"


def _covers(contact: Contact, area: str) -> bool:
    """Whether 负责工序 names the area, or a part of it: 成型 covers 吹塑成型."""
    scopes = [scope for scope in _BETWEEN_SCOPES.split(contact.scope or "") if len(scope) >= 2]
    return any(area in scope or scope in area for scope in scopes)


@dataclass(frozen=True, slots=True)
class _Team:
    """One proposal being made: the facts it rests on, and the day people must be there (None: leave is not asked)."""

    complaint: Complaint
    level: LevelDecision
    directory: Directory
    setting: TeamSetting
    day: date | None

    def present(self, contact: Contact, why: str) -> TeamMember | None:
        """The contact, or the one standing in while away or without authority; None when nobody can."""
        obstacle = self._obstacle(contact)
        if not obstacle:
            doubt = self.day is not None and is_leave_unreadable(contact, self.day)
            note = f"（请假起止“{contact.leave}”无法识别，请核实）" if doubt else ""
            return member_of(contact, why + note)
        substitute = self.directory.contacts.get(contact.delegate or "")
        if substitute is None or self._obstacle(substitute):
            return None
        return member_of(substitute, f"{why}：{contact.name} {obstacle}，由代理人参加")

    def absence(self, contact: Contact) -> str:
        """Why neither the contact nor a delegate can come."""
        substitute = self.directory.contacts.get(contact.delegate or "")
        if not contact.delegate:
            delegate = "通讯录未填代理人"
        elif substitute is None:
            delegate = f"代理人 {contact.delegate} 不在通讯录"
        else:
            delegate = f"代理人 {contact.delegate} {self._obstacle(substitute)}"
        return f"{contact.name} {self._obstacle(contact)}，{delegate}"

    def first_of(self, contacts: Sequence[Contact], why: str, department: str, missing: str) -> TeamMember:
        """The first who can come; else a vacancy that says why nobody can."""
        for contact in contacts:
            if member := self.present(contact, why):
                return member
        reason = "；".join(self.absence(contact) for contact in contacts) or missing
        return _vacant(department, f"{why}：{reason}，请指定")

    def of_process(self, words: Sequence[str], without: str, area: str) -> list[Contact]:
        """Those on duty for an area, best match first: department, then shift, then plant of the complaint."""
        complaint = self.complaint
        found = [
            contact for contact in self.directory.contacts.values()
            if any(word in _duty(contact) for word in words) and not (without and without in _duty(contact))
            and (_covers(contact, area) if area else contact.department == complaint.department)
        ]

        def far(contact: Contact) -> tuple[bool, bool, bool]:
            return (
                contact.department != complaint.department,
                not (complaint.shift and complaint.shift == contact.shift),
                not (complaint.plant and complaint.plant == contact.site),
            )

        return sorted(found, key=far)

    def _on_duty(self, words: Sequence[str], without: str) -> tuple[list[Contact], str]:
        """Those on duty for 责任工序, else for the responsible department; with what they were found by."""
        process, unit = self.complaint.process or "", self.complaint.department or ""
        if process and (found := self.of_process(words, without, process)):
            return found, f"（{process}）"
        basis = f"{process}在通讯录中无人负责" if process else "责任工序未填"
        stem = _UNIT_ENDINGS.sub("", unit)  # 注塑 of 注塑车间: inspectors sit in another department
        near = (self.of_process(words, without, stem) or self.of_process(words, without, "")) if unit else []
        return near, f"（{basis}，按责任部门）"

    def _obstacle(self, contact: Contact) -> str:
        if self.day is not None and (leave := leave_on(contact, self.day)):
            return f"请假（{leave}）"
        word = next((word for word in self.setting.undecided_words if word in _duty(contact)), None)
        return word or ""

    def engineer(self) -> Iterator[TeamMember]:
        """The engineer's superior as champion, and the engineer as leader."""
        superior = self.directory.superior_of(self.complaint.engineer)
        if superior:
            yield self.first_of([superior], "质量工程师的直属上级（支持者）", superior.department or "", "")
        name = self.complaint.engineer or ""
        engineer = self.directory.contacts.get(name)
        if engineer:
            yield self.first_of([engineer], "质量工程师（组长）", engineer.department or "", "")
        elif name:
            yield TeamMember(name, "", "", "", "质量工程师（组长）：通讯录中没有此人")
        else:
            yield _vacant("", "质量工程师（组长）：台账未填，请指定")

    def department(self) -> Iterator[TeamMember]:
        """① who decides for the responsible department, ② who answers for its process, ③ who inspects there."""
        complaint, unit = self.complaint, self.complaint.department or ""
        heads = self.directory.heads_of(unit)
        missing = f"通讯录中没有 {unit} 的负责人" if unit else "台账未填责任部门"
        yield self.first_of(heads, "①责任部门负责人或能决策的代理人", unit, missing)
        operators, basis = self._on_duty(_OPERATOR_WORDS, "检验")
        yield self.first_of(operators, f"②问题工序直接负责人{basis}", unit, "通讯录中没有负责该工序的人")
        inspectors, basis = self._on_duty(_INSPECTOR_WORDS, "")
        if not inspectors and complaint.liability is Liability.SUPPLIER:
            inspectors = [found for word in _INCOMING for found in self.of_process(_INSPECTOR_WORDS, "", word)]
        yield self.first_of(inspectors, f"③问题工序检验班组长{basis}", "", "通讯录中没有该工序的检验班组长")

    def adviser(self) -> Iterator[TeamMember]:
        """④ a technical adviser where the class of failure calls for one."""
        words = failure_words(self.complaint, self.setting.adviser_words)
        if not words:
            return
        product = self.complaint.product or ""
        advisers = [contact for contact in self.directory.contacts.values() if "顾问" in _duty(contact)]
        advisers.sort(key=lambda contact: not (product and _covers(contact, product)))
        why = f"④技术顾问（不良涉及“{words[0]}”）"
        yield self.first_of(advisers, why, "", "通讯录中没有角色为“顾问”的人，可请工艺技术或研发部门派人")

    def senior(self) -> Iterator[TeamMember]:
        """⑤ senior management where the matter is serious; larger changes or resources are for people to judge."""
        level = self.level.level
        if _ORDER.index(level) < _ORDER.index(self.setting.senior_from):
            return
        leaders = [
            contact for contact in self.directory.contacts.values()
            if "高层" in (contact.role or "") or "总经理" in (contact.position or "")
        ]
        why = f"⑤高层领导（等级为{level.value}）"
        yield self.first_of(leaders, why, "", "通讯录中没有角色为“高层”的人")


def people_named(case: Case, directory: Directory) -> tuple[TeamMember, ...]:
    """Everybody whom the case's meetings invite or list as present, with department and position from 通讯录."""
    names = (name for row in case.rows.meetings for name in (*row.record.invited, *row.record.attended))
    known = (directory.contacts.get(name) for name in dict.fromkeys(names))
    return tuple(member_of(contact, "会议应到名单所列") for contact in known if contact is not None)


def each_once(members: Sequence[TeamMember]) -> tuple[TeamMember, ...]:
    """Nobody twice: who fills several roles stands at the first, with all reasons. Vacancies stay."""
    found: dict[str, TeamMember] = {}
    for index, member in enumerate(members):
        key = member.name or f"\0{index}"  # a vacancy has no name to be known by
        known = found.get(key)
        found[key] = replace(known, why=f"{known.why}；{member.why}") if known else member
    return tuple(found.values())


def propose_team(
    complaint: Complaint, level: LevelDecision, directory: Directory, *, setting: TeamSetting | None = None,
    day: date | None = None,
) -> tuple[TeamMember, ...]:
    """Proposed members: champion and engineer, then ①–⑤, nobody twice; a role nobody can fill has an empty name.

    ``day`` is the day of the meeting (else today): who is on leave then is replaced by the 代理人. Without 通讯录
    nothing is proposed.
    """
    if not directory.contacts:
        return ()
    team = _Team(complaint, level, directory, setting or TeamSetting(), day)
    return each_once([*team.engineer(), *team.department(), *team.adviser(), *team.senior()])
