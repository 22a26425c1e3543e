"""Patching a person's workbook: what changes, what stays, what is refused - on workbooks that Excel users keep."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from pipeline.ooxml.sheet_patch import CellWrite, patch_workbook
from schemas.errors import CellRefused

SHEET = "客诉台账"


def _png() -> BytesIO:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    body = chunk(b"IHDR", struct.pack(">2L5B", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\1\2\3"))
    return BytesIO(b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b""))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet["A1"] = "客诉登记台账 <2026>"
    sheet.merge_cells("A1:E1")
    sheet.append(["客诉编号", "接诉时间", "客户", "不良率", "系统校验", "资料链接"])
    for index in range(3, 9):
        sheet.append([None, date(2026, 11, index), f"客户{index}", 0.03, None, None])
    sheet["A3"] = "KS-202611-001"
    sheet["D4"] = "=1/3"
    sheet["A5"] = 20260305
    sheet["E5"] = "请补充 不良数量"
    sheet["E5"].font = Font(bold=True)
    sheet["E5"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["H2"] = ArrayFormula("H2:H4", "=C3:C5")
    sheet["C3"].comment = Comment("老客户", "王")
    sheet.freeze_panes = "B3"
    choices = DataValidation(type="list", formula1='"调查,分析"')
    sheet.add_data_validation(choices)
    choices.add("G3:G9")
    sheet.conditional_formatting.add("D3:D9", Rule("expression", formula=["$D3>0.01"]))
    sheet["B4"].hyperlink = "https://example.com/"
    sheet.add_image(Image(_png()), "K2")
    sheet.protection.sheet = True
    sheet.print_title_rows = "2:2"
    table_sheet = book.create_sheet("措施跟踪")
    table_sheet.append(["客诉编号", "措施"])
    table_sheet.append(["KS-202611-001", "返工"])
    table_sheet.add_table(Table(displayName="措施", ref="A1:B2"))
    book.defined_names["客户列"] = DefinedName("客户列", attr_text=f"'{SHEET}'!$C$3:$C$9")
    path = tmp_path_factory.mktemp("ledger") / "客诉台账.xlsx"
    book.save(path)
    return path


def cells_of(path: Path) -> dict[tuple[str, str], tuple[object, int]]:
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): (str(cell.value), cell.style_id)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and not isinstance(cell.value, ArrayFormula)
    }


def raw_members(path: Path) -> dict[str, bytes]:
    """Compressed bytes by name in directory order, read without the code under test."""
    data = path.read_bytes()
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        raw = {}
        for info in package.infolist():
            names, extras = struct.unpack_from("<2H", data, info.header_offset + 26)
            start = info.header_offset + 30 + names + extras
            raw[info.filename] = data[start : start + info.compress_size] + repr((info.date_time, info.extra)).encode()
        return raw


def part_of(path: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def test_only_the_addressed_cells_differ(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    writes = [
        CellWrite(SHEET, 4, 0, "KS-202611-002", expected=""),
        CellWrite(SHEET, 5, 4, "正常 & <无> \n第二行 ", expected="请补充不良数量"),
        CellWrite(SHEET, 5, 0, "KS-202611-003", expected="20260305"),
        CellWrite(SHEET, 20, 6, "新行"),
    ]
    patch_workbook(ledger, target, writes)
    before, after = cells_of(ledger), cells_of(target)
    assert {key for key in before | after if before.get(key) != after.get(key)} == {
        (SHEET, write.reference) for write in writes
    }
    assert after[(SHEET, "E5")] == ("正常 & <无> \n第二行 ", before[(SHEET, "E5")][1])
    assert openpyxl.load_workbook(target)[SHEET]["E5"].font.bold
    assert '<dimension ref="A1:H20"/>' in part_of(target)


def test_every_other_member_keeps_its_bytes_and_order(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    patch_workbook(ledger, target, [CellWrite(SHEET, 4, 0, "KS-202611-002")])
    before, after = raw_members(ledger), raw_members(target)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]


def test_a_link_goes_in_with_everything_else_untouched(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    folder = "客诉资料/2026/KS-202611-001 甲 车厂/"
    other_sheet = CellWrite("措施跟踪", 2, 2, "看", "x y")
    patch_workbook(ledger, target, [CellWrite(SHEET, 3, 5, "打开", link=folder), other_sheet])
    before, after = raw_members(ledger), raw_members(target)
    changed = [name for name in after if before.get(name) != after[name]]
    assert changed == [
        "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels", "xl/worksheets/sheet2.xml",
        "xl/worksheets/_rels/sheet2.xml.rels",
    ]
    book = openpyxl.load_workbook(target)
    assert book[SHEET]["F3"].hyperlink.target == "客诉资料/2026/KS-202611-001%20甲%20车厂/"
    assert book[SHEET]["B4"].hyperlink.target == "https://example.com/"
    assert book["措施跟踪"]["C2"].hyperlink.target == "x%20y"
    again, other = tmp_path / "again.xlsx", tmp_path / "other.xlsx"
    patch_workbook(target, again, [CellWrite(SHEET, 3, 5, "打开", link=folder)])
    assert again.read_bytes() == target.read_bytes()
    patch_workbook(target, other, [CellWrite(SHEET, 3, 5, "打开", link="新/")])
    assert openpyxl.load_workbook(other)[SHEET]["F3"].hyperlink.target == "新/"
    assert part_of(other).count('ref="F3"') == 1


def test_a_link_whose_relationship_is_gone_does_not_become_ours(ledger: Path, tmp_path: Path) -> None:
    orphaned, target = tmp_path / "orphaned.xlsx", tmp_path / "out.xlsx"
    with zipfile.ZipFile(ledger) as source, zipfile.ZipFile(orphaned, "w") as made:
        for name in source.namelist():
            if name != "xl/worksheets/_rels/sheet1.xml.rels":
                made.writestr(name, source.read(name))
    patch_workbook(orphaned, target, [CellWrite(SHEET, 3, 5, "打开", link="新/")])
    ours = re.search(r'<hyperlink ref="F3"[^>]*id="(\w+)"', part_of(target))
    theirs = re.search(r'<hyperlink (?:[^>]* )?ref="B4"[^>]*', part_of(target))
    assert ours is not None
    assert theirs is not None
    assert f'"{ours[1]}"' not in theirs[0]


def test_writing_what_stands_there_changes_no_byte(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    patch_workbook(ledger, target, [CellWrite(SHEET, 3, 0, "KS-202611-001"), CellWrite(SHEET, 99, 9, "")])
    assert target.read_bytes() == ledger.read_bytes()


def test_emptying_keeps_the_style(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    patch_workbook(ledger, target, [CellWrite(SHEET, 5, 4, "")])
    cell = openpyxl.load_workbook(target)[SHEET]["E5"]
    assert cell.value is None
    assert cell.font.bold


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (CellWrite(SHEET, 4, 3, "x"), r"客诉台账!D4 不能安全写入：单元格是公式"),
        (CellWrite(SHEET, 1, 2, "x"), "在合并区域 A1:E1 内"),
        (CellWrite(SHEET, 4, 7, "x"), "属于数组公式 H2:H4"),
        (CellWrite(SHEET, 3, 0, "x", expected=""), "单元格现为“KS-202611-001”"),
        (CellWrite(SHEET, 30, 0, "x", expected="y"), "单元格现为“”"),
        (CellWrite("措施跟踪", 1, 1, "x"), "是表格的标题行 A1:B1"),
        (CellWrite("没有", 1, 1, "x"), "没有 不能安全写入：找不到这张工作表"),
        (CellWrite(SHEET, 3, 0, "长" * 32_768), "超过 32767"),
    ],
)
def test_refused_and_nothing_left(ledger: Path, tmp_path: Path, write: CellWrite, words: str) -> None:
    target = tmp_path / "out.xlsx"
    with pytest.raises(CellRefused, match=words):
        patch_workbook(ledger, target, [CellWrite(SHEET, 8, 0, "KS-9"), write])
    assert not target.exists()


def test_contradicting_writes_are_a_mistake_of_the_caller(ledger: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two writes"):
        patch_workbook(ledger, tmp_path / "x", [CellWrite(SHEET, 3, 0, "a"), CellWrite(SHEET, 3, 0, "b")])
