"""``kesu init`` and ``kesu check``: an empty plant is clean, problems are named by cell, nothing is ever written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.functional.plant_folder import COMPLAINTS, LEDGER, PlantFolder, complaint, empty_plant, kesu

SHEET_KEYS = {"name", "heading_row", "rows", "mapped", "guessed", "unmapped"}
NOW = ("--now", "2026-11-26T09:00+08:00")
ISSUE_KEYS = {"sheet", "cell", "field", "value", "message"}


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    return empty_plant(tmp_path / "plant")


def test_init_makes_a_plant_that_checks_clean_and_says_what_comes_next(tmp_path: Path) -> None:
    said = kesu("init", tmp_path / "新厂")
    assert said.code == 0
    assert f"kesu run -c {tmp_path / '新厂' / 'config.yaml'}" in said.out
    found = {path.relative_to(tmp_path / "新厂").as_posix() for path in (tmp_path / "新厂").rglob("*")}
    assert {"config.yaml", f"share/{LEDGER}", "share/品质例会", "share/归档", "share/待归属", "mail/inbox",
            "mail/outbox", "state/journal.db", "templates/eight_d/template.docx"} <= found
    assert kesu("check", "-c", tmp_path / "新厂" / "config.yaml").code == 0
    assert kesu("check", tmp_path / "新厂" / "share" / LEDGER).code == 0


def test_init_never_touches_a_plant_that_is_there(plant: PlantFolder) -> None:
    before = plant.snapshot()
    said = kesu("init", plant.root)
    assert (said.code, said.out) == (2, "")
    assert "已经存在" in said.err
    assert plant.snapshot() == before


def test_problems_are_named_by_sheet_and_cell(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(), complaint(不良数量="很多"))
    said = kesu("check", "-c", plant.config, *NOW)
    assert said.code == 1
    assert "很多" in said.out
    report = kesu("check", plant.ledger, *NOW, "--json").json
    assert {"ledger", "sheets", "issues"} <= report.keys()
    assert report["ledger"] == LEDGER
    assert all(sheet.keys() == SHEET_KEYS for sheet in report["sheets"])
    assert all(issue.keys() == ISSUE_KEYS for issue in report["issues"])
    (complaints,) = [sheet for sheet in report["sheets"] if sheet["name"] == COMPLAINTS]
    (issue,) = report["issues"]
    row = complaints["heading_row"] + 2
    assert (issue["sheet"], issue["field"], issue["value"]) == (COMPLAINTS, "defects", "很多")
    assert issue["cell"] == f"G{row}"
    assert complaints["rows"] == 2
    assert complaints["mapped"]["接诉时间"] == "received"


def test_a_strange_ledger_by_itself(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.worksheets[0].title = "2026年"
    for row in (
        ["客户抱怨一览表"],
        [],
        ["投诉\n编号", "投诉日期", "客户名称", "品名", "问题描述", "不良数(件)", "颜色"],
        ["A-1", "2026.3.5", "东湖汽车", "软管", "漏水", "50件", "蓝"],
        ["A-2", "昨天", "东湖汽车", "软管", "漏水", 3, "红"],
    ):
        workbook.worksheets[0].append(row)
    workbook.create_sheet("说明").append(["请认真填写"])
    workbook.save(tmp_path / "台账.xlsx")
    said = kesu("check", tmp_path / "台账.xlsx", *NOW, "--json")
    assert said.code == 1
    (sheet,) = said.json["sheets"]
    assert (sheet["name"], sheet["heading_row"], sheet["rows"]) == ("2026年", 3, 2)
    assert sheet["mapped"] == {
        "投诉\n编号": "number", "投诉日期": "received", "客户名称": "customer", "品名": "product",
        "问题描述": "phenomenon", "不良数(件)": "defects",
    }
    assert sheet["unmapped"] == ["颜色"]
    assert [(issue["cell"], issue["value"]) for issue in said.json["issues"]] == [("B5", "昨天")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["台账.xlsx"]


@pytest.mark.parametrize("arguments", [("没有.xlsx",), (".",), ()])
def test_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = kesu("check", *arguments, "--json")
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert said.err.rstrip().endswith(("。", "xlsx"))
    assert not re.search(r"[a-z]+ [a-z]+", said.err.replace("kesu check", ""))
