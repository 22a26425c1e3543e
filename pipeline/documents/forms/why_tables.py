"""Whys that a form prints over or beside their boxes, for the two ways a defect takes: occurrence and escape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.label import asks_why
from pipeline.documents.forms.meanings import Meanings
from pipeline.documents.forms.proposal import CellProposal

WHYS = {"occurrence": "occurrence_whys", "escape": "escape_whys"}
_FEWEST_STEPS, _SURE, _NAMED = 3, 0.93, 0.9
_NUMBER = re.compile(r"[(（]?(\d)[.)）、]?")
#: What was found, and the boxes that belong to it; both empty when a row heads nothing of the kind.
Found = tuple[list[CellProposal], set[Box]]


def whys_in_rows(grid: Grid, boxes: Sequence[Box], meanings: Meanings) -> Found:
    """Whys side by side over one row for each way."""
    steps = {box: step for box in boxes if (step := meanings.step(box.text))}
    if len(steps) < _FEWEST_STEPS:
        return [], set()
    rows = (grid.at(row, 0) for row in range(boxes[0].bottom + 1, boxes[0].bottom + 3))
    ways = [(name, way) for name in rows if name is not None and (way := meanings.way(name.text))]
    cells: list[CellProposal] = []
    taken: set[Box] = set(boxes) if ways else set()
    for name, way in ways:
        for box in boxes:
            target = _below(grid, box, name.row)
            if target is None or not target.blank:
                continue
            cause = meanings.field(box.text, "D4")
            if box in steps:
                address = f"{WHYS[way]}[{steps[box]}].answer"
            elif cause is not None and cause.field == "root_cause":
                address = f"{way}_cause"
            else:
                continue
            cells.append(CellProposal(grid.name, target.area, address, name.text, _SURE))
            taken |= {target, name}
    return cells, taken


def whys_in_columns(grid: Grid, boxes: Sequence[Box], meanings: Meanings) -> Found:
    """Two columns, occurrence and escape, over rows of whys."""
    columns = {way: box for box in boxes if (way := meanings.way(box.text))}
    if len(columns) < 2:
        return [], set()
    keys = [reading for box in boxes for reading in meanings.column("occurrence_whys", box.text)]
    numbered = any(asks_why(box.text) for box in boxes) or any(
        reading.target == "step" and reading.score >= _NAMED for reading in keys
    )
    row = max(box.bottom for box in columns.values()) + 1
    cells: list[CellProposal] = []
    taken: set[Box] = set()
    while row <= grid.rows:
        line = {way: _below(grid, box, row) for way, box in columns.items()}
        name = grid.at(row, 0)
        if name is None or name.blank or any(box is None or not box.blank for box in line.values()):
            break
        number = _NUMBER.fullmatch(name.text) if numbered else None
        step = number[1] if number else meanings.step(name.text)
        for address, box in _asked(name, step, {way: box for way, box in line.items() if box is not None}, meanings):
            cells.append(CellProposal(grid.name, box.area, address, name.text, _SURE))
            taken |= {box, name}
        row += 1
    return cells, taken | set(columns.values()) if cells else taken


def _asked(name: Box, step: str, line: dict[str, Box], meanings: Meanings) -> Iterator[tuple[str, Box]]:
    """What each way's box beside a label takes: the answer to a why, or the cause itself."""
    cause = meanings.field(name.text, "D4")
    for way, box in line.items():
        if step:
            yield f"{WHYS[way]}[{step}].answer", box
        elif cause is not None and cause.field in {"root_cause", "occurrence_cause"}:
            yield f"{way}_cause", box


def _below(grid: Grid, heading: Box, row: int) -> Box | None:
    """The box of a heading's column in a row, when it starts there and has the column's width."""
    box = grid.at(row, heading.column)
    fits = box is not None and (box.row, box.column, box.right) == (row, heading.column, heading.right)
    return box if fits else None
