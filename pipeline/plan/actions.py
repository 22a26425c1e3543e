"""Last step: the plans of all cases put together, and what concerns all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.files.names import safe_name
from pipeline.plan.one_case import CasePlan
from pipeline.plan.work import Found, Pass
from pipeline.rules.archives import ArchiveFacts, wanted_archives
from pipeline.rules.digest import DigestMatter, Newsdesk, wanted_digests
from pipeline.rules.reminders import person_calendars
from pipeline.rules.run_mails import RunFacts, replaced_today, wanted_run_mails
from pipeline.rules.runs import coming_week, starting_marks
from pipeline.rules.wanted_cells import wanted_cells
from pipeline.rules.wanted_intake import wanted_intake
from pipeline.rules.weekly_inputs import weekly_lines
from schemas.case import Standing
from schemas.effects import Effect


def put_together(work: Pass, cases: Iterable[tuple[Found, CasePlan]]) -> None:
    """The plans of the cases in the order of the ledgers: papers, calendars, then the mails of all."""
    plan, owing = work.plan, []
    calendars: list[Effect] = []
    mails: list[Effect] = []
    for found, planned in cases:
        case, handle = planned.case, planned.case.handle
        plan.cases.append(case)
        plan.decisions[handle], plan.remarks[handle] = planned.decisions, planned.remarks
        if planned.advice is not None:
            plan.advice[handle] = planned.advice
        if found.note:
            plan.notes[handle] = found.note
        if planned.pending:
            plan.pending[handle] = list(planned.pending)
        plan.trails.extend(planned.trails)
        plan.effects.extend(planned.effects)
        calendars.extend(planned.calendar)
        mails.extend(planned.mails)
        if planned.entries:
            owing.append((case, planned.decisions, planned.entries))
        if planned.edits:
            work.edits.setdefault(case.ledger, []).extend(planned.edits)
        _remember(work, found, case.folder)
    plan.effects.extend(calendars)
    plan.effects.extend(person_calendars(owing, work.directory, work.settings, work.history, safe_name))
    plan.effects.extend(mails)


def _remember(work: Pass, found: Found, folder: str) -> None:
    """What the journal does not know of a case yet."""
    known = found.known if found.known.folder == folder else replace(found.known, folder=folder)
    before = work.memory.cases.get(known.case_id) if known.case_id else known
    if before is not known and before != known:
        work.plan.known.append(known)


def intake(work: Pass) -> Iterator[Effect]:
    """What has to happen with the mails and files that came in, and what to remember and say of them."""
    wanted = wanted_intake(
        work.snapshot.arrivals, work.plan.cases, work.memory, work.settings, work.directory, work.history,
        work.snapshot.readings, work.now,
    )
    work.plan.taken.extend(wanted.remember)
    work.plan.ignored.extend(wanted.ignored)
    work.plan.alerts.extend(wanted.alerts)
    yield from wanted.effects


def rounds(work: Pass) -> Iterator[Effect]:
    """The mails that come in rounds: weekly day, month-end, and the day's digests, which those may replace."""
    listed = {Standing.MANAGED, Standing.HALF_TYPED, Standing.AMBIGUOUS}
    matters = [
        DigestMatter(
            case, work.plan.decisions[case.handle], work.plan.remarks[case.handle],
            work.plan.pending.get(case.handle, ()),
        )
        for case in work.plan.cases if case.standing in listed
    ]
    week = coming_week(work.now, work.calendar, work.settings)
    pairs = ((matter.case, matter.decisions) for matter in matters)
    lines = weekly_lines(pairs, week, work.directory, work.settings, work.now)
    desk = Newsdesk(
        matters, work.memory.effects.values(), work.memory.told, work.directory, lines,
        work.now.date(), work.settings.mail.quality_manager,
    )
    stale = [reading.ledger for reading in work.snapshot.readings if reading.stale_because]
    facts = RunFacts(desk, work.documents, work.settings, work.calendar, work.history, stale, work.now)
    yield from starting_marks(work.now, work.calendar, work.settings, work.history)
    yield from wanted_run_mails(facts)
    yield from wanted_digests(
        desk, lambda: replaced_today(facts), work.settings, work.calendar, work.history, work.now
    )


def archives(work: Pass) -> Iterator[Effect]:
    """The month's archive, supplements, and the mail about them; after the documents that belong in."""
    pairs = [(case, work.plan.decisions[case.handle]) for case in work.plan.cases]
    yield from wanted_archives(ArchiveFacts(
        pairs, work.documents, work.directory, work.settings, work.calendar, work.history, work.now, work.month
    ))


def cells(work: Pass) -> Iterator[Effect]:
    """One effect a ledger for all our cells that differ."""
    for reading in work.snapshot.readings:
        effect = wanted_cells(reading, work.edits.get(reading.ledger, ()), work.history)
        if effect is not None:
            yield effect
