"""The review workbook: an overview with charts, one sheet a subject, and the complaints as a table for pivots."""

from __future__ import annotations

import io
import statistics
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from pipeline.ooxml.restamp import restamped
from pipeline.review.charts import BLUE, FONT, GREEN, GREY, ORANGE, bars, columns_and_line, pareto_chart
from schemas.review import Review, closing_classes, pareto_message

_DARK, _BAND = "1F3864", "DCE6F2"
_THIN = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_PLAIN, _HEAD = Font(name=FONT, size=11), Font(name=FONT, size=11, bold=True, color=_DARK)
_TOP = Alignment(vertical="top", wrap_text=True)
_FILL = PatternFill("solid", start_color=_BAND, end_color=_BAND)
_HEADING_ROW = 3
_PAPER_A4 = 9
_WIDE = {
    "产品": 22, "不良现象": 44, "客诉编号": 17, "经验教训": 80, "重复的客诉": 60, "失效类别": 16, "名称": 22,
    "客户": 14,
}
_USUAL = 12
Value = str | int | float | date | None
#: Of each subject: the sheet's name, its note, and the headings.
_LISTS = {
    "hardest": ("历时最久", "到期末或关闭为止的天数", ("客诉编号", "客户", "产品", "不良现象", "历时天数")),
    "rolled": ("滚动最多", "未关闭时经过的品质例会次数", ("客诉编号", "客户", "产品", "不良现象", "滚动次数")),
    "restarted": ("重新启动", "台账“重开次数”", ("客诉编号", "客户", "产品", "不良现象", "重开次数")),
    "costly": ("费用", "台账“费用金额”", ("客诉编号", "客户", "产品", "不良现象", "费用金额")),
}


def _put(sheet: Worksheet, row: int, column: int, value: Value, number_format: str = "") -> None:
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"  # what people typed never becomes a formula
    else:
        cell.value = value
    cell.font, cell.alignment, cell.border = _PLAIN, _TOP, _BOX
    if number_format:
        cell.number_format = number_format
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"


def _title(sheet: Worksheet, title: str, note: str) -> None:
    sheet["A1"], sheet["A2"] = title, note
    sheet["A1"].font = Font(name=FONT, size=16, bold=True, color=_DARK)
    sheet["A2"].font = Font(name=FONT, size=10, color="595959")
    sheet.row_dimensions[1].height = 28
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _PAPER_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _table(
    sheet: Worksheet, headings: Sequence[str], rows: Sequence[Sequence[Value]], formats: dict[int, str] | None = None
) -> None:
    for column, name in enumerate(headings, 1):
        cell = sheet.cell(_HEADING_ROW, column)
        cell.value, cell.font, cell.fill, cell.border = name, _HEAD, _FILL, _BOX
        sheet.column_dimensions[get_column_letter(column)].width = _WIDE.get(name, _USUAL)
    for number, values in enumerate(rows, _HEADING_ROW + 1):
        for column, value in enumerate(values, 1):
            _put(sheet, number, column, value, (formats or {}).get(column, ""))
    sheet.freeze_panes = f"A{_HEADING_ROW + 1}"


def _below(rows: int) -> str:
    """Where a chart stands: below its table, so that a printed page is as wide as the chart."""
    return f"A{_HEADING_ROW + rows + 2}"


def _percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.0%}"


def _overview(sheet: Worksheet, found: Review) -> None:
    period = found.period
    title = f"{period.title}客诉总结"
    _title(sheet, title, f"{found.site}　{period.first} 至 {period.last}　{found.made} 按台账统计，只列事实")
    closed = found.days_to_close
    usual = f"中位 {statistics.median(closed):g} 天，最长 {closed[-1]} 天" if closed else "—"
    levels = "、".join(f"{name} {count} 件" for name, count in found.levels.items()) or "—"
    punctual = "；".join(
        f"{line.clock} {_percent(line.rate)}（{line.in_time}/{line.due}）" for line in found.punctuality if line.due
    )
    lines = (
        ("接诉", f"{found.received} 件（{levels}）"), ("关闭", f"{found.closed} 件"),
        ("期末未关闭", f"{found.open_at_end} 件"),
        ("按时率", punctual or "—"), ("结案用时", usual), ("费用", f"{found.cost:,.0f} 元"),
        ("重复发生", f"{len(found.repeats)} 组"), ("重新启动", f"{found.restarts} 件"),
    )
    for row, (name, text) in enumerate(lines, _HEADING_ROW):
        _put(sheet, row, 1, name)
        sheet.cell(row, 1).font, sheet.cell(row, 1).fill = _HEAD, _FILL
        _put(sheet, row, 2, text)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 90


def _trend(sheet: Worksheet, found: Review) -> None:
    _title(sheet, "趋势", "每月接诉、关闭与月末未关闭件数")
    rows = [(line.month, line.received, line.closed, line.open_at_end) for line in found.trend]
    _table(sheet, ("月份", "接诉", "关闭", "月末未关闭"), rows)
    title = "每月接诉与关闭，及月末未关闭件数"
    columns_and_line(sheet, _below(len(rows)), title, len(rows), _HEADING_ROW, line_column=4, columns=(2, 3))


def _paretos(workbook: Workbook, found: Review) -> None:
    for name, shares in found.paretos.items():
        sheet = workbook.create_sheet(f"按{name}")
        _title(sheet, f"按{name}", f"{found.period.title}接诉 {found.received} 件")
        rows = [(share.name, share.count, share.part, share.cumulated) for share in shares]
        _table(sheet, ("名称", "件数", "占比", "累计占比"), rows, {3: "0%", 4: "0%"})
        if rows:
            title = pareto_message(shares, name)
            pareto_chart(sheet, _below(len(rows)), title, len(rows), _HEADING_ROW, found.received)


def _punctuality(sheet: Worksheet, found: Review) -> None:
    _title(sheet, "时限达成", "期内到期的各时限：按时、迟交、逾期未交")
    rows = [(line.clock, line.due, line.in_time, line.late, line.open_late, line.rate) for line in found.punctuality]
    _table(sheet, ("时限", "到期", "按时", "迟交", "逾期未交", "按时率"), rows, {6: "0%"})
    bars(sheet, _below(len(rows)), "各时限：按时、迟交与逾期未交件数", len(rows), _HEADING_ROW, (3, 5), "件",
         [GREEN, GREY, ORANGE], stacked=True)


def _closing(sheet: Worksheet, found: Review) -> None:
    _title(sheet, "结案用时", f"期内关闭 {found.closed} 件，接诉到关闭的天数")
    counts = closing_classes(found.days_to_close)
    _table(sheet, ("用时", "件数"), counts)
    bars(sheet, _below(len(counts)), "期内关闭的客诉用了多少天", len(counts), _HEADING_ROW, (2, 2), "件", [BLUE])


def _lists(workbook: Workbook, found: Review) -> None:
    repeats = workbook.create_sheet("重复发生")
    _title(repeats, "重复发生", "同一产品、同一失效类别，截至期末的十二个月内两次以上")
    rows = [(entry.part, entry.failure, len(entry.numbers), "、".join(entry.numbers)) for entry in found.repeats]
    _table(repeats, ("产品", "失效类别", "次数", "重复的客诉"), rows)
    for field, (name, note, headings) in _LISTS.items():
        sheet = workbook.create_sheet(name)
        _title(sheet, name, f"{note}，最多的十件")
        _table(sheet, headings, getattr(found, field), {5: "#,##0"})
    lessons = workbook.create_sheet("经验教训")
    _title(lessons, "经验教训", "台账中大家写下的原文")
    _table(lessons, ("客诉编号", "产品", "经验教训"), found.lessons)


def _cases(sheet: Worksheet, found: Review) -> None:
    """The complaints as an Excel table: every column one kind of value, ready for a pivot table."""
    _title(sheet, "明细", "期内接诉、关闭或期末未关闭的客诉；可直接插入数据透视表（表名 客诉明细）")
    headings = list(found.cases[0].cells) if found.cases else ["客诉编号"]
    _table(sheet, headings, [list(entry.cells.values()) for entry in found.cases], {})
    if found.cases:
        last = f"{get_column_letter(len(headings))}{_HEADING_ROW + len(found.cases)}"
        table = Table(displayName="客诉明细", ref=f"A{_HEADING_ROW}:{last}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight9", showRowStripes=True)
        sheet.add_table(table)


def review_workbook(found: Review, now: datetime) -> bytes:
    """The review as an .xlsx stamped ``now`` (aware); equal arguments give equal bytes."""
    workbook = Workbook()
    workbook.worksheets[0].title = "概览"
    _overview(workbook.worksheets[0], found)
    _trend(workbook.create_sheet("趋势"), found)
    _paretos(workbook, found)
    _punctuality(workbook.create_sheet("时限达成"), found)
    _closing(workbook.create_sheet("结案用时"), found)
    _lists(workbook, found)
    _cases(workbook.create_sheet("明细"), found)
    workbook.properties.created = workbook.properties.modified = now.replace(tzinfo=None)
    workbook.properties.creator, workbook.properties.title = "kesu", f"{found.period.title}客诉总结"
    draft = io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(draft, "w")).save()
    return restamped(draft.getvalue(), now)
