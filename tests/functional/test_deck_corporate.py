"""Plants' own templates of different build: what lacks is told with the remedy; named, they draw decks without flaw."""

from __future__ import annotations

import io
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Emu, Pt

from pipeline.documents.deck.edition import make
from pipeline.documents.deck.fault import DeckTemplateFault
from pipeline.documents.deck.template import check_template
from schemas.deck import DeckView
from tests.deck_samples import NOW, deck, item, read_photo
from tests.pages import check_file

COVER, INNER = 0, 1  # of python-pptx's default template: Title Slide, Title and Content, 4:3


def place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = (Emu(round(value * 12_700)) for value in
                                                        (left, top, width, height))


def placeholder(layout: Any, kind: int) -> Any:
    return next(shape for shape in layout.placeholders if shape.placeholder_format.idx == kind)


def with_names(opened: Any) -> None:
    """What the message tells people to do: rename two layouts and their placeholders, add a body to the cover."""
    cover, inner = opened.slide_layouts[COVER], opened.slide_layouts[INNER]
    cover.name, inner.name = "例会封面", "例会内页"
    placeholder(cover, 0).name, placeholder(cover, 1).name = "标题", "副标题"
    placeholder(inner, 0).name, placeholder(inner, 1).name = "标题", "正文区"
    added: Any = deepcopy(placeholder(cover, 1)._element)
    added.nvSpPr.cNvPr.set("id", "90")
    added.nvSpPr.cNvPr.set("name", "正文区")
    added.nvSpPr.nvPr.ph.set("idx", "20")
    added.nvSpPr.nvPr.ph.set("type", "body")
    cover.shapes._spTree.append(added)


def old_projector(opened: Any) -> None:
    """4:3 with a wide title, as templates of fifteen years ago have it."""
    cover, inner = opened.slide_layouts[COVER], opened.slide_layouts[INNER]
    place(placeholder(cover, 0), 36, 150, 648, 70)
    place(placeholder(cover, 1), 36, 230, 648, 80)
    place(placeholder(inner, 0), 36, 20, 648, 50)
    place(placeholder(inner, 1), 36, 80, 648, 410)


def wide_with_a_band(opened: Any) -> None:
    """16:9 with a coloured band on the master and the title in it."""
    opened.slide_width, opened.slide_height = Pt(960), Pt(540)
    band = opened.slide_master.shapes._spTree
    slide = opened.slides.add_slide(opened.slide_layouts[6])
    drawn = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Pt(960), Pt(14))
    drawn.fill.solid()
    drawn.fill.fore_color.rgb = RGBColor(0x8A, 0x15, 0x38)
    band.append(deepcopy(drawn._element))
    cover, inner = opened.slide_layouts[COVER], opened.slide_layouts[INNER]
    place(placeholder(cover, 0), 60, 150, 840, 80)
    place(placeholder(cover, 1), 60, 240, 840, 80)
    place(placeholder(inner, 0), 30, 24, 900, 44)
    place(placeholder(inner, 1), 30, 80, 900, 420)


def with_a_logo_column(opened: Any) -> None:
    """16:10 with a column for the logo on the right: a narrow body, and no placeholder for pictures anywhere."""
    opened.slide_width, opened.slide_height = Pt(800), Pt(500)
    cover, inner = opened.slide_layouts[COVER], opened.slide_layouts[INNER]
    place(placeholder(cover, 0), 30, 130, 620, 70)
    place(placeholder(cover, 1), 30, 210, 620, 70)
    place(placeholder(inner, 0), 30, 16, 620, 44)
    place(placeholder(inner, 1), 30, 70, 620, 390)


BUILDS: list[Callable[[Any], None]] = [old_projector, wide_with_a_band, with_a_logo_column]


def template_of(build: Callable[[Any], None], *, named: bool) -> bytes:
    """A plant's template as it comes, or after its people followed the message."""
    opened = Presentation()
    build(opened)
    if named:
        with_names(opened)
        cover = opened.slide_layouts[COVER]
        below = placeholder(cover, 1)
        place(placeholder(cover, 20), below.left / 12_700, (below.top + below.height) / 12_700 + 20,
              below.width / 12_700, 90)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.__name__)
def test_as_it_comes_it_is_told_what_to_name(build: Callable[[Any], None]) -> None:
    with pytest.raises(DeckTemplateFault) as caught:
        check_template("厂标.pptx", template_of(build, named=False))
    told = str(caught.value)
    assert "缺少版式“例会封面”（其中要有占位符 标题、副标题、正文区；现有版式：Title Slide、Title and Content、" in told
    assert "缺少版式“例会内页”（其中要有占位符 标题、正文区；" in told
    assert "重命名版式" in told


def crowded() -> DeckView:
    return deck(item(1, 4, 6))


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.__name__)
def test_named_it_draws_a_deck_without_flaw(build: Callable[[Any], None], tmp_path: Path) -> None:
    content = template_of(build, named=True)
    check_template("厂标.pptx", content)
    target = tmp_path / "周报.pptx"
    target.write_bytes(make(crowded(), ("厂标.pptx", content), None, (), read_photo, NOW).content)
    assert [str(finding) for finding in check_file(target)] == []
    made = Presentation(str(target))
    assert (made.slide_width, made.slide_height) == _size(content)
    assert {slide.slide_layout.name for slide in made.slides} == {"例会封面", "例会内页"}


def _size(content: bytes) -> tuple[Any, Any]:
    opened = Presentation(io.BytesIO(content))
    return opened.slide_width, opened.slide_height
