"""What a person deletes stays deleted until the ledger changes, and the board says that it is gone."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.functional.plant_folder import COMPLAINTS, complaint, empty_plant

GONE = "8D报告.docx 已不在资料夹里"


def test_a_deleted_report_is_named_and_made_again_when_the_ledger_changes(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客户要求8D="是", 状态="分析", 不良数量=3))
    plant.settled()
    plant.once("08:20")
    assert GONE not in plant.board()
    report = next((plant.share / "客诉资料").rglob("8D报告.docx"))
    report.unlink()
    plant.once("08:25")
    assert not report.exists()
    assert GONE in plant.board()
    before = plant.snapshot()
    plant.once("08:25")
    assert plant.snapshot() == before
    plant.retype(COMPLAINTS, 0, 不良批次="L-9")
    plant.once("08:45")
    assert report.exists()
    plant.once("08:50")
    assert GONE not in plant.board()


def test_a_deleted_folder_is_named_once_and_comes_back_with_the_next_change(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客户要求8D="是", 状态="分析", 不良数量=3))
    plant.settled()
    folder = next((plant.share / "客诉资料").rglob("8D报告.docx")).parent
    shutil.rmtree(folder)
    plant.once("08:25")
    assert not folder.exists()
    assert plant.board().count("资料夹已不在公共盘上") >= 1
    assert GONE not in plant.board()
    plant.retype(COMPLAINTS, 0, 不良批次="L-9")
    plant.once("08:45")
    assert (folder / "8D报告.docx").exists()
    plant.once("08:50")
    assert "资料夹已不在公共盘上" not in plant.board()
