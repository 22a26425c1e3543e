"""A row as nearly every program spells it: only its addressed cells are taken apart, others are stepped over."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection
from functools import lru_cache

from pipeline.ooxml.cells import column_index
from pipeline.ooxml.row_cells import CellSpan, RowCells, parse_row

_OPENING = re.compile(rb'<row r="\d+"[^<>]*(?<!/)>')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"[^<>]*(?:/>|>(?:<v>[^<]*</v>|<is><t[^<>]*>[^<]*</t></is>)?</c>)')
_CLOSING = b"</row>"


def addressed_cells(row: bytes, prefix: bytes, number: int, columns: Collection[int]) -> RowCells:
    """As ``parse_row``, but only the cells in the 0-based ``columns`` and, without contents, those next to them.

    A parser called for each cell of a wide row costs ten times what the few cells of ours cost. Any other spelling
    is left, whole, to ``parse_row``. Raises what that raises.
    """
    spans = _plain_spans(row, number) if not prefix else None
    return _taken_apart(row, number, spans, columns) if spans is not None else parse_row(row, prefix, number)


def _plain_spans(row: bytes, number: int) -> list[tuple[int, int, int]] | None:
    """0-based column, first byte and byte after of each cell, in order; None unless the row is nothing but them."""
    opening, digits = _OPENING.match(row), str(number).encode()
    if opening is None:
        return None
    at = opening.end()
    spans: list[tuple[int, int, int]] = []
    for cell in _CELL.finditer(row, at):
        column = _column(cell[1])
        if cell.start() != at or cell[2] != digits or column <= (spans[-1][0] if spans else -1):
            return None
        at = cell.end()
        spans.append((column, cell.start(), at))
    return spans if row[at:] == _CLOSING else None


@lru_cache(maxsize=2048)
def _column(letters: bytes) -> int:
    """Its 0-based column, or -1: then the parser says what is wrong."""
    try:
        return column_index(letters.decode("ascii"))
    except ValueError:
        return -1


def _taken_apart(
    row: bytes, number: int, spans: list[tuple[int, int, int]], columns: Collection[int]
) -> RowCells:
    tag_end = row.index(b">") + 1
    kept = [spans[index] for index in _looked_at([column for column, _, _ in spans], columns)]
    small = [row[:tag_end], *(row[start:end] for column, start, end in kept if column in columns), _CLOSING]
    parsed = parse_row(b"".join(small), b"", number)
    found = {cell.column: cell for cell in parsed.cells}
    parsed.cells = [_moved(found[column], start) if column in columns else CellSpan(column, {}, start, end)
                    for column, start, end in kept]
    parsed.body_end = len(row) - len(_CLOSING)
    return parsed


def _looked_at(known: list[int], columns: Collection[int]) -> list[int]:
    """Which of the ascending ``known`` columns are addressed or next to one: beside them a cell may be put in."""
    places = (bisect_left(known, column) for column in columns)
    return sorted({index for place in places for index in (place - 1, place, place + 1) if 0 <= index < len(known)})


def _moved(cell: CellSpan, start: int) -> CellSpan:
    """The cell with its bounds where it stands in the whole row; one spelled like this holds no extension."""
    cell.start, cell.end = start, start + cell.end - cell.start
    return cell
