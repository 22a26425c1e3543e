"""Where things stand in the bytes of a worksheet part: rows, the elements around them, namespaces."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from pipeline.ooxml.cells import CellRange
from schemas.errors import CellRefused, LedgerDamaged

MAIN_TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MAIN_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"

_REST_OF_TAG = rb"""(?:"[^"]*"|'[^']*'|[^>"'])*>"""
TAG = re.compile(rb"<[^\s/>]+" + _REST_OF_TAG)
_BETWEEN = re.compile(rb"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_SHEET_DATA = re.compile(rb"<(?:([\w.-]+):)?sheetData(?=[\s/>])" + _REST_OF_TAG)
_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
#: The attribute r of an opening tag, and not what looks like it inside another attribute's value.
_ROW_NUMBER = re.compile(rb"""<[^\s/>]+(?:\s+(?!r\s*=)[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s+r\s*=\s*["']([^"']*)["']""")
_SLASH = ord("/")
_UTF8_NAMES = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}


class RowSpan(NamedTuple):  # made a hundred thousand times: a dataclass costs three times as much
    """One row: its 1-based number and the bounds of its bytes in the part."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Element:
    """An element beside the rows: local name, raw attributes, bounds in the part (a child of the root)."""

    name: str
    attributes: dict[str, str]
    start: int
    end: int


@dataclass(slots=True)
class SheetLayout:
    """A worksheet part taken apart without changing a byte; ``locate`` makes it.

    ``data_open`` bounds the opening tag of sheetData; ``data_end`` is where its closing tag begins (for an empty
    ``<sheetData/>`` the end of that tag). ``items`` are the children of the elements beside the rows.
    """

    path: Path
    sheet: str
    data: bytes
    prefix: bytes = b""
    strict: bool = False
    namespaces: dict[str, str] = field(default_factory=dict)
    data_open: tuple[int, int] = (0, 0)
    data_end: int = 0
    data_is_empty_tag: bool = False
    rows: list[RowSpan] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    items: list[Element] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list)
    _ascending: bool = True

    def refused(self, place: str, reason: str) -> CellRefused:
        """The refusal to raise, with file and sheet named."""
        return CellRefused(self.path, f"{self.sheet}!{place}" if place else self.sheet, reason)

    def element(self, name: str) -> Element | None:
        """The first element beside the rows with that local name."""
        return next((item for item in self.elements if item.name == name), None)

    def rows_numbered(self, number: int) -> list[RowSpan]:
        """The rows with that number, in the order of the file: none, one, or more where somebody made a mess."""
        if len(self._numbers) != len(self.rows):
            self._numbers = [row.number for row in self.rows]
            self._ascending = self._numbers == sorted(self._numbers)
        if self._ascending:
            first = bisect_left(self._numbers, number)
            return self.rows[first : bisect_right(self._numbers, number, first)]
        return [row for row in self.rows if row.number == number]

    def ranges(self, item_name: str) -> Iterator[CellRange]:
        """The ranges that items such as mergeCell cover."""
        for item in self.items:
            if item.name == item_name:
                yield CellRange.parse(item.attributes.get("ref", ""))

    def spilling(self) -> Iterator[CellRange]:
        """Ranges of array formulas and data tables, whose inner cells carry no formula of their own."""
        if self.data.find(b"f", self.data_open[1], self.data_end) < 0:
            return  # no formula can be without that letter, and one letter is found ten times as fast as an element
        formula = re.compile(rb"<" + self.prefix + rb"f\s" + _REST_OF_TAG)
        for match in formula.finditer(self.data, self.data_open[1], self.data_end):
            reference = re.search(rb"""\sref\s*=\s*["']([^"']+)["']""", match[0])
            if reference and re.search(rb"""\st\s*=\s*["'](?:array|dataTable)["']""", match[0]):
                yield CellRange.parse(reference[1].decode("ascii", "replace"))


def locate(path: Path, sheet: str, data: bytes) -> SheetLayout:
    """Take a worksheet part apart; raises CellRefused for structures not understood, LedgerDamaged for broken XML."""
    layout = SheetLayout(path, sheet, data)
    declared = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (declared and declared[1].lower() not in _UTF8_NAMES):
        raise layout.refused("", "工作表部件不是 UTF-8 编码")
    try:
        _find_sheet_data(layout)
        _scan_rows(layout)
        _Surroundings(layout).parse()
    except expat.ExpatError as error:
        raise LedgerDamaged(path, f"工作表 {sheet} 的 XML 不完整") from error
    return layout


def _find_sheet_data(layout: SheetLayout) -> None:
    for match in _SHEET_DATA.finditer(layout.data):
        if _is_child_of_root(layout.data[: match.end()], match.start()):
            layout.prefix = match[1] + b":" if match[1] else b""
            layout.data_open = match.span()
            layout.data_is_empty_tag = match[0].endswith(b"/>")
            layout.data_end = match.end()
            return
    raise layout.refused("", "不是普通工作表（找不到 sheetData）")


def _is_child_of_root(head: bytes, start: int) -> bool:
    depth = 0
    seen: tuple[int, int] = (-1, -1)
    parser = expat.ParserCreate()

    def opened(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, seen
        seen = (parser.CurrentByteIndex, depth)
        depth += 1

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.Parse(head, False)
    return seen == (start, 1)


def _scan_rows(layout: SheetLayout) -> None:
    if layout.data_is_empty_tag:
        return
    data, prefix, at = layout.data, re.escape(layout.prefix), layout.data_open[1]
    opening = re.compile(rb"<" + prefix + rb"row(?=[\s/>])" + _REST_OF_TAG)
    # A row's end and the opening of the next one, as nearly every program writes them, looked for by the w: a letter
    # that is rare in markup is found several times as fast as a bracket.
    following = re.compile(
        rb"w(?<=</" + prefix + rb"row)\s*>(?:\s*<" + prefix + rb"row r=\"(\d+)\"[^<>\"]*(?:\"[^<>\"]*\"[^<>\"]*)*>)?"
    )
    skipping = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|(</" + prefix + rb"row\s*>)", re.DOTALL)
    # One byte is looked for first: a pair that begins with < costs 10 times as much in markup.
    plain = not any(data.find(pair[1:], at) >= 0 and data.find(pair, at) >= 0 for pair in (b"<!", b"<?"))
    finish = re.compile(rb"</" + prefix + rb"sheetData\s*>")
    number = 0
    while True:
        at = _end_of(_BETWEEN.match(data, at), at)
        row = opening.match(data, at)
        if row is None:
            break
        stated = _ROW_NUMBER.match(row[0])
        if stated and not stated[1].isdigit():
            raise layout.refused(f"第 {number} 行之后", "行号无法识别")
        number = int(stated[1]) if stated else number + 1
        if row[0].endswith(b"/>"):
            layout.rows.append(RowSpan(number, at, row.end()))
            at = row.end()
        elif plain:
            number, at = _run_of_rows(layout, following, number, at, row.end())
        else:
            close = _next_close(skipping, data, row.end())
            layout.rows.append(RowSpan(number, at, close))
            at = close
        if at < 0:
            raise LedgerDamaged(layout.path, f"工作表 {layout.sheet} 的 XML 不完整")
    if finish.match(data, at) is None:
        raise layout.refused("", "行的结构无法识别")
    layout.data_end = at


def _end_of(match: re.Match[bytes] | None, otherwise: int) -> int:
    return match.end() if match else otherwise


def _run_of_rows(
    layout: SheetLayout, following: re.Pattern[bytes], number: int, start: int, opened: int
) -> tuple[int, int]:
    """Add the row that starts at ``start``, and all that follow it in the usual spelling.

    Gives the number of the last one and where it ends, -1 when it does not.
    """
    data, add, to_number = layout.data, layout.rows.append, len(layout.prefix) + len(b'<row r="')
    make = tuple.__new__  # RowSpan(...) itself takes twice as long, a hundred thousand times
    for match in following.finditer(data, opened):
        end = data.index(b">", match.start()) + 1
        add(make(RowSpan, (number, start, end)))
        if match[1] is None or data[match.end() - 2] == _SLASH:
            return number, end
        number, start = int(match[1]), match.start(1) - to_number
    return number, -1


def _next_close(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    return next((match.end() for match in pattern.finditer(data, at) if match[1]), -1)


class _Surroundings:
    """Reads the part without its rows: what stays is small, well-formed, and shows the elements beside the rows."""

    def __init__(self, layout: SheetLayout) -> None:
        self.layout = layout
        self.cut = layout.data_open[1]
        self.gap = layout.data_end - self.cut
        self.skeleton = layout.data[: self.cut] + layout.data[layout.data_end :]
        self.depth = 0
        self.open: tuple[str, dict[str, str], int] = ("", {}, 0)
        self.parser = expat.ParserCreate()

    def parse(self) -> None:
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.Parse(self.skeleton, True)

    def _doctype(self, *_: object) -> None:
        raise self.layout.refused("", "含有 DTD 声明")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        at = self.parser.CurrentByteIndex
        if self.depth == 0:
            self._root(name, attributes)
        elif self.depth == 1:
            self.open = (name, attributes, at)
        elif self.depth == 2:
            end = _end_of(TAG.match(self.skeleton, at), at)
            self.layout.items.append(Element(_local(name), attributes, self._moved(at), self._moved(end)))
        self.depth += 1

    def _end(self, _name: str) -> None:
        self.depth -= 1
        if self.depth == 1:
            name, attributes, start = self.open
            end = _end_of(TAG.match(self.skeleton, start), start)
            if self.skeleton[end - 2 : end] != b"/>":
                end = self.skeleton.index(b">", self.parser.CurrentByteIndex) + 1
            self.layout.elements.append(Element(_local(name), attributes, self._moved(start), self._moved(end)))

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        layout = self.layout
        for key, value in attributes.items():
            if key == "xmlns" or key.startswith("xmlns:"):
                layout.namespaces[key[6:]] = value
        prefix = name.rpartition(":")[0]
        main = layout.namespaces.get(prefix)
        if _local(name) != "worksheet" or main not in (MAIN_TRANSITIONAL, MAIN_STRICT):
            raise layout.refused("", "不是普通工作表")
        if prefix.encode() != layout.prefix.rstrip(b":"):
            raise layout.refused("", "命名空间前缀的写法无法识别")
        layout.strict = main == MAIN_STRICT

    def _moved(self, offset: int) -> int:
        return offset + self.gap if offset >= self.cut else offset


def _local(name: str) -> str:
    return name.rpartition(":")[2]
