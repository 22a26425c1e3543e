"""The index workbook of an archive: complaints with links, what is missing and who owes it, files with hashes."""

from __future__ import annotations

import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from pipeline.archive.sources import LeftOut
from pipeline.ooxml.restamp import restamped
from schemas.archive import ArchivedCase, Owing

INDEX = "归档索引.xlsx"
_FONT, _DARK, _BAND = "微软雅黑", "1F3864", "DCE6F2"
_THIN = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TOP = Alignment(vertical="top", wrap_text=True)
#: The looks of cells by name: set one by one on each of ten thousand cells they would take most of the index's time.
_TEXT, _NUMBER, _LINK = "索引正文", "索引数字", "索引链接"
_LOOKS = {
    _TEXT: (Font(name=_FONT, size=10), "General"), _NUMBER: (Font(name=_FONT, size=10), "#,##0"),
    _LINK: (Font(name=_FONT, size=10, color="0563C1", underline="single"), "General"),
}
_HEADING_ROW = 3
_PAPER_A4, _PAPER_A3 = 9, 8
_LINE_POINTS = 16.0
_UNSAFE = re.compile("[ %#?\"<>\\[\\]^`{|}\\\\]")
#: Column widths in characters by heading; others are as wide as a date.
_WIDE = {
    "客诉编号": 17, "缺什么": 46, "产品": 20, "不良现象": 36, "接诉时间": 17, "登记理由": 36, "文件": 64, "SHA-256": 68,
    "原因": 50, "说明": 100, "状态": 9, "报告": 9, "文件数": 8, "缺件数": 8,
}
_USUAL = 12


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One file as it stands in the archive; ``path`` relative to the bag."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """One complaint with its files, what is missing, what was left out, and its folder relative to the bag."""

    case: ArchivedCase
    folder: str
    files: tuple[ArchivedFile, ...]
    missing: tuple[Owing, ...]
    left_out: tuple[LeftOut, ...]


def _address(path: str) -> str:
    """A relative link: what an address may not hold is encoded, Chinese stays as it is."""
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", path)


def _put(cell: Cell | MergedCell, value: object, link: str = "") -> None:
    """A value as it was typed: text never becomes a formula, control characters go."""
    if isinstance(cell, MergedCell):
        return  # only the sheet's own merging makes one, and nothing is merged here
    if isinstance(value, int):
        cell.value = value
        cell.style = _NUMBER
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell.data_type = "s"
    if link:
        cell.hyperlink = _address(link)
    cell.style = _LINK if link else _TEXT


def _heading(sheet: Worksheet, title: str, note: str, columns: Sequence[str]) -> None:
    sheet["A1"] = title
    sheet["A1"].font = Font(name=_FONT, size=16, bold=True, color=_DARK)
    sheet["A2"] = note
    sheet["A2"].font = Font(name=_FONT, size=10, color="595959")
    sheet.row_dimensions[1].height = 28
    for number, name in enumerate(columns, 1):
        cell = sheet.cell(_HEADING_ROW, number, name)
        cell.font = Font(name=_FONT, size=10, bold=True, color=_DARK)
        cell.fill = PatternFill("solid", start_color=_BAND, end_color=_BAND)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        cell.border = _BOX
        sheet.column_dimensions[get_column_letter(number)].width = _WIDE.get(name, _USUAL)
    sheet.row_dimensions[_HEADING_ROW].height = 22
    sheet.freeze_panes = f"B{_HEADING_ROW + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _PAPER_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{_HEADING_ROW}"


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column; a Chinese character is as wide as two letters."""
    if text.isascii():
        columns = len(text)
    else:
        columns = sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
    return max(1, math.ceil(columns * 1.1 / width))


def _close(sheet: Worksheet, rows: int, columns: int) -> None:
    """Filter over the table, and rows as high as their longest text: no program measures them on opening."""
    if rows:
        sheet.auto_filter.ref = f"A{_HEADING_ROW}:{get_column_letter(columns)}{_HEADING_ROW + rows}"
    widths = [sheet.column_dimensions[get_column_letter(number)].width for number in range(1, columns + 1)]
    for row in sheet.iter_rows(_HEADING_ROW + 1, _HEADING_ROW + rows):
        lines = max(_lines(str(cell.value or ""), width) for cell, width in zip(row, widths, strict=True))
        sheet.row_dimensions[row[0].row or 1].height = _LINE_POINTS * lines


def _cases(sheet: Worksheet, title: str, note: str, entries: Sequence[Indexed]) -> None:
    facts = list(entries[0].case.facts) if entries else []
    columns = ["客诉编号", *facts, "文件数", "缺件数"]
    _heading(sheet, title, note, columns)
    for row, entry in enumerate(entries, _HEADING_ROW + 1):
        _put(sheet.cell(row, 1), entry.case.number, f"{entry.folder}/" if entry.files else "")
        for column, name in enumerate(facts, 2):
            _put(sheet.cell(row, column), entry.case.facts[name])
        _put(sheet.cell(row, len(facts) + 2), len(entry.files))
        _put(sheet.cell(row, len(facts) + 3), len(entry.missing))
        if entry.missing:
            sheet.cell(row, len(facts) + 3).font = Font(name=_FONT, size=10, bold=True, color="C00000")
    _close(sheet, len(entries), len(columns))
    sheet.page_setup.paperSize = _PAPER_A3


def _rows(sheet: Worksheet, title: str, note: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    _heading(sheet, title, note, columns)
    for number, values in enumerate(rows, _HEADING_ROW + 1):
        for column, value in enumerate(values, 1):
            _put(sheet.cell(number, column), value)
    _close(sheet, len(rows), len(columns))


def _files(sheet: Worksheet, entries: Sequence[Indexed]) -> None:
    columns = ["客诉编号", "文件", "字节", "SHA-256"]
    _heading(sheet, "文件清单", "点文件名打开；校验值与 manifest-sha256.txt 相同", columns)
    row = _HEADING_ROW
    for entry in entries:
        for file in entry.files:
            row += 1
            _put(sheet.cell(row, 1), entry.case.number)
            _put(sheet.cell(row, 2), file.path.removeprefix(f"{entry.folder}/"), file.path)
            _put(sheet.cell(row, 3), file.size)
            _put(sheet.cell(row, 4), file.sha256)
    _close(sheet, row - _HEADING_ROW, len(columns))


_HOW = (
    "本文件夹交出后不再改动；以后补齐的资料另作补充，放在同级的“补充-01”“补充-02”…文件夹里。",
    "核对是否完整、未被改动：kesu archive verify 本文件夹；也可用任何支持 BagIt（RFC 8493）的工具。",
    "“缺件清单”中的“台账”指台账里尚未填写或未完成，“资料夹”指归档时资料夹里没有找到。",
    "“未收文件”是资料夹里有、但没有收进归档的文件及原因。",
)


def _lists(workbook: Workbook, entries: Sequence[Indexed]) -> None:
    missing = [
        (entry.case.number, entry.case.facts.get("客户", ""), entry.case.facts.get("产品", ""), owing.what,
         owing.person or "（未填责任人）")
        for entry in entries for owing in entry.missing
    ]
    note = f"共 {len(missing)} 项，按客诉编号" if missing else "没有缺件"
    _rows(workbook.create_sheet("缺件清单"), "缺件清单", note, ("客诉编号", "客户", "产品", "缺什么", "谁欠"), missing)
    _files(workbook.create_sheet("文件清单"), entries)
    left = [(entry.case.number, out.name, out.why) for entry in entries for out in entry.left_out]
    if left:
        sheet = workbook.create_sheet("未收文件")
        _rows(sheet, "未收文件", "这些文件没有收进归档", ("客诉编号", "文件", "原因"), left)


def index_book(
    title: str, note: str, entries: Sequence[Indexed], now: datetime, remarks: Sequence[str] = ()
) -> bytes:
    """The index as an .xlsx stamped ``now`` (aware); equal arguments give equal bytes."""
    workbook = Workbook()
    for name, (font, form) in _LOOKS.items():
        workbook.add_named_style(NamedStyle(name, font=font, alignment=_TOP, border=_BOX, number_format=form))
    _cases(workbook.worksheets[0], title, note, entries)
    workbook.worksheets[0].title = "归档索引"
    _lists(workbook, entries)
    lines = [(line,) for line in (*_HOW, *remarks)]
    _rows(workbook.create_sheet("说明"), "说明", "", ("说明",), lines)
    workbook.properties.created = workbook.properties.modified = now.replace(tzinfo=None)
    workbook.properties.creator, workbook.properties.title = "kesu", title
    draft = io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(draft, "w")).save()
    return restamped(draft.getvalue(), now)


