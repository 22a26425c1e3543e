"""New bytes for one row: addressed cells rewritten or inserted, everything else copied."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.parsers import expat

from pipeline.ooxml.cell_write import CellWrite
from pipeline.ooxml.package import Pieces
from pipeline.ooxml.plain_row import addressed_cells
from pipeline.ooxml.row_cells import CellSpan, RowCells
from pipeline.ooxml.sheet_layout import TAG, SheetLayout
from pipeline.ooxml.text import clean, same_text, too_long, xml_text

Splice = tuple[int, int, bytes]

_TYPE = re.compile(rb"""\st\s*=\s*(?:"[^"]*"|'[^']*')""")
_SPANS = re.compile(rb"""(\sspans\s*=\s*["'])(\d+):(\d+)(["'])""")


def pieces_of(data: bytes, splices: Sequence[Splice]) -> Pieces:
    """``data`` with each (start, end) replaced, not yet joined; splices at one place keep their order."""
    view = memoryview(data)
    pieces: list[bytes | memoryview] = []
    at = 0
    for start, end, content in sorted(splices, key=lambda splice: splice[:2]):
        pieces += (view[at:start], content)
        at = end
    return (*pieces, view[at:])


def spliced(data: bytes, splices: Sequence[Splice]) -> bytes:
    """The same, joined."""
    return b"".join(pieces_of(data, splices))


def edited_row(
    layout: SheetLayout, row: bytes, number: int, writes: Sequence[CellWrite], shared: Callable[[int], str]
) -> bytes:
    """The row with its writes carried out; unchanged bytes when every cell holds its text already.

    Raises CellRefused for cells that must not be written or hold something unexpected.
    """
    columns = [write.column for write in writes]
    try:
        parsed = addressed_cells(row, layout.prefix, number, columns)
    except ValueError as error:
        raise layout.refused(f"第 {number} 行", "单元格坐标互相矛盾") from error
    except expat.ExpatError as error:
        raise layout.refused(f"第 {number} 行", "不是合格的 XML") from error
    splices: list[Splice] = []
    for write in writes:
        cell = next((cell for cell in parsed.cells if cell.column == write.column), None)
        held = text_in(layout, write.reference, cell, shared)
        _check(layout, write, cell, held)
        if held == clean(write.text):
            continue
        if cell:
            splices.append((cell.start, cell.end, _rewritten(layout.prefix, row, cell, write)))
        else:
            splices.append(_inserted(layout.prefix, parsed, write))
    return with_splices(layout.prefix, row, parsed, splices, columns) if splices else row


def text_in(layout: SheetLayout, place: str, cell: CellSpan | None, shared: Callable[[int], str]) -> str:
    """What the cell shows, "" for none; raises CellRefused where its shared string cannot be told, LedgerDamaged."""
    try:
        return cell.text(shared) if cell else ""
    except ValueError as error:
        raise layout.refused(place, "共享字符串的序号无法识别") from error


def new_row(layout: SheetLayout, number: int, writes: Sequence[CellWrite]) -> bytes:
    """A row that was not there; empty bytes when nothing is to stand in it."""
    cells = b""
    for write in writes:
        _check(layout, write, None, "")
        if clean(write.text):
            cells += _new_cell(layout.prefix, write)
    if not cells:
        return b""
    name = layout.prefix + b"row"
    return b"<" + name + b' r="' + str(number).encode() + b'">' + cells + b"</" + name + b">"


def _check(layout: SheetLayout, write: CellWrite, cell: CellSpan | None, held: str) -> None:
    place = write.reference
    if too_long(write.text):
        raise layout.refused(place, "文字超过 32767 个字符")
    if cell and cell.has_formula:
        raise layout.refused(place, "单元格是公式")
    if cell and ("cm" in cell.attributes or "vm" in cell.attributes):
        raise layout.refused(place, "单元格带有动态数组或富数据（如单元格图片）")
    if write.expected is not None and not same_text(held, write.expected):
        raise layout.refused(place, f"单元格现为“{held}”，与读取时的“{write.expected}”不同")


def inline_text(prefix: bytes, text: str) -> bytes:
    """The content of a cell of type inlineStr."""
    content = b"<" + prefix + b'is><' + prefix + b't xml:space="preserve">' + xml_text(text)
    return content + b"</" + prefix + b"t></" + prefix + b"is>"


def _new_cell(prefix: bytes, write: CellWrite) -> bytes:
    name = prefix + b"c"
    opening = b"<" + name + b' r="' + write.reference.encode() + b'" t="inlineStr">'
    return opening + inline_text(prefix, write.text) + b"</" + name + b">"


def _rewritten(prefix: bytes, row: bytes, cell: CellSpan, write: CellWrite) -> bytes:
    match = TAG.match(row, cell.start)
    if match is None:
        raise ValueError("a cell without a tag")
    opening = _TYPE.sub(b"", match[0].removesuffix(b"/>").removesuffix(b">").rstrip())  # r=, s= and the rest stay
    extension = row[cell.extension[0] : cell.extension[1]]
    content = inline_text(prefix, write.text) if clean(write.text) else b""
    if content:
        opening += b' t="inlineStr"'
    if not content and not extension:
        return opening + b"/>"
    return opening + b">" + content + extension + b"</" + prefix + b"c>"


def _inserted(prefix: bytes, parsed: RowCells, write: CellWrite) -> Splice:
    following = next((cell.start for cell in parsed.cells if cell.column > write.column), None)
    before = [cell.end for cell in parsed.cells if cell.column < write.column]
    at = following if following is not None else (before[-1] if before else parsed.tag_end)
    return at, at, _new_cell(prefix, write)


def with_splices(
    prefix: bytes, row: bytes, parsed: RowCells, splices: Sequence[Splice], columns: Sequence[int]
) -> bytes:
    """The row with splices made in its cells; its ``spans`` grows over the 0-based ``columns``."""
    opening, rest = row[: parsed.tag_end], row[parsed.tag_end :]
    moved = [(start - parsed.tag_end, end - parsed.tag_end, content) for start, end, content in splices]
    if opening.endswith(b"/>"):
        opening, rest = opening[:-2].rstrip() + b">", b"</" + prefix + b"row>"
    numbers = [column + 1 for column in columns]

    def grown(match: re.Match[bytes]) -> bytes:
        first, last = min(int(match[2]), *numbers), max(int(match[3]), *numbers)
        return match[1] + f"{first}:{last}".encode() + match[4]

    return _SPANS.sub(grown, opening, count=1) + spliced(rest, moved)
