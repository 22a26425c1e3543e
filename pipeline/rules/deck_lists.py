"""The deck's lists: all complaints, the unchanged in one line each, everything overdue, decisions needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.rules.deck_items import DeckItem, unchanged_because
from pipeline.rules.deck_sources import sources_of_rows
from pipeline.rules.deck_wording import cell, customer_of, level_cell, product_of, short_day
from schemas.case import Standing
from schemas.decisions import Duty
from schemas.deck import BlocksSlide, TableBlock, TableColumn, TableRow, Tone

_PHENOMENON = 36  # characters in lists; the whole text stands on the complaint's own page
_LIST = (
    TableColumn("编号", 1.35), TableColumn("等级", 0.6, centred=True), TableColumn("状态", 0.75, centred=True),
    TableColumn("客户 / 产品", 1.6), TableColumn("不良现象", 2.1), TableColumn("例会", 1.0, centred=True),
    TableColumn("与上次例会比", 2.3), TableColumn("工程师", 0.85, centred=True),
)
_UNCHANGED = (
    TableColumn("编号", 1.35), TableColumn("等级", 0.6, centred=True), TableColumn("状态", 0.75, centred=True),
    TableColumn("客户 / 产品", 1.8), TableColumn("例会", 1.0, centred=True), TableColumn("为什么没有单页", 4.2),
    TableColumn("工程师", 0.85, centred=True),
)
_OVERDUE = (
    TableColumn("逾期", 0.75, centred=True), TableColumn("应完成", 0.8, centred=True), TableColumn("事项", 3.6),
    TableColumn("客诉", 2.6), TableColumn("责任人", 0.9, centred=True), TableColumn("部门", 1.2, centred=True),
)


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _PHENOMENON else f"{flat[: _PHENOMENON - 1]}…"


def _customer(item: DeckItem) -> str:
    complaint = item.matter.case.complaint
    return f"{customer_of(complaint)} {product_of(complaint)}"


def _news(item: DeckItem) -> str:
    if item.closed and not item.changes:
        return "本次关闭"
    if item.changes:
        return "；".join(item.changes)
    if item.matter.case.standing is Standing.BASELINE:
        return "上线前存量"
    return "无变化" if item.times else "首次上会"


def _list_row(item: DeckItem) -> TableRow:
    case, decisions = item.matter.case, item.matter.decisions
    complaint = case.complaint
    status = complaint.status.value if complaint.status else "未填"
    late = max((duty.days_late for duty in item.overdue), default=0)
    news = _news(item) + (f"；逾期{late}天" if late else "")
    tone = Tone.BAD if late else Tone.GOOD if item.closed else Tone.PLAIN if item.changes else Tone.QUIET
    return (
        cell(case.name), level_cell(decisions.level.level), cell(status, Tone.GOOD if item.closed else Tone.PLAIN),
        cell(_customer(item)), cell(_shortened(complaint.phenomenon or "")),
        cell(item.rollover), cell(news, tone), cell(complaint.engineer or ""),
    )


def list_slide(items: Sequence[DeckItem]) -> BlocksSlide:
    """All complaints of the deck."""
    running = sum(not item.closed for item in items)
    closed = len(items) - running
    title = f"客诉一览：未关闭 {running} 件" + (f"，本次关闭 {closed} 件" if closed else "")
    table = TableBlock("", _LIST, tuple(map(_list_row, items)), "没有登记的未关闭客诉，上次例会后也没有关闭的。")
    return BlocksSlide("list", title, (table,), sources_of_rows(item.matter.case for item in items))


def unchanged_slide(items: Sequence[DeckItem], today: date) -> Iterator[BlocksSlide]:
    """The complaints without pages, each with the reason; no slide when there is none."""
    quiet = [item for item in items if not item.why]
    if not quiet:
        return
    rows = tuple(
        (cell(item.matter.case.name), level_cell(item.matter.decisions.level.level),
         cell(item.matter.case.complaint.status.value if item.matter.case.complaint.status else "未填"),
         cell(_customer(item)), cell(item.rollover), cell(unchanged_because(item, today), Tone.QUIET),
         cell(item.matter.case.complaint.engineer or ""))
        for item in quiet
    )
    title = f"无变化的 {len(quiet)} 件"
    yield BlocksSlide("unchanged", title, (TableBlock("", _UNCHANGED, rows),),
                      sources_of_rows(item.matter.case for item in quiet))


def _overdue_row(item: DeckItem, duty: Duty, today: date) -> TableRow:
    return (
        cell(f"{duty.days_late}天", Tone.BAD, bold=True), cell(short_day(duty.due, today)), cell(duty.what),
        cell(f"{item.matter.case.name} {_customer(item)}"),
        cell(duty.person or "未填", Tone.PLAIN if duty.person else Tone.WARN), cell(duty.department),
    )


def overdue_slide(items: Sequence[DeckItem], today: date) -> BlocksSlide:
    """Everything late, worst first."""
    found = [(item, duty) for item in items for duty in item.overdue]
    found.sort(key=lambda pair: (-pair[1].days_late, pair[0].matter.case.name, pair[1].key))
    late = {item.matter.case.name for item, _ in found}
    title = f"逾期事项：{len(found)} 项，涉及 {len(late)} 件客诉" if found else "逾期事项：无"
    rows = tuple(_overdue_row(item, duty, today) for item, duty in found)
    return BlocksSlide("overdue", title, (TableBlock("", _OVERDUE, rows, "没有逾期事项。"),),
                       sources_of_rows(item.matter.case for item, _ in found))
