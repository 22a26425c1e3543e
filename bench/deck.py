"""The row on weekly decks: ours beside the same slides made by plain python-pptx, and the saving of both.

All draw the same shapes, tables, charts and photos from the same data in one process, in turns. The plain maker gets
our layout and our prepared photos for nothing: it draws the places, texts and pictures of the finished deck again.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE, MSO_SHAPE_TYPE
from pptx.util import Pt

from bench.row import Row, Scale, faster, within
from bench.shares import explained
from bench.turns import in_turns
from pipeline.documents.deck.edition import make
from pipeline.documents.deck.package import packed
from schemas.deck import DeckView
from tests.deck_samples import NOW, deck, item, photo, template
from tests.pages import check_file


def our_deck(view: DeckView, photos: dict[str, bytes]) -> bytes:
    """The deck as a pass makes it."""
    return make(view, ("template.pptx", template()), None, (), photos.__getitem__, NOW).content


_REMARKS = """\
Both draw through python-pptx, and most of the time is its: ours also makes the photos small, decides on the pages and
remembers what stands on them, and the plain maker is handed all that for nothing. The next step would be to write the
slides as XML without python-pptx: every shape, table and chart a second time."""
Draw = Callable[[Any], object]
Paragraphs = list[list[tuple[str, Any, Any]]]


class PlainMaker:
    """The same slides through python-pptx's own calls, with everything read from the finished deck beforehand."""

    def __init__(self, finished: bytes) -> None:
        self._slides: list[tuple[str, str, list[Draw]]] = []
        for slide in Presentation(io.BytesIO(finished)).slides:
            frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
            steps = [step for shape in slide.shapes for step in _steps(shape)]
            self._slides.append((slide.slide_layout.name, frame.text if frame is not None else "", steps))

    def __len__(self) -> int:
        return len(self._slides)

    def make(self) -> bytes:
        """Draw everything and save."""
        target = Presentation(io.BytesIO(template()))
        for layout, notes, steps in self._slides:
            slide: Any = target.slides.add_slide(target.slide_layouts.get_by_name(layout))
            for step in steps:
                step(slide)
            if notes:
                slide.notes_slide.notes_text_frame.text = notes
        out = io.BytesIO()
        target.save(out)
        return out.getvalue()


def _steps(shape: Any) -> Iterator[Draw]:
    """The calls that draw one shape again."""
    place = (shape.left, shape.top, shape.width, shape.height)
    if shape.is_placeholder:
        if shape.name.startswith("kesu:"):
            words = _words_of(shape.text_frame)
            yield lambda slide: _write(slide.shapes.title.text_frame, words)
    elif shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
        content = shape.image.blob
        yield lambda slide: slide.shapes.add_picture(io.BytesIO(content), *place)
    elif shape.has_table:
        yield _table(shape, place)
    elif shape.has_chart:
        yield _chart(shape, place)
    elif shape.element.tag.endswith("cxnSp"):
        ends = (place[0], place[1], place[0] + place[2], place[1] + place[3])
        yield lambda slide: slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *ends)
    elif shape.has_text_frame:
        yield _box(_words_of(shape.text_frame), place, filled=shape.fill.type is not None)


def _words_of(frame: Any) -> Paragraphs:
    return [[(run.text, run.font.size or Pt(14), run.font.bold) for run in paragraph.runs]
            for paragraph in frame.paragraphs]


def _write(target: Any, words: Paragraphs) -> None:
    target.word_wrap = True
    for position, runs in enumerate(words):
        paragraph = target.paragraphs[0] if position == 0 else target.add_paragraph()
        paragraph.line_spacing = Pt(19)
        for text, size, bold in runs:
            run = paragraph.add_run()
            run.text, run.font.size, run.font.bold = text, size, bold
            run.font.color.rgb = RGBColor(0x26, 0x26, 0x26)


def _box(words: Paragraphs, place: tuple[int, ...], *, filled: bool) -> Draw:
    def draw(slide: Any) -> None:
        if filled:
            drawn = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place)
            drawn.fill.solid()
            drawn.fill.fore_color.rgb = RGBColor(0xF2, 0xF5, 0xF9)
        else:
            drawn = slide.shapes.add_textbox(*place)
        _write(drawn.text_frame, words)

    return draw


def _table(shape: Any, place: tuple[int, ...]) -> Draw:
    widths = [column.width for column in shape.table.columns]
    rows = [(row.height, [_words_of(cell.text_frame) for cell in row.cells]) for row in shape.table.rows]

    def draw(slide: Any) -> None:
        target = slide.shapes.add_table(len(rows), len(widths), *place).table
        for index, width in enumerate(widths):
            target.columns[index].width = width
        for row_index, (height, cells) in enumerate(rows):
            target.rows[row_index].height = height
            for index, words in enumerate(cells):
                cell = target.cell(row_index, index)
                cell.margin_left = cell.margin_right = Pt(5)
                cell.fill.solid()
                cell.fill.fore_color.rgb = RGBColor(0xFF, 0xFF, 0xFF)
                _write(cell.text_frame, words)

    return draw


def _chart(shape: Any, place: tuple[int, ...]) -> Draw:
    plots, kind = list(shape.chart.plots), shape.chart.chart_type
    data = CategoryChartData()
    data.categories = list(plots[0].categories)
    for series in (series for plot in plots for series in plot.series):
        data.add_series(series.name, list(series.values))
    return lambda slide: slide.shapes.add_chart(kind, *place, data)


def _photos(view: DeckView, width: int, height: int) -> dict[str, bytes]:
    paths = (shown.path for slide in view.slides for shown in getattr(slide, "photos", ()))
    return {path: photo(number, width, height) for number, path in enumerate(paths)}


def _shown(content: bytes) -> Iterator[tuple[str, ...]]:
    """What every slide shows: texts, table cells, chart figures, pictures; in one order whatever the drawing's."""
    for slide in Presentation(io.BytesIO(content)).slides:
        yield tuple(sorted(text for shape in slide.shapes for text in _content(shape) if text))


def _content(shape: Any) -> Iterator[str]:
    if shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
        yield hashlib.sha256(shape.image.blob).hexdigest()
    elif shape.has_table:
        yield from (cell.text for row in shape.table.rows for cell in row.cells)
    elif shape.has_chart:
        yield from (f"{series.name} {list(series.values)}" for plot in shape.chart.plots for series in plot.series)
    elif shape.has_text_frame and not shape.is_placeholder:  # page numbers are left out by the library
        yield shape.text_frame.text


def _differences(ours: bytes, plain: bytes, clean: dict[str, bytes]) -> Iterator[str]:
    """Slides that do not show the same, and what the page checker finds."""
    pairs = zip(_shown(ours), _shown(plain), strict=True)
    yield from (f"slide {number} shows something else" for number, (mine, theirs) in enumerate(pairs, 1)
                if mine != theirs)
    for name, content in clean.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "周报.pptx"
            path.write_bytes(content)
            yield from (f"{name}: {finding}" for finding in check_file(path))


def _stored(finished: bytes) -> Callable[[], object]:
    """The media of the deck written to a zip as they are, nothing else."""
    with zipfile.ZipFile(io.BytesIO(finished)) as package:
        media = {name: package.read(name) for name in package.namelist() if "/media/" in name}

    def write() -> None:
        with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_STORED) as target:
            for name, content in media.items():
                target.writestr(name, content)

    return write


def rows(scale: Scale) -> Iterator[Row]:
    """A deck of 20 complaints with photos and one of 60; a small one where it must be quick."""
    for complaints in scale.choose(quick=(6,), full=(20, 60)):
        yield _row(complaints, scale.choose(quick=2, full=4), scale)


def _row(complaints: int, each: int, scale: Scale) -> Row:
    view = deck(*(item(number, each) for number in range(complaints)))
    photos = _photos(view, 1280, 960)
    finished = our_deck(view, photos)
    plain = PlainMaker(finished)
    mine, theirs = Presentation(io.BytesIO(finished)), Presentation(io.BytesIO(finished))
    cost = in_turns({
        "ours": lambda: our_deck(view, photos), "python-pptx": plain.make,
        "ours, saving": lambda: packed(mine, NOW), "python-pptx, saving": lambda: theirs.save(io.BytesIO()),
        "media stored as they are": _stored(finished),
    }, scale.rounds)
    ours, peer, saving, peer_saving, limit = cost.values()
    clean = {} if scale.quick else {f"{complaints} complaints": finished, "an empty week": our_deck(deck(), {})}
    checked = f"; page checker on {' and '.join(clean)}" if clean else ""
    return explained(Row(
        "weekly deck", f"{complaints} complaints, photos for each: {each}, {len(plain)} slides", ours,
        (peer, saving, peer_saving), limit, (within(ours, peer, 1.1), faster(saving, peer_saving, 2)),
        f"texts, table cells, chart figures and pictures of every slide equal{checked}",
        tuple(_differences(finished, plain.make(), clean)), remarks=_REMARKS,
    ), lambda: our_deck(view, photos))
