"""The planned runs of the coming weeks, and the days a plant sets itself: what the run calendar is told in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class RunKind(StrEnum):
    """What falls due (DOMAIN "Dates and clocks"); members stand in the order in which one day lists them."""

    WEEKLY = "weekly"  # the deck is due and the overdue mail goes out: the working day before the meeting
    MEETING = "meeting"  # 品质例会
    MONTH_END = "month_end"  # mail and archive for marketing
    SUMMARY = "summary"  # review of the month, quarter, half-year or year that closes


@dataclass(frozen=True, slots=True)
class Run:
    """One run and why it falls on ``day``; ``None`` when its week or month has no working day.

    ``period`` is the occasion it belongs to: the meeting's ISO week (``2026-W48``), or the month, quarter, half-year
    or year that closes (``2026-11``, ``2026-Q4``, ``2026-H2``, ``2026``).
    """

    kind: RunKind
    day: date | None
    period: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlantDay:
    """A day that the plant's own calendar calls worked or off, with the plant's reason as it was typed."""

    day: date
    worked: bool
    note: str = ""
