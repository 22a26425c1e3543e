"""``kesu calendar``: the runs of five weeks with reasons, from the configuration alone; writes nothing."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.app import open_site
from tests.functional.plant_folder import Said, empty_plant, kesu

CONFIG = """\
version: 1
site: 测试厂
ledgers:
  - file: 客诉台账.xlsx
calendar:
  extra_holidays: [2026-11-26]
"""
NOW = "2026-11-23T09:00+08:00"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration without share and journal."""
    return written(tmp_path, CONFIG)


def written(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def calendar(config: Path, *arguments: str, now: str = NOW) -> Said:
    return kesu("calendar", "-c", config, "--now", now, *arguments)


def dates(said: Said) -> set[tuple[str, str | None, str]]:
    return {(run["kind"], run["date"], run["period"]) for run in said.json}


def test_json_is_the_list_of_runs_and_nothing_else(config: Path) -> None:
    said = calendar(config, "--json")
    assert (said.code, said.err) == (0, "")
    assert all(run.keys() == {"kind", "date", "period", "reason"} for run in said.json)
    assert dates(said) >= {
        ("weekly", "2026-11-25", "2026-W48"), ("meeting", "2026-11-27", "2026-W48"),
        ("month_end", "2026-11-30", "2026-11"), ("summary", "2026-11-30", "2026-11"),
    }
    listed = [run["date"] for run in said.json]
    assert listed == sorted(listed)
    assert (listed[0], listed[-1]) == ("2026-11-25", "2026-12-25")
    assert "11-26 工厂日历定为放假" in said.json[0]["reason"]
    assert [path.name for path in config.parent.iterdir()] == ["config.yaml"]


def test_text_names_weekday_kind_period_and_reason(config: Path) -> None:
    said = calendar(config, now="2026-12-30T09:00+08:00")
    lines = said.out.splitlines()
    assert lines[0].startswith("测试厂 运行日历")
    assert "2026-12-30（周三）" in lines[0]
    assert lines[1].startswith("  2026-12-30 周三  周报截止  2026-W53  例会 12-31（周四）的前一个工作日")
    assert [line.split()[2] for line in lines[3:8]] == ["月末归档", "月度总结", "季度总结", "半年总结", "年度总结"]
    assert "config.yaml" in lines[-1]


def test_a_skipped_week_has_no_date(config: Path) -> None:
    now = "2026-02-16T09:00+08:00"
    assert dates(calendar(config, "--json", now=now)) >= {
        ("weekly", None, "2026-W08"), ("meeting", None, "2026-W08"), ("month_end", "2026-02-28", "2026-02"),
    }
    (weekly, meeting) = [line for line in calendar(config, now=now).out.splitlines() if "2026-W08" in line]
    assert weekly.split()[:2] == ["不安排", "周报截止"]
    assert meeting.split()[:2] == ["不安排", "品质例会"]
    assert "春节放假" in meeting


def test_the_day_is_the_plants(config: Path) -> None:
    assert ("weekly", "2026-12-03", "2026-W49") in dates(calendar(config, "--json", now="2026-12-03T15:59+00:00"))
    assert ("weekly", "2026-12-03", "2026-W49") not in dates(calendar(config, "--json", now="2026-12-03T16:00+00:00"))


@pytest.mark.parametrize(("now", "warned"), [("2099-06-01T09:00+08:00", True), ("2026-06-01T09:00+08:00", False)])
@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_a_missing_holiday_notice_is_a_warning_beside_the_result(
    config: Path, now: str, arguments: tuple[str, ...], warned: bool
) -> None:
    said = calendar(config, *arguments, now=now)
    assert said.code == 0
    assert ("2099 年的国务院放假安排尚未收录" in said.err) is warned
    assert "国务院" not in said.out
    assert ("2099 年放假安排尚未收录" in said.out) is warned


def test_the_plants_calendar_file_decides_and_gives_its_reason(config: Path) -> None:
    written(config.parent, CONFIG + "  file: 日历/工厂日历.csv\n")
    table = config.parent / "日历" / "工厂日历.csv"
    table.parent.mkdir()
    table.write_text("日期,类型,说明\n2026/11/27,放假,设备检修\n2026/11/28,上班,赶货\n", encoding="gbk")
    (weekly, meeting, *_) = calendar(config, "--json").json
    assert (weekly["date"], meeting["date"]) == ("2026-11-24", "2026-11-25")
    assert "11-26 工厂日历定为放假、11-27 工厂日历定为放假（设备检修）" in meeting["reason"]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (None, ["找不到工厂日历", "工厂日历.csv"]),
        ("日期,类型\n10月1日,放假\n", ["第 2 行", "10月1日"]),
        ("日期,类型\n2026-11-26,上班\n", ["2026-11-26", "只保留一处", "config.yaml"]),
    ],
    ids=["missing", "unreadable day", "against config.yaml"],
)
def test_a_faulty_calendar_file_is_one_sentence(config: Path, table: str | None, words: list[str]) -> None:
    written(config.parent, CONFIG + "  file: 工厂日历.csv\n")
    if table is not None:
        (config.parent / "工厂日历.csv").write_text(table, encoding="utf-8")
    said = calendar(config)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert all(word in said.err for word in words)


def test_a_pass_keeps_the_same_calendar(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    text = plant.config.read_text(encoding="utf-8")
    plant.config.write_text(text.replace('  file: ""', "  file: 日历.csv"), encoding="utf-8")
    said = kesu("once", "-c", plant.config, "--now", NOW)
    assert said.code == 2
    assert "找不到工厂日历" in said.err
    (plant.root / "日历.csv").write_text("日期,类型\n2026-11-27,放假\n", encoding="utf-8")
    with open_site(plant.config, datetime.fromisoformat(NOW), write=False) as opened:
        assert not opened.site.calendar.is_workday(date(2026, 11, 27))
