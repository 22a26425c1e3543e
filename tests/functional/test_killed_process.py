"""A pass killed at every commit point: the next pass completes it, and nobody can tell that it happened."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.functional.killed_pass import main
from tests.functional.plant_folder import COMPLAINTS, SOURCES, PlantFolder, complaint, empty_plant

TIME = "08:31"  # containment is late, the digest is due, every row has settled
LATER = "08:40"
NOW, THEN = f"2026-11-26T{TIME}+08:00", f"2026-11-26T{LATER}+08:00"
EVERY = 7  # here; steps repeat by three or four; ``python -m bench.killed_pass`` tries each
CHILD = "tests.functional.killed_pass"


def ready_plant(root: Path) -> PlantFolder:
    """Three rows that call for nearly every kind of effect in one pass, seen once and settled since."""
    plant = empty_plant(root)
    plant.type(
        COMPLAINTS,
        complaint(客诉编号="KS-202611-007", 状态="调查", 客户要求8D="是"),
        complaint(产品名称="卡扣", 紧急措施="", 状态="调查", 不良数量="很多"),
        complaint(产品名称="软管", 不良现象="脱落"),
    )
    meeting = {"客诉编号": "KS-202611-007", "应到": "罗文斌、彭小满", "主持人": "周启航"}
    plant.type("会议", {**meeting, "第几次": 1, "状态": "已召开", "时间": "2026-11-26 08:20", "结论": "修模"},
               {**meeting, "第几次": 2, "状态": "已确认", "时间": "2026-11-27 14:00"})
    assert plant.once("08:05").code == 0
    plant.retype(COMPLAINTS, 2, **{"停线/甩车风险": "是"})
    return plant


@dataclass(frozen=True)
class Result:
    """What people find afterwards: files with content, mails by key, the ledger's cells, what the journal keeps."""

    files: dict[str, bytes]
    mails: Counter[str]
    cells: list[dict[str, object]]
    numbers: list[object]


def text_of(document: Path) -> bytes:
    """A file without its time stamps, which may be those of the pass that completed it: a document's text part."""
    if document.suffix == ".ics":
        return b"".join(line for line in document.read_bytes().splitlines() if not line.startswith(b"DTSTAMP"))
    if document.suffix != ".docx":
        return document.read_bytes()
    with zipfile.ZipFile(document) as package:
        return package.read("word/document.xml")


def result_of(plant: PlantFolder) -> Result:
    cases = plant.share / "客诉资料"
    files = {name: text_of(cases / name) for name in plant.files()}
    cells = plant.rows()
    return Result(files, Counter(str(mail["X-Kesu-Key"]) for mail in plant.mails()), cells,
                  [row["客诉编号"] for row in cells])


def command_for(plant: PlantFolder, point: str, now: str = NOW) -> list[str]:
    return [sys.executable, "-m", CHILD, str(plant.config), now, point]


def started(plant: PlantFolder, point: str, now: str = NOW) -> Callable[[], int]:
    """Start the pass in a process of its own that dies at ``point``; the result waits for it and gives its status."""
    if sys.platform == "win32":
        return subprocess.Popen(command_for(plant, point, now), cwd=SOURCES).wait
    child = os.fork()  # spares each of the many children the second that its imports take
    if child == 0:
        status = 1
        try:
            main(plant.config, datetime.fromisoformat(now), point)
            status = 0
        finally:
            os._exit(status)
    return lambda: os.waitpid(child, 0)[1]


def killed(plant: PlantFolder, point: str) -> bool:
    """Run the pass until it dies at ``point``; False when it lived on or ended otherwise."""
    return started(plant, point)() in {9, -9}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> PlantFolder:
    return ready_plant(tmp_path_factory.mktemp("ready") / "plant")


@pytest.fixture(scope="module")
def undisturbed(ready: PlantFolder, tmp_path_factory: pytest.TempPathFactory) -> Result:
    plant = copy_of(ready, tmp_path_factory.mktemp("undisturbed") / "plant")
    assert plant.once(TIME).code == 0
    assert plant.once(LATER).code == 0
    return result_of(plant)


def copy_of(plant: PlantFolder, root: Path) -> PlantFolder:
    shutil.copytree(plant.root, root)
    return PlantFolder(root)


def steps_of(plant: PlantFolder, now: str = NOW) -> list[str]:
    done = subprocess.run(command_for(plant, "count", now), cwd=SOURCES, check=True, capture_output=True, text=True)
    return done.stdout.split()


def check(plant: PlantFolder, undisturbed: Result, point: str) -> None:
    """The plant after a kill and a completing pass equals one that nobody disturbed."""
    found = result_of(plant)
    assert max(found.mails.values()) == 1, point
    assert found == undisturbed, point
    left = [path.name for path in plant.root.rglob("*") if path.name.endswith((".tmp", ".part", ".new"))]
    assert left == [], point
    workbook = load_workbook(plant.ledger)
    assert workbook.sheetnames[0] == COMPLAINTS, point
    workbook.close()


def test_the_pass_is_worth_killing(ready: PlantFolder, undisturbed: Result, tmp_path: Path) -> None:
    steps = steps_of(copy_of(ready, tmp_path / "plant"))
    assert Counter(steps)["finished"] > 15
    assert Counter(steps)["started"] == sum(undisturbed.mails.values()) >= 5
    assert undisturbed.numbers == ["KS-202611-007", "KS-202611-008", "KS-202611-009"]
    kinds = Counter(name.rsplit("/", 1)[1].split("-")[0] for name in undisturbed.files)
    assert kinds == {
        "8D报告.docx": 2, "8D内部版.docx": 2, "客诉处理单.docx": 1, "会议通知": 1, "会议纪要": 1, "询问清单": 3,
        "提醒.ics": 3,
    }


def check_killed_at(numbers: Sequence[int], ready: PlantFolder, undisturbed: Result, folder: Path) -> None:
    """Kill a pass at each of these commit points, complete it, and look that nobody can tell; two at a time."""
    steps = steps_of(copy_of(ready, folder / "counted"))
    for pair in (numbers[first : first + 2] for first in range(0, len(numbers), 2)):  # two cores
        plants = {number: copy_of(ready, folder / f"{number}") for number in pair}
        dying = {number: started(plant, str(number)) for number, plant in plants.items()}
        for number, status in dying.items():
            assert status() in {9, -9}, f"{number} {steps[number - 1]}"
        completing = [started(plant, "nowhere", THEN) for plant in plants.values()]
        assert [status() for status in completing] == [0] * len(completing), pair
        for number, plant in plants.items():
            check(plant, undisturbed, f"{number} {steps[number - 1]}")
            shutil.rmtree(plant.root)


def test_killed_at_commit_points_of_every_kind(ready: PlantFolder, undisturbed: Result, tmp_path: Path) -> None:
    steps = steps_of(copy_of(ready, tmp_path / "plant"))
    first_of_its_kind = {1 + steps.index(name) for name in steps}
    check_killed_at(sorted({*range(1, len(steps) + 1, EVERY), *first_of_its_kind}), ready, undisturbed, tmp_path)


INSIDE = [
    "mail-sent",           # the mail lies in the outbox, nobody has said so yet
    "mail-marked",         # the mark is on the disk, the mail not yet in the outbox
    "document-written",    # the file stands there, the journal does not know
    "ledger-taken-away",   # the ledger has its backup's name, ours has not taken the place yet
    "ledger-replaced",     # ours stands there, the record of the swap was not taken back
    "board-half-written",  # the page's temporary file stands beside it
]


@pytest.mark.parametrize("point", INSIDE)
def test_killed_inside_an_effect(ready: PlantFolder, undisturbed: Result, tmp_path: Path, point: str) -> None:
    plant = copy_of(ready, tmp_path / "plant")
    assert killed(plant, point)
    assert plant.once(LATER).code == 0
    check(plant, undisturbed, point)


def test_killed_again_and_again(ready: PlantFolder, undisturbed: Result, tmp_path: Path) -> None:
    plant = copy_of(ready, tmp_path / "plant")
    for point in (4, 9, 3, 17, "ledger-taken-away", 2, "mail-sent"):
        killed(plant, str(point))
    assert plant.once(LATER).code == 0
    check(plant, undisturbed, "again and again")
