"""A journal lost, put back from an old copy, or on two machines: nothing is mailed twice, nothing renumbered."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.functional.plant_folder import COMPLAINTS, LEDGER, PlantFolder, complaint, empty_plant, kesu

URGENT = {"停线/甩车风险": "是", "状态": "调查", "紧急措施": ""}


def _keys(plant: PlantFolder) -> Counter[str]:
    return Counter(str(mail["X-Kesu-Key"]) for mail in plant.mails())


def _told(plant: PlantFolder) -> Counter[tuple[str, str]]:
    """Mails at once by person and subject line: a second one under another key would show here."""
    said = Counter((str(mail["To"]), str(mail["Subject"])) for mail in plant.mails())
    return Counter({pair: count for pair, count in said.items() if "摘要" not in pair[1]})


def _worked(root: Path) -> tuple[PlantFolder, Path]:
    """A plant at work, with a raw copy of its state folder from the morning."""
    plant = empty_plant(root / "plant")
    plant.type(COMPLAINTS, complaint(状态="调查"), complaint(产品名称="未填完", 不良现象=""))
    plant.settled()
    morning = root / "morning"
    shutil.copytree(plant.root / "state", morning)
    plant.type(COMPLAINTS, complaint(产品名称="卡扣", 不良现象="断裂", **URGENT))
    plant.once("09:00")
    plant.once("09:31")
    plant.retype(COMPLAINTS, 1, 不良现象="脱落", 状态="调查")  # known in the morning, without number
    plant.once("09:40")
    lock = plant.share / f".~lock.{LEDGER}#"
    lock.write_text("韩立川,,,;", encoding="utf-8")  # from here on the numbers do not reach the ledger
    plant.type(COMPLAINTS, complaint(产品名称="软管", 不良现象="开裂", **URGENT))
    plant.once("10:00")
    plant.once("10:35")
    lock.unlink()
    return plant, morning


def _restore_raw(plant: PlantFolder, morning: Path) -> None:
    shutil.rmtree(plant.root / "state")
    shutil.copytree(morning, plant.root / "state")


def _restore_backup(plant: PlantFolder, morning: Path) -> None:
    from pipeline.journal.backup import copy_journal

    copy_journal(morning / "journal.db", morning / "backup.db")
    shutil.rmtree(plant.root / "state")
    (plant.root / "state").mkdir()
    shutil.copy(morning / "backup.db", plant.journal)


def _lose(plant: PlantFolder, _morning: Path) -> None:
    shutil.rmtree(plant.root / "state")


def _numbers(plant: PlantFolder) -> dict[str, str]:
    """Product to number, from the case folders: what people and customers have heard."""
    return {name.split(" ")[-1]: name.split(" ")[0] for name in
            (path.name for path in (plant.share / "客诉资料" / "2026").iterdir())}


@pytest.mark.parametrize("happens", [_restore_raw, _restore_backup, _lose])
def test_nothing_is_repeated(tmp_path: Path, happens: Callable[[PlantFolder, Path], None]) -> None:
    plant, morning = _worked(tmp_path)
    keys, told, numbers = _keys(plant), _told(plant), _numbers(plant)
    assert max(told.values()) == 1
    assert set(numbers) == {"冷却水管", "未填完", "卡扣", "软管"}
    happens(plant, morning)
    at_rest = plant.snapshot()
    refused = plant.once("10:40")
    assert refused.code == 2
    assert "kesu adopt" in refused.err
    assert {name: at_rest[name] for name in at_rest if name.startswith(("share", "mail"))} == {
        name: state for name, state in plant.snapshot().items() if name.startswith(("share", "mail"))}
    assert kesu("adopt", "-c", plant.config).code == 0
    assert kesu("adopt", "-c", plant.config, "--yes").code == 0
    for day, hours in (("2026-11-26", ("10:45", "11:20")), ("2026-11-27", ("08:30", "12:00"))):
        assert [plant.once(time, day=day).code for time in hours] == [0, 0]
    assert max(_keys(plant).values()) == 1
    assert {pair: count for pair, count in _told(plant).items() if count > 1} == {}
    assert keys <= _keys(plant)
    assert _numbers(plant) == numbers
    for row in plant.rows():
        assert row["客诉编号"] in {None, numbers[str(row["产品名称"])]}


def test_an_adopted_row_taken_in_gets_a_number_of_its_own(tmp_path: Path) -> None:
    """The one whose number never reached the ledger: a person decides, and no number is given twice."""
    plant, morning = _worked(tmp_path)
    used = set(_numbers(plant).values())
    _restore_raw(plant, morning)
    kesu("adopt", "-c", plant.config, "--yes")
    plant.once("10:45")
    plant.retype(COMPLAINTS, 3, 纳入管理="是")
    plant.once("10:50")
    plant.once("11:05")
    given = [str(row["客诉编号"]) for row in plant.rows()]
    assert len(set(given)) == 4
    assert given[3] not in used


def test_a_second_machine_with_a_copy_of_the_state_stops(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    second = tmp_path / "second"
    shutil.copytree(plant.root / "state", second)
    plant.type(COMPLAINTS, complaint(状态="调查"))
    plant.settled()
    mails = _keys(plant)
    shutil.move(plant.root / "state", tmp_path / "first")
    shutil.move(second, plant.root / "state")
    assert plant.once("08:20").code == 2
    assert _keys(plant) == mails
    assert kesu("adopt", "-c", plant.config, "--yes").code == 0
    assert plant.once("08:25").code == 0
    shutil.rmtree(plant.root / "state")
    shutil.move(tmp_path / "first", plant.root / "state")
    refused = plant.once("08:30")  # and now the first one stays out, although it knows more
    assert refused.code == 2
    assert "属于另一个日志" in refused.err
