"""Where a page's content comes from, for the speaker's notes: ledger, sheet, rows, files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from schemas.case import Case
from schemas.deck import Photo
from schemas.workbook import Place


def _places(case: Case) -> Iterator[Place]:
    rows = case.rows
    yield rows.complaint.place
    for group in (rows.containments, rows.change_points, rows.whys, rows.actions, rows.meetings, rows.callbacks):
        yield from (row.place for row in group)


def _lines(ledger: str, places: Iterable[Place]) -> Iterator[str]:
    by_sheet: defaultdict[str, list[int]] = defaultdict(list)
    for place in places:
        by_sheet[place.sheet].append(place.row)
    for sheet, rows in by_sheet.items():
        yield f"{ledger} · {sheet} 第 {'、'.join(map(str, sorted(set(rows))))} 行"


def sources_of(case: Case, photos: Sequence[Photo] = ()) -> tuple[str, ...]:
    """The lines of the notes for one complaint."""
    lines = ["资料来源：", *_lines(case.ledger, _places(case))]
    lines += [f"照片：{photo.path}" for photo in photos]
    if case.folder:
        lines.append(f"资料夹：{case.folder}")
    return tuple(lines)


def sources_of_rows(cases: Iterable[Case]) -> tuple[str, ...]:
    """The lines of the notes for a list of complaints."""
    by_ledger: defaultdict[str, list[Place]] = defaultdict(list)
    for case in cases:
        by_ledger[case.ledger].append(case.place)
    return ("资料来源：", *(line for ledger, places in by_ledger.items() for line in _lines(ledger, places)))
