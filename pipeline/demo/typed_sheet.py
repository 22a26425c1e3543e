"""One sheet of the demo ledger under the typist's hands: headings, rows found by content, cells written."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import date, datetime, time
from typing import TYPE_CHECKING, cast

from pipeline.demo.edits import Cells, CellValue
from schemas.errors import KesuError
from schemas.rows import MODELS

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_HEADINGS = {kind.value: {f.column.heading for f in model.fields()} for kind, model in MODELS.items()}
_DEEPEST_HEADING = 12


class TypedSheet:
    """A worksheet whose heading row is found by the words in it.

    ``missing`` makes the error for a place that is not there.
    """

    def __init__(self, sheet: Worksheet, missing: Callable[[str], KesuError]) -> None:
        self._sheet = sheet
        self._missing = missing
        known = _HEADINGS.get(sheet.title, set())
        self._last_row = sheet.max_row  # kept here: openpyxl counts through all cells each time
        rows = range(1, min(self._last_row, _DEEPEST_HEADING) + 1)
        self._heading_row = max(rows, key=lambda row: len(known & {_words(cell.value) for cell in sheet[row]}))
        self._columns = {
            _words(cell.value): cell.column for cell in sheet[self._heading_row] if cell.value is not None
        }

    def rows_with(self, cells: Cells) -> list[int]:
        """The rows below the headings whose cells equal ``cells``."""
        wanted = [(self._column(heading), _comparable(value)) for heading, value in cells.items()]
        return [
            row for row in range(self._heading_row + 1, self._last_row + 1)
            if all(_comparable(self._sheet.cell(row, column).value) == value for column, value in wanted)
        ]

    def first_free_row(self) -> int:
        """The row below the last one that holds anything in a column with a heading."""
        row = self._last_row
        while row > self._heading_row and all(self._sheet.cell(row, c).value is None for c in self._columns.values()):
            row -= 1
        return row + 1

    def value(self, row: int, heading: str) -> object:
        """What stands in a cell."""
        return self._sheet.cell(row, self._column(heading)).value

    def write(self, row: int, cells: Cells) -> None:
        """Type ``cells`` into ``row``; real dates are shown as Excel shows them."""
        self._last_row = max(self._last_row, row)
        for heading, value in cells.items():
            cell = cast("Cell", self._sheet.cell(row, self._column(heading)))  # not merged: a row of the table
            cell.value = value
            if isinstance(value, datetime):
                cell.number_format = "yyyy-mm-dd hh:mm"
            elif isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"

    def letter(self, heading: str) -> str:
        """The column letter of a heading, for formulas."""
        from openpyxl.utils import get_column_letter

        return get_column_letter(self._column(heading))

    def add_column(self, heading: str) -> None:
        """Put a heading right of the last one, in its neighbour's look."""
        last = max(self._columns.values())
        neighbour, cell = (cast("Cell", self._sheet.cell(self._heading_row, column)) for column in (last, last + 1))
        cell.value = heading
        for look in ("font", "fill", "border", "alignment"):
            setattr(cell, look, copy(getattr(neighbour, look)))
        self._columns[heading] = last + 1

    def add_note(self, text: str) -> None:
        """Write a remark into cells merged over three rows, one column off the table."""
        column, top = max(self._columns.values()) + 2, self._heading_row + 1
        self._sheet.cell(top, column).value = text
        self._sheet.merge_cells(start_row=top, end_row=top + 2, start_column=column, end_column=column + 2)

    def hide(self, row: int) -> None:
        """Hide a row."""
        self._sheet.row_dimensions[row].hidden = True

    def _column(self, heading: str) -> int:
        if heading not in self._columns:
            raise self._missing(f"工作表“{self._sheet.title}”的列“{heading}”")
        return self._columns[heading]


def _words(heading: object) -> str:
    return "".join(str(heading or "").split())


def _comparable(value: CellValue | object) -> object:
    """Values as they compare after a save: openpyxl gives midnight back as a datetime, and ids as text or number."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    return str(value) if value is not None else ""
