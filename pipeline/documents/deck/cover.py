"""The title page: what, when, whose, and the week in figures."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.documents.deck.drawing import Area, Canvas
from pipeline.documents.deck.figures import card_height, draw_figures
from pipeline.documents.deck.page import Sheet, body_of
from pipeline.documents.deck.template import Pages
from schemas.deck import CoverSlide

_SIZE = 32


def sheets(view: CoverSlide, pages: Pages) -> Iterator[Sheet]:
    """The one page."""
    canvas = Canvas()
    body = body_of(pages.cover)
    area = Area(body.left, body.top, body.width, min(card_height(_SIZE), body.height))
    draw_figures(canvas, area, view.figures, _SIZE)
    yield Sheet(f"{view.key}/1", pages.cover, view.title, canvas, subtitle=view.lines, notes=view.sources)
