"""The cells of one row: where they stand in its bytes and what they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from pipeline.ooxml.cells import split_reference
from pipeline.ooxml.sheet_layout import TAG
from pipeline.ooxml.text import plain_text


@dataclass(slots=True)
class CellSpan:
    """One cell: 0-based column, raw attributes, bounds in the row's bytes, and what it holds.

    ``formula`` is its text without the equals sign ("" for the followers of a shared formula), ``formula_attributes``
    what stands on the element: t, si, ref.
    """

    column: int
    attributes: dict[str, str]
    start: int
    end: int = 0
    has_formula: bool = False
    formula: str = ""
    formula_attributes: dict[str, str] = field(default_factory=dict)
    value: str = ""
    inline: str = ""
    extension: tuple[int, int] = (0, 0)

    def text(self, shared: Callable[[int], str]) -> str:
        """What the cell shows as text; ``shared`` looks up a shared string. Numbers stay as Excel wrote them."""
        match self.attributes.get("t", "n"):
            case "s":
                return shared(int(self.value)) if self.value.strip() else ""
            case "inlineStr":
                return plain_text(self.inline)
            case "b":
                return {"1": "TRUE", "0": "FALSE"}.get(self.value.strip(), self.value)
            case "str":
                return plain_text(self.value)
            case _:
                return self.value.strip()


@dataclass(slots=True)
class RowCells:
    """A row's cells in order; ``tag_end`` is where its opening tag ends, ``body_end`` where its closing tag begins."""

    tag_end: int
    body_end: int
    attributes: dict[str, str] = field(default_factory=dict)
    cells: list[CellSpan] = field(default_factory=list)


def parse_row(row: bytes, prefix: bytes, number: int) -> RowCells:
    """Cells of the row with 1-based ``number``.

    Raises ExpatError, and ValueError for references that contradict or cells under another prefix than the sheet's.
    """
    return _RowParser(row, prefix.decode(), number).parse()


class _RowParser:
    def __init__(self, row: bytes, prefix: str, number: int) -> None:
        self.row, self.prefix, self.number = row, prefix, number
        self.stack: list[str] = []
        self.parser = expat.ParserCreate("utf-8")
        tag_end = self._tag_end(0)
        self.result = RowCells(tag_end, tag_end)
        self.last_column = -1

    def parse(self) -> RowCells:
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.Parse(self.row, True)
        return self.result

    def _tag_end(self, start: int) -> int:
        match = TAG.match(self.row, start)
        if match is None:
            raise ValueError(f"row {self.number}: no tag where one was announced")
        return match.end()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        at = self.parser.CurrentByteIndex
        local = name.removeprefix(self.prefix) if name.startswith(self.prefix) else name
        if not self.stack:
            self.result.attributes = attributes
            if attributes.get("r", str(self.number)).strip().lstrip("0") != str(self.number):
                raise ValueError(f"row {self.number} says it is {attributes['r']}")
        elif len(self.stack) == 1:
            if local != "c" or not name.startswith(self.prefix):
                if name.rpartition(":")[2] == "c":
                    raise ValueError(f"{name} in row {self.number} may be a cell under another prefix")
                local = "?"  # an extension's element: copied, never touched
            else:
                self.result.cells.append(CellSpan(self._column(attributes), attributes, at))
        elif self.stack[1] == "c" and len(self.stack) == 2:
            if local == "f":
                self.result.cells[-1].has_formula = True
                self.result.cells[-1].formula_attributes = attributes
            elif local == "extLst":
                self.result.cells[-1].extension = (at, 0)
        self.stack.append(local)

    def _column(self, attributes: dict[str, str]) -> int:
        column = self.last_column + 1
        if "r" in attributes:
            row, column = split_reference(attributes["r"])
            if row != self.number or column <= self.last_column:
                raise ValueError(f"{attributes['r']} stands in row {self.number} out of order")
        self.last_column = column
        return column

    def _end(self, _name: str) -> None:
        path = self.stack[1:]
        self.stack.pop()
        if not self.stack:
            self.result.body_end = self._closing_or(self.result.tag_end)
        elif path == ["c"]:
            cell = self.result.cells[-1]
            cell.end = self._element_end(cell.start)
        elif path == ["c", "extLst"]:
            cell = self.result.cells[-1]
            cell.extension = (cell.extension[0], self._element_end(cell.extension[0]))

    def _element_end(self, start: int) -> int:
        end = self._tag_end(start)
        if self.row[end - 2 : end] == b"/>":
            return end
        return self.row.index(b">", self.parser.CurrentByteIndex) + 1

    def _closing_or(self, tag_end: int) -> int:
        return tag_end if self.row[tag_end - 2 : tag_end] == b"/>" else self.parser.CurrentByteIndex

    def _characters(self, text: str) -> None:
        path = self.stack[1:]
        if path == ["c", "v"]:
            self.result.cells[-1].value += text
        elif path == ["c", "f"]:
            self.result.cells[-1].formula += text
        elif path[:2] == ["c", "is"] and path[-1] == "t" and "rPh" not in path:
            self.result.cells[-1].inline += text
