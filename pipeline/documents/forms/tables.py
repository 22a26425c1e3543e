"""Tables of a form: a row of headings that fit one list, the blank rows below it, and rows that are printed already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.documents.forms.form_context import NUMBERED
from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.headers import DOUBT, Header, HeaderReader, line_box
from pipeline.documents.forms.meanings import Meanings
from pipeline.documents.forms.parts import Parts
from pipeline.documents.forms.proposal import CellProposal, ColumnProposal, TableProposal
from pipeline.documents.forms.turned_tables import measures_across, turned
from pipeline.documents.forms.why_tables import whys_in_columns, whys_in_rows
from pipeline.ooxml.cells import CellRange

_ROW = 0.8
_MOST_ROWS = 60
_INDEX = re.compile(r"[(（]?\d{1,2}[.)）、]?")


class TableReader:
    """Finds the tables of a grid; ``used`` collects the boxes that belong to them."""

    def __init__(self, grid: Grid, parts: Parts, meanings: Meanings) -> None:
        self.grid, self.parts, self.meanings = grid, parts, meanings
        self._headers = HeaderReader(grid, parts, meanings)
        self.used: set[Box] = set()
        self.tables: list[TableProposal] = []
        self.cells: list[CellProposal] = []
        self._lists: set[tuple[str, str]] = set()  # each list found so far with the part it stands in

    def read(self) -> None:
        """Fill ``tables`` and ``cells`` (printed rows), top to bottom."""
        for row in range(1, self.grid.rows + 1):
            for run in self._runs(self._heads(row)):
                if len(run) >= 2 and not self._printed_over_and_beside(run):
                    header = self._headers.read(run)
                    if header is not None:
                        self._rows(header)

    def _heads(self, row: int) -> list[Box]:
        """The headings over what follows a row: those that end there, with those of the row above that go on blank
        beside one which is split into several (headings of two levels that nobody merged).
        """
        def free(row: int) -> list[Box]:
            return [box for box in self.grid.ending_in(row) if not box.blank and box not in self.used]

        boxes, above = free(row), free(row - 1)
        split = [wide for wide in above if sum(wide.covers(box) for box in boxes if box.row == row) > 1]
        alone = [box for box in above if box not in split and (below := self.grid.below(box)) is not None
                 and below.blank and (below.column, below.right) == (box.column, box.right)]
        if not any(box.right < wide.column for box in alone for wide in split):
            return boxes
        return sorted([*boxes, *alone], key=lambda box: box.column)

    def _runs(self, boxes: list[Box]) -> Iterator[list[Box]]:
        """The headings of one row, parted where they lie in different parts of the form (two halves of an A3)."""
        run: list[Box] = []
        for box in boxes:
            if run and self.parts.governing(run[-1]) is not self.parts.governing(box):
                yield run
                run = []
            run.append(box)
        if run:
            yield run

    def _printed_over_and_beside(self, run: Sequence[Box]) -> bool:
        """Take a table whose lines are printed over it and beside it; True when that is what a row heads."""
        section = self.parts.section(run[-1])
        for cells, taken in (
            whys_in_columns(self.grid, run, self.meanings), whys_in_rows(self.grid, run, self.meanings),
            turned(self.grid, run, section, self.meanings), self._across(run),
        ):
            if taken:
                self.cells += cells
                self.used |= taken
                return True
        return False

    def _across(self, run: Sequence[Box]) -> tuple[list[CellProposal], set[Box]]:
        """Measures side by side; those of a list that mixes two kinds cannot be counted."""
        table, doubt = self._headers.measures(run)
        cells, taken = measures_across(self.grid, run, table, self.meanings) if table in NUMBERED else ([], set())
        return [cell.rated(doubt) for cell in cells], taken

    def _rows(self, header: Header) -> None:
        table, doubt = self._headers.which(header)
        key = self.meanings.lexicon.lists[table].key
        row = max(box.bottom for box, _, _ in header.columns) + 1
        free: list[int] = []
        printed = 0
        while row <= self.grid.rows and len(free) + printed < _MOST_ROWS:
            line = [(line_box(self.grid, box, row), column, score) for box, column, score in header.columns]
            name = self._name(header, key, row)
            kept = [item for item in line if item[1] != key or item[0] is None or item[0].blank]
            if not self._fits(kept, name):
                break
            legged = name is not None and table in NUMBERED and bool(self.meanings.way(name.text))
            if name is None or name.blank or legged or _INDEX.fullmatch(name.text):
                free.append(row)
                doubt = min(doubt, DOUBT) if legged else doubt  # ours come in their order, not by leg
            elif not self.meanings.lexicon.lists[table].rows:
                break  # a row with a label of its own is no row of this list
            else:
                printed += self._printed(table, name, line, doubt)
            self.used.update(box for box, _, _ in line if box is not None)
            row = max(box.bottom for box, _, _ in line if box is not None) + 1
        if free or printed:
            self.used.update(box for box, _, _ in header.columns)
        if free:
            self._add(table, header, free, doubt)

    def _fits(self, line: Sequence[tuple[Box | None, str, float]], name: Box | None) -> bool:
        boxes = [box for box, _, _ in line]
        if not boxes or any(box is None or not box.blank for box in boxes):
            return False
        if self.grid.frames and not any(box is not None and box.framed for box in boxes):
            return False
        return name is None or self.parts.heading(name) is None or name.height > 1

    def _name(self, header: Header, key: str, row: int) -> Box | None:
        """The box that may name a row: in the key column, else left of the first heading."""
        keyed = next((box for box, column, _ in header.columns if column == key), None)
        if keyed is not None:
            return line_box(self.grid, keyed, row)
        left = self.grid.at(row, header.columns[0][0].column - 1)
        first = header.columns[0][0]
        same = left is not None and left.row == row and left.column < first.column and left.height == 1
        return left if same else None

    def _printed(
        self, table: str, name: Box, line: Sequence[tuple[Box | None, str, float]], doubt: float
    ) -> int:
        """Cells of a row that the form names itself; a name nobody knows leaves its row to people."""
        self.used.add(name)
        reading = self.meanings.row(table, name.text)
        if reading is None or reading.score < _ROW:
            return 1
        for box, column, score in line:
            if box is not None and box is not name and box.blank:
                confidence = round(min(score, reading.score) * doubt * 0.97, 3)
                address = f"{table}[{reading.target}].{column}"
                self.cells.append(CellProposal(self.grid.name, box.area, address, name.text, confidence))
        return 1

    def _add(self, table: str, header: Header, rows: Sequence[int], doubt: float) -> None:
        columns = []
        for box, column, score in header.columns:
            first, last = line_box(self.grid, box, rows[0]), line_box(self.grid, box, rows[-1])
            if first is None or not first.blank:
                continue  # numbered or named by the form already
            area = CellRange(rows[0], box.column, last.bottom if last else rows[-1], first.right)
            columns.append(ColumnProposal(str(area), column, box.text, round(score * doubt * 0.97, 3)))
        place = (table, self.parts.section(header.columns[0][0]))
        if place in self._lists:  # the same lines twice in one part: which of them belong here, a person says
            columns = [replace(item, confidence=round(item.confidence * DOUBT, 3)) for item in columns]
        self._lists.add(place)
        sure = sum(item.confidence for item in columns) / len(columns)
        self.tables.append(TableProposal(self.grid.name, table, tuple(rows), tuple(columns), round(sure, 3)))
