"""Proves after a patch that nothing changed but the addressed cells, by reading both files again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from xml.parsers import expat

from pipeline.ooxml.cell_write import CellWrite, by_sheet
from pipeline.ooxml.cells import CellRange
from pipeline.ooxml.package import Member, Package
from pipeline.ooxml.relations import Relation, link_target, relations_of, relations_part, sheets_of
from pipeline.ooxml.row_cells import CellSpan, parse_row
from pipeline.ooxml.shared_strings import lookup
from pipeline.ooxml.sheet_layout import Element, SheetLayout, locate
from pipeline.ooxml.text import clean
from schemas.errors import CellRefused, KesuError

_CHUNK = 1 << 20
_MAY_DIFFER = {"dimension", "sheetData", "hyperlinks"}  # compared by meaning, all others byte by byte


def verify_patch(source: Path, target: Path, writes: Sequence[CellWrite]) -> None:
    """Compare ``target`` with ``source``: members, order, every row, every element, and the addressed cells.

    Raises CellRefused when anything differs that the writes do not ask for, or a cell does not hold its text.
    """
    compare_packages(Package(source), target, writes, {})


def compare_packages(
    before: Package, target: Path, writes: Sequence[CellWrite], layouts: Mapping[str, SheetLayout]
) -> None:
    """The same with the source in memory; ``layouts`` holds its sheets (by name) as far as they are known."""
    try:
        after = Package(target)
        parts = {address.name: address.part for address in sheets_of(before)}
        sheets = by_sheet(writes)
        compare_members(before, after, _may_change(parts, sheets))
        for name, sheet_writes in sheets.items():
            _SheetCheck(before, after, name, parts[name], layouts.get(name)).compare(sheet_writes)
    except CellRefused:
        raise
    except (KesuError, expat.ExpatError, ValueError, KeyError) as error:
        raise CellRefused(before.path, "工作簿", "写入后的文件不能再次读取") from error


def _may_change(parts: dict[str, str], sheets: dict[str, list[CellWrite]]) -> set[str]:
    allowed = set()
    for name, writes in sheets.items():
        allowed.add(parts[name].casefold())
        if any(write.link is not None for write in writes):
            allowed.add(relations_part(parts[name]).casefold())
    return allowed


def compare_members(before: Package, after: Package, allowed: set[str]) -> None:
    """All members but the ``allowed`` ones (folded names) byte by byte, and their order; raises CellRefused."""
    old, new = [member.name for member in before.members], [member.name for member in after.members]
    added = new[len(old) :]
    if new[: len(old)] != old or any(name.casefold() not in allowed for name in added):
        raise CellRefused(before.path, "工作簿", "写入后部件的种类或顺序有变")
    for first, second in zip(before.members, after.members, strict=False):
        if first.name.casefold() in allowed:
            same = _identity(first) == _identity(second)
        else:
            same = first.record(0) == second.record(0) and before.raw(first) == after.raw(second)
        if not same:
            raise CellRefused(before.path, "工作簿", f"写入后部件 {first.name} 有变")


def _identity(member: Member) -> Member:
    return replace(member, crc=0, packed=0, size=0, offset=0, end=0, flags=member.flags & ~8, extra=b"")


class _SheetCheck:
    def __init__(self, before: Package, after: Package, name: str, part: str, known: SheetLayout | None) -> None:
        self.path, self.name = before.path, name
        self.old, self.new = known or self._layout(before, part), self._layout(after, part)
        self.shared: Callable[[int], str] = lookup(before)
        self.old_relations, self.new_relations = relations_of(before, part), relations_of(after, part)

    def compare(self, writes: Sequence[CellWrite]) -> None:
        expat.ParserCreate(namespace_separator=" ").Parse(self.new.data, True)
        self._compare_surroundings(writes)
        self._compare_links(writes)
        addressed: dict[int, dict[int, CellWrite]] = {}
        for write in writes:
            addressed.setdefault(write.row, {})[write.column] = write
        if not same_other_rows(self.old, self.new, addressed.keys()):
            raise self._failed("其他行有变")
        old_rows, new_rows = rows_of(self.old, addressed.keys()), rows_of(self.new, addressed.keys())
        for number, row_writes in addressed.items():
            self._compare_row(number, old_rows.get(number), new_rows.get(number), row_writes)
        order = [row.number for row in self.old.rows], [row.number for row in self.new.rows]
        if order[0] == sorted(order[0]) and order[1] != sorted(order[1]):
            raise self._failed("行的顺序有变")

    def _layout(self, package: Package, part: str) -> SheetLayout:
        member = package.find(part)
        if member is None:
            raise self._failed("工作表部件丢失")
        return locate(self.path, self.name, package.read(member))

    def _failed(self, what: str) -> CellRefused:
        return CellRefused(self.path, self.name, f"写入后核对不符：{what}")

    def _compare_row(self, number: int, old: bytes | None, new: bytes | None, writes: dict[int, CellWrite]) -> None:
        before = parse_row(old, self.old.prefix, number) if old is not None else None
        after = parse_row(new, self.new.prefix, number) if new is not None else None
        if before and (after is None or _without(before.attributes, "spans") != _without(after.attributes, "spans")):
            raise self._failed(f"第 {number} 行的属性有变")
        old_cells = {cell.column: cell for cell in before.cells} if before else {}
        new_cells = {cell.column: cell for cell in after.cells} if after else {}
        for column in old_cells.keys() | new_cells.keys() | writes.keys():
            first, second = old_cells.get(column), new_cells.get(column)
            write = writes.get(column)
            if write is None:
                if _bytes_of(first, old) != _bytes_of(second, new):
                    raise self._failed(f"第 {number} 行第 {column + 1} 列有变")
            else:
                self._compare_cell(write, first, second)

    def _compare_cell(self, write: CellWrite, old: CellSpan | None, new: CellSpan | None) -> None:
        if (new.text(self.shared) if new else "") != clean(write.text) or (new and new.has_formula):
            raise self._failed(f"{write.reference} 没有写入")
        if old and new and _without(old.attributes, "t") != _without(new.attributes, "t"):
            raise self._failed(f"{write.reference} 的格式有变")

    def _compare_surroundings(self, writes: Sequence[CellWrite]) -> None:
        def unchanged(layout: SheetLayout) -> list[bytes]:
            head = layout.data[: layout.elements[0].start]
            kept = [layout.data[item.start : item.end] for item in layout.elements if item.name not in _MAY_DIFFER]
            return [head, *kept]

        if unchanged(self.old) != unchanged(self.new):
            raise self._failed("表格以外的设置有变")
        if not dimension_holds(self.old, self.new, [(item.row, item.column) for item in writes if clean(item.text)]):
            raise self._failed("使用范围有误")

    def _compare_links(self, writes: Sequence[CellWrite]) -> None:
        wanted = {write.reference: link_target(write.link) for write in writes if write.link is not None}
        if self.new_relations[: len(self.old_relations)] != self.old_relations:
            raise self._failed("原有关系有变")

        def others(layout: SheetLayout) -> list[bytes]:
            links = (item for item in layout.items if item.name == "hyperlink")
            return [layout.data[item.start : item.end] for item in links if item.attributes.get("ref") not in wanted]

        if others(self.old) != others(self.new):
            raise self._failed("其他单元格的链接有变")
        targets = {relation.id: relation for relation in self.new_relations}
        links = [item for item in self.new.items if item.name == "hyperlink"]
        held = {item.attributes.get("ref"): _target(item, targets) for item in links}
        for cell, target in wanted.items():
            if held.get(cell) != target:
                raise self._failed(f"{cell} 的链接没有写入")


def dimension_holds(old: SheetLayout, new: SheetLayout, filled: Sequence[tuple[int, int]]) -> bool:
    """Whether the stated dimension still holds what it held, and the filled cells (row, column).

    One that is no range of cells (A:J) is not looked at by readers; it has to be as it was.
    """
    first, second = old.element("dimension"), new.element("dimension")
    if first is None or second is None:
        return first is second
    before, after = _area(first), _area(second)
    if before is None or after is None:
        return old.data[first.start : first.end] == new.data[second.start : second.end]
    corners = [(before.top, before.left), (before.bottom, before.right), *filled]
    return all(after.holds(row, column) for row, column in corners)


def _area(dimension: Element) -> CellRange | None:
    try:
        return CellRange.parse(dimension.attributes.get("ref", ""))
    except ValueError:
        return None


def same_other_rows(old: SheetLayout, new: SheetLayout, addressed: Collection[int]) -> bool:
    """Whether all rows but the addressed ones have the same numbers and bytes, and so has what stands between them."""
    before, after = ([row.number for row in layout.rows if row.number not in addressed] for layout in (old, new))
    pairs = zip_longest(_chunks(old, addressed), _chunks(new, addressed))
    return before == after and all(first == second for first, second in pairs)


def _chunks(layout: SheetLayout, addressed: Collection[int]) -> Iterator[bytes]:
    """The bytes beside the addressed rows in chunks of one size: two sheets of 100 MB need no copies of both."""
    held = bytearray()
    at = layout.data_open[1]
    ends = [(row.start, row.end) for row in layout.rows if row.number in addressed]
    for start, end in (*ends, (max(at, layout.data_end), 0)):
        while at < start:
            taken = min(start - at, _CHUNK - len(held))
            held += memoryview(layout.data)[at : at + taken]
            at += taken
            if len(held) == _CHUNK:
                yield bytes(held)
                held.clear()
        at = max(at, end)
    yield bytes(held)


def rows_of(layout: SheetLayout, addressed: Collection[int]) -> dict[int, bytes]:
    """The bytes of the rows with those numbers."""
    rows: dict[int, bytes] = {}
    for span in layout.rows:  # a number that stands twice: both count
        if span.number in addressed:
            rows[span.number] = rows.get(span.number, b"") + layout.data[span.start : span.end]
    return rows


def _bytes_of(cell: CellSpan | None, row: bytes | None) -> bytes | None:
    return row[cell.start : cell.end] if cell and row is not None else None


def _target(item: Element, relations: dict[str, Relation]) -> str | None:
    name = next((value for key, value in item.attributes.items() if key.endswith(":id")), "")
    return relations[name].target if name in relations else None


def _without(attributes: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in attributes.items() if key != name}
