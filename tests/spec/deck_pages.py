"""Slides of a deck as lines that a quality engineer can read, and the complaints they are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from pipeline.rules.advise import Around, advise
from pipeline.rules.cases import case_of, children_of, directory_of, kept_fields
from pipeline.rules.decide import decide
from pipeline.rules.deck_facts import facts_of, shown_item
from pipeline.rules.deck_items import DeckMatter
from pipeline.rules.identity import identify
from pipeline.workdays import Workdays
from schemas.case import CaseFiles, Standing
from schemas.deck import (
    Block,
    Chart,
    ChartsSlide,
    CoverSlide,
    Figure,
    ItemSlide,
    ShownItem,
    Slide,
    StepState,
    TableBlock,
    TableCell,
    Tone,
)
from schemas.settings import LedgerSetting, Settings
from tests.spec.follow_up_cases import all_columns
from tests.spec.ledger_tables import CONTACTS, LEDGER, at, complaint, ledger

Row = Mapping[str, Any]
SETTINGS = Settings(version=1, site="测试厂", ledgers=(LedgerSetting(file=LEDGER),))
NOW = at("2026-11-26T10:00")
LAST_MEETING = date(2026, 11, 20)
#: What a row of the table says beside the cells of 客诉台账.
_SHEETS = ("措施跟踪", "围堵", "变化点", "原因分析", "跟踪回访", "会议")
BESIDE = {*_SHEETS, "照片", "固化文件", "上次", "上会次数", "存量", "审查"}
_TONES = {Tone.PLAIN: "", Tone.GOOD: "（绿）", Tone.WARN: "（橙）", Tone.BAD: "（红）", Tone.QUIET: "（灰）"}
_STATES = {StepState.DONE: "已完成", StepState.NOW: "进行中", StepState.LATE: "已逾期", StepState.AHEAD: "未到"}


def matters(rows: Sequence[Row]) -> list[DeckMatter]:
    """Complaints K-1, K-2 …, decided on as of NOW; a cell given as None is blank; 审查=是 adds the advice."""
    numbered = [(f"K-{number}", row) for number, row in enumerate(rows, 1)]
    cells = [
        {name: value for name, value in complaint(**{"客诉编号": number, "接诉时间": "2026-11-02", **row}).items()
         if name not in BESIDE and value is not None}
        for number, row in numbered
    ]
    sheets: dict[str, Any] = {
        name: [{"客诉编号": number, **entry} for number, row in numbered for entry in row.get(name, ())]
        for name in _SHEETS
    }
    reading = ledger(cells, 通讯录=CONTACTS, **sheets)
    children, kept, directory = children_of(reading), kept_fields(reading), directory_of([reading])
    found = identify(reading, {}, NOW, timedelta(0), 1, baseline=False).sightings
    made = []
    for sighting, row in zip(found, rows, strict=True):
        case = case_of(sighting, sighting.known.number if sighting.known else "", "", children, LEDGER)
        files = CaseFiles((), tuple(row.get("照片", ())), tuple(row.get("固化文件", ())))
        standing = Standing.BASELINE if row.get("存量") else Standing.MANAGED
        case = replace(case, standing=standing, folder=f"客诉/{case.name}", files=files)
        decisions = decide(case, kept[case.place.sheet], directory, SETTINGS, Workdays(), NOW)
        around = Around(all_columns(), kept[case.place.sheet])
        advice = advise(case, decisions, around, directory, SETTINGS, NOW) if row.get("审查") else None
        made.append(DeckMatter(case, decisions, advice))
    return made


def shown_before(rows: Sequence[Row]) -> dict[str, ShownItem]:
    """What the last meeting saw: the rows with 上次, each with those cells instead and shown 上会次数 times."""
    plain = [{**{name: value for name, value in row.items() if name not in {"上次", "审查"}}, **(row.get("上次") or {})}
             for row in rows]
    return {
        matter.case.case_id: shown_item(
            matter.case, facts_of(matter.case, matter.decisions, LAST_MEETING), int(row.get("上会次数", 1)))
        for matter, row in zip(matters(plain), rows, strict=True) if "上次" in row
    }


def lines_of(slide: Slide) -> list[str]:
    """Everything a slide says, line by line; colours in brackets, bold words between asterisks."""
    return [f"《{slide.title}》", *_body(slide)]


def _body(slide: Slide) -> Iterator[str]:
    if isinstance(slide, CoverSlide):
        yield from slide.lines
        yield from _figures(slide.figures)
    elif isinstance(slide, ChartsSlide):
        yield from _figures(slide.figures)
        for chart in slide.charts:
            yield from _chart(chart)
    elif isinstance(slide, ItemSlide):
        yield from _item(slide)
    else:
        for block in slide.blocks:
            yield from _block(block)
    yield from (f"备注：{line}" for line in slide.sources)


def _item(slide: ItemSlide) -> Iterator[str]:
    yield from _figures(slide.facts)
    yield " → ".join(f"{step.name} {step.when} {_STATES[step.state]}" for step in slide.flow)
    for block in (slide.problem, *slide.news, *slide.blocks):
        yield from _block(block)
    yield from (f"照片 {photo.path}：{photo.caption}" for photo in slide.photos)
    if slide.photo_note:
        yield slide.photo_note


def _figures(figures: Sequence[Figure]) -> Iterator[str]:
    if figures:
        yield " | ".join(f"{figure.label} {figure.value}{_TONES[figure.tone]}" for figure in figures)


def _chart(chart: Chart) -> Iterator[str]:
    yield f"图（{chart.kind.value}）：{chart.message}"
    for series in chart.series:
        pairs = zip(chart.categories, series.values, strict=True)
        yield f"{series.name}：" + "、".join(f"{name} {value}" for name, value in pairs)
    yield f"注：{chart.note}"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, TableBlock):
        yield f"表 {block.heading}：" + " | ".join(column.heading for column in block.columns)
        yield from (" | ".join(map(_cell, row)) for row in block.rows)
        if not block.rows:
            yield block.empty
    else:
        yield f"{block.heading or '（接上）'}{_TONES[block.tone]}：" + " / ".join(block.paragraphs)


def _cell(cell: TableCell) -> str:
    text = cell.text.replace("\n", "；")
    return (f"*{text}*" if cell.bold else text) + _TONES[cell.tone]
