"""The pieces that blocks are laid out from: headings, paragraphs and table rows, each with its height in points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.documents.deck.drawing import CELL_SIDE, CELL_TOP
from pipeline.documents.deck.measure import fitted, line_height, readable, wrap
from schemas.deck import Block, TableBlock, TableCell, TableRow, TextBlock, Tone

TEXT_SIZE, TABLE_SIZE, HEADING_SIZE = 14, 12, 14
_ABOVE_HEADING, _BELOW_HEADING, BELOW_PARAGRAPH = 8.0, 4.0, 3.0


@dataclass(frozen=True, slots=True)
class Heading:
    """A block's heading; it never ends a page."""

    text: str
    tone: Tone
    first: bool  # nothing above it on the page

    @property
    def height(self) -> float:
        """Points, with the space around it."""
        return (0 if self.first else _ABOVE_HEADING) + line_height(HEADING_SIZE) + _BELOW_HEADING

    @property
    def above(self) -> float:
        """Points of white above the text."""
        return 0 if self.first else _ABOVE_HEADING


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a text block, broken into lines for the width it was measured for."""

    lines: tuple[str, ...]
    tone: Tone

    @property
    def text(self) -> str:
        """The paragraph, as it is written into the box."""
        return "".join(self.lines)

    def measured(self, width: float) -> Paragraph:
        """The same text in lines for another width."""
        return replace(self, lines=tuple(wrap(self.text, TEXT_SIZE, width)))

    @property
    def height(self) -> float:
        """Points, with the space below."""
        return len(self.lines) * line_height(TEXT_SIZE) + BELOW_PARAGRAPH

    def split(self, room: float) -> tuple[Paragraph, Paragraph] | None:
        """The part that fits into ``room`` points and the rest; None when not one line does."""
        count = int((room - BELOW_PARAGRAPH) // line_height(TEXT_SIZE))
        if not 0 < count < len(self.lines):
            return None
        return replace(self, lines=self.lines[:count]), replace(self, lines=self.lines[count:])


@dataclass(frozen=True, slots=True)
class Line:
    """A table row: per cell its lines (a paragraph's lines joined again on drawing), and the looks of the cell."""

    table: TableBlock
    cells: tuple[tuple[str, ...], ...]
    looks: tuple[TableCell, ...]
    head: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of each cell."""
        return tuple("".join(lines).rstrip("\n") for lines in self.cells)

    def measured(self, width: float) -> Line:
        """The same row in lines for a table of another width."""
        row = tuple(replace(look, text=text) for look, text in zip(self.looks, self.texts, strict=True))
        return line_of(self.table, row, width, head=self.head)

    @property
    def height(self) -> float:
        """Points, with the cell margins."""
        return max((len(lines) for lines in self.cells), default=1) * line_height(TABLE_SIZE) + 2 * CELL_TOP

    def split(self, room: float) -> tuple[Line, Line] | None:
        """The lines that fit into ``room`` points and the rest; None when not one line does."""
        count = int((room - 2 * CELL_TOP) // line_height(TABLE_SIZE))
        if not 0 < count < max(len(lines) for lines in self.cells):
            return None
        upper = tuple(lines[:count] or ("",) for lines in self.cells)
        return replace(self, cells=upper), replace(self, cells=tuple(lines[count:] or ("",) for lines in self.cells))


Piece = Heading | Paragraph | Line


def column_widths(table: TableBlock, width: float) -> list[float]:
    """The widths of a table's columns in points."""
    whole = sum(column.share for column in table.columns)
    return [width * column.share / whole for column in table.columns]


def line_of(table: TableBlock, row: TableRow, width: float, *, head: bool = False) -> Line:
    """A row measured for a table ``width`` points wide."""
    rooms = (room - 2 * CELL_SIDE for room in column_widths(table, width))
    cells = tuple(
        tuple(wrap(readable(entry.text), TABLE_SIZE, room, bold=entry.bold))
        for entry, room in zip(row, rooms, strict=True)
    )
    return Line(table, cells, row, head)


def head_of(table: TableBlock, width: float) -> Line:
    """The heading row, repeated on every page."""
    return line_of(table, tuple(TableCell(column.heading, bold=True) for column in table.columns), width, head=True)


def _text_pieces(block: TextBlock, width: float) -> Iterator[Piece]:
    for text in block.paragraphs:
        for single in readable(text).split("\n"):
            yield Paragraph(tuple(wrap(single, TEXT_SIZE, width)), block.tone)


def pieces_of(blocks: Sequence[Block], width: float) -> Iterator[Piece]:
    """All blocks measured for ``width`` points, in reading order."""
    for block in blocks:
        if block.heading:
            tone = block.tone if isinstance(block, TextBlock) else Tone.PLAIN
            yield Heading(fitted(block.heading, HEADING_SIZE, width, bold=True), tone, first=False)
        if isinstance(block, TextBlock):
            yield from _text_pieces(block, width)
        elif not block.rows:
            yield Paragraph(tuple(wrap(readable(block.empty), TEXT_SIZE, width)), Tone.QUIET)
        else:
            yield head_of(block, width)
            for row in block.rows:
                yield line_of(block, row, width)
