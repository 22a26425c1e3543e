"""The call sheet (客诉信息收集表): a Word form to print and write on, a workbook to fill in and send back."""

from __future__ import annotations

from docx.document import Document
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from templates.build_call_questions import GROUPS, MANNERS, Asked
from templates.build_layout import BAND, BLUE, LABEL_FILL, LINE, form_rows, new_document, section, text, title

NAME = "客诉信息收集表"
#: Defined names: this one marks the workbook as a call sheet, ``kesu_<field>`` is the cell of one answer.
MARK, PREFIX = "kesu_call_sheet", "kesu_"
_NUMBER_FORMS = {"id": "@", "text": "@", "number": "0", "rate": "0.###%", "day": "yyyy-mm-dd",
                 "moment": "yyyy-mm-dd hh:mm"}
_HOW = "请在黄色格中填写，存盘后作为邮件附件发给客诉邮箱，或放进公共盘“待归属”文件夹。不知道的留空。"


def build() -> Document:
    """The form to print: one row a question, with room to write."""
    document = new_document(NAME, mark="", compact=True)
    title(document, NAME)
    for manner in MANNERS:
        text(document, f"· {manner}", after=0.5)
    for group, questions in GROUPS:
        section(document, group)
        form_rows(document, [
            (asked.heading, _choices(asked), asked.ask, asked.lines) for asked in questions
        ])
    return document


def _choices(asked: Asked) -> str:
    return "　".join(f"□{choice}" for choice in asked.choices)


def build_workbook() -> Workbook:
    """The form to fill in: label, answer, how to ask; every answer cell has a defined name of its own."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError(sheet)
    sheet.title = NAME
    for column, width in (("A", 16), ("B", 44), ("C", 44)):
        sheet.column_dimensions[column].width = width
    row = _head(sheet)
    _name(book, MARK, "A1")
    for group, questions in GROUPS:
        _band(sheet, row, group)
        for asked in questions:
            row += 1
            _question(sheet, row, asked)
            _name(book, f"{PREFIX}{asked.field}", f"B{row}")
        row += 1
    _print_setup(sheet, row - 1)
    return book


def _head(sheet: Worksheet) -> int:
    sheet["A1"] = NAME
    sheet["A1"].font = Font(name="微软雅黑", size=16, bold=True, color=BLUE)
    sheet.row_dimensions[1].height = 28
    for row, words in enumerate((*MANNERS, _HOW), start=2):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=3)
        cell = sheet.cell(row, 1, words)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.font = Font(name="宋体", size=10, bold=words is _HOW, color="595959" if words is not _HOW else "7F6000")
        sheet.row_dimensions[row].height = 16
    return len(MANNERS) + 3


def _band(sheet: Worksheet, row: int, words: str) -> None:
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=3)
    cell = sheet.cell(row, 1, words)
    cell.font = Font(name="微软雅黑", size=11, bold=True, color=BLUE)
    cell.fill = PatternFill("solid", fgColor=BAND)
    sheet.row_dimensions[row].height = 19


def _question(sheet: Worksheet, row: int, asked: Asked) -> None:
    thin = Side(style="thin", color=LINE)
    for column, words in enumerate((asked.heading, None, asked.ask), start=1):
        cell = sheet.cell(row, column, words)
        cell.border = Border(thin, thin, thin, thin)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.font = Font(name="宋体", size=10, bold=column == 1, color="595959" if column == 3 else "000000")
        if column == 1:
            cell.fill = PatternFill("solid", fgColor=LABEL_FILL)
    answer = sheet.cell(row, 2)
    answer.fill = PatternFill("solid", fgColor="FFF9E5")
    answer.number_format = _NUMBER_FORMS[asked.form]
    answer.alignment = Alignment(wrap_text=True, vertical="center", horizontal="left")
    answer.protection = Protection(locked=False)
    sheet.row_dimensions[row].height = 17 * asked.lines + 1
    if asked.choices:
        choice = DataValidation("list", formula1=f'"{",".join(asked.choices)}"', allow_blank=True)
        choice.error, choice.errorTitle = "请从列表中选择", asked.heading
        choice.add(f"B{row}")
        sheet.add_data_validation(choice)


def _name(book: Workbook, name: str, cell: str) -> None:
    reference = f"'{NAME}'!${cell[0]}${cell[1:]}"
    book.defined_names[name] = DefinedName(name, attr_text=reference)


def _print_setup(sheet: Worksheet, last: int) -> None:
    sheet.print_area = f"A1:C{last}"
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "portrait"  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top = margins.bottom = 0.5
    sheet.freeze_panes = "A2"
    sheet.sheet_view.showGridLines = False
