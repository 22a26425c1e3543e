"""Shapes as DrawingML, in points: text boxes with explicit sizes, boxes, connectors, tables; every one editable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pptx.oxml import parse_xml
from pptx.slide import Slide

from pipeline.documents.deck.measure import line_height, readable
from pipeline.documents.deck.palette import BAND, HEAD, LINE, PAPER, TEXT, fill

_EMU = 12_700
_NS = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_NAME_SHOWN = 40
CELL_SIDE, CELL_TOP = 5.0, 3.0
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on the slide, in points."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def below(self, used: float) -> Area:
        """What is left under the first ``used`` points."""
        return Area(self.left, self.top + used, self.width, self.height - used)


@dataclass(frozen=True, slots=True)
class Words:
    """One paragraph: its text, size in points, looks, and the points of white after it."""

    text: str
    size: float = 14
    bold: bool = False
    colour: str = TEXT
    align: str = "l"
    after: float = 0


@dataclass(slots=True)
class Canvas:
    """Collects the shapes of one slide and puts them on it in one go; names tell what a shape is for."""

    shapes: list[str] = field(default_factory=list)
    _next: int = 100  # above the numbers that placeholders and python-pptx give

    def number(self) -> int:
        """The next free shape number."""
        self._next += 1
        return self._next

    def text(self, name: str, area: Area, words: Sequence[Words], anchor: str = "t") -> None:
        """A text box; the caller has measured that the words fit."""
        self.box(name, area, words, anchor=anchor, shape="rect", back="", line="", inset=0)

    def box(
        self, name: str, area: Area, words: Sequence[Words], *, anchor: str = "ctr", shape: str = "rect",
        back: str = BAND, line: str = "", weight: float = 1, inset: float = 4,
    ) -> int:
        """A native shape with text in it; returns its number, for connectors."""
        number = self.number()
        kind = ' txBox="1"' if not back and not line else ""
        self.shapes.append(
            f'<p:sp {_NS}><p:nvSpPr><p:cNvPr id="{number}" name={_attribute(name)}/><p:cNvSpPr{kind}/><p:nvPr/>'
            f'</p:nvSpPr><p:spPr>{_place(area)}<a:prstGeom prst="{shape}"><a:avLst/></a:prstGeom>{fill(back)}'
            f'{_outline(line, weight)}</p:spPr>{_body(words, anchor, inset)}</p:sp>'
        )
        return number

    def arrow(self, name: str, start: tuple[int, float, float], end: tuple[int, float, float]) -> None:
        """A connector glued to two shapes: each end is (shape number, left, top); it leaves right and enters left."""
        number = self.number()
        area = Area(start[1], start[2], end[1] - start[1], 0)
        self.shapes.append(
            f'<p:cxnSp {_NS}><p:nvCxnSpPr><p:cNvPr id="{number}" name={_attribute(name)}/><p:cNvCxnSpPr>'
            f'<a:stCxn id="{start[0]}" idx="3"/><a:endCxn id="{end[0]}" idx="1"/></p:cNvCxnSpPr><p:nvPr/></p:nvCxnSpPr>'
            f'<p:spPr>{_place(area)}<a:prstGeom prst="straightConnector1"><a:avLst/></a:prstGeom>'
            f'<a:ln w="{round(1.25 * _EMU)}">{fill("accent5")}<a:tailEnd type="triangle"/></a:ln></p:spPr></p:cxnSp>'
        )

    def table(self, name: str, area: Area, widths: Sequence[float], rows: Sequence[tuple[float, str]]) -> None:
        """A native table: column widths and per row its height and cells (see ``cell``)."""
        grid = "".join(f'<a:gridCol w="{round(width * _EMU)}"/>' for width in widths)
        lines = "".join(f'<a:tr h="{round(height * _EMU)}">{cells}</a:tr>' for height, cells in rows)
        self.shapes.append(
            f'<p:graphicFrame {_NS}><p:nvGraphicFramePr><p:cNvPr id="{self.number()}" name={_attribute(name)}/>'
            '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
            f'{_place(area, "p")}<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table">'
            f'<a:tbl><a:tblPr firstRow="1"><a:tableStyleId>{_PLAIN_TABLE}</a:tableStyleId></a:tblPr>'
            f'<a:tblGrid>{grid}</a:tblGrid>{lines}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>'
        )

    def put_on(self, slide: Slide) -> None:
        """Append everything collected to the slide."""
        tree: Any = slide.shapes._spTree  # the library has no call that takes ready-made shapes
        for shape in self.shapes:
            tree.append(parse_xml(shape))
        self.shapes.clear()


def cell(words: Sequence[Words], *, head: bool = False) -> str:
    """DrawingML of one table cell."""
    line = f'<a:lnB w="{round((1 if head else 0.5) * _EMU)}">{fill(HEAD if head else LINE)}</a:lnB>'
    none = "".join(f'<a:ln{side} w="0"><a:noFill/></a:ln{side}>' for side in "LRT")
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{_paragraphs(words)}</a:txBody>'
        f'<a:tcPr marL="{round(CELL_SIDE * _EMU)}" marR="{round(CELL_SIDE * _EMU)}" marT="{round(CELL_TOP * _EMU)}" '
        f'marB="{round(CELL_TOP * _EMU)}" anchor="{"ctr" if head else "t"}">{none}{line}{fill(BAND if head else PAPER)}'
        '</a:tcPr></a:tc>'
    )


def _attribute(name: str) -> str:
    """A shape's name as PowerPoint's selection pane shows it: one short line."""
    return quoteattr(" ".join(readable(name).split())[:_NAME_SHOWN])


def _place(area: Area, prefix: str = "a") -> str:
    left, top, width, height = (round(value * _EMU) for value in (area.left, area.top, area.width, area.height))
    return f'<{prefix}:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></{prefix}:xfrm>'


def _outline(line: str, weight: float) -> str:
    return f'<a:ln w="{round(weight * _EMU)}">{fill(line)}</a:ln>' if line else "<a:ln><a:noFill/></a:ln>"


def _body(words: Sequence[Words], anchor: str, inset: float) -> str:
    side = round(inset * _EMU)
    return (
        f'<p:txBody><a:bodyPr wrap="square" lIns="{side}" tIns="0" rIns="{side}" bIns="0" anchor="{anchor}">'
        f'<a:noAutofit/></a:bodyPr><a:lstStyle/>{_paragraphs(words)}</p:txBody>'
    )


def _paragraphs(words: Sequence[Words]) -> str:
    return "".join(_paragraph(entry) for entry in _one_by_one(words)) or "<a:p/>"


def _one_by_one(words: Sequence[Words]) -> Iterator[Words]:
    for entry in words:
        *upper, last = readable(entry.text).split("\n")
        for text in upper:
            yield replace(entry, text=text, after=0)
        yield replace(entry, text=last)


def _paragraph(words: Words) -> str:
    spacing = f'<a:lnSpc><a:spcPts val="{round(line_height(words.size) * 100)}"/></a:lnSpc>'
    if words.after:
        spacing += f'<a:spcAft><a:spcPts val="{round(words.after * 100)}"/></a:spcAft>'
    looks = f'lang="zh-CN" altLang="en-US" sz="{round(words.size * 100)}" b="{int(words.bold)}"'
    paint = fill(words.colour)
    run = f"<a:r><a:rPr {looks}>{paint}</a:rPr><a:t>{escape(words.text)}</a:t></a:r>" if words.text else ""
    end = "" if run else f"<a:endParaRPr {looks}/>"
    return f'<a:p><a:pPr algn="{words.align}">{spacing}</a:pPr>{run}{end}</a:p>'
