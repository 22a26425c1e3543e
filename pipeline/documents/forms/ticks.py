"""Tick boxes of a form: options behind empty marks that name places of containment, factors of change or documents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.meanings import Meanings
from pipeline.documents.forms.proposal import TickProposal

EMPTY_MARKS = "□☐○◯▢◻▯"
_OPTION = re.compile(rf"[{EMPTY_MARKS}]\s*([^{EMPTY_MARKS}☑☒■\n\t,，;；]{{1,40}})")
_LISTS = ("containments", "change_points", "standards")
_SURE, _NEAR, _DOUBT = 0.85, 0.72, 0.8


def options_of(text: str) -> list[str]:
    """The words behind each empty mark."""
    return [found[1].strip() for found in _OPTION.finditer(text)]


def has_marks(text: str) -> bool:
    """Whether a box has marks to tick."""
    return any(mark in text for mark in EMPTY_MARKS)


def tick_proposals(grid: Grid, meanings: Meanings) -> Iterator[TickProposal]:
    """Boxes whose options are mostly places, factors or documents; options of another kind are left to people.

    An option that comes near to a known one may be that one in other words: then the box is asked about.
    """
    boxes = [box for box in grid.labels() if has_marks(box.text) and not box.fixed]
    singles: dict[str, list[tuple[Box, str, str, float]]] = {}
    for box in boxes:
        names = options_of(box.text)
        for table in _LISTS:
            near = [(name, reading) for name in names if (reading := meanings.row(table, name)) is not None
                    and reading.score >= _NEAR]
            known = [(name, reading) for name, reading in near if reading.score >= _SURE]
            if len(known) >= 2 and len(known) * 2 > len(names):
                options = tuple((name, f"{table}[{reading.target}]") for name, reading in known)
                doubt = _DOUBT if len(near) > len(known) else 1.0
                confidence = round(sum(reading.score for _, reading in known) / len(known) * 0.95 * doubt, 3)
                yield TickProposal(grid.name, box.area, box.text, options, confidence)
                break
            if len(names) == 1 and known:
                name, reading = known[0]
                singles.setdefault(table, []).append((box, name, reading.target, reading.score))
    for table, found in singles.items():
        if len(found) >= 3:  # one option a box: only several together tell what they are
            for box, name, row, score in found:
                yield TickProposal(grid.name, box.area, box.text, ((name, f"{table}[{row}]"),), round(score * 0.92, 3))
