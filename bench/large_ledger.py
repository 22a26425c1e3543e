"""Writes a ledger of any size as a plant keeps it: known headings, values typed in usual ways, the same every time."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from schemas.columns import SheetField
from schemas.rows import Complaint

_FIRST = datetime(2018, 1, 8, 8, 0)  # noqa: DTZ001 - a cell has no zone - a cell holds a time without a zone
_WORDS = {
    "customer": ("星河汽车", "东湖汽车", "长岭汽车", "北辰客车", "远航新能源"),
    "product": ("冷却水管", "卡扣", "燃油软管", "膨胀水箱", "进气软管"),
    "engineer": ("周启航", "林若溪", "秦朗", "沈越"),
    "department": ("注塑车间", "装配车间", "采购部", "仓储物流部"),
    "reporter": ("韩松", "唐雨", "白露", "江晨", "顾明", "罗平"),
    "shift": ("白班", "夜班"),
}
_SAID = ("接头泄漏", "卡扣断裂", "尺寸超差难装", "表面划伤", "装配脱落", "异响")
_DONE = ("返工挑选在库品", "中转库换批并全检", "修订工艺参数并加装防错", "更新控制计划和作业指导书", "模具保养周期缩短")
_FINISHED_FROM = 40  # of 100 rows so many are still open
#: Fields that a row of a closed complaint must not hold, or that make every row a contradiction.
_LEFT_BLANK = frozenset({"lot_size", "related", "paused_because", "customer_agreed_day", "lead_or_part", "restarts"})

Typed = object
Writer = Callable[[int, datetime, random.Random], Typed]


def _text(name: str) -> Writer:
    if name in _WORDS:
        return lambda _row, _received, chance: chance.choice(_WORDS[name])
    if name in {"phenomenon", "occurrence_cause", "escape_cause", "note", "lesson", "review_reason"}:  # told anew
        return lambda row, _received, chance: f"{chance.choice(_SAID)}，第{row % 37 + 1}工位{chance.randint(1, 400)}处"
    if name in {"containment", "interim_actions", "lasting_actions"}:
        return lambda _row, _received, chance: f"{chance.choice(_DONE)}；{chance.choice(_DONE)}"
    return lambda _row, _received, chance: f"{name[:4].upper()}{chance.randint(1, 60)}"


def _choice(field: SheetField) -> Writer:
    words = field.kind.choices
    if field.name == "status":
        return lambda row, _received, chance: "关闭" if row % 100 >= _FINISHED_FROM else chance.choice(("调查", "分析"))
    return lambda _row, _received, chance: chance.choice(words)


def _identifier(name: str) -> Writer:
    if name == "number":
        return lambda row, received, _chance: f"KS-{received:%Y%m}-{row:06}"
    if name == "lot":
        return lambda _row, received, chance: f"{received:%Y%m%d}{chance.choice('AB')}"
    return lambda _row, _received, chance: f"{name[:2].upper()}-{chance.randint(1000, 1200)}"


def _moment(name: str) -> Writer:
    days = {"received": 0, "contained_at": 0, "produced": -20, "d3_due": 1, "d3_sent": 1, "closed": 60}.get(name, 14)

    def write(_row: int, received: datetime, chance: random.Random) -> Typed:
        shown = received + timedelta(days=days, minutes=20 if name == "contained_at" else 0)
        if chance.random() < 0.2:  # some people type dates as text
            return f"{shown:%Y.%m.%d}"
        if name in {"received", "contained_at"}:
            return shown
        return datetime(shown.year, shown.month, shown.day)  # noqa: DTZ001 - a cell holds a time without a zone

    return write


def _quantity(name: str) -> Writer:
    low, high = (2000, 5000) if name in {"lot_size", "daily_usage", "good_stock"} else (1, 60)
    if name == "reproduced":
        return lambda _row, _received, _chance: 1

    def write(_row: int, _received: datetime, chance: random.Random) -> Typed:
        number, how = chance.randint(low, high), chance.random()
        return number if how < 0.9 else f"{number}件" if how < 0.995 else f"约{number}"  # which is a problem

    return write


def _writer(field: SheetField) -> Writer:
    writers: dict[str, Callable[[], Writer]] = {
        "text": lambda: _text(field.name),
        "id": lambda: _identifier(field.name),
        "choice": lambda: _choice(field),
        "moment": lambda: _moment(field.name),
        "day": lambda: _moment(field.name),
        "quantity": lambda: _quantity(field.name),
        "rate": lambda: lambda _row, _received, chance: round(chance.randint(1, 60) / 4000, 4),
        "money": lambda: lambda _row, _received, chance: chance.randint(100, 9000) + 0.5,
        "yes_no": lambda: lambda _row, _received, chance: chance.choice(("是", "否")),
    }
    return writers[field.kind.name]()


def write_large_ledger(path: Path, rows: int, columns: int) -> None:
    """A sheet 客诉台账 with the first ``columns`` standard columns, shared strings as spreadsheet programs use."""
    import xlsxwriter

    chance = random.Random(rows)  # noqa: S311 - repeatable data, not secrets
    fields = [field for field in Complaint.fields() if not field.column.ours][:columns]
    writers = [None if field.name in _LEFT_BLANK else _writer(field) for field in fields]
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("客诉台账")
    sheet.write_row(0, 0, [field.column.heading for field in fields])
    for row in range(1, rows + 1):
        received = _FIRST + timedelta(hours=row * 70_000 // rows)
        for column, write in enumerate(writers):
            if write is not None:
                sheet.write(row, column, write(row, received, chance))
    book.close()
