"""How an 8D would fare with the customer's reviewer: 0, 1 or 2 points per D with the remarks a reviewer writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.rules.acceptance_measures import chosen_actions, implementation, prevention
from pipeline.rules.acceptance_subject import Remark, Subject, Weight
from pipeline.rules.cause_wording import is_answer
from pipeline.rules.causes import cause_of, is_cause_verified
from pipeline.rules.stage import Stage, stage_of
from schemas.case import Case
from schemas.causes import (
    Acceptance,
    AcceptanceSetting,
    CauseFault,
    CauseSetting,
    EightDStep,
    Finding,
    Severity,
    StepScore,
)
from schemas.decisions import Decisions, TeamMember
from schemas.follow_up import EffectivenessSetting
from schemas.rows import Containment
from schemas.values import CausePath, MeetingState, Verdict
from schemas.workbook import Row

_HELD = frozenset({MeetingState.HELD, MeetingState.SIGNED})
_DECIDERS = ("负责人", "部长", "经理", "主任", "科长", "厂长", "总监")
#: Technical adviser and senior management join only where needed (process step 7), and ① is the decider.
_OPTIONAL = frozenset("①④⑤")
_CUSTOMER_SIDE = ("客户", "中转", "外库", "三方", "在途", "运输")
_MISSING_PART_OF_D4 = frozenset({CauseFault.NO_CHAIN, CauseFault.OPERATOR})
#: Findings that speak of actions; all others are about D4.
_OF_ACTIONS = frozenset({CauseFault.NO_ACTION, CauseFault.PEOPLE_ONLY, CauseFault.COPIED})


def _response(subject: Subject) -> Iterator[Remark]:
    complaint = subject.complaint
    if not is_answer(complaint.containment) and not is_answer(complaint.interim_actions):
        yield Remark("没有紧急措施；请写明接诉后立即做了什么（紧急措施）。", Weight.REJECTED)
        return
    if complaint.contained_at is None:
        yield Remark("紧急措施没有时间，看不出是否及时；请填紧急措施时间。")


def is_decider(member: TeamMember, department: str | None) -> bool:
    """Whether a member can decide for the responsible department: ① in the proposal, or its head by position."""
    if not member.name:
        return False  # a vacant role
    heads = member.department == department and any(word in member.position for word in _DECIDERS)
    return heads or member.why.startswith("①")


def _team(subject: Subject) -> Iterator[Remark]:
    complaint, members = subject.complaint, subject.decisions.team
    present = [member for member in members if member.name]
    if not present:
        yield Remark("小组成员一个也没有列出；请补通讯录中责任部门、工序和检验的人员。", Weight.REJECTED)
        return
    deciders = {member.name for member in present if is_decider(member, complaint.department)}
    if not deciders:
        department = complaint.department or "责任部门"
        yield Remark(f"小组里没有{department}能决策的人（负责人或其代理人）；请补充后再开会。", Weight.REJECTED)
    vacant = [_role(member) for member in members if not member.name and member.why[:1] not in _OPTIONAL]
    if vacant and deciders:
        yield Remark(f"小组缺{'、'.join(vacant)}；请补上姓名。")
    if deciders:
        yield from _absent_decider(subject, deciders)


def _role(member: TeamMember) -> str:
    """The role of a proposed member, without its number and reason."""
    return re.split("[:：（(]", member.why.lstrip("①②③④⑤"), maxsplit=1)[0]


def _absent_decider(subject: Subject, deciders: set[str]) -> Iterator[Remark]:
    known = {member.name: member for member in (*subject.decisions.team, *subject.decisions.people)}
    held = [row.record for row in subject.case.rows.meetings if row.record.state in _HELD and row.record.attended]
    able = deciders | {
        name for name, member in known.items() if is_decider(member, subject.complaint.department)
    }
    if held and not any(able & set(meeting.attended) for meeting in held):
        yield Remark("已召开的会议都没有责任部门能决策的人到场；请由其确认结论，或在下一次会议到场。")


def _description(subject: Subject) -> Iterator[Remark]:
    complaint = subject.complaint
    phenomenon = complaint.phenomenon or ""
    if not is_answer(phenomenon):
        yield Remark("没有写不良现象。", Weight.REJECTED)
        return
    if complaint.defects is None and complaint.rate is None:
        yield Remark("没有数据：不良数量和不良率都没有；请写不良几件、批量多少。", Weight.REJECTED)
    elif complaint.defects is None or (complaint.rate is None and not complaint.lot_size):
        lacking = "不良数量" if complaint.defects is None else "不良率或批量数"
        yield Remark(f"数据不全：缺{lacking}。")
    if len(phenomenon) < subject.setting.phenomenon_characters:
        yield Remark(f"不良现象只写了“{phenomenon}”，不知道是什么部位、什么程度；请写具体。")
    wanted = (
        ("不良批次或生产日期", complaint.lot or complaint.produced),
        ("客户基地（在哪里发现）", complaint.customer_site),
    )
    if lacks := [name for name, value in wanted if value is None]:
        yield Remark(f"没有写{'、'.join(lacks)}，无法界定范围。")


def _containment(subject: Subject) -> Iterator[Remark]:
    rows = subject.case.rows.containments
    counted = [row for row in rows if row.record.quantity is not None]
    if not counted:
        missing = "围堵只写了地点，没有数量" if rows else "没有围堵记录"
        yield Remark(f"{missing}；请在表“围堵”逐处写明数量、已检、不良和处置。", Weight.REJECTED)
        return
    if uncounted := [row for row in rows if row.record.quantity is None]:
        yield Remark(f"{_places(uncounted)}没有围堵数量。")
    if without := [row for row in counted if _is_without_result(row.record)]:
        yield Remark(f"{_places(without)}只有数量没有结果；请写已检、不良和处置。")
    if part := [row for row in counted if 0 < (row.record.checked or 0) < (row.record.quantity or 0)]:
        yield Remark(f"{_places(part)}没有检完；请检完，或写明其余如何隔离。")
    stocked = [row for row in counted if row.record.quantity]
    if unsigned := [row for row in stocked if not row.record.person or row.record.done is None]:
        yield Remark(f"{_places(unsigned)}没有负责人或完成时间。")
    outside = [row for row in counted if any(word in (row.record.place or "") for word in _CUSTOMER_SIDE)]
    if not outside:
        yield Remark("客户产线、中转库、在途都没有围堵；确认没有库存时也请写数量0。")
    elif len(outside) == len(counted):
        yield Remark("厂内成品、在制都没有围堵；确认没有库存时也请写数量0。")


def _is_without_result(record: Containment) -> bool:
    if record.quantity == 0:
        return False  # nothing there is a result
    return record.checked is None or record.defects is None or not is_answer(record.disposition)


def _places(rows: Sequence[Row[Containment]]) -> str:
    return "、".join(row.record.place or f"第{row.place.row}行" for row in rows)


def _root_cause(subject: Subject) -> Iterator[Remark]:
    for finding in subject.findings:
        if finding.fault in _OF_ACTIONS:
            continue
        if finding.severity is Severity.FAULT:
            fatal = finding.fault in _MISSING_PART_OF_D4
            yield Remark(finding.sentence, Weight.REJECTED if fatal else Weight.REMARK)
        elif finding.fault is CauseFault.NO_CHAIN:
            yield Remark(finding.sentence)
    lacks = [f"{path.value}原因" for path in CausePath if not is_answer(cause_of(subject.case, path))]
    if lacks:
        yield Remark(f"没有写{'、'.join(lacks)}的结论；请在台账填写。")
    confirmed = any(row.record.verdict is Verdict.CONFIRMED for row in subject.case.rows.change_points)
    if not confirmed and not is_cause_verified(subject.case):
        yield Remark("原因没有验证：没有确认的变化点，也没有故障再现；请补试验次数、再现次数和结论。")


def _closing(subject: Subject) -> Iterator[Remark]:
    complaint = subject.complaint
    dated = [(row.record.day, row.record) for row in subject.case.rows.callbacks if row.record.day is not None]
    callbacks = [entry for _, entry in sorted(dated, key=lambda pair: pair[0])]
    if not callbacks:
        yield Remark("没有回访记录，效果没有得到客户确认；请在表“跟踪回访”补上。", Weight.REJECTED)
    elif callbacks[-1].recurred:
        yield Remark("最近一次回访仍有复发，不能结案；请重新启动并检讨原因。", Weight.REJECTED)
    elif all(entry.recurred is None for entry in callbacks):
        yield Remark("回访没有写是否复发。")
    lacks = [name for name, value in (("8D提交日", complaint.d8_sent), ("关闭日期", complaint.closed)) if value is None]
    if lacks:
        yield Remark(f"没有写{'、'.join(lacks)}。")


#: From which stage each D is due (DOMAIN "Dates and clocks": D3 first, then D4/D5, then the complete 8D).
_STEPS: Mapping[EightDStep, tuple[Stage, Callable[[Subject], Iterator[Remark]]]] = {
    EightDStep.D0: (Stage.RECEIVED, _response),
    EightDStep.D1: (Stage.SURVEY, _team),
    EightDStep.D2: (Stage.SURVEY, _description),
    EightDStep.D3: (Stage.SURVEY, _containment),
    EightDStep.D4: (Stage.ANALYSIS, _root_cause),
    EightDStep.D5: (Stage.MEASURES, chosen_actions),
    EightDStep.D6: (Stage.TRACKING, implementation),
    EightDStep.D7: (Stage.TRACKING, prevention),
    EightDStep.D8: (Stage.CLOSED, _closing),
}


def score(
    case: Case,
    decisions: Decisions,
    findings: Sequence[Finding],
    documents: Sequence[str] = (),
    *,
    setting: AcceptanceSetting | None = None,
    causes: CauseSetting | None = None,
    effectiveness: EffectivenessSetting | None = None,
) -> Acceptance:
    """The acceptance score; ``findings`` are those of ``find_cause_faults``, ``documents`` the files in 固化文件/.

    A D that is not due by 状态 has no points (未到) whatever stands there. A complaint that needs no 8D, 不成立, 作废
    and 合并 are not scored at all; ``note`` says so. Source: DOMAIN "What customers reject".
    """
    stage = stage_of(case)
    note = ""
    if stage is None:
        note = "不成立、作废、合并和非质量问题不评8D。"
    elif decisions.form is None or not decisions.form.full_8d:
        note = "本客诉用客诉处理单，不评8D；登记公共台账、等级升为严重或客户要求8D后才评。"
    if stage is None or note:
        return Acceptance(tuple(StepScore(step, None) for step in _STEPS), note)
    subject = Subject(
        case, decisions, tuple(findings), tuple(documents), setting or AcceptanceSetting(), causes or CauseSetting(),
        effectiveness or EffectivenessSetting(), stage,
    )
    return Acceptance(tuple(_scored(step, subject) for step in _STEPS))


def _scored(step: EightDStep, subject: Subject) -> StepScore:
    due, examine = _STEPS[step]
    if subject.stage < due:
        return StepScore(step, None)
    remarks = tuple(examine(subject))
    worst = max((remark.weight for remark in remarks), default=Weight.NONE)
    return StepScore(step, 2 - worst, tuple(f"{step.name}：{remark.sentence}" for remark in remarks))
