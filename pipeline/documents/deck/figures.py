"""A row of figures: large numbers with what they count, on one band."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.documents.deck.drawing import Area, Canvas, Words
from pipeline.documents.deck.measure import fitted, line_height
from pipeline.documents.deck.palette import BAND, HEAD, QUIET, TONES
from schemas.deck import Figure, Tone

_GAP, _LABEL_SIZE = 10.0, 12


def draw_figures(canvas: Canvas, area: Area, figures: Sequence[Figure], size: int = 28) -> None:
    """Cards of equal width, each with its value above its label."""
    if not figures:
        return
    width = (area.width - _GAP * (len(figures) - 1)) / len(figures)
    for position, figure in enumerate(figures):
        card = Area(area.left + position * (width + _GAP), area.top, width, area.height)
        tone = HEAD if figure.tone is Tone.PLAIN else TONES[figure.tone]
        words = [
            Words(fitted(figure.value, size, width - 12, bold=True), size, bold=True, colour=tone, align="ctr"),
            Words(fitted(figure.label, _LABEL_SIZE, width - 12), _LABEL_SIZE, colour=QUIET, align="ctr"),
        ]
        canvas.box(f"数字 {figure.label}", card, words, back=BAND)


def card_height(size: int = 28) -> float:
    """Points that a row of figures of this size takes."""
    return line_height(size) + line_height(_LABEL_SIZE) + 14
