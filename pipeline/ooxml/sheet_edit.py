"""New bytes for one worksheet part: its rows, its dimension, its links."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

from pipeline.ooxml.cell_write import CellWrite
from pipeline.ooxml.cells import CellRange, reference
from pipeline.ooxml.package import Pieces
from pipeline.ooxml.relations import DOCUMENT_STRICT, DOCUMENT_TRANSITIONAL
from pipeline.ooxml.row_edit import Splice, edited_row, new_row, pieces_of
from pipeline.ooxml.sheet_layout import SheetLayout
from pipeline.ooxml.text import clean, xml_attribute

#: Elements that stand before <hyperlinks> in a worksheet (ECMA-376 part 1, CT_Worksheet).
_BEFORE_LINKS = {
    "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations",
}


def edited_sheet(
    layout: SheetLayout, writes: Sequence[CellWrite], links: Mapping[str, str], shared: Callable[[int], str],
    headings: Iterable[str] = (),
) -> Pieces:
    """The part with all writes carried out, a single piece when nothing changes.

    ``links`` goes from cell reference to relationship id.

    ``headings`` are ranges that must not be written (table headings). Raises CellRefused.
    """
    refuse_covered(layout, [(write.row, write.column) for write in writes], headings)
    splices = _row_splices(layout, writes, shared)
    if splices:
        splices += grown_dimension(layout, [(write.row, write.column) for write in writes if clean(write.text)])
    if links:
        splices += _links(layout, links)
    return pieces_of(layout.data, splices)


def refuse_covered(layout: SheetLayout, cells: Sequence[tuple[int, int]], headings: Iterable[str]) -> None:
    """Raise CellRefused for a cell (row, column) under a merge, in an array formula or in a table's heading row."""
    try:
        merged = list(layout.ranges("mergeCell"))
        spilling = list(layout.spilling())
        tables = [CellRange.parse(item) for item in headings]
    except ValueError as error:
        raise layout.refused("", "合并区域、数组公式或表格的范围无法识别") from error
    for cell in cells:
        for area in merged:
            if area.holds(*cell) and (area.top, area.left) != cell:
                raise layout.refused(reference(*cell), f"在合并区域 {area} 内，且不是其左上角")
        for area in spilling:
            if area.holds(*cell):
                raise layout.refused(reference(*cell), f"属于数组公式 {area}")
        for area in tables:
            if area.holds(*cell):
                raise layout.refused(reference(*cell), f"是表格的标题行 {area}")


def _row_splices(layout: SheetLayout, writes: Sequence[CellWrite], shared: Callable[[int], str]) -> list[Splice]:
    splices: list[Splice] = []
    created: list[Splice] = []
    for number, group in itertools.groupby(writes, key=lambda write: write.row):
        row_writes = list(group)
        spans = layout.rows_numbered(number)
        if len(spans) > 1:
            raise layout.refused(f"第 {number} 行", "在文件中出现了两次")
        if spans:
            old = layout.data[spans[0].start : spans[0].end]
            new = edited_row(layout, old, number, row_writes, shared)
            if new != old:
                splices.append((spans[0].start, spans[0].end, new))
        else:
            content = new_row(layout, number, row_writes)
            if content:
                at = next((row.start for row in layout.rows if row.number > number), layout.data_end)
                created.append((at, at, content))
    if created and layout.data_is_empty_tag:
        start, end = layout.data_open
        opening = layout.data[start:end].removesuffix(b"/>").rstrip() + b">"
        rows = b"".join(content for _, _, content in created)
        return [(start, end, opening + rows + b"</" + layout.prefix + b"sheetData>")]
    return splices + created


def grown_dimension(layout: SheetLayout, cells: Iterable[tuple[int, int]]) -> list[Splice]:
    """The sheet's dimension grown over filled cells (row, column), where it is stated at all."""
    element = layout.element("dimension")
    old = element.attributes.get("ref", "") if element else ""
    if element is None or not old:
        return []
    try:
        area = CellRange.parse(old)
    except ValueError:
        return []  # readers recompute what they do not understand
    for row, column in cells:
        area = area.grown(row, column)
    if area == CellRange.parse(old):
        return []
    tag = layout.data[element.start : element.end]
    return [(element.start, element.end, tag.replace(old.encode(), str(area).encode(), 1))]


def _links(layout: SheetLayout, links: Mapping[str, str]) -> list[Splice]:
    splices: list[Splice] = []
    added = b""
    for cell, relation in links.items():
        tag = _link_tag(layout, cell, relation)
        old = next(
            (item for item in layout.items if item.name == "hyperlink" and item.attributes.get("ref") == cell), None
        )
        if old:
            if layout.data[old.end - 2 : old.end] != b"/>":
                raise layout.refused(cell, "原有链接的写法无法识别")
            splices.append((old.start, old.end, tag))
        else:
            added += tag
    if not added:
        return splices
    group = layout.element("hyperlinks")
    name = layout.prefix + b"hyperlinks>"
    if group is None:
        before = [item.end for item in layout.elements if item.name in _BEFORE_LINKS]
        at = max(before)  # sheetData is always there
        splices.append((at, at, b"<" + name + added + b"</" + name))
    elif layout.data[group.end - 2 : group.end] == b"/>":
        splices.append((group.start, group.end, b"<" + name + added + b"</" + name))
    else:
        at = layout.data.rindex(b"</", group.start, group.end)
        splices.append((at, at, added))
    return splices


def _link_tag(layout: SheetLayout, cell: str, relation: str) -> bytes:
    uri = DOCUMENT_STRICT if layout.strict else DOCUMENT_TRANSITIONAL
    known = next((prefix for prefix, value in layout.namespaces.items() if value == uri and prefix), None)
    declaration = b"" if known else b' xmlns:r="' + uri.encode() + b'"'
    attribute = (known or "r").encode() + b':id="' + xml_attribute(relation) + b'"'
    return b"<" + layout.prefix + b'hyperlink ref="' + cell.encode() + b'"' + declaration + b" " + attribute + b"/>"
