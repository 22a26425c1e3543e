"""What is read in ledgers that nobody prepared: every column, row count, wrong cell and telling value, nothing more."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.ledger.gateway import LedgerGateway
from pipeline.ledger.report import as_text
from schemas.columns import SheetRow
from schemas.settings import LedgerSetting
from schemas.workbook import SheetReading, WorkbookReading
from tests.unit import plant_ledgers_contents as contents
from tests.unit import plant_ledgers_forms as forms
from tests.unit.plant_ledgers import PlantLedger, Rows, Truth, basics, day, heads

TODAY = date(2026, 11, 23)
PLANTS = [
    forms.one_sheet_log(),
    forms.two_bands(),
    forms.split_days(),
    forms.measures_in_rows(),
    forms.traditional(),
    forms.english(),
    forms.bilingual(),
    contents.whole_book(),
    contents.own_vocabulary(),
    contents.dates_without_years(),
    contents.copies(),
    contents.short_list(),
    contents.plain_mistakes(),
    contents.people_as_written(),
    contents.days_of_measures(),
]


def _read(plant: PlantLedger, folder: Path) -> WorkbookReading:
    path = plant.save(folder / f"{plant.name}.xlsx")
    gateway = LedgerGateway(
        share=folder, state=folder / "state", aliases={}, zone=ZoneInfo("Asia/Shanghai"), quiet_seconds=0
    )
    return gateway.read(LedgerSetting(file=path.name), TODAY)


def _columns(sheet: SheetReading[SheetRow], count: int) -> list[str]:
    """The field of each column in use; day columns 月 and 日 share one field."""
    by_column = {column: name for name, column in sheet.columns.items()}
    if "月" in sheet.mapped:
        by_column[0] = sheet.mapped["月"]
    return [by_column.get(column, "-") for column in range(count)]


def _shown(sheet: SheetReading[SheetRow], row: int, name: str) -> str:
    record = next((entry.record for entry in sheet.rows if entry.place.row == row), None)
    if record is None:
        return "no row"
    value = getattr(record, name)
    return str(getattr(value, "value", value))


def _check(sheet: SheetReading[SheetRow], truth: Truth, reading: WorkbookReading) -> None:
    expected = truth.columns.split()
    assert (sheet.kind.value, sheet.heading_row) == (truth.kind, truth.heading_row)
    assert _columns(sheet, len(expected)) == expected
    assert max(sheet.columns.values()) < len(expected)
    assert len(sheet.rows) + sheet.continued == truth.rows
    assert {issue.cell for issue in reading.issues if issue.sheet == sheet.name} == truth.issues
    assert {key: _shown(sheet, *key) for key in truth.reads} == truth.reads


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_plant_ledger_is_read_as_its_people_mean_it(plant: PlantLedger, tmp_path: Path) -> None:
    reading = _read(plant, tmp_path)
    assert {sheet.name for sheet in reading.sheets} == set(plant.truths)
    for sheet in reading.sheets:
        _check(sheet, plant.truths[sheet.name], reading)


def test_months_that_each_count_from_one_are_no_copies(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {}
    for month in range(2):
        sheets[f"{month + 1}月"] = [
            heads("编号 投诉日期 客户 产品 零件号 问题描述 不良数"),
            *([f"C-{i:03}", day(i + month * 20), *basics(i * 2 + month)] for i in range(4)),
        ]
    reading = _read(PlantLedger("months", sheets, {}), tmp_path)
    assert [len(sheet.rows) for sheet in reading.sheets] == [4, 4]


def test_three_hundred_equal_problems_are_one_sentence(tmp_path: Path) -> None:
    rows: Rows = [heads("客诉编号 投诉日期 客户 产品 零件号 问题描述 不良数 状态")]
    rows += [[f"A{i}", day(i % 20), *basics(i)[:4], f"约{i + 1}", "整改"] for i in range(300)]
    reading = _read(PlantLedger("vague", {"客诉": rows}, {}), tmp_path)
    assert len(reading.issues) == 300
    lines = [line for line in as_text(reading).splitlines() if "约数" in line]
    assert len(lines) == 1
    assert "300 处" in lines[0]
    assert "G2 “约1”" in lines[0]


def test_a_workbook_renamed_to_xls_is_read_by_its_content(tmp_path: Path) -> None:
    plant = contents.short_list()
    plant.save(tmp_path / "ledger.xlsx").rename(tmp_path / "ledger.xls")
    gateway = LedgerGateway(
        share=tmp_path, state=tmp_path / "state", aliases={}, zone=ZoneInfo("Asia/Shanghai"), quiet_seconds=0
    )
    assert len(gateway.read(LedgerSetting(file="ledger.xls"), TODAY).complaints) == 4
