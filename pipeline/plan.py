"""Plan a pass: from what was observed, the journal's memory and the time to the effects that make up the difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pipeline.files.names import safe_name
from pipeline.rules.cases import case_of, children_of, directory_of, kept_fields
from pipeline.rules.decide import decide
from pipeline.rules.digest import DigestMatter, Newsdesk, wanted_digests
from pipeline.rules.history import History
from pipeline.rules.identity import Identification, Sighting, identify
from pipeline.rules.numbering import Numbering
from pipeline.rules.run_mails import RunFacts, replaced_today, wanted_run_mails
from pipeline.rules.runs import coming_week, starting_marks
from pipeline.rules.state import is_open
from pipeline.rules.wanted_cells import feedback_text, row_edits, wanted_cells
from pipeline.rules.wanted_documents import wanted_documents
from pipeline.rules.wanted_mails import CaseMails
from pipeline.rules.weekly_inputs import weekly_lines
from pipeline.workdays import Workdays
from schemas.case import Case, Directory, Standing
from schemas.decisions import Decisions
from schemas.effects import CellEdit, Effect, EffectKey, MakeFolder, ReserveNumber, SendMail, digest_of
from schemas.errors import KesuError
from schemas.ports import Documents, KnownCase, Memory
from schemas.settings import Settings
from schemas.workbook import WorkbookReading

SUBFOLDERS = ("附件", "固化文件")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one pass observed.

    ``readings`` are the ledgers that are known (fresh, or the last good with ``stale_because``); ``unreadable`` says
    why a ledger cannot be read now; ``folders`` gives the case folders that exist on the share, by number.
    """

    readings: tuple[WorkbookReading, ...]
    unreadable: Mapping[str, str]
    folders: Mapping[str, str]


@dataclass(slots=True)
class Plan:
    """The pass as decided: cases with decisions, what to remember, and the effects in the order to perform them."""

    cases: list[Case] = field(default_factory=list)
    decisions: dict[str, Decisions] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    pending: dict[str, list[str]] = field(default_factory=dict)
    known: list[KnownCase] = field(default_factory=list)
    vanished: list[KnownCase] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    effects: list[Effect] = field(default_factory=list)

    def handle(self, case: Case) -> str:
        """The key under which a case's decisions stand; a row without identity goes by its place."""
        return case.case_id or f"{case.ledger}!{case.place.sheet}!{case.place.row}"


@dataclass(slots=True)
class _Pass:
    """What every step of one planning needs."""

    snapshot: Snapshot
    memory: Memory
    settings: Settings
    documents: Documents
    calendar: Workdays
    now: datetime
    history: History
    directory: Directory
    mails: CaseMails
    plan: Plan = field(default_factory=Plan)
    edits: dict[str, list[CellEdit]] = field(default_factory=dict)


def folder_for(number: str, case: Case, settings: Settings) -> str:
    """``客诉资料/<year>/<number> <customer> <product>``, safe on Windows and Linux; the year is that of 接诉时间."""
    complaint = case.complaint
    year = complaint.received.day.year if complaint.received else case.first_seen.year
    words = [word for word in (complaint.customer, complaint.product or complaint.part_number) if word]
    name = " ".join([safe_name(number), *(safe_name(word, 24) for word in words)])
    return f"{settings.cases_folder}/{year}/{name}"


def _identified(work: _Pass, reading: WorkbookReading, first_id: int) -> Identification:
    of_ledger = {key: known for key, known in work.memory.cases.items() if known.ledger == reading.ledger}
    settling = timedelta(minutes=work.settings.settling_minutes)
    first_pass = reading.ledger not in work.memory.seen_ledgers
    return identify(reading, of_ledger, work.now, settling, first_id, baseline=first_pass)


def _number_effects(work: _Pass, sighting: Sighting, numbering: Numbering) -> tuple[Sighting, Effect | None]:
    """Reserve a number for a case that is managed from now on and has none."""
    known, received = sighting.known, sighting.row.record.received
    if sighting.standing is not Standing.MANAGED or known.number or received is None:
        return sighting, None
    number = numbering.next(received.day)
    key = work.history.once("number", known.case_id) or EffectKey(work.settings.site, "number", known.case_id)
    effect = Effect(key, f"编号 {number}", "", ReserveNumber(known.case_id, number), known.case_id)
    return replace(sighting, known=replace(known, number=number)), effect


def _folder_effect(work: _Pass, case: Case) -> tuple[Case, Effect | None]:
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


def _plan_case(work: _Pass, case: Case, kept: frozenset[str]) -> Case:
    """Decide on one case and append its effects: folder, documents, mails."""
    decisions = decide(case, kept, work.directory, work.settings, work.calendar, work.now)
    work.plan.decisions[work.plan.handle(case)] = decisions
    if case.standing in {Standing.BASELINE, Standing.AMBIGUOUS}:
        return case
    notice_files: dict[int, str] = {}
    if case.standing is Standing.MANAGED and case.number:
        case, folder = _folder_effect(work, case)
        if folder is not None:
            work.plan.effects.append(folder)
        try:
            work.plan.effects.extend(wanted_documents(case, decisions, work.documents, work.history))
            notice_files = {
                row.record.round: f"{case.folder}/{work.documents.file_name('notice', row.record.round)}"
                for row in case.rows.meetings if row.record.round is not None
            }
        except KesuError as fault:
            # a plant's kind.yaml that cannot be read: the case says so, everything else goes on
            work.mails.hold(case, f"文件未生成：{fault}")
    work.mails.add(case, decisions, notice_files)
    return case


def _plan_cells(work: _Pass, case: Case, reading: WorkbookReading, note: str) -> None:
    if case.standing is Standing.BASELINE or reading.stale_because:
        return
    settling = timedelta(minutes=work.settings.settling_minutes)
    quiet = case.standing is Standing.MANAGED or work.now - case.changed >= settling
    decisions = work.plan.decisions[work.plan.handle(case)]
    feedback = feedback_text(case, decisions, note) if quiet or note else None
    refused = frozenset(
        key.occasion for key in work.memory.effects if key.kind == "refused" and key.subject == reading.ledger
    )
    link = case.folder if case.standing is Standing.MANAGED else ""
    work.edits.setdefault(reading.ledger, []).extend(row_edits(case, reading, feedback, link, refused))


def _remember(work: _Pass, sighting: Sighting, case: Case) -> None:
    if sighting.known.case_id:
        work.plan.known.append(replace(sighting.known, number=case.number, folder=case.folder))


def _plan_ledger(work: _Pass, reading: WorkbookReading, numbering: Numbering, first_id: int) -> int:
    """Plan all rows of one ledger; returns the next free case id."""
    found = _identified(work, reading, first_id)
    children, kept = children_of(reading), kept_fields(reading)
    for seen in found.sightings:
        sighting, numbered = _number_effects(work, seen, numbering)
        if numbered is not None:
            work.plan.effects.append(numbered)
        number = sighting.known.number
        folder = work.memory.cases[sighting.known.case_id].folder if sighting.known.case_id in work.memory.cases else ""
        case = case_of(sighting, number, folder, children, reading.ledger)
        if sighting.note:
            work.plan.notes[work.plan.handle(case)] = sighting.note
        case = _plan_case(work, case, kept[case.place.sheet])
        _plan_cells(work, case, reading, sighting.note)
        _remember(work, sighting, case)
        work.plan.cases.append(case)
    if not reading.stale_because:
        gone = [known if known.vanished else replace(known, vanished=work.now) for known in found.vanished]
        work.plan.known.extend(gone)
        work.plan.vanished.extend(known for known in gone if known.number)
    used = [int(entry.known.case_id[1:]) for entry in found.sightings if entry.known.case_id]
    return max([first_id, *(number + 1 for number in used)])


def _baseline_summaries(work: _Pass) -> Iterator[Effect]:
    """One summary per owner of what stood in the ledger before the software came; nothing else is said of it."""
    owned: dict[str, list[Case]] = {}
    for case in work.plan.cases:
        if case.standing is Standing.BASELINE and is_open(case.complaint) and case.complaint.engineer:
            owned.setdefault(case.complaint.engineer, []).append(case)
    for person, cases in sorted(owned.items()):
        address = work.directory.mail_of(person)
        key = work.history.once("mail.baseline", person)
        first = any(case.ledger not in work.memory.seen_ledgers for case in cases)
        begun = work.history.latest("mail.baseline", person) is not None  # by a first pass that could not send
        if address is None or key is None or not (first or begun):
            continue
        rows = [
            {"label": case.label, "status": case.complaint.status.value if case.complaint.status else "",
             "received": str(case.complaint.received or ""), "problems": len(case.issues)}
            for case in cases
        ]
        how = ["这些客诉在启用前已在台账中，系统只列出，不编号、不建资料夹、不发提醒。",
               "需要纳入管理的，请在该行“纳入管理”列填“是”。"]
        context = {"person": person, "rows": rows, "how": how}
        ids = tuple(case.case_id for case in cases)
        payload = SendMail("baseline", (address,), (), context, (), ids)
        yield Effect(key, f"上线清单 {person}", digest_of(context), payload)


def _next_case_id(memory: Memory) -> int:
    return max((int(case_id[1:]) for case_id in memory.cases), default=0) + 1


def plan(
    snapshot: Snapshot, memory: Memory, settings: Settings, documents: Documents, calendar: Workdays, now: datetime
) -> Plan:
    """Everything that should exist by ``now`` (aware) and does not yet. Pure: no file, network or clock inside."""
    history = History(settings.site, memory.effects)
    directory = directory_of(snapshot.readings)
    mails = CaseMails(directory, settings, history, calendar, now)
    work = _Pass(snapshot, memory, settings, documents, calendar, now, history, directory, mails)
    seen = set(memory.numbers) | set(snapshot.folders)
    for reading in snapshot.readings:
        seen.update(reading.prenumbered())
        seen.update(row.record.number for row in reading.complaints if row.record.number)
    numbering = Numbering(settings.numbering, seen)
    first_id = _next_case_id(memory)
    for reading in snapshot.readings:
        first_id = _plan_ledger(work, reading, numbering, first_id)
    result = work.plan
    result.numbers |= seen
    result.pending = work.mails.pending
    result.effects.extend(work.mails.effects)
    result.effects.extend(_baseline_summaries(work))
    result.effects.extend(_rounds(work))
    result.effects.extend(_cells(work))
    return result


def _rounds(work: _Pass) -> Iterator[Effect]:
    """The mails that come in rounds: weekly day, month-end, and the day's digests, which those may replace."""
    listed = {Standing.MANAGED, Standing.HALF_TYPED, Standing.AMBIGUOUS}
    matters = [
        DigestMatter(case, work.plan.decisions[work.plan.handle(case)], work.mails.pending.get(case.case_id, ()))
        for case in work.plan.cases if case.standing in listed
    ]
    week = coming_week(work.now, work.calendar, work.settings)
    pairs = ((matter.case, matter.decisions) for matter in matters)
    lines = weekly_lines(pairs, week, work.directory, work.settings, work.now)
    desk = Newsdesk(matters, work.memory.effects.values(), work.memory.told, work.directory, lines)
    stale = [reading.ledger for reading in work.snapshot.readings if reading.stale_because]
    facts = RunFacts(desk, work.settings, work.calendar, work.history, stale, work.now)
    yield from starting_marks(work.now, work.calendar, work.settings, work.history)
    yield from wanted_run_mails(facts)
    yield from wanted_digests(
        desk, lambda: replaced_today(facts), work.settings, work.calendar, work.history, work.now
    )


def _cells(work: _Pass) -> Iterator[Effect]:
    for reading in work.snapshot.readings:
        effect = wanted_cells(reading, work.edits.get(reading.ledger, ()), work.history)
        if effect is not None:
            yield effect

