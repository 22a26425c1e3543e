"""A customer's xlsx or xlsm form as grids; hidden sheets are left out, formulas are fixed, locked cells stay usable."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.parsers import expat

from pipeline.documents.forms.box_room import SheetRoom
from pipeline.documents.forms.faults import FormUnreadable
from pipeline.documents.forms.grid import Box, Grid
from pipeline.ooxml.cells import CellRange
from pipeline.ooxml.limits import Limits, check_package
from pipeline.ooxml.number_formats import NumberFormats, number_formats
from pipeline.ooxml.package import Package
from pipeline.ooxml.relations import relations_of, resolve, sheets_of
from pipeline.ooxml.row_cells import CellSpan, parse_row
from pipeline.ooxml.shared_strings import lookup
from pipeline.ooxml.sheet_layout import SheetLayout, locate

_ROWS, _COLUMNS = 600, 120  # a form is a page or a few
_LIMITS = Limits(members=5_000, total_bytes=400 << 20, part_bytes=60 << 20)
_XF = re.compile(rb"<(?:\w+:)?xf\b[^>]*/>|<(?:\w+:)?xf\b.*?</(?:\w+:)?xf>", re.DOTALL)
_WRAPPED = re.compile(rb"""\bwrapText\s*=\s*["'](?:1|true)""")
_BORDER = re.compile(rb"<(?:\w+:)?border(?:\s[^>]*)?(?:/>|>.*?</(?:\w+:)?border>)", re.DOTALL)
_STYLED_SIDE = re.compile(rb"<(?:\w+:)?(?:left|right|top|bottom)\b[^>]*\bstyle\s*=\s*[\"'](?!none)")


@dataclass(frozen=True, slots=True)
class CellLooks:
    """The cell formats (by index) that draw a border on any side, and those that wrap long text."""

    framed: frozenset[int] = frozenset()
    wrapping: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FormSheets:
    """The visible sheets of a form and what a person should know of the workbook."""

    grids: tuple[Grid, ...]
    remarks: tuple[str, ...]
    rooms: Mapping[str, SheetRoom] = field(default_factory=dict)


def read_workbook(path: Path) -> FormSheets:
    """The grids of a workbook's visible sheets.

    Raises FormUnreadable (no sheet with text, a macro sheet) and what the package layer raises for files that are
    encrypted, damaged, too large or in another format.
    """
    check_package(path, _LIMITS)
    package = Package(path)
    shared, looks, formats = lookup(package), _looks(package), number_formats(package)
    grids, remarks = [], []
    rooms: dict[str, SheetRoom] = {}
    for address in sheets_of(package):
        if address.kind != "worksheet":
            continue
        if address.hidden:
            remarks.append(f"隐藏的工作表“{address.name}”不参与对照，填写时保持不动")
            continue
        member = package.find(address.part)
        if member is None:
            continue
        layout = locate(path, address.name, package.read(member))
        if layout.element("sheetProtection") is not None:
            remarks.append(f"工作表“{address.name}”设有保护：照常填写，保护和密码保持原样")
        try:
            grids.append(_grid(layout, shared, looks, formats))
            rooms[address.name] = SheetRoom(layout)
        except (ValueError, expat.ExpatError) as error:
            raise FormUnreadable(
                path.name, f"工作表“{address.name}”的内容损坏", "请用 Excel 或 WPS 打开、修复后另存，再用另存的文件"
            ) from error
    if any(member.name.lower().endswith("vbaproject.bin") for member in package.members):
        remarks.append("带有宏：宏保持原样，不会运行")
    kept = tuple(grid for grid in grids if grid.labels())
    if not kept:
        raise FormUnreadable(path.name, "可见的工作表里没有文字", "请确认这是客户的空表，且表格所在的工作表没有隐藏")
    return FormSheets(kept, tuple(remarks), rooms)


def _grid(
    layout: SheetLayout, shared: Callable[[int], str], looks: CellLooks, formats: NumberFormats
) -> Grid:
    merged = list(_merged(layout))
    spilling = list(layout.spilling())
    inside = {
        (row, column) for area in merged for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    }
    areas = {(area.top, area.left): area for area in merged}
    found: dict[tuple[int, int], Box] = {}
    for row in layout.rows:
        if row.number > _ROWS:
            break
        for cell in parse_row(layout.data[row.start : row.end], layout.prefix, row.number).cells:
            place = (row.number, cell.column)
            if cell.column >= _COLUMNS or (place in inside and place not in areas):
                continue
            area = areas.get(place, CellRange(row.number, cell.column, row.number, cell.column))
            spilled = any(spill.holds(*place) for spill in spilling)
            box = _box(area, cell, shared, looks, spilled=spilled)
            number = cell.attributes.get("t", "n") == "n" and box.text
            found[place] = replace(box, text=formats.text(cell.attributes.get("s"), box.text)) if number else box
    for place, area in areas.items():
        found.setdefault(place, Box(area.top, area.left, area.bottom, area.right))
    return Grid(layout.sheet, list(found.values()))


def _merged(layout: SheetLayout) -> Iterator[CellRange]:
    """The merged ranges as far as a form reaches. Raises ValueError for more of them than do not overlap: each costs
    as much as it covers."""
    room = _ROWS * _COLUMNS
    for area in layout.ranges("mergeCell"):
        if area.top <= _ROWS and area.left < _COLUMNS:
            within = CellRange(area.top, area.left, min(area.bottom, _ROWS), min(area.right, _COLUMNS - 1))
            room -= (within.bottom - within.top + 1) * (within.right - within.left + 1)
            if room < 0:
                raise ValueError(f"merged cells of {layout.sheet} lie over each other")
            yield within


def _box(
    area: CellRange, cell: CellSpan, shared: Callable[[int], str], looks: CellLooks, *, spilled: bool
) -> Box:
    fixed = cell.has_formula or spilled or "vm" in cell.attributes or "cm" in cell.attributes
    style = int(cell.attributes.get("s", "0") or 0)
    return Box(area.top, area.left, area.bottom, area.right, cell.text(shared).strip(), style in looks.framed, fixed,
               wraps=style in looks.wrapping)


def _looks(package: Package) -> CellLooks:
    office = next((item for item in relations_of(package, "") if item.kind == "officeDocument"), None)
    workbook = resolve("", office.target) if office else ""
    style = next((item for item in relations_of(package, workbook) if item.kind == "styles"), None)
    member = package.find(resolve(workbook, style.target)) if style else None
    if member is None:
        return CellLooks()
    content = package.read(member)
    borders = re.search(rb"<(?:\w+:)?borders\b.*?</(?:\w+:)?borders>", content, re.DOTALL)
    formats = re.search(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", content, re.DOTALL)
    if formats is None:
        return CellLooks()
    drawn = [bool(_STYLED_SIDE.search(item)) for item in _BORDER.findall(borders[0])] if borders else []
    framed, wrapping = set(), set()
    for index, element in enumerate(_XF.findall(formats[0])):
        number = re.search(rb"""\bborderId\s*=\s*["'](\d+)""", element)
        if number and int(number[1]) < len(drawn) and drawn[int(number[1])]:
            framed.add(index)
        if _WRAPPED.search(element):
            wrapping.add(index)
    return CellLooks(frozenset(framed), frozenset(wrapping))
