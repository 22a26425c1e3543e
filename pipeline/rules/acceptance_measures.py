"""How a reviewer reads D5 to D7: actions chosen, carried out with proof, and kept from happening again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.rules.acceptance_subject import Remark, Subject, Weight
from pipeline.rules.cause_actions import lasting_actions, named, valid_actions
from pipeline.rules.cause_wording import acts_on_people_only, is_answer
from pipeline.rules.stage import Stage
from pipeline.rules.verification import effect_of
from schemas.causes import CauseFault, CauseSetting, Finding
from schemas.follow_up import Effect
from schemas.rows import Action
from schemas.values import ActionKind, Review
from schemas.workbook import Row

_PREVENTIVE = frozenset({ActionKind.CORRECTIVE, ActionKind.ERROR_PROOFING, ActionKind.HORIZONTAL})
_FMEA = re.compile(r"fmea|失效模式", re.IGNORECASE)
_CONTROL_PLAN = re.compile(r"控制计划|control\s*plan|(?<![A-Za-z])CP(?![A-Za-z])", re.IGNORECASE)
_TOO_MUCH_MISSING = 3  # of PFMEA, control plan, error proofing, horizontal deployment


def _found(subject: Subject, fault: CauseFault) -> tuple[Finding, ...]:
    return tuple(finding for finding in subject.findings if finding.fault is fault)


def chosen_actions(subject: Subject) -> Iterator[Remark]:
    """D5: an action for each cause, which changes something, with department, person and date."""
    rows = lasting_actions(subject.case)
    everywhere = any(finding.key.endswith("全部") for finding in _found(subject, CauseFault.PEOPLE_ONLY))
    for finding in (*_found(subject, CauseFault.NO_ACTION), *_found(subject, CauseFault.PEOPLE_ONLY)):
        yield Remark(finding.sentence, Weight.REJECTED if everywhere else Weight.REMARK)
    if not rows and not everywhere:
        text = subject.complaint.lasting_actions
        if is_answer(text):
            yield Remark("长期措施只有一段文字，没有对应的原因、责任人和日期；请在“措施跟踪”逐条填写。")
        else:
            yield Remark("没有长期措施（已驳回的不算）；请针对发生和流出各提措施。", Weight.REJECTED)
        return
    if loose := [row for row in rows if not is_answer(row.record.cause)]:
        yield Remark(f"{named(loose)}没有写对应原因，不知道解决的是哪个原因。")
    if unowned := [row for row in rows if not _is_owned(row.record)]:
        yield Remark(f"{named(unowned)}没有写全责任部门、责任人和计划完成日。")
    if queried := [row for row in rows if row.record.review is Review.QUERIED]:
        yield Remark(f"{named(queried)}审核结论为质疑，还不能算选定；请补充说明后重新审核。")


def _is_owned(action: Action) -> bool:
    return bool(action.department and action.person) and (action.due is not None or action.done is not None)


def implementation(subject: Subject) -> Iterator[Remark]:
    """D6: done, verified with a result of its own, effective in delivered lots after the break point."""
    rows = list(lasting_actions(subject.case))
    complaint = subject.complaint
    done = [row for row in rows if row.record.done is not None]
    if not done:
        yield Remark("没有一条长期措施写了实际完成日，看不出实施情况。", Weight.REJECTED)
        return
    if undone := [row for row in rows if row.record.done is None]:
        yield Remark(f"{named(undone)}还没有完成。")
    yield from _verification(subject, done)
    if complaint.break_point_day is None and complaint.break_point_lot is None:
        yield Remark("没有断点：不知道从哪一天、哪一批起是改善后的产品；请填断点日期或断点批次。")
    lots = max((_lots(row.record) for row in rows), default=0)
    if subject.stage >= Stage.CLOSED and lots < subject.effectiveness.lots:
        yield Remark(f"只有{lots}个验证批次，要求断点后连续{subject.effectiveness.lots}批；请补验证批次。")


def _verification(subject: Subject, done: list[Row[Action]]) -> Iterator[Remark]:
    effects = {row.place: effect_of(row.record.verified) for row in done}
    verified = [row for row in done if effects[row.place] not in {Effect.BLANK, Effect.PENDING}]
    copied = _found(subject, CauseFault.COPIED)
    if not verified:
        yield Remark("措施都没有验证结果，没有有效性确认；请填验证结果、验证人和验证批次。", Weight.REJECTED)
        return
    for finding in copied:
        yield Remark(finding.sentence, Weight.REJECTED if len(copied) >= len(verified) else Weight.REMARK)
    if ineffective := [row for row in verified if effects[row.place] is Effect.INEFFECTIVE]:
        weight = Weight.REJECTED if len(ineffective) == len(verified) else Weight.REMARK
        yield Remark(f"{named(ineffective)}验证无效，需要重新制定措施。", weight)
    if not copied and (unclear := [row for row in verified if effects[row.place] is Effect.UNCLEAR]):
        yield Remark(f"{named(unclear)}的验证结果看不出是否有效；请写明有效或无效，并附数据。")
    if unverified := [row for row in done if row not in verified]:
        yield Remark(f"{named(unverified)}已完成，但没有验证结果。")
    if unsigned := [row for row in verified if not row.record.verifier]:
        yield Remark(f"{named(unsigned)}没有写验证人。")


def _lots(action: Action) -> int:
    """Different lots in which the action was verified."""
    lots = (action.verified_lot_1, action.verified_lot_2, action.verified_lot_3)
    return len({lot for lot in lots if lot})


def prevention(subject: Subject) -> Iterator[Remark]:
    """D7: PFMEA and control plan revised, error proofing, horizontal deployment; more than one sentence."""
    actions = [row.record for row in valid_actions(subject.case) if row.record.kind is not ActionKind.INTERIM]
    preventive = [action for action in actions if action.kind in _PREVENTIVE]
    told = " ".join((*(f"{action.content} {action.evidence or ''}" for action in actions), *subject.documents))
    lacks = []
    if not _FMEA.search(told):
        lacks.append("PFMEA没有更新（无需更新时请写明理由）")
    if not _CONTROL_PLAN.search(told):
        lacks.append("控制计划没有更新（无需更新时请写明理由）")
    if not _has(preventive, ActionKind.ERROR_PROOFING, subject.causes):
        lacks.append("没有防呆措施（做不到时请写明理由和替代办法）")
    if not _has(preventive, ActionKind.HORIZONTAL, subject.causes):
        lacks.append("没有水平展开到同类产品和工序")
    words = sum(len(action.content or "") for action in preventive)
    if words < subject.setting.prevention_characters and not _FMEA.search(told) and not _CONTROL_PLAN.search(told):
        extent = "只有一句话" if preventive else "是空的"
        yield Remark(f"预防再发生{extent}；请写标准文件的编号和版本、防呆、水平展开。", Weight.REJECTED)
        return
    weight = Weight.REJECTED if len(lacks) >= _TOO_MUCH_MISSING else Weight.REMARK
    for lack in lacks:
        yield Remark(f"{lack}。", weight)


def _has(actions: list[Action], kind: ActionKind, setting: CauseSetting) -> bool:
    return any(action.kind is kind and not acts_on_people_only(action.content, setting) for action in actions)
