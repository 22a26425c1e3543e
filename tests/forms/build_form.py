"""Builds the file of a foreign form with openpyxl, xlsxwriter or python-docx, framed and merged as such forms are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.ooxml.cells import CellRange, reference
from tests.forms.foreign_form import ForeignForm


def build(form: ForeignForm, folder: Path, values: dict[str, str] | None = None) -> Path:
    """The form's file in ``folder``; ``values`` (by first cell) are typed into its blank boxes: a filled sample."""
    path = folder / f"{form.name}{'-已填' if values else ''}{form.suffix}"
    boxes = [(area, text or (values or {}).get(reference(area.top, area.left), ""), framed)
             for area, text, framed in form.boxes()]
    {"openpyxl": _openpyxl, "xlsxwriter": _xlsxwriter, "docx": _docx}[form.made_with](form, boxes, path)
    return path


def _openpyxl(form: ForeignForm, boxes: list[tuple[CellRange, str, bool]], path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = form.content["sheet"]
    thin = Side(style="thin")
    frame = Border(left=thin, right=thin, top=thin, bottom=thin)
    for column, width in form.content.get("widths", {}).items():
        sheet.column_dimensions[column].width = width
    for area, text, _ in boxes:
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
    extra = form.content.get("extra_sheet")
    if extra:
        other = book.create_sheet(extra["name"])
        for number, line in enumerate(extra["lines"], start=1):
            other.cell(number, 1, line)
    book.save(path)


def _xlsxwriter(form: ForeignForm, boxes: list[tuple[CellRange, str, bool]], path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet(form.content["sheet"])
    label = book.add_format({"border": 1, "bold": True, "text_wrap": True, "bg_color": "#DDEBF7", "valign": "vcenter"})
    answer = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    for column, width in form.content.get("widths", {}).items():
        sheet.set_column(f"{column}:{column}", width)
    for area, text, _ in boxes:
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


def _docx(form: ForeignForm, boxes: list[tuple[CellRange, str, bool]], path: Path) -> None:
    from docx import Document

    document: Any = Document()
    for text, *_ in form.content.get("paragraphs", ()):
        document.add_paragraph(text)
    if boxes:
        rows = max(area.bottom for area, _, _ in boxes)
        table = document.add_table(rows, form.content["columns"], style="Table Grid")
        for area, text, _ in boxes:
            first = table.cell(area.top - 1, area.left)
            last = table.cell(area.bottom - 1, area.right)
            cell = first.merge(last) if first is not last else first
            cell.text = text
    document.save(str(path))
