"""Appends one row to a table in a person's workbook by patching bytes; everything else stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.ooxml.append_check import check_append
from pipeline.ooxml.cells import CellRange
from pipeline.ooxml.number_formats import number_formats
from pipeline.ooxml.package import Package
from pipeline.ooxml.range_growth import growing_elements, grows_with_filter, with_grown_filter_name
from pipeline.ooxml.relations import sheets_of, workbook_part
from pipeline.ooxml.row_append import Content, NewRow, RowAppend, RowBuilder, Shift
from pipeline.ooxml.row_edit import Splice, spliced
from pipeline.ooxml.shared_strings import lookup
from pipeline.ooxml.sheet_edit import grown_dimension, refuse_covered
from pipeline.ooxml.sheet_layout import SheetLayout, locate
from pipeline.ooxml.sheet_patch import refuse_package, worksheet_of
from pipeline.ooxml.sheet_tables import SheetTable, grown_table, tables_of
from schemas.errors import CellRefused

__all__ = ["Appended", "Content", "RowAppend", "append_row"]


@dataclass(frozen=True, slots=True)
class Appended:
    """Columns (0-based) where a formula stands instead of our value, and where a formula above was not filled down."""

    kept_formulas: tuple[int, ...]
    unfilled: tuple[int, ...]


def append_row(source: Path, target: Path, append: RowAppend, shift: Shift) -> Appended:
    """Write ``target`` as ``source`` with one row more, then verify it byte by byte.

    The row takes height, styles and formulas of the row above as Excel does for a row typed below a table: the
    table's range and its filter, conditional formats and validations that end in the row above get one row longer.
    Formulas have no cached value; Excel, WPS and LibreOffice calculate them when they open the file. No row is ever
    moved: a total under the table is a refusal. ``shift`` moves a formula from one cell to another.

    Raises CellRefused (nothing is left at ``target``), LedgerDamaged, LedgerEncrypted, LedgerIsOldXls, LedgerMissing.
    """
    package = Package(source)
    refuse_package(package)
    address, member = worksheet_of(package, append.sheet)
    layout = locate(source, append.sheet, package.read(member))
    changed: dict[str, bytes] = {}
    tables = _tables_touched(package, layout, address.part, append)
    for table in tables:
        if table.area.bottom == append.row - 1:
            part = package.find(table.part)
            if part is not None:
                changed[part.name] = grown_table(package.read(part), table, lambda why: layout.refused("", why))
    calculated = {column: text for table in tables for column, text in table.calculated.items()}
    new = RowBuilder(layout, append, number_formats(package), lookup(package), calculated, shift).build()
    changed[member.name] = _edited(layout, append, new)
    if grows_with_filter(layout, append):
        workbook = package.find(workbook_part(package))
        index = [sheet.name for sheet in sheets_of(package)].index(append.sheet)
        if workbook is not None:
            content = package.read(workbook)
            longer = with_grown_filter_name(content, index, append)
            if longer != content:
                changed[workbook.name] = longer
    package.rewrite(target, changed, {})
    try:
        check_append(package, target, append, layout, new, [table.part for table in tables])
    except CellRefused:
        target.unlink()
        raise
    return Appended(tuple(new.kept_formulas), tuple(new.unfilled))


def _edited(layout: SheetLayout, append: RowAppend, new: NewRow) -> bytes:
    columns = {*append.contents, *new.filled}
    refuse_covered(layout, [(append.row, column) for column in columns], [])
    if new.old is not None:
        splices: list[Splice] = [(*new.old, new.content)]
    elif layout.data_is_empty_tag:
        start, end = layout.data_open
        opening = layout.data[start:end].removesuffix(b"/>").rstrip() + b">"
        splices = [(start, end, opening + new.content + b"</" + layout.prefix + b"sheetData>")]
    else:
        at = next((row.start for row in layout.rows if row.number > append.row), layout.data_end)
        splices = [(at, at, new.content)]
    splices += grown_dimension(layout, [(append.row, column) for column in columns])
    splices += growing_elements(layout, append)
    return spliced(layout.data, splices)


def _tables_touched(package: Package, layout: SheetLayout, part: str, append: RowAppend) -> list[SheetTable]:
    """The tables that hold the new row or get it; raises CellRefused where a table cannot take it."""
    touched = []
    for table in tables_of(package, part):
        area = table.area
        if area.right < append.left or area.left > append.right:
            continue
        last = area.bottom - 1 if table.totals else area.bottom
        if append.row <= area.top or append.row > area.bottom + 1:
            continue
        if append.row > last and table.totals:
            raise layout.refused(f"第 {append.row} 行", "是表格的汇总行；请先在其上方插入一个空行")
        if append.row > last:
            _refuse_growth(layout, table, append)
        touched.append(table)
    return touched


def _refuse_growth(layout: SheetLayout, table: SheetTable, append: RowAppend) -> None:
    if table.from_query:
        raise layout.refused(f"第 {append.row} 行", "表格来自外部查询，刷新后新行会丢失")
    outside = [column for column in range(table.area.left, table.area.right + 1)
               if not append.left <= column <= append.right]
    try:
        merged = list(layout.ranges("mergeCell"))
    except ValueError as error:
        raise layout.refused("", "合并区域的范围无法识别") from error
    below = CellRange(append.row, table.area.left, append.row, table.area.right)
    if any(area.top <= append.row <= area.bottom and area.left <= below.right and area.right >= below.left
           for area in merged):
        raise layout.refused(f"第 {append.row} 行", "在合并区域内，表格不能向下扩展")
    if outside and layout.rows_numbered(append.row):
        raise layout.refused(f"第 {append.row} 行", "表格比已知的列更宽，其下方已有内容")
