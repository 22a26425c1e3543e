"""Pages of blocks: item list, unchanged items, overdue page, decisions; they go on as long as there is text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.documents.deck.blocks import draw
from pipeline.documents.deck.drawing import Canvas
from pipeline.documents.deck.page import Sheet, body_of
from pipeline.documents.deck.paging import fill
from pipeline.documents.deck.template import Pages
from schemas.deck import BlocksSlide


def part_of(position: int, count: int) -> str:
    """Which of several pages, "" for the only one."""
    return "" if count == 1 else f"（{position}/{count}）"


def sheets(view: BlocksSlide, pages: Pages) -> Iterator[Sheet]:
    """As many pages as the blocks need."""
    filled = fill(view.blocks, lambda _number: body_of(pages.inner))
    for position, page in enumerate(filled, 1):
        canvas = Canvas()
        draw(canvas, page)
        part = part_of(position, len(filled))
        yield Sheet(f"{view.key}/{position}", pages.inner, view.title, canvas, part, notes=view.sources)
