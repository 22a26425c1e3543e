"""Small ledgers for specification tests: rows as dictionaries of headings, without a file behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from schemas.columns import SheetRow
from schemas.rows import MODELS, SheetKind
from schemas.workbook import Place, Row, SheetReading, WorkbookReading

ZONE = ZoneInfo("Asia/Shanghai")
LEDGER = "客诉台账.xlsx"
HEADING_ROW = 2


def at(text: str) -> datetime:
    """A time in the plant's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def sheet_of(kind: SheetKind, rows: Sequence[Mapping[str, object]], today: date) -> SheetReading[SheetRow]:
    """A sheet with all standard columns, its rows given by heading; ``行`` places a row, else they follow on."""
    model = MODELS[kind]
    names = {field.column.heading: field.name for field in model.fields()}
    read = []
    for index, cells in enumerate(rows):
        raw = {names[heading]: value for heading, value in cells.items() if heading != "行"}
        place = Place(kind.value, int(str(cells.get("行", HEADING_ROW + 1 + index))))
        record = model.model_validate(raw, context={"today": today})
        read.append(Row(place, record, {name: str(value) for name, value in raw.items()}, {}))
    columns = {field.name: index for index, field in enumerate(model.fields())}
    return SheetReading(
        kind.value, kind, HEADING_ROW, columns, dict(names), {}, (),
        frozenset(names), (), tuple(read),
    )


def ledger(
    complaints: Sequence[Mapping[str, object]] = (), *, today: date = date(2026, 11, 26), name: str = LEDGER,
    **sheets: Sequence[Mapping[str, object]],
) -> WorkbookReading:
    """A ledger as it would be read; other sheets by their Chinese name, e.g. ``措施跟踪=[...]``."""
    kinds = {kind.value: kind for kind in SheetKind}
    found = [sheet_of(SheetKind.COMPLAINTS, complaints, today)]
    found += [sheet_of(kinds[title], rows, today) for title, rows in sheets.items()]
    saved = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
    return WorkbookReading(name, Path(name), "0" * 64, saved, tuple(found), ())


CONTACTS: tuple[dict[str, object], ...] = (
    {"姓名": "周启航", "部门": "品质部", "岗位": "质量工程师", "邮箱": "zhou@example.com", "直属上级": "韩立川"},
    {"姓名": "韩立川", "部门": "品质部", "岗位": "品质经理", "邮箱": "han@example.com"},
    {"姓名": "罗文斌", "部门": "注塑车间", "岗位": "车间主任", "邮箱": "luo@example.com", "直属上级": "韩立川"},
    {"姓名": "彭小满", "部门": "注塑车间", "岗位": "检验班组长", "邮箱": "peng@example.com"},
)


def complaint(**cells: object) -> dict[str, object]:
    """A complaint whose minimum fields stand, with the given cells on top."""
    return {
        "接诉时间": "2026-11-26 08:00", "客户": "星河汽车", "产品名称": "冷却水管", "不良现象": "接头泄漏",
        "质量工程师": "周启航", "责任部门": "注塑车间", "状态": "待确认", **cells,
    }
