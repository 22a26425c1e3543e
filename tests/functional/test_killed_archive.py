"""The archive's pass killed at every commit point and inside every step: nothing or a whole one."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import bagit
import pytest

from tests.functional.plant_folder import COMPLAINTS, PlantFolder, complaint, empty_plant
from tests.functional.test_killed_process import copy_of, started, steps_of

NOW, THEN, LAST = (f"2026-11-30T17:{minute}+08:00" for minute in ("00", "05", "10"))
INSIDE = ["archive-file-copied", "archive-verified", "archive-in-place", "archive-zip-half", "archive-zipped"]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> PlantFolder:
    """Two registered complaints with photos, all mails of the month-end sent: only the archive is left to do."""
    plant = empty_plant(tmp_path_factory.mktemp("ready") / "plant")
    plant.configure(quality_manager="韩立川", zip="true")
    plant.type(COMPLAINTS, *(complaint(客诉编号=f"K-{n}", 状态="整改", 信息来源="营销部") for n in (1, 2)))
    plant.settled()
    for folder in (plant.share / "客诉资料" / "2026").iterdir():
        (folder / "附件" / "照片.jpg").write_bytes(folder.name.encode() * 1000)
    for time in ("09:00", "16:50"):
        plant.once(time, day="2026-11-30")
    return plant


def check(plant: PlantFolder, point: str) -> None:
    archives = plant.share / "归档"
    assert sorted(path.name for path in archives.iterdir()) == ["2026-11", "2026-11.zip"], point
    bag = bagit.Bag(str(archives / "2026-11"))
    bag.validate()
    assert len(list(bag.payload_files())) == 4, point
    shutil.unpack_archive(archives / "2026-11.zip", plant.root / "unpacked")
    bagit.Bag(str(plant.root / "unpacked" / "2026-11")).validate()
    told = Counter(str(mail["X-Kesu-Key"]) for mail in plant.mails() if "客诉归档" in str(mail["Subject"]))
    assert list(told.values()) == [1], point


def run_on(plant: PlantFolder, point: str) -> None:
    """Kill at ``point``, look that nothing is half, then complete."""
    assert started(plant, point, NOW)() in {9, -9}, point
    half = plant.share / "归档" / "2026-11"
    if half.exists():
        bagit.Bag(str(half)).validate()
    for now in (THEN, LAST):
        assert started(plant, "nowhere", now)() == 0
    check(plant, point)


@pytest.mark.parametrize("point", INSIDE)
def test_killed_inside_the_archive(ready: PlantFolder, tmp_path: Path, point: str) -> None:
    run_on(copy_of(ready, tmp_path / "plant"), point)


def test_killed_at_every_commit_point(ready: PlantFolder, tmp_path: Path) -> None:
    steps = steps_of(copy_of(ready, tmp_path / "counted"), NOW)
    assert steps[:5] == ["recorded", "intended", "effected", "finished", "intended"]
    for number in range(2, 5):  # those of the archive; test_killed_process has the others
        plant = copy_of(ready, tmp_path / f"{number}")
        run_on(plant, str(number))
        shutil.rmtree(plant.root)
