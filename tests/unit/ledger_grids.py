"""Sheets filled at random with what people type, well and badly: for tests that hold one way of reading to another."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from pipeline.ledger.workbook_process import Address, Cell, RawSheet, Span
from pipeline.ledger.workbook_reading import LedgerFile
from schemas.columns import SheetField
from schemas.rows import MODELS, SheetKind

FILE = LedgerFile("台账.xlsx", Path("台账.xlsx"), "", datetime(2026, 11, 26, tzinfo=UTC))
_ODD: tuple[Cell, ...] = (
    "-", "/", "暂无", "待定", True, False, 0.0, 1.0, "N/A", '=DISPIMG("x",1)', " ", "合计", "小计", "约50", "3月底",
    time(8, 30), timedelta(hours=30), -3.0, 1e20, "1e5",
)
_GOING_ON = frozenset({"occurrence_cause", "escape_cause", "interim_actions", "lasting_actions", "close_due", "closed"})


def _typed(field: SheetField, row: int, chance: random.Random) -> Cell:
    one, day = chance.randint, datetime(2026, chance.randint(1, 11), chance.randint(1, 28), chance.randint(0, 23), 30)  # noqa: DTZ001 - a cell has no zone
    if chance.random() < 0.25:
        return ""
    if chance.random() < 0.05:
        return chance.choice((*_ODD, field.column.heading))
    choices: dict[str, tuple[Cell, ...]] = {
        "moment": (day, day.date(), f"{one(1, 12)}月{one(1, 28)}日", f"{one(1, 12)}.{one(1, 28)}", "2026.3.5", 46000.0),
        "quantity": (float(one(0, 90)), f"{one(1, 9)}件"), "rate": (0.03, "3%", "3/1000", 2.0),
        "money": (100.5, "1.2万元"), "yes_no": ("是", "否", "有"), "people": ("张三", "张三、李四", "王 五"),
        "choice": (*field.kind.choices, *field.kind.choices, "乱写"),
        "id": (f"KS-{row}", f"KS-{row}", f"KS-{one(1, 5)}", float(row)),
    }
    choices["day"] = choices["moment"]
    words = "漏水", "断裂\n二", f"文{one(1, 99)}", " 白 ", date(2026, 1, 2)
    return chance.choice(choices.get(field.kind.name, words))


def _data(fields: list[SheetField], row: int, chance: random.Random) -> list[Cell]:
    cells = [_typed(field, row, chance) for field in fields]
    if chance.random() < 0.2:  # goes on with the row above, beside a cell picture perhaps
        aside = chance.choice(("", "", '=dispimg("x",1)'))
        cells = [cell if field.name in _GOING_ON else aside for field, cell in zip(fields, cells, strict=True)]
    if chance.random() < 0.04:
        headings: list[Cell] = [field.column.heading for field in fields]
        cells = [*chance.choice((["合计", "", "", 5.0], ["注：这是一个说明文字"], headings))]
    return cells


def _stripped(row: list[Cell]) -> list[Cell]:
    while row and row[-1] == "":
        row.pop()
    return row


def sheet(kind: SheetKind, name: str, chance: random.Random) -> RawSheet:
    """One sheet of up to 40 rows, merged cells, errors and formulas among them."""
    everything = list(MODELS[kind].fields())
    core, kept = everything[:6], everything[6 : chance.randint(8, 60)]
    fields = core + sorted(chance.sample(kept, min(len(kept), 12)), key=everything.index)
    headings: list[Cell] = [field.column.heading if chance.random() < 0.9 else f"我们的{index}"
                            for index, field in enumerate(fields)]
    rows = [headings, *([_data(fields, row, chance) for row in range(chance.randint(0, 40))])]
    merged, errors = [], {}
    for _ in range(chance.choice((0, 0, 3)) if len(rows) > 4 else 0):
        top, column = chance.randint(1, len(rows) - 3), chance.choice((0, 0, len(fields) - 1))
        merged.append(Span(top, column, top + 1, column))
        rows[top + 1][column : column + 1] = [""]

    def somewhere() -> Address:
        return chance.randint(1, len(rows)), chance.randrange(len(fields))

    for row, column in [somewhere() for _ in range(chance.choice((0, 0, 2)))]:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column], errors[row, column] = "", "#N/A"
    formulas = frozenset(somewhere() for _ in range(chance.choice((0, 0, 40))))
    empty = frozenset(somewhere() for _ in range(chance.choice((0, 0, 2))))
    return RawSheet(name, hidden=False, cells=[_stripped(row) for row in rows], merged=tuple(merged), errors=errors,
                    formulas=formulas, uncalculated=empty)


def workbook(seed: int) -> list[RawSheet]:
    """A ledger sheet and one of another kind, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable data, not secrets
    other = chance.choice(list(SheetKind))
    return [sheet(SheetKind.COMPLAINTS, "客诉台账", chance), sheet(other, f"另{other.value}", chance)]
