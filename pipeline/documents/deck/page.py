"""One page to be drawn: its name, layout, title, content and notes; and the making of the slide from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.documents.deck.drawing import Area, Canvas, Words
from pipeline.documents.deck.measure import fitted, readable, width_of
from pipeline.documents.deck.palette import BAD, PAPER, QUIET
from pipeline.documents.deck.template import BODY, COVER, FOOTER, NUMBER, SUBTITLE, TITLE, Page, placeholders_of

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Deck
    from pptx.slide import Slide

_TITLE_SIZE, _SUBTITLE_SIZE, _FOOTER_SIZE, _MARK_SIZE = 22, 18, 12, 12
_COVER_SIZE = 40
_KEY = "kesu:"

#: Draws what is no text on the slide: pictures and charts.
Extra = Callable[["Slide"], None]


@dataclass(slots=True)
class Sheet:
    """A page before it becomes a slide.

    ``name`` tells it from every other page of the deck, whatever its position; it stands in the name of the title
    shape. ``canvas`` holds its shapes, ``extras`` draw pictures and charts, ``notes`` become the speaker's notes.
    """

    name: str
    page: Page
    title: str
    canvas: Canvas
    part: str = ""  # which of several pages; stands behind the title, whatever of that fits
    subtitle: tuple[str, ...] = ()
    extras: list[Extra] = field(default_factory=list)
    notes: tuple[str, ...] = ()


def page_name(slide: Slide) -> str:
    """The name of a page of ours, "" for a slide that people made or whose title they removed."""
    for shape in slide.shapes:
        if shape.name.startswith(_KEY):
            return shape.name.removeprefix(_KEY)
    return ""


def name_page(shape: Any, page: str) -> None:
    """Name a page by the shape that holds its title."""
    shape.name = f"{_KEY}{page}"


def rename_page(slide: Slide, page: str) -> None:
    """Give a page of ours another name."""
    for shape in slide.shapes:
        if shape.name.startswith(_KEY):
            name_page(shape, page)


def put_slide(deck: Deck, sheet: Sheet, footer: str) -> Slide:
    """Append the page to the deck as a new slide."""
    slide: Slide = deck.slides.add_slide(sheet.page.layout)
    _fill_placeholders(slide, sheet)
    _footer(slide, sheet, footer)
    sheet.canvas.put_on(slide)
    for extra in sheet.extras:
        extra(slide)
    if sheet.notes:
        frame = slide.notes_slide.notes_text_frame
        if frame is not None:
            frame.text = "\n".join(map(readable, sheet.notes))
    return slide


def _fill_placeholders(slide: Slide, sheet: Sheet) -> None:
    for shape in list(slide.placeholders):
        source = _layout_name(sheet.page, shape.placeholder_format.idx)
        if source == TITLE:
            name_page(shape, sheet.name)
            size = _COVER_SIZE if sheet.page.layout.name == COVER else _TITLE_SIZE
            width = sheet.page.places[TITLE].width
            room = width - width_of(sheet.part, size, bold=True)
            _write(shape, [fitted(readable(sheet.title), size, room, bold=True) + sheet.part], size)
        elif source == SUBTITLE and sheet.subtitle:
            width = sheet.page.places[SUBTITLE].width
            _write(shape, [fitted(readable(text), _SUBTITLE_SIZE, width) for text in sheet.subtitle], _SUBTITLE_SIZE)
        else:
            shape._element.getparent().remove(shape._element)  # 正文区 is drawn on, and the plant's own stay empty


def _layout_name(page: Page, index: int) -> str:
    for shape in placeholders_of(page.layout):
        if shape.placeholder_format.idx == index:
            return str(shape.name)
    return ""


def _write(shape: Any, texts: list[str], size: int) -> None:
    from pptx.enum.text import MSO_AUTO_SIZE
    from pptx.util import Pt

    frame = shape.text_frame
    frame.auto_size = MSO_AUTO_SIZE.NONE
    for position, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size = text, Pt(size)


def _footer(slide: Slide, sheet: Sheet, footer: str) -> None:
    """The footer's words, and the page number as the field that PowerPoint counts."""
    from copy import deepcopy

    place = sheet.page.places.get(FOOTER)
    if place is not None:
        text = fitted(footer, _FOOTER_SIZE, place.width)
        sheet.canvas.text(FOOTER, place, [Words(text, _FOOTER_SIZE, colour=QUIET)])
    for shape in placeholders_of(sheet.page.layout):
        if shape.name == NUMBER:
            copied: Any = deepcopy(shape._element)
            copied.nvSpPr.cNvPr.set("id", str(sheet.canvas.number()))
            slide.shapes._spTree.append(copied)  # python-pptx leaves page numbers out of new slides


def add_mark(slide: Slide, sheet: Sheet, mark: str) -> None:
    """A tag above the title, on the right: when the page was added to a deck that people had already."""
    title = sheet.page.places[TITLE]
    width = width_of(mark, _MARK_SIZE, bold=True) + 20
    area = Area(title.left + title.width - width, max(title.top - 16, 2), width, 19)
    sheet.canvas.box("标记", area, [Words(mark, _MARK_SIZE, bold=True, colour=PAPER, align="ctr")], back=BAD)
    sheet.canvas.put_on(slide)


def body_of(page: Page) -> Area:
    """Where a page of this layout is drawn on."""
    return page.places[BODY]
