"""How far a complaint has come, so that nothing is asked of it before its time (DOMAIN "States")."""

from __future__ import annotations

from enum import IntEnum

from pipeline.rules.state import is_dismissed, is_quality
from schemas.case import Case
from schemas.values import Status


class Stage(IntEnum):
    """The states of the process in order."""

    RECEIVED = 0
    SURVEY = 1
    ANALYSIS = 2
    MEASURES = 3
    TRACKING = 4
    CLOSED = 5


_STAGES = {
    Status.UNCONFIRMED: Stage.RECEIVED,
    Status.INVESTIGATING: Stage.SURVEY,
    Status.RESTARTED: Stage.SURVEY,  # a restarted case goes back to 调查
    Status.ANALYSING: Stage.ANALYSIS,
    Status.CORRECTING: Stage.MEASURES,
    Status.TRACKING: Stage.TRACKING,
    Status.CLOSED: Stage.CLOSED,
}


def stage_of(case: Case) -> Stage | None:
    """The stage by 状态; None for 不成立, 作废, 合并 and for what is no quality complaint.

    暂停 says nothing about the stage, so there the filled sheets do; a blank 状态 counts by 关闭日期.
    """
    complaint = case.complaint
    if is_dismissed(complaint) or not is_quality(complaint):
        return None
    if complaint.status is None:
        return Stage.CLOSED if complaint.closed else Stage.RECEIVED
    if complaint.status is not Status.PAUSED:
        return _STAGES[complaint.status]
    if case.rows.actions:
        return Stage.MEASURES
    return Stage.ANALYSIS if case.rows.whys else Stage.SURVEY
