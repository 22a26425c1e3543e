"""kesu purge: lists and deletes what is past its time; what an open complaint needs and every key stay."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.contract.mail_site import NOW, mail_effect, mail_site
from tests.functional.plant_folder import COMPLAINTS, PlantFolder, Said, empty_plant, kesu
from tests.functional.test_intake import CUSTOMER, arrive
from tests.killed_intake import BROKEN
from tests.mail_clients import qq

LATER = "2028-03-01"  # more than a year after everything below, less than three
MUCH_LATER = "2030-03-01"
OF_CASES = "SELECT title, outcome FROM effects WHERE case_id != '' AND outcome NOT LIKE '%无法识读%' ORDER BY id"


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> PlantFolder:
    """A complaint that came by mail and was filed, an unreadable mail, a stranger's, and things of other days."""
    plant = empty_plant(tmp_path_factory.mktemp("grown") / "plant")
    plant.configure(address_book="{星河汽车: {senders: [xinghe.example.com], engineer: 周启航}}", digest="false")
    arrive(plant, "1.eml", qq(CUSTOMER))
    arrive(plant, "2.eml", BROKEN)
    arrive(plant, "3.eml", qq(replace(CUSTOMER, address="x@elsewhere.example", message_id="s@x")))
    for time in ("08:05", "08:06", "08:20", "08:21"):
        plant.once(time)
    assert len(plant.files("*.eml")) == 1
    state = plant.root / "state"
    backups = state / "backups"
    backups.mkdir()
    for name in ("journal-20261101.db", "journal-20261125.db"):
        shutil.copy(plant.journal, backups / name)
    for path in (state / "kesu.log.1", state / "journal-演练-0a1b2c3d.db"):
        path.write_bytes(b"old")
    (plant.share / "待归属" / "无法识读" / "自己放的.eml").write_bytes(b"a person's")
    early = datetime.fromisoformat("2026-11-26T08:00+08:00").timestamp()
    for path in (*backups.iterdir(), state / "kesu.log.1", state / "journal-演练-0a1b2c3d.db"):
        os.utime(path, (early, early))
    return plant


@pytest.fixture
def plant(grown: PlantFolder, tmp_path: Path) -> PlantFolder:
    shutil.copytree(grown.root, tmp_path / "plant")
    return PlantFolder(tmp_path / "plant")


def purge(plant: PlantFolder, day: str, *more: str) -> Said:
    return kesu("purge", "-c", plant.config, "--now", f"{day}T08:00+08:00", *more)


def close_complaint(plant: PlantFolder) -> None:
    plant.retype(COMPLAINTS, 0, 状态="关闭", 关闭日期="2026-12-20")


def kept_mails(plant: PlantFolder) -> int:
    return len(list((plant.root / "state" / "mails").glob("*.eml")))


def journal(plant: PlantFolder, query: str) -> list[Any]:
    with closing(sqlite3.connect(plant.journal)) as connection:
        return connection.execute(query).fetchall()


def test_a_dry_run_lists_and_touches_nothing(plant: PlantFolder) -> None:
    close_complaint(plant)
    before = plant.snapshot()
    said = purge(plant, LATER, "--dry-run")
    assert "将删除 本机保存的来信原件 2 个" in said.out
    assert plant.snapshot() == before
    files = purge(plant, LATER, "--dry-run", "--json").json["files"]
    assert {name: len(heap["files"]) for name, heap in files.items()} == {
        "mails": 2, "quarantine": 1, "logs": 1, "journal_backups": 1, "document_backups": 0, "rehearsals": 1,
    }


def test_what_is_past_its_time_goes_and_nothing_else(plant: PlantFolder) -> None:
    close_complaint(plant)
    case_files = plant.files()
    assert purge(plant, LATER).code == 0
    assert kept_mails(plant) == 0
    assert [path.name for path in (plant.share / "待归属" / "无法识读").iterdir()] == ["自己放的.eml"]
    assert [path.name for path in (plant.root / "state" / "backups").iterdir()] == ["journal-20261125.db"]
    assert not list((plant.root / "state").glob("kesu.log.*")) + list((plant.root / "state").glob("*演练*"))
    assert plant.files() == case_files
    assert purge(plant, LATER).out.strip() == "没有超过保留期的内容。"


def test_no_word_of_a_mail_stays_in_the_journal(plant: PlantFolder) -> None:
    close_complaint(plant)
    words = "不良数量：3件".encode(), "卢静宜".encode()  # what the row says stays as long as the row, and so do paths
    assert all(word in plant.journal.read_bytes() for word in words)
    purge(plant, MUCH_LATER)
    held = b"".join(path.read_bytes() for path in plant.journal.parent.glob("journal.db*"))
    assert [word.decode() for word in words if word in held] == []
    assert journal(plant, "SELECT DISTINCT subject, rows, evidence FROM mails") == [("", "[]", "[]")]
    assert journal(plant, "SELECT DISTINCT subject FROM ignored_mails") == [("",)]


def test_an_open_complaint_keeps_what_it_came_with(plant: PlantFolder) -> None:
    before = journal(plant, OF_CASES)
    purge(plant, MUCH_LATER)
    assert kept_mails(plant) == 1  # the unreadable one belonged to none
    assert journal(plant, OF_CASES) == before


def test_a_mail_whose_row_still_waits_for_the_ledger_stays(plant: PlantFolder) -> None:
    close_complaint(plant)
    (plant.share / "~$客诉台账.xlsx").write_bytes(b"\x06user" + b" " * 160)
    arrive(plant, "late.eml", qq(replace(CUSTOMER, message_id="late@xinghe.example.com", lines=["零件号：KC-318"])))
    plant.once("08:30")
    assert len(plant.rows()) == 1
    waiting = set((plant.root / "state" / "mails").glob("*.eml"))
    purge(plant, MUCH_LATER)
    kept, = (plant.root / "state" / "mails").glob("*.eml")  # of the others nothing is left to do
    assert (kept in waiting, len(waiting)) == (True, 3)


def test_a_mail_that_waits_for_a_person_keeps_its_words(plant: PlantFolder) -> None:
    effect = mail_effect()
    with mail_site(plant, None) as site:  # type: ignore[arg-type]  # the journal alone is needed
        site.journal.intend(effect, NOW)
        site.journal.start(effect.key, NOW)
        site.journal.fail(effect.key, "结果不明", NOW, uncertain=True)
    close_complaint(plant)
    purge(plant, MUCH_LATER)
    assert f"[结果不明] 11-26 09:00 {effect.title} 结果不明" in kesu("outbox", "list", "-c", plant.config).out


def test_nothing_happens_twice_after_it(plant: PlantFolder) -> None:
    close_complaint(plant)
    keys = "SELECT site, kind, subject, occasion, revision, state, inputs FROM effects ORDER BY id"
    before = journal(plant, keys)
    purge(plant, MUCH_LATER)
    assert journal(plant, keys) == before
    arrive(plant, "again.eml", qq(CUSTOMER))
    said = plant.once("08:05", day=MUCH_LATER)
    assert said.code == 0, said.out
    assert len(plant.rows()) == 1
    plant.once("08:06", day=MUCH_LATER)
    assert len(plant.files("*.eml")) == 1


def test_nobody_can_say_what_is_open_while_a_ledger_cannot_be_read(plant: PlantFolder) -> None:
    plant.ledger.write_bytes(b"damaged")
    before = plant.snapshot()
    said = purge(plant, MUCH_LATER)
    assert (said.code, "本次不清理" in said.err) == (2, True)
    assert kept_mails(plant) == sum(name.startswith("state/mails/") for name in before)


def test_nothing_is_deleted_where_the_plant_keeps_for_good(plant: PlantFolder) -> None:
    close_complaint(plant)
    days = ("mails", "strangers", "quarantine", "history", "log", "journal_backup", "document_backup", "rehearsal")
    plant.configure(**{f"{name}_days": 0 for name in days})
    assert purge(plant, MUCH_LATER).out.strip() == "没有超过保留期的内容。"


def test_backups_of_documents_go_with_closed_complaints_unless_somebody_saved_into_them(plant: PlantFolder) -> None:
    folder = next(path for path in (plant.share / "客诉资料").rglob("KS-*") if path.is_dir())
    backups = folder / ".kesu-备份"
    backups.mkdir()
    content = b"what our refresh replaced"
    ours = backups / f"8D报告.{hashlib.sha256(content).hexdigest()[:8]}.docx"
    theirs = backups / "8D报告.00000000.docx"
    for path in (ours, theirs):
        path.write_bytes(content)
        os.utime(path, (0, 0))
    purge(plant, LATER)
    assert ours.exists()
    close_complaint(plant)
    purge(plant, LATER)
    assert [path.name for path in backups.iterdir()] == [theirs.name]
