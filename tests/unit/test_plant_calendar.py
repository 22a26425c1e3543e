"""The plant's calendar file as HR saves it: encodings, headings in any order, and each fault named by its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.plant_calendar import (
    PlantCalendarInvalid,
    PlantCalendarMissing,
    PlantCalendarUnreadable,
    read_plant_calendar,
)
from schemas.schedule import PlantDay

DAYS = (
    PlantDay(date(2026, 11, 27), worked=False, note="设备检修"),
    PlantDay(date(2026, 11, 28), worked=True, note="赶货"),
)


def saved(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "工厂日历.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "\uff0c"])
def test_the_ways_excel_and_people_save_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = ["日期,类型,说明", "2026-11-28,上班,赶货", "2026/11/27,放假,设备检修", ",,", ""]
    assert read_plant_calendar(saved(tmp_path, "\r\n".join(lines).replace(",", delimiter), encoding)) == DAYS


@pytest.mark.parametrize(
    "typed", ["2026-11-27", "2026/11/27", "2026.11.27", "2026年11月27日", "20261127", " 2026-11-27 "]
)
@pytest.mark.parametrize(("kind", "worked"), [("放假", False), ("休息", False), ("上班", True), ("补班", True)])
def test_spellings_of_days_and_kinds(tmp_path: Path, typed: str, kind: str, worked: bool) -> None:
    found = read_plant_calendar(saved(tmp_path, f"类型,备考,日期\n{kind},x,{typed}\n"))
    assert found == (PlantDay(date(2026, 11, 27), worked=worked),)


def test_a_day_named_twice_alike_is_one_day_with_the_reason_that_was_typed(tmp_path: Path) -> None:
    text = "日期,类型,说明\n2026-11-27,放假,\n2026-11-27,休息,设备检修\n2026-11-27,放假,\n"
    assert read_plant_calendar(saved(tmp_path, text)) == DAYS[:1]


def test_a_reason_over_two_lines_stays_one_reason(tmp_path: Path) -> None:
    text = '日期,类型,说明\n2026-11-27,放假,"设备检修\n全厂"\n'
    assert read_plant_calendar(saved(tmp_path, text)) == (PlantDay(DAYS[0].day, worked=False, note="设备检修 全厂"),)
    with pytest.raises(PlantCalendarInvalid, match=r"有 1 处需要改正.第 4 行"):
        read_plant_calendar(saved(tmp_path, f"{text}昨天,放假,\n"))


def test_all_faults_are_named_at_once_by_line_and_value(tmp_path: Path) -> None:
    lines = ["日期,类型,说明", "10月1日,放假,", "2026-02-30,放假,", "2026-11-27,半天,", "2026-11-28,上班,",
             "2026-11-28,放假,", ",放假,国庆", "2026-11-30"]
    with pytest.raises(PlantCalendarInvalid) as caught:
        read_plant_calendar(saved(tmp_path, "\n".join(lines)))
    said = str(caught.value)
    assert "有 6 处需要改正" in said
    for wanted in ("第 2 行.*“10月1日”", "第 3 行.*“2026-02-30”", "第 4 行.*“半天”",
                   "第 6 行.*2026-11-28 与第 5 行矛盾", "第 7 行.*“”", "第 8 行.*类型“”"):
        assert caught.match(wanted)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04rest", "Excel 工作簿"),
        (b"", "缺少“日期”和“类型”"),
        ("日期,说明\n2026-11-27,x\n".encode(), "缺少“类型”"),
        (b"\xff\xfe\x00", "编码"),
        (b"\x81\x20\xff\xff", "编码"),
        (b"\xff", "编码"),
    ],
)
def test_what_is_no_such_table_is_refused_with_the_remedy(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "工厂日历.csv"
    path.write_bytes(content)
    with pytest.raises(PlantCalendarUnreadable, match=reason) as caught:
        read_plant_calendar(path)
    assert "CSV UTF-8" in str(caught.value)


def test_a_field_beyond_all_measure_is_refused_by_line(tmp_path: Path) -> None:
    path = saved(tmp_path, "日期,类型,说明\n2026-11-27,放假," + "长" * 200_000)
    with pytest.raises(PlantCalendarUnreadable, match="第 2 行"):
        read_plant_calendar(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.csv", tmp_path):
        with pytest.raises(PlantCalendarMissing, match=r"calendar\.file"):
            read_plant_calendar(path)
