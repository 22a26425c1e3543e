"""Whether a text shows whole in its box of a customer's sheet; the form's row heights are the customer's and stay."""

from __future__ import annotations

import re
import unicodedata

from pipeline.documents.forms.grid import Box
from pipeline.ooxml.sheet_layout import SheetLayout

_WIDTH, _HEIGHT = 8.43, 15.0    # Excel's own, in characters and points
_POINTS, _LINE = 10.5, 1.25     # letters of an ordinary form: what is told is a hint, no layout
_LATIN_EM = 0.52
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

    def holds(self, box: Box, text: str) -> bool:
        """Whether the text shows whole; a single row without a height of its own grows by itself in Excel."""
        if box.height == box.width == 1 and box.row not in self._rows:
            return True
        width = sum(map(self.width, range(box.column, box.right + 1))) - 4
        height = sum(map(self.height, range(box.row, box.bottom + 1)))
        lines = sum(max(1, -(-_ems(line) * _POINTS // max(width, _POINTS))) for line in text.split("\n"))
        return lines <= 1 or lines * _POINTS * _LINE <= height * 1.1


def _ems(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else _LATIN_EM for char in text)


def _number(text: str | None, default: float) -> float:
    return float(text) if text and _NUMBER.fullmatch(text) else default

