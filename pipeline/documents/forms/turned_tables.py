"""A table turned on its side: the names of a list's rows stand over its columns, what each line takes at the left.

Places and factors have names (客户处 | 在途 | 成品库), measures are counted (措施1 | 措施2 | 措施3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.lexicon import Reading
from pipeline.documents.forms.meanings import Meanings
from pipeline.documents.forms.proposal import CellProposal

_NAMED, _LINE, _RIVAL_MARGIN = 0.8, 0.72, 0.035
_PLACE, _DOUBT = 0.97, 0.8


#: What was found, and the boxes that belong to it.
Found = tuple[list[CellProposal], set[Box]]


def turned(grid: Grid, boxes: Sequence[Box], section: str, meanings: Meanings) -> Found:
    """The boxes of a turned table under ``boxes`` and all that belongs to it (an unknown line as well: its boxes are
    left to people); both empty when the row heads none.
    """
    for table, known in meanings.lexicon.lists.items():
        if section not in known.sections or not known.rows or {"step"} & set(known.columns):
            continue
        cells, taken = _under(grid, table, _names(boxes, table, meanings), meanings)
        if taken:
            return cells, taken
    return [], set()


def measures_across(grid: Grid, boxes: Sequence[Box], table: str, meanings: Meanings) -> Found:
    """The boxes of a list of measures that stand side by side, each under its number."""
    names = {box: Reading(found[1], 1.0) for box in boxes if (found := meanings.counted(box.text)) is not None}
    distinct = len({reading.target for reading in names.values()}) == len(names)
    return _under(grid, table, names if len(names) >= 2 and distinct else {}, meanings)


def _under(grid: Grid, table: str, names: Mapping[Box, Reading], meanings: Meanings) -> Found:
    """What the lines under named columns ask for; nothing when none of them is what the list is about."""
    known = meanings.lexicon.lists[table]
    lines = _lines(grid, list(names)) if names else []
    readings = [_column(table, label, known.key, meanings) for label, _ in lines]
    told = [reading.target for reading in readings if reading is not None]
    for place, (label, _) in enumerate(lines):
        reading, second = readings[place], meanings.column_beside(table, label.text)
        if reading is not None and second and second not in told and told.count(reading.target) > 1:
            readings[place] = Reading(second, reading.score)  # 完成日期 beside 计划日期
    if not set(told) & set(known.needs):
        return [], set()
    cells: list[CellProposal] = []
    for (label, line), reading in zip(lines, readings, strict=True):
        if reading is None:
            continue
        for head, box in line.items():
            address = f"{table}[{names[head].target}].{reading.target}"
            confidence = round(min(names[head].score, reading.score) * _PLACE, 3)
            cells.append(CellProposal(grid.name, box.area, address, label.text, confidence))
    taken = {box for label, line in lines for box in (label, *line.values())}
    return cells, taken | set(names)


def _names(boxes: Sequence[Box], table: str, meanings: Meanings) -> dict[Box, Reading]:
    """The headings that name rows of the list; none when they are few or two say the same."""
    found = {
        box: reading for box in boxes
        if (reading := meanings.row(table, box.text)) is not None and reading.score >= _NAMED
    }
    distinct = len({reading.target for reading in found.values()}) == len(found)
    return found if len(found) >= 2 and len(found) * 2 > len(boxes) and distinct else {}


def _lines(grid: Grid, heads: Sequence[Box]) -> list[tuple[Box, dict[Box, Box]]]:
    """The lines below the headings: a label at the left and a blank box of its width under each heading."""
    found: list[tuple[Box, dict[Box, Box]]] = []
    row = max(head.bottom for head in heads) + 1
    while row <= grid.rows:
        label = grid.at(row, min(head.column for head in heads) - 1)
        line = {head: box for head in heads if (box := grid.at(row, head.column)) is not None}
        fits = all(
            box.blank and (box.row, box.column, box.right) == (row, head.column, head.right)
            for head, box in line.items()
        )
        if label is None or label.blank or label.row != row or len(line) < len(heads) or not fits:
            break
        found.append((label, line))
        row = max(label.bottom, *(box.bottom for box in line.values())) + 1
    return found


def _column(table: str, label: Box, key: str, meanings: Meanings) -> Reading | None:
    """What a line takes; less sure where its label may mean two things."""
    readings = [item for item in meanings.column(table, label.text) if item.target != key and item.score >= _LINE]
    if not readings:
        return None
    best = readings[0]
    rival = len(readings) > 1 and readings[1].score >= best.score - _RIVAL_MARGIN
    return Reading(best.target, best.score * _DOUBT) if rival else best
