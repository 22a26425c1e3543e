"""The files around a ledger: copies that people may fill in by mistake, and the files that our patches replaced."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.files.atomic import sha256_of
from pipeline.files.backups import Backups, backup_for
from pipeline.files.lookalikes import lookalikes
from pipeline.ledger.gateway import LedgerGateway
from schemas.payloads import CellEdit
from schemas.settings import LedgerSetting
from tests.unit.ledger_workbooks import TODAY, book, gateway

NAME = "客诉台账.xlsx"


@pytest.mark.parametrize("name", [
    "客诉台账 - 副本.xlsx", "客诉台账(1).xlsx", "客诉台账 （2）.xlsx", "副本客诉台账.xlsx", "客诉台账 - Copy.xlsx",
    "Copy of 客诉台账.xlsx", "客诉台账_冲突文件_王工_20261126.xlsx", "客诉台账-DESKTOP-8A2K.xlsx", "客诉 台账.xlsx",
    "客诉台账 (王工's conflicted copy 2026-11-26).xlsx", "客诉台账 - 副本 (2).xlsm",
])
def test_copies_are_seen(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert lookalikes(tmp_path / NAME) == (name,)


@pytest.mark.parametrize("name", [
    "客诉台账.xlsx", "~$客诉台账.xlsx", ".~客诉台账.xlsx", "客诉台账2025.xlsx", "个人客诉台账.xlsx",
    "客诉台账说明.docx", "客诉台账-二厂.xlsx", "供应商客诉台账(1).xlsx",
])
def test_other_ledgers_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert lookalikes(tmp_path / NAME) == ()


def _backup(tmp_path: Path, content: bytes) -> tuple[Backups, Path]:
    target = tmp_path / NAME
    target.write_bytes(content)
    backup = backup_for(target, sha256_of(target))
    backup.parent.mkdir()
    target.rename(backup)
    return Backups(target, tmp_path / "state" / "backups.json"), backup


def test_a_backup_is_kept_for_days_and_then_goes(tmp_path: Path) -> None:
    backups, backup = _backup(tmp_path, b"old")
    assert backups.review(TODAY, 14) == ()
    again = Backups(backups.target, backups.known)  # another process counts from the first one's day
    assert again.review(TODAY + timedelta(days=13), 14) == ()
    assert backup.exists()
    assert again.review(TODAY + timedelta(days=14), 14) == ()
    assert not backup.exists()


def test_a_save_into_a_backup_is_reported_and_never_removed(tmp_path: Path) -> None:
    backups, backup = _backup(tmp_path, b"old")
    assert backups.review(TODAY, 14) == ()
    backup.write_bytes(b"somebody's late save")
    for day in (TODAY, TODAY + timedelta(days=99)):
        assert backups.review(day, 14) == (backup,)
    assert backup.read_bytes() == b"somebody's late save"
    aside = backup.rename(tmp_path / "合并完.xlsx")
    assert backups.review(TODAY, 14) == ()
    assert aside.exists()


def test_a_backup_set_aside_is_a_conflict(tmp_path: Path) -> None:
    backups, backup = _backup(tmp_path, b"old")
    aside = backup.rename(backup.with_name(f"{backup.stem}-另存1.xlsx"))
    assert backups.review(TODAY, 14) == (aside,)


def test_files_of_others_in_the_folder_are_not_ours_to_remove(tmp_path: Path) -> None:
    backups, backup = _backup(tmp_path, b"old")
    other = backup.with_name("个人台账.12345678.xlsx")
    other.touch()
    backups.known.parent.mkdir()
    backups.known.write_text('{"客诉台账.', encoding="utf-8")  # cut short by a crash
    assert backups.review(TODAY, 14) == ()
    assert backups.review(date(2030, 1, 1), 14) == ()
    assert (other.exists(), backup.exists()) == (True, False)


def _written(path: Path) -> LedgerGateway:
    book(path, {"客诉台账": [["客诉编号", "接诉时间", "客户", "不良现象"], [None, "2026-3-1", "东湖汽车", "漏水"]]})
    ledgers = gateway(path)
    setting = LedgerSetting(file=path.name)
    digest = ledgers.read(setting, TODAY).sha256
    ledgers.write(setting, digest, [CellEdit("客诉台账", 2, 0, "number", "", "KS-202603-001")])
    return ledgers


def test_the_ledger_reports_both(tmp_path: Path) -> None:
    path = tmp_path / NAME
    ledgers, setting = _written(path), LedgerSetting(file=NAME)
    assert ledgers.read(setting, TODAY).warnings == ()
    (backup,) = (tmp_path / ".kesu-备份").iterdir()
    backup.write_bytes(b"late")
    (tmp_path / "客诉台账(1).xlsx").touch()
    late, copies = ledgers.read(setting, TODAY).warnings
    assert str(backup) in late
    assert "客诉台账(1).xlsx" in copies


def test_an_unchanged_file_is_not_even_copied_and_any_change_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / NAME
    ledgers, setting = _written(path), LedgerSetting(file=NAME)
    first = ledgers.read(setting, TODAY)
    copies: list[object] = []
    monkeypatch.setattr("pipeline.ledger.gateway.copy_stable", lambda *args, **named: copies.append(args))
    assert ledgers.read(setting, TODAY).sheets is first.sheets
    assert not copies
    monkeypatch.undo()
    stamp = path.stat().st_mtime_ns
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)  # replaced by an equal one with an equal time stamp: looked into all the same
    os.utime(path, ns=(stamp, stamp))
    assert ledgers.read(setting, TODAY).sha256 == first.sha256
