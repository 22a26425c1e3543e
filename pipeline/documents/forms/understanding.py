"""From the grids of a form to a proposal: parts, tables, tick boxes, single answers, in this order."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.documents.forms.grid import Grid
from pipeline.documents.forms.meanings import Meanings
from pipeline.documents.forms.parts import Parts
from pipeline.documents.forms.proposal import FormProposal
from pipeline.documents.forms.singles import SingleReader, settle
from pipeline.documents.forms.tables import TableReader
from pipeline.documents.forms.ticks import has_marks, tick_proposals

_FEW_FIELDS = 2


def understand(grids: Sequence[Grid], meanings: Meanings) -> FormProposal:
    """What each box of a form asks for; a sheet with hardly any known label (instructions, say) is left alone."""
    whole = FormProposal()
    for grid in grids:
        found = _understand_one(grid, meanings)
        if len(found.cells) + len(found.tables) + len(found.ticks) < _FEW_FIELDS and len(grids) > 1:
            if found.cells:
                whole.remarks.append(f"“{grid.name}”中几乎没有认得的栏目，未作对照")
            continue
        whole.cells += found.cells
        whole.tables += found.tables
        whole.ticks += found.ticks
        whole.open += found.open
    return whole


def _understand_one(grid: Grid, meanings: Meanings) -> FormProposal:
    parts = Parts(grid, meanings)
    tables = TableReader(grid, parts, meanings)
    tables.read()
    marked = {box for box in grid.labels() if has_marks(box.text)}
    singles = SingleReader(grid, parts, meanings, tables.used | marked)
    singles.read()
    return FormProposal(
        cells=list(settle([*tables.cells, *singles.cells])), tables=tables.tables,
        ticks=list(tick_proposals(grid, meanings)), open=singles.open,
    )
