"""Trails in the database; every function works inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, insert, select

from pipeline.journal.row_forms import time_from, time_text
from pipeline.journal.tables import trails
from schemas.memory import TrackedValue, TrailEntry


def all_trails(connection: Connection) -> dict[tuple[str, str], tuple[TrailEntry, ...]]:
    """Every trail by case and subject, oldest value first."""
    found: defaultdict[tuple[str, str], list[TrailEntry]] = defaultdict(list)
    for row in connection.execute(select(trails).order_by(trails.c.id)):
        found[row.case_id, row.subject].append(TrailEntry(row.value, time_from(row.seen_at)))
    return {name: tuple(entries) for name, entries in found.items()}


def some_trails(
    connection: Connection, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], tuple[TrailEntry, ...]]:
    """Some trails by case and subject."""
    found: dict[tuple[str, str], tuple[TrailEntry, ...]] = {}
    for case_id in sorted({name[0] for name in names}):
        of_case: defaultdict[tuple[str, str], list[TrailEntry]] = defaultdict(list)
        for row in connection.execute(select(trails).where(trails.c.case_id == case_id).order_by(trails.c.id)):
            of_case[case_id, row.subject].append(TrailEntry(row.value, time_from(row.seen_at)))
        found.update((name, tuple(entries)) for name, entries in of_case.items() if name in names)
    return found


def record(connection: Connection, seen: Collection[TrackedValue], now: datetime) -> bool:
    """Append each value that differs from the newest of its trail; False when nothing did."""
    known = some_trails(connection, {(entry.case_id, entry.subject) for entry in seen})
    newest = {name: entries[-1].value for name, entries in known.items()}
    new = [
        {"case_id": entry.case_id, "subject": entry.subject, "value": entry.value, "seen_at": time_text(now)}
        for entry in seen if newest.get((entry.case_id, entry.subject)) != entry.value
    ]
    if new:
        connection.execute(insert(trails), new)
    return bool(new)
