"""Second step: decisions, advice and remarks on every case; nothing is done yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from pipeline.files.names import safe_name
from pipeline.plan.work import Found, Pass
from pipeline.rules.advise import Around, advise
from pipeline.rules.cases import columns_of
from pipeline.rules.decide import decide
from pipeline.rules.recurrence import EarlierCases, find_recurrences
from pipeline.rules.registration import contested, origin_name, registered_elsewhere
from pipeline.rules.remarks import remarks
from pipeline.rules.report_typed import with_documents
from pipeline.rules.state import is_current
from pipeline.rules.trail import tracked_values, with_trail
from schemas.case import Case, Standing
from schemas.decisions import Decisions
from schemas.errors import KesuError
from schemas.follow_up import Recurrence, RecurrenceKind
from schemas.rows import SheetKind


def _decide(work: Pass) -> None:
    """Decisions on every row: a personal row that stands on the shared ledger by now gives way to it."""
    shared = work.settings.shared_ledgers
    registered = registered_elsewhere((entry.case for entry in work.found), shared) | _registered_before(work)
    taken = contested(((entry.case, entry.known) for entry in work.found), shared, registered)
    for entry in work.found:
        if entry.case.case_id in taken:
            _set_aside(entry, taken[entry.case.case_id])
        elif entry.case.ledger not in shared and entry.case.number in registered:
            entry.case = replace(entry.case, standing=Standing.REGISTERED)
        entry.case = with_trail(entry.case, work.memory.trails, work.now)
        if entry.case.standing is Standing.MANAGED:
            work.plan.trails.extend(tracked_values(entry.case))
        handle = entry.case.handle
        work.plan.decisions[handle] = decide(
            entry.case, entry.kept, work.directory, work.settings, work.calendar, work.now
        )
        entry.case = _with_reports(work, entry.case, work.plan.decisions[handle])
        if entry.note:
            work.plan.notes[handle] = entry.note


def _registered_before(work: Pass) -> frozenset[str]:
    """Numbers on a shared ledger that cannot be read now and has no last good reading: its rows still stand there."""
    read = {reading.ledger for reading in work.snapshot.readings}
    unread = {name for name in work.settings.shared_ledgers if name not in read}
    return frozenset(
        known.number for known in work.memory.cases.values()
        if known.ledger in unread and known.in_file and not known.vanished
    )


def _set_aside(entry: Found, holder: str) -> None:
    """A row whose number another ledger's complaint has waits for a person; the number is not remembered as its own."""
    remedy = "若是另一件客诉，请改正本行编号；若是同一件，请只留一行"
    entry.note = f"编号 {entry.case.number} 在 {holder} 中已有，本行暂不处理：{remedy}"
    entry.known = replace(entry.known, number="")
    entry.case = replace(entry.case, standing=Standing.AMBIGUOUS, origin=origin_name(entry.known))


def _with_reports(work: Pass, case: Case, decisions: Decisions) -> Case:
    """The case with what people typed into its documents."""
    folder = case.folder or work.snapshot.folders.get(safe_name(case.number), "")  # remembered from its second pass on
    if case.standing is not Standing.MANAGED or not folder:
        return case
    try:
        return with_documents(replace(case, folder=folder), decisions, work.documents, work.snapshot.documents)
    except KesuError:
        return case  # a template that cannot be read; the effect that renders it says so


def _recurrences(work: Pass, current: list[Found]) -> dict[str, tuple[Recurrence, ...]]:
    """What each current complaint may be a recurrence of, by case id; all rows of the site count as earlier ones."""
    earlier = EarlierCases(entry.case for entry in work.found if entry.case.standing is not Standing.REGISTERED)
    return {
        entry.case.case_id: find_recurrences(
            entry.case, earlier, work.settings.for_customer(entry.case.complaint.customer).recurrence
        )
        for entry in current
    }


def _recurred(
    current: list[Found], recurrences: Mapping[str, Sequence[Recurrence]]
) -> defaultdict[str, dict[str, date]]:
    """By case id of the earlier complaint, the later ones that look like it again, with the day they came."""
    recurred: defaultdict[str, dict[str, date]] = defaultdict(dict)
    for entry in current:
        received = entry.case.complaint.received
        for found in recurrences[entry.case.case_id]:
            if found.kind is RecurrenceKind.RECURRENCE and received is not None:
                recurred[found.earlier_id][entry.case.name] = received.day
    return recurred


def _advise(work: Pass) -> None:
    """Advice on every managed complaint that is current, and on the one asked for; history is left alone."""
    managed = [entry for entry in work.found if entry.case.standing is Standing.MANAGED]
    current = [entry for entry in managed if is_current(entry.case.complaint, work.now.date())]
    if work.asked:
        there = {entry.case.case_id for entry in current}
        asked = (entry for entry in work.found if entry.case.number == work.asked)
        current += [entry for entry in asked if entry.case.case_id not in there]
    recurrences = _recurrences(work, current)
    recurred = _recurred(current, recurrences)
    known = frozenset(work.plan.numbers | {entry.case.number for entry in work.found})
    columns = _columns(work)
    for entry in current:
        case, handle = entry.case, entry.case.handle
        around = Around(
            columns[case.ledger], entry.kept, recurrences[case.case_id], recurred[case.case_id], known
        )
        settings = work.settings.for_customer(case.complaint.customer)
        work.plan.advice[handle] = advise(
            case, work.plan.decisions[handle], around, work.directory, settings, work.now
        )


def _columns(work: Pass) -> dict[str, Mapping[SheetKind, frozenset[str]]]:
    """By ledger, what its sheets keep; a sheet that only personal ledgers have goes on counting once registered."""
    own = {reading.ledger: columns_of(reading) for reading in work.snapshot.readings}
    shared = work.settings.shared_ledgers
    beside: dict[SheetKind, frozenset[str]] = {
        kind: fields for ledger, sheets in own.items() if ledger not in shared
        for kind, fields in sheets.items() if kind is not SheetKind.COMPLAINTS
    }
    return {ledger: {**beside, **sheets} if ledger in shared else sheets for ledger, sheets in own.items()}


def judge(work: Pass) -> None:
    """Decisions, advice and remarks on every row that was found."""
    _decide(work)
    _advise(work)
    for entry in work.found:
        handle = entry.case.handle
        work.plan.remarks[handle] = remarks(
            entry.case, work.plan.decisions[handle], work.plan.advice.get(handle),
            personal=entry.case.ledger not in work.settings.shared_ledgers,
        )
