"""Plans pass after pass: cases that changed or are due are planned, of the others the earlier plan is taken over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.plan.actions import archives, cells, intake, put_together, rounds
from pipeline.plan.deck import deck
from pipeline.plan.judgement import Likenesses, Related, relate, settle_claims
from pipeline.plan.one_case import CaseDesk, CasePlan, Matter
from pipeline.plan.outside import Asking, Outside, Question
from pipeline.plan.pass_time import PassTime, Validity
from pipeline.plan.sightings import Familiar, find
from pipeline.plan.work import Found, LedgerFacts, Pass, Plan, Snapshot
from pipeline.rules.baseline import baseline_summaries
from pipeline.rules.cases import columns_of, directory_of, kept_fields
from pipeline.rules.history import History
from pipeline.rules.intake_letters import Letters
from pipeline.rules.numbering import Numbering
from pipeline.workdays import Workdays
from schemas.case import Directory
from schemas.memory import Memory
from schemas.ports import Documents
from schemas.rows import SheetKind
from schemas.settings import Settings
from schemas.workbook import WorkbookReading


@dataclass(frozen=True, slots=True)
class Kept:
    """The plan of one case with all it was worked out from, and when that was and until when (not included) it holds.

    ``questions`` are what it asked of journal and share, with the answers.
    """

    matter: Matter
    questions: tuple[Question, ...]
    since: datetime
    until: datetime
    plan: CasePlan

    def holds(self, matter: Matter, outside: Outside, moment: datetime) -> bool:
        """Whether planning the case again would give the same plan."""
        return (
            self.since <= moment < self.until and self.matter == matter and outside.says_still(self.questions)
        )


@dataclass(frozen=True, slots=True)
class Basis:
    """What every case is planned on: when it differs, all are planned anew."""

    settings: Settings
    documents: Documents
    templates: object
    calendar: Workdays
    directory: Directory
    zone: object


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a whole plan is made from but the time."""

    snapshot: Snapshot
    memory: Memory
    settings: Settings
    documents: Documents
    templates: object
    calendar: Workdays
    zone: object
    asked: str
    month: str

    def same_as(self, other: Inputs) -> bool:
        """Whether the same plan would come out; a journal that did not change gives the same memory, the object."""
        return self.memory is other.memory and self.calendar is other.calendar and (
            self.snapshot == other.snapshot and self.settings == other.settings and self.documents is other.documents
            and self.templates == other.templates and self.zone == other.zone and self.asked == other.asked
            and self.month == other.month
        )


class Planner:
    """Plans the passes of one site in turn; each plan equals the one that a new planner would make (tested).

    It keeps no more than the last pass needed, and nothing that matters: whoever starts without it plans everything.
    """

    def __init__(self) -> None:
        self._last: tuple[Inputs, datetime, datetime, Plan] | None = None
        self._basis: Basis | None = None
        self._ledgers: dict[str, LedgerFacts] = {}
        self._familiar = Familiar()
        self._likenesses = Likenesses()
        self._kept: dict[str, Kept] = {}
        #: How many cases the last call worked out; the others were taken over.
        self.planned = 0

    def plan(
        self, snapshot: Snapshot, memory: Memory, settings: Settings, documents: Documents, calendar: Workdays,
        now: datetime, asked: str = "", month: str = "",
    ) -> Plan:
        """See ``pipeline.plan.plan``; the very same plan when nothing differs and nothing is due."""
        inputs = Inputs(snapshot, memory, settings, documents, documents.edition(), calendar, now.tzinfo, asked, month)
        if self._last is not None:
            before, since, until, planned = self._last
            if since <= now < until and inputs.same_as(before):
                self.planned = 0
                return planned
        self._last = None  # whatever fails in between
        validity = Validity()
        work = self._begin(inputs, now, validity)
        self._plan(work, validity)
        self._last = (inputs, now, validity.until, work.plan)
        return work.plan

    def _begin(self, inputs: Inputs, now: datetime, validity: Validity) -> Pass:
        """The pass with what holds for all its cases; facts equal to the last pass's are its very objects."""
        snapshot, memory, settings = inputs.snapshot, inputs.memory, inputs.settings
        basis = Basis(
            settings, inputs.documents, inputs.templates, inputs.calendar, directory_of(snapshot.readings), inputs.zone
        )
        if basis == self._basis:
            basis = self._basis
        else:
            self._basis = basis
            self._kept.clear()
            self._likenesses = Likenesses()
        refused, columns = _refused(memory), _columns(snapshot, settings)
        ledgers = {
            reading.ledger: _facts_of(
                reading, settings, columns[reading.ledger], frozenset(refused[reading.ledger])
            ) for reading in snapshot.readings
        }
        self._ledgers = {
            name: self._ledgers[name] if self._ledgers.get(name) == facts else facts for name, facts in ledgers.items()
        }
        return Pass(
            snapshot, memory, settings, inputs.documents, inputs.calendar, PassTime.watched(now, validity), now,
            History(settings.site, memory.effects), basis.directory, inputs.asked, inputs.month,
            self._ledgers,
        )

    def _plan(self, work: Pass, validity: Validity) -> None:
        """Case by case, then what concerns all of them, in the order of performing."""
        result, memory = work.plan, work.memory
        result.numbers |= _new_numbers(work)
        numbering = Numbering(work.settings.numbering, memory.numbers, result.numbers)
        first_id = memory.cases.last_id + 1
        self._familiar.next_pass()
        for reading in work.snapshot.readings:
            first_id = find(work, reading, self._familiar, numbering, first_id)
        settle_claims(work)
        put_together(work, self._case_plans(work, relate(work, self._likenesses), validity))
        result.effects.extend(baseline_summaries(result.cases, memory.seen_ledgers, work.directory, work.history))
        result.effects.extend(archives(work))
        result.effects.extend(rounds(work))
        result.effects.extend(deck(work))
        result.effects.extend(cells(work))
        result.effects.extend(intake(work))

    def _case_plans(
        self, work: Pass, related: Mapping[str, Related], validity: Validity
    ) -> Iterator[tuple[Found, CasePlan]]:
        """Each case with its plan, worked out now or taken over."""
        outside = Outside(work.memory, work.snapshot, work.plan.numbers)
        letters = Letters(work.memory.mails)
        before, self._kept, self.planned = self._kept, {}, 0
        for found in work.found:
            case = found.case
            matter = Matter(
                found, work.ledgers[case.ledger], related.get(case.handle), letters.evidence(case.complaint),
                tuple(letters.news_of(case.number, work.now)),
            )
            kept = before.get(case.handle)
            if kept is None or not kept.holds(matter, outside, work.moment):
                kept = _worked_out(work, matter, outside)
                self.planned += 1
            self._kept[case.handle] = kept
            validity.ends(kept.until)
            yield found, kept.plan


def _worked_out(work: Pass, matter: Matter, outside: Outside) -> Kept:
    asking, validity = Asking(outside), Validity()
    planned = CaseDesk(work, matter, asking, PassTime.watched(work.moment, validity)).plan()
    return Kept(matter, tuple(asking.questions), work.moment, validity.until, planned)


def _refused(memory: Memory) -> defaultdict[str, set[str]]:
    """By ledger, the cells that cannot be patched, so that they are not tried every pass."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for _, subject, occasion in memory.effects.names("refused"):
        found[subject].add(occasion)
    return found


def _columns(snapshot: Snapshot, settings: Settings) -> dict[str, Mapping[SheetKind, frozenset[str]]]:
    """By ledger, what its sheets keep; a sheet that only personal ledgers have goes on counting once registered."""
    own = {reading.ledger: columns_of(reading) for reading in snapshot.readings}
    shared = settings.shared_ledgers
    beside: dict[SheetKind, frozenset[str]] = {
        kind: fields for ledger, sheets in own.items() if ledger not in shared
        for kind, fields in sheets.items() if kind is not SheetKind.COMPLAINTS
    }
    return {ledger: {**beside, **sheets} if ledger in shared else sheets for ledger, sheets in own.items()}


def _facts_of(
    reading: WorkbookReading, settings: Settings, columns: Mapping[SheetKind, frozenset[str]], refused: frozenset[str]
) -> LedgerFacts:
    return LedgerFacts(
        reading.ledger, {sheet.name: sheet.columns for sheet in reading.sheets}, kept_fields(reading),
        columns, refused, reading.ledger not in settings.shared_ledgers, bool(reading.stale_because),
    )


def _new_numbers(work: Pass) -> set[str]:
    """The numbers that stand on ledgers and share and that the journal has not seen."""
    found = set(work.snapshot.folders)
    for reading in work.snapshot.readings:
        found.update(reading.prenumbered())
        found.update(row.record.number for row in reading.complaints if row.record.number)
    return found - work.memory.numbers
