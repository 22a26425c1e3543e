"""Tells whether two plants are in the same state: all that a pass can meet there, files and what the journal holds."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

JOURNAL = "state/journal.db"
_COUNTED = "'generation'"  # how often the journal changed: only compared within a process


def digest_of(root: Path, mailbox: object) -> str:
    """The same for a plant under ``root`` and its mailbox whenever the next pass meets the same.

    Names and contents of files and folders; of the journal, which may be that of a killed process, its rows. No pass
    decides by the time of a file that an earlier pass saw, nor by how often the journal changed.
    """
    digest = hashlib.blake2b(repr(mailbox).encode("utf-8", "surrogateescape"))
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if not name.startswith(JOURNAL):
            digest.update(f"{name}\0{path.is_file()}".encode())
            digest.update(hashlib.blake2b(path.read_bytes()).digest() if path.is_file() else b"")
    for row in _rows(root / JOURNAL):
        digest.update(row.encode())
    return digest.hexdigest()


def _rows(journal: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(dir=journal.parents[2]) as folder:  # opening it would settle what was left open
        for path in journal.parent.glob(f"{journal.name}*"):
            shutil.copy(path, folder)
        with closing(sqlite3.connect(Path(folder) / journal.name)) as connection:
            yield from (line for line in connection.iterdump() if _COUNTED not in line)
