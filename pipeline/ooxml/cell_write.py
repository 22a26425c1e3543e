"""What shall stand in a cell: the request that the patch carries out and the check compares with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.ooxml.cells import reference


@dataclass(frozen=True, slots=True)
class CellWrite:
    """One cell to write.

    ``row`` counts from 1 and ``column`` from 0. ``text`` "" empties the cell. ``link`` is a path relative to the
    workbook's folder or an address; None leaves a link as it is. ``expected`` is the text that the cell is known to
    hold now ("" = blank); when it holds anything else the write is refused. None skips that check.
    """

    sheet: str
    row: int
    column: int
    text: str
    link: str | None = None
    expected: str | None = None

    @property
    def reference(self) -> str:
        """The cell in A1 notation; raises ValueError outside a sheet."""
        return reference(self.row, self.column)


def by_sheet(writes: Iterable[CellWrite]) -> dict[str, list[CellWrite]]:
    """Writes by sheet, each in reading order. Raises ValueError when two of them contradict on one cell."""
    chosen: dict[tuple[str, int, int], CellWrite] = {}
    for write in writes:
        earlier = chosen.setdefault((write.sheet, write.row, write.column), write)
        if earlier != write:
            raise ValueError(f"two writes to {write.sheet}!{write.reference}")
    sheets: dict[str, list[CellWrite]] = {}
    for (sheet, _, _), write in sorted(chosen.items(), key=lambda item: item[0]):
        sheets.setdefault(sheet, []).append(write)
    return sheets
