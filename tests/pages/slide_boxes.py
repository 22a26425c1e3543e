"""What stands on a slide as boxes in points: place, size, text with inherited look, and the fill behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from lxml import etree
from pptx.slide import Slide

from tests.pages.colours import A, Rgb, Theme
from tests.pages.slide_text import EMU, P, Styles, TextBody, read_body

BoxKind = Literal["text", "shape", "picture", "table", "chart", "line", "other"]
_R_THEME = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"
_TITLES = {"title", "ctrTitle"}
_OUTSIDE_TITLES = {"sldNum", "dt", "ftr"}


@dataclass(slots=True)
class Box:
    """One thing on a slide; edges in points, in drawing order. ``fill`` None is see-through or not known."""

    name: str
    kind: BoxKind
    left: float
    top: float
    right: float
    bottom: float
    element: etree._Element
    body: TextBody | None = None
    fill: Rgb | None = None
    opaque: bool = False
    outlined: bool = False
    placeholder: str = ""
    background: bool = False  # belongs to the layout or master
    children: list[etree._Element] = field(default_factory=list)

    @property
    def width(self) -> float:
        """In points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """In points."""
        return self.bottom - self.top

    @property
    def text(self) -> str:
        """The visible text, stripped."""
        return self.body.text.strip() if self.body else ""

    def holds(self, other: Box, slack: float = 1.0) -> bool:
        """Whether the other box lies inside this one."""
        return (
            self.left - slack <= other.left and self.top - slack <= other.top
            and self.right + slack >= other.right and self.bottom + slack >= other.bottom
        )


class SlideReader:
    """Reads one slide's boxes; theme and styles of its master looked up once."""

    def __init__(self, slide: Slide, default_style: etree._Element | None) -> None:
        self.slide = slide
        layout, master = slide.slide_layout, slide.slide_layout.slide_master
        self.theme = Theme(_theme(master), dict(_first(master.element, f"{P}clrMap").attrib))
        self.default = default_style
        self.styles = master.element.find(f"{P}txStyles")
        self.layout, self.master = layout, master

    def background(self) -> Rgb | None:
        """The slide's own, its layout's or its master's background; None for pictures and gradients."""
        for holder in (self.slide, self.layout, self.master):
            found = holder.element.find(f"{P}cSld/{P}bg")
            if found is not None:
                solid = found.find(f"{P}bgPr/{A}solidFill")
                if solid is not None:
                    return self.theme.within(solid)
                return self.theme.within(found.find(f"{P}bgRef"))
        return self.theme.named("bg1")

    def boxes(self) -> list[Box]:
        """All boxes in drawing order: decoration of master and layout first, groups taken apart."""
        found: list[Box] = []
        for holder in (self.master, self.layout):
            tree = holder.element.find(f"{P}cSld/{P}spTree")
            for box in self._within(tree, (1.0, 1.0, 0.0, 0.0)):
                if not box.placeholder:
                    box.background = True
                    found.append(box)
        tree = self.slide.element.find(f"{P}cSld/{P}spTree")
        found += self._within(tree, (1.0, 1.0, 0.0, 0.0))
        return found

    def _within(self, tree: etree._Element | None, scale: tuple[float, float, float, float]) -> Iterator[Box]:
        for element in tree if tree is not None else ():
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if name == "grpSp":
                yield from self._within(element, _group_scale(element, scale))
            elif name in {"sp", "pic", "graphicFrame", "cxnSp"} and not _hidden(element):
                yield self._box(element, name, scale)

    def _box(self, element: etree._Element, name: str, scale: tuple[float, float, float, float]) -> Box:
        label = next(iter(element.iter(f"{P}cNvPr"))).get("name", "")
        mark = element.find(f".//{P}nvPr/{P}ph")
        placeholder = mark.get("type", "body") if mark is not None else ""
        layers = self._layers(mark)
        frame = next((found for source in (element, *layers) if (found := _frame(source)) is not None), (0.0,) * 4)
        left, top, right, bottom = _turned(element, _scaled(frame, scale))
        box = Box(label, "other", left, top, right, bottom, element, placeholder=placeholder)
        if name == "pic":
            box.kind, box.opaque = "picture", True
        elif name == "cxnSp":
            box.kind = "line"
        elif name == "graphicFrame":
            box.kind = "table" if element.find(f".//{A}tbl") is not None else "chart"
            box.opaque = box.kind == "table"
        else:
            self._shape(box, element, layers, placeholder)
        return box

    def _shape(self, box: Box, element: etree._Element, layers: list[etree._Element], placeholder: str) -> None:
        properties = element.find(f"{P}spPr")
        box.kind = "text" if _first(element, f"{P}nvSpPr/{P}cNvSpPr").get("txBox") == "1" or placeholder else "shape"
        style = element.find(f"{P}style")
        box.fill, box.opaque = self._fill(properties, style)
        box.outlined = _outlined(properties, style)
        if _is_line(properties):
            box.kind = "line"
        body = element.find(f"{P}txBody")
        if body is not None:
            font = style.find(f"{A}fontRef") if style is not None else None
            styles = Styles(self._text_sources(layers, placeholder), self.theme, self.theme.within(font))
            look = _merged([source.find(f"{P}txBody/{A}bodyPr") for source in (element, *layers)])
            box.body = read_body(body, styles, look)

    def _layers(self, mark: etree._Element | None) -> list[etree._Element]:
        """The placeholders of layout and master that a placeholder inherits from."""
        if mark is None:
            return []
        kind, number = mark.get("type", "body"), mark.get("idx", "0")
        found = []
        for holder in (self.layout, self.master):
            marks = holder.element.iter(f"{P}ph")
            chosen = [
                other for other in marks
                if (other.get("idx", "0") == number and holder is self.layout)
                or (other.get("type", "body") == kind and (holder is self.master or kind in _TITLES))
            ]
            if chosen:
                found.append(next(anc for anc in chosen[0].iterancestors() if anc.tag in (f"{P}sp", f"{P}pic")))
        return found

    def _text_sources(self, layers: list[etree._Element], placeholder: str) -> list[etree._Element | None]:
        lists: list[etree._Element | None] = [layer.find(f"{P}txBody/{A}lstStyle") for layer in layers]
        name = "titleStyle" if placeholder in _TITLES else "bodyStyle" if placeholder else "otherStyle"
        if placeholder in _OUTSIDE_TITLES:
            name = "otherStyle"
        lists.append(self.styles.find(f"{P}{name}") if self.styles is not None else None)
        lists.append(self.default)
        return lists

    def _fill(self, properties: etree._Element | None, style: etree._Element | None) -> tuple[Rgb | None, bool]:
        for name in ("noFill", "solidFill", "gradFill", "blipFill", "pattFill"):
            found = properties.find(f"{A}{name}") if properties is not None else None
            if found is not None:
                return (self.theme.within(found), True) if name == "solidFill" else (None, name != "noFill")
        reference = style.find(f"{A}fillRef") if style is not None else None
        if reference is not None and reference.get("idx") != "0":
            return self.theme.within(reference), True
        return None, False


def _theme(master: Any) -> etree._Element | None:
    for relation in master.part.rels.values():
        if relation.reltype == _R_THEME:
            return etree.fromstring(relation.target_part.blob)
    return None


def _merged(looks: list[etree._Element | None]) -> etree._Element:
    """The body properties with every attribute taken from the nearest that has it."""
    merged = etree.Element(f"{A}bodyPr")
    for look in looks:
        for name, value in look.attrib.items() if look is not None else ():
            if name not in merged.attrib:
                merged.set(name, value)
    return merged


def _first(element: etree._Element, path: str) -> etree._Element:
    found = element.find(path)
    return found if found is not None else etree.Element("none")


def _hidden(element: etree._Element) -> bool:
    return next(iter(element.iter(f"{P}cNvPr"))).get("hidden") in ("1", "true")


def _frame(element: etree._Element) -> tuple[float, float, float, float] | None:
    move = element.find(f"{P}spPr/{A}xfrm")
    if move is None:
        move = element.find(f"{P}xfrm")
    if move is None:
        return None
    offset, extent = move.find(f"{A}off"), move.find(f"{A}ext")
    if offset is None or extent is None:
        return None
    x, y = int(offset.get("x", "0")) / EMU, int(offset.get("y", "0")) / EMU
    return x, y, x + int(extent.get("cx", "0")) / EMU, y + int(extent.get("cy", "0")) / EMU


def _scaled(frame: tuple[float, ...], scale: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    across, down, right, low = scale
    return frame[0] * across + right, frame[1] * down + low, frame[2] * across + right, frame[3] * down + low


def _group_scale(
    group: etree._Element, outer: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    move = group.find(f"{P}grpSpPr/{A}xfrm")
    if move is None:
        return outer
    numbers = {
        name: tuple(int(_first(move, f"{A}{name}").get(key, "0")) / EMU for key in keys)
        for name, keys in (("off", "xy"), ("chOff", "xy"))
    }
    sizes = [
        [int(_first(move, f"{A}{name}").get(key, "0")) for key in ("cx", "cy")] for name in ("ext", "chExt")
    ]
    across = sizes[0][0] / sizes[1][0] if sizes[1][0] else 1.0
    down = sizes[0][1] / sizes[1][1] if sizes[1][1] else 1.0
    right, low = (numbers["off"][i] - numbers["chOff"][i] * (across, down)[i] for i in (0, 1))
    return across * outer[0], down * outer[1], right * outer[0] + outer[2], low * outer[1] + outer[3]


def _turned(element: etree._Element, frame: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The bounding box of a box that is turned about its centre."""
    move = element.find(f"{P}spPr/{A}xfrm")
    angle = math.radians(int(move.get("rot", "0")) / 60_000) if move is not None else 0.0
    if not angle:
        return frame
    left, top, right, bottom = frame
    half_w, half_h = (right - left) / 2, (bottom - top) / 2
    wide = abs(half_w * math.cos(angle)) + abs(half_h * math.sin(angle))
    high = abs(half_w * math.sin(angle)) + abs(half_h * math.cos(angle))
    x, y = left + half_w, top + half_h
    return x - wide, y - high, x + wide, y + high


def _outlined(properties: etree._Element | None, style: etree._Element | None) -> bool:
    line = properties.find(f"{A}ln") if properties is not None else None
    if line is not None:
        return line.find(f"{A}noFill") is None and len(line) > 0
    reference = style.find(f"{A}lnRef") if style is not None else None
    return reference is not None and reference.get("idx") != "0"


def _is_line(properties: etree._Element | None) -> bool:
    shape = properties.find(f"{A}prstGeom") if properties is not None else None
    return shape is not None and shape.get("prst") == "line"
