"""Plan a pass: from what was observed, the journal's memory and the time to the effects that make up the difference."""

from __future__ import annotations

from datetime import datetime

from pipeline.plan.planner import Planner
from pipeline.plan.work import Plan, Snapshot
from pipeline.workdays import Workdays
from schemas.memory import Memory
from schemas.ports import Documents
from schemas.settings import Settings

__all__ = ["Plan", "Planner", "Snapshot", "plan"]


def plan(
    snapshot: Snapshot, memory: Memory, settings: Settings, documents: Documents, calendar: Workdays, now: datetime,
    asked: str = "", month: str = "",
) -> Plan:
    """Everything that should exist by ``now`` (aware) and does not yet. Pure: no file, network or clock inside.

    ``asked`` is the 客诉编号 somebody wants explained: it gets advice whatever its standing; ``month`` the one whose
    archive somebody asks for.
    """
    return Planner().plan(snapshot, memory, settings, documents, calendar, now, asked, month)
