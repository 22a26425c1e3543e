"""Font metrics without font files: a Han glyph is 1 em wide in every CJK font, Latin widths are those of Helvetica."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Advance widths in thousandths of an em (Adobe Font Metrics of Helvetica); Arial and its clones share them.
_LATIN = {
    " ": 278, "!": 278, '"': 355, "#": 556, "$": 556, "%": 889, "&": 667, "'": 191, "(": 333, ")": 333, "*": 389,
    "+": 584, ",": 278, "-": 333, ".": 278, "/": 278, ":": 278, ";": 278, "<": 584, "=": 584, ">": 584, "?": 556,
    "@": 1015, "[": 278, "\\": 278, "]": 278, "^": 469, "_": 556, "`": 333, "{": 334, "|": 260, "}": 334, "~": 584,
    **dict.fromkeys("0123456789", 556), **dict.fromkeys("ABEKPSVXY", 667), **dict.fromkeys("CDHNRUw", 722),
    **dict.fromkeys("GOQ", 778), **dict.fromkeys("FTZ", 611), **dict.fromkeys("abdeghnopqu", 556),
    **dict.fromkeys("ckszvxyJ", 500), **dict.fromkeys("ft", 278), **dict.fromkeys("ijl", 222), "I": 278, "L": 556,
    "M": 833, "W": 944, "m": 833, "r": 333,
}
_BOLD = 1.06       # bold Latin letters are wider by about this
_OTHER = 600       # Greek, Cyrillic, accented letters: between narrow and wide
#: Where a line may break: after white space or a hyphen, and before or after any wide glyph.
_WIDE = r"\u1100-\u11ff\u2e80-\ud7af\uf900-\ufaff\uff00-\uffef"
_PIECES = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+|\s+")
_WIDE_MARKS = "“”‘’…—①②③④⑤⑥⑦⑧⑨⑩□☐☑■×Φ℃"  # ambiguous by Unicode, set wide beside Chinese
_NO_START = "，。、；：？！）》】」』”’%,.;:?!)]}…"  # never first on a line


def glyph_width(glyph: str, points: float, *, bold: bool = False) -> float:
    """Advance width in points."""
    if unicodedata.east_asian_width(glyph) in "WF" or glyph in _WIDE_MARKS:
        return points
    if unicodedata.combining(glyph) or unicodedata.category(glyph) == "Cf":
        return 0.0
    return points * _LATIN.get(glyph, _OTHER) / 1000 * (_BOLD if bold else 1.0)


def text_width(text: str, points: float, *, bold: bool = False) -> float:
    """Width of one line in points."""
    return sum(glyph_width(glyph, points, bold=bold) for glyph in text)


def line_height(points: float, font: str = "") -> float:
    """Height of one line in points at single spacing; 微软雅黑 sets 1.32 em, others about 1.2."""
    tall = ("yahei", "雅黑", "noto sans cjk", "思源黑体")
    return points * (1.32 if any(name in font.lower() for name in tall) else 1.2)


def _pieces(text: str) -> Iterator[str]:
    held = ""
    for found in _PIECES.finditer(text):
        piece = found[0]
        if held and not piece.strip():
            yield held + piece
            held = ""
        elif held and piece[0] in _NO_START:
            held += piece
        else:
            if held:
                yield held
            held = piece
    if held:
        yield held


def lines_needed(text: str, width: float, points: float, *, bold: bool = False) -> int:
    """Lines that a paragraph takes at ``width`` points; a word longer than the line breaks within itself."""
    lines, used = 1, 0.0
    for piece in _pieces(text.replace("\t", "    ")):
        wide = text_width(piece.rstrip(), points, bold=bold)
        if used and used + wide > width:
            lines, used = lines + 1, 0.0
        if wide > width > 0:
            extra = int(wide / max(width, points))
            lines, used = lines + extra, wide - extra * width
        else:
            used += text_width(piece, points, bold=bold)
    return lines


def longest_word(text: str, points: float, *, bold: bool = False) -> tuple[float, str]:
    """Width in points of the longest stretch without a break, and the stretch itself."""
    words = [piece.strip() for piece in _pieces(text)] or [""]
    return max((text_width(word, points, bold=bold), word) for word in words)
