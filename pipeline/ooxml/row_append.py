"""What shall stand in a new row, and the bytes of that row: values in the column's style, formulas filled down."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from pipeline.ooxml.cells import reference
from pipeline.ooxml.number_formats import NumberFormats
from pipeline.ooxml.row_cells import CellSpan, RowCells, parse_row
from pipeline.ooxml.row_edit import Splice, inline_text, text_in, with_splices
from pipeline.ooxml.sheet_layout import SheetLayout
from pipeline.ooxml.text import clean, same_text, too_long, xml_attribute, xml_text

Shift = Callable[[str, str, str], str]  # formula without =, the cell it stands in, the cell it goes to

_LOOKED_AT = 5      # rows above that say how a column is filled, as many as Excel looks at
_FILLED_DOWN = 3    # so many of them hold a formula where Excel fills it down
_NOT_COPIED = {"r", "spans", "hidden", "collapsed", "outlineLevel"}
_SHARED = rb"""\sf?[^>]*\bsi\s*=\s*["']%s["'][^>]*>[^<]"""


@dataclass(frozen=True, slots=True)
class Content:
    """One value: ``text`` for people, and the ``number`` or local ``moment`` behind it.

    A moment is written as such where the column shows dates, a ``share`` (0.03) where it shows percentages, else
    as its text; a plain number always.
    """

    text: str
    number: float | None = None
    moment: datetime | None = None
    share: bool = False


@dataclass(frozen=True, slots=True)
class RowAppend:
    """A row to be added to a table on a sheet.

    ``row`` is where it goes (1-based) and must be blank there; ``contents`` by 0-based column; the table spans the
    columns ``left`` to ``right`` and its data begin at row ``first``; ``model`` is the last filled row, which lends
    its style and formulas (None in an empty table).
    """

    sheet: str
    row: int
    contents: Mapping[int, Content]
    left: int
    right: int
    first: int
    model: int | None


@dataclass(slots=True)
class NewRow:
    """The row's bytes and where its old bytes stood.

    By 0-based column: ``filled`` formulas filled down, ``kept_formulas`` where a formula stands in place of our value,
    ``unfilled`` where the formula above could not be filled down.
    """

    content: bytes = b""
    old: tuple[int, int] | None = None
    kept_formulas: list[int] = field(default_factory=list)
    unfilled: list[int] = field(default_factory=list)
    filled: dict[int, str] = field(default_factory=dict)


class RowBuilder:
    """Builds one row; ``calculated`` are the formulas of the table's calculated columns, by column."""

    def __init__(
        self, layout: SheetLayout, append: RowAppend, formats: NumberFormats, shared: Callable[[int], str],
        calculated: Mapping[int, str], shift: Shift,
    ) -> None:
        self.layout, self.append, self.formats, self.shared = layout, append, formats, shared
        self.calculated, self.shift = calculated, shift
        self.above = self._rows_above()
        self.model = self.above[0] if self.above else {}

    def build(self) -> NewRow:
        """The new row; raises CellRefused when something stands where it shall go."""
        spans = self.layout.rows_numbered(self.append.row)
        if len(spans) > 1:
            raise self.layout.refused(f"第 {self.append.row} 行", "在文件中出现了两次")
        new = NewRow()
        self._fill_down(new)
        if not spans:
            new.content = self._fresh(new)
            return new
        new.old = spans[0].start, spans[0].end
        row = self.layout.data[slice(*new.old)]
        new.content = self._into(row, new)
        return new

    def _parsed(self, row: bytes, number: int) -> RowCells:
        try:
            return parse_row(row, self.layout.prefix, number)
        except (ValueError, expat.ExpatError) as error:
            raise self.layout.refused(f"第 {number} 行", "单元格的写法无法识别") from error

    def _rows_above(self) -> list[dict[int, CellSpan]]:
        """The cells of the model row and up to four data rows above it, nearest first."""
        model = self.append.model
        if model is None:
            return []
        wanted = range(max(self.append.first, model - _LOOKED_AT + 1), model + 1)
        found = {number: spans[-1] for number in wanted if (spans := self.layout.rows_numbered(number))}
        rows = [self._parsed(self.layout.data[found[number].start : found[number].end], number)
                if number in found else None for number in reversed(wanted)]
        return [{cell.column: cell for cell in row.cells} if row else {} for row in rows]

    def _fill_down(self, new: NewRow) -> None:
        """Formulas as Excel fills them: where most of the rows above hold one."""
        for column in range(self.append.left, self.append.right + 1):
            holding = [row[column] for row in self.above if column in row and row[column].has_formula]
            usual = column in self.model and self.model[column].has_formula and (
                len(holding) >= min(_FILLED_DOWN, len(self.above)))
            if not usual and not (self.append.model is None and column in self.calculated):
                continue
            formula = self._formula(column)
            if formula is not None:
                new.filled[column] = formula
                if column in self.append.contents:
                    new.kept_formulas.append(column)
            elif column not in self.append.contents:
                new.unfilled.append(column)

    def _formula(self, column: int) -> str | None:
        """The formula for the new row, None when it cannot be told safely (array formulas, data tables)."""
        here = reference(self.append.row, column)
        cell = self.model.get(column)
        if cell is None:
            text = self.calculated.get(column, "")
            return text if "[" in text else None  # structured references hold in any row, A1 ones do not
        if cell.formula_attributes.get("t", "normal") not in {"normal", "shared"}:
            return None
        if cell.formula:
            return self.shift(cell.formula, reference(self.append.model or 0, column), here)
        master = self._master(cell.formula_attributes.get("si", ""), column)
        return self.shift(master[0], master[1], here) if master else None

    def _master(self, index: str, column: int) -> tuple[str, str] | None:
        """Text and place of the shared formula with this index."""
        layout = self.layout
        pattern = re.compile(b"<" + layout.prefix + b"f" + _SHARED % re.escape(index.encode()))
        match = pattern.search(layout.data, *layout_bounds(layout))
        if match is None:
            return None
        at = bisect.bisect_right([span.start for span in layout.rows], match.start()) - 1
        span = layout.rows[at]
        for cell in self._parsed(layout.data[span.start : span.end], span.number).cells:
            if cell.formula and cell.formula_attributes.get("si") == index and cell.column == column:
                return cell.formula, reference(span.number, cell.column)
        return None

    def _columns(self, new: NewRow) -> Iterator[int]:
        styled = {column for column, cell in self.model.items() if cell.attributes.get("s")}
        inside = (column for column in styled if self.append.left <= column <= self.append.right)
        yield from sorted({*self.append.contents, *new.filled, *inside})

    def _fresh(self, new: NewRow) -> bytes:
        layout, number = self.layout, self.append.row
        cells = b""
        for column in self._columns(new):
            cells += self._cell(column, self._style(column, None), new)
        opening = b"<" + layout.prefix + b'row r="' + str(number).encode() + b'"'
        for name, value in self._model_attributes().items():
            if name not in _NOT_COPIED:
                opening += b" " + name.encode() + b'="' + xml_attribute(value) + b'"'
        return opening + b">" + cells + b"</" + layout.prefix + b"row>"

    def _model_attributes(self) -> dict[str, str]:
        for span in self.layout.rows_numbered(self.append.model or 0):
            return self._parsed(self.layout.data[span.start : span.end], span.number).attributes
        return {}

    def _into(self, row: bytes, new: NewRow) -> bytes:
        """The row that is there already: blanks filled, whatever stands in it kept."""
        parsed = self._parsed(row, self.append.row)
        if parsed.attributes.get("hidden") in {"1", "true"}:
            raise self.layout.refused(f"第 {self.append.row} 行", "被隐藏或筛选掉")
        held = {cell.column: cell for cell in parsed.cells}
        splices: list[Splice] = []
        columns = []
        for column in self._columns(new):
            cell = held.get(column)
            if cell is not None and self._stays(column, cell, new):
                continue
            content = self._cell(column, self._style(column, cell), new)
            start, end = (cell.start, cell.end) if cell else _gap(parsed, column)
            splices.append((start, end, content))
            columns.append(column)
        if not splices:
            return row
        return with_splices(self.layout.prefix, row, parsed, splices, columns)

    def _stays(self, column: int, cell: CellSpan, new: NewRow) -> bool:
        """Whether the cell keeps what it holds; raises CellRefused when it holds something else than we bring."""
        place = reference(self.append.row, column)
        if cell.has_formula:
            if new.filled.pop(column, None) is None and column in self.append.contents:
                new.kept_formulas.append(column)
            return True
        if {"cm", "vm"} & cell.attributes.keys() or cell.extension != (0, 0):
            raise self.layout.refused(place, "单元格带有动态数组或富数据（如单元格图片）")
        text = text_in(self.layout, place, cell, self.shared)
        wanted = self.append.contents.get(column)
        if not text:
            return wanted is None and column not in new.filled
        new.filled.pop(column, None)
        if wanted is not None and not same_text(text, wanted.text):
            raise self.layout.refused(place, f"单元格已有“{text}”")
        return True

    def _style(self, column: int, cell: CellSpan | None) -> str:
        own = cell.attributes.get("s", "0") if cell else "0"
        lent = self.model[column].attributes.get("s", "0") if column in self.model else "0"
        style = own if own != "0" else lent
        content = self.append.contents.get(column)
        if content and content.moment and self.formats.of(style) == "number":
            lent_by = (row[column].attributes.get("s", "0") for row in self.above if column in row)
            return next((found for found in lent_by if self.formats.of(found) == "date"), style)
        return style

    def _cell(self, column: int, style: str, new: NewRow) -> bytes:
        prefix, place = self.layout.prefix, reference(self.append.row, column)
        opening = b"<" + prefix + b'c r="' + place.encode() + b'"'
        if style != "0":
            opening += b' s="' + xml_attribute(style) + b'"'
        closing = b"</" + prefix + b"c>"
        if column in new.filled:
            formula = b"<" + prefix + b"f>" + xml_text(new.filled[column]) + b"</" + prefix + b"f>"
            return opening + b">" + formula + closing
        content = self.append.contents.get(column)
        if content is None or not clean(content.text):
            return opening + b"/>"
        if too_long(content.text):
            raise self.layout.refused(place, "文字超过 32767 个字符")
        number = self._number(content, style)
        if number is not None:
            value = b"<" + prefix + b"v>" + f"{number:.15g}".encode() + b"</" + prefix + b"v>"
            return opening + b">" + value + closing
        return opening + b' t="inlineStr">' + inline_text(prefix, content.text) + closing

    def _number(self, content: Content, style: str) -> float | None:
        shows = self.formats.of(style)
        if content.moment is not None:
            return self.formats.serial(content.moment) if shows == "date" else None
        if shows in {"text", "date"} or (content.share and shows != "percent"):
            return None
        return content.number


def layout_bounds(layout: SheetLayout) -> tuple[int, int]:
    """Where the rows of a sheet stand in its part."""
    return layout.data_open[1], layout.data_end


def _gap(parsed: RowCells, column: int) -> tuple[int, int]:
    following = next((cell.start for cell in parsed.cells if cell.column > column), None)
    before = [cell.end for cell in parsed.cells if cell.column < column]
    at = following if following is not None else (before[-1] if before else parsed.tag_end)
    return at, at
