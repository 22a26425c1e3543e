"""The planned runs of the coming weeks, and the days a plant sets itself: what the run calendar is told in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from pydantic import Field

from schemas.section import Section


class WeeklySetting(Section):
    """Times of the weekly run (DOMAIN "Dates and clocks"); the note is due the working day before the weekly day."""

    note_at: time = time(15)
    draft_at: time = time(9)
    overdue_at: time = time(9)
    reminder_at: time = time(15)
    freeze_at: time = time(17)
    deck: bool = True
    folder: str = Field(default="品质例会", min_length=1)  # on the share, where the decks stand
    overdue_mail: bool = True
    head_copy_days: int = Field(default=5, ge=1)  # calendar days late from which the department head reads along


class MonthEndSetting(Section):
    """The month-end run: the mail in the morning of the last working day, the archive at its end."""

    mail_at: time = time(9)
    mail: bool = True
    archive_at: time = time(17)
    archive: bool = True
    folder: str = Field(default="归档", min_length=1)
    marketing: tuple[str, ...] = ()  # who gets the hand-over mail, as 通讯录 names them
    zip: bool = False
    pdf: bool = False


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


class Errand(StrEnum):
    """What a pass has to do once for a week or a month; the value is part of the journal's keys."""

    WEEKLY = "weekly"  # overdue mails of the weekly day
    MONTH_END = "month_end"  # mail on unfinished 8D and evidence
    ARCHIVE = "archive"  # folder for marketing, after work on the month-end day


@dataclass(frozen=True, slots=True)
class DueRun:
    """An errand that is due: ``day`` and ``at`` (aware) as planned, ``late`` when caught up on a later day."""

    errand: Errand
    period: str
    day: date
    at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class WeekTimes:
    """One week's moments, aware: missing-input note, draft deck, overdue mail, last reminder, freeze; meeting day."""

    period: str
    meeting: date
    noted: datetime
    drafted: datetime
    overdue: datetime
    reminded: datetime
    frozen: datetime
