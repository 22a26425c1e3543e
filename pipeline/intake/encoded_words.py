"""Header fields to text: encoded words (RFC 2047) joined before decoding, raw 8-bit text, broken folding."""

from __future__ import annotations

import base64
import binascii
import re
from itertools import groupby

from pipeline.intake.charset import decode, one_line

_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_QUOTED = re.compile(rb"=([0-9A-Fa-f]{2})")


def octets_of(raw: str) -> bytes:
    """The octets of a header value as the standard library's parser hands it over (surrogate escapes)."""
    return raw.encode("utf-8", "surrogateescape")


def header_text(raw: str | bytes) -> str:
    """A header value as one clean line of text, for display and rules; never raises."""
    octets = raw if isinstance(raw, bytes) else octets_of(raw)
    octets = re.sub(rb"\r\n|\r|\n", b"", octets)
    pieces: list[tuple[str, bytes, str]] = []  # (charset and encoding, payload, kind)
    end = 0
    for match in _WORD.finditer(octets):
        between = octets[end : match.start()]
        if between.strip() or not pieces:
            pieces.append(("", between, ""))
        pieces.append((match[1].decode("ascii", "replace").partition("*")[0].casefold(), match[3], match[2].decode()))
        end = match.end()
    pieces.append(("", octets[end:], ""))
    runs = groupby(pieces, key=lambda piece: (piece[0], piece[2].upper()))
    return one_line("".join(_run_text(name, kind, [piece[1] for piece in run]) for (name, kind), run in runs))


def _run_text(charset: str, kind: str, payloads: list[bytes]) -> str:
    """The text of adjacent words of one charset: a character may be split between two of them."""
    if not kind:
        return "".join(decode(payload)[0] for payload in payloads)
    if kind == "Q":
        return decode(b"".join(_from_q(payload) for payload in payloads), charset)[0]
    whole = [_NOT_BASE64.sub(b"", payload) for payload in payloads]
    if any(len(text) % 4 and b"=" not in payload for text, payload in zip(whole[:-1], payloads[:-1], strict=True)):
        whole = [b"".join(whole)]  # base64 itself was cut between the words
    return decode(b"".join(_from_b(text) for text in whole), charset)[0]


def _from_q(payload: bytes) -> bytes:
    return _QUOTED.sub(lambda match: bytes([int(match[1], 16)]), payload.replace(b"_", b" "))


def _from_b(payload: bytes) -> bytes:
    usable = payload[: len(payload) - (len(payload) % 4 == 1)]
    try:
        return base64.b64decode(usable + b"=" * (-len(usable) % 4))
    except (binascii.Error, ValueError):
        return b""
