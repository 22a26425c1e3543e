"""Run-level content controls around the fields of a Word document: put into templates, and read back."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from pipeline.documents.field_names import ROW_KEY, FieldNames
from pipeline.documents.filling import W
from pipeline.documents.sandbox import BLANK_WORD

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_STEP = re.compile(
    r"\{%-?\s*(?:(?:tr|tc|p|r)\s+)?(?:for\s+(?P<variable>\w+)\s+in\s+(?P<rows>[\w.]+)|(?P<end>endfor))[^%]*%\}"
    r"|\{\{-?\s*(?P<field>[A-Za-z_]\w*(?:\.\w+)*)\s*(?:\|\s*optional\s*)?-?\}\}"
)
_VALUE, _TEXT, _RUN, _CONTROL = f"{W}val", f"{W}t", f"{W}r", f"{W}sdt"
#: What stands for a character inside a control, besides text.
_CHARACTERS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "-"}


@dataclass(frozen=True)
class Control:
    """One field in a document: its identifier, its control and the text in it ("" for 待填写).

    ``rest`` are further controls that continue it: programs may cut a control in pieces that stand side by side.
    """

    field: str
    element: etree._Element
    rest: tuple[etree._Element, ...] = ()

    @property
    def text(self) -> str:
        """What stands in it; lines and paragraphs as line ends, "" for a blank that nobody filled."""
        text = "".join(piece for element in (self.element, *self.rest) for piece in _pieces(element)).strip()
        return "" if text == BLANK_WORD else text


def add_controls(tree: etree._Element, names: FieldNames) -> None:
    """Put a control around the first tag of every field in a template's tree; tags it does not know stay as they are.

    Later tags of the same field stay plain text, so that a field has one place where people change it.
    """
    loops: list[tuple[str, str]] = []
    placed: set[str] = set()
    for paragraph in list(tree.iter(f"{W}p")):
        found = []
        for step in _STEP.finditer(_text_of_runs(paragraph)):
            if step["variable"]:
                loops.append((step["variable"], step["rows"]))
            elif step["end"]:
                del loops[-1:]
            elif (named := _control_names(step["field"], loops, names)) and named[0] not in placed:
                placed.add(named[0])
                found.append((step.start(), step.end(), named))
        for start, end, (tag, alias) in reversed(found):
            _wrap(paragraph, start, end, tag, alias)


def _control_names(path: str, loops: list[tuple[str, str]], names: FieldNames) -> tuple[str, str] | None:
    """Tag and alias of a field's control, with the row's key as a tag of its own inside a loop."""
    variable, _, field = path.partition(".")
    rows = next((rows for name, rows in reversed(loops) if name == variable), None)
    if rows is None:
        return (path, names.fields[path]) if path in names.fields else None
    if rows not in names.rows or field not in names.rows[rows].fields:
        return None
    key = f"{{{{ {variable}.{ROW_KEY} }}}}"
    return f"{rows}/{key}/{field}", f"{names.rows[rows].name}·{key}·{names.rows[rows].fields[field]}"


def _runs(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The paragraph's own runs, not those of text boxes in it."""
    for run in paragraph.iter(_RUN):
        owner = next(run.iterancestors(f"{W}p"), None)
        if owner is paragraph:
            yield run


def _text_of_runs(paragraph: etree._Element) -> str:
    return "".join(text.text or "" for run in _runs(paragraph) for text in run.findall(_TEXT))


def _wrap(paragraph: etree._Element, start: int, end: int, tag: str, alias: str) -> None:
    covering = _isolated(paragraph, start, end)
    first, parent = covering[0], covering[0].getparent()
    if parent is None or any(run.getparent() is not parent for run in covering):
        return  # torn over a link or a tracked change: it stays plain text
    text = "".join(piece.text or "" for run in covering for piece in run.findall(_TEXT))
    for run in covering[1:]:
        parent.remove(run)
    pieces = first.findall(_TEXT)
    for piece in pieces[1:]:
        first.remove(piece)
    pieces[0].text = text
    pieces[0].set(_SPACE, "preserve")
    control = etree.Element(_CONTROL)
    properties = etree.SubElement(control, f"{W}sdtPr")
    etree.SubElement(properties, f"{W}alias").set(_VALUE, alias)
    etree.SubElement(properties, f"{W}tag").set(_VALUE, tag)
    # LibreOffice 7.4 drops tag and alias of a rich-text control and keeps what its placeholder is called; a plain-text
    # control would keep its alias, but it writes its text several times over
    placeholder = etree.SubElement(properties, f"{W}placeholder")
    etree.SubElement(placeholder, f"{W}docPart").set(_VALUE, tag)
    parent.replace(first, control)
    etree.SubElement(control, f"{W}sdtContent").append(first)


def _isolated(paragraph: etree._Element, start: int, end: int) -> list[etree._Element]:
    """The runs that hold exactly the characters from ``start`` to ``end``, split off from their neighbours."""
    at, covering = 0, []
    for run in list(_runs(paragraph)):
        length = sum(len(text.text or "") for text in run.findall(_TEXT))
        begin, stop = max(start - at, 0), min(end - at, length)
        at += length
        if begin >= stop:
            continue
        if begin:
            run = _split(run, begin)  # noqa: PLW2901 - what lies before the tag stays in the first half
        if stop < length:
            _split(run, stop - begin)
        covering.append(run)
    return covering


def _split(run: etree._Element, offset: int) -> etree._Element:
    """Cut a run after ``offset`` characters; returns the second half, which stands behind the first."""
    second = etree.Element(_RUN)
    properties = run.find(f"{W}rPr")
    if properties is not None:
        second.append(copy.deepcopy(properties))
    at = 0
    for child in [child for child in run if child is not properties]:
        length = len(child.text or "") if child.tag == _TEXT else 0
        if at >= offset:
            second.append(child)
        elif at + length > offset:
            rest = etree.SubElement(second, _TEXT)
            rest.text, child.text = (child.text or "")[offset - at :], (child.text or "")[: offset - at]
            for piece in (rest, child):
                piece.set(_SPACE, "preserve")
        at += length
    run.addnext(second)
    return second


def controls_of(tree: etree._Element, names: FieldNames) -> dict[str, Control]:
    """The fields of a document in document order; of a field that was copied elsewhere the first place counts."""
    found: dict[str, Control] = {}
    for element in tree.iter(_CONTROL):
        properties = element.find(f"{W}sdtPr")
        if properties is None:
            continue
        tag, alias, part = (
            None if (found_here := properties.find(path)) is None else found_here.get(_VALUE)
            for path in (f"{W}tag", f"{W}alias", f"{W}placeholder/{W}docPart")
        )
        field = names.identifier(tag, alias, part)
        if field is None:
            continue
        known = found.get(field)
        if known is None:
            found[field] = Control(field, element)
        elif element.getparent() is known.element.getparent():
            found[field] = Control(field, known.element, (*known.rest, element))
    return found


def _pieces(control: etree._Element) -> Iterator[str]:
    begun = False
    for element in control.iter(_TEXT, f"{W}p", *_CHARACTERS):
        parent = element.getparent()
        if element.tag == _TEXT:
            yield element.text or ""
        elif element.tag == f"{W}p":
            yield "\n" if begun else ""
        elif parent is not None and parent.tag == _RUN:  # tab stops are called tab as well
            yield _CHARACTERS[str(element.tag)]
        begun = True
