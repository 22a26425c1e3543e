"""A ledger read again by its changed rows is the ledger read as a whole, whatever was changed and by which program."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from pipeline.ledger import repeated_reading, workbook_child
from pipeline.ledger.repeated_reading import RepeatedReading
from pipeline.ledger.workbook_process import RawSheet, ReadingProcess, _sheets
from pipeline.ledger.workbook_reading import LedgerFile
from schemas.rows import SheetKind
from schemas.workbook import WorkbookReading
from tests.unit.ledger_grids import FILE, sheet
from tests.unit.ledger_workbooks import TODAY

Grid = list[list[object]]


class Beside(ReadingProcess):
    """The child's work done in this process; ``small`` tells of each reading whether it was one of changed rows."""

    small: list[bool]

    def __init__(self) -> None:
        """Starts nothing."""

    def close(self) -> None:
        """Nothing was started."""

    def read(self, local: Path, shown: Path, time_limit: float = 0) -> tuple[RawSheet, ...]:
        self.small.append(local.name == "changed-rows.xlsx")
        answer, cells = workbook_child.read(local)
        return tuple(_sheets(answer, b"".join(cells)))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    Beside.small = []
    monkeypatch.setattr(repeated_reading, "ReadingProcess", Beside)
    return Beside.small


def save(path: Path, grid: Grid) -> None:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm"})
    page = book.add_worksheet("客诉台账")
    for row, cells in enumerate(grid):
        for column, cell in enumerate(cells):
            if cell != "":
                page.write(row, column, cell)
    book.close()


def read(reading: RepeatedReading, path: Path, today: date = TODAY) -> WorkbookReading:
    return reading.read(LedgerFile(path.name, path, "", FILE.saved), path, {}, today)


def same(one: WorkbookReading, other: WorkbookReading) -> bool:
    return one == other and repr(one) == repr(other)


def ledger(seed: int) -> Grid:
    found = next(made for attempt in range(seed, seed + 1000)
                 if len((made := sheet(SheetKind.COMPLAINTS, "客诉台账", random.Random(attempt))).cells) > 20)  # noqa: S311 - repeatable data
    return [[*row] for row in found.cells]


def _a_number(grid: Grid, chance: random.Random) -> None:
    row = chance.choice(grid[1:])
    row[: len(grid[0])] = [float(chance.randint(1, 90)) if isinstance(cell, float) else cell for cell in row]


def _a_text(grid: Grid, chance: random.Random) -> None:
    row = chance.choice(grid[1:])
    row[4:] = [f"新文{chance.randint(1, 999)}", *row[5:]]


def _a_true(grid: Grid, chance: random.Random) -> None:
    row = chance.choice(grid[1:])
    row[:] = [True if cell == 1 else 1.0 if cell is True else cell for cell in [*row, 1.0]][: len(grid[0])]


def _a_row_more(grid: Grid, chance: random.Random) -> None:
    grid.append([*chance.choice(grid[1:])])


def _a_row_less(grid: Grid, _chance: random.Random) -> None:
    grid.pop()


def _a_row_emptied(grid: Grid, chance: random.Random) -> None:
    chance.choice(grid[1:])[:] = []


def _a_row_inserted(grid: Grid, chance: random.Random) -> None:
    grid.insert(chance.randint(1, len(grid) - 1), [*chance.choice(grid[1:])])


def _a_heading(grid: Grid, chance: random.Random) -> None:
    grid[0][chance.randrange(3, len(grid[0]))] = f"我们的新列{chance.randint(1, 99)}"


CHANGES: tuple[Callable[[Grid, random.Random], None], ...] = (
    _a_number, _a_text, _a_true, _a_row_more, _a_row_less, _a_row_emptied, _a_row_inserted, _a_heading)


@pytest.mark.parametrize("seed", [1, 2])
def test_changes_read_one_by_one_give_what_reading_the_whole_gives(
    seed: int, tmp_path: Path, small: list[bool]
) -> None:
    path, grid, chance, kept = tmp_path / "台账.xlsx", ledger(seed * 100), random.Random(seed), RepeatedReading()  # noqa: S311 - as above
    save(path, grid)
    before = read(kept, path)
    for _ in range(10):
        for _ in range(chance.choice((1, 1, 2))):
            chance.choice(CHANGES)(grid, chance)
        save(path, grid)
        now = read(kept, path)
        assert same(now, read(RepeatedReading(), path))
        before = now
    assert before.sheets
    assert sum(small) > 2, "changed rows were read alone"
    assert same(read(kept, path, TODAY + timedelta(days=90)), read(RepeatedReading(), path, TODAY + timedelta(days=90)))


def test_rows_that_did_not_change_are_the_very_objects_and_the_changed_ones_alone_are_read(
    tmp_path: Path, small: list[bool]
) -> None:
    path, kept = tmp_path / "台账.xlsx", RepeatedReading()
    grid: Grid = [["客诉编号", "客户", "不良现象", "不良数量"],
                  *([f"KS-{row}", "星河汽车", f"漏水{row}", float(row)] for row in range(1, 40))]
    for count in (5.0, 6.0, 7.0):
        grid[20][3] = count
        save(path, grid)
        before = read(kept, path).complaints
    grid[20][3] = 8.0
    save(path, grid)
    after = read(kept, path).complaints
    assert [one is other for one, other in zip(before, after, strict=True)].count(False) == 1
    assert after[19].record.defects == 8
    assert small == [False, False, True, True]


def test_a_cell_that_gives_the_whole_column_another_meaning(tmp_path: Path, small: list[bool]) -> None:
    path, kept = tmp_path / "台账.xlsx", RepeatedReading()
    grid: Grid = [["客诉编号", "客户", "不良现象", "不良率(%)", "备注"],
                  *([f"KS-{row}", "星河汽车", "漏水", 0.5, 1.0] for row in range(1, 20))]
    for changes in ({}, {}, {(9, 3): 3.0}, {(9, 3): 0.5}, {(4, 4): True}):
        for (row, column), cell in changes.items():
            grid[row][column] = cell
        save(path, grid)
        now = read(kept, path)
        assert same(now, read(RepeatedReading(), path))
    assert now.complaints[3].typed["note"] == "TRUE"


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    changed = change(parts[part])
    assert changed != parts[part]
    with zipfile.ZipFile(path, "w") as package:
        for name, content in (parts | {part: changed}).items():
            package.writestr(name, content)


SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
MERGED = b'<mergeCells count="1"><mergeCell ref="A5:A6"/></mergeCells>'


@pytest.mark.parametrize(("part", "change", "alone"), [
    (STRINGS, lambda xml: xml.replace("漏水7<".encode(), "断裂7<".encode()), True),
    (STRINGS, lambda xml: xml.replace(b"</sst>", "<si><t>无关</t></si></sst>".encode()), True),
    (SHEET, lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + MERGED), False),
    (SHEET, lambda xml: xml.replace(b'<row r="9"', b'<!-- <row r="9"').replace(b'<row r="10"', b'--><row r="10"'),
     False),
    (SHEET, lambda xml: re.sub(rb'(<row r="9".*?)(<row r="10")', rb"\1<row/>\2", xml), False),
    (SHEET, lambda xml: re.sub(rb'<c r="D9"', b"<c", xml), False),
    (SHEET, lambda xml: xml.replace(b'<c r="D9"', b'<c r="ZZ9"'), False),
    (SHEET, lambda xml: re.sub(rb'<c r="D9"><v>[^<]*</v>', b'<c r="D9" t="e"><v>#N/A</v>', xml), True),
    (SHEET, lambda xml: re.sub(rb'<c r="D9"><v>[^<]*</v>', b'<c r="D9"><f>1+1</f>', xml), True),
    (SHEET, lambda xml: re.sub(rb'<c r="D9"><v>[^<]*</v>', b'<c r="D9"><v>12345678901234567</v>', xml), True),
    ("xl/styles.xml", lambda xml: xml.replace(b'numFmtId="0"', b'numFmtId="14"'), False),
    ("xl/workbook.xml", lambda xml: xml.replace(b"<workbookPr", b'<workbookPr date1904="1"'), False),
    ("xl/workbook.xml", lambda xml: xml.replace(b"<workbookView", b'<workbookView activeTab="0"'), True),
])
def test_what_is_not_rows_alone_is_read_as_a_whole(
    part: str, change: Callable[[bytes], bytes], alone: bool, tmp_path: Path, small: list[bool]
) -> None:
    path, kept = tmp_path / "台账.xlsx", RepeatedReading()
    save(path, [["客诉编号", "客户", "不良现象", "不良数量"],
                *([f"KS-{row}", "星河汽车", f"漏水{row}", float(row)] for row in range(1, 40))])
    read(kept, path)
    read(kept, path)
    del small[:]
    rewritten(path, part, change)
    now = read(kept, path)
    assert (False not in small) is alone
    assert same(now, read(RepeatedReading(), path))


def test_the_child_itself_is_told_of_the_changed_rows(tmp_path: Path) -> None:
    path, kept = tmp_path / "台账.xlsx", RepeatedReading()
    rows: Grid = [[f"KS-{row}", "星河汽车", "漏水"] for row in range(1, 9)]
    grid: Grid = [["客诉编号", "客户", "不良现象"], *rows]
    for name in ("东湖汽车", "长岭汽车", "北辰客车"):
        grid[8][1] = name
        save(path, grid)
        assert read(kept, path).complaints[7].record.customer == name
