"""Tables on slides: the room their rows really take, and each cell's text with what is behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from tests.pages.colours import A, Rgb, Theme
from tests.pages.slide_text import EMU, Styles, TextBody, read_body

_MEDIUM_2_ACCENT_1 = "{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}"  # what python-pptx gives every table


@dataclass(frozen=True, slots=True)
class CellPlace:
    """Row and column of a cell (from 1) and its width in points."""

    row: int
    column: int
    width: float

    def __str__(self) -> str:
        return f"第{self.row}行第{self.column}列"


def table_text(frame: etree._Element) -> str:
    """All text of a table."""
    return "\n".join(text.text or "" for text in frame.iter(f"{A}t"))


def grown_height(frame: etree._Element, theme: Theme) -> float:
    """Points of height once every row has grown to its text, as PowerPoint shows it."""
    table = frame.find(f".//{A}tbl")
    if table is None:
        return 0.0
    heights = [int(row.get("h", "0")) / EMU for row in table.findall(f"{A}tr")]
    for place, body, _ in table_cells(frame, theme):
        cell = table.findall(f"{A}tr")[place.row - 1].findall(f"{A}tc")[place.column - 1]
        if int(cell.get("rowSpan", "1")) == 1:
            heights[place.row - 1] = max(heights[place.row - 1], body.height(place.width))
    return sum(heights)


def table_cells(frame: etree._Element, theme: Theme) -> Iterator[tuple[CellPlace, TextBody, Rgb | None]]:
    """Every cell that is not covered by a merged one: where, its text, its fill (None: see-through or not known)."""
    table = frame.find(f".//{A}tbl")
    if table is None:
        return
    widths = [int(column.get("w", "0")) / EMU for column in table.findall(f"{A}tblGrid/{A}gridCol")]
    look = table.find(f"{A}tblPr")
    style = table.findtext(f"{A}tblPr/{A}tableStyleId") or ""
    for number, row in enumerate(table.findall(f"{A}tr"), start=1):
        heading = number == 1 and look is not None and look.get("firstRow") == "1"
        band = number % 2 == (0 if look is not None and look.get("firstRow") == "1" else 1)
        banded = band and look is not None and look.get("bandRow") == "1"
        for column, cell in enumerate(row.findall(f"{A}tc"), start=1):
            body = cell.find(f"{A}txBody")
            if body is None or cell.get("hMerge") == "1" or cell.get("vMerge") == "1":
                continue
            span = int(cell.get("gridSpan", "1"))
            width = sum(widths[column - 1 : column - 1 + span])
            fill, colour = _looks(style, theme, heading=heading, banded=bool(banded))
            own = cell.find(f"{A}tcPr")
            if own is not None and own.find(f"{A}solidFill") is not None:
                fill = theme.within(own.find(f"{A}solidFill"))
            properties = own if own is not None else etree.SubElement(etree.Element("row"), f"{A}tcPr")
            yield CellPlace(number, column, width), read_body(body, Styles((), theme, colour), properties), fill


def _looks(style: str, theme: Theme, *, heading: bool, banded: bool) -> tuple[Rgb | None, Rgb | None]:
    """Fill and text colour that the table style gives; only the library's default style is known."""
    if style != _MEDIUM_2_ACCENT_1:
        return None, None
    accent, dark, light = theme.named("accent1"), theme.named("dk1"), theme.named("lt1")
    if heading:
        return accent, light
    if accent is None:
        return None, dark
    share = 0.4 if banded else 0.2
    return (
        1 - (1 - accent[0]) * share, 1 - (1 - accent[1]) * share, 1 - (1 - accent[2]) * share
    ), dark
