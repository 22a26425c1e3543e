"""A form as boxes on a grid, whether it came from a sheet or from a table in Word: merged cells are one box."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.documents.forms.label import is_blank, is_prompt
from pipeline.ooxml.cells import CellRange, reference


@dataclass(frozen=True, slots=True)
class Box:
    """One cell or merged range: rows from 1, columns from 0, ends included.

    ``framed`` is None where borders are not known; ``fixed`` says that it must not be written (a formula, say);
    ``prompt`` that its text only tells what to write, and goes; ``wraps`` that long text goes on in a further line.
    """

    row: int
    column: int
    bottom: int
    right: int
    text: str = ""
    framed: bool | None = None
    fixed: bool = False
    prompt: bool = False
    wraps: bool = True

    @property
    def blank(self) -> bool:
        """Nothing stands in it but a line to write on or a prompt, and something may."""
        return not self.fixed and (self.prompt or is_blank(self.text))

    @property
    def reference(self) -> str:
        """Its first cell, such as B3."""
        return reference(self.row, self.column)

    @property
    def area(self) -> str:
        """B3, or B3:D3 when it is merged."""
        return str(CellRange(self.row, self.column, self.bottom, self.right))

    @property
    def height(self) -> int:
        """In rows."""
        return self.bottom - self.row + 1

    @property
    def width(self) -> int:
        """In columns."""
        return self.right - self.column + 1

    def covers(self, other: Box) -> bool:
        """Whether the columns of ``other`` lie within its own."""
        return self.column <= other.column and self.right >= other.right


class Grid:
    """The boxes of one sheet or Word table; ``name`` is what people call it, ``frames`` whether boxes are drawn.

    ``over`` is the text that a Word table stands under or beside: the heading of the part it belongs to.
    """

    def __init__(self, name: str, boxes: list[Box], over: str = "") -> None:
        self.name, self.over = name, over
        self.boxes = sorted(boxes, key=lambda box: (box.row, box.column))
        self._at: dict[tuple[int, int], Box] = {}
        for box in self.boxes:
            for row in range(box.row, box.bottom + 1):
                for column in range(box.column, box.right + 1):
                    self._at.setdefault((row, column), box)
        self.rows = max((box.bottom for box in self.boxes), default=0)
        self.columns = max((box.right for box in self.boxes), default=-1) + 1
        self.frames = sum(bool(box.framed) for box in self.boxes) > len(self.boxes) // 4
        for box in [box for box in self.boxes if self._prompts(box)]:
            told = replace(box, prompt=True)
            self.boxes[self.boxes.index(box)] = told
            self._at.update({place: told for place, held in self._at.items() if held is box})

    def _prompts(self, box: Box) -> bool:
        """Whether a text tells what to write in its own box: a label stands at its left or over it, no box of its own
        at its right or below.
        """
        if box.fixed or not is_prompt(box.text):
            return False
        left, above = self.left_of(box), self.at(box.row - 1, box.column)
        right, below = self.right_of(box), self.below(box)
        led = _tells(left) or (_tells(above) and above is not None and above.right == box.right)
        beside = right is not None and right.row == box.row and right.framed is not False and is_blank(right.text)
        beyond = None if below is None else self.left_of(below)
        under = below is not None and is_blank(below.text) and below.framed is not False and not _tells(beyond)
        return led and not beside and not under  # an instruction stands over its box or beside it

    def at(self, row: int, column: int) -> Box | None:
        """The box over a cell; a cell that was never touched is a blank one while it lies within the used range."""
        if not (1 <= row <= self.rows and 0 <= column < self.columns):
            return None
        return self._at.get((row, column)) or Box(row, column, row, column, framed=False)

    def right_of(self, box: Box) -> Box | None:
        """The neighbour on the right of its first row."""
        return self.at(box.row, box.right + 1)

    def left_of(self, box: Box) -> Box | None:
        """The neighbour on the left of its first row."""
        return self.at(box.row, box.column - 1)

    def group_of(self, box: Box) -> Box | None:
        """The label that stands before the labels of a box's row without a blank of its own: 不良 before 数 and 率."""
        after, before = box, self.left_of(box)
        while before is not None and before.bottom >= box.row:
            if not before.blank and not after.blank:
                return before
            after, before = before, self.left_of(before)
        return None

    def below(self, box: Box) -> Box | None:
        """The neighbour below its first column."""
        return self.at(box.bottom + 1, box.column)

    def row_of(self, row: int) -> Iterator[Box]:
        """The boxes that begin in a row, left to right, never-touched cells left out."""
        for box in self.boxes:
            if box.row == row:
                yield box

    def ending_in(self, row: int) -> Iterator[Box]:
        """The boxes whose last row it is, left to right: the headings over a table, of one row or of two."""
        return (box for box in self.boxes if box.bottom == row)

    def labels(self) -> list[Box]:
        """The boxes with text."""
        return [box for box in self.boxes if not is_blank(box.text) and not box.prompt]


def _tells(box: Box | None) -> bool:
    return box is not None and not is_blank(box.text) and not is_prompt(box.text)
