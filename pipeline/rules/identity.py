"""Which row is which case: by number, else by unchanged content, else by a unique best match (DESIGN, identity)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.rules.row_content import RowDigests, has_minimum
from schemas.case import Standing
from schemas.memory import KnownCase
from schemas.rows import Complaint
from schemas.workbook import Row, WorkbookReading

_SIMILAR_ENOUGH = 0.6   # most of the identifying words still there: a row being corrected, not another complaint
_SAME_PLACE = 0.25      # people insert and sort rows, so the place supports a match and never makes one
_EACH_EQUAL = 0.01      # among equal shares, the one with more equal words
_FEWEST_EQUAL = 2       # one equal word (the customer, say) elsewhere on the sheet is no likeness
_TOO_COMMON = 50        # cases that may share a word before it tells nothing
_MARGIN = 0.05          # two matches closer than this are as good as equal


@dataclass(frozen=True, slots=True)
class Sighting:
    """One complaint row of this pass with its case; ``standing`` says what may be done with it.

    ``repeats``: the row has no case because its number is another row's; nothing was ever done for it under any name.
    """

    row: Row[Complaint]
    known: KnownCase
    standing: Standing
    note: str = ""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Identification:
    """The sightings of one ledger and the cases whose row is gone."""

    sightings: tuple[Sighting, ...]
    vanished: tuple[KnownCase, ...]


def _likeness(content: Sequence[str], known: KnownCase, place: tuple[str, int]) -> float:
    """Share of the fields filled before and now that are still equal; a field typed since then speaks for nothing."""
    both = [(new, old) for new, old in zip(content, known.content, strict=True) if new and old]
    same = sum(1 for new, old in both if new == old)
    here = (known.sheet, known.row) == place
    if not both or (same < _FEWEST_EQUAL and not here):
        return 0.0
    return same / len(both) + same * _EACH_EQUAL + (_SAME_PLACE if here else 0.0)


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """A row and a known case that may be the same, with how alike they are."""

    likeness: float
    row: int
    case_id: str


@dataclass(slots=True)
class _Matching:
    """The work sheet of one ledger's matching: rows and known cases that have no partner yet."""

    rows: dict[int, Row[Complaint]]
    digests: RowDigests
    free: dict[str, KnownCase]
    partner: dict[int, KnownCase]
    notes: dict[int, str]
    contested: set[str]
    repeats: set[int]

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
            if len(indexes) > 1:
                best = max(indexes, key=lambda index: _likeness_of(work, index, known))
            work.pair(best, known)
        for index in indexes:
            if index != best:
                work.repeats.add(index)
                work.notes[index] = f"编号 {number} 重复出现，只按其中一行处理；请改正本行编号"


def _likeness_of(work: _Matching, index: int, known: KnownCase) -> float:
    row = work.rows[index]
    return _likeness(work.digests.texts(row), known, (row.place.sheet, row.place.row))


def _match_content(work: _Matching) -> None:
    waiting: dict[tuple[str, ...], list[KnownCase]] = defaultdict(list)
    for known in sorted(work.free.values(), key=lambda entry: (entry.sheet, entry.row)):
        waiting[known.content].append(known)
    for index, row in list(work.open_rows()):
        same = waiting.get(work.digests.texts(row), [])
        number = row.record.number
        chosen = next((known for known in same if not number or not known.number), None)
        if chosen is not None:
            # equal rows are interchangeable, so pairing them in sheet order harms nobody
            same.remove(chosen)
            work.pair(index, chosen)
        elif same:
            before = same[0].number
            work.notes[index] = f"编号由 {before} 改成了 {number}：请改回 {before}；若是另一件客诉，内容须有区别"


class _Neighbours:
    """Known cases that share a word or the place with a row; words that many cases share find nobody.

    Without it, a column that is mapped differently today would compare every row with every case.
    """

    def __init__(self, cases: Iterable[KnownCase]) -> None:
        self._by_word: dict[tuple[int, str], list[KnownCase]] = defaultdict(list)
        self._by_place = {}
        for known in cases:
            # a row whose number stood in the file comes back by number or unchanged, never by likeness
            if not known.in_file:
                self._by_place[known.sheet, known.row] = known
                for field, word in enumerate(known.content):
                    self._by_word[field, word].append(known)

    def of(self, content: Sequence[str], place: tuple[str, int]) -> Iterable[KnownCase]:
        found: dict[str, KnownCase] = {}
        if place in self._by_place:
            found[self._by_place[place].case_id] = self._by_place[place]
        for field, word in enumerate(content):
            sharing = self._by_word.get((field, word), []) if word else []
            if len(sharing) <= _TOO_COMMON:
                found.update((known.case_id, known) for known in sharing)
        return found.values()


def _candidates(work: _Matching) -> list[_Candidate]:
    found = []
    neighbours = _Neighbours(work.free.values())
    for index, row in work.open_rows():
        content, place = work.digests.texts(row), (row.place.sheet, row.place.row)
        for known in neighbours.of(content, place):
            if row.record.number and known.number:
                continue
            likeness = _likeness(content, known, place)
            if likeness >= _SIMILAR_ENOUGH:
                found.append(_Candidate(likeness, index, known.case_id))
    return sorted(found, reverse=True)


def _match_best(work: _Matching) -> None:
    """Pair the most alike first; where two pairs are about as good, nobody is paired and the rows wait."""
    candidates = _candidates(work)
    of_row: dict[int, list[_Candidate]] = defaultdict(list)
    of_case: dict[str, list[_Candidate]] = defaultdict(list)
    for candidate in candidates:
        of_row[candidate.row].append(candidate)
        of_case[candidate.case_id].append(candidate)

    def is_open(candidate: _Candidate) -> bool:
        taken = candidate.row in work.partner or candidate.row in work.notes
        return not taken and candidate.case_id in work.free and candidate.case_id not in work.contested

    for best in candidates:
        if not is_open(best):
            continue
        near = (*of_row[best.row], *of_case[best.case_id])
        rivals = [
            other for other in near
            if other != best and is_open(other) and abs(best.likeness - other.likeness) < _MARGIN
        ]
        if rivals:
            for index in {best.row, *(rival.row for rival in rivals)}:
                work.notes[index] = "本行与先前的几行都相似，无法确定是哪一件；请补全批次、数量等信息"
            work.contested |= {best.case_id, *(rival.case_id for rival in rivals)}
        else:
            work.pair(best.row, work.free[best.case_id])


def _standing(row: Row[Complaint], known: KnownCase, now: datetime, settling: timedelta) -> Standing:
    if known.baseline and row.record.take_in is not True and not known.managed:
        return Standing.BASELINE
    if known.managed:
        return Standing.MANAGED
    if not has_minimum(row.record):
        return Standing.HALF_TYPED
    return Standing.MANAGED if now >= known.changed + settling else Standing.SETTLING


def _updated(row: Row[Complaint], known: KnownCase, digests: RowDigests, now: datetime) -> KnownCase:
    """The case as its row stands; the very same object when nothing differs."""
    place, content, fingerprint = row.place, digests.texts(row), digests.fingerprint(row)
    number, in_file = known.number or row.record.number or "", row.record.number is not None
    seen = (number, place.sheet, place.row, content, fingerprint, None, in_file)
    if seen == (known.number, known.sheet, known.row, known.content, known.fingerprint, known.vanished, known.in_file):
        return known
    return replace(
        known, number=number, sheet=place.sheet, row=place.row, content=content, fingerprint=fingerprint,
        changed=now if fingerprint != known.fingerprint else known.changed, vanished=None, in_file=in_file,
    )


def _new_case(
    row: Row[Complaint], case_id: str, ledger: str, digests: RowDigests, now: datetime, *, baseline: bool
) -> KnownCase:
    return KnownCase(
        case_id=case_id, ledger=ledger, number=row.record.number or "", sheet=row.place.sheet, row=row.place.row,
        fingerprint=digests.fingerprint(row), content=digests.texts(row), first_seen=now, changed=now,
        managed=False, baseline=baseline,
    )


def identify(
    reading: WorkbookReading, known: Mapping[str, KnownCase], now: datetime, settling: timedelta, first_id: int,
    *, baseline: bool, digests: RowDigests | None = None,
) -> Identification:
    """Match the complaint rows of one ledger with the cases known of it.

    ``known`` holds this ledger's cases by id; new rows get ids from ``first_id`` upwards. A row that cannot be told
    from another gets no case of its own: it stays AMBIGUOUS and waits, as seen when the ledger was saved. ``digests``
    are those of earlier readings. Equal arguments give equal results, and an unchanged case its very object.
    """
    digests = digests or RowDigests()
    work = _Matching(dict(enumerate(reading.complaints)), digests, dict(known), {}, {}, set(), set())
    _match_numbers(work)
    _match_content(work)
    _match_best(work)
    sightings = []
    for index, row in work.rows.items():
        note = work.notes.get(index, "")
        partner = work.partner.get(index)
        if note:
            stranger = _new_case(row, "", reading.ledger, digests, reading.saved, baseline=False)
            sightings.append(Sighting(row, stranger, Standing.AMBIGUOUS, note, index in work.repeats))
            continue
        if partner is None:
            partner = _new_case(row, f"c{first_id:06d}", reading.ledger, digests, now, baseline=baseline)
            first_id += 1
        current = _updated(row, partner, digests, now)
        standing = _standing(row, current, now, settling)
        if standing is Standing.MANAGED and not current.managed:
            current = replace(current, managed=True)
        sightings.append(Sighting(row, current, standing, note))
    gone = tuple(known for case_id, known in work.free.items() if case_id not in work.contested)
    return Identification(tuple(sightings), gone)
