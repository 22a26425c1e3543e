"""Which complaints the weekly deck shows, in which order, and which of them get pages (process step 12).

Registered open complaints and those closed since the last meeting. New, changed, overdue and serious ones get pages;
the unchanged stand in one line with the reason. What nobody released, and personal ledgers, stay private.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.rules.deck_facts import changes_since, facts_of
from pipeline.rules.deck_wording import short_day
from pipeline.rules.stage import Stage, stage_of
from pipeline.rules.state import is_open, is_paused
from schemas.advice import Advice
from schemas.case import Case, Standing
from schemas.decisions import Decisions, Duty, Lateness
from schemas.deck import ShownItem
from schemas.values import Level, Status

_SHOWN_STANDINGS = frozenset({Standing.MANAGED, Standing.BASELINE})
_URGENCY = {Level.URGENT: 0, Level.SERIOUS: 1, Level.NORMAL: 2}


@dataclass(frozen=True, slots=True)
class DeckMatter:
    """A complaint of a shared ledger, decided on; advice only where it is current."""

    case: Case
    decisions: Decisions
    advice: Advice | None = None


@dataclass(frozen=True, slots=True)
class DeckItem:
    """A complaint as the deck takes it.

    ``times`` counts the earlier meetings it was shown at; ``why`` says why it has pages, "" when it has none.
    """

    matter: DeckMatter
    facts: Mapping[str, str]
    times: int
    changes: tuple[str, ...]
    closed: bool
    why: str

    @property
    def overdue(self) -> tuple[Duty, ...]:
        """What is late of it; of stock that nobody has taken in nothing is demanded."""
        if self.matter.case.standing is Standing.BASELINE:
            return ()
        return tuple(duty for duty in self.matter.decisions.duties if duty.lateness is Lateness.OVERDUE)

    @property
    def rollover(self) -> str:
        """第n次滚动 from the second meeting on."""
        return f"第{self.times}次滚动" if self.times else "首次上会"


def is_for_others(matter: DeckMatter) -> bool:
    """Whether the meeting may hear of it: managed or from before the start, and released."""
    return matter.case.standing in _SHOWN_STANDINGS and matter.decisions.released


def _closed_since(case: Case, before: ShownItem | None, last_meeting: date) -> bool:
    """Closed, dismissed or merged after the last meeting: shown there as open, or dated later."""
    complaint = case.complaint
    if is_open(complaint):
        return False
    if complaint.closed is not None:
        return complaint.closed > last_meeting
    return before is not None  # what was closed at the last meeting is not in its list of open ones


def _why(case: Case, decisions: Decisions, changes: Sequence[str], *, new: bool, closed: bool) -> str:
    running = not is_paused(case.complaint)
    reasons = (
        (closed, "关闭"), (new, "新增"), (bool(changes), "有变化"),
        (running and any(duty.lateness is Lateness.OVERDUE for duty in decisions.duties), "逾期"),
        (running and decisions.level.level is not Level.NORMAL, decisions.level.level.value),
    )
    if case.standing is Standing.BASELINE:
        return ""
    return next((word for holds, word in reasons if holds), "")


def _item(matter: DeckMatter, before: ShownItem | None, last_meeting: date, today: date) -> DeckItem:
    case, decisions = matter.case, matter.decisions
    facts = facts_of(case, decisions, today)
    received = case.complaint.received
    # without a list of the last meeting only the day tells what is new
    new = before is None and (received is None or received.day > last_meeting)
    changes = tuple(changes_since(before, facts)) if before is not None else ()
    closed = not is_open(case.complaint)
    why = _why(case, decisions, changes, new=new, closed=closed)
    return DeckItem(matter, facts, before.times if before else 0, changes, closed, why)


def _rank(item: DeckItem, today: date) -> tuple[object, ...]:
    received = item.matter.case.complaint.received
    late = max((duty.days_late for duty in item.overdue), default=0)
    return (
        item.closed, item.matter.case.standing is Standing.BASELINE, _URGENCY[item.matter.decisions.level.level],
        -late, -(today - received.day).days if received else 0, item.matter.case.name,
    )


def deck_items(
    matters: Iterable[DeckMatter], shown: Mapping[str, ShownItem], last_meeting: date, today: date
) -> tuple[DeckItem, ...]:
    """The complaints of a deck, worst first, the closed last.

    ``shown`` maps case ids to what the meeting on ``last_meeting`` was shown as open; empty before the first deck.
    """
    items = [
        _item(matter, shown.get(matter.case.case_id), last_meeting, today)
        for matter in matters if is_for_others(matter)
        and (is_open(matter.case.complaint)
             or _closed_since(matter.case, shown.get(matter.case.case_id), last_meeting))
    ]
    return tuple(sorted(items, key=lambda item: _rank(item, today)))


def may_close(item: DeckItem) -> bool:
    """Whether everything for closing stands and the complaint has come that far (跟踪)."""
    advice, tracking = item.matter.advice, stage_of(item.matter.case) is Stage.TRACKING
    return advice is not None and advice.gate.allowed and tracking and not item.closed


def unchanged_because(item: DeckItem, today: date) -> str:
    """Why a complaint has no page this week, in one line."""
    case, decisions = item.matter.case, item.matter.decisions
    complaint = case.complaint
    if case.standing is Standing.BASELINE:
        return "上线前存量，尚未纳入管理"
    if is_paused(complaint):
        return f"暂停：{complaint.paused_because or '原因未填'}"
    coming = min((duty for duty in decisions.duties if duty.days_late <= 0), key=lambda duty: duty.due, default=None)
    if coming is not None:
        return f"未到期：{coming.what}（{short_day(coming.due, today)}，{coming.person or '责任人未填'}）"
    planned = min((row.record.due for row in case.rows.actions if row.record.due and not row.record.done), default=None)
    if planned is not None:
        return f"措施实施中，最近计划完成日 {short_day(planned, today)}"
    if complaint.status is Status.TRACKING:
        return "效果跟踪中，没有新的回访或验证记录"
    return "台账无更新，也没有到期的事项"
