"""Draws laid-out pieces: headings, paragraphs in one box, rows of a table in one native table."""

from __future__ import annotations

from itertools import groupby

from pipeline.documents.deck.drawing import Area, Canvas, Words, cell
from pipeline.documents.deck.measure import line_height
from pipeline.documents.deck.paging import Filled
from pipeline.documents.deck.palette import HEAD, TONES
from pipeline.documents.deck.pieces import (
    BELOW_PARAGRAPH,
    HEADING_SIZE,
    TABLE_SIZE,
    TEXT_SIZE,
    Heading,
    Line,
    Paragraph,
    Piece,
    column_widths,
)
from schemas.deck import TableBlock, Tone


def draw(canvas: Canvas, page: Filled) -> None:
    """Draw everything that ``paging.fill`` put on a page."""
    top = page.area.top
    for _, group in groupby(page.pieces, key=_together):
        pieces = list(group)
        height = sum(piece.height for piece in pieces)
        area = Area(page.area.left, top, page.area.width, height)
        _draw_group(canvas, area, pieces)
        top += height


def _together(piece: Piece) -> tuple[str, int]:
    """Pieces with the same answer are drawn as one shape."""
    if isinstance(piece, Line):
        return "table", id(piece.table)
    return ("heading", id(piece)) if isinstance(piece, Heading) else ("text", 0)


def _draw_group(canvas: Canvas, area: Area, pieces: list[Piece]) -> None:
    first = pieces[0]
    if isinstance(first, Heading):
        tone = HEAD if first.tone is Tone.PLAIN else TONES[first.tone]
        place = Area(area.left, area.top + first.above, area.width, line_height(HEADING_SIZE))
        canvas.text("小标题", place, [Words(first.text, HEADING_SIZE, bold=True, colour=tone)])
    elif isinstance(first, Line):
        lines = [piece for piece in pieces if isinstance(piece, Line)]
        _table(canvas, area, first.table, lines)
    else:
        words = [
            Words(piece.text.rstrip("\n"), TEXT_SIZE, colour=TONES[piece.tone], after=BELOW_PARAGRAPH)
            for piece in pieces if isinstance(piece, Paragraph)
        ]
        canvas.text("正文", area, words)


def _table(canvas: Canvas, area: Area, table: TableBlock, lines: list[Line]) -> None:
    rows = []
    for line in lines:
        cells = [
            cell(
                [Words(text, TABLE_SIZE, bold=look.bold, colour=HEAD if line.head else TONES[look.tone],
                       align="ctr" if column.centred else "l")],
                head=line.head,
            )
            for text, look, column in zip(line.texts, line.looks, table.columns, strict=True)
        ]
        rows.append((line.height, "".join(cells)))
    canvas.table(table.heading or "表", area, column_widths(table, area.width), rows)
