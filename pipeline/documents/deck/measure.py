"""How much room text takes: widths by class of character, lines as PowerPoint breaks them, heights in points."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pipeline.ooxml.text import clean

#: Exact line spacing that is written into every paragraph, so that a font's own line height does not count.
_LEADING = 1.36
#: Widths in em, at or above those of 微软雅黑 and its usual stand-ins; a Han glyph is 1 em wide in every CJK font.
_NARROW, _ROUND, _WIDE, _CAPITAL, _OTHER = 0.36, 0.58, 0.92, 0.70, 0.75
_NARROW_SIGNS = frozenset("iljftrI.,:;!'`|()[]{}/\\ -\"")
_WIDE_SIGNS = frozenset("mwMW@%&")
_NEVER_FIRST = frozenset("、，。；：！？）】」』》〉”’…％℃·,.;:!?)]}%")
_NEVER_LAST = frozenset("（【「『《〈“‘([{")
_MEETING = 0.2  # em that WPS and LibreOffice put between Han and Latin
_BOLD = 0.15  # what bold adds to a Latin glyph
#: PowerPoint breaks a line a little earlier or later than a sum of widths says.
_SAFETY = 0.985


@lru_cache(maxsize=8192)
def _em(character: str) -> float:
    if not character.isascii():
        if unicodedata.combining(character):
            return 0.0
        return 1.0 if unicodedata.east_asian_width(character) in "WFA" else _OTHER
    return _ascii_em(character)


def _ascii_em(character: str) -> float:
    if character == "\n":
        return 0.0
    if character in _NARROW_SIGNS:
        return _NARROW
    if character in _WIDE_SIGNS:
        return _WIDE
    return _CAPITAL if character.isupper() else _ROUND


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width in points of ``text`` on one line at ``size`` points; Latin letters and digits are wider in bold."""
    width = 0.0
    latin_before: bool | None = None
    for character in text:
        em = _em(character)
        if character.isspace():
            latin_before = None
        else:
            latin = character.isascii()
            em *= 1 + _BOLD * (bold and latin)
            em += _MEETING * (latin_before is not None and latin_before is not latin)
            latin_before = latin
        width += em
    return width * size


def line_height(size: float) -> float:
    """Exact line spacing in points for text of ``size`` points."""
    return round(size * _LEADING)


def readable(text: str) -> str:
    """``text`` as a slide can hold it: no control characters, tabs as spaces."""
    return clean(text).replace("\t", " ").replace("\u2028", "\n").strip()


def _pieces(text: str) -> Iterator[str]:
    """What stays on one line: a Han character or a word, with the punctuation that may not be parted from it."""
    piece = ""
    for character in text:
        if piece and not _sticks(piece, character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _sticks(piece: str, character: str) -> bool:
    last = piece[-1]
    if character in _NEVER_FIRST or last in _NEVER_LAST:
        return True
    in_word = character.isascii() and not character.isspace()
    return in_word and last.isascii() and not last.isspace()


def _cut(piece: str, size: float, room: float) -> Iterator[str]:
    """A word wider than a whole line, broken anywhere."""
    part, width = "", 0.0
    for character in piece:
        step = _em(character) * size
        if part and width + step > room:
            yield part
            part, width = "", 0.0
        part += character
        width += step
    yield part


def _meet(line: str, piece: str) -> bool:
    """Whether Han and Latin stand side by side where a piece is added to a line."""
    if not line or line[-1].isspace() or not piece or piece[0].isspace():
        return False
    return line[-1].isascii() is not piece[0].isascii()


def wrap(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """The lines of one or more paragraphs (parted by line feeds) in a box ``width`` points wide; never empty.

    Joined again, the lines are the text: the last line of a paragraph ends with its line feed.
    """
    room = max(width * _SAFETY, size)
    lines = []
    for paragraph in text.splitlines(keepends=True) or [""]:
        line, used = "", 0.0
        for piece in _pieces(paragraph):
            shown = width_of(piece.rstrip(), size, bold=bold)
            if line and used + shown + _MEETING * size * _meet(line, piece) > room:
                lines.append(line)
                line, used = "", 0.0
            *whole, rest = _cut(piece, size * (1 + _BOLD * bold), room) if shown > room else (piece,)
            lines.extend(whole)
            used += width_of(rest, size, bold=bold) + _MEETING * size * _meet(line, rest)
            line += rest
        lines.append(line)
    return lines


def fitted(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """``text`` on one line, cut with … where it does not fit."""
    flat = " ".join(readable(text).split())
    room = width * _SAFETY
    if width_of(flat, size, bold=bold) <= room:
        return flat
    fits, too_long = 0, len(flat)
    while too_long - fits > 1:  # widths grow with length, so halving finds the last cut that fits
        middle = (fits + too_long) // 2
        if width_of(f"{flat[:middle]}…", size, bold=bold) <= room:
            fits = middle
        else:
            too_long = middle
    return f"{flat[:fits].rstrip()}…"
