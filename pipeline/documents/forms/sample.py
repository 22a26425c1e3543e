"""What a filled form tells of the empty one: which boxes people fill, and whether the values suit what was proposed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.lexicon import Lexicon
from pipeline.documents.forms.proposal import CellProposal, FormProposal
from pipeline.ooxml.cells import CellRange

_DATE = re.compile(r"\d{2,4}\s*[-./年]\s*\d{1,2}|\d{1,2}\s*[-./月]\s*\d{1,2}|^\d{5}(?:\.\d+)?$|^\d{8}$")
_DIGIT = re.compile(r"\d")
_LONGEST_NAME = 16
_TELLING = frozenset({"date", "number", "id", "person"})
_CONFIRMED, _UNFILLED, _UNSUITED = 1.12, 0.93, 0.6


def learn(found: FormProposal, empty: Sequence[Grid], filled: Sequence[Grid], lexicon: Lexicon) -> FormProposal:
    """The proposal with every box rated by the sample; filled boxes that nobody asked for are added as unread."""
    by_name = {grid.name: grid for grid in filled}
    pairs = [(grid, by_name[grid.name]) for grid in empty if grid.name in by_name]
    found.remarks += [f"样表里没有“{grid.name}”，这一部分只按标签判断" for grid in empty if grid.name not in by_name]
    values = {(grid.name, box.reference): value for grid, other in pairs for box, value in _filled(grid, other)}
    cells = [_rated(cell, values.get((cell.sheet, _first(cell.area)), ""), lexicon) for cell in found.cells]
    asked = {(cell.sheet, _first(cell.area)) for cell in (*cells, *found.open, *found.unread)}
    for table in found.tables:
        for column in table.columns:
            left = CellRange.parse(column.area).left
            asked.update((table.sheet, Box(row, left, row, left).reference) for row in table.rows)
    asked.update((tick.sheet, _first(tick.area)) for tick in found.ticks)
    told, unread = (
        [replace(cell, sample=values.get((cell.sheet, _first(cell.area)), "")) for cell in boxes]
        for boxes in (found.open, found.unread)
    )
    more = [
        CellProposal(sheet, cell, "", "（没有认出标签）", 0.0, sample=value)
        for (sheet, cell), value in values.items() if (sheet, cell) not in asked
    ]
    return FormProposal(cells, found.tables, found.ticks, told, [*unread, *more], found.remarks)


def _filled(empty: Grid, filled: Grid) -> list[tuple[Box, str]]:
    """Boxes of the empty form in which the sample has more text, and what was written."""
    found = []
    for box in empty.boxes:
        other = filled.at(box.row, box.column)
        if other is None or other.text == box.text or not other.text.strip():
            continue
        label = box.text.rstrip("_＿ ：:")
        value = other.text[len(label) :] if label and other.text.startswith(label) else other.text
        if box.blank or label:
            found.append((box, value.strip(" :：\n")))
    return found


def _rated(cell: CellProposal, value: str, lexicon: Lexicon) -> CellProposal:
    if not value:
        return cell.rated(_UNFILLED)  # an empty box in one sample proves little
    kind = _kind(cell.address, lexicon)
    if not _suits(kind, value):
        return replace(cell.rated(_UNSUITED), sample=value)
    return replace(cell.rated(_CONFIRMED) if kind in _TELLING else cell, sample=value)  # any words suit a text


def _kind(address: str, lexicon: Lexicon) -> str:
    if address in lexicon.fields:
        return lexicon.fields[address].kind
    table, _, rest = address.partition("[")
    column = rest.rpartition(".")[2]
    words = lexicon.lists.get(table)
    return words.columns[column].kind if words is not None and column in words.columns else "text"


def _suits(kind: str, value: str) -> bool:
    """Whether a value can be of a kind: a date looks like one, a quantity has a digit, a name is short."""
    match kind:
        case "date":
            return _DATE.search(value) is not None
        case "number" | "id":
            return _DIGIT.search(value) is not None and (kind == "id" or _DATE.search(value) is None)
        case "person":
            return len(value) <= _LONGEST_NAME and _DATE.search(value) is None
        case _:
            return True


def _first(area: str) -> str:
    box = CellRange.parse(area)
    return Box(box.top, box.left, box.top, box.left).reference
