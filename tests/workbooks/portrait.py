"""What other programs find in a workbook: openpyxl's view of every cell and setting, and a zip's raw members."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as Tree

import openpyxl
from openpyxl.cell.cell import Cell

Portrait = dict[tuple[str, ...], str]


def portrait(data: bytes) -> Portrait:
    """Every cell with value and look, and the settings beside the cells; raises whatever openpyxl does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that openpyxl does not know
        book = openpyxl.load_workbook(io.BytesIO(data), rich_text=False)
    found: Portrait = {
        ("names",): str(sorted((name, defined.attr_text) for name, defined in book.defined_names.items()))
    }
    for sheet in book.worksheets:
        found.update({(sheet.title, *key): value for key, value in _of_sheet(sheet)})
    return found


def _of_sheet(sheet: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    for cell in sheet._cells.values():  # iterating over a sheet with a cell in its last corner never ends
        text = _value(cell)
        look = (
            cell.number_format,
            cell.font.b,
            cell.fill.fgColor.rgb,
            cell.border.left.style,
            cell.alignment.wrap_text,
        )
        if text or cell.has_style:
            yield ("cell", cell.coordinate), f"{text} {look}"
        if cell.hyperlink is not None:
            yield ("link", cell.coordinate), str(cell.hyperlink.target or cell.hyperlink.location)
        if cell.comment is not None:
            yield ("comment", cell.coordinate), cell.comment.text
    yield from _settings_of(sheet)


def _settings_of(sheet: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    yield ("merged",), str(sorted(str(area) for area in sheet.merged_cells.ranges))
    for number, rule in enumerate(sheet.data_validations.dataValidation):
        yield ("validation", str(number)), f"{rule.sqref} {rule.type} {rule.formula1}"
    for number, formats in enumerate(sheet.conditional_formatting):
        yield ("format", str(number)), f"{formats.sqref} {[rule.type for rule in formats.rules]}"
    for table in sheet.tables.values():
        yield ("table", table.name), f"{table.ref} {table.autoFilter.ref if table.autoFilter else ''}"
    yield ("filter",), str(sheet.auto_filter.ref)
    yield ("panes",), str(sheet.freeze_panes)
    yield ("protected",), str(sheet.protection.sheet)
    yield ("drawn",), f"{len(sheet._images)} {len(sheet._charts)}"
    yield ("print",), f"{sheet.print_area} {sheet.print_title_rows}"
    for number, row in sheet.row_dimensions.items():
        if row.height is not None or row.hidden or row.outlineLevel:
            yield ("row", str(number)), f"{row.height} {row.hidden} {row.outlineLevel}"
    for letters, column in sheet.column_dimensions.items():
        yield ("column", letters), f"{column.min} {column.max} {column.width} {column.hidden}"


def _value(cell: Cell) -> str:
    if cell.value is None:
        return ""
    if hasattr(cell.value, "ref"):  # an array formula or a data table
        return str(sorted(vars(cell.value).items(), key=str))
    return repr(cell.value)


def differences(before: Portrait, after: Portrait) -> set[tuple[str, ...]]:
    """What is found in one only or differs."""
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def raw_members(data: bytes) -> list[tuple[str, bytes]]:
    """Name and bytes (packed data with date, flags of the directory and its extra field) in the directory's order."""
    raw = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for info in package.infolist():
            names, extras = struct.unpack_from("<2H", data, info.header_offset + 26)
            start = info.header_offset + 30 + names + extras
            entry = repr((info.date_time, info.compress_type, info.external_attr, info.comment, info.create_system))
            raw.append((info.filename, data[start : start + info.compress_size] + entry.encode()))
    return raw


def unpacked(data: bytes) -> dict[str, bytes]:
    """Content by name, with every CRC tested."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {info.filename: package.read(info) for info in package.infolist()}


def around_the_cells(xml: bytes) -> list[bytes]:
    """The worksheet's elements beside rows, dimension and links, however they are spelled."""
    root = Tree.fromstring(xml)  # noqa: S314 - made by the tests themselves
    left_out = {"sheetData", "dimension", "hyperlinks"}
    return [Tree.tostring(element) for element in root if element.tag.rpartition("}")[2] not in left_out]
