"""Photos in customers' own forms: laid into the place for them, all else of the file as the customer made it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment
from PIL import Image

from pipeline.documents.gateway import TemplateDocuments
from pipeline.documents.photos import PhotoRefused, prepared
from schemas.case import CaseFiles
from tests.functional import documents_cases as cases
from tests.functional.customer_form_files import FRAME, logo
from tests.functional.plant_folder import kesu
from tests.functional.test_customer_forms import adopted, members
from tests.pages import check_file

EMU = 12_700
SIZES = {"横.jpg": (1600, 1200), "竖.jpg": (1200, 1600), "宽.jpg": (2400, 900)}


def photo(path: str) -> bytes:
    """A photo by the last part of its name; 坏 is none at all."""
    if "坏" in path:
        return b"no picture"
    packed = io.BytesIO()
    Image.new("RGB", SIZES[path.rpartition(" ")[2]], "grey").save(packed, "JPEG")
    return packed.getvalue()


def form(path: Path, *, drawn: bool = True, merged: bool = True) -> Path:
    """A form with a place for photos beside its label: C7:D12, merged or not; with a logo, or without any drawing."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "8D"
    for cell, text in {
        "A1": "8D报告", "A2": "客户名称", "C2": "投诉编号", "A3": "零件名称", "C3": "不良数量", "A5": "问题描述",
        "A7": "不良照片", "A13": "日期", "A14": "编制", "C14": "批准",
    }.items():
        sheet[cell] = text
    for row in range(1, 15):
        for column in range(1, 5):
            sheet.cell(row, column).border = FRAME
    for area in ("A1:D1", "B5:D5", "A7:A12", *(("B7:D12",) if merged else ())):
        sheet.merge_cells(area)
    for row in range(7, 13):
        sheet.row_dimensions[row].height = 40
    sheet["B5"].alignment, sheet.row_dimensions[5].height = Alignment(wrap_text=True), 60
    for letters in "ABCD":
        sheet.column_dimensions[letters].width = 20
    if drawn:
        sheet.add_image(logo(), "F5")
    book.save(path)
    return path


def filled(documents: TemplateDocuments, *names: str) -> bytes:
    case, decisions = cases.full()
    case = replace(case, folder="客诉资料/2026/KS-1", files=CaseFiles((), names, ()))
    return documents.render("eight_d", documents.context("eight_d", case, decisions, None), cases.NOW)


def with_photos(tmp_path: Path, path: Path) -> TemplateDocuments:
    adopted(tmp_path, path)
    return TemplateDocuments([tmp_path / "templates"], photo)


NAMES = ("1 横.jpg", "2 竖.jpg", "3 宽.jpg", "4 横.jpg", "5 竖.jpg")


@pytest.mark.parametrize(
    ("drawn", "merged"), [(True, True), (False, False)], ids=["a logo, merged", "no drawing, single cells"]
)
def test_photos_lie_in_their_place_and_the_rest_stays(tmp_path: Path, drawn: bool, merged: bool) -> None:
    empty = form(tmp_path / "空表.xlsx", drawn=drawn, merged=merged)
    documents = with_photos(tmp_path, empty)
    assert '"8D!B7' in (tmp_path / "templates/eight_d/星岚汽车.对照表.yaml").read_text(encoding="utf-8")
    content = filled(documents, *NAMES)
    assert filled(documents, *NAMES) == content
    sheet: Any = load_workbook(io.BytesIO(content)).worksheets[0]  # its pictures are no public attribute
    ours = [image for image in sheet._images if image.anchor._from.row != 4]
    assert (len(ours), len(sheet._images) - len(ours)) == (5, drawn)
    widths = [(20 * 7 + 5) * 0.75 * EMU] * 4
    for image in ours:
        corner, size = image.anchor._from, image.anchor.ext
        left = sum(widths[: corner.col]) + corner.colOff
        top = (corner.row - 6) * 40 * EMU + corner.rowOff
        assert widths[0] <= left
        assert left + size.width <= sum(widths)
        assert top >= 0
        assert top + size.height <= 6 * 40 * EMU
    before, after = members(empty.read_bytes()), members(content)
    allowed = {"xl/worksheets/sheet1.xml", "[Content_Types].xml", "xl/worksheets/_rels/sheet1.xml.rels",
               "xl/drawings/drawing1.xml", "xl/drawings/_rels/drawing1.xml.rels"}
    assert {name for name in before if before[name] != after[name]} <= allowed
    path = tmp_path / "8D.xlsx"
    path.write_bytes(content)
    assert check_file(path) == []


def test_photos_without_room_or_not_readable_are_told(tmp_path: Path) -> None:
    documents = with_photos(tmp_path, form(tmp_path / "空表.xlsx"))
    case, decisions = cases.full()
    names = ("0 坏.jpg", *(f"{number} 横.jpg" for number in range(1, 12)))
    case = replace(case, folder="客诉资料/2026/KS-1", files=CaseFiles((), names, ()))
    map_file = tmp_path / "templates/eight_d/星岚汽车.对照表.yaml"
    map_file.write_text(map_file.read_text(encoding="utf-8").replace("B7:D12", "B7:D8"), encoding="utf-8")
    context = documents.context("eight_d", case, decisions, None)
    assert any("放不下其余 8 张照片" in note for note in documents.remarks("eight_d", context))
    sheet = load_workbook(io.BytesIO(documents.render("eight_d", context, cases.NOW))).worksheets[0]
    with pytest.raises(PhotoRefused) as refused:
        prepared(b"no picture", 100)
    assert sheet["B7"].value == f"0 坏：{refused.value}"


def test_places_for_photos_over_something_else_are_faults_of_the_map(tmp_path: Path) -> None:
    adopted(tmp_path, form(tmp_path / "空表.xlsx"))
    map_file = tmp_path / "templates/eight_d/星岚汽车.对照表.yaml"
    lines = "".join(f'  "8D!{area}": photos\n' for area in ("A7:B9", "B12:B14", "B9:C10")) + '  "9D!B7:D12": photos\n'
    text = map_file.read_text(encoding="utf-8")
    map_file.write_text(text.replace("单元格:\n", f"单元格:\n{lines}"), encoding="utf-8")
    said = kesu("templates", "check", "-c", tmp_path / "config.yaml")
    assert said.code == 1
    assert "8D!A7:B9：照片会盖住 A7“不良照片”" in said.out
    assert "8D!B12:B14：照片会盖住要填写的 B14" in said.out
    assert "9D!B7:D12：表样中没有可见的工作表“9D”" in said.out
    assert "共 3 处要改" in said.out


def test_a_word_form_takes_photos_no_wider_than_their_cell(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(4, 2, style="Table Grid")
    for (row, column), text in {(0, 0): "客户名称", (1, 0): "问题描述", (2, 0): "不良照片", (3, 0): "编制"}.items():
        table.cell(row, column).text = text
    document.save(str(tmp_path / "空表.docx"))
    content = filled(with_photos(tmp_path, tmp_path / "空表.docx"), *NAMES)
    made = Document(io.BytesIO(content))
    cell = made.tables[0].cell(2, 1)
    sizes = [int(extent.get("cx", "0")) for extent in cell._tc.iter(qn("wp:extent"))]
    assert len(sizes) == 5
    width = cell.width
    assert width is not None
    assert max(sizes) * 2 <= width
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert sum(name.startswith("word/media/kesu") for name in package.namelist()) == 5
    path = tmp_path / "8D.docx"
    path.write_bytes(content)
    assert check_file(path) == []
