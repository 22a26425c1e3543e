"""Text between people and SpreadsheetML: what XML cannot hold is cleaned, the rest escaped, and back."""

from __future__ import annotations

import re
import unicodedata

MAX_CELL_TEXT = 32_767  # characters Excel keeps in one cell (UTF-16 units)

_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def clean(text: str) -> str:
    """``text`` without what XML 1.0 forbids (control characters, lone surrogates); line ends become \\n."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def too_long(text: str) -> bool:
    """Whether Excel would cut the text."""
    return len(clean(text).encode("utf-16-le")) // 2 > MAX_CELL_TEXT


def xml_text(text: str) -> bytes:
    """Cell text as element content; a literal _x000D_ is protected from Excel's own escape (ST_Xstring)."""
    protected = _ESCAPED.sub(lambda match: f"_x005F_x{match[1]}_", clean(text))
    return protected.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def xml_attribute(text: str) -> bytes:
    """Text for use between double quotes."""
    escaped = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;").encode()


def plain_text(content: str) -> str:
    """Cell text from element content: Excel's _xHHHH_ escapes resolved (ST_Xstring)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), content)


def same_text(held: str, expected: str) -> bool:
    """Whether two readings of one cell agree: white space and width forms aside, numbers by value."""
    if _folded(held) == _folded(expected):
        return True
    try:
        return float(held) == float(expected)
    except ValueError:
        return False


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", clean(text)).split())
