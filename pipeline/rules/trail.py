"""What a field's changes over time tell of a case: the day of a restart, postponements (process steps 9 and 11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from pipeline.rules.action_facts import action_key
from schemas.case import Case, CaseTrail
from schemas.memory import TrackedValue, TrailEntry
from schemas.values import Status

_STATUS = "状态"
_DUE = "计划完成日"


def _trail_of(case: Case) -> str:
    """Under whose id the trail runs: the row first seen, so that registering a complaint forgets no postponement."""
    return case.origin.partition("@")[0] or case.case_id


def tracked_values(case: Case) -> Iterator[TrackedValue]:
    """The values of this pass whose changes count: 状态, and 计划完成日 of every action.

    Where two actions go by one key the later day stands for both: taken in turn they would look like a day that is
    postponed with every pass.
    """
    status = case.complaint.status
    if status is not None:
        yield TrackedValue(_trail_of(case), _STATUS, status.value)
    due_days: dict[str, date] = {}
    for row in case.rows.actions:
        if row.record.due is not None:
            due_days[action_key(row)] = max(row.record.due, due_days.get(action_key(row), date.min))
    for key, day in due_days.items():
        yield TrackedValue(_trail_of(case), f"{_DUE} {key}", day.isoformat())


def changed_values(
    case: Case, trails: Mapping[tuple[str, str], Sequence[TrailEntry]]
) -> Iterator[TrackedValue]:
    """The tracked values that are not the newest of their trail: what is to be recorded."""
    for entry in tracked_values(case):
        known = trails.get((entry.case_id, entry.subject))
        if not known or known[-1].value != entry.value:
            yield entry


def _restarted(case: Case, entries: Sequence[TrailEntry], now: datetime) -> date | None:
    """The day on which 重新启动 was first seen, of several the last; seen in this very pass: today."""
    if case.complaint.status is Status.RESTARTED and (not entries or entries[-1].value != Status.RESTARTED.value):
        return now.date()
    days = [entry.seen.astimezone(now.tzinfo).date() for entry in entries if entry.value == Status.RESTARTED.value]
    return days[-1] if days else None


def with_trail(case: Case, trails: Mapping[tuple[str, str], Sequence[TrailEntry]], now: datetime) -> Case:
    """The case with what earlier passes saw of it; the same before and after this pass's values are recorded."""
    due_days = {
        action_key(row): tuple(
            date.fromisoformat(entry.value)
            for entry in trails.get((_trail_of(case), f"{_DUE} {action_key(row)}"), ())
        )
        for row in case.rows.actions
    }
    restarted = _restarted(case, trails.get((_trail_of(case), _STATUS), ()), now)
    return replace(case, trail=CaseTrail(restarted, due_days))
