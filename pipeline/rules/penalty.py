"""处罚建议: a proposal on a department whose action is late or ineffective; a human decides (process step 9)."""

from __future__ import annotations

from pipeline.rules.state import is_open, is_paused, is_released
from schemas.case import Case
from schemas.follow_up import ActionReview, ActionState, Mark, PenaltyProposal, PenaltySetting
from schemas.rows import Action


def _days_late(action: Action, state: ActionState) -> int:
    """Calendar days past the plan: so far, or as it was done."""
    if Mark.DONE in state.marks and action.due is not None and action.done is not None:
        return (action.done - action.due).days
    return state.days_late or 0


def _reasons(action: Action, state: ActionState, setting: PenaltySetting) -> tuple[tuple[str, str], ...]:
    """Reason and clause, for each that the plant has a clause for."""
    found = []
    late = _days_late(action, state)
    if setting.clause_late.strip() and late >= setting.late_days:
        how = "完成时已逾期" if Mark.DONE in state.marks else "未完成，已逾期"
        found.append((f"{how}{late}天（计划{action.due}）", setting.clause_late.strip()))
    if setting.clause_ineffective.strip() and Mark.INEFFECTIVE in state.marks:
        found.append((f"验证结果为“{action.verified}”", setting.clause_ineffective.strip()))
    return tuple(found)


def propose_penalties(
    case: Case, review: ActionReview, setting: PenaltySetting, quality_manager: str
) -> tuple[PenaltyProposal, ...]:
    """One proposal per action that is late or ineffective, citing the plant's clause; () while switched off.

    Only for open, released cases that are not paused; an action without department gets none, since nobody guesses
    whom it concerns. ``audience``: engineer and quality manager, nobody else.
    """
    complaint = case.complaint
    silent = is_paused(complaint) or not is_open(complaint) or not is_released(complaint)
    if not setting.enabled or silent:
        return ()
    audience = tuple(dict.fromkeys(name for name in (complaint.engineer, quality_manager) if name))
    proposals = []
    for row, state in zip(case.rows.actions, review.actions, strict=True):
        found = _reasons(row.record, state, setting)
        rejected = {Mark.REJECTED, Mark.REPLACED} <= state.marks  # somebody else's action stands for it
        if not found or not state.department or rejected:
            continue
        reasons, clauses = zip(*found, strict=True)
        sentence = (
            f"处罚建议（待人决定）：{case.name} {state.name}，责任部门{state.department}；"
            f"{'；'.join(reasons)}；依据：{'、'.join(dict.fromkeys(clauses))}"
        )
        proposals.append(PenaltyProposal(
            case.case_id, state.key, state.department, tuple(reasons), tuple(dict.fromkeys(clauses)), audience,
            sentence,
        ))
    return tuple(proposals)
