"""All pages of a slide given as data, by its kind."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.documents.deck import blocks_page, charts, cover, item_page
from pipeline.documents.deck.page import Sheet
from pipeline.documents.deck.template import Pages
from pipeline.documents.photos import ReadPhoto
from schemas.deck import BlocksSlide, ChartsSlide, CoverSlide, ItemSlide, Slide


def sheets_of(slide: Slide, pages: Pages, read: ReadPhoto) -> Iterator[Sheet]:
    """The pages of one slide; photos come through ``read``."""
    match slide:
        case CoverSlide():
            yield from cover.sheets(slide, pages)
        case ChartsSlide():
            yield from charts.sheets(slide, pages)
        case BlocksSlide():
            yield from blocks_page.sheets(slide, pages)
        case ItemSlide():
            yield from item_page.sheets(slide, pages, read)
