"""What a pass remembers: cases, values whose changes count, and the journal as it is read once."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime

from schemas.deck import ShownItem
from schemas.intake import IgnoredMail, KnownMail
from schemas.remembered import Grown, RememberedCases, RememberedEffects


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case as the journal remembers it.

    ``fingerprint`` digests the minimum fields, ``content`` the row's identifying texts for matching; ``vanished``
    is set while the row is missing from a ledger that was read; ``in_file`` says that the number stood in the row when
    it was last seen (from then on the number alone tells which row it is).
    """

    case_id: str
    ledger: str
    number: str
    sheet: str
    row: int
    fingerprint: str
    content: tuple[str, ...]
    first_seen: datetime
    changed: datetime
    managed: bool
    baseline: bool
    folder: str = ""
    vanished: datetime | None = None
    in_file: bool = False


@dataclass(frozen=True, slots=True)
class TrackedValue:
    """What a field whose changes count says now: ``subject`` names field and row, e.g. 状态 or 计划完成日 措施:C1."""

    case_id: str
    subject: str
    value: str


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """A value a tracked field had, and when (aware) a pass first saw it."""

    value: str
    seen: datetime


@dataclass(frozen=True)
class Memory:
    """The journal as a pass sees it; it stays as it is, and an unchanged journal gives the very same object again."""

    site: str
    seen_ledgers: frozenset[str]                  # ledgers read before; the first pass over another one is its baseline
    cases: RememberedCases
    numbers: Set[str]                             # every number ever seen or reserved
    effects: RememberedEffects                    # latest state of every effect
    told: Set[tuple[str, str]]                    # (person, duty or event key) that a digest has told
    trails: Grown[tuple[str, str], tuple[TrailEntry, ...]]  # by (case id, subject), oldest value first
    unreadable_since: Mapping[str, datetime] = field(default_factory=dict)  # ledgers that cannot be read now
    mails: Mapping[str, KnownMail] = field(default_factory=dict)           # taken in, by digest
    ignored: Mapping[str, IgnoredMail] = field(default_factory=dict)       # left in the mailbox, by mailbox id
    #: What the latest weekly meetings were shown as open, by ISO week and case id.
    meetings: Mapping[str, Mapping[str, ShownItem]] = field(default_factory=dict)
