"""First step: who is who. Rows become cases with identity, number and files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from pipeline.files.names import safe_name
from pipeline.plan.work import Found, Pass
from pipeline.rules.cases import ChildRows, case_of, children_of, columns_of, with_owner
from pipeline.rules.identity import Identification, Sighting, identify
from pipeline.rules.numbering import Numbering
from pipeline.rules.registration import origin_name, origin_of
from pipeline.rules.row_content import IDENTIFYING, RowDigests, row_name
from schemas.case import CaseFiles, Standing
from schemas.effects import Effect, EffectKey
from schemas.memory import KnownCase
from schemas.payloads import ReserveNumber
from schemas.rows import SheetKind
from schemas.workbook import WorkbookReading

#: Where customer and phenomenon stand among the identifying texts of a row.
_SAME_COMPLAINT = (IDENTIFYING.index("customer"), IDENTIFYING.index("phenomenon"))
_NOT_STOOD = frozenset({Standing.BASELINE, Standing.SETTLING})
_NO_FILES = CaseFiles()


@dataclass
class Familiar:
    """Rows seen in earlier passes: what is made of an unchanged row again is the very same object.

    By ledger the digests of its rows; by handle everything that a case was put together from, and the case.
    """

    digests: dict[str, RowDigests] = field(default_factory=dict)
    found: dict[str, tuple[tuple[object, ...], Found]] = field(default_factory=dict)
    before: dict[str, tuple[tuple[object, ...], Found]] = field(default_factory=dict)

    def next_pass(self) -> None:
        """What is not found again is forgotten."""
        self.before, self.found = self.found, {}


def _identified(work: Pass, reading: WorkbookReading, familiar: Familiar, first_id: int) -> Identification:
    of_ledger = work.memory.cases.of_ledger(reading.ledger)
    settling = timedelta(minutes=work.settings.settling_minutes)
    first_pass = reading.ledger not in work.memory.seen_ledgers
    digests = familiar.digests.setdefault(reading.ledger, RowDigests())
    return identify(reading, of_ledger, work.now, settling, first_id, baseline=first_pass, digests=digests)


def _to_remember(work: Pass, known: KnownCase) -> KnownCase:
    """The case with the plain time where it was seen first, or changed, in this pass."""
    if known.changed is not work.now:
        return known
    first = work.moment if known.first_seen is work.now else known.first_seen
    return replace(known, first_seen=first, changed=work.moment)


def _number_effects(work: Pass, sighting: Sighting, numbering: Numbering) -> tuple[Sighting, Effect | None]:
    """Reserve a number for a case that is managed from now on and has none."""
    known, received = sighting.known, sighting.row.record.received
    if sighting.standing is not Standing.MANAGED or known.number or received is None:
        return sighting, None
    number = numbering.next(received.day)
    key = work.history.once("number", known.case_id) or EffectKey(work.settings.site, "number", known.case_id)
    effect = Effect(key, f"编号 {number}", "", ReserveNumber(known.case_id, number), known.case_id)
    return replace(sighting, known=replace(known, number=number)), effect


def _carried_on(work: Pass, sighting: Sighting, origin: KnownCase | None) -> Sighting:
    """The shared row of a complaint that is managed already is neither stock nor to settle again: its clocks go on.

    Customer and phenomenon must be the same, for an old row may carry a number that somebody uses anew.
    """
    known = sighting.known
    if sighting.standing not in _NOT_STOOD or origin is None or not origin.managed:
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
    return _NO_FILES if folder is None else work.snapshot.files.get(folder)


def _children(work: Pass, reading: WorkbookReading) -> ChildRows:
    """The rows of the other sheets by number; what a registered complaint has on its personal ledger goes on counting.

    Where both ledgers have rows of one kind for a number, those of the shared one do.
    """
    own = children_of(reading)
    if reading.ledger in work.settings.shared_ledgers:
        for other in work.snapshot.readings:
            if other.ledger not in work.settings.shared_ledgers:
                own = own.before(children_of(other))
    return own


def _owner(work: Pass, ledger: str) -> str:
    return next((setting.owner for setting in work.settings.ledgers if setting.file == ledger), "")


def _found(
    work: Pass, familiar: Familiar, sighting: Sighting, origin: KnownCase | None, children: ChildRows, owner: str,
    *, reviewed: bool,
) -> Found:
    """The case of a row, put together anew when anything differs of what it is put together from."""
    known, row = sighting.known, sighting.row
    remembered = work.memory.cases.get(known.case_id)
    folder = remembered.folder if remembered else ""
    origin, files = origin or known, _files(work, known.number)
    handle = known.case_id or f"{known.ledger}!{row.place.sheet}!{row.place.row}"
    facts = (
        row, known, sighting.standing, sighting.note, sighting.repeats, folder, files, origin, owner,
        children.kinds, children.of(known.number), reviewed,
    )
    before = familiar.before.get(handle)
    if before is not None and before[0] == facts:
        familiar.found[handle] = before
        return before[1]
    case = replace(
        with_owner(case_of(sighting, known.number, folder, children, known.ledger, reviewed=reviewed), owner),
        files=files, first_seen=origin.first_seen, origin=origin_name(origin), was_stock=known.baseline,
    )
    if not known.case_id:
        case = replace(case, first_seen=known.first_seen, origin=row_name(known.ledger, row))
    found = Found(case, known, sighting.note, sighting.repeats)
    familiar.found[handle] = (facts, found)
    return found


def find(work: Pass, reading: WorkbookReading, familiar: Familiar, numbering: Numbering, first_id: int) -> int:
    """Say who is who on one ledger, and give numbers; returns the next free case id."""
    identified = _identified(work, reading, familiar, first_id)
    children, owner = _children(work, reading), _owner(work, reading.ledger)
    reviewed = any("review" in columns_of(other).get(SheetKind.ACTIONS, ()) for other in work.snapshot.readings)
    for seen in identified.sightings:
        first = replace(seen, known=_to_remember(work, seen.known)) if seen.known.changed is work.now else seen
        sighting, numbered = _number_effects(work, first, numbering)
        if numbered is not None:
            work.plan.effects.append(numbered)
        origin = origin_of(sighting.known.number, work.memory.cases)
        sighting = _carried_on(work, sighting, origin)
        work.found.append(_found(work, familiar, sighting, origin, children, owner, reviewed=reviewed))
        if sighting.known.case_id:
            first_id = max(first_id, int(sighting.known.case_id[1:]) + 1)
    if not reading.stale_because:
        gone = [known if known.vanished else replace(known, vanished=work.moment) for known in identified.vanished
                if known.sheet not in reading.unread]
        work.plan.known.extend(gone)
        work.plan.vanished.extend(known for known in gone if known.number)
    return first_id
