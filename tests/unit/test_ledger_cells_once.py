"""Each distinct cell is understood once: what comes out is what reading cell by cell gives, values of any type apart.

An extent too large for calamine is told as before.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline.ledger import workbook_cells
from pipeline.ledger.workbook_cells import MAX_AREA, MAX_COLUMNS, MAX_ROWS, cut_strays
from pipeline.ooxml.cells import column_letters
from schemas.rows import Complaint, SheetKind
from tests.unit.ledger_workbooks import TODAY, read

HEADINGS = ("客诉编号", "接诉时间", "客户", "不良现象", "不良数量", "停线/甩车风险", "备注", "我们的列")


def test_equal_values_of_other_types_stay_apart(tmp_path: Path) -> None:
    workbook, path = Workbook(), tmp_path / "台账.xlsx"
    sheet = workbook.worksheets[0]
    sheet.append(HEADINGS)
    received = datetime(2026, 3, 5, 8, 30)  # noqa: DTZ001 - a cell holds a time without a zone
    cells: list[object] = [True, 1, 1.0, "1", False, 0, "0", date(2026, 3, 5), datetime(2026, 3, 5)]  # noqa: DTZ001 - as above
    for number, cell in enumerate(cells, start=1):
        sheet.append([f"KS-{number}", received, "星河汽车", "渗水", cell, cell, cell, cell])
    workbook.save(path)
    rows = read(path).rows(SheetKind.COMPLAINTS)
    assert [row.typed["note"] for row in rows] == ["TRUE", "1", "1", "1", "FALSE", "0", "0", "2026-03-05", "2026-03-05"]
    assert [row.extras["我们的列"] for row in rows] == [row.typed["note"] for row in rows]
    for cell, row in zip(cells, rows, strict=True):
        for name, text in row.typed.items():
            if not any(issue.field == name for issue in row.issues):
                typed = cell if name in {"defects", "line_stop", "note"} else text
                assert getattr(row.record, name) == getattr(
                    Complaint.model_validate({name: typed}, context={"today": TODAY}), name)
    assert [row.record.defects for row in read(path).complaints] == [None, 1, 1, 1, None, 0, 0, None, None]


def test_a_record_of_cells_is_the_validated_one() -> None:
    typed = {"number": "KS-1", "customer": "星河汽车", "defects": "12件", "closed": "2026.3.5"}
    validated = Complaint.model_validate(typed, context={"today": TODAY})
    cells = {name: Complaint.cell_parser(name)(value, context={"today": TODAY}) for name, value in typed.items()}
    made, other = Complaint.of_cells(cells), Complaint.of_cells({**cells, "customer": "东湖汽车"})
    assert made == validated
    assert made.model_fields_set == validated.model_fields_set
    assert made.model_dump() == validated.model_dump()
    assert json.loads(made.model_dump_json()) == json.loads(validated.model_dump_json())
    assert made.model_copy(update={"note": "x"}).model_fields_set > made.model_fields_set == other.model_fields_set


@pytest.mark.parametrize(("rows", "column"), [
    (1, MAX_COLUMNS), (1, MAX_COLUMNS + 1), (20_000, 600), (20_000, 601), (100, 26), (5_000, 703), (MAX_ROWS, 60),
    (MAX_ROWS, 61), (MAX_ROWS + 1, 1), (17_000, 702), (17_100, 702), (461_538, 26), (90_000, 133), (90_000, 134),
])
def test_an_extent_is_small_enough_exactly_by_its_rectangle(rows: int, column: int) -> None:
    last = f'<row r="{rows}"><c r="{column_letters(column - 1)}{rows}" t="s"><v>1</v></c></row>'
    xml = f'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>{last}</sheetData></worksheet>'.encode()
    fits = rows <= MAX_ROWS and column <= MAX_COLUMNS and rows * column <= MAX_AREA
    assert workbook_cells._fits(xml) is fits
    assert bool(cut_strays(xml).strays) is (rows * column > MAX_AREA)
