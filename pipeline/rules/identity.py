"""Which row is which case: by number, else by unchanged content, else by a unique best match (DESIGN, identity)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schemas.case import Standing
from schemas.effects import digest_of
from schemas.ports import KnownCase
from schemas.rows import Complaint
from schemas.workbook import Row, WorkbookReading

#: Fields that tell one unnumbered row from another, in this order in ``KnownCase.content``.
IDENTIFYING = ("received", "customer", "product", "part_number", "phenomenon", "lot", "defects", "engineer")
_SIMILAR_ENOUGH = 0.5   # half of the identifying words still there: a row being corrected, not another complaint
_SAME_PLACE = 0.25      # people insert and sort rows, so the place supports a match and never makes one


@dataclass(frozen=True, slots=True)
class Sighting:
    """One complaint row of this pass with its case; ``standing`` says what may be done with it."""

    row: Row[Complaint]
    known: KnownCase
    standing: Standing
    note: str = ""


@dataclass(frozen=True, slots=True)
class Identification:
    """The sightings of one ledger and the cases whose row is gone."""

    sightings: tuple[Sighting, ...]
    vanished: tuple[KnownCase, ...]


def identifying_texts(row: Row[Complaint]) -> tuple[str, ...]:
    """The identifying fields as they were typed ("" when blank)."""
    return tuple(" ".join(row.typed.get(name, "").split()) for name in IDENTIFYING)


def has_minimum(complaint: Complaint) -> bool:
    """接诉时间, 客户, 不良现象 and a product: what makes a row a complaint that can be worked on."""
    product = complaint.product or complaint.part_number
    return None not in (complaint.received, complaint.customer, complaint.phenomenon, product)


def minimum_fingerprint(row: Row[Complaint]) -> str:
    """Digest of the minimum fields; the settling time runs from its last change."""
    record = row.record
    return digest_of([str(record.received), record.customer, record.product, record.part_number, record.phenomenon])


def _likeness(content: Sequence[str], known: KnownCase, place: tuple[str, int]) -> float:
    pairs = [(new, old) for new, old in zip(content, known.content, strict=False) if new or old]
    same = sum(1 for new, old in pairs if new == old)
    share = same / len(pairs) if pairs else 0.0
    return share + (_SAME_PLACE if (known.sheet, known.row) == place else 0.0)


@dataclass(slots=True)
class _Matching:
    """The work sheet of one ledger's matching: rows and known cases that have no partner yet."""

    rows: dict[int, Row[Complaint]]
    free: dict[str, KnownCase]
    partner: dict[int, KnownCase]
    notes: dict[int, str]

    def pair(self, index: int, known: KnownCase) -> None:
        self.partner[index] = known
        self.free.pop(known.case_id)

    def open_rows(self) -> Iterator[tuple[int, Row[Complaint]]]:
        done = self.partner.keys() | self.notes.keys()
        return ((index, row) for index, row in self.rows.items() if index not in done)


def _match_numbers(work: _Matching) -> None:
    by_number = {known.number: known for known in work.free.values() if known.number}
    holders: dict[str, list[int]] = defaultdict(list)
    for index, row in work.rows.items():
        if row.record.number:
            holders[row.record.number].append(index)
    for number, indexes in holders.items():
        known = by_number.get(number)
        best = indexes[0]
        if known is not None:
            best = max(indexes, key=lambda index: _likeness_of(work, index, known))
            work.pair(best, known)
        for index in indexes:
            if index != best:
                work.notes[index] = f"编号 {number} 重复出现,只按其中一行处理;请改正本行编号"


def _likeness_of(work: _Matching, index: int, known: KnownCase) -> float:
    row = work.rows[index]
    return _likeness(identifying_texts(row), known, (row.place.sheet, row.place.row))


def _match_content(work: _Matching) -> None:
    waiting: dict[tuple[str, ...], list[KnownCase]] = defaultdict(list)
    for known in sorted(work.free.values(), key=lambda entry: (entry.sheet, entry.row)):
        waiting[known.content].append(known)
    for index, row in list(work.open_rows()):
        same = waiting.get(identifying_texts(row), [])
        number = row.record.number
        chosen = next((known for known in same if not number or not known.number), None)
        if chosen is not None:
            # equal rows are interchangeable, so pairing them in sheet order harms nobody
            same.remove(chosen)
            work.pair(index, chosen)
        elif same:
            before = same[0].number
            work.notes[index] = f"编号由 {before} 改成了 {number}:请改回 {before};若是另一件客诉,请把内容写得有所区别"


def _match_best(work: _Matching) -> None:
    scores: dict[int, list[tuple[float, str]]] = {}
    claims: dict[str, list[float]] = defaultdict(list)
    for index, row in work.open_rows():
        candidates = []
        for known in work.free.values():
            if known.in_file or (row.record.number and known.number):
                continue  # a row whose number stood in the file comes back by number or unchanged, never by likeness
            score = _likeness_of(work, index, known)
            if score >= _SIMILAR_ENOUGH:
                candidates.append((score, known.case_id))
                claims[known.case_id].append(score)
        scores[index] = sorted(candidates, reverse=True)
    for index, candidates in scores.items():
        if not candidates:
            continue
        score, case_id = candidates[0]
        rival = candidates[1][0] if len(candidates) > 1 else 0.0
        claimed = sorted(claims[case_id], reverse=True)
        contested = len(claimed) > 1 and score <= claimed[1]
        if rival == score or contested or case_id not in work.free:
            work.notes[index] = "本行与先前的几行都相似,无法确定是哪一件;请补全批次、数量等信息"
        else:
            work.pair(index, work.free[case_id])


def _standing(row: Row[Complaint], known: KnownCase, now: datetime, settling: timedelta) -> Standing:
    if known.baseline and row.record.take_in is not True and not known.managed:
        return Standing.BASELINE
    if known.managed:
        return Standing.MANAGED
    if not has_minimum(row.record):
        return Standing.HALF_TYPED
    return Standing.MANAGED if now - known.changed >= settling else Standing.SETTLING


def _updated(row: Row[Complaint], known: KnownCase, now: datetime) -> KnownCase:
    fingerprint = minimum_fingerprint(row)
    return replace(
        known,
        number=known.number or row.record.number or "",
        sheet=row.place.sheet,
        row=row.place.row,
        content=identifying_texts(row),
        fingerprint=fingerprint,
        changed=now if fingerprint != known.fingerprint else known.changed,
        vanished=None,
        in_file=row.record.number is not None,
    )


def _new_case(row: Row[Complaint], case_id: str, ledger: str, now: datetime, *, baseline: bool) -> KnownCase:
    return KnownCase(
        case_id=case_id, ledger=ledger, number=row.record.number or "", sheet=row.place.sheet, row=row.place.row,
        fingerprint=minimum_fingerprint(row), content=identifying_texts(row), first_seen=now, changed=now,
        managed=False, baseline=baseline,
    )


def identify(
    reading: WorkbookReading, known: Mapping[str, KnownCase], now: datetime, settling: timedelta, first_id: int,
    *, baseline: bool,
) -> Identification:
    """Match the complaint rows of one ledger with the cases known of it.

    ``known`` holds this ledger's cases by id; new rows get ids from ``first_id`` upwards. A row that cannot be told
    from another gets no case of its own: it stays AMBIGUOUS and waits. Pure; equal arguments give equal results.
    """
    work = _Matching(dict(enumerate(reading.complaints)), dict(known), {}, {})
    _match_numbers(work)
    _match_content(work)
    _match_best(work)
    sightings = []
    for index, row in work.rows.items():
        note = work.notes.get(index, "")
        partner = work.partner.get(index)
        if note:
            stranger = _new_case(row, "", reading.ledger, now, baseline=False)
            sightings.append(Sighting(row, stranger, Standing.AMBIGUOUS, note))
            continue
        if partner is None:
            partner = _new_case(row, f"c{first_id:06d}", reading.ledger, now, baseline=baseline)
            first_id += 1
        current = _updated(row, partner, now)
        standing = _standing(row, current, now, settling)
        current = replace(current, managed=current.managed or standing is Standing.MANAGED)
        sightings.append(Sighting(row, current, standing, note))
    return Identification(tuple(sightings), tuple(work.free.values()))
