"""Colours as people see them: theme colours with their tints, and the contrast of two colours (WCAG 2.1)."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping

from lxml import etree

Rgb = tuple[float, float, float]  # 0..1 each
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WHITE: Rgb = (1.0, 1.0, 1.0)
BLACK: Rgb = (0.0, 0.0, 0.0)
_NAMES = {"tx1": "dk1", "tx2": "dk2", "bg1": "lt1", "bg2": "lt2"}
_LARGE_POINTS, _LARGE_BOLD_POINTS = 18.0, 14.0
_PRESET = {"black": BLACK, "white": WHITE, "red": (1.0, 0.0, 0.0), "yellow": (1.0, 1.0, 0.0)}


def parse(text: str) -> Rgb | None:
    """A colour from RRGGBB or AARRGGBB; None for anything else."""
    digits = text[-6:]
    try:
        return int(digits[0:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:6], 16) / 255
    except ValueError:
        return None


def contrast(first: Rgb, second: Rgb) -> float:
    """1 (none) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def needed_contrast(points: float, *, bold: bool) -> float:
    """3 for large letters, 4.5 for others."""
    return 3.0 if points >= _LARGE_POINTS or (bold and points >= _LARGE_BOLD_POINTS) else 4.5


def _luminance(colour: Rgb) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Theme:
    """The colours of a theme part and a colour map; ``clrMap`` renames tx1, bg1 … per master."""

    def __init__(self, theme: etree._Element | None, colour_map: Mapping[str, str]) -> None:
        self._map = {**_NAMES, **colour_map}
        self._colours: dict[str, Rgb] = {"dk1": BLACK, "lt1": WHITE}
        scheme = theme.find(f".//{A}clrScheme") if theme is not None else None
        for entry in scheme if scheme is not None else ():
            for value in entry:
                shown = parse(value.get("lastClr") or value.get("val") or "")
                if shown:
                    self._colours[etree.QName(entry).localname] = shown

    def named(self, name: str) -> Rgb | None:
        """The colour of a scheme name such as accent1 or tx1."""
        return self._colours.get(self._map.get(name, name))

    def within(self, holder: etree._Element | None) -> Rgb | None:
        """The colour that stands in an element such as solidFill; None when there is none that is known."""
        if holder is None:
            return None
        for value in holder:
            kind = etree.QName(value).localname
            found = None
            if kind == "srgbClr":
                found = parse(value.get("val", ""))
            elif kind == "schemeClr":
                found = self.named(value.get("val", ""))
            elif kind == "sysClr":
                found = parse(value.get("lastClr", ""))
            elif kind == "prstClr":
                found = _PRESET.get(value.get("val", ""))
            if found is not None:
                return _modified(found, value)
        return None


def _modified(colour: Rgb, value: etree._Element) -> Rgb:
    hue, light, saturation = colorsys.rgb_to_hls(*colour)
    for change in value:
        share = int(change.get("val", "100000")) / 100_000
        match etree.QName(change).localname:
            case "lumMod":
                light *= share
            case "lumOff":
                light += share
            case "tint":
                light = light + (1 - light) * (1 - share)
            case "shade":
                light *= share
            case _:
                continue
    red, green, blue = colorsys.hls_to_rgb(hue, min(1.0, max(0.0, light)), saturation)
    return red, green, blue
