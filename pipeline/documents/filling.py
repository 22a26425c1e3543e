"""The last touch on a rendered Word part: marked blanks, line breaks in values, and cells Word would reject."""

from __future__ import annotations

import copy
import re

from lxml import etree

from pipeline.documents.sandbox import BLANK, BLANK_WORD

_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{_NS}}}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DOC_PR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_SPECIAL = re.compile(f"([{BLANK}\n\t])")

#: How a blank looks: dark yellow on pale yellow, seen on screen and in a grey print.
BLANK_COLOUR, BLANK_FILL = "7F6000", "FFF2CC"
#: Order in which the schema wants what follows colour and shading within run properties.
_AFTER_COLOUR = ("spacing", "w", "kern", "position", "sz", "szCs", "highlight", "u", "effect", "bdr")
_AFTER_SHADING = ("fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath")


def finish(tree: etree._Element) -> None:
    """Turn the marks of missing values into highlighted 待填写, keep line breaks, repair cells left without text."""
    for text in list(tree.iter(f"{W}t")):
        if text.text and _SPECIAL.search(text.text):
            run = text.getparent()
            if run is None or run.tag != f"{W}r":
                continue
            if text.text == BLANK and all(child is text or child.tag == f"{W}rPr" for child in run):
                text.text = BLANK_WORD  # a blank of its own, as nearly all are
                _look_blank(run)
            else:
                _split(run)
    for cell in tree.iter(f"{W}tc"):
        if len(cell) == 0 or cell[-1].tag != f"{W}p":
            etree.SubElement(cell, f"{W}p")  # Word calls a cell that does not end in a paragraph damaged
    for number, drawing in enumerate(tree.iter(_DOC_PR), start=1):
        drawing.set("id", str(number))       # loops repeat the identifiers of pictures


def _split(run: etree._Element) -> None:
    properties = run.find(f"{W}rPr")
    runs = [_run(properties)]
    for child in run:
        if child is properties:
            continue
        if child.tag != f"{W}t":
            runs[-1].append(copy.copy(child))
            continue
        for piece in _SPECIAL.split(child.text or ""):
            if piece == BLANK:
                runs.append(_marked(properties))
                runs.append(_run(properties))
            elif piece in ("\n", "\t"):
                etree.SubElement(runs[-1], f"{W}br" if piece == "\n" else f"{W}tab")
            elif piece:
                _add_text(runs[-1], piece)
    parent = run.getparent()
    if parent is None:
        return
    position = parent.index(run)
    parent.remove(run)
    for new in reversed([new for new in runs if any(child.tag != f"{W}rPr" for child in new)]):
        parent.insert(position, new)


def _run(properties: etree._Element | None) -> etree._Element:
    run = etree.Element(f"{W}r")
    if properties is not None:
        run.append(copy.deepcopy(properties))
    return run


def _add_text(run: etree._Element, text: str) -> None:
    element = etree.SubElement(run, f"{W}t")
    element.text = text
    element.set(_SPACE, "preserve")


def _marked(properties: etree._Element | None) -> etree._Element:
    run = _run(properties)
    _look_blank(run)
    _add_text(run, BLANK_WORD)
    return run


def _look_blank(run: etree._Element) -> None:
    looks = run.find(f"{W}rPr")
    if looks is None:
        run.insert(0, copy.copy(_BLANK_LOOK))  # a run without a look of its own, as nearly all are
        return
    for name in ("color", "shd", "highlight"):
        for element in looks.findall(f"{W}{name}"):
            looks.remove(element)
    colour = etree.Element(f"{W}color")
    colour.set(f"{W}val", BLANK_COLOUR)
    _insert_before(looks, colour, (*_AFTER_COLOUR, "shd", *_AFTER_SHADING))
    shading = etree.Element(f"{W}shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", BLANK_FILL)):
        shading.set(f"{W}{name}", value)
    _insert_before(looks, shading, _AFTER_SHADING)


def _made_blank_look() -> etree._Element:
    run = etree.Element(f"{W}r")
    etree.SubElement(run, f"{W}rPr")
    _look_blank(run)
    return run[0]


def _insert_before(parent: etree._Element, element: etree._Element, later: tuple[str, ...]) -> None:
    tags = {f"{W}{name}" for name in later}
    position = next((index for index, child in enumerate(parent) if child.tag in tags), len(parent))
    parent.insert(position, element)


_BLANK_LOOK = _made_blank_look()
