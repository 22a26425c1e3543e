"""What the month-end hands over to marketing: the month's registered complaints, and what each still lacks.

Source: process step 12 and DOMAIN "What the archive for marketing holds".
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.rules.action_facts import is_action_open, is_replaced, needs_verification
from pipeline.rules.state import is_dismissed, is_open
from schemas.case import Case, Standing
from schemas.decisions import Decisions
from schemas.settings import Settings
from schemas.values import CausePath, MeetingState, Review
from schemas.values.text import plain_text


@dataclass(frozen=True, slots=True)
class Lacking:
    """One thing a complaint's papers lack, and who owes it."""

    what: str
    person: str


def month_of(period: str) -> tuple[date, date]:
    """First and last day of a month such as ``2026-11``."""
    year, month = int(period[:4]), int(period[5:7])
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def is_registered(case: Case, decisions: Decisions, settings: Settings) -> bool:
    """On the shared ledger, managed, and a reason of the registration rule holds (process step 12)."""
    kinds = {ledger.file: ledger.kind for ledger in settings.ledgers}
    shared = kinds.get(case.ledger, "shared") == "shared"
    return shared and case.standing is Standing.MANAGED and bool(case.number) and bool(decisions.registration)


def belongs_to_month(case: Case, period: str) -> bool:
    """Received, open or closed in the month (DOMAIN); one closed without 关闭日期 counts by 接诉时间 only."""
    first, last = month_of(period)
    complaint = case.complaint
    if complaint.received is None or complaint.received.day > last:
        return False
    if is_open(complaint) or complaint.received.day >= first:
        return True
    return complaint.closed is not None and complaint.closed >= first


def _causes(case: Case) -> Iterator[str]:
    complaint = case.complaint
    for path, typed in ((CausePath.OCCURRENCE, complaint.occurrence_cause), (CausePath.ESCAPE, complaint.escape_cause)):
        if plain_text(typed) is None and not any(plain_text(why.answer) for why in case.rows.chain(path)):
            yield f"{path.value}原因未写明"


def _actions(case: Case) -> Iterator[Lacking]:
    engineer = case.complaint.engineer or ""
    for row in case.rows.actions:
        if is_replaced(row, case.rows.actions):
            continue
        action = row.record
        name = f"措施{action.action_number or (action.content or '')[:20]}"
        if is_action_open(action):
            word = "已驳回，需重新提出" if action.review is Review.REJECTED else "未完成"
            yield Lacking(f"{name}{word}", action.person or engineer)
        elif needs_verification(action) and plain_text(action.verified) is None:
            yield Lacking(f"{name}未验证", action.verifier or action.person or engineer)


def lacking_in_ledger(case: Case, decisions: Decisions) -> tuple[Lacking, ...]:
    """What the ledger says is not finished: report, causes, measures, minutes; nothing of a dismissed complaint.

    What lies in the folder is not looked at here: the archive lists missing papers when it is made.
    """
    complaint = case.complaint
    if is_dismissed(complaint) or decisions.form is None:
        return ()
    engineer = complaint.engineer or ""
    found = []
    if decisions.form.full_8d and complaint.d8_sent is None:
        found.append(Lacking("8D报告未提交", engineer))
    found += [Lacking(text, engineer) for text in _causes(case)]
    found += _actions(case)
    for row in case.rows.meetings:
        if row.record.state is MeetingState.HELD:
            found.append(Lacking(f"第{row.record.round or 1}次会议纪要未签", engineer))
    return tuple(found)
