"""Rows read column by column are the rows read cell by cell: values, typed texts, further columns and problems."""

from __future__ import annotations

import pytest

from pipeline.ledger.reader import SheetReader
from pipeline.ledger.workbook_reading import read_sheets
from tests.unit.ledger_grids import FILE, workbook
from tests.unit.ledger_workbooks import TODAY


@pytest.mark.parametrize("first", range(0, 45, 15))
def test_column_by_column_and_cell_by_cell_give_the_same(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    books = [workbook(seed) for seed in range(first, first + 15)]
    together = [read_sheets(FILE, sheets, {}, TODAY) for sheets in books]
    monkeypatch.setattr(SheetReader, "_ordinary", lambda _self, _rows: {})
    apart = [read_sheets(FILE, sheets, {}, TODAY) for sheets in books]
    assert together == apart
    assert [reading.issues for reading in together] == [reading.issues for reading in apart]
    assert sum(len(sheet.rows) for reading in apart for sheet in reading.sheets) > 150
    assert sum(len(reading.issues) for reading in apart) > 150
