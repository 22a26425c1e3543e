"""The closure gate: may a complaint be closed, and what exactly is missing (process step 11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.rules.dismissal import dismissal_faults
from pipeline.rules.effectiveness import effectiveness_faults, effectiveness_unchecked, recurrence_faults
from pipeline.rules.restart import restart_of
from pipeline.rules.state import is_dismissed, is_open, is_paused
from schemas.case import Case
from schemas.decisions import Form
from schemas.follow_up import (
    ActionReview,
    ActionState,
    EffectivenessSetting,
    Evidence,
    Gate,
    GateKind,
    Mark,
    Restart,
)
from schemas.rows import SheetKind
from schemas.values import ActionKind, CausePath, Liability, Status
from schemas.values.text import plain_text

#: Where the fault was not ours nothing escaped from us; the reason it occurred still has to stand.
_NOTHING_ESCAPED = frozenset({Liability.CUSTOMER, Liability.NO_FAULT})
_REVIEW_WORDS = (
    (Mark.REJECTED, "已驳回，没有措施代替它"), (Mark.QUERIED, "审核有质疑"), (Mark.UNREVIEWED, "未审核"),
)
_EFFECT_WORDS = (
    (Mark.INEFFECTIVE, "验证无效"), (Mark.UNCLEAR, "验证结果看不出是否有效"), (Mark.UNVERIFIED, "未验证"),
    (Mark.VERIFY_OVERDUE, "未验证（已逾期）"),
)
_ROOM_FOR_NEITHER = frozenset({Mark.UNREVIEWED, Mark.UNVERIFIED, Mark.VERIFY_OVERDUE})  # not asked of a 处理单


def _action_faults(states: Sequence[ActionState], *, lighter: bool) -> Iterator[str]:
    for state in states:
        if Mark.REPLACED in state.marks:
            continue
        skipped = _ROOM_FOR_NEITHER if lighter else frozenset[Mark]()
        words = [word for mark, word in _REVIEW_WORDS if mark in state.marks - skipped]
        if Mark.DONE not in state.marks and Mark.REJECTED not in state.marks:
            words.append("实际完成日还没到" if Mark.DONE_AHEAD in state.marks else "未完成")
        words += [word for mark, word in _EFFECT_WORDS if mark in state.marks - skipped]
        if words:
            yield f"{state.name}：{'、'.join(words)}"


def _measures(case: Case, review: ActionReview, restart: Restart | None, evidence: Evidence) -> Iterator[str]:
    """Every action done, passed and effective; actions of before a restart are history and no longer asked about."""
    if not evidence.keeps(SheetKind.ACTIONS):
        if plain_text(case.complaint.lasting_actions) is None:
            yield "没有长期措施：请填写"
        return
    old = frozenset(restart.old) if restart else frozenset()
    states = [state for state in review.actions if state.key not in old]
    counted = [state for state in states if not state.marks & {Mark.REJECTED, Mark.REPLACED}]
    if restart is not None and not states:
        yield "重新启动后没有新的措施：检讨后请在措施跟踪中登记"
    elif not states:
        yield "没有措施：请在措施跟踪中登记，并完成、审核、验证"
    elif all(state.kind is ActionKind.INTERIM for state in counted):
        yield "除临时措施外没有未被驳回的措施：请登记针对根本原因的措施"
    yield from _action_faults(states, lighter=False)


def _has_cause(case: Case, path: CausePath, evidence: Evidence) -> bool:
    complaint = case.complaint
    typed = complaint.occurrence_cause if path is CausePath.OCCURRENCE else complaint.escape_cause
    in_chain = any(plain_text(why.answer) for why in case.rows.chain(path))
    return plain_text(typed) is not None or in_chain or path in evidence.whys_in_report


def _causes(case: Case, evidence: Evidence) -> Iterator[str]:
    for path, field in ((CausePath.OCCURRENCE, "occurrence_cause"), (CausePath.ESCAPE, "escape_cause")):
        kept = evidence.keeps(SheetKind.COMPLAINTS, field) or evidence.keeps(SheetKind.WHYS)
        needed = path is CausePath.OCCURRENCE or case.complaint.liability not in _NOTHING_ESCAPED
        if kept and needed and not _has_cause(case, path, evidence):
            yield f"{path.value}原因没有写明：请填写{path.value}原因，或在原因分析中补全{path.value}的五问"


def _standards(evidence: Evidence) -> Iterator[str]:
    if evidence.standards is None:
        yield "看不到资料夹里的固化文件：请确认资料夹存在且可访问"
    elif not evidence.standards:
        yield "固化文件夹是空的：请放入更新后的PFMEA、控制计划、作业指导书等（附在8D后）"


def _report(case: Case, restart: Restart | None, evidence: Evidence, today: date) -> Iterator[str]:
    sent = case.complaint.d8_sent
    if not evidence.keeps(SheetKind.COMPLAINTS, "d8_sent"):
        return
    if sent is None:
        yield "8D提交日未填：完整8D提交客户后请填写"
    elif sent > today:
        yield f"8D提交日{sent}还没到：提交后请填写实际日期"
    elif restart is not None and restart.since is not None and sent <= restart.since:
        yield f"8D第{restart.version}版还没有提交（{sent}是上一版的提交日）：提交后请更新8D提交日"


def _closing_day(case: Case, evidence: Evidence, today: date) -> Iterator[str]:
    closed = case.complaint.closed
    if is_open(case.complaint) or not evidence.keeps(SheetKind.COMPLAINTS, "closed"):
        return
    if closed is None:
        yield "关闭日期未填"
    elif closed > today:
        yield f"关闭日期{closed}还没到：请更正"


def _standing(case: Case) -> Iterator[str]:
    if is_paused(case.complaint):
        yield "状态为暂停：恢复处理后才能关闭"
    elif case.complaint.status is Status.UNCONFIRMED:
        yield "状态为待确认：请核对后改状态再处理"


def _full(
    case: Case, review: ActionReview, evidence: Evidence, setting: EffectivenessSetting, today: date
) -> Iterator[str]:
    restart = restart_of(case, evidence.restarted)
    yield from _causes(case, evidence)
    yield from _measures(case, review, restart, evidence)
    yield from effectiveness_faults(case, evidence, restart, setting, today)
    yield from _standards(evidence)
    yield from _report(case, restart, evidence, today)
    if restart is not None:
        yield from restart.missing


def _full_unchecked(case: Case, evidence: Evidence) -> Iterator[str]:
    restart = restart_of(case, evidence.restarted)
    if not evidence.keeps(SheetKind.ACTIONS):
        yield "台账没有措施跟踪表，措施是否落实、审核、有效请人工核对"
    if not evidence.keeps(SheetKind.COMPLAINTS, "escape_cause") and not evidence.keeps(SheetKind.WHYS):
        yield "台账没有流出原因一栏，请在8D中核对"
    yield from effectiveness_unchecked(evidence)
    if not evidence.keeps(SheetKind.COMPLAINTS, "d8_sent"):
        yield "台账没有8D提交日一栏，8D是否已提交请人工核对"
    if restart is not None and restart.since is None:
        yield "重新启动的日期不明：断点日期、8D提交日和措施是否属于重新启动之后，请人工核对"


def _slip(case: Case, review: ActionReview, evidence: Evidence) -> Iterator[str]:
    """The lighter gate of a 客诉处理单: a cause, measures carried out, no recurrence known."""
    complaint = case.complaint
    if not _has_cause(case, CausePath.OCCURRENCE, evidence):
        yield "原因没有写明：请填写发生原因"
    texts = (complaint.containment, complaint.interim_actions, complaint.lasting_actions)
    standing = [state for state in review.actions if not state.marks & {Mark.REJECTED, Mark.REPLACED}]
    if not standing and not any(plain_text(text) for text in texts):
        yield "没有措施：请填写紧急措施、临时措施或长期措施，或在措施跟踪中登记"
    yield from _action_faults(review.actions, lighter=True)
    yield from recurrence_faults(case, evidence, complaint.break_point_day)


def _kind(case: Case, form: Form | None) -> GateKind:
    if is_dismissed(case.complaint):
        return GateKind.DISMISSED
    if form is None:
        return GateKind.ROUTED
    return GateKind.FULL if form.full_8d else GateKind.SLIP


def closure_gate(
    case: Case, form: Form | None, review: ActionReview, evidence: Evidence, setting: EffectivenessSetting,
    today: date,
) -> Gate:
    """What is missing for 关闭 as of ``today``, in the order of the 8D; ``review`` has to be of the same day.

    Time heals: on a case that was closed early, days since the break point go on counting. 关闭日期 is demanded once
    the status says 关闭; before that it would contradict the status, so it is only announced (``on_closing``).
    """
    kind = _kind(case, form)
    missing: list[str] = []
    unchecked: tuple[str, ...] = ()
    if kind is GateKind.DISMISSED:
        missing += dismissal_faults(case, evidence.known)
    elif kind is GateKind.FULL:
        missing += _full(case, review, evidence, setting, today)
        unchecked = tuple(_full_unchecked(case, evidence))
    elif kind is GateKind.SLIP:
        missing += _slip(case, review, evidence)
    if kind is not GateKind.DISMISSED:
        missing += _standing(case)
        missing += _closing_day(case, evidence, today)
    running = is_open(case.complaint)
    return Gate(
        kind, not missing, tuple(missing), unchecked,
        ("关闭时请把状态改为 关闭，并填写关闭日期",) if running else (), bool(missing) and not running,
    )
