"""How every action stands: reviewed, late, postponed, done but not verified, ineffective (process steps 9 and 10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from pipeline.rules.action_facts import action_key, action_name, awaits_verification, is_done, is_replaced
from pipeline.rules.state import is_dismissed, is_open, is_paused
from pipeline.rules.verification import effect_of
from schemas.case import Case
from schemas.decisions import Form
from schemas.follow_up import ActionReview, ActionState, Effect, Mark
from schemas.rows import Action, SheetKind
from schemas.settings import ClockSetting
from schemas.values import ActionKind, Review, Status
from schemas.values.text import plain_text
from schemas.workbook import Row

_SHOWN = 40
#: From 整改 on the measures should stand; before, and once it is closed, a missing category is no news.
_CATEGORIES_DUE = frozenset({Status.CORRECTING, Status.TRACKING})


def times_postponed(earlier: Sequence[date], due: date | None) -> int:
    """How often 计划完成日 was moved to a later day; ``earlier`` are the days it had before, oldest first.

    Bringing a date forward is no postponement, nor does it undo one.
    """
    days = [*earlier, *([due] if due else [])]
    return sum(1 for before, after in pairwise(days) if after > before)


def _review(action: Action) -> Iterator[tuple[Mark, str]]:
    match action.review:
        case Review.REJECTED:
            yield Mark.REJECTED, "已驳回，不算完成：请责任部门重新提出（写明同一对应原因），或修改后重新审核"
        case Review.QUERIED:
            yield Mark.QUERIED, "审核有质疑：请责任部门答复，质量工程师再改审核结论"
        case None:
            yield Mark.UNREVIEWED, "尚未审核：请质量工程师填写审核结论（通过/质疑/驳回）"
        case Review.PASSED:
            pass


def _lateness(
    action: Action, earlier: Sequence[date], soon: int, today: date
) -> Iterator[tuple[Mark, str]]:
    if action.due is None:
        yield Mark.UNDATED, "没有计划完成日：请与责任部门商定日期"
        return
    late = (today - action.due).days
    postponed = times_postponed(earlier, action.due)
    moved = f"，已延期{postponed}次，最初为{earlier[0]}" if postponed else ""
    if late > 0:
        yield Mark.OVERDUE, f"逾期{late}天（计划{action.due}{moved}）：请完成后填写实际完成日，或说明原因并商定新的日期"
    elif late >= -soon:
        yield Mark.DUE_SOON, f"{action.due}到期{'（今天）' if late == 0 else f'（还有{-late}天）'}{moved}"


def _verification(action: Action, *, running: bool, today: date) -> Iterator[tuple[Mark, str]]:
    effect = effect_of(action.verified)
    shown = " ".join((action.verified or "").split())[:_SHOWN]
    if effect is Effect.INEFFECTIVE:
        yield Mark.INEFFECTIVE, f"验证结果为“{shown}”，未达到效果：请重新分析原因或调整措施，改后再验证"
    elif effect is Effect.UNCLEAR:
        yield Mark.UNCLEAR, f"验证结果“{shown}”看不出是否有效：请写明 有效 或 无效，数据写在其后"
    elif effect is Effect.EFFECTIVE:
        yield Mark.EFFECTIVE, ""
    elif awaits_verification(action, today):
        if running and action.verify_due is not None and action.verify_due < today:
            late = (today - action.verify_due).days
            yield Mark.VERIFY_OVERDUE, f"已完成，验证逾期{late}天（计划{action.verify_due}）：请验证并填写验证结果"
        else:
            planned = f"（计划{action.verify_due}）" if action.verify_due else "，也没有计划验证日"
            yield Mark.UNVERIFIED, f"已完成，尚未验证{planned}：请填写验证结果（有效/无效）"


def _state(
    case: Case, row: Row[Action], earlier: Sequence[date], setting: ClockSetting, today: date
) -> ActionState:
    action = row.record
    running = is_open(case.complaint) and not is_paused(case.complaint)  # 暂停 stops internal dates
    replaced, done = is_replaced(row, case.rows.actions), is_done(action, today)
    owed = running and not done and not replaced
    found = list(_review(action))
    if action.done is not None and action.done > today:
        found.append((Mark.DONE_AHEAD, f"实际完成日{action.done}还没到：请在完成后填写，或更正日期"))
    if done:
        found.append((Mark.DONE, ""))
    if owed:
        found.extend(_lateness(action, earlier, setting.due_soon_days, today))
    found.extend(_verification(action, running=running, today=today))
    marks = frozenset(mark for mark, _ in found)
    name = action_name(action)
    return ActionState(
        key=action_key(row), name=name, department=action.department or case.complaint.department or "",
        person=action.person or "", kind=action.kind, marks=marks | {Mark.REPLACED} if replaced else marks,
        days_late=(today - action.due).days if action.due and owed else None,
        postponed=times_postponed(earlier, action.due),
        said=() if replaced else tuple((mark, f"{name}{sentence}") for mark, sentence in found if sentence),
    )


def categories_present(case: Case) -> tuple[ActionKind, ...]:
    """The categories that stand, in the order of the process; a rejected action stands for none.

    紧急措施, 临时措施 and sheet 围堵 are interim measures as well, 长期措施 a lasting one.
    """
    complaint = case.complaint
    found = {row.record.kind for row in case.rows.actions if row.record.review is not Review.REJECTED}
    if case.rows.containments or plain_text(complaint.containment) or plain_text(complaint.interim_actions):
        found.add(ActionKind.INTERIM)
    if plain_text(complaint.lasting_actions):
        found.add(ActionKind.LONG_TERM)
    return tuple(kind for kind in ActionKind if kind in found)


def _sentences(case: Case, missing: Sequence[ActionKind]) -> Iterator[str]:
    if missing:
        listed = "、".join(kind.value for kind in missing)
        yield f"措施类别中还没有{listed}：请确认是否需要（措施贵在有针对性，不在多）"
    rows = [row.record for row in case.rows.actions]
    for number, count in Counter(action.action_number for action in rows if action.action_number).items():
        if count > 1:
            yield f"{SheetKind.ACTIONS.value}中措施编号{number}出现{count}次：请改为不同编号，否则延期次数会混在一起"
    if untyped := [action_name(action) for action in rows if action.kind is None and action.content]:
        yield f"{'、'.join(untyped)}没有填写措施类别（临时/长期/纠正预防/防呆/水平展开）"


def review_actions(
    case: Case, form: Form | None, setting: ClockSetting, history: Mapping[str, Sequence[date]], today: date
) -> ActionReview:
    """Every action of a complaint as of ``today``; nothing is said of a dismissed complaint.

    ``history`` holds, by ``action_key``, the values 计划完成日 had before the present one, oldest first.
    Missing categories are told from 整改 on and for a full 8D only.
    """
    if is_dismissed(case.complaint):
        return ActionReview((), (), (), ())
    states = tuple(_state(case, row, history.get(action_key(row), ()), setting, today) for row in case.rows.actions)
    present = categories_present(case)
    due = form is not None and form.full_8d and case.complaint.status in _CATEGORIES_DUE
    missing = tuple(kind for kind in ActionKind if kind not in present) if due else ()
    return ActionReview(states, present, missing, tuple(_sentences(case, missing)))
