"""Parameters of Content-Type and Content-Disposition, above all file names in every spelling that mail programs use."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from pipeline.intake.charset import decode, one_line
from pipeline.intake.encoded_words import header_text, octets_of

# a GBK character may end in the octet of a backslash or an "@", so that pairs are stepped over as a whole
_PARAMETER = re.compile(
    rb';\s*([A-Za-z0-9_.-]+)(?:\*(\d{1,3}))?(\*)?\s*=\s*'
    rb'("(?:[\x81-\xfe][\x40-\xfe]|[^"\\]|\\.)*"?|[^;]*)', re.DOTALL
)
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}|[\w.() -])+")
_LONGEST_HEADER = 20_000  # octets; what lies beyond is no name anybody gave


def parameters(raw: str) -> dict[str, str]:
    """The parameters of a structured header value by lower-case name, decoded (RFC 2231, 2047, raw 8-bit)."""
    octets = re.sub(rb"\r\n|\r|\n", b"", octets_of(raw))[:_LONGEST_HEADER]
    plain: dict[str, bytes] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for name, index, extended, value in _PARAMETER.findall(octets):
        key = name.decode("ascii").casefold()
        stripped = value.strip()
        if stripped.startswith(b'"'):
            stripped = stripped[1:].removesuffix(b'"')
        if index or extended:
            pieces.setdefault(key, {}).setdefault(int(index or 0), (stripped, bool(extended)))
        else:
            plain.setdefault(key, stripped)
    found = {key: _plain(value) for key, value in plain.items()}
    return found | {key: _extended(parts) for key, parts in pieces.items()}


def _plain(value: bytes) -> str:
    text = header_text(value)
    if "%" in text and text.isascii() and _PERCENT.fullmatch(text):
        unquoted, lost = decode(unquote_to_bytes(text))
        text = text if lost else one_line(unquoted)
    return text.replace('\\"', '"')


def _extended(parts: dict[int, tuple[bytes, bool]]) -> str:
    charset, joined = "", b""
    for index in sorted(parts):
        value, percent = parts[index]
        if index == min(parts) and percent and value.count(b"'") >= 2:
            label, _, value = value.split(b"'", 2)
            charset = label.decode("ascii", "replace")
        joined += unquote_to_bytes(value) if percent else value
    if b"=?" in joined:
        return header_text(joined)
    return one_line(decode(joined, charset)[0])


def bare_file_name(name: str) -> str:
    """The last component of a name that may pretend to be a path (``..\\..\\evil.xlsx``), "" when nothing is left."""
    last = re.split(r"[\\/]", name.replace("\\\\", "\\"))[-1]
    return one_line(last).strip(" .\"'")
