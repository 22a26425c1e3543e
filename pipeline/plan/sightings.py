"""First step: who is who. Rows become cases with identity, number, files and trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipeline.files.names import safe_name
from pipeline.plan.work import Found, Pass
from pipeline.rules.cases import ChildRows, case_of, children_of, kept_fields, with_owner
from pipeline.rules.identity import IDENTIFYING, Identification, Sighting, identify, row_name
from pipeline.rules.numbering import Numbering
from pipeline.rules.registration import origin_name
from schemas.case import CaseFiles, Standing
from schemas.effects import Effect, EffectKey
from schemas.memory import Memory
from schemas.payloads import ReserveNumber
from schemas.workbook import WorkbookReading

#: Where customer and phenomenon stand among the identifying texts of a row.
_SAME_COMPLAINT = (IDENTIFYING.index("customer"), IDENTIFYING.index("phenomenon"))


def _identified(work: Pass, reading: WorkbookReading, first_id: int) -> Identification:
    of_ledger = {key: known for key, known in work.memory.cases.items() if known.ledger == reading.ledger}
    settling = timedelta(minutes=work.settings.settling_minutes)
    first_pass = reading.ledger not in work.memory.seen_ledgers
    return identify(reading, of_ledger, work.now, settling, first_id, baseline=first_pass)


def _number_effects(work: Pass, sighting: Sighting, numbering: Numbering) -> tuple[Sighting, Effect | None]:
    """Reserve a number for a case that is managed from now on and has none."""
    known, received = sighting.known, sighting.row.record.received
    if sighting.standing is not Standing.MANAGED or known.number or received is None:
        return sighting, None
    number = numbering.next(received.day)
    key = work.history.once("number", known.case_id) or EffectKey(work.settings.site, "number", known.case_id)
    effect = Effect(key, f"编号 {number}", "", ReserveNumber(known.case_id, number), known.case_id)
    return replace(sighting, known=replace(known, number=number)), effect


def _carried_on(work: Pass, sighting: Sighting) -> Sighting:
    """The shared row of a complaint that is managed already is neither stock nor to settle again: its clocks go on.

    Customer and phenomenon must be the same, for an old row may carry a number that somebody uses anew.
    """
    known, origin = sighting.known, work.origins.get(sighting.known.number)
    if origin is None or not origin.managed or sighting.standing not in {Standing.BASELINE, Standing.SETTLING}:
        return sighting
    if known.ledger not in work.settings.shared_ledgers or origin.ledger in work.settings.shared_ledgers:
        return sighting
    same = all(known.content[field] == origin.content[field] for field in _SAME_COMPLAINT)
    return replace(sighting, standing=Standing.MANAGED, known=replace(known, managed=True)) if same else sighting


def _files(work: Pass, number: str) -> CaseFiles | None:
    """What lies in the case's folder; a folder that is still to be made is empty, one not seen into is unknown."""
    if not number:
        return None
    folder = work.snapshot.folders.get(safe_name(number))
    return CaseFiles() if folder is None else work.snapshot.files.get(folder)


def _children(work: Pass, reading: WorkbookReading) -> ChildRows:
    """The rows of the other sheets by number; what a registered complaint has on its personal ledger goes on counting.

    Where both ledgers have rows of one kind for a number, those of the shared one do.
    """
    own = children_of(reading)
    if reading.ledger not in work.settings.shared_ledgers:
        return own
    for other in work.snapshot.readings:
        if other.ledger not in work.settings.shared_ledgers:
            for kind, rows in children_of(other).items():
                own[kind] = {**rows, **own.get(kind, {})}
    return own


def _owner(work: Pass, ledger: str) -> str:
    return next((setting.owner for setting in work.settings.ledgers if setting.file == ledger), "")


def find(work: Pass, reading: WorkbookReading, numbering: Numbering, first_id: int) -> int:
    """Say who is who on one ledger, and give numbers; returns the next free case id."""
    identified = _identified(work, reading, first_id)
    owner = _owner(work, reading.ledger)
    children, kept = _children(work, reading), kept_fields(reading)
    for seen in identified.sightings:
        sighting, numbered = _number_effects(work, seen, numbering)
        if numbered is not None:
            work.plan.effects.append(numbered)
        sighting = _carried_on(work, sighting)
        known = sighting.known
        remembered = work.memory.cases.get(known.case_id)
        folder = remembered.folder if remembered else ""
        case = with_owner(case_of(sighting, known.number, folder, children, reading.ledger), owner)
        origin = work.origins.get(known.number, known)
        case = replace(
            case, files=_files(work, known.number), first_seen=origin.first_seen, origin=origin_name(origin),
            was_stock=known.baseline,
        )
        if not known.case_id:
            case = replace(case, first_seen=known.first_seen, origin=row_name(reading.ledger, seen.row))
        work.found.append(Found(case, known, reading, kept[case.place.sheet], sighting.note, sighting.repeats))
    if not reading.stale_because:
        gone = [known if known.vanished else replace(known, vanished=work.now) for known in identified.vanished
                if known.sheet not in reading.unread]
        work.plan.known.extend(gone)
        work.plan.vanished.extend(known for known in gone if known.number)
    used = [int(entry.known.case_id[1:]) for entry in identified.sightings if entry.known.case_id]
    return max([first_id, *(number + 1 for number in used)])


def next_case_id(memory: Memory) -> int:
    """The first id that no case has had; ids are never used again."""
    return max((int(case_id[1:]) for case_id in memory.cases), default=0) + 1
