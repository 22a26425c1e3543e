"""Escalation along 直属上级: a serious complaint, and reports that are late (process steps 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.rules.case_mails import CaseMails, product_of, shown
from pipeline.workdays import Workdays
from schemas.case import Case, Directory
from schemas.decisions import Clock, Decisions
from schemas.escalation import EscalationSetting
from schemas.payloads import SendMail
from schemas.rows import Contact
from schemas.values import Level

_ORDER = tuple(Level)  # from mild to urgent


@dataclass(frozen=True, slots=True)
class Escalation:
    """One step up: ``occasion`` names what for and how far, ``to`` the superiors, ``why`` the sentence they read.

    ``due`` is the day that was missed: a date that was extended, or set anew after a restart, can be missed again.
    """

    occasion: str
    to: tuple[Contact, ...]
    why: str
    due: date | None = None


def is_senior(contact: Contact) -> bool:
    """Senior management: 角色 says 高层, or 岗位 总经理."""
    return "高层" in (contact.role or "") or "总经理" in (contact.position or "")


def chain_of(directory: Directory, name: str | None, *, senior: bool) -> tuple[Contact, ...]:
    """The superiors of a colleague, the direct one first; ends before 高层 unless ``senior``, and before a circle."""
    found: list[Contact] = []
    superior = directory.superior_of(name)
    while superior is not None and superior not in found and superior.name != name:
        if is_senior(superior) and not senior:
            break
        found.append(superior)
        superior = directory.superior_of(superior.name)
    return tuple(found)


def _by_level(decisions: Decisions, chain: tuple[Contact, ...], setting: EscalationSetting) -> Iterator[Escalation]:
    level = decisions.level.level
    if chain and _ORDER.index(level) >= _ORDER.index(setting.level_from):
        reasons = "、".join(decisions.level.reasons) or "由人判定"
        yield Escalation(f"等级{level.value}", chain[:2], f"客诉等级为{level.value}：{reasons}")


def _by_clock(
    case: Case, clock: Clock, chain: tuple[Contact, ...], setting: EscalationSetting, calendar: Workdays, now: datetime
) -> Iterator[Escalation]:
    """The direct superior once the clock is past, the next one some working days later; past at first sight: silent."""
    if clock.stopped is not None or now <= clock.due or case.first_seen > clock.due or not chain:
        return
    due = clock.due.astimezone(now.tzinfo)
    what = f"{clock.name.value}要求{due:%Y-%m-%d}{'' if clock.day_only else f' {due:%H:%M}前'}完成，已逾期"
    if now.date() < calendar.add(due.date(), setting.second_workdays) or len(chain) == 1:
        yield Escalation(f"{clock.name.value}逾期 第1级", chain[:1], what, due.date())
    else:
        why = f"{what}，已超过{setting.second_workdays}个工作日"
        yield Escalation(f"{clock.name.value}逾期 第2级", chain[1:2], why, due.date())


def decide_escalations(
    case: Case, decisions: Decisions, directory: Directory, setting: EscalationSetting, calendar: Workdays,
    now: datetime,
) -> tuple[Escalation, ...]:
    """The steps up that hold as of ``now`` (aware, the plant's zone); each goes out once.

    After a standstill of the software only the step that holds now is told, not those that were missed.
    """
    if not decisions.is_open or decisions.form is None:
        return ()
    senior = _ORDER.index(decisions.level.level) >= _ORDER.index(setting.senior_from)
    chain = chain_of(directory, case.complaint.engineer, senior=senior)
    found = list(_by_level(decisions, chain, setting))
    for clock in decisions.clocks:
        if clock.name.value in setting.clocks:
            found += _by_clock(case, clock, chain, setting, calendar, now)
    return tuple(found)


def escalation_mails(mails: CaseMails, case: Case, decisions: Decisions) -> None:
    """One mail per step, missed day and complaint, answers to the engineer; who has no address is on the board."""
    complaint = case.complaint
    setting = mails.settings.for_customer(complaint.customer).escalation
    for step in decide_escalations(case, decisions, mails.directory, setting, mails.calendar, mails.now):
        to = mails.addresses(*(contact.name for contact in step.to))
        if not to:
            names = "、".join(contact.name or "" for contact in step.to)
            mails.hold(case, f"升级通知未能发出：通讯录中没有 {names} 的邮箱（{step.why}）")
            continue
        context = {
            "label": case.label, "number": case.number, "why": step.why, "level": decisions.level.level.value,
            "customer": shown(complaint.customer), "product": product_of(complaint),
            "phenomenon": shown(complaint.phenomenon), "containment": shown(complaint.containment),
            "engineer": shown(complaint.engineer), "department": shown(complaint.department),
            "status": complaint.status.value if complaint.status else "", "folder": case.folder,
        }
        engineer = mails.addresses(complaint.engineer)
        payload = SendMail("escalation", to, (), context, (), (case.case_id,), reply_to=engineer)
        title = f"{case.number} 升级 {step.occasion}"
        occasion = f"{step.occasion} {step.due}" if step.due else step.occasion
        mails.send(case, title, payload, subject=case.number, occasion=occasion)
