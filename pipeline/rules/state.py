"""Whether a complaint is open, released to others, and a quality matter (process steps 2, 5 and 11)."""

from __future__ import annotations

from datetime import date

from schemas.rows import Complaint
from schemas.values import ProblemType, Status

_ENDED = frozenset({Status.CLOSED, Status.UNFOUNDED, Status.VOID, Status.MERGED})
_NEVER_STARTED = frozenset({Status.UNFOUNDED, Status.VOID, Status.MERGED})


def is_open(complaint: Complaint) -> bool:
    """Open until the status says otherwise; without a readable status the 关闭日期 decides."""
    if complaint.status is not None:
        return complaint.status not in _ENDED
    return complaint.closed is None


def is_dismissed(complaint: Complaint) -> bool:
    """不成立, 作废 or 合并: no document and no clock of its own."""
    return complaint.status in _NEVER_STARTED


def is_released(complaint: Complaint) -> bool:
    """Whether others may hear of it: the status has left 待确认, or 发送=是 (who hears what, when)."""
    return complaint.release is True or complaint.status not in {None, Status.UNCONFIRMED}


def is_paused(complaint: Complaint) -> bool:
    """暂停: internal clocks stand still, the customer's dates go on."""
    return complaint.status is Status.PAUSED


def is_quality(complaint: Complaint) -> bool:
    """Quality problems go on to a report; a blank 问题类型 counts as quality: most ledgers have no such column."""
    return complaint.problem_type in {None, ProblemType.QUALITY}


#: Days after 关闭日期 in which a closed complaint is still looked at: its month's archive and a slip of closing early.
_RECENT_DAYS = 45


def is_current(complaint: Complaint, today: date) -> bool:
    """Open, or closed so recently that its papers still matter; older ones are history and are left alone."""
    closed = complaint.closed
    return is_open(complaint) or (closed is not None and (today - closed).days <= _RECENT_DAYS)
