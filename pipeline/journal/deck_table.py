"""What was written on the pages of decks, and what the weekly meetings were shown; inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from pipeline.journal.tables import deck_pages, meeting_items
from schemas.deck import PageMark, ShownItem

_MEETINGS = 3  # the present one and those before it that a late deck may look back on


def marks_of(connection: Connection, deck: str) -> tuple[PageMark, ...]:
    """The pages of one deck (path relative to the share), by name."""
    found = connection.execute(select(deck_pages).where(deck_pages.c.deck == deck).order_by(deck_pages.c.page))
    return tuple(
        PageMark(row.page, tuple(json.loads(row.digests)), row.material, row.inputs, row.mark, bool(row.present))
        for row in found
    )


def record_marks(connection: Connection, deck: str, marks: Sequence[PageMark]) -> bool:
    """Replace what is remembered of a deck's pages; False when it is so already."""
    wanted = tuple(sorted(marks, key=lambda mark: mark.page))
    if wanted == marks_of(connection, deck):
        return False
    connection.execute(delete(deck_pages).where(deck_pages.c.deck == deck))
    rows = [
        {"deck": deck, "page": mark.page, "digests": json.dumps(mark.digests), "material": mark.material,
         "inputs": mark.inputs, "mark": mark.mark, "present": int(mark.present)}
        for mark in wanted
    ]
    if rows:
        connection.execute(insert(deck_pages), rows)
    return True


def latest_meetings(connection: Connection) -> dict[str, Mapping[str, ShownItem]]:
    """What the latest meetings were shown, by ISO week and case id."""
    latest = select(meeting_items.c.period).distinct().order_by(meeting_items.c.period.desc()).limit(_MEETINGS)
    weeks = list(connection.scalars(latest))
    return {week: _shown(connection, week) for week in weeks}


def _shown(connection: Connection, period: str) -> dict[str, ShownItem]:
    found = connection.execute(select(meeting_items).where(meeting_items.c.period == period))
    return {row.case_id: ShownItem(row.case_id, row.number, row.times, json.loads(row.facts)) for row in found}


def record_meeting(connection: Connection, period: str, shown: Iterable[ShownItem]) -> bool:
    """Replace what a meeting was shown; False when it is so already."""
    wanted = {item.case_id: item for item in shown}
    if wanted == _shown(connection, period):
        return False
    connection.execute(delete(meeting_items).where(meeting_items.c.period == period))
    rows = [
        {"period": period, "case_id": item.case_id, "number": item.number, "times": item.times,
         "facts": json.dumps(dict(item.facts), ensure_ascii=False, sort_keys=True)}
        for item in wanted.values()
    ]
    if rows:
        connection.execute(insert(meeting_items), rows)
    return True
