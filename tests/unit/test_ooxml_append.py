"""Appending a row to a person's table: what grows with it, what is filled, what stays, what is refused."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.ledger.appending import shifted
from pipeline.ooxml.append_check import check_append
from pipeline.ooxml.package import Package
from pipeline.ooxml.row_append import NewRow
from pipeline.ooxml.sheet_append import Appended, Content, RowAppend, append_row
from pipeline.ooxml.sheet_layout import locate
from schemas.errors import CellRefused

SHEET = "客诉台账"
HEADINGS = ["客诉编号", "接诉时间", "客户", "不良数量", "批量数", "不良率", "状态"]
NEW = {
    0: Content("KS-003"), 1: Content("2026-11-26", moment=datetime.fromisoformat("2026-11-26")),
    2: Content("=HYPERLINK(1) & <乙>"), 3: Content("7", 7.0), 5: Content("7%", 0.07, share=True),
}


def _book(path: Path, *, table: bool = False, total: bool = False, **options: Any) -> Path:
    """A ledger as Excel writes it: title, headings in row 2, two rows, formulas, validation, formats, a filter."""
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet(SHEET)
    day, rate = book.add_format({"num_format": "yyyy/m/d", "border": 1}), book.add_format({"num_format": "0.0%"})
    boxed = book.add_format({"border": 1, "text_wrap": True})
    sheet.write(0, 0, "客诉登记")
    sheet.write_row(1, 0, HEADINGS)
    for index, customer in enumerate(("甲", "乙")):
        row = 2 + index
        sheet.set_row(row, 31)
        sheet.write_string(row, 0, f"KS-00{index + 1}", boxed)
        sheet.write_datetime(row, 1, datetime(2026, 11, 20 + index), day)  # noqa: DTZ001 - cells hold local time
        sheet.write_string(row, 2, customer, boxed)
        sheet.write_number(row, 3, 3 + index, boxed)
        sheet.write_number(row, 4, 100, boxed)
        sheet.write_formula(row, 5, f"=D{row + 1}/E{row + 1}+$E$3", rate, 0.03)
        sheet.write_string(row, 6, "调查", boxed)
    if table:
        columns: list[dict[str, Any]] = [{"header": text} for text in HEADINGS]
        sheet.add_table(1, 0, 3, 6, {"columns": columns, "name": "台账", "total_row": False})
    else:
        sheet.autofilter(1, 0, 3, 6)
    sheet.data_validation("G3:G4", {"validate": "list", "source": ["调查", "关闭"]})
    sheet.data_validation("C3", {"validate": "length", "criteria": ">", "value": 0})
    sheet.conditional_format("D3:D4", {"type": "cell", "criteria": ">", "value": 5, "format": rate})
    sheet.conditional_format("A3:A50", {"type": "blanks", "format": rate})
    if total:
        sheet.write(4, 0, "合计")
    book.add_worksheet("其他").write(0, 0, "旁")
    book.close()
    return path


def _append(
    source: Path, contents: Mapping[int, Content] = NEW, row: int = 5, model: int | None = 4
) -> tuple[Path, Appended]:
    target = source.with_name("out.xlsx")
    return target, append_row(source, target, RowAppend(SHEET, row, contents, 0, 6, 3, model), shifted)


def _worksheet(book: openpyxl.Workbook) -> Worksheet:
    sheet = book[SHEET]
    assert isinstance(sheet, Worksheet)
    return sheet


def _sheet(path: Path) -> Worksheet:
    return _worksheet(openpyxl.load_workbook(path))


def _part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_values_stand_in_the_style_of_the_row_above(tmp_path: Path) -> None:
    target, appended = _append(_book(tmp_path / "in.xlsx"))
    sheet = _sheet(target)
    assert [sheet.cell(5, column).value for column in (1, 3, 4)] == ["KS-003", "=HYPERLINK(1) & <乙>", 7]
    assert sheet["C5"].data_type == "s"  # text, not a formula
    assert sheet["B5"].value == datetime(2026, 11, 26)  # noqa: DTZ001 - cells hold local time
    assert [sheet.cell(5, column).style_id for column in range(1, 8)] == [
        sheet.cell(4, column).style_id for column in range(1, 8)]
    assert sheet.row_dimensions[5].height == sheet.row_dimensions[4].height
    assert appended == Appended(kept_formulas=(5,), unfilled=())


def test_formulas_are_filled_down_and_have_no_value_of_ours(tmp_path: Path) -> None:
    target, _ = _append(_book(tmp_path / "in.xlsx"))
    assert _sheet(target)["F5"].value == "=D5/E5+$E$3"
    assert re.search(r'<c r="F5" s="\d+"><f>D5/E5\+\$E\$3</f></c>', _part(target, "xl/worksheets/sheet1.xml"))


def test_ranges_that_end_in_the_row_above_grow(tmp_path: Path) -> None:
    target, _ = _append(_book(tmp_path / "in.xlsx"))
    sheet = _sheet(target)
    assert sorted(str(item.sqref) for item in sheet.data_validations.dataValidation) == ["C3", "G3:G5"]
    assert sorted(str(item.sqref) for item in sheet.conditional_formatting) == ["A3:A50", "D3:D5"]
    assert sheet.auto_filter.ref == "A2:G5"
    assert f"{SHEET}!$A$2:$G$5" in _part(target, "xl/workbook.xml")
    assert '<dimension ref="A1:G5"/>' in _part(target, "xl/worksheets/sheet1.xml")


def test_a_table_grows_with_its_filter(tmp_path: Path) -> None:
    source = _book(tmp_path / "in.xlsx", table=True)
    target, _ = _append(source)
    table = _sheet(target).tables["台账"]
    assert (table.ref, table.autoFilter.ref) == ("A2:G5", "A2:G5")
    before, after = _members(source), _members(target)
    assert list(before) == list(after)
    changed = [name for name in before if before[name] != after[name]]
    assert changed == ["xl/worksheets/sheet1.xml", "xl/tables/table1.xml"]


def test_a_filter_in_use_stays_so_that_the_new_row_shows(tmp_path: Path) -> None:
    source = _book(tmp_path / "in.xlsx")
    book = openpyxl.load_workbook(source)
    book[SHEET].auto_filter.add_filter_column(2, ["甲"])
    book.save(source)
    target, _ = _append(source)
    assert _sheet(target).auto_filter.ref == "A2:G4"


def test_blank_rows_keep_what_the_plant_prepared(tmp_path: Path) -> None:
    source = _book(tmp_path / "in.xlsx")
    book = openpyxl.load_workbook(source)
    sheet = _worksheet(book)
    sheet["A5"] = "KS-003"           # pre-numbered
    sheet["G5"] = "调查"              # a default filled down
    sheet["F5"] = "=IF(D5=\"\",\"\",D5/E5)"
    sheet["B5"].number_format = "m月d日"
    book.save(source)
    target, appended = _append(source)
    sheet = _sheet(target)
    assert [sheet.cell(5, column).value for column in (1, 6, 7)] == ["KS-003", "=IF(D5=\"\",\"\",D5/E5)", "调查"]
    assert sheet["B5"].number_format == "m月d日"
    assert sheet["B5"].value == datetime(2026, 11, 26)  # noqa: DTZ001 - cells hold local time
    assert appended.kept_formulas == (5,)


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda sheet: sheet.__setitem__("C5", "别的"), "客诉台账!C5 不能安全写入：单元格已有“别的”"),
        (lambda sheet: sheet.merge_cells("C4:C6"), "在合并区域 C4:C6 内"),
        (lambda sheet: sheet.row_dimensions[5].__setattr__("hidden", True) or sheet.__setitem__("H5", "x"), "被隐藏"),
    ],
)
def test_refused_with_the_reason_and_nothing_left(tmp_path: Path, prepare: Any, words: str) -> None:
    source = _book(tmp_path / "in.xlsx")
    book = openpyxl.load_workbook(source)
    prepare(book[SHEET])
    book.save(source)
    with pytest.raises(CellRefused, match=words):
        _append(source)
    assert not (tmp_path / "out.xlsx").exists()


def test_a_total_row_of_a_table_is_refused(tmp_path: Path) -> None:
    source = _book(tmp_path / "in.xlsx", table=True)
    with zipfile.ZipFile(source) as package:
        members = {name: package.read(name) for name in package.namelist()}
    members["xl/tables/table1.xml"] = members["xl/tables/table1.xml"].replace(
        b'totalsRowShown="0"', b'totalsRowCount="1"').replace(b"A2:G4", b"A2:G5", 1)
    with zipfile.ZipFile(source, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    with pytest.raises(CellRefused, match="汇总行"):
        _append(source)


def test_a_date_without_a_dated_column_is_text_people_can_read(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    rows: list[list[object]] = [[], [*HEADINGS], ["KS-001", "2026.3.5", "甲", 5, 9, "1%", "调查"]]
    for values in rows:
        sheet.append(values)
    book.save(path)
    target, appended = _append(path, row=4, model=3)
    values = [cell.value for cell in _sheet(target)[4]]
    assert values == ["KS-003", "2026-11-26", "=HYPERLINK(1) & <乙>", 7, None, "7%", None]
    assert appended.kept_formulas == ()


def test_dates_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    target, _ = _append(_book(tmp_path / "in.xlsx", date_1904=True))
    assert _sheet(target)["B5"].value == datetime(2026, 11, 26)  # noqa: DTZ001 - cells hold local time


def test_the_first_row_of_an_empty_table_takes_the_calculated_columns(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet(SHEET)
    columns: list[dict[str, Any]] = [{"header": text} for text in HEADINGS]
    columns[5]["formula"] = "=台账[@不良数量]/台账[@批量数]"
    sheet.add_table(1, 0, 3, 6, {"columns": columns, "name": "台账"})
    for row in (2, 3):
        sheet.write_blank(row, 5, None)
    book.close()
    target, _ = _append(path, {0: Content("KS-001")}, row=3, model=None)
    sheet = _sheet(target)
    assert sheet["A3"].value == "KS-001"
    assert str(sheet["F3"].value).startswith("=台账[")
    assert sheet.tables["台账"].ref == "A2:G4"


def test_shared_formulas_are_written_out(tmp_path: Path) -> None:
    source = _book(tmp_path / "in.xlsx")
    members = _members(source)
    sheet = members["xl/worksheets/sheet1.xml"]
    sheet = sheet.replace(b"<f>D3/E3+$E$3</f>", b'<f t="shared" ref="F3:F4" si="0">D3/E3&amp;"&lt;"</f>')
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b"<f>D4/E4+$E$3</f>", b'<f t="shared" si="0"/>')
    with zipfile.ZipFile(source, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    target, _ = _append(source)
    assert _sheet(target)["F5"].value == '=D5/E5&"<"'


def test_an_array_formula_is_left_and_reported(tmp_path: Path) -> None:
    source = _book(tmp_path / "in.xlsx")
    members = _members(source)
    sheet = members["xl/worksheets/sheet1.xml"]
    for row in (3, 4):
        plain = f"<f>D{row}/E{row}+$E$3</f>".encode()
        assert plain in sheet
        sheet = sheet.replace(plain, f'<f t="array" ref="F{row}">D{row}/E{row}</f>'.encode())
    members["xl/worksheets/sheet1.xml"] = sheet
    with zipfile.ZipFile(source, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    target, appended = _append(source, {0: Content("KS-003")})
    assert appended == Appended((), (5,))
    assert _sheet(target)["F5"].value is None


def test_the_date_is_a_day_for_every_reader(tmp_path: Path) -> None:
    target, _ = _append(_book(tmp_path / "in.xlsx"))
    value = _sheet(target)["B5"].value
    assert isinstance(value, datetime)
    assert value.date() == date(2026, 11, 26)


def test_the_check_sees_what_an_append_must_not_do(tmp_path: Path) -> None:
    source = _book(tmp_path / "in.xlsx")
    target, _ = _append(source)
    append, new = RowAppend(SHEET, 5, NEW, 0, 6, 3, 4), NewRow(filled={5: "D5/E5+$E$3"})
    layout = locate(source, SHEET, _members(source)["xl/worksheets/sheet1.xml"])
    package = Package(source)
    check_append(package, target, append, layout, new, [])
    good = _members(target)
    for part, old, spoilt, words in (
        ("xl/worksheets/sheet1.xml", "<v>100</v>", "<v>101</v>", "其他行有变"),
        ("xl/worksheets/sheet1.xml", "KS-003", "KS-004", "A5 没有写入"),
        ("xl/worksheets/sheet1.xml", "<f>D5/E5+$E$3</f>", "<v>1</v>", "F5 没有写入"),
        ("xl/worksheets/sheet1.xml", 'sqref="G3:G5"', 'sqref="G3:G6"', "设置有变"),
        ("xl/workbook.xml", "$A$2:$G$5", "$A$2:$H$5", "workbook.xml 有变"),
        ("xl/styles.xml", "<fonts", "<fonts ", "styles.xml 有变"),
    ):
        assert old in good[part].decode(), old
        changed = tmp_path / "changed.xlsx"
        parts = {name: good[name] for name in (part, *_changed_parts(source, target))}
        package.rewrite(changed, {**parts, part: good[part].replace(old.encode(), spoilt.encode())}, {})
        with pytest.raises(CellRefused, match=words):
            check_append(package, changed, append, layout, new, [])


def _changed_parts(source: Path, target: Path) -> set[str]:
    before, after = _members(source), _members(target)
    return {name for name in before if before[name] != after[name]}
