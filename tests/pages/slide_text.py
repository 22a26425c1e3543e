"""The text of a shape or table cell as PowerPoint sets it: sizes and colours inherited, room needed in points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from tests.pages.colours import A, Rgb, Theme
from tests.pages.glyphs import line_height, lines_needed, longest_word, text_width

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
EMU = 12_700  # per point
_DEFAULT_POINTS = 18.0
_INSETS = {"lIns": 91_440, "rIns": 91_440, "tIns": 45_720, "bIns": 45_720}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with the look it ends up with."""

    text: str
    points: float
    bold: bool
    font: str
    colour: Rgb | None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph's runs, its left margin and its spacing (a share of the line, or points)."""

    runs: tuple[Run, ...]
    indent: float
    spacing: float
    exact: float
    before: float
    after: float
    align: str

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(run.text for run in self.runs)

    @property
    def points(self) -> float:
        """The largest size in it."""
        return max((run.points for run in self.runs), default=_DEFAULT_POINTS)

    def height(self, width: float) -> float:
        """Points that it takes at ``width`` points (0 or less: never wrapped), spacing around it included."""
        bold = any(run.bold for run in self.runs)
        room = width - self.indent
        parts = self.text.split("\v")
        lines = sum(lines_needed(part, room, self.points, bold=bold) if room > 0 else 1 for part in parts)
        font = next((run.font for run in self.runs if run.font), "")
        each = self.exact or line_height(self.points, font) * self.spacing
        return lines * each + self.before + self.after

    def width(self) -> float:
        """Points of its longest line when it is not wrapped."""
        bold = any(run.bold for run in self.runs)
        return self.indent + max(text_width(part, self.points, bold=bold) for part in self.text.split("\v"))


@dataclass(frozen=True, slots=True)
class TextBody:
    """The paragraphs of one box and the insets of its text, in points."""

    paragraphs: tuple[Paragraph, ...]
    left: float
    top: float
    right: float
    bottom: float
    wraps: bool
    upright: bool
    anchor: str

    @property
    def text(self) -> str:
        """All of it, a line a paragraph."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    def height(self, width: float) -> float:
        """Points of height that the text takes in a box of ``width`` points, insets included."""
        inner = width - self.left - self.right if self.wraps else 0
        whole = sum(paragraph.height(inner) for paragraph in self.paragraphs)
        if self.paragraphs:  # space before the first and after the last paragraph is not set
            whole -= self.paragraphs[0].before + self.paragraphs[-1].after
        return whole + self.top + self.bottom

    def width(self) -> float:
        """Points of width that the text takes without wrapping, insets included."""
        return max((paragraph.width() for paragraph in self.paragraphs), default=0) + self.left + self.right

    def longest_word(self) -> tuple[float, str]:
        """Points of the longest unbreakable stretch, insets included, and the stretch."""
        words = [
            longest_word(run.text, run.points, bold=run.bold) for paragraph in self.paragraphs
            for run in paragraph.runs if run.text.strip()
        ]
        wide, word = max(words, default=(0.0, ""))
        return wide + self.left + self.right, word


class Styles:
    """Where a level's properties come from, nearest first; each source holds lvlNpPr elements."""

    def __init__(self, sources: Sequence[etree._Element | None], theme: Theme, colour: Rgb | None) -> None:
        self.sources = [source for source in sources if source is not None]
        self.theme = theme
        self.colour = colour

    def level(self, number: int) -> Iterator[etree._Element]:
        """The paragraph properties of a level (from 0), nearest first."""
        for source in self.sources:
            for name in (f"lvl{number + 1}pPr", "defPPr"):
                found = source.find(f"{A}{name}")
                if found is not None:
                    yield found


def read_body(body: etree._Element, styles: Styles, properties: etree._Element | None = None) -> TextBody:
    """A txBody taken apart; ``properties`` is its bodyPr, or a table cell's tcPr."""
    own = properties if properties is not None else body.find(f"{A}bodyPr")
    paragraphs = tuple(_paragraph(element, body, styles) for element in body.iter(f"{A}p"))
    look = own if own is not None else etree.Element("none")
    names = {"lIns": "marL", "rIns": "marR", "tIns": "marT", "bIns": "marB"} if look.tag == f"{A}tcPr" else {}
    left, right, top, bottom = (
        int(look.get(names.get(name, name)) or default) / EMU for name, default in _INSETS.items()
    )
    return TextBody(
        paragraphs, left, top, right, bottom, look.get("wrap", "square") != "none",
        look.get("vert", "horz") not in {"horz", "wordArtVert"}, look.get("anchor", "t"),
    )


def _paragraph(element: etree._Element, body: etree._Element, styles: Styles) -> Paragraph:
    own = element.find(f"{A}pPr")
    number = int(own.get("lvl", "0")) if own is not None else 0
    local = body.find(f"{A}lstStyle")
    near = local.find(f"{A}lvl{number + 1}pPr") if local is not None else None
    chain = [item for item in (own, near) if item is not None]
    chain += styles.level(number)
    runs = []
    for child in element:
        if child.tag in (f"{A}r", f"{A}fld"):
            runs.append(_run(child.findtext(f"{A}t") or "", child.find(f"{A}rPr"), chain, styles))
        elif child.tag == f"{A}br":
            runs.append(_run("\v", child.find(f"{A}rPr"), chain, styles))
    if not runs:
        runs.append(_run("", element.find(f"{A}endParaRPr"), chain, styles))
    indent = next((int(item.get("marL", "0")) for item in chain if item.get("marL")), 0) / EMU
    share, exact = _spacing(chain, "lnSpc", 1.0)
    size = max(run.points for run in runs)
    before, after = (
        part * size + fixed for part, fixed in (_spacing(chain, name, 0.0) for name in ("spcBef", "spcAft"))
    )
    align = next((item.get("algn", "l") for item in chain if item.get("algn")), "l")
    return Paragraph(tuple(runs), indent, share, exact, before, after, align)


def _spacing(chain: Sequence[etree._Element], name: str, default: float) -> tuple[float, float]:
    for item in chain:
        found = item.find(f"{A}{name}")
        if found is not None:
            share, exact = found.find(f"{A}spcPct"), found.find(f"{A}spcPts")
            if share is not None:
                text = share.get("val", "100000")
                return (float(text[:-1]) / 100 if text.endswith("%") else int(text) / 100_000), 0.0
            if exact is not None:
                return 0.0, int(exact.get("val", "0")) / 100
    return default, 0.0


def _run(text: str, own: etree._Element | None, chain: Sequence[etree._Element], styles: Styles) -> Run:
    looks = [own] if own is not None else []
    looks += [found for item in chain if (found := item.find(f"{A}defRPr")) is not None]
    points = next((int(look.get("sz", "0")) / 100 for look in looks if look.get("sz")), _DEFAULT_POINTS)
    bold = next((look.get("b") in ("1", "true") for look in looks if look.get("b")), False)
    fonts = (look.find(f"{A}{kind}") for look in looks for kind in ("ea", "latin"))
    font = next((item.get("typeface", "") for item in fonts if item is not None), "")
    fills = [found for look in looks[:1] if (found := look.find(f"{A}solidFill")) is not None]
    colour = styles.theme.within(fills[0]) if fills else styles.colour
    if colour is None:
        later = (look.find(f"{A}solidFill") for look in looks[1:])
        colour = next((styles.theme.within(item) for item in later if item is not None), styles.theme.named("tx1"))
    return Run(text, points, bold, font, colour)
