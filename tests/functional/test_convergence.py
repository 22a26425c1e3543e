"""Every effect kind comes to rest: at most two passes at one time, then no effect and not one byte written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.functional.plant_folder import COMPLAINTS, LEDGER, PlantFolder, complaint, empty_plant, headings, kesu

MEETING = {"客诉编号": "K-1", "第几次": 1, "时间": "2026-11-27 14:00", "应到": "罗文斌、彭小满", "主持人": "周启航"}
Step = Callable[[PlantFolder], object]


def typed(*rows: dict[str, object], **sheets: dict[str, object]) -> Step:
    """Type complaints, and one row on each other sheet named."""
    def step(plant: PlantFolder) -> None:
        plant.type(COMPLAINTS, *rows)
        for sheet, row in sheets.items():
            plant.type(sheet, row)

    return step


def at(time: str) -> Step:
    return lambda plant: plant.once(time)


def late_measure(plant: PlantFolder) -> None:
    """A registered complaint with a measure that is overdue."""
    plant.type(COMPLAINTS, complaint(客诉编号="K-1", 状态="整改", 信息来源="营销部"))
    plant.type("措施跟踪", {"客诉编号": "K-1", "措施内容": "修模", "责任人": "罗文斌", "计划完成日": "2026-11-20"})


def penalties_on(plant: PlantFolder) -> None:
    """The plant names the clause that its proposals cite."""
    text = plant.config.read_text(encoding="utf-8")
    head, section = text.split("\npenalty:", 1)
    section = section.replace("enabled: false", "enabled: true", 1)
    section = section.replace('clause_late: ""', "clause_late: 客诉管理规定第5条", 1)
    plant.config.write_text(f"{head}\npenalty:{section}", encoding="utf-8")


def closed(plant: PlantFolder) -> None:
    """What is still open belongs to the next month's archive."""
    plant.retype(COMPLAINTS, 0, 状态="关闭", 关闭日期="2026-11-27")


def archived(plant: PlantFolder) -> None:
    """The month's archive is made; what is said of it comes with the next pass."""
    plant.configure(quality_manager="韩立川")
    plant.once("17:00", day="2026-11-30")


def meeting_cancelled(plant: PlantFolder) -> None:
    plant.retype("会议", 0, 状态="取消")


def one_invited_less(plant: PlantFolder) -> None:
    plant.retype("会议", 0, 应到="罗文斌")


def excel_formula_where_our_number_belongs(plant: PlantFolder) -> None:
    """A formula that yields nothing stands in the cell of 客诉编号: it cannot be patched."""
    plant.type(COMPLAINTS, complaint(产品名称="卡扣"))
    workbook = load_workbook(plant.ledger)
    sheet = workbook[COMPLAINTS]
    columns = headings(sheet)
    sheet.cell(columns[""] + 1, columns["客诉编号"]).value = '=""'
    workbook.save(plant.ledger)


def new_ledger_beside(plant: PlantFolder) -> None:
    """A second ledger full of old cases joins: its first pass is a baseline."""
    second = PlantFolder(plant.root.parent / "second")
    (plant.share / "旧台账.xlsx").write_bytes(second.ledger.read_bytes())
    text = plant.config.read_text(encoding="utf-8")
    entry = f"  - file: {LEDGER}\n"
    assert entry in text
    plant.config.write_text(text.replace(entry, f"{entry}  - file: 旧台账.xlsx\n"), encoding="utf-8")


URGENT = {"停线/甩车风险": "是"}
#: For each kind the steps that bring it about, and the time of the passes that have to come to rest.
WAYS: dict[str, tuple[list[Step], str]] = {
    "number": ([typed(complaint()), at("08:05")], "08:16"),
    "folder": ([typed(complaint(客诉编号="K-1")), at("08:05")], "08:16"),
    "doc.eight_d": ([typed(complaint(客户要求8D="是")), at("08:05")], "08:16"),
    "doc.eight_d_internal": ([typed(complaint(客户要求8D="是")), at("08:05")], "08:16"),
    "doc.slip": ([typed(complaint()), at("08:05")], "08:16"),
    "doc.notice": ([typed(complaint(客诉编号="K-1"), 会议={**MEETING, "状态": "已确认"}), at("08:05")], "08:16"),
    "doc.minutes": ([typed(complaint(客诉编号="K-1"), 会议={**MEETING, "状态": "已召开"}), at("08:05")], "08:16"),
    "calendar.case": ([late_measure, at("08:05")], "08:16"),
    "calendar.person": ([late_measure, at("08:05")], "08:16"),
    "mail.line_stop": ([typed(complaint(**URGENT))], "08:05"),
    "mail.containment": ([typed(complaint(紧急措施="")), at("08:05")], "08:29"),
    "mail.release": ([typed(complaint(状态="调查")), at("08:05")], "08:16"),
    "mail.meeting": (
        [typed(complaint(客诉编号="K-1", 状态="调查"), 会议={**MEETING, "状态": "已确认"}), at("08:05"), at("08:16"),
         meeting_cancelled],
        "08:20",
    ),
    "mail.uninvited": (
        [typed(complaint(客诉编号="K-1", 状态="调查"), 会议={**MEETING, "状态": "已确认"}), at("08:05"), at("08:16"),
         one_invited_less],
        "08:20",
    ),
    "doc.inquiry": ([typed(complaint()), at("08:05")], "08:16"),
    "mail.escalation": ([typed(complaint(状态="调查", 功能失效="是")), at("08:05")], "08:16"),
    "mail.minutes": (
        [typed(complaint(客诉编号="K-1", 状态="调查"), 会议={**MEETING, "状态": "纪要已签"}), at("08:05")], "08:16",
    ),
    "mail.penalty": ([penalties_on, late_measure, at("08:05")], "2026-11-27T08:30"),
    "mail.digest": ([typed(complaint()), at("08:05")], "08:30"),
    "deck": ([typed(complaint(客诉编号="K-1", 状态="调查")), at("08:05"), at("08:16")], "09:00"),
    "mail.baseline": ([new_ledger_beside], "08:05"),
    "mail.overdue": ([late_measure, at("08:05")], "09:00"),
    "round.weekly": ([], "09:00"),
    "mail.month_end": ([late_measure, at("08:05")], "2026-11-30T09:00"),
    "archive": ([late_measure, at("08:05")], "2026-11-30T17:00"),
    "round.archive": ([], "2026-11-30T17:00"),
    "mail.hand_over": ([late_measure, at("08:05"), archived], "2026-11-30T17:10"),
    "archive.supplement": ([late_measure, at("08:05"), closed, archived], "2026-12-03T09:00"),
    "round.month_end": ([], "2026-11-30T09:00"),
    "round.digest": ([], "08:30"),
    "cells": ([typed(complaint(不良数量="很多")), at("08:05")], "08:16"),
    "refused": ([excel_formula_where_our_number_belongs, at("08:05")], "08:16"),
}


def effects(plant: PlantFolder, time: str) -> list[dict[str, Any]]:
    day, _, clock = time.rpartition("T")
    found: list[dict[str, Any]] = plant.once(clock, "--json", day=day or "2026-11-26").json["effects"]
    return found


@pytest.mark.parametrize("kind", WAYS)
def test_two_passes_then_not_one_byte(tmp_path: Path, kind: str) -> None:
    if kind == "mail.baseline":
        empty_plant(tmp_path / "second").type(COMPLAINTS, complaint(状态="调查"))
    plant = empty_plant(tmp_path / "plant")
    steps, time = WAYS[kind]
    for step in steps:
        step(plant)
    before = {record["kind"] for record in kesu("log", "-c", plant.config, "--json").json}
    first = effects(plant, time)
    done = {effect["kind"] for effect in first}
    if kind == "refused":
        assert "不能安全写入" in plant.board()
    else:
        assert kind in done, (before, done)
    second = effects(plant, time)
    assert kind not in {effect["kind"] for effect in second}
    at_rest = plant.snapshot()
    assert effects(plant, time) == []
    assert plant.snapshot() == at_rest


def test_everything_at_once_comes_to_rest_on_every_later_day(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.configure(quiet_from='"07:00"')  # no quiet hours: a mail that waits for the morning is listed every time
    plant.type(COMPLAINTS, complaint(客诉编号="K-1", 状态="调查", **URGENT), complaint(紧急措施="", 不良数量="很多"),
               complaint(产品名称="卡扣", 客户要求8D="是", 状态="整改"))
    plant.type("会议", {**MEETING, "状态": "已确认"})
    plant.type("措施跟踪", {"客诉编号": "K-1", "措施内容": "修模", "责任人": "罗文斌", "计划完成日": "2026-11-26"})
    for day, time in (
        ("2026-11-26", "08:05"), ("2026-11-26", "08:16"), ("2026-11-26", "08:45"), ("2026-11-27", "08:30"),
        ("2026-11-28", "08:30"), ("2026-11-30", "08:30"), ("2026-12-31", "23:59"), ("2027-01-04", "08:30"),
    ):
        plant.once(time, day=day)
        plant.once(time, day=day)
        at_rest = plant.snapshot()
        assert plant.once(time, "--json", day=day).json["effects"] == []
        assert plant.snapshot() == at_rest


def on_share(plant: PlantFolder) -> dict[str, tuple[int, str]]:
    return {name: entry for name, entry in plant.snapshot().items() if not name.startswith("state/journal.db")}


def test_a_template_that_stays_broken_writes_nothing_new(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    (plant.root / "templates" / "slip" / "template.docx").write_bytes(b"no document")
    plant.type(COMPLAINTS, complaint(状态="调查"))
    plant.settled()
    plant.once("08:16")
    at_rest = on_share(plant)
    assert plant.once("08:16").code == 1
    assert on_share(plant) == at_rest
