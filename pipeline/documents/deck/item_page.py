"""The pages of one complaint: facts, timeline, photos beside the first blocks, the rest on following pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any

from pptx.slide import Slide
from pptx.util import Pt

from pipeline.documents.deck.blocks import draw
from pipeline.documents.deck.blocks_page import part_of
from pipeline.documents.deck.drawing import Area, Canvas, Words
from pipeline.documents.deck.figures import draw_figures
from pipeline.documents.deck.flow import FLOW_HEIGHT, draw_flow
from pipeline.documents.deck.measure import fitted, line_height, readable
from pipeline.documents.deck.page import Extra, Sheet, body_of
from pipeline.documents.deck.paging import fill
from pipeline.documents.deck.palette import BAND, QUIET
from pipeline.documents.deck.template import Pages
from pipeline.documents.photos import PhotoRefused, PreparedPhoto, ReadPhoto, prepared
from schemas.deck import ItemSlide, Photo

_FACT_SIZE, _FACTS_HEIGHT, _GAP = 14, 44.0, 10.0
_SIDE_SHARE, _COLUMN_GAP = 0.37, 18.0  # the right column: its share of the width, the white before it
_MANY_PHOTOS, _PHOTOS_SHARE = 3, 0.45  # two beside each other need more
_CAPTION_SIZE = 12
_PHOTO_GAP = 8.0
_LONGEST = 1600  # pixels of the longer side: more than a projector shows of a quarter slide


def sheets(view: ItemSlide, pages: Pages, read: ReadPhoto) -> Iterator[Sheet]:
    """The first page with strip, timeline and photos, and as many more as the blocks need."""
    body = body_of(pages.inner)
    rest = body.below(_FACTS_HEIGHT + _GAP + FLOW_HEIGHT + _GAP)
    side = _side(rest, _PHOTOS_SHARE if len(view.photos) >= _MANY_PHOTOS else _SIDE_SHARE)
    beside = fill(view.news, lambda _number: side) if not view.photos else []
    if len(beside) != 1:
        beside = []  # there are photos, or too much news for the column: it goes below the problem
    narrow = bool(beside or view.photos)
    first = Area(rest.left, rest.top, side.left - rest.left - _COLUMN_GAP, rest.height) if narrow else rest
    blocks = (view.problem, *(() if beside else view.news), *view.blocks)
    filled = fill(blocks, lambda number: body if number else first)
    for position, page in enumerate(filled, 1):
        canvas, extras = Canvas(), list[Extra]()
        if position == 1:
            draw_figures(canvas, Area(body.left, body.top, body.width, _FACTS_HEIGHT), view.facts, _FACT_SIZE)
            draw_flow(canvas, Area(body.left, body.top + _FACTS_HEIGHT + _GAP, body.width, FLOW_HEIGHT), view.flow)
            extras = list(_photos(canvas, side, view.photos, view.photo_note, read)) if view.photos else []
            for column in beside:
                draw(canvas, column)
        draw(canvas, page)
        part = part_of(position, len(filled))
        yield Sheet(
            f"{view.key}/{position}", pages.inner, view.title, canvas, part, extras=extras, notes=view.sources
        )


def _side(rest: Area, share: float) -> Area:
    """The column on the right of the first page."""
    width = rest.width * share
    return Area(rest.left + rest.width - width, rest.top, width, rest.height)


def _photos(canvas: Canvas, area: Area, photos: Sequence[Photo], note: str, read: ReadPhoto) -> Iterator[Extra]:
    """A grid of one or two columns; each photo as large as its cell allows, in its own proportions."""
    columns = 1 if len(photos) == 1 else 2
    rows = ceil(len(photos) / columns)
    foot = line_height(_CAPTION_SIZE) if note else 0
    width = (area.width - _PHOTO_GAP * (columns - 1)) / columns
    height = (area.height - foot - _PHOTO_GAP * (rows - 1)) / rows
    for position, photo in enumerate(photos):
        left = area.left + (position % columns) * (width + _PHOTO_GAP)
        top = area.top + (position // columns) * (height + _PHOTO_GAP)
        room = Area(left, top, width, height - line_height(_CAPTION_SIZE) - 2)
        picture = _read(photo, read)
        if isinstance(picture, str):
            words = [Words(picture, _CAPTION_SIZE, colour=QUIET, align="ctr")]
            canvas.box("照片", room, words, back=BAND)
            shown = room
        else:
            shown = _proportional(picture, room)
            yield _placing(picture, shown, photo.caption)
        caption = Area(left, shown.bottom + 2, width, line_height(_CAPTION_SIZE))
        text = fitted(photo.caption, _CAPTION_SIZE, width)
        canvas.text("照片说明", caption, [Words(text, _CAPTION_SIZE, colour=QUIET, align="ctr")])
    if note:
        place = Area(area.left, area.bottom - foot, area.width, foot)
        told = Words(fitted(note, _CAPTION_SIZE, area.width), _CAPTION_SIZE, colour=QUIET, align="r")
        canvas.text("照片说明", place, [told])


def _read(photo: Photo, read: ReadPhoto) -> PreparedPhoto | str:
    """The photo, or why it is not shown."""
    try:
        return prepared(read(photo.path), _LONGEST)
    except PhotoRefused as refusal:
        return str(refusal)
    except OSError:
        return "照片现在读不到，请看资料夹"  # moved or locked since it was listed


def _proportional(picture: PreparedPhoto, room: Area) -> Area:
    """The largest area of the picture's proportions at the top of the room, centred."""
    scale = min(room.width / picture.width, room.height / picture.height)
    width, height = picture.width * scale, picture.height * scale
    return Area(room.left + (room.width - width) / 2, room.top, width, height)


def _placing(picture: PreparedPhoto, area: Area, caption: str) -> Extra:
    def put(slide: Slide) -> None:
        from io import BytesIO

        place = map(Pt, (area.left, area.top, area.width, area.height))
        shape: Any = slide.shapes.add_picture(BytesIO(picture.content), *place)
        shape.name = "照片"
        shape._element.nvPicPr.cNvPr.set("descr", readable(caption))

    return put
