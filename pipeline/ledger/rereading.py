"""Reads a workbook again by its changed rows alone: those are put into a small workbook of their own and read."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.ledger.row_bytes import Parts, RowSpan, WorkbookBytes, changed_rows, is_plain, spans
from pipeline.ledger.workbook_cells import MAX_AREA, MAX_ROWS
from pipeline.ledger.workbook_process import Address, Cell, RawSheet

_ROOT = re.compile(rb"<worksheet\b[^>]*>")
_CELL = re.compile(rb"<c[\s/>]")


@dataclass(frozen=True, slots=True)
class Read:
    """A workbook as it was read: what it looked like, and its sheets."""

    looked: WorkbookBytes
    sheets: tuple[RawSheet, ...]


def reread(
    before: Read, now: WorkbookBytes, parts: Parts, read: Callable[[bytes], Sequence[RawSheet]]
) -> tuple[RawSheet, ...] | None:
    """The sheets as they stand now, unchanged rows being the very lists of before; None when all has to be read.

    ``read`` reads a workbook of a few rows. Whatever is out of the ordinary is left to a full reading: sheets that
    were refused or cut, rows wider than any before, cells that do not state their places.
    """
    if any(sheet.refused or sheet.strays for sheet in before.sheets):
        return None
    changed = changed_rows(before.looked, now, parts)
    if changed is None:
        return None
    kept = {name: [number for number in numbers if number in now.sheets[name].rows]
            for name, numbers in changed.items()}
    found: Mapping[str, RawSheet] = {}
    if any(kept.values()):
        small = _small(parts, kept)
        if small is None:
            return None
        found = {sheet.name: sheet for sheet in read(small)}
    sheets = []
    for sheet in before.sheets:
        if sheet.part not in changed or (kept[sheet.part] and sheet.name not in found):
            return None
        merged = _merged(sheet, changed[sheet.part], kept[sheet.part], found.get(sheet.name))
        if merged is None:
            return None
        sheets.append(merged)
    return tuple(sheets)


def _small(parts: Parts, wanted: Mapping[str, Sequence[int]]) -> bytes | None:
    """A workbook with nothing but these rows, one below the other from row 1 on; None when one is not plain."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, content in parts.items():
            if name not in wanted:
                package.writestr(name, content)
                continue
            rows: list[bytes | None] = []
            numbers = set(wanted[name])
            for span in (spans(content) or ()) if numbers else ():
                if span.number in numbers:
                    rows.append(_moved(content, span, len(rows) + 1))
            root = _ROOT.search(content)
            if root is None or None in rows:
                return None
            data = b"".join(filter(None, rows))
            package.writestr(name, root[0] + b"<sheetData>" + data + b"</sheetData></worksheet>")
    return target.getvalue()


def _moved(xml: bytes, span: RowSpan, row: int) -> bytes | None:
    """A row under another number; None when it is not plain or a cell of it does not say where it stands."""
    before, cells = xml[span.first : span.at], xml[span.behind : span.after]
    if not is_plain(xml[span.first : span.after]):
        return None
    cells, count = re.subn(rb'<c r="([A-Z]{1,3})%d"' % span.number, rb'<c r="\g<1>%d"' % row, cells)
    return before + b"%d" % row + cells if count == len(_CELL.findall(cells)) else None


def _merged(
    before: RawSheet, changed: Sequence[int], read: Sequence[int], found: RawSheet | None
) -> RawSheet | None:
    """A sheet with the rows that were read in their places, and without those that are gone."""
    if not changed:
        return before
    if found is not None and (found.refused or found.strays):
        return None
    cells: list[list[Cell]] = list(before.cells)
    cells += [[] for _ in range(max(changed) - len(cells))]
    for number in changed:
        cells[number - 1] = []
    rows = found.cells if found is not None else []
    width = max(map(len, before.cells), default=0)
    for number, row in zip(read, rows, strict=False):  # rows at the end may hold nothing
        cells[number - 1] = row
    while cells and not cells[-1]:
        cells.pop()
    if max(map(len, rows), default=0) > width or len(cells) > MAX_ROWS or len(cells) * width > MAX_AREA:
        return None
    gone = {number - 1 for number in changed}

    def places(old: frozenset[Address], new: frozenset[Address]) -> frozenset[Address]:
        return frozenset(place for place in old if place[0] not in gone) | {
            (read[row] - 1, column) for row, column in new}

    new = found or replace(before, errors={}, formulas=frozenset(), uncalculated=frozenset())
    errors = {place: word for place, word in before.errors.items() if place[0] not in gone}
    errors |= {(read[row] - 1, column): word for (row, column), word in new.errors.items()}
    return replace(before, cells=cells, errors=errors, formulas=places(before.formulas, new.formulas),
                   uncalculated=places(before.uncalculated, new.uncalculated))
