"""What floats or stands in a Word text: pictures with the room they have, text boxes, and what lies on each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from lxml import etree

from tests.pages.word_styles import W

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_EMU = 12_700
_TOUCH = 2.0
Frame = tuple[str, float, float, float, float]


def _size(drawing: etree._Element) -> tuple[float, float]:
    extent = drawing.find(f"{_WP}extent")
    if extent is None:
        return 0.0, 0.0
    return int(extent.get("cx", "0")) / _EMU, int(extent.get("cy", "0")) / _EMU


def _name(drawing: etree._Element) -> str:
    label = drawing.find(f"{_WP}docPr")
    return (label.get("name") or "图片") if label is not None else "图片"


def pictures(tree: etree._Element, page: float) -> Iterator[tuple[str, float, float, float]]:
    """Every drawing with name, width, height and the width it may take, in points."""
    for drawing in tree.iter(f"{_WP}inline", f"{_WP}anchor"):
        cell = next(drawing.iterancestors(f"{W}tc"), None)
        width = cell.find(f"{W}tcPr/{W}tcW") if cell is not None else None
        told = width.get(f"{W}w", "") if width is not None and width.get(f"{W}type") == "dxa" else ""
        yield _name(drawing), *_size(drawing), int(told) / 20 if told.isdigit() else page


def bodies(tree: etree._Element) -> Iterator[tuple[str, float, float, list[etree._Element]]]:
    """Text boxes (drawn ones) with name, width, height and paragraphs."""
    for drawing in tree.iter(f"{_WP}inline", f"{_WP}anchor"):
        for content in drawing.iter(f"{W}txbxContent"):
            yield _name(drawing), *_size(drawing), list(content.iter(f"{W}p"))


def floating_overlaps(tree: etree._Element) -> Iterator[tuple[str, str]]:
    """Pairs of floating drawings of one paragraph or page that lie on each other by their offsets."""
    frames: dict[tuple[object, ...], list[Frame]] = {}
    for anchor in tree.iter(f"{_WP}anchor"):
        across, down = anchor.find(f"{_WP}positionH"), anchor.find(f"{_WP}positionV")
        if across is None or down is None or anchor.get("behindDoc") == "1":
            continue
        left, top = across.findtext(f"{_WP}posOffset"), down.findtext(f"{_WP}posOffset")
        if left is None or top is None:
            continue
        base = (across.get("relativeFrom"), down.get("relativeFrom"))
        paragraph = next(anchor.iterancestors(f"{W}p"), None) if base[1] in ("paragraph", "line") else None
        width, height = _size(anchor)
        x, y = int(left) / _EMU, int(top) / _EMU
        frames.setdefault((*base, paragraph), []).append((_name(anchor), x, y, x + width, y + height))
    for group in frames.values():
        for first, second in itertools.combinations(group, 2):
            wide = min(first[3], second[3]) - max(first[1], second[1])
            high = min(first[4], second[4]) - max(first[2], second[2])
            if min(wide, high) > _TOUCH:
                yield first[0], second[0]
