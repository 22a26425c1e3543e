"""Pictures people keep in the ledger: WPS cell pictures and pictures over a row reach the 8D, once, and safely."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.drawing.image import Image as SheetImage

from pipeline.ooxml.package import Package
from pipeline.ooxml.sheet_pictures import pictures_by_row
from schemas.errors import KesuError
from tests.functional.plant_folder import COMPLAINTS, complaint, empty_plant, headings
from tests.functional.wps_pictures import photo, with_cell_pictures

RED, BLUE = photo((200, 0, 0)), photo((0, 0, 200), (640, 480))
SHEET = "xl/worksheets/sheet1.xml"


def book(path: Path, *, anchored: str = "") -> Path:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "台账"
    for row in range(1, 7):
        sheet.cell(row, 1, f"K-{row}")
        sheet.cell(row, 2, "图")
    if anchored:
        sheet.add_image(SheetImage(io.BytesIO(RED)), anchored)
    workbook.save(path)
    return path


def found(path: Path) -> dict[tuple[str, int], list[int]]:
    sizes = {len(RED): 1, len(BLUE): 2}
    return {
        place: [sizes.get(member.size, 0) for member in members]
        for place, members in pictures_by_row(Package(path)).items()
    }


def test_cell_pictures_are_told_by_row(tmp_path: Path) -> None:
    path = book(tmp_path / "台账.xlsx")
    with_cell_pictures(path, SHEET, {"B2": "ID_A", "B4": "ID_B", "B5": "ID_A", "B6": "ID_GONE"},
                       {"ID_A": RED, "ID_B": BLUE})
    assert list(found(path)) == [("台账", 2), ("台账", 4), ("台账", 5)]
    red, blue = found(path)["台账", 2], found(path)["台账", 4]
    assert red == found(path)["台账", 5] != blue


def excel_365(path: Path) -> Path:
    """A workbook like Excel 365 makes it: pictures in cells beside a rich value and metadata of other kinds."""
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet("台账")
    for row, picture in ((1, RED), (3, BLUE), (4, RED)):
        sheet.write(row, 0, f"K-{row}")
        sheet.embed_image(row, 1, f"{row}.jpg", {"image_data": io.BytesIO(picture)})
    workbook.close()
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    changes = {
        "xl/richData/rdrichvaluestructure.xml": (
            b'<s t="_localImage">', b'<s t="_linkedentity"><k n="_rvRel:x" t="i"/></s><s t="_localImage">'),
        "xl/richData/rdrichvalue.xml": (b'<rv s="0">', b'<rv s="1">'),
    }
    for name, (old, new) in changes.items():
        parts[name] = parts[name].replace(old, new)
    parts["xl/richData/rdrichvalue.xml"] = parts["xl/richData/rdrichvalue.xml"].replace(
        b'<rv s="1">', b'<rv s="0"><v>0</v></rv><rv s="1">', 1
    )
    for number in (1, 0):
        parts["xl/metadata.xml"] = parts["xl/metadata.xml"].replace(
            b'<xlrd:rvb i="%d"/>' % number, b'<xlrd:rvb i="%d"/>' % (number + 1)
        )
    parts["xl/metadata.xml"] = parts["xl/metadata.xml"].replace(
        b'<metadataType name="XLRICHVALUE"', b'<metadataType name="XLDAPR"/><metadataType name="XLRICHVALUE"'
    ).replace(b'<rc t="1"', b'<rc t="2"')
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def test_pictures_in_cells_of_excel_365_are_told_by_row(tmp_path: Path) -> None:
    told = found(excel_365(tmp_path / "台账.xlsx"))
    assert told == {("台账", 2): [1], ("台账", 4): [2], ("台账", 5): [1]}


@pytest.mark.parametrize("part", ["metadata", "richData/rdrichvalue", "richData/richValueRel"])
def test_a_spoilt_chain_of_rich_values_leads_to_no_picture(tmp_path: Path, part: str) -> None:
    path = excel_365(tmp_path / "台账.xlsx")
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts[f"xl/{part}.xml"] = re.sub(rb'(v|i|id)="\w+"', rb'\1="999"', parts[f"xl/{part}.xml"]).replace(
        b"<v>0</v>", b"<v>-7</v>"
    ).replace(b"<v>1</v>", b"<v>x</v>")
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert found(path) == {}


def test_a_picture_laid_over_one_row_is_told_too(tmp_path: Path) -> None:
    assert list(found(book(tmp_path / "台账.xlsx", anchored="C3"))) == [("台账", 3)]


@pytest.mark.parametrize("markup", ["<broken", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"], ids=["cut", "entities"])
def test_a_spoilt_list_of_pictures_costs_the_pictures_and_not_the_rows(tmp_path: Path, markup: str) -> None:
    path = book(tmp_path / "台账.xlsx")
    with_cell_pictures(path, SHEET, {"B2": "ID_A"}, {"ID_A": RED}, markup)
    with pytest.raises(KesuError):
        pictures_by_row(Package(path))
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客户要求8D="是", 状态="分析", 不良数量=3))
    with_cell_pictures(plant.ledger, SHEET, {}, {"ID_A": RED}, markup)
    plant.settled()
    assert "8D报告.docx" in {Path(name).name for name in plant.files()}


def test_pictures_of_a_row_stand_in_its_8d_once_and_without_their_place(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客户要求8D="是", 状态="分析", 不良数量=3))
    plant.type(COMPLAINTS, complaint(客户="长岭汽车", 客户要求8D="是", 状态="分析", 不良数量=3))
    columns = headings(load_workbook(plant.ledger)[COMPLAINTS])
    workbook = load_workbook(plant.ledger)
    first = columns[""] + 1
    workbook[COMPLAINTS].cell(first, columns["备注"], "图")
    workbook[COMPLAINTS].cell(first + 1, columns["备注"], "图")
    places = [workbook[COMPLAINTS].cell(row, columns["备注"]).coordinate for row in (first, first + 1)]
    plant._save(workbook)
    with_cell_pictures(plant.ledger, SHEET, {places[0]: "ID_A", places[1]: "ID_B"}, {"ID_A": RED, "ID_B": BLUE})
    plant.settled()
    plant.once("08:30")
    filed = [name for name in plant.files() if "台账图片" in name]
    assert len(filed) == 2
    for name, original in zip(filed, (RED, BLUE), strict=True):
        kept = plant.share / "客诉资料" / name
        assert kept.read_bytes() == original
        with zipfile.ZipFile(kept.parents[1] / "8D报告.docx") as package:
            media = [package.read(part) for part in package.namelist() if part.startswith("word/media/kesu")]
        assert len(media) == 1
        assert b"secret" in original
        assert b"secret" not in media[0]
        assert media[0][-200:] == original[-200:]
    before = plant.snapshot()
    plant.once("08:30")
    assert plant.snapshot() == before


def test_a_picture_that_a_person_deletes_stays_away(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客户要求8D="是", 状态="分析", 不良数量=3))
    workbook = load_workbook(plant.ledger)
    columns = headings(workbook[COMPLAINTS])
    workbook[COMPLAINTS].add_image(SheetImage(io.BytesIO(RED)), f"E{columns[''] + 1}")
    plant._save(workbook)
    plant.settled()
    filed = next((plant.share / "客诉资料").rglob("台账图片-*"))
    filed.unlink()
    plant.once("08:30")
    plant.once("08:40")
    assert not list((plant.share / "客诉资料").rglob("台账图片-*"))
