"""The gateway on real files: settled reading, the last good copy, and cells written back by swap."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.files.atomic import sha256_of
from pipeline.files.backups import FOLDER as BACKUPS
from schemas.errors import CellRefused, LedgerChanged, LedgerDamaged, LedgerInUse, LedgerMissing
from schemas.payloads import CellEdit
from schemas.settings import LedgerSetting
from tests.unit.ledger_workbooks import TODAY, ZONE, book, gateway

SETTING = LedgerSetting(file="客诉台账.xlsx")
ROWS: list[list[object]] = [["客诉编号", "接诉时间", "客户", "不良现象", "系统校验", "资料链接"],
                            [None, "2026-3-1", "东湖汽车", "漏水"]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / SETTING.file
    book(path, {"客诉台账": ROWS})
    return path


def number_edit(text: str = "KS-202603-001", now: str = "") -> CellEdit:
    return CellEdit("客诉台账", 2, 0, "number", now, text)


def test_a_written_cell_is_read_back_and_the_old_file_kept(path: Path) -> None:
    ledgers = gateway(path)
    before = ledgers.read(SETTING, TODAY)
    link = CellEdit("客诉台账", 2, 5, "folder_link", "", "打开 KS-202603-001", "客诉资料/2026/KS-202603-001 东湖汽车/")

    ledgers.write(SETTING, before.sha256, [number_edit(), link])

    after = ledgers.read(SETTING, TODAY)
    assert after.complaints[0].record.number == "KS-202603-001"
    assert load_workbook(path)["客诉台账"]["F2"].hyperlink is not None
    assert [sha256_of(backup) for backup in (path.parent / BACKUPS).iterdir()] == [before.sha256]
    assert not list((path.parent / "state" / "swaps").iterdir())


def test_a_last_good_copy_that_was_spoilt_counts_as_none(path: Path) -> None:
    gateway(path).read(SETTING, TODAY)
    good = path.parent / "state" / "last_good" / SETTING.file
    good.write_bytes(good.read_bytes()[:-9])
    path.unlink()
    assert gateway(path).last_good(SETTING, TODAY) is None


def test_writing_what_stands_there_changes_nothing(path: Path) -> None:
    ledgers = gateway(path)
    ledgers.write(SETTING, ledgers.read(SETTING, TODAY).sha256, [number_edit()])
    digest = ledgers.read(SETTING, TODAY).sha256

    ledgers.write(SETTING, digest, [number_edit(now="KS-202603-001")])

    assert sha256_of(path) == digest


def test_writing_waits_for_whoever_has_the_file_open(path: Path) -> None:
    ledgers = gateway(path)
    digest = ledgers.read(SETTING, TODAY).sha256
    (path.parent / f".~lock.{path.name}#").write_text("李四,pc,host,时间,file:///x;", encoding="utf-8")
    with pytest.raises(LedgerInUse, match="李四"):
        ledgers.write(SETTING, digest, [number_edit()])
    assert sha256_of(path) == digest


def test_a_save_in_between_wins(path: Path) -> None:
    ledgers = gateway(path)
    digest = ledgers.read(SETTING, TODAY).sha256
    book(path, {"客诉台账": [*ROWS, [None, "2026-3-2", "长岭汽车", "断裂"]]})
    saved = sha256_of(path)
    with pytest.raises(LedgerChanged):
        ledgers.write(SETTING, digest, [number_edit()])
    assert sha256_of(path) == saved
    assert not list(path.parent.glob("state/swaps/*"))


def test_a_cell_that_holds_something_else_is_refused(path: Path) -> None:
    ledgers = gateway(path)
    digest = ledgers.read(SETTING, TODAY).sha256
    with pytest.raises(CellRefused, match="客诉台账"):
        ledgers.write(SETTING, digest, [CellEdit("客诉台账", 2, 2, "customer", "", "别的")])
    assert sha256_of(path) == digest


def test_the_last_good_reading_outlives_a_damaged_file_and_a_restart(path: Path) -> None:
    os.utime(path, (1_770_000_000, 1_770_000_000))
    assert gateway(path).last_good(SETTING, TODAY) is None
    gateway(path).read(SETTING, TODAY)
    path.write_bytes(b"half")
    ledgers = gateway(path)
    with pytest.raises(LedgerDamaged):
        ledgers.read(SETTING, TODAY)

    last = ledgers.last_good(SETTING, TODAY)

    assert last is not None
    assert last.complaints[0].record.customer == "东湖汽车"
    assert last.saved == datetime.fromtimestamp(1_770_000_000, ZONE)


def test_a_crash_between_the_renames_is_finished_at_the_next_reading(path: Path) -> None:
    ledgers = gateway(path)
    ledgers.read(SETTING, TODAY)
    backup = path.parent / BACKUPS / "客诉台账.12345678.xlsx"
    backup.parent.mkdir()
    marker = path.parent / "state" / "swaps" / f"{SETTING.file}.txt"
    marker.parent.mkdir()
    marker.write_text(str(backup), encoding="utf-8")
    path.rename(backup)

    assert gateway(path).read(SETTING, TODAY).complaints
    assert path.exists()
    assert not marker.exists()


def test_a_missing_ledger_is_missing_and_nothing_else(path: Path) -> None:
    ledgers = gateway(path)
    digest = ledgers.read(SETTING, TODAY).sha256
    path.unlink()
    with pytest.raises(LedgerMissing):
        ledgers.read(SETTING, TODAY)
    with pytest.raises(LedgerMissing):
        ledgers.write(SETTING, digest, [number_edit()])
