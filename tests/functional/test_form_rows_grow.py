"""Rows of a customer's sheet grow where what is filled in does not fit; nothing else of the sheet changes."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment

from pipeline.documents.forms.box_room import SheetRoom
from pipeline.documents.forms.grid import Box
from pipeline.documents.forms.workbook_grid import read_workbook
from pipeline.ooxml.row_heights import RowHeight, with_heights
from tests.functional import documents_cases as cases
from tests.functional.customer_form_files import write_form
from tests.functional.test_customer_forms import adopted

LONG = "装配后接头渗水，拆下可见O形圈切边，内壁有注塑飞边。" * 4
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """B1 wraps in a row that fits itself, B2:D3 is merged, B4 does not wrap, B5 has a height of its own."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "8D"
    for row in range(1, 6):
        sheet.cell(row, 1, f"第{row}行")
        sheet.cell(row, 2).alignment = Alignment(wrap_text=row != 4)
    sheet.merge_cells("B2:D3")
    sheet.row_dimensions[5].height = 20
    book.save(tmp_path / "表.xlsx")
    return tmp_path / "表.xlsx"


def rooms_and_boxes(form: Path) -> tuple[SheetRoom, dict[str, Box]]:
    sheets = read_workbook(form)
    return sheets.rooms["8D"], {box.reference: box for box in sheets.grids[0].boxes}


def part(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(SHEET)


def test_which_rows_grow_and_which_go_on_fitting_themselves(form: Path) -> None:
    room, boxes = rooms_and_boxes(form)
    grown = room.grown([(boxes[name], LONG) for name in ("B1", "B2", "B4", "B5")], [boxes["A1"]])
    assert sorted(grown) == [1, 2, 5], "text that does not wrap gains nothing"
    assert {row: height.fixed for row, height in grown.items()} == {1: False, 2: True, 5: True}
    assert all(room.holds(boxes[name], LONG, grown) for name in ("B1", "B2", "B5"))
    assert not room.holds(boxes["B2"], LONG)
    assert room.grown([(boxes["B2"], "短")], [boxes["A1"]]) == {}


def test_a_row_that_grows_for_one_box_has_room_for_its_labels(form: Path) -> None:
    room, boxes = rooms_and_boxes(form)
    label = Box(2, 0, 2, 0, LONG)
    grown = room.grown([(boxes["B2"], LONG)], [label])
    assert room.holds(label, LONG, grown)
    assert room.grown([(boxes["B2"], "短")], [label]) == {}, "what the customer printed is as it was"


def test_no_row_is_higher_than_excel_lets_it_be(form: Path) -> None:
    room, boxes = rooms_and_boxes(form)
    grown = room.grown([(boxes["B5"], LONG * 40)], [])
    assert grown[5].points == 409
    assert not room.holds(boxes["B5"], LONG * 40, grown)


def test_only_the_opening_tags_of_these_rows_change(form: Path) -> None:
    before = form.read_bytes()
    heights = {1: RowHeight(80, fixed=False), 5: RowHeight(60.5, fixed=True), 99: RowHeight(50, fixed=True)}
    after = with_heights(form, before, "8D", heights)
    assert re.findall(rb"<row [^>]*>", part(after))[0] == b'<row ht="80" r="1">'
    assert b'<row ht="60.5" customHeight="1" r="5">' in part(after)
    sizes = re.compile(rb' (?:ht|customHeight)="[^"]*"')
    assert sizes.sub(b"", part(after)) == sizes.sub(b"", part(before))
    assert with_heights(form, after, "8D", heights) == after
    assert with_heights(form, before, "8D", {99: RowHeight(50, fixed=True)}) == before


def test_an_8d_with_a_long_story_shows_whole_on_the_form(tmp_path: Path) -> None:
    documents = adopted(tmp_path, write_form(tmp_path / "空表.xlsx"))
    context = documents.context("eight_d", *cases.full(), None)
    usual = {**context, "phenomenon": str(context["phenomenon"])}
    long = {**context, "phenomenon": LONG * 3}
    heights = [
        load_workbook(io.BytesIO(documents.render("eight_d", told, cases.NOW))).worksheets[0].row_dimensions[12].height
        for told in (usual, long)
    ]
    assert heights[0] == 60
    assert heights[1] > 100
    assert "8D!A12" not in "".join(documents.remarks("eight_d", long)), "nobody has to drag the row"
    assert documents.render("eight_d", long, cases.NOW) == documents.render("eight_d", long, cases.NOW)
