"""A small schematic picture for the demo's 附件 folders, drawn without an imaging library."""

from __future__ import annotations

import struct
import zlib

_WIDTH, _HEIGHT = 320, 200
_WHITE, _GREY, _BLUE, _RED = b"\xff\xff\xff", b"\xb8\xc0\xc8", b"\x2f\x6d\xa8", b"\xd0\x3a\x2f"


def _pixel(x: int, y: int) -> bytes:
    """A tube seen from the side, a connector on it, and a red ring round the place in question."""
    distance = (x - 190) ** 2 + (y - 100) ** 2
    if 34**2 <= distance <= 38**2:
        return _RED
    if 180 <= x <= 240 and 60 <= y <= 140:
        return _GREY
    if 20 <= x <= 300 and 80 <= y <= 120:
        return _BLUE
    return _WHITE


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def schematic_png() -> bytes:
    """The picture as PNG bytes; always the same ones."""
    lines = b"".join(b"\0" + b"".join(_pixel(x, y) for x in range(_WIDTH)) for y in range(_HEIGHT))
    head = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts
