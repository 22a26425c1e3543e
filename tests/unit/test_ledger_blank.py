"""The ledger template: complete, foldable, deterministic, and read back without a problem."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.ledger.blank import ROWS, write_blank_ledger
from schemas.rows import MODELS, Contact, SheetKind
from tests.unit.ledger_workbooks import read

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "客诉台账.xlsx"
    write_blank_ledger(path, NOW, [Contact(name="张三", department="品质部", mail="zhang@example.com")])
    return path


@pytest.fixture
def workbook(path: Path) -> Workbook:
    return load_workbook(path)


def test_every_column_reads_back_exactly_and_nothing_is_wrong(path: Path) -> None:
    reading = read(path)
    assert [sheet.kind for sheet in reading.sheets] == list(SheetKind)
    for sheet in reading.sheets:
        assert set(sheet.columns) == set(MODELS[sheet.kind].model_fields)
        assert set(sheet.mapped) == sheet.exact
    assert reading.issues == ()
    assert reading.complaints == ()
    assert [row.record.name for row in reading.contacts] == ["张三"]


def test_sheets_in_order_with_guide_and_version(workbook: Workbook) -> None:
    assert workbook.sheetnames == [*(kind.value for kind in SheetKind), "填写说明"]
    assert "模板版本" in str(workbook["填写说明"]["A2"].value)
    explained = {str(row[1].value) for row in workbook["填写说明"].iter_rows()}
    assert {field.column.heading for model in MODELS.values() for field in model.fields()} <= explained


def test_core_and_our_columns_in_sight_the_rest_folded(workbook: Workbook) -> None:
    sheet = workbook["客诉台账"]
    folded = {letter for letter, column in sheet.column_dimensions.items() if column.outlineLevel}
    fields = {field.column.heading: field for field in MODELS[SheetKind.COMPLAINTS].fields()}
    assert len(folded) > 40
    for cell in sheet[3]:
        field = fields[str(cell.value)]
        if field.column.core or field.column.ours:
            assert cell.coordinate.rstrip("3") not in folded
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("B4", "$1:$3")
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) in {(8, "landscape"), ("8", "landscape")}


def test_lists_and_colours(workbook: Workbook) -> None:
    sheet = workbook["客诉台账"]
    ranges = {str(choice.sqref): choice.formula1 for choice in sheet.data_validations.dataValidation}
    letters = {str(cell.value): cell.coordinate.rstrip("3") for cell in sheet[3]}
    assert ranges[f"{letters['状态']}4:{letters['状态']}{3 + ROWS}"].startswith('"待确认,调查,')
    assert ranges[f"{letters['客户要求8D']}4:{letters['客户要求8D']}{3 + ROWS}"] == '"是,否"'
    coloured = {str(area.sqref) for area in sheet.conditional_formatting}
    assert f"{letters['系统校验']}4:{letters['系统校验']}{3 + ROWS}" in coloured
    assert all(len(formula) <= 257 for formula in ranges.values())  # Excel's limit of a typed list


def test_equal_arguments_give_equal_bytes(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_blank_ledger(again, NOW, [Contact(name="张三", department="品质部", mail="zhang@example.com")])
    assert again.read_bytes() == path.read_bytes()
    assert load_workbook(again).properties.created == NOW.replace(tzinfo=None)
