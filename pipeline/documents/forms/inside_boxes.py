"""Labels with a colon or a line to write on, their answers within the same box: 产品：____  图号：____."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.documents.forms.field_meanings import FieldReading, sure_of
from pipeline.documents.forms.form_context import NUMBERED
from pipeline.documents.forms.grid import Box
from pipeline.documents.forms.label import INSIDE
from pipeline.documents.forms.meanings import Meanings
from pipeline.documents.forms.proposal import CellProposal

_EXACT, _WITHIN = 0.95, 0.95


def lines_within(sheet: str, box: Box, section: str, meanings: Meanings) -> list[CellProposal]:
    """What the labels of a box ask for; 抽检数 beside 交货数 asks for nothing, since the lot is told there."""
    readings = list(_readings(box.text, section, meanings))
    return [
        _proposal(sheet, box, segment, reading) for segment, reading in readings
        if not any(other.field == reading.field and other.score > reading.score for _, other in readings)
    ]


def _readings(text: str, section: str, meanings: Meanings) -> Iterator[tuple[re.Match[str], FieldReading]]:
    measure: tuple[str, str] | None = None
    for segment in INSIDE.finditer(text):
        measure = meanings.counted(segment[1]) or measure
        if measure is not None:
            reading = _of_measure(measure, segment[1], section, meanings)
        else:
            several = meanings.several(segment[1], section)
            reading = FieldReading(several, _EXACT, 1.0) if several else meanings.field(segment[1], section)
        if reading is not None:
            yield segment, reading


def _of_measure(measure: tuple[str, str], label: str, section: str, meanings: Meanings) -> FieldReading | None:
    """What a label in the line of a counted measure asks for: the measure itself, its person, its day."""
    words, number = measure
    table = meanings.list_of(words, section)
    if table not in NUMBERED:
        return None
    if meanings.counted(label) == measure:
        return FieldReading(f"{table}[{number}].content", _EXACT, 1.0)
    column = next(iter(meanings.column(table, label)), None)
    known = column is not None and column.score >= _EXACT
    return FieldReading(f"{table}[{number}].{column.target}", column.score, 1.0) if column and known else None


def _proposal(sheet: str, box: Box, segment: re.Match[str], reading: FieldReading) -> CellProposal:
    colon = next((mark for mark in ":：" if mark in segment[0]), "：")
    return CellProposal(
        sheet, box.area, reading.field, segment[1].strip(), round(sure_of(reading) * _WITHIN, 3), box.text,
        (segment.start() + len(segment[1].rstrip()), segment.end()), colon + ("\n" if box.height > 1 else ""),
    )
