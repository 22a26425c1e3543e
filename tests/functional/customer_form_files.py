"""Customers' empty forms as files with all that a real one carries: pictures, print set-up, formulas, protection."""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Border, Side
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image as Picture

_THIN = Side(style="thin")
FRAME = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def _put(sheet: Worksheet, area: str, text: str | None) -> None:
    for row in sheet[area] if ":" in area else ((sheet[area],),):
        for cell in row:
            cell.border = FRAME
            cell.alignment = Alignment(wrap_text=True)
    first = area.partition(":")[0]
    if text is not None:
        sheet[first] = text
    if ":" in area:
        sheet.merge_cells(area)


def logo() -> Image:
    """A small picture, as customers put their mark on a form."""
    buffer = io.BytesIO()
    Picture.new("RGB", (40, 20), "navy").save(buffer, "PNG")
    buffer.seek(0)
    return Image(buffer)


def write_form(path: Path, *, protected: bool = False, hidden: bool = False) -> Path:
    """A 8D form of one page: head, three lines for the team, two for measures, a formula, a picture, print set-up."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "8D"
    for area, text in {
        "A1:D1": "供应商8D报告", "A2": "客户名称", "B2": None, "C2": "投诉编号", "D2": None,
        "A3": "零件名称", "B3": None, "C3": "不良数量", "D3": None,
        "A5:D5": "D1 小组成员", "A6": "姓名", "B6": "部门", "C6:D6": "职务",
        "A11:D11": "D2 问题描述", "A12:D12": None,
        "A14:D14": "D5 永久纠正措施", "A15:B15": "措施内容", "C15": "责任人", "D15": "计划完成日期",
    }.items():
        _put(sheet, area, text)
    for row in (7, 8, 9):
        for area in (f"A{row}", f"B{row}", f"C{row}:D{row}"):
            _put(sheet, area, None)
    for row in (16, 17):
        for area in (f"A{row}:B{row}", f"C{row}", f"D{row}"):
            _put(sheet, area, None)
    sheet["F2"] = "=LEN(D2)"
    sheet.add_image(logo(), "F5")
    sheet.page_setup.orientation = "landscape"
    sheet.print_area = "A1:D17"
    sheet.row_dimensions[12].height = 60
    sheet.protection.sheet = protected
    if hidden:
        other = book.create_sheet("列表")
        other["A1"] = "零件号"
        other.sheet_state = "hidden"
    book.save(path)
    return path
