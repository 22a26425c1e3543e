"""Opening a journal: on a local disk, whole, of this plant, at this release's schema; creating and upgrading it."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Literal

from sqlalchemy import insert

from pipeline.files.local import is_network_path
from pipeline.journal import tables
from pipeline.journal.backup import copy_journal
from pipeline.journal.connection import connect, plain_failures
from pipeline.journal.errors import (
    JournalDamaged,
    JournalMissing,
    JournalOfOtherSite,
    JournalOnShare,
    JournalTooNew,
)
from pipeline.journal.migrate import Schema, migrate
from pipeline.journal.pass_lock import instance_lock, pass_lock
from pipeline.journal.store import SqlJournal

Mode = Literal["rehearsal", "real"]
SHIPPED = Schema()
_PATIENCE_SECONDS = 10  # creating or upgrading waits this long for another process that does the same


def open_journal(
    path: Path, *, site: str, create: Mode | None = None,
    on_network: Callable[[Path], bool] = is_network_path, schema: Schema = SHIPPED,
) -> SqlJournal:
    """The journal of ``site`` at ``path``; ``create`` makes a new one of that mode when there is none.

    An existing journal is opened whatever ``create`` says; look at its ``mode``. A journal of an older release is
    upgraded after a copy ``<name>-before-<revision>.db`` was put beside it. Raises ``JournalOnShare``,
    ``JournalMissing``, ``JournalDamaged``, ``JournalTooNew``, ``JournalOfOtherSite``, ``JournalFailed``, and
    ``PassRunning`` when an upgrade has to wait for a pass. Idempotent.
    """
    if on_network(path):
        raise JournalOnShare(path)
    if not path.exists():
        if create is None:
            raise JournalMissing(path)
        _create(path, site, create, schema)
    found = _revision(path)
    if found != schema.head:
        _upgrade(path, found, schema)
    journal = SqlJournal(path, connect(path))
    if journal.site != site:
        journal.close()
        raise JournalOfOtherSite(path, journal.site, site)
    return journal


def _create(path: Path, site: str, mode: Mode, schema: Schema) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with pass_lock(path, _PATIENCE_SECONDS), plain_failures(path):
        if path.exists():
            return  # another process was quicker
        half = path.with_name(path.name + ".new")
        half.unlink(missing_ok=True)
        engine = connect(half, wal=False)
        try:
            migrate(engine, schema)
            facts = {"journal_id": uuid.uuid4().hex, "mode": mode, "site": site}
            with engine.begin() as connection:
                connection.execute(insert(tables.meta), [{"key": key, "value": facts[key]} for key in facts])
        finally:
            engine.dispose()
        for suffix in ("-wal", "-shm"):  # of a journal that was taken away: SQLite would replay it into this one
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        half.replace(path)


def _revision(path: Path) -> str:
    """The schema revision of a file that is a journal and whole; looks at it before anything may be changed."""
    with plain_failures(path), closing(sqlite3.connect(path, timeout=_PATIENCE_SECONDS)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"alembic_version", "meta", "effects"} <= names:
            raise JournalDamaged(path, "缺少必要的表")
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise JournalDamaged(path, str(verdict).splitlines()[0])
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if row is None:
            raise JournalDamaged(path, "没有结构版本号")
        return str(row[0])


def _upgrade(path: Path, found: str, schema: Schema) -> None:
    if found not in schema.known_revisions():
        raise JournalTooNew(path, found)
    with pass_lock(path, _PATIENCE_SECONDS), plain_failures(path):
        if _revision(path) == schema.head:
            return  # another process was quicker
        copy_journal(path, path.with_name(f"{path.stem}-before-{schema.head}.db"))
        engine = connect(path)
        try:
            migrate(engine, schema)
        finally:
            engine.dispose()


def retire_journal(path: Path, word: str) -> Path:
    """Put a journal aside as ``<name>-<word>-<id>.db`` beside it, whole and closed; returns the new path.

    Raises what ``open_journal`` raises, and ``PassRunning`` while a pass or a resident instance works with it.
    """
    if not path.exists():
        raise JournalMissing(path)
    with instance_lock(path), pass_lock(path, _PATIENCE_SECONDS), plain_failures(path):
        _revision(path)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # folds the log into the file, so that one file is all
            (journal_id,) = connection.execute("SELECT value FROM meta WHERE key = 'journal_id'").fetchone()
        kept = path.with_name(f"{path.stem}-{word}-{str(journal_id)[:8]}{path.suffix}")
        path.replace(kept)
    return kept
