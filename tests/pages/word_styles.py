"""How a Word run looks in the end: size, weight, font and colour from run, styles and defaults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from tests.pages.colours import BLACK, Rgb, parse

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DEFAULT_POINTS = 10.0


@dataclass(frozen=True, slots=True)
class Look:
    """Points, weight, font name and colour (None: not known)."""

    points: float
    bold: bool
    font: str
    colour: Rgb | None


class WordStyles:
    """The styles part, asked for the look of a run."""

    def __init__(self, styles: etree._Element | None) -> None:
        self._styles: dict[str, etree._Element] = {}
        self._defaults: etree._Element | None = None
        self._normal = ""
        if styles is not None:
            self._defaults = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
            for style in styles.findall(f"{W}style"):
                name = style.get(f"{W}styleId", "")
                self._styles[name] = style
                if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true"):
                    self._normal = name

    def look(self, run: etree._Element, paragraph: etree._Element) -> Look:
        """The look of a run within its paragraph."""
        chain = list(self._chain(run, paragraph))
        size = next((value for look in chain if (value := _value(look, "sz"))), "")
        points = float(size) / 2 if size else _DEFAULT_POINTS
        bold = next((look.find(f"{W}b").get(f"{W}val", "1") not in ("0", "false") for look in chain  # type: ignore[union-attr]  # found in the condition
                     if look.find(f"{W}b") is not None), False)
        fonts = (look.find(f"{W}rFonts") for look in chain)
        font = next((item.get(f"{W}eastAsia") or item.get(f"{W}ascii") or "" for item in fonts if item is not None), "")
        colour = next((value for look in chain if (value := _value(look, "color"))), "auto")
        return Look(points, bold, font, BLACK if colour == "auto" else parse(colour))

    def _chain(self, run: etree._Element, paragraph: etree._Element) -> Iterator[etree._Element]:
        own = run.find(f"{W}rPr")
        if own is not None:
            yield own
            yield from self._of(_value(own, "rStyle"))
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        yield from self._of(style.get(f"{W}val", "") if style is not None else self._normal)
        if self._defaults is not None:
            yield self._defaults

    def _of(self, name: str) -> Iterator[etree._Element]:
        seen = set[str]()
        while name and name not in seen and name in self._styles:
            seen.add(name)
            look = self._styles[name].find(f"{W}rPr")
            if look is not None:
                yield look
            parent = self._styles[name].find(f"{W}basedOn")
            name = parent.get(f"{W}val", "") if parent is not None else ""


def _value(look: etree._Element, name: str) -> str:
    found = look.find(f"{W}{name}")
    return found.get(f"{W}val", "") if found is not None else ""
