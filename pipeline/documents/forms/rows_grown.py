"""Rows of a customer's sheet that grow for what is filled in, and boxes that do not show whole all the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.documents.forms.workbook_grid import FormSheets
from pipeline.ooxml.row_heights import RowHeight, with_heights

_NAMED = 4
Texts = Mapping[tuple[str, int, int], str]  #: What is filled in, by sheet, row (from 1) and column (from 0).


def with_room(filled: Path, texts: Texts, sheets: FormSheets) -> bytes:
    """The filled workbook with rows as high as its texts need; all else as it is. ``sheets`` are those of the form."""
    content = filled.read_bytes()
    for sheet, heights in _grown(texts, sheets).items():
        content = with_heights(filled, content, sheet, heights)
    return content


def cut_off(texts: Texts, sheets: FormSheets) -> str:
    """A sentence that names the boxes whose text does not show whole on paper, "" for none."""
    grids, grown = {grid.name: grid for grid in sheets.grids}, _grown(texts, sheets)
    places = []
    for (sheet, row, column), text in sorted(texts.items()):
        box = grids[sheet].at(row, column)
        if box is not None and not sheets.rooms[sheet].holds(box, text, grown[sheet]):
            places.append(f"{sheet}!{box.reference}")
    if not places:
        return ""
    named = "、".join(places[:_NAMED]) + (f" 等 {len(places)} 格" if len(places) > _NAMED else "")
    return f"{named} 的文字比方框长，打印可能不全，请在表中加大行高或设为自动换行"


def _grown(texts: Texts, sheets: FormSheets) -> dict[str, dict[int, RowHeight]]:
    grown = {}
    for grid in sheets.grids:
        filled = {box: text for box in grid.boxes if (text := texts.get((grid.name, box.row, box.column)))}
        labels = (box for box in grid.boxes if box.text and box not in filled)
        grown[grid.name] = sheets.rooms[grid.name].grown(filled.items(), labels)
    return grown
