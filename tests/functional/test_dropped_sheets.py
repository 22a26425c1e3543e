"""Call sheets dropped into 待归属: read exactly, proposed once, and filed with the complaint they became."""

from __future__ import annotations

import io
from importlib import resources
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from pipeline.documents.attached import read_attached
from schemas.rows import Complaint
from tests.functional.plant_folder import PlantFolder, empty_plant, kesu
from tests.functional.test_intake_files import ANSWERS, call_sheet
from tests.functional.test_killed_process import started

TYPED = {"信息来源": "电话", "问题类型": "质量问题", "停线/甩车风险": "否"}  # answers with boxes to tick


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    return empty_plant(tmp_path / "plant")


def word_sheet(*, ticked: str = "☑", beside: str = "") -> bytes:
    """The packaged Word form, filled in: texts typed, boxes ticked."""
    document = Document(io.BytesIO(resources.files("templates").joinpath("call_sheet/template.docx").read_bytes()))
    for table in document.tables:
        for row in table.rows:
            label, answer = row.cells[0].text, row.cells[1]
            if label in TYPED:
                answer.text = answer.text.replace(f"□{TYPED[label]}", f"{ticked}{TYPED[label]}") + beside
            elif label in ANSWERS:
                answer.text = str(ANSWERS[label])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def drop(plant: PlantFolder, name: str, content: bytes) -> Path:
    path = plant.share / "待归属" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def lying(plant: PlantFolder) -> list[str]:
    return sorted(path.name for path in (plant.share / "待归属").iterdir() if path.is_file())


@pytest.mark.parametrize("ticked", ["☑", "☒", "■", "√"])
def test_a_filled_in_word_form_is_read_exactly(ticked: str) -> None:
    sheet = read_attached("表.docx", word_sheet(ticked=ticked)).call_sheet
    assert sheet is not None
    headings = {field.name: field.column.heading for field in Complaint.fields()}
    assert {headings[name]: text for name, text in sheet.answers.items()} == {
        heading: str(answer) for heading, answer in ANSWERS.items()
    }


def test_a_blank_form_says_nothing_and_a_tick_with_a_remark_stays_as_it_was_made() -> None:
    blank = resources.files("templates").joinpath("call_sheet/template.docx").read_bytes()
    assert read_attached("空表.docx", blank).call_sheet is None
    sheet = read_attached("表.docx", word_sheet(beside=" 现场说")).call_sheet
    assert sheet is not None
    assert sheet.answers["line_stop"] == "□是　☑否 现场说"


@pytest.mark.parametrize(("name", "content"), [("来电.xlsx", call_sheet()), ("来电.docx", word_sheet())])
def test_a_dropped_sheet_becomes_a_row_and_is_filed_with_it(plant: PlantFolder, name: str, content: bytes) -> None:
    drop(plant, name, content)
    plant.once("08:05")
    row, = plant.rows()
    exact = [heading for heading in ANSWERS if heading not in {"接诉时间", "不良率", "备注"}]
    assert {heading: row[heading] for heading in exact} == {heading: ANSWERS[heading] for heading in exact}
    assert (row["状态"], lying(plant)) == ("待确认", [name])
    assert str(row["备注"]).endswith(f"{name}；客户语气较急")
    for time in ("08:06", "08:20", "08:21"):
        plant.once(time)
    assert len(plant.rows()) == 1
    assert lying(plant) == []
    filed, = plant.share.rglob(name)
    assert filed.parent.name == "附件"
    assert filed.read_bytes() == content
    before = plant.snapshot()
    plant.once("08:21")
    changed = {path for path, state in plant.snapshot().items() if before.get(path) != state}
    assert changed <= {"state/journal.db", "state/journal.db-wal", "state/journal.db-shm"}


def saved_again(content: bytes, **answers: str) -> bytes:
    """As Excel saves it: other bytes, and with more answers when some are given."""
    book = load_workbook(io.BytesIO(content))
    for heading, answer in answers.items():
        row = next(row for row in range(1, 60) if book.active and book.active.cell(row, 1).value == heading)
        assert book.active is not None
        book.active.cell(row, 2).value = answer
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_same_sheet_twice_does_nothing(plant: PlantFolder) -> None:
    drop(plant, "来电.xlsx", call_sheet())
    plant.once("08:05")
    drop(plant, "来电 (2).xlsx", saved_again(call_sheet()))
    plant.once("08:06")
    assert len(plant.rows()) == 1
    assert "不再登记" in plant.board()
    for time in ("08:20", "08:21"):
        plant.once(time)
    assert (len(plant.rows()), lying(plant)) == (1, [])
    drop(plant, "后来又放.xlsx", saved_again(call_sheet()))
    plant.once("08:30")
    assert (len(plant.rows()), lying(plant)) == (1, [])
    assert len(plant.files("*.xlsx")) == 3


def test_a_sheet_filled_in_further_is_one_complaint_and_another_one_under_its_name_is_two(plant: PlantFolder) -> None:
    drop(plant, "客诉信息收集表.xlsx", call_sheet())
    plant.once("08:05")
    drop(plant, "客诉信息收集表.xlsx", saved_again(call_sheet(), 客户日用量="800"))
    plant.once("08:06")
    assert len(plant.rows()) == 1
    assert "又改过" in plant.board()
    drop(plant, "客诉信息收集表.xlsx", saved_again(call_sheet(), 客户="远嵘新能源", 产品编号="KC-318"))
    plant.once("08:07")
    assert [row["客户"] for row in plant.rows()] == ["星河汽车", "远嵘新能源"]


def test_a_sheet_that_somebody_has_open_waits_and_other_files_are_listed_and_opened_once(plant: PlantFolder) -> None:
    sheet = drop(plant, "来电.xlsx", call_sheet())
    owner = sheet.with_name("~$来电.xlsx")
    owner.write_bytes(b"\x06user" + b" " * 160)
    drop(plant, "报价.xlsx", b"PK\x03\x04 half copied")
    plant.once("08:05")
    assert plant.rows() == []
    assert "报价.xlsx" in plant.board()
    before = plant.journal.read_bytes()
    plant.once("08:05")
    assert plant.journal.read_bytes() == before
    owner.unlink()
    drop(plant, "报价.xlsx", saved_again(call_sheet(), 客户="远嵘新能源"))  # now it is complete
    plant.once("08:06")
    assert [row["客户"] for row in plant.rows()] == ["远嵘新能源", "星河汽车"]


def test_a_sheet_without_the_time_of_the_call_says_so(plant: PlantFolder) -> None:
    drop(plant, "来电.xlsx", saved_again(call_sheet(), 接诉时间=""))
    plant.once("08:05")
    row, = plant.rows()
    assert str(row["接诉时间"]).startswith("2026-11-26 08:05")
    assert "接诉时间为放入待归属的时间" in str(row["备注"])


@pytest.mark.parametrize(("point", "time"), [
    ("recorded", "08:05"), ("ledger-replaced", "08:05"), ("dropped-file-moved", "08:20"),
])
def test_killed_on_the_way(plant: PlantFolder, point: str, time: str) -> None:
    drop(plant, "来电.xlsx", call_sheet())
    for earlier in ("08:05", "08:06", "08:20"):
        if earlier < time:
            plant.once(earlier)
    assert started(plant, point, f"2026-11-26T{time}+08:00")() in {9, -9}
    for later in ("08:22", "08:23", "08:40", "08:41"):
        plant.once(later)
    assert len(plant.rows()) == 1
    assert lying(plant) == []
    assert len(plant.files("来电.xlsx")) == 1
    assert [effect for effect in kesu("status", "-c", plant.config, "--json").json["effects"]
            if effect["kind"].startswith("intake.")] == []
