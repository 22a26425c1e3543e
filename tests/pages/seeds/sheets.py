"""A clean workbook, and flaws for it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.cell_range import CellRange
from PIL import Image as Picture

from tests.pages.seeds.seed import Seed

_THIN = Side(style="thin")


def _image(width: int = 120, height: int = 60) -> Image:
    buffer = io.BytesIO()
    Picture.new("RGB", (120, 60), "#8899aa").save(buffer, "PNG")
    buffer.seek(0)
    image = Image(buffer)
    image.width, image.height = width, height
    return image


def clean_workbook() -> Any:
    """An index without flaws: title over merged cells, wrapped text, dates, numbers, a picture, a print area."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "归档"
    for letter, width in zip("ABCD", (18, 30, 14, 12), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.merge_cells("A1:D1")
    sheet["A1"] = "2026年11月 客诉归档"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.row_dimensions[1].height = 24
    rows: tuple[tuple[Any, ...], ...] = (("客诉编号", "不良现象", "接诉日期", "不良率"),
            ("KS-202611-007", "整车下线检测时冷却水管与快插接头连接处渗水", date(2026, 11, 3), 0.006),
            ("KS-202611-008", "卡扣断裂", date(2026, 11, 9), 0.012))
    for number, row in enumerate(rows, start=3):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.value = value
            cell.border = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
            cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
            if number == 3:
                cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F3A5F")
        sheet.cell(number, 3).number_format = "yyyy-mm-dd"
        sheet.cell(number, 4).number_format = "0.0%"
    sheet.add_image(_image(), "A8")
    sheet.print_area = "A1:D12"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    return book


def _sheet(book: Any) -> Any:
    return book.worksheets[0]


def _merged_long(book: Any) -> None:
    _sheet(book).merge_cells("A10:D10")
    cell = _sheet(book)["A10"]
    cell.value, cell.alignment = "合并单元格里的长说明不会自动增高，" * 12, Alignment(wrap_text=True)


def _fixed_row(book: Any) -> None:
    _sheet(book).row_dimensions[4].height = 12


def _narrow(book: Any, column: str, width: float) -> None:
    _sheet(book).column_dimensions[column].width = width


def _cut(book: Any) -> None:
    cell = _sheet(book)["A5"]
    cell.value, cell.alignment = "KS-202611-008 关联客诉与重开记录的长编号", Alignment(wrap_text=False)


def _outside(book: Any) -> None:
    _sheet(book)["G3"] = "打印区域外的说明"


def _portrait(book: Any) -> None:
    _sheet(book).page_setup.orientation = "portrait"
    for column in "ABCD":
        _sheet(book).column_dimensions[column].width = 40


def _overlapping_merges(book: Any) -> None:
    sheet = _sheet(book)
    sheet.merged_cells.ranges.add(CellRange("A10:C10"))
    sheet.merged_cells.ranges.add(CellRange("B10:D11"))


def _two_images(book: Any) -> None:
    _sheet(book).add_image(_image(), "A9")


def _over_text(book: Any) -> None:
    _sheet(book).add_image(_image(300, 60), "A4")


def _small(book: Any) -> None:
    _sheet(book)["B5"].font = Font(size=6)


def _pale(book: Any) -> None:
    _sheet(book)["B5"].font = Font(color="D9D9D9")


def _dark(book: Any) -> None:
    _sheet(book)["A3"].fill = PatternFill("solid", fgColor="F2F2F2")  # its letters are white


def _flat(book: Any) -> None:
    _sheet(book).add_image(_image(60, 0), "C9")


def _number(book: Any) -> None:
    cell = _sheet(book)["D5"]
    cell.value, cell.number_format = 1234567890.25, "#,##0.00"
    _narrow(book, "D", 6)


def _scaled(book: Any) -> None:
    _sheet(book).page_setup.scale = 250


SEEDS: tuple[Seed[Any], ...] = (
    Seed("merged box too low", "fit", _merged_long),
    Seed("fixed row too low", "fit", _fixed_row),
    Seed("date in a narrow column", "fit", lambda b: _narrow(b, "C", 5)),
    Seed("amount in a narrow column", "fit", _number),
    Seed("text cut by its neighbour", "fit", _cut),
    Seed("title longer than its merged cells", "fit",
         lambda b: setattr(_sheet(b)["A1"], "value", "2026年11月客诉归档清单（含登记客诉与待补资料明细）" * 4)),
    Seed("text outside the print area", "bounds", _outside),
    Seed("wider than the paper", "bounds", _portrait),
    Seed("scaled beyond the paper", "bounds", _scaled),
    Seed("merged ranges on each other", "overlap", _overlapping_merges),
    Seed("two pictures on each other", "overlap", _two_images),
    Seed("picture over text", "overlap", _over_text),
    Seed("letters of 6 points", "size", _small),
    Seed("empty sheet", "empty", lambda b: b.create_sheet("空表")),
    Seed("picture of no height", "empty", _flat),
    Seed("tag left", "leftover", lambda b: setattr(_sheet(b)["B5"], "value", "{{ phenomenon }}")),
    Seed("None left", "leftover", lambda b: setattr(_sheet(b)["A5"], "value", "None")),
    Seed("nan left", "leftover", lambda b: setattr(_sheet(b)["B4"], "value", "不良率 nan")),
    Seed("formula with a lost reference", "leftover", lambda b: setattr(_sheet(b)["D5"], "value", "=SUM(#REF!)")),
    Seed("pale letters", "contrast", _pale),
    Seed("white letters on a pale cell", "contrast", _dark),
)
