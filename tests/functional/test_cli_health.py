"""kesu health: 0 when all is well, 1 when something waits for a person, 2 when nobody is served; the shipped files."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pipeline import cli
from tests.functional.plant_folder import COMPLAINTS, SOURCES, PlantFolder, complaint, empty_plant, kesu

SHIPPED = SOURCES / "docs" / "unattended"


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    """A plant with one managed complaint, last passed on 2026-11-26 at 08:16."""
    made = empty_plant(tmp_path / "plant")
    made.type(COMPLAINTS, complaint())
    made.settled()
    return made


def health(plant: PlantFolder, now: str, *more: str) -> tuple[int, dict[str, str]]:
    said = kesu("health", "-c", plant.config, "--now", f"{now}+08:00", "--json", *more)
    found: dict[str, Any] = said.json
    return said.code, {entry["name"]: entry["state"] for entry in found["findings"]}


def test_all_is_well_and_nothing_is_written(plant: PlantFolder) -> None:
    before = plant.snapshot()
    assert health(plant, "2026-11-26T08:30") == (0, {"last_pass": "fine"})
    said = kesu("health", "-c", plant.config, "--now", "2026-11-26T08:30+08:00")
    assert said.out.startswith("kesu 正常：上一轮 2026-11-26")
    assert plant.snapshot() == before


def test_a_plant_that_is_not_served_is_a_fault(plant: PlantFolder) -> None:
    assert health(plant, "2026-11-26T08:47")[0] == 2
    assert health(plant, "2026-11-26T08:47", "--within", "60") == (0, {"last_pass": "fine"})
    plant.share.rename(plant.root / "gone")
    assert health(plant, "2026-11-26T08:30") == (2, {"site": "critical"})


def test_what_waits_for_a_person_is_a_warning(plant: PlantFolder) -> None:
    (plant.ledger).write_bytes(b"half saved")
    assert health(plant, "2026-11-26T08:30") == (1, {"last_pass": "fine", "ledger": "warning"})


def test_a_weekly_day_that_was_slept_through_is_told(plant: PlantFolder) -> None:
    assert health(plant, "2026-11-26T11:00", "--within", "600") == (1, {"last_pass": "fine", "run": "warning"})
    plant.once("11:01")
    assert health(plant, "2026-11-26T11:02")[0] == 0


def test_a_broken_template_is_told_though_the_packaged_one_stands_in(plant: PlantFolder) -> None:
    template = plant.root / "templates" / "mails" / "release" / "text.txt"
    template.write_text("{{ nubmer }}", encoding="utf-8")
    plant.retype(COMPLAINTS, 0, 状态="调查")
    plant.once("08:30")
    assert health(plant, "2026-11-26T08:31") == (1, {"last_pass": "fine", "templates": "warning"})


def commands() -> list[list[str]]:
    """Every call of kesu in the shipped files, as words."""
    found = []
    for unit in sorted(SHIPPED.glob("*.service")):
        parser = configparser.RawConfigParser(strict=False)
        parser.read_string(unit.read_text(encoding="utf-8"))
        assert {"Unit", "Service"} <= set(parser)
        found += [shlex.split(line.partition("=")[2]) for line in unit.read_text(encoding="utf-8").splitlines()
                  if line.startswith("ExecStart=")]
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    task = ElementTree.parse(SHIPPED / "kesu-run.xml").getroot()  # noqa: S314 - our own file
    found.append(["kesu.exe", *(task.findtext(".//t:Arguments", "", space).split())])
    script = (SHIPPED / "register-tasks.ps1").read_text(encoding="utf-8")
    found += [["kesu.exe", *words.replace('`"$Config`"', "c.yaml").split()]
              for words in re.findall(r'-Argument "(.*?)" -Working', script)]
    return found


def test_what_the_shipped_files_call_is_understood() -> None:
    calls = commands()
    assert [words[1] for words in calls] == ["weekly", "month-end", "run", "run", "weekly", "month-end"]
    for words in calls:
        assert cli._parser().parse_args(words[1:]).config.endswith(".yaml")
