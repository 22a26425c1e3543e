"""What is true of a single action, whoever asks: its name and key, done, to be verified, replaced by another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.rules.verification import effect_of
from schemas.follow_up import Effect
from schemas.rows import Action
from schemas.values import ActionKind, Review
from schemas.values.text import half_width
from schemas.workbook import Row

_SHOWN = 40


def action_key(action: Row[Action]) -> str:
    """Stable name of an action within its case: its own number, else its content."""
    return "措施:" + (action.record.action_number or (action.record.content or "")[:40])


def action_name(action: Action) -> str:
    """What people call an action: its number and the beginning of its content."""
    content = " ".join((action.content or "").split())
    shown = f"“{content[:_SHOWN]}{'…' if len(content) > _SHOWN else ''}”" if content else "（内容未填）"
    return f"措施{action.action_number or ''}{shown}"


def is_done(action: Action, today: date) -> bool:
    """Done by ``today``; a rejected measure never counts, nor does a day that is still to come."""
    return action.done is not None and action.done <= today and action.review is not Review.REJECTED


def is_action_open(action: Action) -> bool:
    """Not done yet, whatever the day; a rejected measure never counts as done (process step 9)."""
    return action.done is None or action.review is Review.REJECTED


def needs_verification(action: Action) -> bool:
    """Lasting measures are verified; what an interim one did is seen in sheet 围堵."""
    return action.kind is not ActionKind.INTERIM


def awaits_verification(action: Action, today: date) -> bool:
    """Done, to be verified, and no result yet that says more than "going on" (process step 10)."""
    pending = effect_of(action.verified) in {Effect.BLANK, Effect.PENDING}
    return pending and is_done(action, today) and needs_verification(action)


def _same(text: str | None) -> str:
    return "".join(half_width(text or "").casefold().split())


def is_replaced(row: Row[Action], others: Sequence[Row[Action]]) -> bool:
    """Whether another action on the same 对应原因 stands for one that was rejected or proved ineffective.

    For a rejected one the other has to have passed the review, for an ineffective one to be verified effective too.
    """
    cause = _same(row.record.cause)
    rejected = row.record.review is Review.REJECTED
    if not cause or not (rejected or effect_of(row.record.verified) is Effect.INEFFECTIVE):
        return False
    return any(
        other is not row and other.record.review is Review.PASSED and _same(other.record.cause) == cause
        and (rejected or effect_of(other.record.verified) is Effect.EFFECTIVE)
        for other in others
    )
