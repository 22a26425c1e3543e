"""Where cells and pictures of a sheet stand, in points: column widths, row heights, merged boxes."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 8.43, 15.0
_EMU = 12_700
_TOUCH = 2.0


@dataclass(frozen=True, slots=True)
class PictureBox:
    """A picture with its edges in points."""

    name: str
    left: float
    top: float
    width: float
    height: float

    def meets(self, other: PictureBox) -> bool:
        """Whether two pictures lie on each other."""
        wide = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        high = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        return min(wide, high) > _TOUCH

    def covers(self, x: float, y: float) -> bool:
        """Whether a point lies within."""
        return self.left < x < self.left + self.width and self.top < y < self.top + self.height


class Layout:
    """Widths, heights and places of one sheet."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self._merged = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
        self._inside = {
            (row, column): area for area in sheet.merged_cells.ranges
            for row in range(area.min_row, area.max_row + 1) for column in range(area.min_col, area.max_col + 1)
        }
        self._widths = self._column_widths()
        images = getattr(sheet, "_images", ())  # openpyxl has no public list of a sheet's pictures
        self.pictures = [self._picture(number, image) for number, image in enumerate(images, start=1)]

    def _column_widths(self) -> dict[int, float]:
        """Width in characters by column; a dimension may stand for several columns."""
        widths: dict[int, float] = {}
        for dimension in self.sheet.column_dimensions.values():
            for column in range(int(dimension.min or 0), int(dimension.max or 0) + 1):
                if column:
                    widths[column] = 0.0 if dimension.hidden else float(dimension.width or _DEFAULT_WIDTH)
        return widths

    def _column(self, column: int) -> float:
        default = self.sheet.sheet_format.defaultColWidth or self.sheet.sheet_format.baseColWidth or _DEFAULT_WIDTH
        characters = self._widths.get(column, float(default))
        return (characters * 7 + 5) * 0.75 if characters else 0.0  # a digit of the normal font is 7 pixels wide

    def _row(self, row: int) -> float:
        dimension = self.sheet.row_dimensions.get(row)
        if dimension is not None and dimension.hidden:
            return 0.0
        height = dimension.height if dimension is not None else None
        return float(height or self.sheet.sheet_format.defaultRowHeight or _DEFAULT_HEIGHT)

    def hidden(self, cell: Cell) -> bool:
        """Whether its row or column is hidden."""
        return self._row(cell.row) == 0 or self._column(cell.column) == 0

    def width(self, first: int, last: int) -> float:
        """Points of the columns from ``first`` to ``last``."""
        return sum(self._column(column) for column in range(first, last + 1))

    def room(self, cell: Cell) -> tuple[float, float, bool]:
        """Width and height of a cell's box, and whether the row grows with its text (Excel does that for rows
        without a height of their own, never for merged cells).
        """
        area = self._merged.get((cell.row, cell.column))
        if area is None:
            own = cell.row in self.sheet.row_dimensions and self.sheet.row_dimensions[cell.row].height is not None
            return self._column(cell.column), self._row(cell.row), not own
        height = sum(self._row(row) for row in range(area.min_row, area.max_row + 1))
        return self.width(area.min_col, area.max_col), height, False

    def free_right(self, cell: Cell) -> float:
        """Points of empty cells on the right into which a text may run; none for merged or right-aligned cells."""
        if (cell.row, cell.column) in self._inside or cell.alignment.horizontal in {"right", "center", "fill"}:
            return 0.0
        free = 0.0
        for column in range(cell.column + 1, cell.column + 40):
            other = self.sheet.cell(cell.row, column)
            if other.value not in (None, "") or (cell.row, column) in self._inside:
                return free
            free += self._column(column)
        return free

    def middle(self, cell: Cell) -> tuple[float, float]:
        """A point within the cell's text."""
        left, top = self.width(1, cell.column - 1), sum(self._row(row) for row in range(1, cell.row))
        return left + min(self._column(cell.column) / 2, 10), top + self._row(cell.row) / 2

    def _picture(self, number: int, image: object) -> PictureBox:
        anchor = image.anchor  # type: ignore[attr-defined]  # openpyxl gives its pictures no common type
        start = anchor._from
        left = self.width(1, start.col) + start.colOff / _EMU
        top = sum(self._row(row) for row in range(1, start.row + 1)) + start.rowOff / _EMU
        end = getattr(anchor, "to", None)
        if end is not None:
            width = self.width(1, end.col) + end.colOff / _EMU - left
            height = sum(self._row(row) for row in range(1, end.row + 1)) + end.rowOff / _EMU - top
        else:
            width, height = anchor.ext.width / _EMU, anchor.ext.height / _EMU
        cell = f"{get_column_letter(start.col + 1)}{start.row + 1}"
        return PictureBox(f"图片{number}({cell})", left, top, width, height)


