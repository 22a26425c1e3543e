"""Writes what was understood of a Word form into the form itself, as the tags that plant people know from templates."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Sequence

from lxml import etree

from pipeline.documents.filling import W
from pipeline.documents.forms.form_map import PHOTOS
from pipeline.documents.forms.label import INSIDE
from pipeline.documents.forms.proposal import CellProposal, TableProposal, TickProposal
from pipeline.documents.forms.ticks import EMPTY_MARKS
from pipeline.documents.forms.word_grid import JOINER, WordForm
from pipeline.ooxml.cells import CellRange, column_index

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_AIR = 60  # twentieths of a point above and below a line of photos
_KEYED = re.compile(r"(\w+)\[([^\]]+)\]\.(\w+)")


def write_word(
    form: WordForm, cells: Sequence[CellProposal], tables: Sequence[TableProposal], ticks: Sequence[TickProposal]
) -> bytes:
    """The form's docx with tags for what was taken; every part without a tag keeps its bytes. Changes ``form``."""
    for tick in ticks:
        _tick(form, tick)
    named = {found[1] for cell in cells if (found := _KEYED.fullmatch(cell.address))}
    for cell in sorted(cells, key=lambda cell: -cell.span[0]):  # a tag must not stand before a label yet to be found
        element = form.elements[_key(cell.sheet, cell.area)]
        if cell.address == PHOTOS:
            _photos(element, cell)
        elif cell.inside:
            _inside(element, cell)
        else:
            _put(element, tag_text(cell.address))
    for table in tables:
        _table(form, table, keyed=table.table in named)
    _leftover_rows(form, cells, {table.table for table in tables})
    return _packed(form)


def tag_text(address: str) -> str:
    """``{{ customer }}``; a named row's column may stay empty, since the form prints every name there can be."""
    tags = []
    for name in address.split("+"):
        found = _KEYED.fullmatch(name)
        value = f"row_of.{found[1]}['{found[2]}'].{found[3]}|optional" if found else name
        tags.append(f"{{{{ {value} }}}}")
    return " / ".join(tags)


def _key(sheet: str, area: str) -> tuple[str, int, int]:
    box = CellRange.parse(area)
    return sheet, box.top, box.left


def _own_paragraphs(element: etree._Element) -> list[etree._Element]:
    if element.tag == f"{W}p":
        return [element]
    return [p for p in element.iter(f"{W}p") if next(p.iterancestors(f"{W}tc")) is element]


def _put(element: etree._Element, text: str) -> None:
    """Text into the first paragraph of a blank box, in the look that the box has for it; lines to write on and prompts
    go, empty lines that give a box its height stay.
    """
    paragraph, *others = _own_paragraphs(element)
    for other in others:
        parent = other.getparent()
        if parent is not None and "".join(other.itertext(f"{W}t")).strip():
            parent.remove(other)
    for old in paragraph.iter(f"{W}t"):
        old.text = ""
    look = next(paragraph.iter(f"{W}rPr"), None)
    run = etree.SubElement(paragraph, f"{W}r")
    if look is not None:
        kept = copy.deepcopy(look)
        for change in kept.findall(f"{W}rPrChange"):
            kept.remove(change)
        run.append(kept)
    _set(etree.SubElement(run, f"{W}t"), text)


def _photos(element: etree._Element, cell: CellProposal) -> None:
    """The photos of the case in pairs, a line each, under the label when it stands in the same box.

    Each tag has a run of its own, since a picture replaces its run.
    """
    if not cell.inside:
        _put(element, "")
    place = _own_paragraphs(element)[-1 if cell.inside else 0]
    for tags in (["{%p for row in picture_rows %}"], ["{{ row.left }}", "  ", "{{ row.right }}"], ["{%p endfor %}"]):
        line = etree.Element(f"{W}p")
        spacing = etree.SubElement(etree.SubElement(line, f"{W}pPr"), f"{W}spacing")
        for side in ("before", "after"):
            spacing.set(f"{W}{side}", str(_AIR))
        for tag in tags:
            _set(etree.SubElement(etree.SubElement(line, f"{W}r"), f"{W}t"), tag)
        place.addnext(line)
        place = line


def _set(node: etree._Element, text: str) -> None:
    node.text = text
    node.set(_SPACE, "preserve")


def _inside(element: etree._Element, cell: CellProposal) -> None:
    """The tag behind its label, in place of the line to write on."""
    for paragraph in _own_paragraphs(element):
        nodes = list(paragraph.iter(f"{W}t"))
        whole = "".join(node.text or "" for node in nodes)
        for found in INSIDE.finditer(whole):
            if found[1].strip() == cell.label:
                start = found.start() + len(found[1].rstrip())
                gap = "  " if whole[found.end() :].strip() else ""
                _replace(nodes, start, found.end(), f"{cell.lead.strip()}{tag_text(cell.address)}{gap}")
                return


def _replace(nodes: Sequence[etree._Element], start: int, end: int, text: str) -> None:
    """Put ``text`` in place of the characters ``start`` to ``end`` of the text that the nodes hold together."""
    at = 0
    for node in nodes:
        held = node.text or ""
        first, last = max(start - at, 0), min(end - at, len(held))
        if first < last or (first == last == len(held) and text and at + len(held) == start and node is nodes[-1]):
            _set(node, held[:first] + text + held[last:])
            text = ""
        at += len(held)


def _table(form: WordForm, table: TableProposal, *, keyed: bool) -> None:
    """The first free row becomes the loop, the others stay while there are fewer rows than the form has lines."""
    rows = [form.elements[table.sheet, row, column_index(re.sub(r"\d.*", "", table.columns[0].area))]
            for row in table.rows]
    lines = [next(cell.iterancestors(f"{W}tr")) for cell in rows]
    source = f"unnamed.{table.table}" if keyed else table.table
    for column in table.columns:
        if column.sure:
            left = CellRange.parse(column.area).left
            _put(form.elements[table.sheet, table.rows[0], left], f"{{{{ row.{column.column} }}}}")
    _around(lines[0], f"{{%tr for row in {source} %}}", "{%tr endfor %}")
    for number, line in enumerate(lines[1:], start=2):
        _around(line, f"{{%tr if {source}|length < {number} %}}", "{%tr endif %}")


def _around(row: etree._Element, before: str, after: str) -> None:
    parent = row.getparent()
    if parent is None:
        return
    parent.insert(parent.index(row), _tag_row(row, before))
    parent.insert(parent.index(row) + 1, _tag_row(row, after))


def _tag_row(model: etree._Element, tag: str) -> etree._Element:
    """A row that only carries a tag; it does not appear in the document."""
    row = copy.deepcopy(model)
    for text in row.iter(f"{W}t"):
        text.text = ""
    cell = next(row.iter(f"{W}tc"))
    paragraph = next(cell.iter(f"{W}p"))
    run = etree.SubElement(paragraph, f"{W}r")
    _set(etree.SubElement(run, f"{W}t"), tag)
    return row


def _leftover_rows(form: WordForm, cells: Sequence[CellProposal], tables: set[str]) -> None:
    """A paragraph below the last named row of a list (its measure, where it is one), for rows it does not name."""
    last: dict[str, CellProposal] = {}
    for cell in cells:
        found = _KEYED.fullmatch(cell.address)
        if found and found[1] not in tables:
            known = last.get(found[1])
            if known is None or _place(cell) >= _place(known):
                last[found[1]] = cell
    for table, cell in last.items():
        paragraph = _own_paragraphs(form.elements[_key(cell.sheet, cell.area)])[-1]
        run = etree.SubElement(paragraph, f"{W}r")
        _set(etree.SubElement(run, f"{W}t"), f"{{{{ over.{table}|optional }}}}")


def _place(cell: CellProposal) -> tuple[bool, int]:
    return cell.address.endswith(".content"), CellRange.parse(cell.area).top


def _tick(form: WordForm, tick: TickProposal) -> None:
    element = form.elements[_key(tick.sheet, tick.area)]
    for option, condition in tick.options:
        table, _, row = condition.rstrip("]").partition("[")
        for paragraph in _own_paragraphs(element):
            nodes = list(paragraph.iter(f"{W}t"))
            whole = "".join(node.text or "" for node in nodes)
            found = re.search(rf"[{EMPTY_MARKS}](?=\s*{re.escape(option)})", whole)
            if found:
                _replace(nodes, found.start(), found.end(), f"{{{{ ticked.{table}['{row}'] }}}}")
                break


def _packed(form: WordForm) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for info, content in form.members:
            tree = form.trees.get(info.filename)
            data = content
            if tree is not None and _tagged(tree):
                data = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
            package.writestr(info, data)
    return buffer.getvalue()


def _tagged(tree: etree._Element) -> bool:
    """Whether a part holds a tag of ours, or braces of the customer's that are kept apart."""
    return any(mark in (node.text or "") for node in tree.iter(f"{W}t") for mark in ("{{", "{%", JOINER))


