"""Workbooks that are no workbooks, or that would exhaust the machine: one clear error, or the rest is read."""

# ruff: noqa: E501 - tables of wide characters stay on one line

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.ledger.workbook_process import read_workbook
from schemas.errors import (
    LedgerDamaged,
    LedgerEncrypted,
    LedgerIsOldXls,
    LedgerMissing,
    LedgerTooLarge,
    LedgerUnreadable,
)
from schemas.settings import LedgerSetting
from tests.unit.ledger_workbooks import TODAY, book, gateway, read

ROWS = [["客诉编号", "接诉时间", "客户", "不良现象"], ["K-1", "2026-3-1", "东湖汽车", "漏水"]]
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "台账.xlsx"


def with_sheet(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Rewrite the first sheet's XML."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


@pytest.mark.parametrize(("content", "error"), [
    (None, LedgerMissing),
    (b"", LedgerDamaged),
    (b"PK\x03\x04" + bytes(500), LedgerDamaged),
    (b"no workbook at all" * 100, LedgerDamaged),
    (OLE + "Workbook".encode("utf-16-le") + bytes(600), LedgerIsOldXls),
    (OLE + "EncryptedPackage".encode("utf-16-le") + bytes(600), LedgerEncrypted),
])
def test_one_clear_error_that_names_the_file(path: Path, content: bytes | None, error: type[LedgerUnreadable]) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error) as caught:
        read(path)
    assert "台账.xlsx" in str(caught.value)


def test_a_zip_that_is_no_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("notes.txt", "x")
    with pytest.raises(LedgerDamaged):
        read(path)


def test_a_cut_off_workbook(path: Path) -> None:
    book(path, {"客诉台账": ROWS})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(LedgerDamaged):
        read(path)


def test_a_zip_bomb_is_refused(path: Path) -> None:
    book(path, {"客诉台账": ROWS})
    with_sheet(path, lambda xml: xml + b" " * (40 << 20))
    with pytest.raises(LedgerTooLarge):
        read(path)


def test_a_far_out_cell_is_left_out_and_named(path: Path) -> None:
    book(path, {"客诉台账": ROWS, "措施": [["客诉编号", "措施内容", "责任人", "计划完成日"], ["K-1", "换料", "张三", "2026-4-1"]]})
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with_sheet(path, lambda xml: xml.replace(b"</sheetData>", far))

    reading = read(path)

    assert reading.complaints[0].record.customer == "东湖汽车"
    assert [sheet.name for sheet in reading.sheets] == ["客诉台账", "措施"]
    assert [(issue.sheet, issue.cell) for issue in reading.issues] == [("客诉台账", "XFD1048576")]


def test_styled_blanks_far_out_are_no_strays(path: Path) -> None:
    book(path, {"客诉台账": ROWS})
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    with_sheet(path, lambda xml: xml.replace(b"</sheetData>", far))
    assert read(path).issues == ()


def test_a_sheet_that_is_too_large_is_refused_alone(path: Path) -> None:
    book(path, {"散": [["x"]], "客诉台账": ROWS})
    rows = b"".join(b'<row r="%d"><c r="%s%d"><v>1</v></c></row>' % (row, column, row)
                    for row, column in ((1500 * i, (b"A", b"AZ", b"CZ", b"EZ", b"GZ")[i % 5]) for i in range(1, 90)))
    with_sheet(path, lambda xml: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + rows + b"</sheetData>", xml))

    reading = read(path)

    assert [issue.sheet for issue in reading.issues] == ["散"]
    assert len(reading.complaints) == 1


def test_prefixed_names_and_cells_without_references(path: Path) -> None:
    book(path, {"客诉台账": ROWS})

    def bare(xml: bytes) -> bytes:
        xml = re.sub(rb'(<(?:c|row)) r="\w+"', rb"\1", xml)
        xml = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", xml)
        return xml.replace(b"xmlns=", b"xmlns:x=")

    with_sheet(path, bare)
    assert read(path).complaints[0].record.phenomenon == "漏水"


def test_the_time_limit_ends_the_child(path: Path) -> None:
    book(path, {"客诉台账": ROWS})
    with pytest.raises(LedgerTooLarge, match="秒"):
        read_workbook(path, path, time_limit=0.001)


def test_an_error_of_the_child_is_told_in_one_sentence(path: Path) -> None:
    path.write_bytes(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0, 0, 0, 0, 0))
    with pytest.raises(LedgerDamaged) as caught:
        read_workbook(path, path)
    assert "\n" not in str(caught.value)


def test_chart_sheets_are_passed_over(path: Path) -> None:
    workbook = book(path, {"客诉台账": ROWS})
    workbook.create_chartsheet("图")
    workbook.save(path)
    assert [sheet.name for sheet in read(path).sheets] == ["客诉台账"]


def test_an_unchanged_file_is_not_parsed_again(path: Path) -> None:
    book(path, {"客诉台账": ROWS})
    ledgers, setting = gateway(path), LedgerSetting(file=path.name)
    first = ledgers.read(setting, TODAY)
    assert ledgers.read(setting, TODAY).sheets is first.sheets
