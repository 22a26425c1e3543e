"""The deck's template: layouts and placeholders found by name, so that a plant can adopt its own .potx or .pptx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pipeline.documents.deck.drawing import Area
from pipeline.documents.deck.fault import DeckTemplateFault, DeckUnreadable

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Deck
    from pptx.slide import SlideLayout

#: Where a plant's own template is looked for, and the packaged one stands, below the template folders.
FILES = (("deck", "template.potx"), ("deck", "template.pptx"))
COVER, INNER = "例会封面", "例会内页"
TITLE, SUBTITLE, BODY, FOOTER, NUMBER = "标题", "副标题", "正文区", "页脚", "页码"
_EMU = 12_700
#: Points: less than this and a page holds too little to be worth turning.
_LEAST_WIDTH, _LEAST_HEIGHT, _LEAST_COVER = 560.0, 300.0, 60.0
_DEMANDED = {COVER: (TITLE, SUBTITLE, BODY), INNER: (TITLE, BODY)}
_TEMPLATE_TYPE, _DECK_TYPE = b"presentationml.template.main+xml", b"presentationml.presentation.main+xml"
_MOST_BYTES, _MOST_RATIO = 1 << 30, 300


@dataclass(frozen=True, slots=True)
class Page:
    """A layout of the template with the places of its named placeholders."""

    layout: SlideLayout
    places: dict[str, Area]

    @property
    def body(self) -> Area:
        """Where content is drawn."""
        return self.places[BODY]


@dataclass(frozen=True, slots=True)
class Pages:
    """The two layouts that a deck is drawn with."""

    cover: Page
    inner: Page


def _as_deck(content: bytes) -> bytes:
    """The package with a template's content type made that of a presentation; decks pass as they are."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(entry.file_size for entry in package.infolist()) > min(_MOST_BYTES, _MOST_RATIO * len(content)):
            raise zipfile.BadZipFile("grows beyond measure when unpacked")
        if _TEMPLATE_TYPE not in package.read("[Content_Types].xml"):
            return content
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as target:
            for entry in package.infolist():
                part = package.read(entry)
                if entry.filename == "[Content_Types].xml":
                    part = part.replace(_TEMPLATE_TYPE, _DECK_TYPE)
                target.writestr(entry, part)
    return out.getvalue()


def open_deck(name: str, content: bytes) -> Deck:
    """A presentation or template from its bytes; raises ``DeckUnreadable`` for anything else."""
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    try:
        return Presentation(io.BytesIO(_as_deck(content)))
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError, OSError, NotImplementedError,
            RuntimeError, PythonPptxError) as error:
        # an encrypted package, another format under this name, XML cut short
        raise DeckUnreadable(name) from error


def placeholders_of(layout: SlideLayout) -> list[Any]:
    """The layout's placeholders; the library types this collection as one that cannot be iterated."""
    return list(cast("Iterable[Any]", layout.placeholders))


def _page(layout: SlideLayout) -> Page:
    places = {}
    for shape in placeholders_of(layout):
        if None not in (shape.left, shape.top, shape.width, shape.height):
            places[shape.name] = Area(
                shape.left / _EMU, shape.top / _EMU, shape.width / _EMU, shape.height / _EMU
            )
    return Page(layout, places)


def _faults(found: dict[str, Page]) -> Iterator[str]:
    for layout, names in _DEMANDED.items():
        if layout not in found:
            others = "、".join(name for name in found if name not in _DEMANDED)
            there = f"；现有版式：{others}" if others else ""
            yield f"缺少版式“{layout}”（其中要有占位符 {'、'.join(names)}{there}）"
            continue
        places = found[layout].places
        if missing := [name for name in names if name not in places]:
            yield f"版式“{layout}”缺少占位符 {'、'.join(missing)}"
        elif layout == INNER:
            yield from _too_small(layout, places[BODY], _LEAST_HEIGHT)
        else:
            yield from _too_small(layout, places[BODY], _LEAST_COVER)


def _too_small(layout: str, area: Area, height: float) -> Iterator[str]:
    if area.width < _LEAST_WIDTH or area.height < height:
        need, have = _centimetres(_LEAST_WIDTH, height), _centimetres(area.width, area.height)
        yield f"版式“{layout}”的正文区至少要 {need}，现为 {have}"


def _centimetres(width: float, height: float) -> str:
    return f"宽 {width / 28.35:.1f} × 高 {height / 28.35:.1f} 厘米"


def pages_of(name: str, deck: Deck) -> Pages:
    """The named layouts of a deck; raises ``DeckTemplateFault`` with everything that is missing, at once."""
    found = {layout.name: _page(layout) for master in deck.slide_masters for layout in master.slide_layouts}
    faults = tuple(_faults(found))
    if faults:
        raise DeckTemplateFault(name, faults)
    return Pages(found[COVER], found[INNER])


def check_template(name: str, content: bytes) -> None:
    """Raise ``DeckUnreadable`` or ``DeckTemplateFault`` unless decks can be drawn on this template."""
    pages_of(name, open_deck(name, content))


def empty_deck(name: str, content: bytes) -> Deck:
    """The template without the sample slides it may hold."""
    deck = open_deck(name, content)
    slides = deck.slides._sldIdLst  # the library offers no call to take slides out
    for entry in list(slides):
        deck.part.drop_rel(entry.rId)
        slides.remove(entry)
    return deck
