"""Copies of the journal beside it: one a day, kept for a fortnight, marked so that a restored one is recognised."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from pipeline.journal.connection import plain_failures

KEEP = 14
RESTORED = "is_backup"  # the meta key that only a backup has: a journal with it is a restored one


def copy_journal(path: Path, target: Path) -> None:
    """A complete copy, also while others write; ``target`` appears whole or not at all, and is replaced."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(target.name + ".new")
    half.unlink(missing_ok=True)
    with plain_failures(path):
        with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as source:
            source.execute("VACUUM INTO ?", (str(half),))
        with closing(sqlite3.connect(half)) as copy, copy:
            copy.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (RESTORED, "1"))
    half.replace(target)


def daily_backup(path: Path, now: datetime) -> Path:
    """Today's backup ``backups/<name>-YYYYMMDD.db`` (``now`` in the plant's zone); made once a day, 14 are kept."""
    folder = path.parent / "backups"
    target = folder / f"{path.stem}-{now:%Y%m%d}.db"
    if not target.exists():
        copy_journal(path, target)
        days = sorted(folder.glob(f"{path.stem}-[0-9]*.db"))
        for old in days[:-KEEP]:
            old.unlink(missing_ok=True)
    return target
