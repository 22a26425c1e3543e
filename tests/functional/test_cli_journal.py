"""Rehearsal and earnest, one owner of a share, a lost journal: what may run, and that nothing happens twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.app import adopt_share
from pipeline.journal.errors import JournalOnShare
from pipeline.journal.opening import open_journal
from schemas.errors import KesuError
from tests.functional.plant_folder import COMPLAINTS, PlantFolder, complaint, empty_plant, kesu

RUN = {"状态": "调查"}


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    return empty_plant(tmp_path / "plant")


def real_pass(plant: PlantFolder) -> str:
    said = kesu("once", "-c", plant.config)
    assert said.code == 0, said.err
    return said.out


def test_rehearsed_time_never_runs_backwards(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint())
    plant.once("08:05")
    before = plant.snapshot()
    said = plant.once("08:04")
    assert (said.code, said.out) == (2, "")
    assert "2026-11-26 08:05" in said.err
    assert plant.snapshot() == before
    assert plant.once("08:04", "--dry-run").code == 0


@pytest.mark.parametrize("text", ["昨天", "2026-11-26T09:00", "2026-13-01T09:00+08:00"])
def test_a_time_that_is_none_is_refused(plant: PlantFolder, text: str) -> None:
    said = kesu("once", "-c", plant.config, "--now", text)
    assert (said.code, text in said.err) == (2, True)


def test_going_live_lists_first_then_takes_stock_and_sends_one_summary(plant: PlantFolder) -> None:
    plant.configure(quiet_from='"07:00"')  # the wall clock rules here: at night the summary would wait for the morning
    plant.type(COMPLAINTS, complaint(**RUN), complaint(产品名称="卡扣", **RUN))
    listed = kesu("go-live", "-c", plant.config)
    assert listed.code == 0
    assert "未关闭的客诉 2 件" in listed.out
    assert "--yes" in listed.out
    said = kesu("go-live", "-c", plant.config, "--yes")
    assert said.code == 0
    assert [mail["To"] for mail in plant.mails()] == ["zhou@example.com"]
    assert plant.files() == []
    assert [row["客诉编号"] for row in plant.rows()] == [None, None]
    assert len(list(plant.journal.parent.glob("journal-演练-*.db"))) == 1
    again = kesu("go-live", "-c", plant.config, "--yes")
    assert (again.code, "已经正式启用" in again.err) == (2, True)


def test_going_live_with_all_open_cases(plant: PlantFolder) -> None:
    plant.configure(settling_minutes=0, digest="false")
    plant.type(COMPLAINTS, complaint(**RUN), complaint(产品名称="卡扣", 状态="关闭", 关闭日期="2026-11-26"))
    said = kesu("go-live", "-c", plant.config, "--yes", "--include-open")
    assert said.code == 0
    assert plant.rows()[0]["客诉编号"] == "KS-202611-001"
    assert any("通知注塑车间" in line for line in said.out.splitlines())


def test_after_going_live_the_wall_clock_rules(plant: PlantFolder) -> None:
    kesu("go-live", "-c", plant.config, "--yes")
    before = plant.snapshot()
    said = plant.once("08:05")
    assert (said.code, said.out) == (2, "")
    assert "--dry-run" in said.err
    assert plant.snapshot() == before
    assert plant.once("08:05", "--dry-run").code == 0
    assert kesu("status", "-c", plant.config, "--now", "2026-11-26T08:05+08:00").code == 0


def test_a_rehearsed_mail_never_stands_for_a_real_one(plant: PlantFolder) -> None:
    plant.configure(settling_minutes=0, digest="false")
    plant.configure(quiet_from='"07:00"')  # no quiet hours: the real pass runs at whatever hour it is
    plant.type(COMPLAINTS, complaint(**RUN, **{"停线/甩车风险": "是"}))
    plant.once("08:05")
    rehearsed = {mail["X-Kesu-Key"] for mail in plant.mails()}
    plant.retype(COMPLAINTS, 0, **dict.fromkeys(plant.rows()[0]))
    shutil.rmtree(plant.share / "客诉资料")
    kesu("go-live", "-c", plant.config, "--yes")
    assert plant.mails() == []
    plant.type(COMPLAINTS, complaint(**RUN, **{"停线/甩车风险": "是"}))
    real_pass(plant)
    assert plant.rows()[0]["客诉编号"] == "KS-202611-001"
    keys = {mail["X-Kesu-Key"] for mail in plant.mails()}
    assert len(keys) == 3
    # notice and escalation have the same names as in the rehearsal, and are sent all the same
    assert len(keys & rehearsed) == 2


def test_an_unusual_second_pc_is_refused_until_it_adopts(plant: PlantFolder, tmp_path: Path) -> None:
    plant.type(COMPLAINTS, complaint(**RUN))
    plant.settled()
    other = empty_plant(tmp_path / "第二台")
    adopt_share(other.config)
    kesu("init", tmp_path / "第三台")
    third = PlantFolder(tmp_path / "第三台")
    third.configure(share=plant.share.as_posix())
    before = plant.snapshot()
    for arguments in (("once",), ("go-live",), ("go-live", "--yes"), ("run",)):
        said = kesu(arguments[0], "-c", third.config, *arguments[1:])
        assert (said.code, said.out) == (2, "")
        assert "kesu adopt" in said.err
    assert plant.snapshot() == before


def test_a_lost_journal_is_adopted_and_nothing_is_mailed_or_numbered_again(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(**RUN, **{"停线/甩车风险": "是"}), complaint(产品名称="卡扣", **RUN))
    plant.settled()
    plant.once("08:31")
    mails, files, rows = len(plant.mails()), plant.files(), plant.rows()
    shutil.rmtree(plant.journal.parent)
    refused = plant.once("09:00")
    assert (refused.code, "kesu adopt" in refused.err) == (2, True)
    before = plant.snapshot()
    explained = kesu("adopt", "-c", plant.config)
    assert (explained.code, "现有资料夹 2 个" in explained.out) == (0, True)
    assert plant.snapshot() == before
    assert kesu("adopt", "-c", plant.config, "--yes").code == 0
    for time in ("09:00", "09:15", "09:30"):
        assert plant.once(time).code == 0
    new = plant.mails()[mails:]
    assert [(mail["To"], mail["Subject"]) for mail in new] == [("zhou@example.com", new[0]["Subject"])]
    assert (plant.files(), plant.rows()) == (files, rows)
    plant.type(COMPLAINTS, complaint(产品名称="软管"))
    plant.settled(first="09:40", second="09:55")
    assert plant.rows()[2]["客诉编号"] == "KS-202611-003"


def test_taking_an_adopted_row_in_again_repeats_no_notice(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(**RUN))
    plant.settled()
    folder = plant.share / "客诉资料" / plant.files()[0]
    content = folder.read_bytes()
    shutil.rmtree(plant.journal.parent)
    kesu("adopt", "-c", plant.config, "--yes")
    plant.once("09:00")
    plant.retype(COMPLAINTS, 0, 纳入管理="是")
    plant.settled(first="09:10", second="09:25")
    assert len([mail for mail in plant.mails() if "客诉一般" in str(mail["Subject"])]) == 1
    assert folder.read_bytes() == content
    assert [row["客诉编号"] for row in plant.rows()] == ["KS-202611-001"]
    assert len({name.split("/")[1] for name in plant.files()}) == 1


def test_a_journal_on_a_network_drive_is_refused(plant: PlantFolder) -> None:
    with pytest.raises(JournalOnShare) as refused:
        open_journal(plant.journal, site="示例工厂", on_network=lambda _path: True)
    assert isinstance(refused.value, KesuError)
    assert str(plant.journal) in str(refused.value)
    assert "本机" in str(refused.value)
