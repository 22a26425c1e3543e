"""Intake killed at each of its steps: nothing is lost, nothing comes twice, and nobody can tell that it happened."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.functional.plant_folder import PlantFolder, empty_plant
from tests.functional.test_intake import CUSTOMER, arrive, inbox, processed
from tests.functional.test_killed_process import copy_of, started, steps_of
from tests.mail_clients import outlook, qq

TAKING, FILING = "2026-11-26T08:31+08:00", "2026-11-26T08:50+08:00"
AFTER = ("08:32", "08:43", "08:54", "08:55")
TABLE = (("客户", "产品名称", "零件号", "问题描述", "不良数量"), ("星河汽车", "卡扣", "KC-318", "断脚", "4"),
         ("星河汽车", "真空管", "VH-440", "起皮", "6"))
BROKEN = (b"From: <x@xinghe.example.com>\r\nDate: Thu, 26 Nov 2026 08:00:00 +0800\r\n"
          b"Content-Type: text/plain; charset=gbk\r\n\r\n" + b"\xff\xff\x81" * 40)


def waiting_plant(root: Path) -> PlantFolder:
    """A complaint, a report of two and an unreadable mail lie in the mailbox; the digest of the day has gone."""
    plant = empty_plant(root)
    plant.configure(address_book="{星河汽车: {senders: [xinghe.example.com], engineer: 周启航}}", digest="false")
    plant.once("08:30")
    arrive(plant, "1.eml", qq(CUSTOMER))
    arrive(plant, "2.eml", outlook(replace(CUSTOMER, subject="质量周报", lines=[TABLE], message_id="2@x", files=[])))
    arrive(plant, "3.eml", BROKEN)
    return plant


@dataclass(frozen=True)
class Result:
    """What people find: rows without the link cell, files filed and put aside, what is left in the mailbox."""

    rows: list[tuple[object, ...]]
    files: dict[str, bytes]
    quarantined: list[bytes]
    mailbox: tuple[list[str], list[str]]


def result_of(plant: PlantFolder) -> Result:
    rows = [tuple(row[name] for name in ("客诉编号", "产品编号", "不良数量", "备注", "状态")) for row in plant.rows()]
    cases = plant.share / "客诉资料"
    files = {name: (cases / name).read_bytes() for name in plant.files() if "/附件/" in name}
    aside = [path.read_bytes() for path in (plant.share / "待归属" / "无法识读").glob("*")]
    return Result(rows, files, aside, (inbox(plant), processed(plant)))


def complete(plant: PlantFolder, *times: str) -> Result:
    for time in times or AFTER:
        plant.once(time)
    return result_of(plant)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> PlantFolder:
    return waiting_plant(tmp_path_factory.mktemp("waiting") / "plant")


@pytest.fixture(scope="module")
def undisturbed(waiting: PlantFolder, tmp_path_factory: pytest.TempPathFactory) -> Result:
    plant = copy_of(waiting, tmp_path_factory.mktemp("undisturbed") / "plant")
    plant.once("08:31")
    return complete(plant)


@pytest.fixture(scope="module")
def taken_in(waiting: PlantFolder, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """What stands there when taking in is complete and nothing has been numbered yet."""
    plant = copy_of(waiting, tmp_path_factory.mktemp("taken-in") / "plant")
    plant.once("08:31")
    return complete(plant, "08:32")


@pytest.fixture(scope="module")
def taken(waiting: PlantFolder, tmp_path_factory: pytest.TempPathFactory) -> PlantFolder:
    """The same plant just before numbers, folders and files are made."""
    plant = copy_of(waiting, tmp_path_factory.mktemp("taken") / "plant")
    for time in ("08:31", "08:32"):
        plant.once(time)
    return plant


def test_the_passes_are_worth_killing(waiting: PlantFolder, undisturbed: Result, tmp_path: Path) -> None:
    assert len(undisturbed.rows) == 3
    assert undisturbed.mailbox == ([], ["1.eml", "2.eml", "3.eml"])
    assert undisturbed.quarantined == [BROKEN]
    assert sum(name.endswith(".eml") for name in undisturbed.files) == 3
    assert len(steps_of_pass(waiting, TAKING, tmp_path / "counted")) >= 20


def steps_of_pass(plant: PlantFolder, now: str, root: Path) -> list[str]:
    """The commit points of a pass over a copy of the plant."""
    copy = copy_of(plant, root)
    steps = steps_of(copy, now)
    shutil.rmtree(root)
    return steps


def test_killed_at_every_commit_point_of_taking_in(waiting: PlantFolder, taken_in: Result, tmp_path: Path) -> None:
    steps = steps_of_pass(waiting, TAKING, tmp_path / "counted")
    for number in range(1, len(steps) + 1):
        if steps[number - 1] == "intended":
            continue  # nothing has happened since the step before
        plant = copy_of(waiting, tmp_path / str(number))
        assert started(plant, str(number), TAKING)() in {9, -9}
        assert complete(plant, "08:32") == taken_in, f"{number} {steps[number - 1]}"
        shutil.rmtree(plant.root)


@pytest.mark.parametrize("point", ["mail-kept", "mail-remembered", "mail-put-aside", "ledger-taken-away",
                                   "ledger-replaced"])
def test_killed_inside_a_step_of_taking_in(
    waiting: PlantFolder, undisturbed: Result, tmp_path: Path, point: str
) -> None:
    plant = copy_of(waiting, tmp_path / "plant")
    assert started(plant, point, TAKING)() in {9, -9}
    assert complete(plant) == undisturbed


@pytest.mark.parametrize("point", ["second-file-filed", "document-written"])
def test_killed_while_filing(taken: PlantFolder, undisturbed: Result, tmp_path: Path, point: str) -> None:
    plant = copy_of(taken, tmp_path / "plant")
    assert started(plant, point, FILING)() in {9, -9}
    assert complete(plant, "08:54", "08:55") == undisturbed
