"""One workbook of the collection: its bytes, and what has to become of our writing into it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.ooxml.cell_write import CellWrite
from pipeline.ooxml.row_append import Content, RowAppend

SHEET = "客诉台账"
SHEET_PART = "xl/worksheets/sheet1.xml"
LINK = "客诉资料/2026/KS-202611-003 甲 车厂/"
HEADINGS = (
    "客诉编号",
    "接诉时间",
    "客户",
    "产品名称",
    "不良现象",
    "不良数量",
    "不良率",
    "系统校验",
    "资料链接",
    "备注",
)
FIRST, LAST, WIDTH = 3, 8, len(HEADINGS)
ASKED, HELD = "H4", "请补充 不良数量"

Outcome = Literal["written", "refused", "either"]
Parts = dict[str, bytes]


def writes(sheet: str = SHEET) -> list[CellWrite]:
    """Our cells: a number, a verdict over an old one, a verdict of two lines, a link."""
    return [
        CellWrite(sheet, 5, 0, "KS-202611-003", expected=""),
        CellWrite(sheet, 4, 7, "正常 & <无> ]]> _x0041_", expected=HELD),
        CellWrite(sheet, 6, 7, "请补充 客户\n 批号 "),
        CellWrite(sheet, 5, 8, "打开资料", link=LINK),
    ]


def append(sheet: str = SHEET) -> RowAppend:
    """A row below the last one."""
    contents = {
        0: Content("KS-202611-009"),
        1: Content("2026-11-26", moment=datetime.fromisoformat("2026-11-26")),
        2: Content("云帆汽车"),
        5: Content("12", 12.0),
        9: Content("来信#a1b2 & <转>"),
    }
    return RowAppend(sheet, LAST + 1, contents, 0, WIDTH - 1, FIRST, LAST)


@dataclass(frozen=True, slots=True)
class Sample:
    """``cells`` and ``row`` say what has to happen to our cells and to our new row; ``why`` is in a refusal's words."""

    name: str
    data: bytes
    cells: Outcome = "written"
    row: Outcome = "written"
    why: str = ""
    sheet: str = SHEET


def parts_of(data: bytes) -> Parts:
    """A package's parts by name, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def package_of(parts: Mapping[str, bytes]) -> bytes:
    """Parts as a plain package."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2026, 11, 26, 8, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def with_sheet(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The package with its first sheet's XML changed; ValueError when that changes nothing, so would test nothing."""
    parts = parts_of(data)
    changed = change(parts[SHEET_PART])
    if changed == parts[SHEET_PART]:
        raise ValueError("the variation changed nothing")
    return package_of({**parts, SHEET_PART: changed})
