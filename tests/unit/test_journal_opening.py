"""Opening journals: created whole, refused with a remedy, upgraded after a copy, backed up daily."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from pipeline.journal.errors import (
    JournalDamaged,
    JournalMissing,
    JournalOfOtherSite,
    JournalOnShare,
    JournalTooNew,
)
from pipeline.journal.migrate import Schema
from pipeline.journal.opening import open_journal, retire_journal
from pipeline.journal.tables import HEAD
from schemas.effects import Effect, EffectKey, Outcome
from schemas.errors import PassRunning
from schemas.payloads import MakeFolder, SendMail

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
KEY = EffectKey("甲厂", "folder", "c000001")
FOLDER = Effect(KEY, "建立资料夹", "i1", MakeFolder("c000001", "x", ()))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


def make(path: Path) -> None:
    journal = open_journal(path, site="甲厂", create="rehearsal")
    journal.intend(FOLDER, NOW)
    journal.close()


def test_a_new_journal_keeps_its_identity_and_mode(path: Path) -> None:
    first = open_journal(path, site="甲厂", create="real")
    again = open_journal(path, site="甲厂", create="rehearsal")
    assert (again.journal_id, again.mode, again.site) == (first.journal_id, "real", "甲厂")
    assert len(first.journal_id) == 32
    assert not first.is_restored
    first.close()
    again.close()
    assert not path.with_name("journal.db.new").exists()


def test_the_file_is_durable_wal_with_foreign_keys(path: Path) -> None:
    journal = open_journal(path, site="甲厂", create="rehearsal")
    with journal._engine.connect() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                   ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}
    journal.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}


def test_the_disk_confirms_everything_but_the_time_of_a_pass_that_did_nothing(path: Path) -> None:
    journal = open_journal(path, site="甲厂", create="rehearsal")

    def confirmed(work: Callable[[], object]) -> bool:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            asked.append(statement)

        event.listen(journal._engine, "before_cursor_execute", note)
        work()
        event.remove(journal._engine, "before_cursor_execute", note)
        return asked[asked.index("BEGIN IMMEDIATE") - 1] == "PRAGMA synchronous=FULL"

    minutes = [NOW + timedelta(minutes=count) for count in range(4)]
    assert confirmed(lambda: journal.complete_pass(minutes[0], ["a.xlsx"])), "a ledger seen for the first time"
    assert not confirmed(lambda: journal.complete_pass(minutes[1], ["a.xlsx"]))
    assert confirmed(lambda: journal.intend(FOLDER, minutes[2]))
    assert not confirmed(lambda: journal.complete_pass(minutes[2], ["a.xlsx"]))
    assert confirmed(lambda: journal.complete_pass(minutes[3], ["a.xlsx", "b.xlsx"]))
    assert (journal.last_pass, set(journal.memory().seen_ledgers)) == (minutes[3], {"a.xlsx", "b.xlsx"})
    journal.close()


def test_a_real_journal_follows_the_wall_clock(path: Path) -> None:
    journal = open_journal(path, site="甲厂", create="real")
    journal.complete_pass(NOW, [])
    journal.check_time(NOW - timedelta(hours=1))
    journal.close()


def test_a_retired_journal_is_kept_whole_and_makes_room(path: Path) -> None:
    make(path)
    journal = open_journal(path, site="甲厂")
    journal.complete_pass(NOW, [])
    journal.close()
    kept = retire_journal(path, "演练")
    assert kept.name == f"journal-演练-{journal.journal_id[:8]}.db"
    assert not path.exists()
    new = open_journal(path, site="甲厂", create="real")
    assert (new.mode, dict(new.memory().effects), new.last_pass) == ("real", {}, None)
    new.close()
    old = open_journal(kept, site="甲厂")
    assert (set(old.memory().effects), old.last_pass) == ({KEY}, NOW)
    old.close()


def test_retiring_what_is_not_there_leaves_nothing_behind(path: Path) -> None:
    path.parent.mkdir()
    with pytest.raises(JournalMissing):
        retire_journal(path, "演练")
    assert not list(path.parent.iterdir())


def test_one_process_stays_with_a_journal_and_passes_go_on_beside_it(path: Path) -> None:
    make(path)
    journal = open_journal(path, site="甲厂")
    with journal.instance_lock():
        with pytest.raises(PassRunning, match=r"journal\.db"), journal.instance_lock():
            pass
        with pytest.raises(PassRunning):
            retire_journal(path, "演练")
        with journal.pass_lock():
            pass
    journal.close()
    assert path.exists()


def test_refusals_name_the_remedy(path: Path) -> None:
    with pytest.raises(JournalOnShare, match="本机磁盘"):
        open_journal(path, site="甲厂", create="real", on_network=lambda _path: True)
    assert not path.parent.exists()
    with pytest.raises(JournalMissing, match="kesu adopt"):
        open_journal(path, site="甲厂")
    make(path)
    with pytest.raises(JournalOfOtherSite, match="乙厂"):
        open_journal(path, site="乙厂")


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough for a header" * 9])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(JournalDamaged, match="backups"):
        open_journal(path, site="甲厂", create="real")
    assert path.read_bytes() == content


def test_a_torn_journal_is_damaged(path: Path) -> None:
    make(path)
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(content)
    with pytest.raises(JournalDamaged):
        open_journal(path, site="甲厂")


def test_a_stranger_database_is_not_turned_into_ours(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (x)")
    before = path.read_bytes()
    with pytest.raises(JournalDamaged):
        open_journal(path, site="甲厂", create="real")
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused(path: Path) -> None:
    make(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(JournalTooNew, match="9999"):
        open_journal(path, site="甲厂")


NEXT = '''
"""Adds a column."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9999", "{head}"
def upgrade():
    op.add_column("meta", sa.Column("note", sa.Text()))
    {more}
'''


def next_schema(folder: Path, more: str = "pass") -> Schema:
    shutil.copytree(Path(__file__).parents[2] / "pipeline/journal/migrations", folder)
    (folder / "versions/9999_next.py").write_text(NEXT.format(head=HEAD, more=more), encoding="utf-8")
    return Schema(str(folder), "9999")


def test_an_older_journal_is_upgraded_after_a_copy(path: Path, tmp_path: Path) -> None:
    make(path)
    journal = open_journal(path, site="甲厂", schema=next_schema(tmp_path / "migrations"))
    assert set(journal.memory().effects) == {KEY}
    journal.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT note FROM meta").fetchone() == (None,)
    before = path.with_name("journal-before-9999.db")
    kept = open_journal(before, site="甲厂")
    assert set(kept.memory().effects) == {KEY}
    kept.close()


def test_a_failing_upgrade_leaves_the_journal_as_it_was(path: Path, tmp_path: Path) -> None:
    make(path)
    schema = next_schema(tmp_path / "migrations", "raise RuntimeError('killed in the middle')")
    with pytest.raises(RuntimeError):
        open_journal(path, site="甲厂", schema=schema)
    journal = open_journal(path, site="甲厂")
    assert set(journal.memory().effects) == {KEY}
    journal.close()


def test_one_backup_a_day_and_fourteen_kept(path: Path) -> None:
    make(path)
    journal = open_journal(path, site="甲厂")
    for day in range(20):
        backup = journal.daily_backup(NOW + timedelta(days=day))
    stamp = backup.stat().st_mtime_ns
    assert journal.daily_backup(NOW + timedelta(days=19)).stat().st_mtime_ns == stamp
    journal.close()
    names = sorted(entry.name for entry in (path.parent / "backups").iterdir())
    assert len(names) == 14
    assert (names[0], names[-1]) == ("journal-20261129.db", "journal-20261212.db")
    shutil.copy(backup, path)
    restored = open_journal(path, site="甲厂")
    assert restored.is_restored
    assert set(restored.memory().effects) == {KEY}
    restored.accept_restored()
    assert not restored.is_restored
    restored.close()


def test_two_open_journals_see_each_other(path: Path) -> None:
    make(path)
    one, other = open_journal(path, site="甲厂"), open_journal(path, site="甲厂")
    assert one.memory() is one.memory()
    other.finish(KEY, Outcome("已建立"), NOW)
    assert one.memory().effects[KEY].outcome == Outcome("已建立")
    one.close()
    other.close()


def test_a_mail_leaves_neither_names_nor_text_behind(path: Path) -> None:
    journal = open_journal(path, site="甲厂", create="real")
    key = EffectKey("甲厂", "mail.notice", "c000001")
    payload = SendMail("notice", ("周启航 <zhou@example.com>", "li@example.com"), (), {"phone": "000-0000-0001"})
    journal.intend(Effect(key, "通知责任部门", "i", payload), NOW)
    journal.finish(key, Outcome("已发给 2 人"), NOW)
    with journal._engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT state, recipients FROM effects").one()
    journal.close()
    assert tuple(row) == ("sent", 2)
    content = path.read_bytes()
    for private in ("zhou@", "周启航", "000-0000", "li@example"):
        assert private.encode() not in content
