"""What 暂停 needs: a reason, an approver, and when the work is expected to go on (DOMAIN "Dates and clocks")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.rules.dismissal import approver_of
from pipeline.rules.state import is_paused
from schemas.case import Case
from schemas.values.text import half_width, plain_text

#: The ledger has no column for the day, so it is read where plants write it: "预计恢复 12月20日", "等样件，预计12/20".
_RESUMED = re.compile(r"(?:恢复|重启|继续|预计|计划)[^;,。\n]*?\d|\d[^;,。\n]*?(?:恢复|继续)")


def _says_when(case: Case) -> bool:
    complaint = case.complaint
    typed = (complaint.paused_because, complaint.note)
    return (
        complaint.customer_agreed_day is not None
        or any(_RESUMED.search(half_width(text or "")) for text in typed)
        or any("恢复" in heading and plain_text(text) for heading, text in case.rows.complaint.extras.items())
    )


def pause_faults(case: Case) -> Iterator[str]:
    """What is missing on a complaint that stands as 暂停, each with its remedy; nothing on any other."""
    if not is_paused(case.complaint):
        return
    if plain_text(case.complaint.paused_because) is None:
        yield "状态为暂停，没有写暂停原因：请填写"
    if approver_of(case) is None:
        yield "状态为暂停，没有批准人：请在暂停原因或备注中写 批准：姓名"
    if not _says_when(case):
        yield "状态为暂停，没有写预计何时恢复：请在暂停原因中写 预计恢复：日期"
