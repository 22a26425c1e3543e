"""Single facts about the journal itself: its id, mode, site, and the time of passes."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.journal.tables import meta


def fact(connection: Connection, key: str) -> str | None:
    """The value of a fact."""
    # as plain SQL: a pass asks half a dozen times whether anything changed, and building the statement costs more
    found: str | None = connection.exec_driver_sql("SELECT value FROM meta WHERE key = ?", (key,)).scalar()
    return found


def facts_with(connection: Connection, prefix: str) -> dict[str, str]:
    """The facts whose key begins with ``prefix``, by the rest of their key."""
    rows = connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.startswith(prefix, autoescape=True)))
    return {row.key.removeprefix(prefix): row.value for row in rows}


def write_fact(connection: Connection, key: str, value: str) -> None:
    """Insert or replace a fact."""
    changed = connection.execute(update(meta).where(meta.c.key == key).values(value=value))
    if changed.rowcount == 0:
        connection.execute(insert(meta).values(key=key, value=value))


def delete_fact(connection: Connection, key: str) -> None:
    """Remove a fact; idempotent."""
    connection.execute(delete(meta).where(meta.c.key == key))
