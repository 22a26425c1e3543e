"""The month-end as people meet it: archive, hand-over mail, supplement, kesu archive verify."""

from __future__ import annotations

from pathlib import Path

import bagit
import pytest
from openpyxl import load_workbook

from tests.functional.plant_folder import COMPLAINTS, PlantFolder, Said, complaint, empty_plant, kesu

MARKETING = {"姓名": "马晓琳", "部门": "营销部", "岗位": "客户经理", "邮箱": "ma@example.com"}


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    """Two registered complaints, one closed in November with its photo, and one that is not registered."""
    made = empty_plant(tmp_path / "plant")
    made.configure(marketing="[马晓琳]")
    made.type("通讯录", MARKETING)
    made.type(
        COMPLAINTS,
        complaint(客诉编号="K-1", 状态="关闭", 信息来源="营销部", 关闭日期="2026-11-27"),
        complaint(客诉编号="K-2", 状态="整改", 信息来源="驻线", 产品名称="卡扣"),
        complaint(客诉编号="K-3", 状态="调查", 产品名称="软管"),
    )
    made.settled()
    put(made, "附件/照片.jpg", b"photo")
    return made


def put(plant: PlantFolder, name: str, content: bytes, number: str = "K-1") -> None:
    (folder,) = (plant.share / "客诉资料" / "2026").glob(f"{number} *")
    (folder / name).write_bytes(content)


def month_end(plant: PlantFolder, now: str = "2026-11-30T17:00") -> list[str]:
    return kesu("month-end", "-c", plant.config, "--now", f"{now}+08:00").out.splitlines()


def handed_over(plant: PlantFolder) -> list[tuple[str, str]]:
    return [(str(mail["To"]), str(mail["Subject"])) for mail in plant.mails() if "客诉归档" in str(mail["Subject"])]


def test_month_end_archives_the_registered_and_tells_marketing(plant: PlantFolder) -> None:
    lines = month_end(plant)
    assert "✓ 归档 2026-11（2 件） → 归档/2026-11" in lines
    assert "✓ 归档移交 2026-11 马晓琳" in lines
    bag = bagit.Bag(str(plant.share / "归档" / "2026-11"))
    bag.validate()
    assert {name.split("/")[1].split(" ")[0] for name in bag.payload_files()} == {"K-1", "K-2"}
    (mail,) = handed_over(plant)
    assert mail[0] == "ma@example.com"
    assert mail[1].startswith("【客诉归档】2026-11（2 件客诉、")
    missing = load_workbook(plant.share / "归档/2026-11/归档索引.xlsx")["缺件清单"]
    rows = {row[:1] + row[3:] for row in missing.iter_rows(min_row=4, values_only=True)}
    assert {("K-2", "不良照片（资料夹）", "周启航"), ("K-1", "固化文件（资料夹）", "周启航")} <= rows
    assert ("K-1", "不良照片（资料夹）", "周启航") not in rows
    at_rest = plant.snapshot()
    assert month_end(plant, "2026-11-30T17:30")[-1].startswith("月末归档：2026-11 已于 11-30 17:00 做过")
    changed = {name for name, entry in plant.snapshot().items() if at_rest.get(name) != entry}
    assert all(name.startswith(("state", "share/客诉看板")) for name in changed)


def test_late_papers_become_a_supplement_on_the_weekly_day(plant: PlantFolder) -> None:
    month_end(plant)
    put(plant, "固化文件/PFMEA.xlsx", b"pfmea")
    put(plant, "附件/open.jpg", b"open", number="K-2")  # still open: December's archive will hold it
    kesu("weekly", "-c", plant.config, "--now", "2026-12-03T09:00+08:00")
    bag = bagit.Bag(str(plant.share / "归档" / "2026-11-补充-01"))
    bag.validate()
    assert [name.rsplit("/", 1)[-1] for name in bag.payload_files()] == ["PFMEA.xlsx"]
    told = [subject for _, subject in handed_over(plant)]
    assert told[1].startswith("【客诉归档】2026-11-补充-01 后补资料（1 件客诉、1 个文件")
    kesu("weekly", "-c", plant.config, "--now", "2026-12-10T09:00+08:00")
    assert sorted(path.name for path in (plant.share / "归档").iterdir()) == ["2026-11", "2026-11-补充-01"]


def test_an_archive_missed_is_made_late(plant: PlantFolder) -> None:
    assert not any("归档 2026-11" in line for line in month_end(plant, "2026-11-30T16:59"))
    assert any("归档 2026-11" in line for line in month_end(plant, "2026-12-02T08:30"))
    assert (plant.share / "归档" / "2026-11" / "bagit.txt").is_file()


def test_an_archive_missed_for_months_is_made_by_hand_once(plant: PlantFolder) -> None:
    def asked(period: str, *more: str, now: str = "2027-02-03T10:00+08:00") -> Said:
        return kesu("month-end", "--period", period, "-c", plant.config, "--now", now, *more)

    assert not (plant.share / "归档" / "2026-11").exists()
    assert "将要：归档 2026-11（2 件）" in asked("2026-11", "--dry-run").out.splitlines()
    assert not (plant.share / "归档" / "2026-11").exists()
    said = asked("2026-11").out.splitlines()
    assert "✓ 归档移交 2026-11 马晓琳" in said
    assert any(line.startswith("归档 2026-11：归档/2026-11（2 件客诉、") for line in said)
    bagit.Bag(str(plant.share / "归档" / "2026-11")).validate()
    made = {name: entry for name, entry in plant.snapshot().items() if "归档/2026-11/" in name}
    told = handed_over(plant)
    again = asked("2026-11", now="2027-02-03T10:30+08:00")
    assert again.code == 0
    assert any(line.startswith("归档 2026-11：归档/2026-11（2 件客诉、") for line in again.out.splitlines())
    assert {name: entry for name, entry in plant.snapshot().items() if "归档/2026-11/" in name} == made
    assert handed_over(plant) == told
    assert "没有那个月的已登记客诉" in asked("2026-03", now="2027-02-03T11:00+08:00").out
    assert sorted(path.name for path in (plant.share / "归档").iterdir()) == ["2026-11", "2027-01"]
    for wrong, why in (("2027-02", "归档时间还没到"), ("2026Q4", "2026-09 这样的月份"), ("../x", "2026-09 这样的月份")):
        refused = asked(wrong, now="2027-02-03T11:00+08:00")
        assert (refused.code, why in refused.err) == (2, True)


def test_a_month_without_registered_complaints_has_no_archive(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客诉编号="K-3", 状态="调查"))
    plant.settled()
    month_end(plant)
    assert list((plant.share / "归档").iterdir()) == []


def test_verify_says_what_changed(plant: PlantFolder) -> None:
    month_end(plant)
    folder = plant.share / "归档" / "2026-11"
    said = kesu("archive", "verify", folder)
    assert said.code == 0
    assert said.out.splitlines()[-1].startswith("核对通过：")
    (photo,) = folder.rglob("照片.jpg")
    photo.write_bytes(b"other")
    said = kesu("archive", "verify", folder)
    assert (said.code, "✗ 内容变了（与交出时不同）：data/K-1 星河汽车 冷却水管/附件/照片.jpg" in said.out) == (1, True)
    assert kesu("archive", "verify", folder, "--json").json["faults"]
    nothing = kesu("archive", "verify", plant.share)
    assert (nothing.code, "不是归档" in nothing.err) == (2, True)


def test_going_live_puts_the_rehearsed_archive_aside(plant: PlantFolder) -> None:
    month_end(plant)
    assert kesu("go-live", "-c", plant.config, "--yes").code == 0
    (name,) = [path.name for path in (plant.share / "归档").iterdir()]
    assert name.startswith("演练-")
    assert name.endswith("-2026-11")
