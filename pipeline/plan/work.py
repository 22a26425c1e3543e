"""What a planning works on: the snapshot it was given, the plan it makes, and what its steps share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.plan.pass_time import PassTime
from pipeline.rules.history import History
from pipeline.rules.wanted_intake import Arrivals
from pipeline.workdays import Workdays
from schemas.advice import Advice
from schemas.case import Case, CaseFiles, Directory
from schemas.decisions import Decisions
from schemas.effects import Effect
from schemas.intake import IgnoredMail, KnownMail
from schemas.memory import KnownCase, Memory, TrackedValue
from schemas.payloads import CellEdit
from schemas.ports import Documents
from schemas.remarks import Remark
from schemas.report import DocumentReading
from schemas.rows import SheetKind
from schemas.settings import Settings
from schemas.workbook import WorkbookReading


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one pass observed.

    ``readings`` are the ledgers that are known (fresh, or the last good with ``stale_because``); ``unreadable`` says
    why a ledger cannot be read now; ``folders`` gives the case folders that exist on the share, by number; ``files``
    what lies in those of current complaints, by folder; ``arrivals`` what came by mail or was dropped; ``documents``
    what stands in the documents that people changed, by path.
    """

    readings: tuple[WorkbookReading, ...]
    unreadable: Mapping[str, str]
    folders: Mapping[str, str]
    files: Mapping[str, CaseFiles] = field(default_factory=dict)
    arrivals: Arrivals = field(default_factory=Arrivals)
    documents: Mapping[str, DocumentReading] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """The pass as decided: cases with decisions, what to remember, and the effects in the order to perform them.

    What is decided and said of a case stands under its ``handle``. ``known``, ``trails`` and ``numbers`` hold what the
    journal does not know yet. A plan is not changed any more once it is made.
    """

    cases: list[Case] = field(default_factory=list)
    decisions: dict[str, Decisions] = field(default_factory=dict)
    advice: dict[str, Advice] = field(default_factory=dict)
    remarks: dict[str, tuple[Remark, ...]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    pending: dict[str, list[str]] = field(default_factory=dict)
    known: list[KnownCase] = field(default_factory=list)
    trails: list[TrackedValue] = field(default_factory=list)
    vanished: list[KnownCase] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    effects: list[Effect] = field(default_factory=list)
    taken: list[KnownMail] = field(default_factory=list)
    ignored: list[IgnoredMail] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """A complaint row with its identity, before it is decided on; ``repeats`` as ``Sighting`` has it."""

    case: Case
    known: KnownCase
    note: str
    repeats: bool


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What holds for every row of a ledger: its columns by sheet and by kind, its cells that cannot be patched.

    ``sheets`` gives the 0-based columns of each sheet's fields, ``personal`` says that it is an engineer's own,
    ``stale`` that this is its last good reading.
    """

    ledger: str
    sheets: Mapping[str, Mapping[str, int]]
    kept: Mapping[str, frozenset[str]]
    columns: Mapping[SheetKind, frozenset[str]]
    refused: frozenset[str]
    personal: bool
    stale: bool


@dataclass(slots=True)
class Pass:
    """What every step of one planning needs.

    ``now`` watches how it is used (``PassTime``), ``moment`` is the same time for what is to be remembered.
    """

    snapshot: Snapshot
    memory: Memory
    settings: Settings
    documents: Documents
    calendar: Workdays
    now: PassTime
    moment: datetime
    history: History
    directory: Directory
    asked: str
    month: str
    ledgers: Mapping[str, LedgerFacts]
    found: list[Found] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    edits: dict[str, list[CellEdit]] = field(default_factory=dict)
