"""Proves after an append, by reading both files again, that only a row was added and ranges got one row longer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.parsers import expat

from pipeline.ooxml.cells import reference
from pipeline.ooxml.package import Package
from pipeline.ooxml.patch_check import compare_members, dimension_holds, rows_of, same_other_rows
from pipeline.ooxml.range_growth import only_grown
from pipeline.ooxml.relations import sheets_of, workbook_part
from pipeline.ooxml.row_append import NewRow, RowAppend
from pipeline.ooxml.row_cells import CellSpan, parse_row
from pipeline.ooxml.shared_strings import lookup
from pipeline.ooxml.sheet_layout import SheetLayout, locate
from pipeline.ooxml.text import clean
from schemas.errors import CellRefused, KesuError


def check_append(
    before: Package, target: Path, append: RowAppend, old: SheetLayout, new: NewRow, tables: Sequence[str]
) -> None:
    """Compare ``target`` with the package it was made from; raises CellRefused when anything else differs.

    ``tables`` names the table parts that may have got one row longer, beside the workbook part (its filter's name).
    """
    try:
        _check(before, Package(target), append, old, new, tables)
    except CellRefused:
        raise
    except (KesuError, expat.ExpatError, ValueError, KeyError) as error:
        raise CellRefused(before.path, "工作簿", "追加后的文件不能再次读取") from error


def _check(
    before: Package, after: Package, append: RowAppend, old: SheetLayout, new: NewRow, tables: Sequence[str]
) -> None:
    part = next(address.part for address in sheets_of(before) if address.name == append.sheet)
    ranged = {name.casefold() for name in (*tables, workbook_part(before))}
    compare_members(before, after, {part.casefold(), *ranged})
    for name in ranged:
        first, second = before.find(name), after.find(name)
        if first is None or second is None or not only_grown(before.read(first), after.read(second), append.row):
            raise CellRefused(before.path, "工作簿", f"追加后部件 {name} 有变")
    member = after.find(part)
    if member is None:
        raise CellRefused(before.path, append.sheet, "工作表部件丢失")
    content = after.read(member)
    expat.ParserCreate(namespace_separator=" ").Parse(content, True)
    _AppendCheck(before, append, old, locate(before.path, append.sheet, content), new).compare()


class _AppendCheck:
    def __init__(self, before: Package, append: RowAppend, old: SheetLayout, new: SheetLayout, row: NewRow) -> None:
        self.append, self.old, self.new, self.row = append, old, new, row
        self.shared = lookup(before)

    def compare(self) -> None:
        number = self.append.row
        if not same_other_rows(self.old, self.new, {number}):
            raise self._failed("其他行有变")
        order = [row.number for row in self.old.rows], [row.number for row in self.new.rows]
        if order[0] == sorted(order[0]) and order[1] != sorted(order[1]):
            raise self._failed("行的顺序有变")
        self._surroundings()
        self._cells(rows_of(self.old, {number}).get(number), rows_of(self.new, {number}).get(number, b""))

    def _failed(self, what: str) -> CellRefused:
        return CellRefused(self.old.path, self.append.sheet, f"追加后核对不符：{what}")

    def _surroundings(self) -> None:
        def pieces(layout: SheetLayout) -> list[tuple[str, bytes]]:
            head = layout.data[: layout.elements[0].start]
            kept = [item for item in layout.elements if item.name not in {"sheetData", "dimension"}]
            return [("", head), *((item.name, layout.data[item.start : item.end]) for item in kept)]

        old, new = pieces(self.old), pieces(self.new)
        may_grow = {"conditionalFormatting", "dataValidations", "autoFilter", "extLst"}
        same = [name for name, _ in old] == [name for name, _ in new] and all(
            first == second or (name in may_grow and only_grown(first, second, self.append.row))
            for (name, first), (_, second) in zip(old, new, strict=True)
        )
        if not same:
            raise self._failed("表格以外的设置有变")
        if not dimension_holds(self.old, self.new, [(self.append.row, column) for column in self.append.contents]):
            raise self._failed("使用范围有误")

    def _cells(self, old: bytes | None, new: bytes) -> None:
        number = self.append.row
        row, earlier = parse_row(new, self.new.prefix, number), parse_row(old, self.old.prefix, number) if old else None
        if earlier and {**earlier.attributes, "spans": ""} != {**row.attributes, "spans": ""}:
            raise self._failed(f"第 {number} 行的属性有变")
        held = {cell.column: cell for cell in earlier.cells} if earlier else {}
        cells = {cell.column: cell for cell in row.cells}
        for column in held.keys() | cells.keys() | self.append.contents.keys():
            before, after = held.get(column), cells.get(column)
            if before and old and (before.has_formula or before.text(self.shared)):
                if after is None or new[after.start : after.end] != old[before.start : before.end]:
                    raise self._failed(f"{reference(number, column)} 有变")
            elif not self._as_wanted(column, after):
                raise self._failed(f"{reference(number, column)} 没有写入")

    def _as_wanted(self, column: int, cell: CellSpan | None) -> bool:
        content = self.append.contents.get(column)
        formula = self.row.filled.get(column)
        if formula is not None:
            return cell is not None and cell.formula == formula
        if cell is not None and cell.has_formula:
            return False
        text = cell.text(self.shared) if cell else ""
        if content is None or cell is None or "t" in cell.attributes:
            return text == (clean(content.text) if content else "")
        if not clean(content.text):
            return text == ""
        number = content.number
        return content.moment is not None or (number is not None and float(text) == float(f"{number:.15g}"))
