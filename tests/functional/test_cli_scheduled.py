"""kesu weekly and kesu month-end: once, on the right day, caught up late, and never marked by a dry run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.functional.plant_folder import COMPLAINTS, PlantFolder, complaint, empty_plant, kesu


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    """A registered complaint with a measure late since 2026-11-20, seen on Wednesday."""
    made = empty_plant(tmp_path / "plant")
    made.configure(quality_manager="韩立川")
    made.type(COMPLAINTS, complaint(客诉编号="K-1", 状态="整改", 信息来源="营销部", D3提交日="2026-11-25"))
    measure = {"措施编号": "C1", "措施内容": "修模", "责任人": "罗文斌", "计划完成日": "2026-11-20"}
    made.type("措施跟踪", {"客诉编号": "K-1", **measure})
    made.once("17:30", day="2026-11-25")
    return made


def subjects(plant: PlantFolder) -> list[str]:
    return sorted(str(mail["Subject"]) for mail in plant.mails() if "客诉逾期" in str(mail["Subject"])
                  or "客诉月末" in str(mail["Subject"]))


def weekly(plant: PlantFolder, now: str, *more: str) -> list[str]:
    return kesu("weekly", "-c", plant.config, "--now", f"{now}+08:00", *more).out.splitlines()


def test_the_weekly_day_s_mails_go_out_once(plant: PlantFolder) -> None:
    assert weekly(plant, "2026-11-26T08:59")[-1] == \
        "周报日邮件：2026-W47 在启用以前，不补；下一次 2026-W48：2026-11-26 09:00。"
    first = weekly(plant, "2026-11-26T09:00")
    assert "周报日邮件：2026-W48 已于 11-26 09:00 做过；下一次 2026-W49：2026-12-03 09:00。" in first
    told = ["【客诉逾期】2026-W48 罗文斌 逾期1项", "【客诉逾期】2026-W48 韩立川 全厂汇总"]
    assert subjects(plant) == told
    again = weekly(plant, "2026-11-26T09:30")
    assert again == ["周报日邮件：2026-W48 已于 11-26 09:00 做过；下一次 2026-W49：2026-12-03 09:00。"]
    assert subjects(plant) == told


def test_a_missed_run_is_caught_up_once_and_says_so(plant: PlantFolder) -> None:
    weekly(plant, "2026-11-27T08:30")
    told = ["【客诉逾期】2026-W48 罗文斌 逾期1项（补发）", "【客诉逾期】2026-W48 韩立川 全厂汇总（补发）"]
    assert subjects(plant) == told
    body = next(mail for mail in plant.mails() if "罗文斌" in str(mail["Subject"])).get_body(("plain",))
    assert body is not None
    assert "本应于 2026-11-26 发出" in body.get_content()
    weekly(plant, "2026-11-27T10:00")
    assert subjects(plant) == told


def test_a_dry_run_tells_and_marks_nothing(plant: PlantFolder) -> None:
    before = plant.snapshot()
    lines = weekly(plant, "2026-11-26T09:00", "--dry-run")
    assert "将要：逾期邮件 2026-W48 罗文斌" in lines
    assert lines[-1].startswith("周报日邮件：2026-W48（原定 2026-11-26）尚未做")
    assert plant.snapshot() == before
    weekly(plant, "2026-11-26T09:01")
    assert len(subjects(plant)) == 2


def test_a_rehearsal_never_marks_the_real_run_as_done(plant: PlantFolder) -> None:
    weekly(plant, "2026-11-26T09:00")
    assert kesu("go-live", "-c", plant.config, "--yes").code == 0
    real = kesu("weekly", "-c", plant.config, "--json").json["runs"][0]
    assert real["state"] == "before_start"  # the real journal has a mark of its own, whatever was rehearsed
    assert subjects(plant) == []
    refused = kesu("weekly", "-c", plant.config, "--now", "2026-12-03T09:00+08:00")
    assert (refused.code, "只按真实时间运行" in refused.err) == (2, True)


def test_month_end_tells_what_is_unfinished(plant: PlantFolder) -> None:
    weekly(plant, "2026-11-26T09:00")
    said = kesu("month-end", "-c", plant.config, "--now", "2026-11-30T09:00+08:00", "--json").json
    assert [(run["errand"], run["period"], run["state"]) for run in said["runs"]] == [
        ("month_end", "2026-11", "done"), ("archive", "2026-10", "before_start"),
    ]
    assert [subject for subject in subjects(plant) if "月末" in subject] == [
        "【客诉月末】2026-11 周启航 待补1件", "【客诉月末】2026-11 罗文斌 待补1件",
        "【客诉月末】2026-11 韩立川 全厂汇总",
    ]
