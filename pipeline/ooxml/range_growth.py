"""Ranges that reach down to the last row of a table, one row longer as Excel makes them when a row is added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from pipeline.ooxml.cells import CellRange
from pipeline.ooxml.row_append import RowAppend
from pipeline.ooxml.row_edit import Splice
from pipeline.ooxml.sheet_layout import Element, SheetLayout

_SQREF = re.compile(rb"""(\ssqref\s*=\s*["'])([^"']*)(["'])""")
_REF = re.compile(rb"""(\sref\s*=\s*["'])([^"']*)(["'])""")
_EXTENSION_SQREF = re.compile(rb"(<(?:[\w.-]+:)?sqref>)([^<]*)(<)")
_CELLS = re.compile(rb"(\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?)")
_FILTER_NAME = re.compile(
    rb"""<(?:[\w.-]+:)?definedName\s(?=[^>]*\bname\s*=\s*["']_xlnm\._FilterDatabase["'])"""
    rb"""(?=[^>]*\blocalSheetId\s*=\s*["'](\d+)["'])[^>]*>([^<]*)<"""
)
_LAST_ROW = re.compile(rb"(:\$?[A-Z]{1,3}\$?)([0-9]{1,7})$")


@dataclass(frozen=True, slots=True)
class Growth:
    """Which ranges grow with a row: those that end in the row above it, inside the columns of its table."""

    append: RowAppend

    def of(self, area: CellRange) -> CellRange:
        """The range as it shall be; a range of one cell in a filled table is that cell's own and stays."""
        above = self.append.row - 1
        beside = area.right < self.append.left or area.left > self.append.right
        single = area.top == area.bottom and above != self.append.first
        if area.bottom != above or above < self.append.first or beside or single:
            return area
        return replace(area, bottom=self.append.row)

    def of_list(self, text: str) -> str:
        """The same for a list of ranges as in sqref; what is no range of cells stays."""
        grown = []
        for item in text.split():
            try:
                area = CellRange.parse(item)
            except ValueError:
                grown.append(item)
                continue
            longer = self.of(area)
            grown.append(item if longer == area else str(longer))
        return " ".join(grown) if grown != text.split() else text


def growing_elements(layout: SheetLayout, append: RowAppend) -> list[Splice]:
    """Conditional formats, validations (those of the extension list too) and a filter without criteria."""
    growth = Growth(append)
    splices: list[Splice] = []
    for item in (*layout.elements, *layout.items):
        if item.name in {"conditionalFormatting", "dataValidation"}:
            splices += _attribute(layout, item, _SQREF, growth)
    extension = layout.element("extLst")
    if extension is not None:
        for match in _EXTENSION_SQREF.finditer(layout.data, extension.start, extension.end):
            splices += _piece(match, growth)
    table_filter = free_filter(layout)
    if table_filter is not None:
        splices += _attribute(layout, table_filter, _REF, growth)
    return splices


def free_filter(layout: SheetLayout) -> Element | None:
    """The sheet's filter when nothing is filtered; with criteria set it stays, so that the new row can be seen."""
    found = layout.element("autoFilter")
    if found is None:
        return None
    criteria = any(item.name == "filterColumn" and found.start < item.start < found.end for item in layout.items)
    return None if criteria else found


def grows_with_filter(layout: SheetLayout, append: RowAppend) -> bool:
    """Whether the sheet's filter gets longer, and with it the hidden name that Excel keeps for it."""
    found = free_filter(layout)
    reference = found.attributes.get("ref", "") if found else ""
    return Growth(append).of_list(reference) != reference


def with_grown_filter_name(workbook: bytes, sheet_index: int, append: RowAppend) -> bytes:
    """The workbook part with the filter's hidden name one row longer for the sheet with that index."""
    for match in _FILTER_NAME.finditer(workbook):
        last = _LAST_ROW.search(match[2])
        if int(match[1]) == sheet_index and last and int(last[2]) == append.row - 1:
            start = match.start(2)
            return workbook[: start + last.start(2)] + str(append.row).encode() + workbook[start + last.end(2) :]
    return workbook


def _attribute(layout: SheetLayout, item: Element, pattern: re.Pattern[bytes], growth: Growth) -> Iterator[Splice]:
    tag_end = layout.data.index(b">", item.start)  # a formula with > stands in content, never in these tags
    match = pattern.search(layout.data, item.start, tag_end)
    if match is not None:
        yield from _piece(match, growth)


def _piece(match: re.Match[bytes], growth: Growth) -> Iterator[Splice]:
    old = match[2].decode("utf-8")
    new = growth.of_list(old)
    if new != old:
        yield match.start(2), match.end(2), new.encode()


def only_grown(old: bytes, new: bytes, row: int) -> bool:
    """Whether two pieces of XML differ at most in ranges that reached to ``row`` - 1 and now reach to ``row``.

    Independent of how the growth was made: it compares what stands between the ranges byte by byte.
    """
    for first, second in zip_longest(_CELLS.split(old), _CELLS.split(new)):
        if first == second:
            continue
        if first is None or second is None or not _one_longer(first, second, row):
            return False
    return True


def _one_longer(first: bytes, second: bytes, row: int) -> bool:
    try:
        before, after = CellRange.parse(first.decode()), CellRange.parse(second.decode())
    except ValueError:
        return False
    return before.bottom == row - 1 and after == replace(before, bottom=row)
