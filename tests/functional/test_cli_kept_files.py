"""Files and folders that people changed, deleted, renamed or moved: never overwritten, never resurrected unasked."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.functional.plant_folder import COMPLAINTS, PlantFolder, complaint, empty_plant

CASE = "2026/KS-202611-001 星河汽车 冷却水管"
REPORT = f"{CASE}/8D报告.docx"
INTERNAL = f"{CASE}/8D内部版.docx"


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    """A plant with one numbered case and its 8D."""
    made = empty_plant(tmp_path / "plant")
    made.type(COMPLAINTS, complaint(客户要求8D="是"))
    made.settled()
    assert made.files("*.docx") == [INTERNAL, REPORT]
    return made


def edit(report: Path) -> bytes:
    """Somebody saves the report from a program that leaves no content control."""
    document = Document(str(report))
    document.add_paragraph("已与客户电话沟通")
    for control in list(document.element.body.iter(qn("w:sdt"))):
        for run in list(control.find(qn("w:sdtContent"))):
            control.addprevious(run)
        control.getparent().remove(control)
    document.save(str(report))
    return report.read_bytes()


def drafts(plant: PlantFolder) -> list[str]:
    return [name for name in plant.files() if "新草稿" in name]


def test_our_own_report_is_brought_up_to_date(plant: PlantFolder) -> None:
    report = plant.share / "客诉资料" / REPORT
    before = report.read_bytes()
    plant.retype(COMPLAINTS, 0, 不良数量=12)
    plant.once("08:30")
    assert report.read_bytes() != before
    assert plant.files("*.docx") == [INTERNAL, REPORT]


def test_a_changed_report_without_controls_stays_and_the_newer_draft_is_put_beside_it(plant: PlantFolder) -> None:
    report = plant.share / "客诉资料" / REPORT
    theirs = edit(report)
    assert plant.once("08:20").code == 0
    assert drafts(plant) == []  # nothing new to say yet
    plant.retype(COMPLAINTS, 0, 不良数量=12)
    said = plant.once("08:30")
    assert report.read_bytes() == theirs
    assert drafts(plant) == [f"{CASE}/8D报告(新草稿 20261126-0830).docx"]
    assert "保持不动" in said.out or "新草稿" in said.out
    assert "保持不动" in plant.board()
    plant.once("08:40")
    plant.retype(COMPLAINTS, 0, 不良数量=13)
    plant.once("08:50")
    assert report.read_bytes() == theirs
    assert len(drafts(plant)) == 2  # an older draft may have been opened and edited too


def test_a_report_that_was_deleted_comes_back_only_with_news(plant: PlantFolder) -> None:
    report = plant.share / "客诉资料" / REPORT
    report.unlink()
    for time in ("08:20", "08:30"):
        plant.once(time)
    assert plant.files("*.docx") == [INTERNAL]
    plant.retype(COMPLAINTS, 0, 不良数量=12)
    plant.once("08:40")
    assert plant.files("*.docx") == [INTERNAL, REPORT]


def test_a_renamed_folder_is_found_by_its_number(plant: PlantFolder) -> None:
    old = plant.share / "客诉资料" / CASE
    content = (old / "8D报告.docx").read_bytes()
    new = old.with_name("KS-202611-001 星河 水管漏水(紧急)")
    old.rename(new)
    for time in ("08:20", "08:21"):
        assert plant.once(time).code == 0
    assert not old.exists()
    plant.retype(COMPLAINTS, 0, 不良数量=12)
    plant.once("08:30")
    assert not old.exists()
    assert (new / "8D报告.docx").read_bytes() == content  # under another path nobody knows whose it is: it stays
    assert len(list(new.glob("8D报告(新草稿*.docx"))) == 1
    assert quote(new.name) in plant.board()


def test_a_folder_moved_away_does_not_stop_the_others(plant: PlantFolder, tmp_path: Path) -> None:
    (plant.share / "客诉资料" / CASE).rename(tmp_path / "别处")
    plant.type(COMPLAINTS, complaint(产品名称="卡扣"))
    plant.retype(COMPLAINTS, 0, 不良数量=12)
    plant.settled(first="08:30", second="08:45")
    assert [row["客诉编号"] for row in plant.rows()] == ["KS-202611-001", "KS-202611-002"]
    assert plant.files("*.docx") == [INTERNAL, REPORT, "2026/KS-202611-002 星河汽车 卡扣/客诉处理单.docx"]


def test_a_row_deleted_and_restored_keeps_number_and_folder(plant: PlantFolder) -> None:
    plant.once("08:20")
    whole = plant.ledger.read_bytes()
    plant.retype(COMPLAINTS, 0, **dict.fromkeys(plant.rows()[0]))
    plant.once("08:30")
    assert "KS-202611-001" in plant.board()
    assert "不见了" in plant.board()
    assert plant.files("*.docx") == [INTERNAL, REPORT]
    plant.type(COMPLAINTS, complaint(产品名称="卡扣"))
    plant.settled(first="08:31", second="08:45")
    assert plant.rows()[0]["客诉编号"] == "KS-202611-002"
    plant.ledger.write_bytes(whole)
    plant.once("09:00")
    assert "编号 KS-202611-001 的行不见了" not in plant.board()
    assert plant.files("8D*") == [INTERNAL, REPORT]
