"""Builds the file of a foreign form with openpyxl, xlsxwriter or python-docx, framed and merged as such forms are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.ooxml.cells import CellRange, reference
from tests.forms.foreign_form import ForeignForm, boxes_of

Boxes = list[tuple[CellRange, str]]
Pages = list[tuple[str, dict[str, Any], Boxes]]


def build(form: ForeignForm, folder: Path, values: dict[str, str] | None = None) -> Path:
    """The form's file in ``folder``; ``values`` (by first cell) are typed into the first page's blank boxes: a filled
    sample.
    """
    path = folder / f"{form.name}{'-已填' if values else ''}{form.suffix}"
    pages = [(name, page, boxes_of(page)) for name, page in form.pages]
    name, page, boxes = pages[0]
    filled = [(area, text or (values or {}).get(reference(area.top, area.left), "")) for area, text in boxes]
    pages[0] = name, page, filled
    {"openpyxl": _openpyxl, "xlsxwriter": _xlsxwriter, "docx": _docx}[form.made_with](form, pages, path)
    return path


def _openpyxl(form: ForeignForm, pages: Pages, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    del book["Sheet"]
    for name, page, boxes in pages:
        _openpyxl_sheet(book.create_sheet(name), page, boxes)
    extra = form.content.get("extra_sheet")
    if extra:
        other = book.create_sheet(extra["name"])
        for number, line in enumerate(extra["lines"], start=1):
            other.cell(number, 1, line)
    book.save(path)


def _openpyxl_sheet(sheet: Any, page: dict[str, Any], boxes: Boxes) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    thin = Side(style="thin")
    frame = Border(left=thin, right=thin, top=thin, bottom=thin)
    for column, width in page.get("widths", {}).items():
        sheet.column_dimensions[column].width = width
    for column in page.get("hidden", ()):
        sheet.column_dimensions[column].hidden = True
    for area, text in boxes:
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                sheet.cell(row, column + 1).border = frame
        cell = sheet.cell(area.top, area.left + 1)
        if text:
            cell.value, cell.data_type = text, "s"
            cell.font = Font(name="宋体", size=10, bold=area.right - area.left > 2)
            cell.fill = PatternFill("solid", fgColor="EEEEEE")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        if area.top != area.bottom or area.left != area.right:
            sheet.merge_cells(str(area))
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.print_area = sheet.dimensions


def _xlsxwriter(_: ForeignForm, pages: Pages, path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    label = book.add_format({"border": 1, "bold": True, "text_wrap": True, "bg_color": "#DDEBF7", "valign": "vcenter"})
    answer = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    for name, page, boxes in pages:
        sheet = book.add_worksheet(name)
        for column, width in page.get("widths", {}).items():
            sheet.set_column(f"{column}:{column}", width, None, {"hidden": column in page.get("hidden", ())})
        for area, text in boxes:
            look = label if text else answer
            if area.top != area.bottom or area.left != area.right:
                sheet.merge_range(area.top - 1, area.left, area.bottom - 1, area.right, text, look)
            else:
                sheet.write_string(area.top - 1, area.left, text, look) if text else sheet.write_blank(
                    area.top - 1, area.left, None, look
                )
        sheet.set_landscape()
        sheet.fit_to_pages(1, 1)
    book.close()


def _docx(form: ForeignForm, pages: Pages, path: Path) -> None:
    from docx import Document

    document: Any = Document()
    for text, *_ in form.content.get("paragraphs", ()):
        document.add_paragraph(text)
    first: Any = None
    for _, page, boxes in pages:
        if not boxes:
            continue
        rows = max(area.bottom for area, _ in boxes)
        if "within" in page:
            around = CellRange.parse(page["within"])
            table = first.cell(around.top - 1, around.left).add_table(rows, page["columns"])
            table.style = "Table Grid"
        else:
            if "under" in page:
                document.add_paragraph(page["under"])
            table = document.add_table(rows, page["columns"], style="Table Grid")
            document.add_paragraph("")  # two tables without a line between them are one in Word
        first = first or table
        for area, text in boxes:
            start, end = table.cell(area.top - 1, area.left), table.cell(area.bottom - 1, area.right)
            cell = start.merge(end) if start is not end else start
            cell.text = text
    document.save(str(path))
