"""Rows of headings: which list they are the columns of, told by their words and by the part of the form they lie in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.documents.forms.field_meanings import HEAD
from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.label import d_number
from pipeline.documents.forms.lexicon import Reading
from pipeline.documents.forms.meanings import Meanings
from pipeline.documents.forms.parts import UNKNOWN, Parts
from pipeline.documents.forms.why_tables import WHYS

_COLUMN = 0.72
_RIVAL_MARGIN = 0.035
#: Columns by which a table is known outside its part of the form, and what that costs in certainty.
_PLAIN, _ELSEWHERE = 3, 0.9
#: A heading that speaks of a day, whatever day it means.
_DAY = re.compile(r"[日期]$|日期|时间|時間|\b(?:date|day|when)\b", re.IGNORECASE)
DOUBT, _SECOND = 0.8, 0.95
#: The parts whose measures are of a kind of their own, whatever the headings call them.
_OF_MEASURES = frozenset({"D3", "D5", "D6", "D7", "D8"})
_KINDS = frozenset({"D3", "D5", "D7"})
_INTERIM = "interim"
_USUAL = "corrective"  # what a plan of measures is about when nothing says more


@dataclass(frozen=True, slots=True)
class Header:
    """A row of headings read as one list: heading box → column with its score."""

    table: str
    columns: tuple[tuple[Box, str, float], ...]
    total: float
    doubt: float = 1.0


class HeaderReader:
    """Reads rows of headings of one grid."""

    def __init__(self, grid: Grid, parts: Parts, meanings: Meanings) -> None:
        self.grid, self.parts, self.meanings = grid, parts, meanings

    def read(self, boxes: Sequence[Box]) -> Header | None:
        """The list that a row of headings is about, None for other rows."""
        section = self.parts.section(boxes[-1])
        found = [header for name in self.meanings.lexicon.lists if (header := self._as(name, boxes)) is not None]
        best = self._best(found, section)
        if best is None or not self._more_than_fields(best, boxes, section):
            return None
        if self._is_of_no_part(best.table, boxes, section):
            best = replace(best, doubt=best.doubt * DOUBT)
        if len(best.columns) * 5 < len(boxes) * 3 or any(d_number(box.text) for box in boxes):
            best = replace(best, doubt=best.doubt * DOUBT)
        if section == HEAD and len(best.columns) * 2 < len(boxes):
            return None
        return best

    def _best(self, found: Sequence[Header], section: str) -> Header | None:
        """The list that headings are read as: one of their part; where no part is known, any that reads one more."""
        lists = self.meanings.lexicon.lists
        told = [header for header in found if self._part_named(header) in lists[header.table].sections[:1]]
        here = [header for header in found if section in lists[header.table].sections]
        if section not in _OF_MEASURES:
            here = told or here
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
        return replace(best, doubt=_ELSEWHERE * (DOUBT if alike > 1 or foreign else 1.0))  # measures, but which?

    def _part_named(self, header: Header) -> str:
        """The part that the heading over a list's measures names itself: D5 by 恒久对策; "" for none."""
        content = next((box for box, column, _ in header.columns if column == "content"), None)
        return self.meanings.part_told(content.text) if content is not None and len(header.columns) >= _PLAIN else ""

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
        _tell_proof_from_result(taken, readings)
        lone_day = self._tell_lone_day(name, taken, second)
        for index, column in enumerate(second):
            free = index not in taken and all(column != other for other, _ in taken.values())
            if column and free and readings[index]:
                taken[index] = column, _SECOND
        used = {column for column, _ in taken.values()}
        other_day = any(_DAY.search(box.text) for index, box in enumerate(boxes) if index not in taken)
        kinds = self.meanings.lexicon.lists[name].columns
        columns = tuple(
            (boxes[index], column, score * self._rivalled(readings[index], column, used)
             * (DOUBT if (other_day or lone_day) and kinds[column].kind == "date" else 1.0))
            for index, (column, score) in sorted(taken.items())
        )
        below = [line_box(self.grid, box, box.bottom + 1) for box, _, _ in columns]
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
        title = self.parts.title(boxes[-1])
        named = self.meanings.parts_said(title) & _KINDS
        if len(named) > 1 and not d_number(title):
            return bool(self._alike(name))  # 短期措施与长期措施
        if not self._alike(name) or section in own or named & set(own):
            return False
        told = any(self.meanings.part_told(box.text) in own for box in boxes)
        return (section == HEAD and not told) or self.parts.is_unread(boxes[-1])

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
    def _tell_lone_day(name: str, taken: dict[int, tuple[str, float]], second: Sequence[str]) -> bool:
        """Whether the one day asked for may be planned or actual (完成日期 alone); of interim ones it is actual."""
        index = next((place for place, (column, _) in taken.items() if column == "due"), None)
        if index is None or second[index] != "done" or any(column == "done" for column, _ in taken.values()):
            return False
        if name == _INTERIM:
            taken[index] = "done", taken[index][1]
        return True

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

    def which(self, header: Header) -> tuple[str, float]:
        """The list, told apart by the heading above where some have the same columns; and how sure that is."""
        if header.table in WHYS.values():
            way = self.parts.way(header.columns[0][0])
            return (WHYS[way], header.doubt) if way else ("occurrence_whys", 0.7)
        table = self._named(header.columns[0][0], header.table)
        content = next((box for box, column, _ in header.columns if column == "content"), None)
        named = self.meanings.list_named(content.text, self.parts.section(content)) if content is not None else ""
        lists = self.meanings.lexicon.lists
        if named in self._alike(table) and lists[named].sections[0] == lists[table].sections[0]:
            table = named  # 横向展开 heads the measures of a second table in D7
        return table, header.doubt

    def measures(self, boxes: Sequence[Box]) -> tuple[str, float]:
        """The list of measures in whose part a row of headings lies, and how sure that is."""
        section, lists = self.parts.section(boxes[-1]), self.meanings.lexicon.lists
        here = [name for name in lists if name in self._alike(_USUAL) and section in lists[name].sections]
        table = self._named(boxes[0], here[0] if here else _USUAL)
        return table, DOUBT if not here or self._is_of_no_part(table, boxes, section) else 1.0

    def _named(self, box: Box, table: str) -> str:
        """The list that the heading over a box names, where that is one of those alike; else ``table``."""
        named = self.meanings.list_named(self.parts.title(box), self.parts.section(box))
        return named if named in self._alike(table) else table


def _tell_proof_from_result(taken: dict[int, tuple[str, float]], readings: Sequence[Sequence[Reading]]) -> None:
    """What proves the effect of measures that are done already (a day says so) is their result, else a forecast."""
    if not any(column == "done" for column, _ in taken.values()):
        return
    for index, (column, score) in taken.items():
        either = {reading.target for reading in readings[index] if reading.score >= score} >= {"proof", "result"}
        if column == "proof" and either and all(other != "result" for other, _ in taken.values()):
            taken[index] = "result", score


def line_box(grid: Grid, heading: Box, row: int) -> Box | None:
    """The box of a heading's column in a row, when it starts there and has the column's width.

    A column whose boxes are merged is as wide as they are: its heading may have been left alone beside bare cells.
    """
    box = grid.at(row, heading.column)
    if box is None or (box.row, box.column) != (row, heading.column):
        return None
    beside = [grid.at(heading.row, column) for column in range(heading.right + 1, box.right + 1)]
    bare = all(cell is not None and cell.blank and cell.framed is False for cell in beside)
    return box if box.right >= heading.right and bare else None
