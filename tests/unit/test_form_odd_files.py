"""Customers' forms that are damaged or made to harm: read at a form's cost, or refused in a sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook

from pipeline.documents.forms.faults import FormUnreadable
from pipeline.documents.forms.word_grid import read_word
from pipeline.documents.forms.workbook_grid import read_workbook
from schemas.errors import KesuError
from tests.functional.plant_folder import empty_plant, kesu
from tests.workbooks.bases import bases
from tests.workbooks.collection import one_of_each, variations
from tests.workbooks.mutations import mutated
from tests.workbooks.sample import Sample

_BASES = bases()
_ODD = [*one_of_each(sample for base in _BASES for sample in variations(base)), *mutated(_BASES, 60, seed=9)]


def test_every_odd_workbook_is_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    read, refused, fell = 0, 0, []
    for sample in _ODD:
        outcome = tried(sample, tmp_path / "空表.xlsx")
        read, refused = read + (outcome is None), refused + isinstance(outcome, KesuError)
        if outcome is not None and not isinstance(outcome, KesuError):
            fell.append((sample.name, repr(outcome)))
    assert fell == []
    assert read > 60
    assert refused > 30


def tried(sample: Sample, path: Path) -> Exception | None:
    path.write_bytes(sample.data)
    try:
        read_workbook(path)
    except Exception as error:  # noqa: BLE001 - whatever it is, is what is looked at
        return error
    return None


def test_a_damaged_form_is_told_in_chinese_by_the_command(tmp_path: Path) -> None:
    broken = next(sample for sample in _ODD if sample.name.endswith("a broken row"))
    (tmp_path / "空表.xlsx").write_bytes(broken.data)
    plant = empty_plant(tmp_path / "plant")
    said = kesu("templates", "adopt", tmp_path / "空表.xlsx", "--customer", "甲", "-c", plant.config, "--yes")
    assert said.code == 2
    assert "内容损坏。请用 Excel 或 WPS 打开、修复后另存" in said.err
    assert "Traceback" not in said.err


def with_merged(path: Path, *areas: str) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"] = "8D报告", "客户"
    book.save(path)
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return rewritten(path, "xl/worksheets/sheet1.xml", "</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>")


def rewritten(path: Path, part: str, old: str, new: str) -> Path:
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old.encode(), new.encode()) if name == part else content)
    path.write_bytes(packed.getvalue())
    return path


def test_a_merged_range_without_end_costs_no_more_than_a_form(tmp_path: Path) -> None:
    grid, = read_workbook(with_merged(tmp_path / "空表.xlsx", "A5:XFD1048576")).grids
    box = grid.at(5, 0)
    assert box is not None
    assert (box.bottom, box.right) == (600, 119)


def test_merged_ranges_over_each_other_are_refused(tmp_path: Path) -> None:
    form = with_merged(tmp_path / "空表.xlsx", *(f"A{row}:XFD1048576" for row in range(1, 400)))
    with pytest.raises(FormUnreadable, match="内容损坏"):
        read_workbook(form)


@pytest.mark.parametrize("columns", ["1000000000", "-3", "x", "", "63"])
def test_a_word_cell_over_any_number_of_columns_is_read(tmp_path: Path, columns: str) -> None:
    document = Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "客户", "零件号"
    table.cell(0, 0)._tc.grid_span = 2
    document.save(str(tmp_path / "空表.docx"))
    form = rewritten(tmp_path / "空表.docx", "word/document.xml", '<w:gridSpan w:val="2"/>',
                     f'<w:gridSpan w:val="{columns}"/>')
    table_grid = read_word(form).grids[0]
    assert [box.text for box in table_grid.boxes] == ["客户", "零件号"]
    assert table_grid.columns <= 64


def test_a_word_form_that_cannot_be_unpacked_is_refused(tmp_path: Path) -> None:
    Document().save(str(tmp_path / "空表.docx"))
    content = bytearray((tmp_path / "空表.docx").read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        at = package.getinfo("word/document.xml").header_offset
    content[at + 60 : at + 90] = b"\xff" * 30
    (tmp_path / "空表.docx").write_bytes(content)
    with pytest.raises(FormUnreadable):
        read_word(tmp_path / "空表.docx")
