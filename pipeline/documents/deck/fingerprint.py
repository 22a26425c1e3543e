"""The content of a slide as a digest: equal when a program only saved it again, different when a person changed it.

What counts: every shape with its place, text, font and looks, tables, numbers and colours of charts, pictures, notes,
hiding, animation, transition, background, comments. What does not: ids, spelling marks, language, empty ends of
paragraphs, row heights, how text is cut into runs. When in doubt a slide counts as changed, and then it stays as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pptx.slide import Slide

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_SHAPES = ("sp", "pic", "graphicFrame", "cxnSp", "grpSp", "contentPart")
_COMMENTS = ("/comments", "/threadedComments")
_EMU_PER_TENTH = 1_270  # programs round places a little when they save


def digest_of_slide(slide: Slide) -> str:
    """The digest of what people see on the slide and in its notes."""
    taken = hashlib.blake2b(digest_size=16)
    for fact in _facts(slide):
        taken.update(fact.encode("utf-8", "surrogatepass"))
        taken.update(b"\0")
    return taken.hexdigest()


def _facts(slide: Slide) -> Iterator[str]:
    root: Any = slide._element
    yield f"hidden={root.get('show', '1') in {'0', 'false'}}"
    for name in ("timing", "transition"):
        yield f"{name}={any(len(element) or element.attrib for element in root.iter(f'{_P}{name}'))}"
    yield from (f"background={_tags(element)}" for element in root.iter(f"{_P}bg"))
    yield from (f"comments={rel.reltype}" for rel in slide.part.rels.values() if rel.reltype.endswith(_COMMENTS))
    for shape in root.cSld.spTree:
        yield from _shape(slide.part, shape)
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        yield f"notes={frame.text.strip() if frame is not None else ''}"
    else:
        yield "notes="


def _shape(part: Any, shape: Any) -> Iterator[str]:
    kind = shape.tag.rpartition("}")[2]
    if kind not in _SHAPES:
        return
    yield f"{kind} {_place(shape)}"
    if kind == "grpSp":
        for inner in shape:
            yield from _shape(part, inner)
        return
    for geometry in shape.iter(f"{_A}prstGeom"):
        yield geometry.get("prst", "")
    yield from _paint(shape.find(f"{_P}spPr"))
    for blip in shape.iter(f"{_A}blip"):
        yield f"picture={_picture(part, blip)}"
    for crop in shape.iter(f"{_A}srcRect"):
        yield f"crop={sorted(crop.attrib.items())}"
    if (table := next(shape.iter(f"{_A}tbl"), None)) is not None:
        yield from _table(table)
        return
    for chart in shape.iter(f"{_C}chart"):
        yield from _chart(part.related_part(chart.get(f"{_R}id")))
    body = shape.find(f"{_P}txBody")
    if body is not None:
        yield from _text(body)


def _place(shape: Any) -> str:
    for transform in shape.iter(f"{_A}xfrm", f"{_P}xfrm"):
        numbers = [
            round(int(element.get(name, "0")) / _EMU_PER_TENTH)
            for element in transform if element.tag in {f"{_A}off", f"{_A}ext"} for name in ("x", "y", "cx", "cy")
        ]
        if shape.tag == f"{_P}graphicFrame" and next(shape.iter(f"{_A}tbl"), None) is not None:
            numbers = numbers[:-1]  # a table grows with its rows
        return f"{numbers} {transform.get('rot', '0')} {transform.get('flipH', '0')} {transform.get('flipV', '0')}"
    return "as in the layout"


def _paint(properties: Any) -> Iterator[str]:
    """Fill and line of a shape, as set on it."""
    if properties is None:
        return
    for element in properties:
        name = element.tag.rpartition("}")[2]
        if name.endswith("Fill") and name != "blipFill":
            yield f"{name}={_colours(element)}"
        elif name == "ln":
            yield f"line={_colours(element)} {element.get('w', '')}"


def _colours(element: Any) -> str:
    return ",".join(
        colour.get("val", "") for colour in element.iter(f"{_A}srgbClr", f"{_A}schemeClr", f"{_A}sysClr")
    )


def _picture(part: Any, blip: Any) -> str:
    key = blip.get(f"{_R}embed")
    return hashlib.sha256(part.related_part(key).blob).hexdigest() if key else str(blip.get(f"{_R}link"))


def _text(body: Any) -> Iterator[str]:
    """Paragraphs with their runs; neighbouring runs that look alike are one."""
    for paragraph in body.iter(f"{_A}p"):
        runs: list[tuple[str, str]] = []
        for element in paragraph:
            name = element.tag.rpartition("}")[2]
            if name not in {"r", "br", "fld"}:
                continue
            looks, text = _looks(element.find(f"{_A}rPr")), "\v" if name == "br" else _words(element, name)
            if runs and runs[-1][0] == looks:
                runs[-1] = (looks, runs[-1][1] + text)
            elif text:
                runs.append((looks, text))
        yield f"p={_set_as(paragraph.find(f'{_A}pPr'))} {runs}"


def _set_as(properties: Any) -> str:
    """How a paragraph is aligned, its level, and what stands before it."""
    if properties is None:
        return "l 0"
    bullets = [element.tag.rpartition("}")[2] for element in properties if element.tag.startswith(f"{_A}bu")]
    return " ".join([properties.get("algn", "l"), properties.get("lvl", "0"), *bullets])


def _words(element: Any, name: str) -> str:
    if name == "fld":
        return f"<{element.get('type', '')}>"  # a page number shows another text on every slide
    return "".join(text.text or "" for text in element.iter(f"{_A}t"))


def _looks(properties: Any) -> str:
    if properties is None:
        return ""
    flags = [properties.get(name, "0") for name in ("b", "i", "u", "strike", "baseline")]
    links = sum(1 for _ in properties.iter(f"{_A}hlinkClick"))  # we write none; their ids change with every save
    faces = [face.get("typeface", "") for name in ("latin", "ea") for face in properties.findall(f"{_A}{name}")]
    named = [face for face in faces if not face.startswith("+")]  # +mn-ea stands for the template's own font
    plain = [flag if flag not in {"false", "none", "noStrike"} else "0" for flag in flags]
    return f"{properties.get('sz', '')} {plain} {_colours(properties)} {links} {named}"


def _table(table: Any) -> Iterator[str]:
    yield f"columns={[round(int(column.get('w', '0')) / _EMU_PER_TENTH) for column in table.iter(f'{_A}gridCol')]}"
    for row in table.iter(f"{_A}tr"):
        yield "row"
        for entry in row.iter(f"{_A}tc"):
            properties = entry.find(f"{_A}tcPr")
            fills = [] if properties is None else [_colours(fill) for fill in properties.findall(f"{_A}solidFill")]
            yield f"cell {fills} {[entry.get(name) for name in ('gridSpan', 'rowSpan', 'hMerge', 'vMerge')]}"
            yield from _text(entry)


def _chart(part: Any) -> Iterator[str]:
    """What a chart shows: its kinds, colours and legend, and every name and number in order; a number by its value."""
    root: Any = part._element
    yield f"kinds={[element.tag.rpartition('}')[2] for element in root.iter() if _is_plot(element)]}"
    yield from (f"series={_colours(looks)}" for name in ("ser", "dPt") for element in root.iter(f"{_C}{name}")
                for looks in element.findall(f"{_C}spPr"))
    yield f"legend={[element.get('val') for element in root.iter(f'{_C}legendPos')]}"
    for value in root.iter(f"{_C}v"):
        text = value.text or ""
        try:
            yield f"{float(text):.9g}"
        except ValueError:
            yield text
    for text in root.iter(f"{_A}t"):
        yield text.text or ""


def _is_plot(element: Any) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith(_C) and element.tag.endswith("Chart")


def _tags(element: Any) -> str:
    return _colours(element) + ",".join(entry.tag.rpartition("}")[2] for entry in element.iter())
