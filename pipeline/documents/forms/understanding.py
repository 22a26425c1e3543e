"""From the grids of a form to a proposal: parts, tables, tick boxes, single answers, in this order."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.documents.forms.doubts import doubted, doubted_cell, is_foreign, settle
from pipeline.documents.forms.grid import Grid
from pipeline.documents.forms.meanings import Meanings
from pipeline.documents.forms.parts import Parts
from pipeline.documents.forms.proposal import FormProposal
from pipeline.documents.forms.singles import SingleReader
from pipeline.documents.forms.tables import TableReader
from pipeline.documents.forms.ticks import has_marks, tick_proposals

_FEW_FIELDS = 2


def understand(grids: Sequence[Grid], meanings: Meanings) -> FormProposal:
    """What each box of a form asks for; a sheet with hardly any known label (instructions, say) is left alone."""
    whole = FormProposal()
    for grid in grids:
        found = _understand_one(grid, meanings)
        columns = sum(len(table.columns) for table in found.tables)
        if len(found.cells) + columns + len(found.ticks) < _FEW_FIELDS and len(grids) > 1:
            if found.cells:
                whole.remarks.append(f"“{grid.name}”中几乎没有认得的栏目，未作对照")
            continue
        whole.cells += found.cells
        whole.tables += found.tables
        whole.ticks += found.ticks
        whole.open += found.open
        whole.unread += found.unread
        whole.remarks += found.remarks
    return whole


def _understand_one(grid: Grid, meanings: Meanings) -> FormProposal:
    parts = Parts(grid, meanings)
    tables = TableReader(grid, parts, meanings)
    tables.read()
    marked = {box for box in grid.labels() if has_marks(box.text)}
    singles = SingleReader(grid, parts, meanings, tables.used | marked)
    singles.read()
    cells, lists = list(settle([*tables.cells, *singles.cells])), tables.tables
    remarks = []
    known = len(cells) + sum(len(table.columns) for table in lists) - singles.worded
    if is_foreign(singles.unknown + singles.worded, known):
        cells, lists = [doubted_cell(cell) for cell in cells], [doubted(table) for table in lists]
        remarks = [f"“{grid.name}”的栏目大多不是 8D 常用的说法，逐项都请确认；附上一份已填的样表（--sample）更可靠"]
    return FormProposal(
        cells=cells, tables=lists, ticks=list(tick_proposals(grid, meanings)), open=singles.open,
        unread=singles.unread, remarks=remarks,
    )
