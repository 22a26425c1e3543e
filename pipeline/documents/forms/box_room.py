"""Whether a text shows whole in its box of a customer's sheet, and which rows have to grow so that it does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pipeline.documents.forms.grid import Box
from pipeline.ooxml.row_heights import RowHeight
from pipeline.ooxml.sheet_layout import SheetLayout

_WIDTH, _HEIGHT = 8.43, 15.0    # Excel's own, in characters and points
_POINTS, _LINE = 10.5, 1.4      # letters of an ordinary form, 15 points a line: what is told is a hint, no layout
_LATIN_EM = 0.52
_HIGHEST = 409.0                # points; Excel lets no row be higher
_NONE: Mapping[int, RowHeight] = MappingProxyType({})
_NUMBER = re.compile(r"[\d.]+")


class SheetRoom:
    """Column widths and row heights of one sheet, in points."""

    def __init__(self, layout: SheetLayout) -> None:
        form = layout.element("sheetFormatPr")
        attributes = form.attributes if form else {}
        self._height = _number(attributes.get("defaultRowHeight"), _HEIGHT)
        self._width = _number(attributes.get("defaultColWidth"), _WIDTH)
        self._columns: dict[int, float] = {}
        for item in layout.items:
            if item.name == "col" and item.attributes.get("width"):
                first, last = (int(_number(item.attributes.get(name), 0)) for name in ("min", "max"))
                for column in range(first, min(last, first + 400) + 1):
                    self._columns[column - 1] = _number(item.attributes["width"], _WIDTH)
        self._rows: dict[int, float] = {}
        for row in layout.rows:
            tag = layout.data[row.start : row.start + 400].split(b">", 1)[0]
            found = re.search(rb"""\sht\s*=\s*["']([\d.]+)""", tag)
            if found:
                self._rows[row.number] = float(found[1])

    def width(self, column: int) -> float:
        """Width of a column (from 0) in points."""
        return (self._columns.get(column, self._width) * 7 + 5) * 0.75

    def height(self, row: int) -> float:
        """Height of a row (from 1) in points."""
        return self._rows.get(row, self._height)

    def holds(self, box: Box, text: str, grown: Mapping[int, RowHeight] = _NONE) -> bool:
        """Whether the text shows whole, in rows that have ``grown``."""
        height = sum(self._height_now(row, grown) for row in range(box.row, box.bottom + 1))
        needed = self.needed(box, text)
        return needed <= _POINTS * _LINE or needed <= height * 1.1

    def needed(self, box: Box, text: str) -> float:
        """The height in points that a text takes in its box."""
        width = sum(map(self.width, range(box.column, box.right + 1))) - 4
        lines = sum(max(1, -(-_ems(line) * _POINTS // max(width, _POINTS))) for line in text.split("\n"))
        return lines * _POINTS * _LINE

    def grown(self, filled: Iterable[tuple[Box, str]], labels: Iterable[Box]) -> dict[int, RowHeight]:
        """The rows (from 1) that have to grow so that what is filled in shows whole, with their new height.

        Labels are as their author left them, but a row that grows has room for them too. Of a box of several rows the
        first one grows. Text that does not wrap gains nothing by height. A row that fitted itself to its text goes on
        doing so, unless it grows for a merged box, which programs do not fit rows to.
        """
        filled = sorted(filled, key=lambda item: item[0].height)
        boxes = [*filled, *((label, label.text) for label in labels)]
        heights: dict[int, RowHeight] = {}
        for box, text in filled:
            if box.wraps and not self.holds(box, text, heights):
                others = sum(self._height_now(row, heights) for row in range(box.row + 1, box.bottom + 1))
                alone = [self.needed(*one) for one in boxes if one[0].height == 1 and one[0].row == box.row]
                wanted = max(self.needed(box, text) - others, self._height_now(box.row, heights), *alone)
                heights[box.row] = RowHeight(min(round(wanted + 2, 1), _HIGHEST), self._stays(box, heights))
        return heights

    def _stays(self, box: Box, grown: Mapping[int, RowHeight]) -> bool:
        before = grown.get(box.row)
        return box.row in self._rows or box.height * box.width > 1 or (before is not None and before.fixed)

    def _height_now(self, row: int, grown: Mapping[int, RowHeight]) -> float:
        return grown[row].points if row in grown else self.height(row)


def _ems(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else _LATIN_EM for char in text)


def _number(text: str | None, default: float) -> float:
    return float(text) if text and _NUMBER.fullmatch(text) else default

