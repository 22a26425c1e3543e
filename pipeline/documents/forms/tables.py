"""Tables of a form: a row of headings that fit one list, the blank rows below it, and rows that are printed already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.label import d_number
from pipeline.documents.forms.lexicon import Reading
from pipeline.documents.forms.meanings import HEAD, Meanings
from pipeline.documents.forms.parts import UNKNOWN, Parts
from pipeline.documents.forms.proposal import CellProposal, ColumnProposal, TableProposal
from pipeline.documents.forms.turned_tables import turned
from pipeline.documents.forms.why_tables import WHYS, whys_in_columns, whys_in_rows
from pipeline.ooxml.cells import CellRange

_COLUMN, _ROW = 0.72, 0.8
_MOST_ROWS, _RIVAL_MARGIN = 60, 0.035
#: Columns by which a table is known outside its part of the form, and what that costs in certainty.
_PLAIN, _ELSEWHERE = 3, 0.9
#: A heading that speaks of a day, whatever day it means.
_DAY = re.compile(r"[日期]$|日期|时间|時間|\b(?:date|day|when)\b", re.IGNORECASE)
_DOUBT, _SECOND = 0.8, 0.95
_USUAL = "corrective"  # what a plan of measures is about when nothing says more
_INDEX = re.compile(r"[(（]?\d{1,2}[.)）、]?")


@dataclass(frozen=True, slots=True)
class Header:
    """A row of headings read as one list: heading box → column with its score."""

    table: str
    columns: tuple[tuple[Box, str, float], ...]
    total: float
    doubt: float = 1.0


class TableReader:
    """Finds the tables of a grid; ``used`` collects the boxes that belong to them."""

    def __init__(self, grid: Grid, parts: Parts, meanings: Meanings) -> None:
        self.grid, self.parts, self.meanings = grid, parts, meanings
        self.used: set[Box] = set()
        self.tables: list[TableProposal] = []
        self.cells: list[CellProposal] = []
        self._lists: set[tuple[str, str]] = set()  # each list found so far with the part it stands in

    def read(self) -> None:
        """Fill ``tables`` and ``cells`` (printed rows), top to bottom."""
        for row in range(1, self.grid.rows + 1):
            boxes = [box for box in self.grid.ending_in(row) if not box.blank and box not in self.used]
            for run in self._runs(boxes):
                if len(run) >= 2 and not self._printed_over_and_beside(run):
                    header = self._header(run)
                    if header is not None:
                        self._rows(header)

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
            turned(self.grid, run, section, self.meanings),
        ):
            if taken:
                self.cells += cells
                self.used |= taken
                return True
        return False

    def _header(self, boxes: list[Box]) -> Header | None:
        section = self.parts.section(boxes[-1])
        found = [header for name in self.meanings.lexicon.lists if (header := self._as(name, boxes)) is not None]
        best = self._best(found, section)
        if best is None or not self._more_than_fields(best, boxes, section):
            return None
        if self._is_of_no_part(best.table, boxes, section):
            best = replace(best, doubt=best.doubt * _DOUBT)
        if len(best.columns) * 5 < len(boxes) * 3 or any(d_number(box.text) for box in boxes):
            best = replace(best, doubt=best.doubt * _DOUBT)
        if section == HEAD and len(best.columns) * 2 < len(boxes):
            return None
        return best

    def _best(self, found: Sequence[Header], section: str) -> Header | None:
        """The list that headings are read as: one of their part; where no part is known, any that reads one more."""
        lists = self.meanings.lexicon.lists
        here = [header for header in found if section in lists[header.table].sections] or [
            header for header in found if self._part_named(header) in lists[header.table].sections[:1]
        ]
        plain = [header for header in found if len(header.columns) >= _PLAIN and header.total >= _PLAIN * 0.9]
        own = max(here or plain, key=lambda header: (header.total, header.table == _USUAL), default=None)
        if own is None:
            return None
        others = plain if section in {HEAD, UNKNOWN} else []
        best = max([own, *others], key=lambda header: header.total - (header.table != own.table))
        if best in here:
            return best
        alike = sum(header.total == best.total for header in plain)
        foreign = section not in {HEAD, UNKNOWN}  # checks of the effect (D6) have the columns of a containment
        return replace(best, doubt=_ELSEWHERE * (_DOUBT if alike > 1 or foreign else 1.0))  # measures, but which?

    def _part_named(self, header: Header) -> str:
        """The part that the heading over a list's measures names itself: D5 by 恒久对策; "" for none."""
        content = next((box for box, column, _ in header.columns if column == "content"), None)
        named = self.meanings.section(content.text)[0] if content is not None else ""
        return named if len(header.columns) >= _PLAIN else ""

    def _as(self, name: str, boxes: Sequence[Box]) -> Header | None:
        """The headings as columns of one list: each column once, the surest first."""
        readings = [
            [reading for reading in self._column(name, box) if reading.score >= _COLUMN] for box in boxes
        ]
        offers = [
            (reading.score, index, reading.target) for index, found in enumerate(readings) for reading in found
        ]
        taken: dict[int, tuple[str, float]] = {}
        second = [self.meanings.column_beside(name, box.text) for box in boxes]
        for score, index, column in sorted(offers, key=lambda offer: (
            -offer[0], bool(second[offer[1]]), len(readings[offer[1]]), offer[1]
        )):
            if index not in taken and all(column != other for other, _ in taken.values()):
                taken[index] = column, score
        self._as_the_part(name, boxes, taken)
        for index, column in enumerate(second):
            free = index not in taken and all(column != other for other, _ in taken.values())
            if column and free and readings[index]:
                taken[index] = column, _SECOND
        used = {column for column, _ in taken.values()}
        other_day = any(_DAY.search(box.text) for index, box in enumerate(boxes) if index not in taken)
        kinds = self.meanings.lexicon.lists[name].columns
        columns = tuple(
            (boxes[index], column, score * self._rivalled(readings[index], column, used)
             * (_DOUBT if other_day and kinds[column].kind == "date" else 1.0))
            for index, (column, score) in sorted(taken.items())
        )
        below = [self._line(box, box.bottom + 1) for box, _, _ in columns]
        open_below = sum(box is not None and box.blank for box in below)
        needs = self.meanings.lexicon.lists[name].needs
        if len(columns) < 2 or open_below < 1 or not any(column in needs for _, column, _ in columns):
            return None
        return Header(name, columns, sum(score for _, _, score in columns))

    def _column(self, name: str, box: Box) -> list[Reading]:
        """The columns that a heading may mean, by itself or with the wider heading it stands under: 责任 over 部门."""
        over = self.grid.at(box.row - 1, box.column)
        readings = self.meanings.column(name, box.text)
        if over is None or not over.text or not box.width < over.width < self.grid.columns:
            return readings
        best = {reading.target: reading for reading in readings}
        for text in (over.text + box.text, box.text + over.text):
            for reading in self.meanings.column(name, text):
                if reading.target not in best or best[reading.target].score < reading.score:
                    best[reading.target] = reading
        return sorted(best.values(), key=lambda reading: -reading.score)

    def _alike(self, name: str) -> set[str]:
        """The lists of measures, which have the same columns: only the part of the form tells which one is meant."""
        lists = self.meanings.lexicon.lists
        same = {other for other, words in lists.items() if words.columns == lists[name].columns}
        return same if len(same) > 1 and name not in WHYS.values() else set()

    def _is_of_no_part(self, name: str, boxes: Sequence[Box], section: str) -> bool:
        """Whether nothing tells which of the lists of measures a table is: no heading over it, no word of its own."""
        own = self.meanings.lexicon.lists[name].sections[:1]
        if not self._alike(name) or section in own:
            return False
        if section == HEAD and not any(self.meanings.section(box.text)[0] in own for box in boxes):
            return True
        return self.parts.is_unread(boxes[-1])

    def _as_the_part(self, name: str, boxes: Sequence[Box], taken: dict[int, tuple[str, float]]) -> None:
        """A heading that says what the part is about names the list's main column: ICA in D3, 永久措施 in D5."""
        if "content" not in self.meanings.lexicon.lists[name].needs or any(c == "content" for c, _ in taken.values()):
            return
        for index, box in enumerate(boxes):
            opened, score = self.meanings.section(box.text)
            if d_number(box.text):
                return  # a part's own heading
            if index not in taken and score >= _COLUMN and opened == self.parts.section(box):
                taken[index] = "content", score * _ELSEWHERE
                return

    @staticmethod
    def _rivalled(readings: Sequence[Reading], column: str, used: set[str]) -> float:
        """Less for a heading whose languages name two columns, neither of them another heading's."""
        best = max((reading.score for reading in readings), default=0.0)
        rivals = [item for item in readings if item.target not in used and item.score >= best - _RIVAL_MARGIN]
        return 0.8 if any(item.target != column for item in rivals) else 1.0

    def _more_than_fields(self, header: Header, boxes: Sequence[Box], section: str) -> bool:
        readings = [self.meanings.field(box.text, section) for box in boxes]
        singles = sum(reading.score for reading in readings if reading is not None)
        answered = sum((right := self.grid.right_of(box)) is not None and right.blank for box in boxes)
        return header.total > singles or (section != HEAD and answered * 2 < len(boxes))

    def _line(self, heading: Box, row: int) -> Box | None:
        """The box of a heading's column in a row, when it starts there and has the column's width."""
        box = self.grid.at(row, heading.column)
        if box is None or (box.row, box.column, box.right) != (row, heading.column, heading.right):
            return None
        return box

    def _rows(self, header: Header) -> None:
        table, doubt = self._which(header)
        key = self.meanings.lexicon.lists[table].key
        row = max(box.bottom for box, _, _ in header.columns) + 1
        free: list[int] = []
        printed = 0
        while row <= self.grid.rows and len(free) + printed < _MOST_ROWS:
            line = [(self._line(box, row), column, score) for box, column, score in header.columns]
            name = self._name(header, key, row)
            kept = [item for item in line if item[1] != key or item[0] is None or item[0].blank]
            if not self._fits(kept, name):
                break
            if name is None or name.blank or _INDEX.fullmatch(name.text):
                free.append(row)
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
            return self._line(keyed, row)
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

    def _which(self, header: Header) -> tuple[str, float]:
        """The list, told apart by the heading above where some have the same columns; and how sure that is."""
        if header.table in WHYS.values():
            way = self.parts.way(header.columns[0][0])
            return (WHYS[way], header.doubt) if way else ("occurrence_whys", 0.7)
        first = header.columns[0][0]
        named = self.meanings.list_named(self.parts.title(first), self.parts.section(first))
        return named if named in self._alike(header.table) else header.table, header.doubt

    def _add(self, table: str, header: Header, rows: Sequence[int], doubt: float) -> None:
        columns = []
        for box, column, score in header.columns:
            first, last = self._line(box, rows[0]), self._line(box, rows[-1])
            if first is None or not first.blank:
                continue  # numbered or named by the form already
            area = CellRange(rows[0], box.column, last.bottom if last else rows[-1], box.right)
            columns.append(ColumnProposal(str(area), column, box.text, round(score * doubt * 0.97, 3)))
        place = (table, self.parts.section(header.columns[0][0]))
        if place in self._lists:  # the same lines twice in one part: which of them belong here, a person says
            columns = [replace(item, confidence=round(item.confidence * _DOUBT, 3)) for item in columns]
        self._lists.add(place)
        sure = sum(item.confidence for item in columns) / len(columns)
        self.tables.append(TableProposal(self.grid.name, table, tuple(rows), tuple(columns), round(sure, 3)))
