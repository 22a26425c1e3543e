"""The written story of the demo plant: believable in time, readable, deterministic, its people invented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from pipeline.demo.edits import AppendRow, CellValue, SetCells
from pipeline.demo.inbox import write_inbox
from pipeline.demo.pictures import schematic_png
from pipeline.demo.plant import Plant
from pipeline.demo.script import load_contacts
from pipeline.demo.story_dates import SPELLINGS, StoryDates
from pipeline.workdays import Workdays
from schemas.rows import MODELS, SheetKind

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 23)
DAYS = (TODAY, date(2026, 1, 5), date(2026, 10, 9), date(2027, 2, 28))  # also after New Year and the October holiday
#: Headings of things that have happened when they are typed.
HAPPENED = ("接诉时间", "紧急措施时间", "D3提交日", "D4-D5提交日", "8D提交日", "关闭日期", "完成时间", "变化时间",
            "实际完成日", "日期", "断点日期")
OWN_COLUMNS = {"物流单号", "客诉天数"}


def _typed(plant: Plant) -> Iterator[tuple[datetime, AppendRow | SetCells]]:
    for story_day in plant.story_days():
        for moment in story_day.moments:
            for edit in moment.edits:
                if isinstance(edit, AppendRow | SetCells):
                    yield datetime.combine(story_day.day, moment.at), edit


def _as_datetime(value: CellValue) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time.min) if isinstance(value, date) else None


@pytest.mark.parametrize("today", DAYS)
def test_days_are_working_days_and_end_just_before_today(today: date) -> None:
    workdays = Workdays()
    days = [story.day for story in Plant(today).story_days()]
    assert 6 <= len(days) <= 9
    assert days == sorted(set(days))
    assert all(workdays.is_workday(day) for day in days)
    assert days[-1] == workdays.previous_workday(today)


@pytest.mark.parametrize("today", DAYS)
def test_complaints_span_three_months_before_today(today: date) -> None:
    received = [_as_datetime(edit.cells.get("接诉时间")) for _, edit in _typed(Plant(today))]
    moments = [at for at in received if at is not None]
    assert max(moments).date() < today
    assert max(moments) - min(moments) >= timedelta(days=90)


@pytest.mark.parametrize("today", DAYS)
def test_nothing_is_typed_before_it_happened(today: date) -> None:
    plant = Plant(today)
    faults = {(fault.case, fault.heading) for fault in plant.faults}
    early = [
        (edit.case, heading, str(edit.cells[heading]))
        for at, edit in _typed(plant)
        for heading in HAPPENED
        if (happened := _as_datetime(edit.cells.get(heading))) and happened > at and (edit.case, heading) not in faults
    ]
    assert early == []


def test_equal_days_give_equal_stories() -> None:
    assert Plant(TODAY).story_days() == Plant(TODAY).story_days()
    assert Plant(TODAY).story_days() != Plant(date(2026, 11, 24)).story_days()


def test_every_typed_cell_has_a_column() -> None:
    known = {kind.value: {field.column.heading for field in model.fields()} for kind, model in MODELS.items()}
    known["客诉台账"] |= OWN_COLUMNS
    unknown = [(edit.sheet, set(edit.cells) - known[edit.sheet]) for _, edit in _typed(Plant(TODAY))
               if set(edit.cells) - known[edit.sheet]]
    assert unknown == []


@pytest.mark.parametrize("today", DAYS)
def test_every_cell_reads_but_the_wrong_ones(today: date) -> None:
    plant = Plant(today)
    unreadable = {(fault.sheet, fault.case, fault.heading) for fault in plant.faults if fault.unreadable}
    failed = set()
    for at, edit in _typed(plant):
        model = MODELS[SheetKind(edit.sheet)]
        names = {field.column.heading: field.name for field in model.fields()}
        for heading, value in edit.cells.items():
            if heading not in names:
                continue
            typed = re.sub("<#.*?>", "KS-202611-001", value) if isinstance(value, str) else value
            try:
                model.model_validate({names[heading]: typed}, context={"today": at.date()})
            except ValidationError:
                failed.add((edit.sheet, edit.case, heading))
    assert failed == unreadable


def test_enough_is_wrong_on_purpose() -> None:
    faults = Plant(TODAY).faults
    assert len(faults) >= 8
    assert {fault.unreadable for fault in faults} == {True, False}


def test_dates_are_spelled_in_many_ways() -> None:
    dates = StoryDates(date(2026, 3, 6), Workdays())
    assert dates.cell("<-1>") == date(2026, 3, 5)
    assert dates.cell("<-1 14:20>") == datetime(2026, 3, 5, 14, 20)  # noqa: DTZ001 - a cell has no zone
    typed = {dates.cell(f"<-1 {spelling}>") for spelling in SPELLINGS}
    assert typed >= {"2026.3.5", "3月5日", "20260305", "26/3/5", "2026/3/5", "２０２６-０３-０５", "2026年3月5日"}
    assert dates.cell("CW<-1 批>A") == "CW260305A"
    assert dates.cell("<+1>") == date(2026, 3, 9)
    with pytest.raises(ValueError, match="unknown spelling"):
        dates.cell("<-1 反>")


def test_contacts_form_a_chain_and_cannot_be_reached() -> None:
    contacts = load_contacts()
    names = {row[0] for row in contacts}
    assert len(contacts) == len(names) >= 25
    assert {row[7] for row in contacts} - {""} <= names
    assert {row[8] for row in contacts if len(row) > 8} - {""} <= names
    assert all(str(row[5]).endswith("example.com") and str(row[6]).startswith("000-0000-") for row in contacts)
    assert any(len(row) > 9 and row[9] for row in contacts)


def test_people_of_the_story_stand_in_the_contacts() -> None:
    names = {str(row[0]) for row in load_contacts()}
    named = {
        str(edit.cells[heading]) for _, edit in _typed(Plant(TODAY))
        for heading in ("质量工程师", "责任人", "主持人", "验证人") if heading in edit.cells
    }
    assert named - names == {"许家宁"}  # mistyped on purpose
    invited = {
        name for _, edit in _typed(Plant(TODAY)) for heading in ("应到", "实到")
        for name in str(edit.cells.get(heading, "")).split("、") if name
    }
    assert invited <= names


def test_inbox_mails_are_readable_and_stable(tmp_path: Path) -> None:
    at = datetime(2026, 11, 20, 9, 5, tzinfo=ZONE)
    paths = write_inbox(tmp_path / "inbox", at)
    first = [path.read_bytes() for path in paths]
    write_inbox(tmp_path / "inbox", at)
    assert [path.read_bytes() for path in paths] == first
    mail = message_from_bytes(first[0], policy=default)
    assert "冷却水管" in str(mail["Subject"])
    body = mail.get_body(("plain",))
    assert body is not None
    assert "驻线" in body.get_content()


def test_picture_is_a_png() -> None:
    picture = schematic_png()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(picture) < 20_000
