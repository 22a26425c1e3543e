"""Connections to the journal's SQLite file: WAL, full synchronisation, and failures in words that people can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.journal.errors import JournalDamaged, JournalFailed, JournalUnusable

BUSY_SECONDS = 10
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def connect(path: Path, *, wal: bool = True) -> Engine:
    """An engine on the file; every transaction takes the write lock at its start unless it is a ``reading`` one, and is
    on the disk when it ends unless it is a ``passing`` one, which a power cut may take back (never a killed process).

    ``wal=False`` is for a file that is being made and has no second reader yet (it leaves no ``-wal`` beside it).
    """
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # BEGIN is ours: the driver's own would start too late and never lock
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            f"journal_mode={'WAL' if wal else 'DELETE'}",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("reading", False):
            connection.exec_driver_sql("BEGIN")
            return
        # before BEGIN, since it cannot change within a transaction
        connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if options.get('passing', False) else 'FULL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


class ChangeWatch:
    """Tells in microseconds whether anybody committed to the file: a connection of its own, which only looks."""

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.raw_connection()

    def version(self) -> int:
        """A number that is another one after each commit of another connection, this process's or not."""
        cursor = self._connection.cursor()
        try:
            return int(cursor.execute("PRAGMA data_version").fetchone()[0])
        finally:
            cursor.close()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


@contextmanager
def plain_failures(path: Path) -> Iterator[None]:
    """Turn the driver's failures into ``JournalDamaged`` or ``JournalFailed``; broken constraints pass as they are."""
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as error:
        raise told_plainly(path, error.orig) from error
    except sqlite3.DatabaseError as error:
        raise told_plainly(path, error) from error


def told_plainly(path: Path, error: BaseException | None) -> JournalUnusable:
    """The failure that a person should read for an error of the driver."""
    # the low byte of an extended code is the primary one
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return JournalDamaged(path, str(error)) if code in _DAMAGED else JournalFailed(path, str(error))
