"""What every producer of workbooks writes differently: errors and formulas without result are not blanks."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from pipeline.ledger.workbook_process import RawSheet, read_workbook
from tests.unit.ledger_workbooks import book, read

HEADINGS = ["客诉编号", "接诉时间", "客户", "不良现象", "批量数", "不良率"]
ROW: list[object] = ["K-1", "2026-3-1", "东湖汽车", "漏水", 12345678901234567, "=1/0", "=1+1"]


def _by_openpyxl(path: Path) -> Path:
    book(path, {"客诉台账": [HEADINGS, ROW]})
    _rewrite(path, _all_digits)
    return path


def _by_xlsxwriter(path: Path) -> Path:
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet("客诉台账")
    for row, values in enumerate((HEADINGS, ROW)):
        sheet.write_row(row, 0, values)
    sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")
    sheet.write_formula(1, 6, "=1+1", None, "")
    workbook.close()
    _rewrite(path, lambda xml: _all_digits(xml).replace(b"<f>1+1</f><v></v>", b"<f>1+1</f>"))
    return path


def _all_digits(xml: bytes) -> bytes:
    """The number as Excel may write it; both libraries round it."""
    return re.sub(rb'(<c r="E2"[^>]*><v>)[^<]*', rb"\g<1>12345678901234567", xml)


def _rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


def _bare(xml: bytes) -> bytes:
    return re.sub(rb'(<(?:c|row)) r="\w+"', rb"\1", xml)


def _prefixed(xml: bytes) -> bytes:
    return re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=")


def _first(path: Path) -> RawSheet:
    return read_workbook(path, path)[0]


@pytest.mark.parametrize("spelling", [lambda xml: xml, _bare, _prefixed, lambda xml: _prefixed(_bare(xml))])
@pytest.mark.parametrize("make", [_by_openpyxl, _by_xlsxwriter])
def test_uncalculated_formulas_are_known_whoever_wrote_them(
    tmp_path: Path, make: Callable[[Path], Path], spelling: Callable[[bytes], bytes]
) -> None:
    path = make(tmp_path / "台账.xlsx")
    _rewrite(path, spelling)
    sheet = _first(path)
    assert sheet.formulas == {(1, 5), (1, 6)}
    assert sheet.uncalculated == ({(1, 5), (1, 6)} if make is _by_openpyxl else {(1, 6)})
    assert sheet.errors == ({} if make is _by_openpyxl else {(1, 5): "#DIV/0!"})
    assert sheet.at(1, 4) == "12345678901234567"  # all its digits


def test_what_libreoffice_calculated_is_there(tmp_path: Path) -> None:
    _by_openpyxl(tmp_path / "in.xlsx")
    (tmp_path / "out").mkdir()
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "xlsx",
         "--outdir", str(tmp_path / "out"), str(tmp_path / "in.xlsx")], check=True, capture_output=True, timeout=120,
    )
    sheet = _first(tmp_path / "out" / "in.xlsx")
    assert dict(sheet.errors) == {(1, 5): "#DIV/0!"}
    assert not sheet.uncalculated
    assert sheet.at(1, 6) == 2


def test_a_formula_that_yields_nothing_is_blank(tmp_path: Path) -> None:
    path = _by_openpyxl(tmp_path / "台账.xlsx")
    _rewrite(path, lambda xml: re.sub(rb'<c r="F2"[^>]*>.*?</c>', b'<c r="F2" t="str"><f>""</f><v></v></c>', xml))
    assert (1, 5) not in _first(path).uncalculated


def test_one_sentence_says_that_formulas_wait_for_excel(tmp_path: Path) -> None:
    reading = read(_by_openpyxl(tmp_path / "台账.xlsx"))
    hint = "工作表“客诉台账”有 1 个公式还没有计算结果（如 F2），暂按未填读取；请用 Excel 或 WPS 打开后保存一次"
    assert hint in reading.hints
    row = reading.complaints[0]
    assert (row.record.rate, row.typed["rate"]) == (None, "公式未计算")


def test_a_damaged_sheet_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    book(path, {"附表": [["x"]], "客诉台账": [HEADINGS, ROW]})
    _rewrite(path, lambda xml: xml.replace(b"</sheetData>", b"</wrong>"))
    reading = read(path)
    assert [row.record.number for row in reading.complaints] == ["K-1"]
    assert reading.unread == {"附表"}
    assert [str(issue) for issue in reading.issues if issue.sheet == "附表"] == [
        "附表:工作表未读取：内容损坏，其他工作表照常读取。请用 Excel 或 WPS 打开、修复后另存"]


def test_links_typed_as_formulas_keep_their_text(tmp_path: Path) -> None:
    path = _by_openpyxl(tmp_path / "台账.xlsx")
    workbook = load_workbook(path)
    workbook["客诉台账"]["C2"] = '=HYPERLINK("x","东湖")'
    workbook.save(path)
    _rewrite(path, lambda xml: re.sub(rb'(<c r="C2"[^>]*?)( t="\w+")?>(<f>.*?</f>)<v ?/?>(</v>)?',
                                      rb'\1 t="str">\3<v>&#19996;</v>', xml))
    assert _first(path).at(1, 2) == "东"
