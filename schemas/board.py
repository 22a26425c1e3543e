"""What the board page (客诉看板) shows, ready to render; built by rules, drawn by documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class LedgerAge:
    """One ledger's freshness: when its file was saved, and since when and why it cannot be read (aware times)."""

    name: str
    saved: datetime | None
    unreadable_since: datetime | None = None
    reason: str = ""
    waiting_to_write: str = ""   # deferred cells: since when, by whom


@dataclass(frozen=True, slots=True)
class BoardCase:
    """One open complaint's line."""

    number: str
    customer: str
    product: str
    phenomenon: str
    level: str
    level_reasons: tuple[str, ...]
    status: str
    standing: str
    engineer: str
    department: str
    received: str
    age_days: int | None
    link: str                      # relative to the board page, "" when there is no folder
    next_step: str
    overdue: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()  # what the case waits for: questions, a confirmation, a file in use
    documents: tuple[tuple[str, str], ...] = ()  # (title, relative link)
    notes: tuple[str, ...] = ()    # e.g. "8D报告 已由人修改,新草稿在旁"
    remarks: tuple[tuple[str, tuple[str, ...]], ...] = ()  # by topic: proposals and findings of the rules
    score: str = ""                # acceptance score of the 8D, e.g. 9/14; "" when nothing is scored


@dataclass(frozen=True, slots=True)
class BoardDuty:
    """One overdue or soon due item."""

    label: str
    what: str
    person: str
    department: str
    due: date
    days_late: int
    link: str


@dataclass(frozen=True, slots=True)
class BoardProblem:
    """One problem by cell."""

    place: str
    value: str
    message: str
    engineer: str = ""


@dataclass(frozen=True, slots=True)
class BoardEvent:
    """One thing that happened, newest first."""

    at: datetime
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Open, overdue and waiting counts of one engineer or department."""

    name: str
    open: int
    overdue: int
    waiting: int


@dataclass(frozen=True, slots=True)
class BoardView:
    """The whole page. ``day`` is the day the figures hold for; nothing in it changes from pass to pass otherwise."""

    site: str
    day: date
    ledgers: tuple[LedgerAge, ...]
    alerts: tuple[str, ...]        # things a person must do: unreadable ledger, uncertain mail, failed template
    by_engineer: tuple[Tally, ...]
    by_department: tuple[Tally, ...]
    cases: tuple[BoardCase, ...]   # open ones, most urgent first
    duties: tuple[BoardDuty, ...]  # worst first
    problems: tuple[BoardProblem, ...]
    hints: tuple[str, ...]
    events: tuple[BoardEvent, ...]
    baseline: tuple[BoardCase, ...] = ()
    closed_count: int = 0
    rehearsal: bool = False
