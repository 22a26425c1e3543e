"""Ledgers in the styles of plants nobody prepared: what is found, mapped, counted and complained about."""

# ruff: noqa: E501, DTZ001 - tables of wide characters stay on one line; cells hold days without a zone

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from schemas.rows import SheetKind
from schemas.values import Level, Moment, Status
from tests.unit.ledger_workbooks import book, fill, read, report


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "台账.xlsx"


def test_other_words_title_and_notes_above(path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "2026"
    fill(sheet, [
        ["2026年度客户投诉台账"], [], ["注:红色为超期"],
        ["序号", "投诉编号", "投诉日期\n(年/月/日)", "*客户名称", "零件名称", "零件号/图号", "问题描述", "不良数\n(件)", "批次号",
         "品质担当", "责任单位", "处理状态", "严重程度", "不良率(PPM)", "处理照片"],
        [1, "TS-001", datetime(2026, 3, 5), "东湖汽车", "软管", "HS-1", "漏水", "50件", "A12", "张三", "注塑", "处理中", "重大", 3000],
        [2, "TS-002", "3月5日", "长岭汽车", "卡扣", "KC-2", "断裂", "５", "20260301", "李四", "装配", "已结案", "一般", "1200"],
    ])
    sheet.merge_cells("A1:O1")
    workbook.save(path)

    reading = read(path)

    sheet_report = report(path)["sheets"][0]
    assert (sheet_report["heading_row"], sheet_report["rows"]) == (4, 2)
    assert sheet_report["mapped"] == {
        "投诉编号": "number", "投诉日期\n(年/月/日)": "received", "*客户名称": "customer", "零件名称": "product",
        "零件号/图号": "part_number", "问题描述": "phenomenon", "不良数\n(件)": "defects", "批次号": "lot",
        "品质担当": "engineer", "责任单位": "department", "处理状态": "status", "严重程度": "level", "不良率(PPM)": "rate",
    }
    assert sheet_report["unmapped"] == ["序号", "处理照片"]
    first, second = (row.record for row in reading.complaints)
    assert (first.defects, first.rate, first.level, first.status) == (50, 0.003, Level.SERIOUS, Status.INVESTIGATING)
    assert second.received == Moment(datetime(2026, 3, 5).date())
    assert (second.defects, second.status, second.lot) == (5, Status.CLOSED, "20260301")
    assert reading.issues == ()


def test_two_level_headings_with_merged_groups(path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    fill(sheet, [
        ["客户抱怨一览表"],
        ["编号", "接诉日期", "产品", None, None, "不良", None, "D3", None, "8D报告", None, "计划", "实际"],
        [None, None, "名称", "图号", "批次", "现象", "数量", "要求日", "提交日", "要求日", "提交日", "完成日期", "完成日期"],
        ["C-1", "2026-3-1", "软管", "H-1", "L1", "漏", 3, "2026-3-2", "2026-3-2", "2026-3-15", None, "2026-3-20", None],
    ])
    for cells in ("A1:M1", "A2:A3", "B2:B3", "C2:E2", "F2:G2", "H2:I2", "J2:K2"):
        sheet.merge_cells(cells)
    workbook.save(path)

    found = report(path)["sheets"][0]

    assert found["heading_row"] == 3
    assert found["mapped"] == {
        "编号": "number", "接诉日期": "received", "名称": "product", "图号": "part_number", "批次": "lot",
        "现象": "phenomenon", "数量": "defects", "D3/要求日": "d3_due", "D3/提交日": "d3_sent",
        "8D报告/要求日": "d8_due", "8D报告/提交日": "d8_sent", "计划/完成日期": "close_due", "实际/完成日期": "closed",
    }
    record = read(path).complaints[0].record
    assert (record.product, record.defects, str(record.d8_due)) == ("软管", 3, "2026-03-15")


def test_dates_and_persons_under_a_stage_are_not_the_complaints_own(path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    fill(sheet, [
        ["客诉编号", "接诉时间", "客户", "不良现象", "长期措施", None, None, "效果验证", None],
        [None, None, None, None, "内容", "责任人", "完成日期", "验证人", "日期"],
        ["C-1", "2026-3-1", "东湖", "漏", "换料", "张三", "2026-4-1", "李四", "2026-5-1"],
    ])
    for cells in ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:G1", "H1:I1"):
        sheet.merge_cells(cells)
    workbook.save(path)

    found = report(path)["sheets"][0]

    assert "closed" not in found["mapped"].values()
    assert found["mapped"]["接诉时间"] == "received"
    assert {"责任人", "完成日期", "验证人", "日期"} <= set(found["unmapped"])


def test_one_sheet_a_month_beside_statistics_lists_and_notes(path: Path) -> None:
    headings = ["No.", "客户", "发生日期", "品名", "不良内容", "不良数量", "责任部门", "是否关闭"]
    rows = [[1, "东湖汽车", "1/5", "软管", "漏水", 5, "注塑", "是"], [2, "长岭汽车", "1/6", "卡扣", "断裂", 2, "装配", "否"]]
    book(path, {
        "封面": [["客户投诉台账"], ["编制", "张三"], ["日期", "2026-1-1"]],
        "1月": [headings, *rows],
        "2月": [headings, *rows[:1]],
        "月度统计": [["月份", "客诉件数", "关闭件数", "关闭率"], ["1月", 2, 1, "50%"]],
        "部门统计": [["责任部门", "客户", "不良数量", "不良率", "占比"], ["注塑", "东湖汽车", 5, "3%", "50%"]],
        "柏拉图": [["不良现象", "不良数量", "累计", "累计占比"], ["漏水", 5, 5, "60%"]],
        "现象统计": [["不良现象", "客户", "责任部门", "投诉件数", "占比", "累计占比"], ["漏水", "东湖汽车", "注塑", 3, "60%", "60%"]],
        "下拉": [["状态", "客诉等级", "责任部门", "客户"], ["关闭", "一般", "注塑", "东湖汽车"], ["调查", "严重", "装配", "长岭汽车"]],
        "填写说明": [["列名", "说明", "示例"], ["客诉编号", "唯一", "KS-1"], ["客户", "简称", "东湖汽车"]],
    })

    found = report(path)
    reading = read(path)

    assert [(sheet["name"], sheet["rows"]) for sheet in found["sheets"]] == [("1月", 2), ("2月", 1)]
    assert found["sheets"][0]["unmapped"] == ["No."]  # a running number is no complaint number
    assert [row.record.status for row in reading.complaints] == [Status.CLOSED, Status.INVESTIGATING, Status.CLOSED]


def test_english_beside_chinese(path: Path) -> None:
    book(path, {"Complaint List": [
        ["投诉编号\nComplaint No.", "客户\nCustomer", "Date", "产品名称 Part Name", "P/N", "不良现象\nProblem Description",
         "Qty", "状态Status", "责任部门/Responsible Dept", "Remark"],
        ["C-1", "东湖汽车", "2026-03-05", "软管", "H-1", "漏水", 3, "Open", "注塑", "急"],
    ]})

    found = report(path)["sheets"][0]

    assert found["mapped"] == {
        "投诉编号\nComplaint No.": "number", "客户\nCustomer": "customer", "Date": "received", "产品名称 Part Name": "product",
        "P/N": "part_number", "不良现象\nProblem Description": "phenomenon", "Qty": "defects", "状态Status": "status",
        "责任部门/Responsible Dept": "department", "Remark": "note",
    }
    assert read(path).issues == ()


def test_prenumbered_blanks_formulas_defaults_and_totals_are_no_rows(path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "客诉台账"
    fill(sheet, [["序号", "客诉编号", "接诉时间", "客户", "不良现象", "不良数量", "状态", "质量工程师", "超期天数"],
                 [1, "K-001", "2026-3-1", "东湖汽车", "漏水", 5, "关闭", "张三", "=TODAY()-C2"],
                 [2, "K-002", None, None, None, None, "待确认", "张三", "=TODAY()-C3"],
                 [3, "K-003", None, None, None, None, "待确认", "张三", "=TODAY()-C4"],
                 [],
                 [4, "K-004", "2026-3-4", "长岭汽车", "断裂", 2, "调查", "李四", "=TODAY()-C6"],
                 ["合计", None, None, None, None, "=SUM(F2:F6)"],
                 ["编制:张三", None, None, "审核:王五"]])
    sheet.row_dimensions[6].hidden = True
    workbook.save(path)

    reading = read(path)

    assert [row.place.row for row in reading.complaints] == [2, 6]
    assert list(reading.prenumbered()) == ["K-002", "K-003"]
    assert report(path)["sheets"][0]["rows"] == 2


def test_cached_results_of_formulas_in_blank_rows_do_not_fill_them(path: Path) -> None:
    """Excel keeps each formula's last result in the file; openpyxl does not, so the XML is written by hand."""
    book(path, {"客诉台账": [["客诉编号", "接诉时间", "客户", "不良现象", "月份"], ["K-1", "2026-3-1", "东湖汽车", "漏水", 3],
                         ["K-2", None, None, None, 1], ["K-3", None, None, None, 2]]})
    _rewrite(path, "xl/worksheets/sheet1.xml", lambda xml: _with_formulas(xml, ("E2", "E3", "E4")))

    reading = read(path)

    assert [row.place.row for row in reading.complaints] == [2]
    assert reading.complaints[0].extras == {"月份": "3"}
    assert list(reading.prenumbered()) == ["K-2", "K-3"]


def _rewrite(path: Path, member: str, change: object) -> None:
    import zipfile

    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert callable(change)
    parts[member] = change(parts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


def _with_formulas(xml: bytes, cells: tuple[str, ...]) -> bytes:
    import re

    for cell in cells:
        xml = re.sub(rb'(<c r="%s"[^>]*>)' % cell.encode(), rb"\1<f>MONTH(B2)</f>", xml)
    return xml


def test_merged_cells_reach_the_rows_they_cover(path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "客诉台账"
    fill(sheet, [["客诉编号", "接诉时间", "客户", "不良现象", "不良批次", "不良数量"],
                 ["K-1", "2026-3-1", "东湖汽车", "漏水", "A1", 3], ["K-2", "2026-3-2", None, "断裂", "A2", 2],
                 ["K-3", "2026-3-3", "长岭汽车", "松脱", "B1", 3], [None, None, None, "毛边", "B2", 4]])
    for cells in ("C2:C3", "A4:A5", "B4:B5", "C4:C5"):
        sheet.merge_cells(cells)
    workbook.save(path)

    reading = read(path)

    assert [row.record.customer for row in reading.complaints] == ["东湖汽车", "东湖汽车", "长岭汽车"]
    joined = reading.complaints[2].record
    assert (joined.lot, joined.phenomenon, joined.defects) == ("B1、B2", "松脱\n毛边", 3)
    assert [(issue.cell, issue.value) for issue in reading.issues] == [("F5", "4")]
    assert report(path)["sheets"][0]["rows"] == 4


def test_unreadable_cells_are_issues_and_the_row_lives_on(path: Path) -> None:
    book(path, {"客诉台账": [
        ["客诉编号", "接诉时间", "客户", "不良现象", "不良数量", "不良率", "状态", "关闭日期"],
        ["K-1", "2026.13.5", "东湖汽车", "漏水", "约50", 3, "搁着", "2026/2/30"],
        ["K-2", "20260305 14:20", "长岭汽车", "断裂", "1,200 PCS", "3/1000", "已关闭", "26.3.9"],
    ]})

    reading = read(path)

    assert [(issue.cell, issue.field, issue.value) for issue in reading.issues] == [
        ("B2", "received", "2026.13.5"), ("E2", "defects", "约50"), ("F2", "rate", "3"), ("G2", "status", "搁着"),
        ("H2", "closed", "2026/2/30"),
    ]
    assert all(issue.message[-1] >= "\u4e00" or issue.message[-1].isalnum() for issue in reading.issues)
    first, second = reading.complaints
    assert (first.record.customer, first.record.received) == ("东湖汽车", None)
    assert second.record.received == Moment(datetime(2026, 3, 5).date(), time(14, 20))
    assert (second.record.defects, second.record.rate) == (1200, 0.003)


def test_picture_formulas_and_error_cells_are_not_text(path: Path) -> None:
    book(path, {"客诉台账": [
        ["客诉编号", "接诉时间", "客户", "不良现象", "照片", "不良数量"],
        ["K-1", "2026-3-1", "东湖汽车", "漏水", "=DISPIMG(\"ID_1\",1)", "#N/A"],
    ]})
    _rewrite(path, "xl/worksheets/sheet1.xml",
             lambda xml: xml.replace(b"</f><v></v>", b"</f><v>=DISPIMG(&quot;ID_1&quot;,1)</v>").replace(
                 b'<c r="E2"', b'<c r="E2" t="str"'))

    reading = read(path)

    assert reading.complaints[0].extras == {}
    assert [(issue.cell, issue.value) for issue in reading.issues] == [("F2", "#N/A")]
    assert reading.complaints[0].record.phenomenon == "漏水"


def test_ids_keep_their_seventeen_digits(path: Path) -> None:
    book(path, {"客诉台账": [["客诉编号", "接诉时间", "客户", "不良现象", "零件号"],
                         [12345, "2026-3-1", "东湖汽车", "漏水", 1]]})
    _rewrite(path, "xl/worksheets/sheet1.xml",
             lambda xml: xml.replace(b"<v>1</v></c></row></sheetData>", b"<v>12345678901234567</v></c></row></sheetData>"))

    record = read(path).complaints[0].record

    assert (record.number, record.part_number) == ("12345", "12345678901234567")


def test_hidden_sheets_child_sheets_and_repeated_headings(path: Path) -> None:
    headings = ["客诉编号", "接诉时间", "客户", "不良现象"]
    workbook = book(path, {
        "台账": [headings, ["K-1", "2026-3-1", "东湖汽车", "漏水"], headings, ["K-2", "2026-3-2", "长岭汽车", "断裂"]],
        "措施": [["客诉编号", "序号", "对策内容", "担当", "完成期限", "完成日期"], ["K-1", 1, "换料", "张三", "2026-3-9", None],
               ["K-9", 2, "培训", "李四", "2026-3-9", None]],
        "联系人": [["姓名", "部门", "职务", "电话", "邮箱"], ["张三", "品质部", "部长", 13800000000, "zhang@example.com"]],
    })
    workbook["措施"].sheet_state = "hidden"
    workbook.save(path)

    reading = read(path)

    assert [(sheet.name, sheet.kind) for sheet in reading.sheets] == [
        ("台账", SheetKind.COMPLAINTS), ("措施", SheetKind.ACTIONS), ("联系人", SheetKind.CONTACTS)]
    assert [row.record.number for row in reading.complaints] == ["K-1", "K-2"]
    assert reading.contacts[0].record.phone == "13800000000"
    assert [(issue.sheet, issue.cell, issue.value) for issue in reading.issues] == [
        ("措施", "A3", "K-9"), ("措施", "D3", "李四")]


def test_close_matches_are_reported_and_never_used_for_dates_or_numbers(path: Path) -> None:
    book(path, {"客诉台账": [
        ["客诉编号", "接诉时间", "客户", "不良现像", "不良品总数量", "责任部们", "8D实际提交日期"],
        ["K-1", "2026-3-1", "东湖汽车", "漏水", "很多", "注塑", "很快"],
    ]})

    reading = read(path)
    sheet = reading.sheets[0]

    assert sheet.guessed["不良现像"] == "phenomenon"
    assert sheet.guessed["责任部们"] == "department"
    assert (reading.complaints[0].record.phenomenon, reading.complaints[0].record.department) == ("漏水", "注塑")
    assert not {"defects", "d8_sent"} & set(sheet.columns)
    assert reading.issues == ()
    assert reading.complaints[0].extras["不良品总数量"] == "很多"


def test_aliases_of_the_plant(path: Path) -> None:
    book(path, {"客诉台账": [["编号", "接诉时间", "对方", "不良现象", "经办"], ["K-1", "2026-3-1", "东湖汽车", "漏水", "张三"]]})

    reading = read(path, {"customer": ["对方"], "质量工程师": ["经办"], "客商": ["x"]})

    assert reading.sheets[0].mapped["对方"] == "customer"
    assert reading.complaints[0].record.engineer == "张三"
    assert any("客商" in hint for hint in reading.hints)


def test_percent_in_the_heading(path: Path) -> None:
    book(path, {"甲": [["客诉编号", "接诉时间", "客户", "不良现象", "不良率(%)"], ["K-1", "2026-3-1", "东湖", "漏", 3],
                      ["K-2", "2026-3-1", "东湖", "漏", 0.5]],
                "乙": [["客诉编号", "接诉时间", "客户", "不良现象", "不良率(%)"], ["K-3", "2026-3-1", "东湖", "漏", 0.03]]})

    assert [row.record.rate for row in read(path).complaints] == pytest.approx([0.03, 0.005, 0.03])


def test_forms_and_empty_workbooks_hold_no_ledger(path: Path) -> None:
    book(path, {"8D": [["客户", "东湖汽车", "产品名称", "软管", "零件号", "H-1"], ["不良现象", "漏水", "不良数量", 3, "批次", "A1"],
                       ["接诉时间", "2026-3-1", "责任部门", "注塑", "质量工程师", "张三"]],
                "空": []})

    found = report(path)

    assert found["sheets"] == []
    assert [issue["sheet"] for issue in found["issues"]] == [""]
    assert "aliases" in found["issues"][0]["message"]


def test_statistics_above_groups_without_merging_and_a_line_of_hints_below(path: Path) -> None:
    book(path, {"东湖汽车": [
        ["东湖汽车投诉登记表"], ["责任部门", "件数", "占比"], ["注塑", 3, "60%"], ["装配", 2, "40%"], [],
        ["投诉单号", "日期", "产品", None, "不良", None, "处理", None, "备注", "备注"],
        [None, None, "名称", "图号", "现象", "数量", "责任部门", "状态"],
        ["必填", "YYYY-MM-DD", "必填", "选填", "必填", "(件)", "下拉", "下拉"],
        ["T-1", "2026-3-1", "软管", "H-1", "漏水", 3, "注塑", "完成", "甲", "乙"],
        [], [], ["T-2", "2026-3-2", "卡扣", "K-1", "断裂", 1, "装配", "进行中"],
    ]})

    found = report(path)["sheets"][0]

    assert (found["heading_row"], found["rows"]) == (7, 2)
    assert found["mapped"] == {
        "投诉单号": "number", "日期": "received", "名称": "product", "图号": "part_number", "现象": "phenomenon",
        "数量": "defects", "责任部门": "department", "状态": "status", "备注": "note",
    }
    assert found["unmapped"] == ["备注"]
    assert report(path)["issues"] == []


def test_full_width_and_spaced_headings_with_month_dividers(path: Path) -> None:
    workbook = book(path, {"客诉": [
        ["客 诉 编 号", "接诉时间 ", "客户名称:", "产品\n名称", "不良\n现象", "不良数量(PCS)", "8D提交日期"],
        ["2026年3月"], ["K-1", "2026.3.1", "东湖汽车", "软管", "漏水", "５０", "20260310"],
        ["2026年4月"], ["K-2", "4月2日", "长岭汽车", "卡扣", "断裂", "3 PCS", None], ["小计", None, None, None, None, 53],
    ]})
    workbook["客诉"].merge_cells("A2:G2")
    workbook.save(path)

    reading = read(path)

    assert set(reading.sheets[0].columns) == {"number", "received", "customer", "product", "phenomenon", "defects", "d8_sent"}
    assert [row.record.defects for row in reading.complaints] == [50, 3]
    assert reading.issues == ()
