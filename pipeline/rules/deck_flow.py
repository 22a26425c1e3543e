"""The process timeline of one complaint: seven steps, each done, under way, late or still to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.rules.action_facts import is_done
from pipeline.rules.deck_items import DeckItem
from pipeline.rules.deck_wording import NOTHING, short_day, short_moment
from pipeline.rules.stage import Stage, stage_of
from pipeline.rules.state import is_dismissed
from schemas.case import Case
from schemas.decisions import ClockName
from schemas.deck import FlowStep, StepState

_CALL_BACK = "回访:"
_ACTION = "措施:"


def _state(stage: Stage, at: Stage, *, late: bool) -> StepState:
    if stage > at:
        return StepState.DONE
    if late:
        return StepState.LATE
    return StepState.NOW if stage is at else StepState.AHEAD


def _due(item: DeckItem, name: ClockName, today: date) -> str:
    for clock in item.matter.decisions.clocks:
        if clock.name is name:
            return f"{short_day(clock.due.date(), today)} 到期"
    return NOTHING


def _contained(item: DeckItem, stage: Stage, today: date) -> FlowStep:
    complaint = item.matter.case.complaint
    if complaint.contained_at is not None:
        return FlowStep("紧急措施", short_moment(complaint.contained_at, today), StepState.DONE)
    if complaint.containment or complaint.interim_actions or item.matter.case.rows.containments:
        return FlowStep("紧急措施", "已采取", StepState.DONE)
    if _is_late(item, ClockName.CONTAINMENT.value):
        return FlowStep("紧急措施", "未填写", StepState.LATE)
    return FlowStep("紧急措施", "未填写", StepState.NOW if stage <= Stage.SURVEY else StepState.AHEAD)


def _is_late(item: DeckItem, key: str) -> bool:
    return any(duty.key.startswith(key) for duty in item.overdue)


def _cause_step(item: DeckItem, stage: Stage, today: date) -> FlowStep:
    complaint = item.matter.case.complaint
    sent = complaint.d5_sent or complaint.d8_sent
    when = f"{short_day(sent, today)} 提交" if sent else _due(item, ClockName.D5, today)
    return FlowStep("原因分析", when, _state(stage, Stage.ANALYSIS, late=_is_late(item, ClockName.D5.value)))


def _measures(case: Case, item: DeckItem, stage: Stage, today: date) -> FlowStep:
    actions = [row.record for row in case.rows.actions]
    done = sum(is_done(action, today) for action in actions)
    when = f"{done}/{len(actions)} 项完成" if actions else "未填写" if stage >= Stage.MEASURES else NOTHING
    # an overdue measure shows as late also when the status has moved on
    state = StepState.LATE if _is_late(item, _ACTION) else _state(stage, Stage.MEASURES, late=False)
    return FlowStep("措施实施", when, state)


def _tracking(case: Case, item: DeckItem, stage: Stage, today: date) -> FlowStep:
    days = [row.record.next_day for row in case.rows.callbacks if row.record.next_day is not None]
    when = f"回访 {short_day(max(days), today)}" if days and stage < Stage.CLOSED else NOTHING
    return FlowStep("效果验证", when, _state(stage, Stage.TRACKING, late=_is_late(item, _CALL_BACK)))


def _closing(case: Case, item: DeckItem, stage: Stage, today: date) -> FlowStep:
    complaint = case.complaint
    if stage is Stage.CLOSED:
        return FlowStep("关闭", short_day(complaint.closed, today), StepState.DONE)
    when = f"要求 {short_day(complaint.close_due, today)}" if complaint.close_due else NOTHING
    late = _is_late(item, ClockName.CLOSURE.value)
    return FlowStep("关闭", when, StepState.LATE if late else StepState.AHEAD)


def flow_of(item: DeckItem, today: date) -> tuple[FlowStep, ...]:
    """The timeline; a dismissed complaint or one that is no quality problem has a short one."""
    case = item.matter.case
    complaint, stage = case.complaint, stage_of(case)
    first = FlowStep("接诉", short_moment(complaint.received, today), StepState.DONE)
    if stage is None:
        ended = is_dismissed(complaint)
        name = complaint.status.value if complaint.status and ended else "转办"
        state = StepState.DONE if ended else StepState.NOW
        return (first, FlowStep(name, short_day(complaint.closed, today), state))
    return (first, *_steps(case, item, stage, today))


def _steps(case: Case, item: DeckItem, stage: Stage, today: date) -> Iterator[FlowStep]:
    yield _contained(item, stage, today)
    points = len(case.rows.change_points)
    when = f"变化点 {points} 项" if points else NOTHING
    yield FlowStep("现状调查", when, _state(stage, Stage.SURVEY, late=False))
    yield _cause_step(item, stage, today)
    yield _measures(case, item, stage, today)
    yield _tracking(case, item, stage, today)
    yield _closing(case, item, stage, today)
