"""Decks as data for tests and benchmarks: an empty week, a believable one, a crowded one, and one of nasty text."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from PIL import Image

from pipeline.documents.deck.edition import make
from schemas.deck import (
    BlocksSlide,
    Chart,
    ChartKind,
    ChartsSlide,
    CoverSlide,
    DeckEdition,
    DeckView,
    Figure,
    FlowStep,
    ItemSlide,
    PageMark,
    Photo,
    Series,
    Slide,
    StepState,
    TableBlock,
    TableCell,
    TableColumn,
    TextBlock,
    Tone,
)
from templates.build_deck import built

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
#: Text that breaks careless drawing: markup, formulas, control characters, a lone surrogate, one endless word.
NASTY = "=HYPERLINK(\"http://x\") <b>&amp;</b> {{ id }} ]]> \x07\x0b\ud800😀 R&D < 5\n第二行\t" + "长" * 700 + "W" * 300


@cache
def template() -> bytes:
    """The packaged template."""
    return built()


@cache
def photo(number: int, width: int = 1280, height: int = 960) -> bytes:
    """A photo-like JPEG (noise does not compress), the same bytes for the same number."""
    noise = Image.effect_noise((width // 8, height // 8), 40).resize((width, height)).convert("RGB")
    noise.putpixel((0, 0), (number % 256, number // 256, 0))
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=80)
    return out.getvalue()


def read_photo(path: str) -> bytes:
    """The photo whose number stands in its path."""
    return photo(int("".join(filter(str.isdigit, path.rpartition("/")[2])) or 0))


def list_slide(rows: int) -> BlocksSlide:
    """A list of complaints."""
    columns = (TableColumn("编号", 1.3), TableColumn("等级", 0.6, centred=True), TableColumn("不良现象", 4))
    lines = tuple(
        (TableCell(f"KS-202611-{row:03}"), TableCell("严重", Tone.WARN, bold=True), TableCell("接头处渗水，装配后出现"))
        for row in range(rows)
    )
    table = TableBlock("", columns, lines, "没有客诉")
    return BlocksSlide("list", f"客诉一览：未关闭 {rows} 件", (table,), ("资料来源：",))


def item(number: int, photos: int = 0, whys: int = 5, status: str = "分析") -> ItemSlide:
    """The slide of one complaint."""
    flow = tuple(
        FlowStep(name, when, state) for name, when, state in (
            ("接诉", "11-12 09:20", StepState.DONE), ("紧急措施", "11-12 09:45", StepState.DONE),
            ("现状调查", "变化点 2 项", StepState.NOW), ("原因分析", "11-19 到期", StepState.LATE),
            ("关闭", "—", StepState.AHEAD),
        )
    )
    chains = TableBlock(
        "原因分析（5-Why）", (TableColumn("问", 0.4, centred=True), TableColumn("为什么发生", 3)),
        tuple((TableCell(str(step), bold=True), TableCell(f"问：为什么渗水{step}\n答：密封圈槽有飞边，划伤密封圈。"))
              for step in range(1, whys + 1)),
    )
    shown = tuple(Photo(f"客诉资料/附件/照片{number * 10 + at}.jpg", f"照片{number}-{at}") for at in range(photos))
    return ItemSlide(
        f"item/c{number:06}", f"KS-202611-{number:03} 星河汽车 冷却水管：接头处渗水",
        (Figure("等级", "严重", Tone.WARN), Figure("状态", status), Figure("接诉至今", "14天")), flow,
        TextBlock("问题描述", ("接头处渗水，装配后 24 小时内出现。", "不良 12 件／批量 2,000（0.6%）")),
        (TextBlock("与上次例会比", (f"状态：调查 → {status}",)), TextBlock("下一步", ("12-01 提交 8D（周启航）",))),
        (chains,), shown, "", ("资料来源：", f"客诉台账.xlsx · 客诉台账 第 {number + 2} 行"),
    )


def charts() -> ChartsSlide:
    """Two charts with names that a workbook could take for formulas."""
    trend = Chart(
        ChartKind.TREND, "未关闭 3 件，比上周增加 1 件", ("第47周", "第48周"),
        (Series("新增", (1, 2)), Series("关闭", (1, 1)), Series("未关闭", (2, 3))), "公共台账",
    )
    counts, shares = Series("件数", (4, 1)), Series("累计占比", (0.8, 1.0))
    bars = Chart(ChartKind.PARETO, "以“=1+1”最多", ("=1+1", "泄漏"), (counts, shares), "近一年")
    return ChartsSlide("overview", "本周概览", (Figure("未关闭", "3"),), (trend, bars), ("统计来自公共台账",))


def deck(*items: ItemSlide) -> DeckView:
    """A week's deck with these complaints."""
    cover = CoverSlide("cover", "品质例会 客诉周报", ("演示工厂　2026年第48周",), (Figure("未关闭", str(len(items))),))
    nothing = BlocksSlide("decisions", "需要会议决定：无", (TableBlock("", (TableColumn("客诉", 1),), (), "没有。"),))
    slides: tuple[Slide, ...] = (cover, charts(), list_slide(len(items)), *items, nothing)
    return DeckView("品质例会 客诉周报 2026-W48", "演示工厂 · 品质例会 2026年第48周", slides)


def _spoilt(value: Any) -> Any:
    """The same data with nasty text in every field that people type."""
    if isinstance(value, str):
        return NASTY if value and not isinstance(value, Tone | StepState | ChartKind) else value
    if isinstance(value, tuple):
        return tuple(map(_spoilt, value))
    if isinstance(value, Figure | FlowStep | TextBlock | TableCell | TableColumn):
        return replace(value, **{name: _spoilt(getattr(value, name)) for name in value.__slots__})
    if isinstance(value, TableBlock):
        return replace(value, heading=NASTY, rows=_spoilt(value.rows))  # the columns are ours
    return value


def nasty() -> DeckView:
    """A deck of one complaint with nasty text everywhere."""
    one = item(1, whys=2)
    spoilt = replace(
        one, title=NASTY, facts=_spoilt(one.facts), flow=_spoilt(one.flow), problem=_spoilt(one.problem),
        news=_spoilt(one.news), blocks=_spoilt(one.blocks), sources=(NASTY,),
    )
    chart = Chart(ChartKind.COLUMNS, NASTY, (NASTY, "", "{=1}"), (Series("件数", (1, 2, None)),), NASTY)
    return replace(deck(spoilt), slides=(CoverSlide("cover", NASTY, (NASTY, NASTY), ()), spoilt,
                                         ChartsSlide("overview", NASTY, (), (chart,))), footer=NASTY)


def made(view: DeckView, standing: bytes | None = None, marks: tuple[PageMark, ...] = (), *,
         now: datetime = NOW) -> DeckEdition:
    """The view drawn, on the packaged template or into the deck that stands."""
    there = ("周报.pptx", standing) if standing else None
    return make(view, ("template.pptx", template()), there, marks, read_photo, now)


