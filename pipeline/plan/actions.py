"""Third step: the effects that make up the difference, case by case, then what concerns all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from pipeline.files.names import safe_name
from pipeline.plan.case_folder import SUBFOLDERS, folder_for
from pipeline.plan.work import Found, Pass
from pipeline.rules.alert_mails import line_stop_alert
from pipeline.rules.archives import ArchiveFacts, wanted_archives
from pipeline.rules.digest import DigestMatter, Newsdesk, wanted_digests
from pipeline.rules.intake_letters import Letters
from pipeline.rules.registration_row import registration_row
from pipeline.rules.reminders import wanted_reminders
from pipeline.rules.run_mails import RunFacts, replaced_today, wanted_run_mails
from pipeline.rules.runs import coming_week, starting_marks
from pipeline.rules.wanted_cells import feedback_text, row_edits, wanted_cells
from pipeline.rules.wanted_documents import wanted_documents
from pipeline.rules.wanted_intake import wanted_intake
from pipeline.rules.wanted_mails import MailFiles, add_mails
from pipeline.rules.wanted_pictures import wanted_pictures
from pipeline.rules.weekly_inputs import weekly_lines
from schemas.case import Case, Standing
from schemas.decisions import Decisions
from schemas.effects import Effect
from schemas.errors import KesuError
from schemas.follow_up import PenaltyProposal
from schemas.payloads import AttachedDocument, MakeFolder
from schemas.workbook import WorkbookReading


def _folder_effect(work: Pass, case: Case) -> tuple[Case, Effect | None]:
    """The case's folder: the one remembered, the one found on the share, or a new one; never renamed."""
    known = work.memory.cases.get(case.case_id)
    existing = (known.folder if known else "") or work.snapshot.folders.get(safe_name(case.number), "")
    there = safe_name(case.number) in work.snapshot.folders
    if existing and there and work.history.is_settled("folder", case.number):
        return replace(case, folder=existing), None
    folder = existing or folder_for(case.number, case, work.settings)
    case = replace(case, folder=folder)
    key = work.history.once("folder", case.number)
    if key is None:
        return case, None
    return case, Effect(key, f"资料夹 {folder}", "", MakeFolder(case.case_id, folder, SUBFOLDERS), case.case_id)


_SILENT = frozenset({Standing.BASELINE, Standing.AMBIGUOUS, Standing.REGISTERED})


def _plan_case(work: Pass, entry: Found) -> Case:
    """Append the effects one case calls for: folder, documents, mails."""
    case = entry.case
    decisions = work.plan.decisions[case.handle]
    has_wrong_number = case.standing is Standing.AMBIGUOUS and (case.case_id or entry.repeats)
    if has_wrong_number and work.settings.mail.line_stop_alert:
        line_stop_alert(work.mails, case, decisions)  # a number to be corrected is no reason to let a line stop
    if case.standing in _SILENT:
        return case
    files, advice = MailFiles(), work.plan.advice.get(case.handle)
    if case.standing is Standing.MANAGED and case.number:
        case, folder = _folder_effect(work, case)
        if folder is not None:
            work.plan.effects.append(folder)
        work.plan.effects.extend(wanted_pictures(case, work.history))
        work.plan.effects.extend(registration_row(case, decisions, work.settings, work.history))
        try:
            work.plan.effects.extend(wanted_documents(case, decisions, work.documents, work.history))
            files = MailFiles(
                _round_files(work, case, "notice"), _round_files(work, case, "minutes"),
                _penalty_forms(work, case, decisions, advice.penalties if advice else ()),
            )
        except KesuError as fault:
            # a plant's kind.yaml that cannot be read: the case says so, everything else goes on
            work.mails.hold(case, f"文件未生成：{fault}")
    add_mails(work.mails, case, decisions, advice, files)
    return case


def _round_files(work: Pass, case: Case, kind: str) -> dict[int, str]:
    """The file of each meeting, relative to the share."""
    return {
        row.record.round: f"{case.folder}/{work.documents.file_name(kind, row.record.round)}"
        for row in case.rows.meetings if row.record.round is not None
    }


def _penalty_forms(
    work: Pass, case: Case, decisions: Decisions, proposals: Sequence[PenaltyProposal]
) -> dict[str, AttachedDocument]:
    found = {}
    for proposal in proposals:
        name, context = work.documents.penalty(case, decisions, proposal)
        found[proposal.action] = AttachedDocument(name, "penalty", context)
    return found


def _plan_cells(work: Pass, case: Case, reading: WorkbookReading, note: str) -> None:
    if case.standing is Standing.BASELINE or reading.stale_because:
        return
    settling = timedelta(minutes=work.settings.settling_minutes)
    quiet = case.standing in {Standing.MANAGED, Standing.REGISTERED} or work.now - case.changed >= settling
    handle = case.handle
    feedback = None
    if quiet or note:
        feedback = feedback_text(case, work.plan.remarks[handle], note)
    link = case.folder if case.standing in {Standing.MANAGED, Standing.REGISTERED} else ""
    edits = row_edits(case, reading, feedback, link, work.refused[reading.ledger])
    work.edits.setdefault(reading.ledger, []).extend(edits)


def act(work: Pass) -> None:
    """The effects of every row, and what to remember of it."""
    letters = Letters(work.memory.mails)
    for entry in work.found:
        case = _plan_case(work, entry)
        _plan_cells(work, case, entry.reading, entry.note or letters.evidence(case.complaint))
        for sentence in letters.news_of(case.number, work.now):
            work.mails.hold(case, sentence)
        if entry.known.case_id:
            work.plan.known.append(replace(entry.known, folder=case.folder))
        work.plan.cases.append(case)
    managed = (
        (case, work.plan.decisions[case.handle]) for case in work.plan.cases
        if case.standing is Standing.MANAGED and case.number
    )
    work.plan.effects.extend(wanted_reminders(managed, work.directory, work.settings, work.history, safe_name))


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
            work.mails.pending.get(case.handle, ()),
        )
        for case in work.plan.cases if case.standing in listed
    ]
    week = coming_week(work.now, work.calendar, work.settings)
    pairs = ((matter.case, matter.decisions) for matter in matters)
    lines = weekly_lines(pairs, week, work.directory, work.settings, work.now)
    desk = Newsdesk(
        matters, work.memory.effects.values(), work.memory.told, work.directory, lines,
        work.settings.mail.quality_manager,
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
