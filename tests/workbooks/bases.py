"""The ledgers that the variations start from: as openpyxl, xlsxwriter, LibreOffice and a bare hand write them."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from tests.workbooks.sample import FIRST, HEADINGS, HELD, LAST, SHEET, Sample, package_of

TITLE = "客诉登记台账 <2026> & 副本"


def rows() -> list[list[object]]:
    """The data rows: numbers in the first two, a verdict in one, a formula in each."""
    return [
        [
            f"KS-202611-00{row - 2}" if row < 5 else None,
            date(2026, 11, row),
            f"客户{row}",
            "冷却水管",
            "接头泄漏 <5mm>",
            row,
            f"=F{row}/100",
            HELD if row == 4 else None,
            None,
            "备注",
        ]
        for row in range(FIRST, LAST + 1)
    ]


def png() -> io.BytesIO:
    """A picture of one dot."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    body = chunk(b"IHDR", struct.pack(">2L5B", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\1\2\3"))
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b""))


def _filled(book: openpyxl.Workbook) -> Worksheet:
    sheet = book.worksheets[0]
    sheet.title = SHEET
    sheet["A1"] = TITLE
    sheet.merge_cells("A1:J1")
    sheet.append(list(HEADINGS))
    for row in rows():
        sheet.append(row)
    return sheet


def _saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def by_openpyxl() -> bytes:
    """Plain cells."""
    book = openpyxl.Workbook()
    _filled(book)
    return _saved(book)


def by_openpyxl_rich() -> bytes:
    """Styles, table-less filter, panes, validation, conditional formats, comments, a picture, links, protection."""
    book = openpyxl.Workbook()
    sheet = _filled(book)
    sheet["H4"].font, sheet["H4"].fill = Font(bold=True, color="FFFF0000"), PatternFill("solid", fgColor="FFFFFF00")
    side = Side("thin")
    for row in range(FIRST, LAST + 1):
        for column in range(1, len(HEADINGS) + 1):
            sheet.cell(row, column).border = Border(side, side, side, side)
        sheet.cell(row, 2).number_format = "yyyy-mm-dd"
        sheet.row_dimensions[row].height = 24
    sheet["C3"].comment = Comment("老客户", "王")
    sheet.freeze_panes = "B3"
    sheet.auto_filter.ref = "A2:J8"
    choices = DataValidation(type="list", formula1='"调查,分析"')
    choices.add("D3:D8")
    sheet.add_data_validation(choices)
    sheet.conditional_formatting.add("F3:F8", Rule("expression", formula=["$F3>5"]))
    sheet["C4"].hyperlink = "https://example.com/?a=1&b=2"
    sheet["J3"].hyperlink = "附件/a b.pdf"
    sheet.add_image(Image(png()), "L2")
    sheet.protection.sheet = True
    sheet.column_dimensions["E"].width = 255
    sheet.column_dimensions.group("M", "P", hidden=True)
    sheet.print_title_rows, sheet.print_area = "2:2", "A1:J8"
    book.defined_names["客户列"] = DefinedName("客户列", attr_text=f"'{SHEET}'!$C$3:$C$8")
    other = book.create_sheet("措施 & '跟踪'")
    other.append(["客诉编号", "措施"])
    other.append(["KS-202611-001", "返工"])
    other.add_table(Table(displayName="措施", ref="A1:B2"))
    return _saved(book)


def by_openpyxl_table() -> bytes:
    """The ledger as a table with a filter."""
    book = openpyxl.Workbook()
    sheet = _filled(book)
    sheet.add_table(Table(displayName="台账", ref="A2:J8"))
    return _saved(book)


def _by_xlsxwriter(more: Any, **options: object) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, **options})
    sheet = book.add_worksheet(SHEET)
    day, bold = book.add_format({"num_format": "yyyy/m/d"}), book.add_format({"bold": True, "bg_color": "#FFFF00"})
    sheet.write(0, 0, TITLE)
    sheet.write_row(1, 0, HEADINGS)
    for number, values in enumerate(rows(), FIRST - 1):
        for column, value in enumerate(values):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            elif value is not None:
                sheet.write(number, column, value, bold if value == HELD else None)
    sheet.write_blank(5, 7, None, bold)
    more(book, sheet)
    book.close()
    return stream.getvalue()


def by_xlsxwriter() -> bytes:
    """Shared strings, spans, a styled blank cell."""
    return _by_xlsxwriter(lambda _book, _sheet: None)


def by_xlsxwriter_streaming() -> bytes:
    """Inline strings, days from 1904, as written by constant_memory."""
    return _by_xlsxwriter(lambda _book, _sheet: None, constant_memory=True, date_1904=True)


def _everything(book: Any, sheet: Any) -> None:
    sheet.add_table("A2:J8", {"name": "台账", "columns": [{"header": title} for title in HEADINGS]})
    sheet.conditional_format("F3:F8", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("F3:F8", {"type": "icon_set", "icon_style": "3_arrows"})
    sheet.data_validation("D3:D8", {"validate": "list", "source": ["冷却水管", "卡扣"], "input_message": "选 > 一个"})
    sheet.add_sparkline("L3", {"range": f"'{SHEET}'!F3:F8"})
    sheet.write_comment("C3", "老客户 & <重要>")
    sheet.write_rich_string("L4", "红", book.add_format({"color": "red"}), "色", "字")
    sheet.write_array_formula("N3:N5", "{=F3:F5*2}")
    sheet.write_dynamic_array_formula("O3:O3", "=_xlfn.UNIQUE(C3:C8)")
    sheet.write_url("C5", "internal:'另一张'!A1", string="客户5")
    sheet.insert_image("Q2", "dot.png", {"image_data": png()})
    sheet.insert_textbox("S2", "文字框")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"='{SHEET}'!$F$3:$F$8"})
    sheet.insert_chart("Q10", chart)
    sheet.freeze_panes(2, 1)
    sheet.set_column("E:E", 255)
    sheet.set_column("T:XFD", None, None, {"hidden": True})
    sheet.set_row(6, 30, None, {"level": 1})
    sheet.protect("", {"insert_rows": True})
    sheet.ignore_errors({"number_stored_as_text": "A1:A9"})
    sheet.set_h_pagebreaks([5])
    sheet.set_header("&L客诉&R&D")
    book.define_name("客户列", f"='{SHEET}'!$C$3:$C$8")
    other = book.add_worksheet("另一张")
    other.write("A1", f"='{SHEET}'!A3")
    other.very_hidden()
    book.add_chartsheet("图").set_chart(_chart(book))


def _chart(book: Any) -> Any:
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": f"='{SHEET}'!$F$3:$F$8"})
    return chart


def by_xlsxwriter_rich() -> bytes:
    """Table, sparkline, data bars, charts, text box, rich text, array and dynamic formulas, a chart sheet."""
    return _by_xlsxwriter(_everything)


BARE_TYPES = (
    b'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Default Extension="xml" ContentType="application/xml"/>'
    b'<Override PartName="/xl/workbook.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    b'<Override PartName="/xl/worksheets/sheet1.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _bare_cell(reference: str, value: object) -> bytes:
    if value is None:
        return b""
    at = reference.encode()
    if isinstance(value, int):
        return b'<c r="%b"><v>%d</v></c>' % (at, value)
    if isinstance(value, date):
        return b'<c r="%b"><v>%d</v></c>' % (at, (value - date(1899, 12, 30)).days)
    text = str(value).replace("&", "&amp;").replace("<", "&lt;").encode()
    if text.startswith(b"="):
        return b'<c r="%b"><f>%b</f></c>' % (at, text[1:])
    return b'<c r="%b" t="inlineStr"><is><t>%b</t></is></c>' % (at, text)


def by_hand() -> bytes:
    """Nothing but what must be there: no styles, no shared strings, no dimension, no properties."""
    lines: list[list[object]] = [[TITLE], list(HEADINGS), *rows()]
    body = b"".join(
        b'<row r="%d">' % number
        + b"".join(_bare_cell(f"{'ABCDEFGHIJ'[column]}{number}", value) for column, value in enumerate(line))
        + b"</row>"
        for number, line in enumerate(lines, 1)
    )
    return package_of(
        {
            "[Content_Types].xml": BARE_TYPES,
            "_rels/.rels": _RELATIONS
            + b'<Relationship Id="a" Type="%b/officeDocument" Target="/xl/workbook.xml"/>' % _OFFICE
            + b"</Relationships>",
            "xl/workbook.xml": b'<workbook xmlns="%b" xmlns:r="%b"><sheets>'
            b'<sheet name="%b" sheetId="1" r:id="s"/></sheets></workbook>' % (_MAIN, _OFFICE, SHEET.encode()),
            "xl/_rels/workbook.xml.rels": _RELATIONS
            + b'<Relationship Id="s" Type="%b/worksheet" Target="worksheets/sheet1.xml"/></Relationships>' % _OFFICE,
            "xl/worksheets/sheet1.xml": b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (_MAIN, body),
        }
    )


def through_libreoffice(workbooks: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """Workbooks as LibreOffice saves them, by name; those that it does not open, or falls over, are left out."""
    source, saved = folder / "in", folder / "out"
    shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)
    saved.mkdir()
    for name, data in workbooks.items():
        (source / f"{name}.xlsx").write_bytes(data)
    waiting = sorted(source.iterdir())
    while waiting:
        command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"]
        command += ["xlsx", "--outdir", str(saved), *map(str, waiting)]
        run = subprocess.run(command, check=False, capture_output=True, timeout=900)
        waiting = [path for path in waiting if not (saved / path.name).exists()]
        waiting = waiting[1:] if run.returncode else []  # it fell over the first of these
    return {path.stem: path.read_bytes() for path in saved.iterdir()}


def bases() -> list[Sample]:
    """The ledgers that need no program but Python."""
    return [
        Sample("openpyxl", by_openpyxl()),
        Sample("openpyxl rich", by_openpyxl_rich()),
        Sample("openpyxl table", by_openpyxl_table()),
        Sample("xlsxwriter", by_xlsxwriter()),
        Sample("xlsxwriter streaming", by_xlsxwriter_streaming()),
        Sample("xlsxwriter rich", by_xlsxwriter_rich()),
        Sample("by hand", by_hand()),
    ]


def office_bases(folder: Path) -> list[Sample]:
    """The same as LibreOffice saves them."""
    made = {sample.name.replace(" ", "-"): sample.data for sample in bases()}
    return [Sample(f"LibreOffice of {name}", data) for name, data in sorted(through_libreoffice(made, folder).items())]
