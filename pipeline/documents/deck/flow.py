"""The process timeline as native flow-chart shapes joined by connectors."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.documents.deck.drawing import Area, Canvas, Words
from pipeline.documents.deck.measure import fitted, line_height
from pipeline.documents.deck.palette import STEPS
from schemas.deck import FlowStep, StepState

_SIZE, _ARROW = 12, 18.0
FLOW_HEIGHT = 2 * line_height(_SIZE) + 8.0


def draw_flow(canvas: Canvas, area: Area, steps: Sequence[FlowStep]) -> None:
    """The steps from left to right; the ends rounded as flow charts have them."""
    if not steps:
        return
    width = (area.width - _ARROW * (len(steps) - 1)) / len(steps)
    before: tuple[int, float, float] | None = None
    for position, step in enumerate(steps):
        box = Area(area.left + position * (width + _ARROW), area.top, width, FLOW_HEIGHT)
        back, line, text = STEPS[step.state]
        words = [
            Words(fitted(step.name, _SIZE, width - 10, bold=True), _SIZE, bold=True, colour=text, align="ctr"),
            Words(fitted(step.when, _SIZE, width - 10), _SIZE, colour=text, align="ctr"),
        ]
        end = position in {0, len(steps) - 1}
        number = canvas.box(
            f"流程 {step.name}", box, words, shape="flowChartTerminator" if end else "flowChartProcess", back=back,
            line=line, weight=2.25 if step.state in {StepState.NOW, StepState.LATE} else 1,
        )
        middle = box.top + box.height / 2
        if before is not None:
            canvas.arrow("流程箭头", before, (number, box.left, middle))
        before = (number, box.left + box.width, middle)
