"""What the rules decided on one complaint, each decision with the reasons that fired, in the user's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from schemas.follow_up import Restart
from schemas.values import Level


@dataclass(frozen=True, slots=True)
class LevelDecision:
    """The level by rule and the level that holds; a person may raise it, lowering it below the rule is reported."""

    level: Level
    by_rule: Level
    reasons: tuple[str, ...]
    lowered: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """Which report a complaint gets: the full 8D or the one-page 客诉处理单; None when it is no quality complaint."""

    full_8d: bool
    reasons: tuple[str, ...]


class ClockName(Enum):
    """The clocks of the process; the value is what people read."""

    CONTAINMENT = "紧急措施"
    D3 = "D3"
    D5 = "D4-D5"
    D8 = "8D"
    EFFECTIVENESS = "效果确认"
    CLOSURE = "结案"


@dataclass(frozen=True, slots=True)
class Clock:
    """One running or stopped clock: ``due`` aware; ``stopped`` when the thing was done, None while it runs.

    ``by_hand`` says that a person typed the 要求日; ``day_only`` that only the day counts.
    """

    name: ClockName
    due: datetime
    stopped: datetime | None
    by_hand: bool = False
    day_only: bool = False


class Lateness(Enum):
    """How a dated duty stands against the day of the pass."""

    OVERDUE = "逾期"
    DUE_SOON = "即将到期"


@dataclass(frozen=True, slots=True)
class Duty:
    """Something a person owes: what, whose, by when, how late (``days_late`` in calendar days, negative = ahead)."""

    case_id: str
    case_label: str
    what: str
    person: str
    department: str
    due: date
    days_late: int
    lateness: Lateness
    key: str  # stable name of the duty within the case, e.g. "D3" or "措施:C1"


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A proposed member of the team (D1) or participant of the meeting, with the reason."""

    name: str
    department: str
    position: str
    contact: str
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """A missing answer: the column it belongs to and the polite question that asks for it."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything decided on one complaint in one pass."""

    level: LevelDecision
    form: Form | None
    is_open: bool
    released: bool
    line_stop: tuple[str, ...]          # reasons for a line-stop alert, empty when none
    clocks: tuple[Clock, ...]
    duties: tuple[Duty, ...]            # of the agenda, what is overdue or due soon
    questions: tuple[Question, ...]     # answers still missing
    findings: tuple[str, ...]           # contradictions and hints beyond single cells
    team: tuple[TeamMember, ...]        # proposed, with reasons
    people: tuple[TeamMember, ...]      # whoever the meetings name, as 通讯录 knows them
    registration: tuple[str, ...]       # reasons for registration on the shared ledger
    restart: Restart | None             # None when the case never was restarted
    agenda: tuple[Duty, ...] = ()       # everything dated that is still owed, worst first
