"""Flaws on the slides of a pptx; auto-fit is ignored, since PowerPoint does not shrink text when it opens a file."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from pptx import Presentation

from tests.pages.colours import A, Rgb, contrast, needed_contrast
from tests.pages.finding import Finding, Kind, Rules
from tests.pages.leftovers import leftovers
from tests.pages.slide_boxes import Box, SlideReader
from tests.pages.slide_table import grown_height, table_cells, table_text
from tests.pages.slide_text import Paragraph

_EDGE = 1.0          # points that a box may stand over the edge of the slide
_TOUCH = 2.0         # points that two boxes may share: rounding of neighbours
_NOT_EMPTY = {"sldNum", "dt", "ftr"}
_NOT_PRINTED = {"pic", "media", "chart", "tbl", "dgm", "clipArt", "obj"}


def check_slides(path: Path, rules: Rules) -> list[Finding]:
    """All findings of a presentation, slide by slide."""
    deck = Presentation(str(path))
    root = deck.part._element  # the library has no way to the defaults of the presentation
    default = root.find("{*}defaultTextStyle")
    size = (deck.slide_width or 0) / 12_700, (deck.slide_height or 0) / 12_700
    found: list[Finding] = []
    for number, slide in enumerate(deck.slides, start=1):
        reader = SlideReader(slide, default)
        page = _Slide(f"第{number}页", reader, size, rules)
        found += page.findings()
        if slide.has_notes_slide:
            frame = slide.notes_slide.notes_text_frame
            notes = frame.text if frame is not None else ""
            found += [Finding(f"{page.name} 备注", "leftover", text) for text in leftovers(notes)]
    return found


class _Slide:
    def __init__(self, name: str, reader: SlideReader, size: tuple[float, float], rules: Rules) -> None:
        self.name, self.size, self.rules = name, size, rules
        self.background, self.theme = reader.background(), reader.theme
        self.boxes = reader.boxes()
        for box in self.boxes:
            if box.kind == "table":
                box.bottom = box.top + max(box.height, grown_height(box.element, self.theme))

    def findings(self) -> Iterator[Finding]:
        own = [box for box in self.boxes if not box.background]
        if not any(box.text or box.kind in {"picture", "table", "chart", "shape", "line"} for box in own):
            yield self._finding(None, "empty", "整页没有内容")
        for box in own:
            yield from self._bounds(box)
            yield from self._empty(box)
            yield from self._text(box)
        for first, second in itertools.combinations(self.boxes, 2):
            if not (first.background and second.background):
                yield from self._overlap(first, second)

    def _finding(self, box: Box | None, kind: Kind, detail: str) -> Finding:
        return Finding(f"{self.name}" + (f" {box.name}" if box else ""), kind, detail)

    def _bounds(self, box: Box) -> Iterator[Finding]:
        over = max(-box.left, -box.top, box.right - self.size[0], box.bottom - self.size[1])
        if over > _EDGE:
            yield self._finding(box, "bounds", f"超出页面 {over:.0f} 磅")

    def _empty(self, box: Box) -> Iterator[Finding]:
        if box.kind == "table" and not table_text(box.element).strip():
            yield self._finding(box, "empty", "表格没有内容")
        if box.kind in {"text", "shape"} and not box.text:
            if box.placeholder and box.placeholder not in _NOT_EMPTY:
                yield self._finding(box, "empty", "占位符没有内容")
            elif not box.placeholder and not box.opaque and not box.outlined:
                yield self._finding(box, "empty", "文本框没有内容")
        if box.kind in {"text", "shape", "picture", "table", "chart"} and min(box.width, box.height) <= 0:
            yield self._finding(box, "empty", "宽或高为零")

    def _text(self, box: Box) -> Iterator[Finding]:
        if box.kind == "table":
            for place, body, fill in table_cells(box.element, self.theme):
                yield from self._paragraphs(box, body.paragraphs, fill or self._behind(box), place)
                wide, word = body.longest_word()
                room = place.width
                if wide > room + _TOUCH and len(word) > 1:
                    yield self._finding(box, "fit", f"{place} 的“{word[:20]}”比列宽 {wide - room:.0f} 磅")
        elif box.body is not None and box.text:
            yield from self._fit(box)
            yield from self._paragraphs(box, box.body.paragraphs, self._behind(box), "")

    def _fit(self, box: Box) -> Iterator[Finding]:
        body = box.body
        if body is None or box.kind == "line":
            return
        width, height = (box.height, box.width) if body.upright else (box.width, box.height)
        needed = body.height(width)
        if needed > height * (1 + self.rules.slack) + _TOUCH:
            yield self._finding(box, "fit", f"文字需要高 {needed:.0f} 磅，框高 {height:.0f} 磅")
        wide, word = (body.width(), body.text.strip()) if not body.wraps else body.longest_word()
        if wide > width * (1 + self.rules.slack) + _TOUCH and len(word) > 1:
            yield self._finding(box, "fit", f"“{word[:20]}”需要宽 {wide:.0f} 磅，框宽 {width:.0f} 磅")

    def _paragraphs(
        self, box: Box, paragraphs: tuple[Paragraph, ...], behind: Rgb | None, place: object
    ) -> Iterator[Finding]:
        where = f"{place} " if place else ""
        runs = [run for paragraph in paragraphs for run in paragraph.runs if run.text.strip()]
        small = [run for run in runs if run.points < self.rules.slide_points - 0.05]
        if small:
            run = min(small, key=lambda item: item.points)
            yield self._finding(box, "size", f"{where}“{run.text.strip()[:20]}”只有 {run.points:g} 磅")
        for run in runs:
            if run.colour and behind and contrast(run.colour, behind) < needed_contrast(run.points, bold=run.bold):
                ratio = contrast(run.colour, behind)
                yield self._finding(box, "contrast", f"{where}“{run.text.strip()[:20]}”与底色对比只有 {ratio:.1f}")
                break
        for text in leftovers("\n".join(paragraph.text for paragraph in paragraphs)):
            yield self._finding(box, "leftover", f"{where}{text}")

    def _behind(self, box: Box) -> Rgb | None:
        """What is seen behind a box's text: its own fill, else the nearest thing below that covers its middle."""
        if box.opaque:
            return box.fill
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        below = itertools.takewhile(lambda other: other is not box, self.boxes)
        for other in reversed(list(below)):
            if other.opaque and other.left <= x <= other.right and other.top <= y <= other.bottom:
                return other.fill
        return self.background

    def _overlap(self, first: Box, second: Box) -> Iterator[Finding]:
        """``second`` is drawn over ``first``."""
        if "line" in (first.kind, second.kind):
            yield from self._crossed(first, second)
            return
        seen, other = _seen(first), _seen(second)
        shared_w = min(seen[2], other[2]) - max(seen[0], other[0])
        shared_h = min(seen[3], other[3]) - max(seen[1], other[1])
        if min(shared_w, shared_h) <= _TOUCH:
            return
        if not _counts(first) or not _counts(second):
            covers = second.opaque and not second.text and second.kind in {"shape", "text"} and _counts(first)
            if covers and not first.background:
                yield self._finding(second, "overlap", f"盖住了 {first.name}")
            elif _counts(second) and first.opaque and not first.background and not first.holds(second, _TOUCH):
                yield self._finding(second, "overlap", f"压在 {first.name} 的边上")
            return
        yield self._finding(second, "overlap", f"与 {first.name} 重叠 {shared_w:.0f}×{shared_h:.0f} 磅")

    def _crossed(self, first: Box, second: Box) -> Iterator[Finding]:
        line, box = (first, second) if first.kind == "line" else (second, first)
        if box.kind == "line" or not _counts(box) or (line is first and box.opaque):
            return  # what is drawn over the line hides it
        area = _seen(box)
        inset = (area[0] + 4, area[1] + 3, area[2] - 4, area[3] - 3)
        if inset[0] < inset[2] and inset[1] < inset[3] and _cuts(line, inset):
            yield self._finding(box, "overlap", f"被线条 {line.name} 穿过")


def _counts(box: Box) -> bool:
    """Whether a box carries something that must not be covered."""
    return bool(box.text) or box.kind in {"picture", "table", "chart"}


def _seen(box: Box) -> tuple[float, float, float, float]:
    """The part of a box that a reader sees: all of it when filled or outlined, else where its text stands."""
    if box.body is None or box.opaque or box.outlined or not box.text or box.body.upright:
        return box.left, box.top, box.right, box.bottom
    body = box.body
    wide = min(box.width, body.width()) if body.wraps else body.width()
    high = body.height(box.width)
    align = body.paragraphs[0].align
    left = {"ctr": (box.left + box.right - wide) / 2, "r": box.right - wide}.get(align, box.left)
    top = {"ctr": (box.top + box.bottom - high) / 2, "b": box.bottom - high}.get(body.anchor, box.top)
    return left, top, left + wide, top + high


def _cuts(line: Box, area: tuple[float, float, float, float]) -> bool:
    """Whether a straight connector passes through an area (Liang-Barsky)."""
    move = line.element.find(f".//{A}xfrm")
    x0, x1, y0, y1 = line.left, line.right, line.top, line.bottom
    if move is not None and move.get("flipH") == "1":
        x0, x1 = x1, x0
    if move is not None and move.get("flipV") == "1":
        y0, y1 = y1, y0
    enter, leave = 0.0, 1.0
    for start, step, low, high in ((x0, x1 - x0, area[0], area[2]), (y0, y1 - y0, area[1], area[3])):
        if step == 0:
            if not low <= start <= high:
                return False
            continue
        near, far = sorted(((low - start) / step, (high - start) / step))
        enter, leave = max(enter, near), min(leave, far)
    return enter < leave
