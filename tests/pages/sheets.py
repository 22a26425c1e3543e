"""Flaws on the printed sheets of an xlsx: cut text, #### numbers, small or pale letters, overlaps, empty sheets."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import MergedCell
from openpyxl.styles.colors import Color
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from tests.pages.colours import BLACK, WHITE, Rgb, contrast, needed_contrast, parse
from tests.pages.finding import Finding, Kind, Rules
from tests.pages.glyphs import line_height, lines_needed, text_width
from tests.pages.leftovers import leftovers
from tests.pages.sheet_layout import Layout

_INDEXED = {0: BLACK, 1: WHITE, 8: BLACK, 9: WHITE, 64: BLACK, 65: WHITE}


def check_sheets(path: Path, rules: Rules) -> list[Finding]:
    """All findings of a workbook's visible sheets."""
    book = load_workbook(path, rich_text=False)
    found: list[Finding] = []
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            found += _Sheet(sheet, rules).findings()
    book.close()
    return found


class _Sheet:
    def __init__(self, sheet: Worksheet, rules: Rules) -> None:
        self.sheet, self.rules, self.layout = sheet, rules, Layout(sheet)
        self.cells = [cell for row in sheet.iter_rows() for cell in row
                      if isinstance(cell, Cell) and cell.value not in (None, "") and not self.layout.hidden(cell)]

    def findings(self) -> Iterator[Finding]:
        if not self.cells and not self.layout.pictures:
            yield self._finding("", "empty", "工作表没有内容")
        for cell in self.cells:
            yield from self._cell(cell)
        yield from self._page()
        yield from self._overlaps()

    def _finding(self, place: str, kind: Kind, detail: str) -> Finding:
        return Finding(f"{self.sheet.title}!{place}" if place else self.sheet.title, kind, detail)

    def _cell(self, cell: Cell) -> Iterator[Finding]:
        text = str(cell.value)
        for left in leftovers(text):
            yield self._finding(cell.coordinate, "leftover", left)
        if cell.data_type == "f":
            return
        points, bold = float(cell.font.sz or 11), bool(cell.font.b)
        if points < self.rules.page_points:
            yield self._finding(cell.coordinate, "size", f"“{text[:20]}”只有 {points:g} 磅")
        colour, behind = _rgb(cell.font.color, BLACK), _fill(cell)
        if colour and behind and contrast(colour, behind) < needed_contrast(points, bold=bold):
            ratio = contrast(colour, behind)
            yield self._finding(cell.coordinate, "contrast", f"“{text[:20]}”与底色对比只有 {ratio:.1f}")
        yield from self._fit(cell, text, points, bold=bold)

    def _fit(self, cell: Cell, text: str, points: float, *, bold: bool) -> Iterator[Finding]:
        width, height, grows = self.layout.room(cell)
        inner = width - 4
        if not isinstance(cell.value, str):
            shown = _shown(cell)
            if text_width(shown, points, bold=bold) > inner * 1.05 + 2 and not cell.alignment.shrink_to_fit:
                yield self._finding(cell.coordinate, "fit", f"“{shown}”在列中显示为 ####")
            return
        lines = text.split("\n")
        if cell.alignment.wrap_text or len(lines) > 1:
            needed = sum(lines_needed(line, inner, points, bold=bold) for line in lines) * line_height(points)
            if not grows and needed > height * (1 + self.rules.slack) + 3:
                told = f"“{text[:20]}”需要高 {needed:.0f} 磅，行高 {height:.0f} 磅"
                yield self._finding(cell.coordinate, "fit", told)
            return
        room = (inner + self.layout.free_right(cell)) * 1.05 + 2
        if text_width(text, points, bold=bold) > room and not cell.alignment.shrink_to_fit:
            yield self._finding(cell.coordinate, "fit", f"“{text[:20]}”被右边的单元格挡住")

    def _page(self) -> Iterator[Finding]:
        """The printed width against the paper; a sheet that is fitted to the page width never overflows."""
        setup = self.sheet.page_setup
        area = self.sheet.print_area
        properties = self.sheet.sheet_properties.pageSetUpPr
        fitted = properties is not None and properties.fitToPage
        if area and not fitted and self.cells:
            first, _, last, _ = range_boundaries(str(area).rpartition("!")[2].replace("$", ""))
            width = self.layout.width(int(first or 1), int(last or 1)) * (setup.scale or 100) / 100
            paper = {8: (842, 1191)}.get(int(setup.paperSize or 9), (595, 842))
            across = paper[1] if setup.orientation == "landscape" else paper[0]
            margins = self.sheet.page_margins
            room = across - (float(margins.left or 0) + float(margins.right or 0)) * 72
            if width > room * 1.02:
                yield self._finding(str(area), "bounds", f"打印宽 {width:.0f} 磅，纸上只有 {room:.0f} 磅")
        if area:
            yield from self._beyond_print(str(area))

    def _beyond_print(self, area: str) -> Iterator[Finding]:
        first, top, last, bottom = range_boundaries(area.rpartition("!")[2].replace("$", ""))
        for cell in self.cells:
            if not (int(first or 1) <= cell.column <= int(last or 1) and int(top or 1) <= cell.row <= int(bottom or 1)):
                yield self._finding(cell.coordinate, "bounds", "在打印区域之外，打印不出来")

    def _overlaps(self) -> Iterator[Finding]:
        merged = list(self.sheet.merged_cells.ranges)
        for one, other in itertools.combinations(merged, 2):
            if not one.isdisjoint(other):
                yield self._finding(str(other), "overlap", f"合并区域与 {one} 重叠")
        pictures = self.layout.pictures
        for one_box, other_box in itertools.combinations(pictures, 2):
            if one_box.meets(other_box):
                yield self._finding(other_box.name, "overlap", f"与 {one_box.name} 重叠")
        for box in pictures:
            for cell in self.cells:
                if isinstance(cell.value, str) and box.covers(*self.layout.middle(cell)):
                    yield self._finding(box.name, "overlap", f"盖住了 {cell.coordinate} 的文字“{cell.value[:12]}”")
                    break
            if box.width <= 1 or box.height <= 1:
                yield self._finding(box.name, "empty", "图片的宽或高为零")


def _shown(cell: Cell) -> str:
    """About what Excel shows of a number or date."""
    value = cell.value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}" if "h" in cell.number_format.lower() else f"{value:%Y-%m-%d}"
    if isinstance(value, date | time | bool):
        return str(value)
    if isinstance(value, int):
        return str(value) if value < 10**11 or cell.number_format != "General" else "1E+11"
    if cell.number_format == "General":
        return ""  # a general number is rounded to the room it has
    places = len(cell.number_format.split(";")[0].rpartition(".")[2].rstrip("%")) if "." in cell.number_format else 0
    return f"{float(str(value)):.{places}%}" if "%" in cell.number_format else f"{float(str(value)):.{places}f}"


def _rgb(colour: Color | None, default: Rgb) -> Rgb | None:
    if colour is None:
        return default
    if colour.type == "rgb" and isinstance(colour.rgb, str):
        return parse(colour.rgb)
    if colour.type == "indexed":
        return _INDEXED.get(int(colour.indexed))
    if colour.type == "theme":
        return {0: WHITE, 1: BLACK}.get(int(colour.theme)) if not colour.tint else None
    return default


def _fill(cell: Cell | MergedCell) -> Rgb | None:
    fill = cell.fill
    if fill is None or fill.fill_type is None:
        return WHITE
    return _rgb(fill.fgColor, WHITE) if fill.fill_type == "solid" else None


