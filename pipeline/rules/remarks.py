"""What is said of one complaint, and where: proposals and findings for 系统校验, board and digest."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.rules.stage import Stage, stage_of
from schemas.advice import Advice
from schemas.case import Case, Standing
from schemas.causes import Severity
from schemas.decisions import Decisions
from schemas.follow_up import ActionState, Mark
from schemas.inquiry import DispatchProposal
from schemas.meetings import MeetingNeed, MeetingProposal
from schemas.remarks import Remark, Shown, Topic

_EVERYWHERE = Shown.BOARD | Shown.CELL | Shown.DIGEST
_TOLD = Shown.BOARD | Shown.DIGEST
_MEET = frozenset({MeetingNeed.PROPOSED, MeetingNeed.AT_ONCE, MeetingNeed.PENDING})
#: Said by the dated duties already, on the board and in the digest.
_DATED = frozenset({Mark.OVERDUE, Mark.DUE_SOON, Mark.VERIFY_OVERDUE})


def _meeting(proposal: MeetingProposal) -> Iterator[Remark]:
    if proposal.need not in _MEET:
        return
    what = f"{proposal.need.value}第{proposal.round}次会议" if proposal.need is not MeetingNeed.PENDING else ""
    people = [f"{member.name or '（待定）'}（{member.why}）" for member in proposal.participants]
    invite = f"；建议人员：{'、'.join(people)}" if people and what else ""
    confirm = "；请在会议表中确认时间和人员" if what else ""
    why = "；".join(proposal.reasons)
    sentence = f"{what}：{why}{invite}{confirm}" if what else why
    key = f"meeting:{proposal.need.name}:{proposal.round}:{why}"
    yield Remark(Topic.MEETING, key, sentence, _TOLD, can_wait=proposal.need is not MeetingNeed.AT_ONCE)


def _dispatch(proposal: DispatchProposal) -> Iterator[Remark]:
    who = proposal.person or "人选请指定"
    sentence = f"建议{proposal.trip.value}（{who}）：{'；'.join(proposal.reasons)}"
    yield Remark(Topic.DISPATCH, f"dispatch:{proposal.trip.name}", sentence, _TOLD)


def _action(state: ActionState) -> Iterator[Remark]:
    for mark, sentence in state.said:
        if mark not in _DATED:
            yield Remark(Topic.ACTIONS, f"action:{state.key}:{mark.name}", sentence, _TOLD, can_wait=True)
    if state.postponed:
        sentence = f"{state.name}已延期{state.postponed}次"
        key = f"action:{state.key}:postponed:{state.postponed}"
        yield Remark(Topic.ACTIONS, key, sentence, _TOLD, can_wait=True)


def _closure(case: Case, advice: Advice) -> Iterator[Remark]:
    gate, stage = advice.gate, stage_of(case)
    if gate.closed_too_early:
        missing = "；".join(gate.missing)
        status = case.complaint.status.value if case.complaint.status else "关闭"
        sentence = f"状态为{status}，但还缺：{missing}"
        yield Remark(Topic.CLOSURE, f"closed early:{missing}", sentence, _EVERYWHERE)
    elif gate.allowed and stage is Stage.TRACKING:
        yield Remark(Topic.CLOSURE, "may close", f"可以关闭：{'；'.join(gate.on_closing)}", _TOLD, can_wait=True)
    elif stage is Stage.TRACKING:
        for sentence in gate.missing:
            yield Remark(Topic.CLOSURE, f"gate:{sentence}", f"关闭前还缺：{sentence}")


def _report(advice: Advice) -> Iterator[Remark]:
    """What a reviewer would write below the best mark, but for what the checks of the causes say in the same words."""
    said = tuple(fault.sentence for fault in advice.causes)
    for step in advice.acceptance.steps:
        for sentence in step.remarks:
            if step.points is not None and step.points < 2 and not sentence.endswith(said):
                yield Remark(Topic.REPORT, f"score:{step.step.name}:{sentence}", sentence)


def _advised(case: Case, advice: Advice) -> Iterator[Remark]:
    for found in advice.recurrences:
        key = f"recurrence:{found.earlier_id}:{found.kind.name}"
        reasons = "；".join(found.reasons)
        yield Remark(Topic.RECURRENCE, key, f"{found.sentence}（{reasons}）", _EVERYWHERE)
    if advice.dispatch is not None:
        yield from _dispatch(advice.dispatch)
    yield from _meeting(advice.meeting)
    for sentence in advice.orphaned_minutes:
        yield Remark(Topic.MEETING, f"scan:{sentence}", sentence, _TOLD)
    for fault in advice.causes:
        shown = _EVERYWHERE if fault.severity is Severity.FAULT else Shown.BOARD
        yield Remark(Topic.CAUSES, f"cause:{fault.key}", fault.sentence, shown, can_wait=True)
    for state in advice.actions.actions:
        yield from _action(state)
    for sentence in advice.actions.sentences:
        yield Remark(Topic.ACTIONS, f"actions:{sentence}", sentence)
    yield from _report(advice)
    yield from _closure(case, advice)


def remarks(case: Case, decisions: Decisions, advice: Advice | None, *, personal: bool) -> tuple[Remark, ...]:
    """All remarks on a complaint, the most pressing topics first; ``personal``: its row stands on a personal ledger.

    Penalty proposals are not among them: the board is everybody's. No remark counts days in its key.
    """
    if case.standing is Standing.REGISTERED:
        sentence = "已登公共台账：以公共台账中的同编号行为准，本行不再处理"
        return (Remark(Topic.REGISTRATION, "registered", sentence, Shown.CELL),)
    found = [Remark(Topic.CHECK, f"finding:{text}", text, _EVERYWHERE) for text in decisions.findings]
    if personal and decisions.registration and decisions.is_open and case.standing is Standing.MANAGED:
        reasons = "、".join(decisions.registration)
        sentence = f"应登公共台账（{reasons}），沿用本编号"
        found.append(Remark(Topic.REGISTRATION, "register", sentence, _EVERYWHERE))
    if decisions.restart is not None and decisions.is_open:
        found += [Remark(Topic.RESTART, f"restart:{text}", text, _EVERYWHERE) for text in decisions.restart.missing]
        found += [Remark(Topic.RESTART, f"restart:{text}", text) for text in decisions.restart.notes]
    if advice is not None:
        found += _advised(case, advice)
    return tuple(found)
