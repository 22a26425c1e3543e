"""The parts of a form: which section (D0 … D8, head) a box lies in, by the headings above and beside it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.documents.forms.field_meanings import HEAD
from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.label import d_number, has_han
from pipeline.documents.forms.meanings import Meanings

_LONGEST_HEADING, _LONGEST_BAND = 120, 50  # a band in Latin letters takes twice the room
UNKNOWN = ""
_MANY, _COLUMN = 3, 0.88


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with the part it opens; ``beside`` governs only its own rows, others the rows below."""

    box: Box
    section: str
    score: float
    beside: bool
    whole_width: bool

    def governs(self, box: Box) -> bool:
        """Whether a box lies in its reach, later headings aside."""
        if self.beside:
            return self.box.row <= box.row <= self.box.bottom and box.column > self.box.right
        across = self.whole_width or (self.box.column <= box.column <= self.box.right)
        return box.row > self.box.bottom and across


class Parts:
    """The headings of a grid, and the part that any box belongs to."""

    def __init__(self, grid: Grid, meanings: Meanings) -> None:
        self.grid = grid
        columns = _column_headings(grid, meanings)
        self.headings = [
            found for box in grid.labels() if box not in columns and (found := self._heading(box, meanings)) is not None
        ]
        self._starts = {heading.box: heading for heading in self.headings}
        self._bands = [box for box in grid.labels() if box not in self._starts and self._is_band(box)]
        self._meanings = meanings
        self._above = meanings.section(grid.over)[0] or HEAD  # where no heading of its own says anything

    def heading(self, box: Box) -> Heading | None:
        """The heading that a box is."""
        return self._starts.get(box)

    def section(self, box: Box) -> str:
        """D0 … D8, ``head`` before the first heading, "" behind a heading that says nothing to us."""
        found, leg = self.governing(box), self._leg_over(box)
        if (leg is not None and (found is None or found.box.row < leg.row)) or self._leg_beside(box) is not None:
            return "D4"
        if found is None:
            return self._above
        ended = not found.beside and any(found.box.bottom < band.row < box.row for band in self._bands)
        return UNKNOWN if ended else found.section

    def _is_band(self, box: Box) -> bool:
        """Whether a text lies over the whole width and no answer follows at once: a heading by its looks."""
        below = self.grid.below(box)
        over_answer = below is not None and below.blank and below.width >= box.width
        longest = _LONGEST_BAND if has_han(box.text) else 2 * _LONGEST_BAND
        return box.width > 1 and box.width == self.grid.columns and not over_answer and len(box.text) <= longest

    def governing(self, box: Box) -> Heading | None:
        """The heading beside a box, else the nearest above it."""
        reach = [heading for heading in self.headings if heading.box is not box and heading.governs(box)]
        beside = [heading for heading in reach if heading.beside]
        return max(beside or reach, key=lambda heading: (heading.box.row, heading.box.column), default=None)

    def way(self, box: Box) -> str:
        """``occurrence`` or ``escape`` by the nearest text above that tells; "" when nothing does up to a heading."""
        beside = self._leg_beside(box)
        if beside is not None:
            return self._meanings.way(beside.text)
        above = [
            label for label in self.grid.labels()
            if label.bottom < box.row and label.column <= box.right and label.right >= box.column
        ]
        governing = self.governing(box)
        if governing is not None and governing.beside:
            above.append(governing.box)
        for label in sorted(above, key=lambda item: -item.row)[:6]:
            way = self._meanings.way(label.text)
            if way:
                return way
            if label in self._bands or (self.heading(label) is not None and self.heading(label) != governing):
                return ""
        return self._meanings.way(self.grid.over)

    def leg(self, box: Box) -> str:
        """``occurrence`` or ``escape`` when the heading that a box lies under says which of the two it is about."""
        told = self._leg_beside(box) or self._leg_over(box)
        return self._meanings.way(self.title(box) if told is None else told.text)

    def _leg_beside(self, box: Box) -> Box | None:
        """The box of several rows at the left of a label, when its column tells the legs: 发生, 流出, 体系 down."""
        left = self.grid.left_of(box)
        if left is None or left.blank or left.height == 1 or box.blank:
            return None
        column = [item for item in self.grid.labels() if item.height > 1 and item.column == left.column]
        return left if len({way for item in column if (way := self._meanings.way(item.text))}) > 1 else None

    def _leg_over(self, box: Box) -> Box | None:
        """The nearest heading above a box that is wider than it, when it tells a leg: over half of the form, say."""
        wider = [
            label for label in self.grid.labels()
            if label.bottom < box.row and label.covers(box) and label.width > box.width and self._is_over_labels(label)
        ]
        nearest = max(wider, key=lambda label: label.row, default=None)
        return nearest if nearest is not None and self._meanings.is_leg(nearest.text) else None

    def _is_over_labels(self, box: Box) -> bool:
        """Whether a text stands over narrower ones and has no answer at its right."""
        below, right = self.grid.below(box), self.grid.right_of(box)
        narrower = below is not None and not below.blank and below.width < box.width
        return narrower and (right is None or not right.blank or right.row != box.row)

    def title(self, box: Box) -> str:
        """The text of the heading that a box lies under, known or not; the line over a Word table where it has none."""
        band, governing = self._band(box), self.governing(box)
        if governing is not None and (band is None or governing.box.row > band.row):
            return governing.box.text
        return band.text if band is not None else self.grid.over

    def is_of_no_leg(self, box: Box) -> bool:
        """Whether a box lies under a heading that says nothing to us, beside others that tell the two legs apart."""
        beside = self._leg_beside(box)
        if beside is not None:
            return not self._meanings.way(beside.text)
        band = self._band(box)
        legs = any(self._meanings.way(other.text) for other in self._bands)
        return legs and band is not None and not self._meanings.way(band.text) and not self.leg(box)

    def is_unread(self, box: Box) -> bool:
        """Whether a box lies under a heading by its looks that says nothing to us; the form's title aside."""
        band, governing = self._band(box), self.governing(box)
        return band is not None and band.row > 1 and (governing is None or governing.box.row < band.row)

    def _band(self, box: Box) -> Box | None:
        return max((band for band in self._bands if band.bottom < box.row), key=lambda item: item.row, default=None)

    def _heading(self, box: Box, meanings: Meanings) -> Heading | None:
        """The heading that a box is, by its words and by what stands around it; None for a label with an answer."""
        section, score = self._opened(box, meanings)
        if not section or len(box.text) > _LONGEST_HEADING:
            return None
        right = self.grid.right_of(box)
        if right is not None and not self._wide(box):
            if self._is_beside(box, right):
                return Heading(box, section, score, beside=True, whole_width=False)
            if self._has_answer(box, right) or self._is_one_of_many(box, right):
                return None
        others = [item for item in self.grid.row_of(box.row) if item is not box and len(item.text) > 3 and
                  not item.blank]
        return Heading(box, section, score, beside=False, whole_width=not others)

    def _opened(self, box: Box, meanings: Meanings) -> tuple[str, float]:
        section, score = meanings.section(box.text)
        left = self.grid.left_of(box)
        if self._wide(box) and left is not None and left.row == box.row and left.height == 1 and len(left.text) <= 3:
            section = d_number(left.text) or section  # the number stands in a box of its own
        return section, score

    def _wide(self, box: Box) -> bool:
        return box.width * 2 >= self.grid.columns and (box.width > 1 or self.grid.columns == 1)

    def _is_beside(self, box: Box, right: Box) -> bool:
        """Whether a heading stands at the left of its part, over one or more rows."""
        left = self.grid.left_of(box)
        first = box.column == 0 or (left is not None and (left.blank or len(left.text) <= 3))
        if not first:
            return False
        if right.blank:
            return box.height > 1 and box.height > right.height
        return box.height > 1 or bool(d_number(box.text))

    def _has_answer(self, box: Box, right: Box) -> bool:
        return right.blank and self._answers(right) and box.height >= right.height and not d_number(box.text)

    def _is_one_of_many(self, box: Box, right: Box) -> bool:
        """A label among labels, whose box is not below it."""
        below = self.grid.below(box)
        return not right.blank and (not self._blank_below(box) or (below is not None and not below.blank))

    def _answers(self, box: Box) -> bool:
        return bool(box.framed) or not self.grid.frames

    def _blank_below(self, box: Box) -> bool:
        below = self.grid.below(box)
        return below is not None and below.blank and below.width >= box.width


def _heads_a_column(grid: Grid, box: Box) -> bool:
    """Whether a text of several rows stands over a blank box of just its width, as beside a heading of two levels."""
    below = grid.below(box)
    over = below is not None and below.blank and (below.column, below.right) == (box.column, box.right)
    return over and not box.blank and not d_number(box.text)


def _column_headings(grid: Grid, meanings: Meanings) -> set[Box]:
    """Boxes that head the columns of a table, whatever their words may mean elsewhere: three or more in a row."""
    found: set[Box] = set()
    for row in range(1, grid.rows + 1):
        boxes = [box for box in grid.row_of(row) if not box.blank]
        lowest = min((box.height for box in boxes), default=1)
        boxes = [box for box in boxes if box.height == lowest and not d_number(box.text)]
        boxes += [box for box in grid.ending_in(row) if box.row < row and _heads_a_column(grid, box)]
        if len(boxes) < _MANY or sum((below := grid.below(box)) is not None and below.blank for box in boxes) < _MANY:
            continue
        opening = [box for box in boxes if meanings.section(box.text)[0]]
        if len(opening) * 2 < len(boxes):
            found.update(opening)  # parts of a form stand beside parts; among other labels it is one of them
        for table in meanings.lexicon.lists:
            heads = [box for box in boxes if any(item.score >= _COLUMN for item in meanings.column(table, box.text))]
            if len(heads) >= _MANY and len(heads) * 4 >= len(boxes) * 3:
                found.update(heads)
    return found
