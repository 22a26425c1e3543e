"""``kesu run`` as a real process: rows typed meanwhile, a ledger that comes and goes, signals, a second instance."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.commands.init import make_plant
from tests.functional.plant_folder import (
    COMPLAINTS,
    CONTACTS,
    PEOPLE,
    PlantFolder,
    complaint,
    kesu,
    kesu_process,
)

PATIENCE = 20.0  # seconds; a row needs less than one on an idle machine
if sys.platform == "win32":
    STOPS = [signal.SIGTERM]  # ends the process at once there: what follows has to cope
else:
    STOPS = [signal.SIGTERM, signal.SIGINT]


def wait_until(what: Callable[[], object]) -> None:
    """Look again and again until ``what`` gives something true."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.05)


@dataclass
class Running:
    """A ``kesu run`` at work; ``said`` holds its output once it was stopped."""

    process: subprocess.Popen[str]
    said: str = ""
    complained: str = field(default="")

    def stop(self, number: int) -> int:
        """Send a signal and give the exit code."""
        self.process.send_signal(number)
        self.said, self.complained = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    """An empty plant that looks often and does not wait."""
    made = PlantFolder(tmp_path / "plant")
    make_plant(made.root, None)
    made.configure(poll_seconds=0.2, quiet_seconds=0.1, settling_minutes=0, digest="false")
    made.configure(quiet_from='"07:00"')  # the wall clock rules here: at night mails would wait for the morning
    made.type(CONTACTS, *PEOPLE)
    return made


@contextmanager
def running(plant: PlantFolder) -> Iterator[Running]:
    """``kesu run`` that has seen the ledger; it is ended whatever happens."""
    process = kesu_process("run", "-c", plant.config)
    try:
        wait_until((plant.share / "客诉看板.html").exists)
        yield Running(process)
    finally:
        process.kill()
        process.wait()


def typed(product: str) -> dict[str, object]:
    return complaint(接诉时间="2026-03-05 08:00", 产品名称=product, 状态="调查")


def products_on_board(plant: PlantFolder) -> Callable[[], bool]:
    return lambda: all(str(row["产品名称"]) in plant.board() for row in plant.rows())


def numbers(plant: PlantFolder) -> list[object]:
    return [row["客诉编号"] for row in plant.rows()]


def is_numbered(plant: PlantFolder, count: int) -> Callable[[], bool]:
    return lambda: plant.ledger.exists() and len([number for number in numbers(plant) if number]) == count


@pytest.mark.parametrize("number", STOPS, ids=lambda number: number.name)
def test_a_row_typed_meanwhile_is_served_within_seconds_and_a_signal_ends_it(plant: PlantFolder, number: int) -> None:
    with running(plant) as run:
        plant.type(COMPLAINTS, typed("冷却水管"))
        wait_until(is_numbered(plant, 1))
        wait_until(lambda: "KS-202603-001" in plant.board())
        code = run.stop(number)
    assert plant.files("*.docx") == ["2026/KS-202603-001 星河汽车 冷却水管/客诉处理单.docx"]
    assert [mail["To"] for mail in plant.mails()] == ["luo@example.com"]
    if sys.platform != "win32":
        assert (code, run.complained) == (0, "")
        assert "已启动" in run.said
        assert "演练" in run.said
        assert "已停止" in run.said
        assert "KS-202603-001" in run.said


def test_a_ledger_that_comes_and_goes_is_never_taken_for_deleted(plant: PlantFolder) -> None:
    with running(plant) as run:
        plant.type(COMPLAINTS, typed("冷却水管"))
        wait_until(is_numbered(plant, 1))
        aside = plant.ledger.with_name("别处.bin")
        plant.ledger.rename(aside)
        wait_until(lambda: "找不到台账" in plant.board())
        assert "接头泄漏" in plant.board()  # the case itself, not only the news of it
        assert "不见了" not in plant.board()
        aside.rename(plant.ledger)
        wait_until(lambda: "找不到台账" not in plant.board())
        assert "不见了" not in plant.board()
        plant.type(COMPLAINTS, typed("卡扣"))  # saved under another name and renamed, as Excel does
        wait_until(is_numbered(plant, 2))
        run.stop(signal.SIGTERM)
    assert numbers(plant) == ["KS-202603-001", "KS-202603-002"]
    assert len(plant.mails()) == 2


def test_a_half_written_ledger_is_waited_for(plant: PlantFolder) -> None:
    with running(plant) as run:
        plant.type(COMPLAINTS, typed("冷却水管"))
        wait_until(is_numbered(plant, 1))
        copy = PlantFolder(plant.root.parent / "copy")
        copy.share.mkdir(parents=True)
        copy.ledger.write_bytes(plant.ledger.read_bytes())
        copy.type(COMPLAINTS, typed("卡扣"))
        whole = copy.ledger.read_bytes()
        plant.ledger.write_bytes(whole[: len(whole) // 2])
        wait_until(lambda: "不是完整的 Excel 工作簿" in plant.board())
        assert "接头泄漏" in plant.board()  # the case itself, not only the news of it
        with plant.ledger.open("ab") as file:
            file.write(whole[len(whole) // 2 :])
        wait_until(is_numbered(plant, 2))
        wait_until(lambda: "不是完整的" not in plant.board())
        run.stop(signal.SIGTERM)
    assert len(plant.mails()) == 2


@pytest.mark.parametrize("empty_mount_point", [False, True])
def test_the_share_may_drop_and_come_back(plant: PlantFolder, empty_mount_point: bool) -> None:
    with running(plant) as run:
        plant.type(COMPLAINTS, typed("冷却水管"))
        wait_until(is_numbered(plant, 1))
        wait_until(products_on_board(plant))
        away = plant.root / "断开"
        plant.share.rename(away)
        if empty_mount_point:
            plant.share.mkdir()
        time.sleep(3)  # longer than a save takes a file away: that is waited for and not complained of
        assert run.process.poll() is None
        if empty_mount_point:
            plant.share.rmdir()  # nothing was written into it
        assert not plant.share.exists()
        away.rename(plant.share)
        plant.type(COMPLAINTS, typed("卡扣"))
        wait_until(is_numbered(plant, 2))
        run.stop(signal.SIGTERM)
    assert len(plant.mails()) == 2
    if sys.platform != "win32":
        assert run.complained.count("公共盘") >= 1
        assert len(run.complained.splitlines()) <= 2  # said once, not at every look


def test_a_second_instance_is_refused(plant: PlantFolder) -> None:
    with running(plant) as run:
        second = kesu_process("run", "-c", plant.config)
        try:
            out, err = second.communicate(timeout=PATIENCE)
        finally:
            second.kill()
        assert (second.returncode, out) == (2, "")
        assert "另一个 kesu" in err
        assert str(plant.journal) in err
        assert run.process.poll() is None
        looked = kesu("status", "-c", plant.config)
        assert looked.code == 0
        run.stop(signal.SIGTERM)


def test_an_outage_is_told_once_to_the_quality_manager(plant: PlantFolder) -> None:
    plant.configure(alarm_minutes=0.02, quality_manager="韩立川")
    with running(plant) as run:
        aside = plant.share / "别处.bin"
        plant.ledger.rename(aside)
        wait_until(lambda: [mail["To"] for mail in plant.mails()] == ["han@example.com"])
        time.sleep(1)
        aside.rename(plant.ledger)
        wait_until(lambda: "找不到台账" not in plant.board())
        run.stop(signal.SIGTERM)
    (mail,) = plant.mails()
    assert "读不到台账" in str(mail["Subject"])
    if sys.platform != "win32":
        assert run.complained.count("读不到任何台账") == 1
