"""Fonts, colours and print set-up shared by the sheets of the ledger template."""

from __future__ import annotations

from openpyxl.styles import Border, PatternFill, Side
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

FONT = "微软雅黑"
DARK, BLUE, GREY, GREEN = "1F3864", "2F5597", "7F7F7F", "548235"
BANDS = ("44546A", "5B6B82")
_PAPER_A3 = 8
_THIN = Side(style="thin", color="BFBFBF")
BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def fill(colour: str) -> PatternFill:
    """A plain background of an RGB colour."""
    return PatternFill("solid", start_color=colour, end_color=colour)


def print_setup(sheet: Worksheet, heading_row: int) -> None:
    """A3 landscape, all columns on one page, the rows down to the headings repeated on each."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _PAPER_A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{heading_row}"
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.7
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        center=_HeaderFooterPart("&A  第 &P 页 共 &N 页"), right=_HeaderFooterPart("打印 &D"))
