"""The closing page: what the meeting has to decide, each with the complaint, the question and who prepared it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.rules.deck_items import DeckItem, may_close
from pipeline.rules.deck_sources import sources_of_rows
from pipeline.rules.deck_wording import cell, customer_of, product_of
from pipeline.rules.state import is_paused
from schemas.case import Standing
from schemas.deck import BlocksSlide, TableBlock, TableColumn, Tone
from schemas.meetings import MeetingNeed
from schemas.values import Liability, Review

_LONG_LATE = 7  # calendar days from which a date is no longer the owner's alone
_DECISIONS = (
    TableColumn("客诉", 2.4), TableColumn("需要决定", 4.6), TableColumn("提出", 0.9, centred=True),
    TableColumn("决定 / 责任人 / 日期", 2.4),
)
_NEEDS = {MeetingNeed.AT_ONCE: "是否立即召开", MeetingNeed.PROPOSED: "是否召开"}


def questions_of(item: DeckItem) -> Iterator[str]:
    """The questions that one complaint puts to the meeting; proposals of the rules, decided by people."""
    if item.closed or item.matter.case.standing is Standing.BASELINE:
        return
    yield from _on_the_row(item)
    advice = item.matter.advice
    if advice is None:
        return
    if advice.meeting.need in _NEEDS:
        which = f"第 {advice.meeting.round} 次" if advice.meeting.round else ""
        yield f"{_NEEDS[advice.meeting.need]}{which}小组会议（{'；'.join(advice.meeting.reasons)}）"
    yield from (found.sentence for found in advice.recurrences)
    if may_close(item):
        yield "关闭条件已满足：是否同意关闭"


def _on_the_row(item: DeckItem) -> Iterator[str]:
    decisions, complaint = item.matter.decisions, item.matter.case.complaint
    if decisions.line_stop:
        yield f"停线/甩车风险（{'；'.join(decisions.line_stop)}）：围堵是否足够，需要什么支援"
    late = [duty for duty in item.overdue if duty.days_late >= _LONG_LATE]
    if late:
        more = f"等 {len(late)} 项" if len(late) > 1 else ""
        yield f"{late[0].what}{more}已逾期 {late[0].days_late} 天：请定新的完成日期和责任人"
    if any(row.record.review is Review.REJECTED for row in item.matter.case.rows.actions):
        yield "有措施被驳回：由谁、何时重新提出"
    if complaint.liability is Liability.UNDECIDED:
        yield "责任判定待定：请确定责任方"
    if is_paused(complaint):
        yield f"暂停中（{complaint.paused_because or '原因未填'}）：继续暂停还是恢复"


def decisions_slide(items: Sequence[DeckItem]) -> BlocksSlide:
    """The questions of all complaints in the deck's order, with room to write the decision down."""
    rows, asked = [], []
    for item in items:
        questions = tuple(questions_of(item))
        if questions:
            complaint = item.matter.case.complaint
            asked.append(item)
            name = f"{item.matter.case.name} {customer_of(complaint)} {product_of(complaint)}"
            rows.append((
                cell(name, bold=True), cell("\n".join(questions)), cell(complaint.engineer or ""),
                cell(" ", Tone.QUIET),
            ))
    title = f"需要会议决定：{len(rows)} 件" if rows else "需要会议决定：无"
    table = TableBlock("", _DECISIONS, tuple(rows), "没有需要会议决定的事项。")
    return BlocksSlide("decisions", title, (table,), sources_of_rows(item.matter.case for item in asked))
