"""Where the evidence for a box is single or says two things: what was read stays proposed, but a person is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.parties import CUSTOMER, party
from pipeline.documents.forms.proposal import CellProposal, ColumnProposal, TableProposal
from pipeline.ooxml.cells import CellRange

_AGAIN, _DOUBT = 0.75, 0.8
_NEAR, _CLOSE = 0.06, 2
#: Of the words of a form, how many have to be known before those are trusted.
_FOREIGN = 2  # one of two
_QUESTIONS, _WHAT, _COUNT, _TOLD = "five_w.", "five_w.what", "five_w.how_many", "phenomenon"
_SIGNERS = frozenset({"prepared_by", "approved_by"})
#: What a customer's part of a form asks of the customer, and what a supplier's part cannot ask about the customer.
_OF_CUSTOMER = frozenset({"prepared_by", "reviewed_by", "approved_by", "implemented_text"})
_OF_SUPPLIER = frozenset({"customer", "customer_site", "reporter"})
_CELL = re.compile(r"[A-Z]+[0-9]+(?::|$)")


def crossed(grid: Grid, target: Box) -> bool:
    """Whether a box is one of several beside its label, each under a heading of its own: the label names a row."""
    following = grid.right_of(target)
    if following is None or not following.blank or following.row != target.row:
        return False
    first, second = _over(grid, target), _over(grid, following)
    return first is not None and second is not None and first is not second and first.row == second.row


def _over(grid: Grid, box: Box) -> Box | None:
    """The nearest text above a box that is no wider than it."""
    for row in range(box.row - 1, 0, -1):
        above = grid.at(row, box.column)
        if above is not None and above.text.strip():
            return above if above.width <= box.width else None
    return None


def is_of_other_party(grid: Grid, box: Box, field: str) -> bool:
    """Whether the part of a form that a label lies in is filled in by those whom its field is not about."""
    band = next((
        above for above in reversed(grid.labels())
        if above.row < box.row and above.column == 0 and above.width == grid.columns > 1
    ), None)
    if band is None or band.row == 1:
        return False
    whose = party(band.text)
    return whose is not None and field in (_OF_CUSTOMER if whose is CUSTOMER else _OF_SUPPLIER)


def settle(cells: Sequence[CellProposal]) -> Iterator[CellProposal]:
    """One field, one box on a sheet: of several the surest stays, the others are asked about; all where none is.

    What happened, asked without the other questions of 5W2H, is the problem itself.
    """
    claims: dict[tuple[str, str], list[CellProposal]] = {}
    for cell in cells:
        claims.setdefault((cell.sheet, cell.address), []).append(cell)
    claimed = {cell.address for cell in cells}
    for cell in cells:
        rivals = claims[cell.sheet, cell.address]
        best = max(rivals, key=lambda rival: rival.confidence)
        tie = any(rival is not best and best.confidence - rival.confidence < _NEAR for rival in rivals)
        if _is_lone(cell, cells):
            told = cell.address == _WHAT and _TOLD not in claimed
            yield replace(cell, address=_TOLD if told else cell.address).rated(_DOUBT)
        elif len(rivals) == 1 or cell.address == _TOLD:
            yield cell
        else:
            yield cell.rated(_AGAIN if cell is not best else _DOUBT if tie else 1.0)


def _is_lone(cell: CellProposal, cells: Sequence[CellProposal]) -> bool:
    """Whether a reading stands without the company it needs.

    A 5W question alone is as likely a word of everyday language (Which item); who reviews signs near who wrote or who
    approves, elsewhere somebody verified a measure.
    """
    if cell.address.startswith(_QUESTIONS) and cell.address != _COUNT:
        asked = {other.address for other in cells if other.address.startswith(_QUESTIONS)}
        return len(asked - {_COUNT}) == 1  # how many is asked on forms of any kind
    if cell.address != "reviewed_by":
        return False
    row = _row(cell)
    return not any(abs(_row(other) - row) <= _CLOSE for other in cells if other.address in _SIGNERS)


def _row(cell: CellProposal) -> int:
    return CellRange.parse(cell.area).top if _CELL.match(cell.area) else 0


def is_foreign(unknown: int, found: int) -> bool:
    """Whether a form speaks mostly in words that nobody told us: then the few known ones may mean something else."""
    return unknown * _FOREIGN > unknown + found


def doubted(table: TableProposal) -> TableProposal:
    """A table of a form in foreign words: proposed, not sure."""
    columns = tuple(replace(column, confidence=_less(column)) for column in table.columns)
    return replace(table, columns=columns, confidence=round(table.confidence * _DOUBT, 3))


def doubted_cell(cell: CellProposal) -> CellProposal:
    """A box of a form in foreign words: proposed, not sure."""
    return cell.rated(_DOUBT)


def _less(column: ColumnProposal) -> float:
    return round(column.confidence * _DOUBT, 3)
