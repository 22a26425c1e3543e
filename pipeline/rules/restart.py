"""Restart of a case whose problem came back: version of the 8D, old and new actions, 检讨原因 (process step 11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.rules.action_facts import action_key
from schemas.case import Case
from schemas.follow_up import Restart
from schemas.rows import Action, Complaint
from schemas.values import Status
from schemas.values.text import plain_text


def working_status(complaint: Complaint) -> Status | None:
    """The status the rules go by: a restarted case is in 调查 again."""
    return Status.INVESTIGATING if complaint.status is Status.RESTARTED else complaint.status


def times_restarted(complaint: Complaint) -> int:
    """重开次数; at least once while the status says 重新启动, also where nobody filled the number."""
    return max(complaint.restarts or 0, 1 if complaint.status is Status.RESTARTED else 0)


def eight_d_version(complaint: Complaint) -> int:
    """The version of the 8D in work: 1, and one more for each restart."""
    return 1 + times_restarted(complaint)


def _restarted_on(complaint: Complaint, seen: date | None) -> date | None:
    """The day a pass first saw 重新启动, else the former 关闭日期 as long as the case is not closed again."""
    return seen or (complaint.closed if complaint.status is not Status.CLOSED else None)


def _is_old(action: Action, since: date | None) -> bool | None:
    """Done before the restart; None when no day of the restart is known. What is not done yet is work to come."""
    if action.done is None:
        return False
    return None if since is None else action.done <= since


def _missing(complaint: Complaint) -> Iterator[str]:
    if plain_text(complaint.review_reason) is None:
        yield "重新启动须填写检讨原因：是未找到根本原因，还是措施验证不充分"
    if (complaint.restarts or 0) == 0:
        yield "状态为重新启动，请填写重开次数（第一次填 1），8D按第2版编制"


def restart_of(case: Case, seen: date | None) -> Restart | None:
    """What a restart means for the case; None when it never was restarted.

    ``seen`` is the day on which a pass first saw 重新启动. The complaint that brought the problem back is not touched:
    it keeps its number and its clocks. Old actions stay in the ledger and in the report.
    """
    complaint = case.complaint
    times = times_restarted(complaint)
    if times == 0:
        return None
    since = _restarted_on(complaint, seen)
    keys: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for row in case.rows.actions:
        keys[_is_old(row.record, since)].append(action_key(row))
    notes = [f"第{times}次重新启动，8D为第{times + 1}版；原有措施保留"]
    if complaint.status is Status.RESTARTED:
        notes.append("状态“重新启动”按“调查”处理：先检讨原因，再补充原因分析与措施")
    if keys[None]:
        notes.append("重新启动的日期不明，分不清哪些措施是重新启动前完成的")
    return Restart(
        times, times + 1, working_status(complaint), since, tuple(keys[True]), tuple(keys[False]), tuple(keys[None]),
        tuple(_missing(complaint)), tuple(notes),
    )
