"""A weekly deck of 60 complaints with 4 photos each, beside the same slides made by plain python-pptx.

Run: ``python -m bench.deck``. Both draw the same shapes, tables, charts and photos from the same data in one process,
alternately; medians of the rounds and their ratio are printed. The plain maker gets our layout and our prepared photos
for nothing: it draws the places, texts and pictures of the finished deck again. The page checker then looks at the
deck and at an empty week, untimed.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE, MSO_SHAPE_TYPE
from pptx.util import Pt

from pipeline.documents.deck.edition import make
from schemas.deck import DeckView
from tests.deck_samples import NOW, deck, item, photo, template
from tests.pages import check_file

COMPLAINTS, PHOTOS, ROUNDS = 60, 4, 5


def our_deck(view: DeckView, photos: dict[str, bytes]) -> bytes:
    """The deck as a pass makes it."""
    return make(view, ("template.pptx", template()), None, (), photos.__getitem__, NOW).content


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
    plot, kind = shape.chart.plots[0], shape.chart.chart_type
    data = CategoryChartData()
    data.categories = list(plot.categories)
    for series in plot.series:
        data.add_series(series.name, list(series.values))
    return lambda slide: slide.shapes.add_chart(kind, *place, data)


def _photos(view: DeckView, width: int, height: int) -> dict[str, bytes]:
    paths = (shown.path for slide in view.slides for shown in getattr(slide, "photos", ()))
    return {path: photo(number, width, height) for number, path in enumerate(paths)}


def _median_ms(times: Iterable[float]) -> float:
    return statistics.median(times) * 1000


def _findings(content: bytes) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "周报.pptx"
        path.write_bytes(content)
        found = check_file(path)
    for finding in found[:20]:
        print("  ", finding)
    return len(found)


def main() -> None:
    """Time both, print the ratio, check the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    view = deck(*(item(number, PHOTOS) for number in range(COMPLAINTS)))
    photos = _photos(view, 1280, 960)
    finished = our_deck(view, photos)
    plain = PlainMaker(finished)
    copied = b""
    ours, theirs = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        our_deck(view, photos)
        middle = time.perf_counter()
        copied = plain.make()
        ours.append(middle - start)
        theirs.append(time.perf_counter() - middle)
    pages = len(Presentation(io.BytesIO(finished)).slides)
    print(f"{pages} pages, {len(photos)} photos: ours {_median_ms(ours):.0f} ms ({len(finished) >> 20} MB), plain "
          f"{_median_ms(theirs):.0f} ms ({len(copied) >> 20} MB), ratio {_median_ms(ours) / _median_ms(theirs):.2f}")
    print("findings, 60 complaints with 4 photos each:", _findings(finished))
    print("findings, an empty week:", _findings(our_deck(deck(), {})))


if __name__ == "__main__":
    main()
