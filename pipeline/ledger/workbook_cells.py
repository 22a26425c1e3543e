"""Looks at a worksheet's XML beside calamine: far-out cells to be cut, errors, formulas, digits beyond a float."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from pipeline.ooxml.cells import MAX_COLUMNS as LAST_COLUMN
from pipeline.ooxml.cells import column_letters

MAX_AREA = 12_000_000         # cells of the rectangle that calamine may allocate for one sheet
MAX_ROWS, MAX_COLUMNS = 200_000, 2_000
MAX_GAP_ROWS, MAX_GAP_COLUMNS = 2_000, 60   # cells beyond a gap this wide are strays, when the area is too large
TOO_LARGE = "超出上限。请删除表格以外的单元格后保存"

_P = rb"<(?:[A-Za-z_][\w.\-]*:)?"
_ROW_NUMBER = re.compile(rb"row\s[^>]*?\br=[\"'](\d+)[\"']")
_ERROR = re.compile(_P + rb"c\s([^>]*\bt=[\"']e[\"'][^>]*)>(.*?)</(?:[\w.\-]+:)?c>", re.DOTALL)
_FORMULA = re.compile(_P + rb"c\s([^>]*)>\s*" + _P + rb"f[\s>/]")
_UNCALCULATED = re.compile(
    _P + rb"c\s([^>]*)>\s*" + _P + rb"f(?:\s[^>]*)?(?:/>|>[^<]*</(?:[\w.\-]+:)?f>)\s*"
    rb"(?:" + _P + rb"v(?:\s[^>]*)?(?:/>|></(?:[\w.\-]+:)?v>)\s*)?</(?:[\w.\-]+:)?c>"
)
_BARE_CELL = re.compile(_P + rb"c(?=[\s/>])(?![^>]*\sr=)")
_LONG_NUMBER = re.compile(_P + rb"c\s([^>]*)>\s*" + _P + rb"v>(\d{16,20})</")
_MAY_BE_FORMULA = re.compile(rb"<f[\s>/]")
_CALCULATED_TEXT = re.compile(rb"\bt=[\"']str[\"']")
_DIGITS = re.compile(rb">\d{16}")
_VALUE = re.compile(_P + rb"v(?:\s[^>]*)?>([^<]*)<")
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_TYPE = re.compile(rb"\bt=[\"'](\w+)[\"']")


@dataclass(slots=True)
class SheetPart:
    """One worksheet's XML with what had to be cut from it."""

    xml: bytes
    strays: list[str]
    refused: str = ""


def _column_index(letters: bytes | str) -> int:
    """0-based column; beyond Excel's last one as well, since such cells are strays to be cut."""
    text = letters.decode() if isinstance(letters, bytes) else letters
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _address(attributes: bytes) -> tuple[int, int] | None:
    found = _REFERENCE.search(attributes)
    return (int(found[2]) - 1, _column_index(found[1])) if found else None


def _fits(xml: bytes) -> bool:
    """Whether the rectangle that the references span, styled blanks included, is small enough for calamine.

    A search for one cell too far to the right costs a third of listing the columns of all cells.
    """
    rows = max((int(number) for number in _ROW_NUMBER.findall(xml)), default=0)
    rows = max(rows, xml.count(b"<row"))
    if rows > MAX_ROWS:
        return False
    columns = min(MAX_COLUMNS, MAX_AREA // max(rows, 1))
    return not _beyond(columns).search(xml)


def _beyond(columns: int) -> re.Pattern[bytes]:
    """Matches the reference of a cell right of so many columns."""
    last = column_letters(columns - 1).encode()
    longer = rb"[A-Z]{%d,3}" % (len(last) + 1) if len(last) < 3 else rb"[A-Z]{4}"
    behind = [last[:place] + b"[%c-Z]" % (letter + 1) + b"[A-Z]" * (len(last) - place - 1)
              for place, letter in enumerate(last) if letter < ord("Z")]
    return re.compile(rb"r=[\"'](?:" + b"|".join([longer, *behind]) + rb")\d")


@dataclass(slots=True)
class Marks:
    """What calamine does not tell of a sheet: error cells with their word, formulas, those of them without a result,
    and numbers with more digits than a float holds; 0-based rows and columns first.
    """

    errors: list[list[Any]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    uncalculated: list[tuple[int, int]] = field(default_factory=list)
    long_numbers: list[tuple[int, int, str]] = field(default_factory=list)


class _Cells:
    """Every cell by a full parse: for a suspicious extent, and for sheets whose cells state no reference.

    ``filled`` gives row, column, first byte and byte after of each cell that holds a value; the rest is what
    calamine does not tell.
    """

    def __init__(self, xml: bytes) -> None:
        self.filled: list[tuple[int, int, int, int]] = []
        self.errors: list[list[Any]] = []
        self.formulas: list[tuple[int, int]] = []
        self.uncalculated: list[tuple[int, int]] = []
        self.long_numbers: list[tuple[int, int, str]] = []
        self._xml = xml
        self._row = self._column = -1
        self._start = 0
        self._kind, self._value, self._inside = "n", "", ""
        self._holds: set[str] = set()
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._open, self._close
        parser.CharacterDataHandler = self._text
        parser.Parse(xml, True)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._inside = name.rpartition(":")[2]
        if self._inside == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif self._inside == "c":
            stated = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", attributes.get("r", ""))
            self._row = int(stated[2]) - 1 if stated else self._row
            self._column = _column_index(stated[1]) if stated else self._column + 1
            self._start = self._parser.CurrentByteIndex
            self._kind, self._value, self._holds = attributes.get("t", "n"), "", set()
        else:
            self._holds.add(self._inside)

    def _text(self, text: str) -> None:
        if self._inside == "v":
            self._value += text

    def _close(self, name: str) -> None:
        self._inside = ""
        if name.rpartition(":")[2] != "c":
            return
        place = (self._row, self._column)
        if self._holds & {"v", "is"}:
            end = self._xml.index(b">", self._parser.CurrentByteIndex) + 1
            self.filled.append((*place, self._start, end))
        if self._kind == "e":
            self.errors.append([*place, self._value or "#"])
        elif self._kind == "n" and re.fullmatch(r"\d{16,20}", self._value):
            self.long_numbers.append((*place, self._value))
        if "f" in self._holds:
            self.formulas.append(place)
            if not self._value and self._kind != "str":
                self.uncalculated.append(place)


def _bound(used: set[int], gap: int, limit: int) -> int:
    """The last index before the first gap wider than ``gap`` (or the limit)."""
    last = -1
    for index in sorted(used):
        if index >= limit or (last >= 0 and index - last > gap):
            break
        last = index
    return last


def _reference(row: int, column: int) -> str:
    return f"{column_letters(min(column, LAST_COLUMN - 1))}{row + 1}"


def cut_strays(xml: bytes) -> SheetPart:
    """The sheet without cells so far out that reading it would exhaust the memory; raises ExpatError."""
    if _fits(xml):
        return SheetPart(xml, [])
    cells = _Cells(xml).filled
    last_row = max((cell[0] for cell in cells), default=-1)
    last_column = max((cell[1] for cell in cells), default=-1)
    if (last_row + 1) * (last_column + 1) <= MAX_AREA:
        return SheetPart(xml, [])
    row_bound = _bound({cell[0] for cell in cells}, MAX_GAP_ROWS, MAX_ROWS)
    column_bound = _bound({cell[1] for cell in cells}, MAX_GAP_COLUMNS, MAX_COLUMNS)
    strays = [cell for cell in cells if cell[0] > row_bound or cell[1] > column_bound]
    if (row_bound + 1) * (column_bound + 1) > MAX_AREA:
        return SheetPart(b"", [], f"占用区域 {row_bound + 1} 行 × {column_bound + 1} 列，{TOO_LARGE}")
    pieces, position = [], 0
    for _, _, first, after in sorted(strays, key=lambda cell: cell[2]):
        pieces.append(xml[position:first])
        position = after
    pieces.append(xml[position:])
    return SheetPart(b"".join(pieces), [_reference(row, column) for row, column, _, _ in strays])


def _errors(xml: bytes) -> Iterator[list[Any]]:
    for attributes, inner in _ERROR.findall(xml):
        place, shown = _address(attributes), _VALUE.search(inner)
        if place:
            yield [*place, shown[1].decode("utf-8", "replace") if shown else "#"]


def _long_numbers(xml: bytes) -> Iterator[tuple[int, int, str]]:
    for attributes, digits in _LONG_NUMBER.findall(xml):
        place, kind = _address(attributes), _TYPE.search(attributes)
        if place and (kind is None or kind[1] == b"n"):
            yield (*place, digits.decode())


def _states_references(xml: bytes) -> bool:
    """Whether every cell says where it stands; counting tells it for cells as Excel writes them, reading for others."""
    plain = xml.count(b'<c r="')
    if plain and plain == xml.count(b"<c ") and b"<c>" not in xml and b"<c/>" not in xml and b":c" not in xml:
        return True
    return not _BARE_CELL.search(xml)


def marks_of(xml: bytes) -> Marks:
    """Error cells, formula cells and digits that a float cannot hold.

    Most sheets have none of these, which a plain look for the letters tells far sooner than the patterns do.
    """
    if not _states_references(xml):
        found = _Cells(xml)
        return Marks(found.errors, found.formulas, found.uncalculated, found.long_numbers)
    marks = Marks()
    if b't="e"' in xml or b"t='e'" in xml:
        marks.errors += _errors(xml)
    if _MAY_BE_FORMULA.search(xml) or b":f" in xml:
        marks.formulas += [place for attributes in _FORMULA.findall(xml) if (place := _address(attributes))]
        marks.uncalculated += [place for attributes in _UNCALCULATED.findall(xml)
                               if not _CALCULATED_TEXT.search(attributes) and (place := _address(attributes))]
    if _DIGITS.search(xml):
        marks.long_numbers += _long_numbers(xml)
    return marks
