"""Labels that only a neighbour makes clear: 断点 | 日期 | __ | 批次 | __, or 应急措施 | __ | 时间 | __."""

from __future__ import annotations

from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.label import by_language, d_number, folded, has_han
from pipeline.documents.forms.meanings import Meanings

_SHORT_HAN, _SHORT_LATIN = 4, 2
_SAID, _ASKED = 0.85, 0.78


def with_neighbour(grid: Grid, box: Box, section: str, meanings: Meanings) -> tuple[str, float] | None:
    """The field that a short label asks for together with its group, or else, where it says nothing by
    itself, with the label before it; and how sure. None where that says no more than the label alone.
    """
    alone = meanings.field(box.text, section)
    said = "" if alone is None else alone.field
    if said == "root_cause":
        return None  # which leg it belongs to, its part of the form tells
    vague = alone is None or alone.score < _SAID
    near = [grid.group_of(box), *([_before(grid, box)] if vague else [])]
    read = (_joined(other, box, meanings) for other in near if other is not None)
    found = next((field for field in read if field and field != said), "")
    return (found, _ASKED) if found else None


def _before(grid: Grid, box: Box) -> Box | None:
    """The label before the one at the left of a box."""
    answer = grid.left_of(box)
    before = grid.left_of(answer) if answer is not None and answer.blank else None
    return before if before is not None and before.row == box.row else None


def _joined(before: Box, box: Box, meanings: Meanings) -> str:
    """The field that two short labels name together."""
    own, led = (by_language(text)[0] or text for text in (box.text, before.text))
    if d_number(led) or not (_is_short(own) and _is_short(led)):
        return ""
    return meanings.named(f"{folded(led)}{'' if has_han(own) else ' '}{folded(own)}")


def _is_short(text: str) -> bool:
    words = folded(text)
    return bool(words) and (len(words) <= _SHORT_HAN if has_han(words) else len(words.split()) <= _SHORT_LATIN)
