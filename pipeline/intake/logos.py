"""Tells signature logos and smileys from photos: small pictures that stand inside the text."""

from __future__ import annotations

import struct

_SMALL_FILE = 6_000        # octets; a photo of anything has more
_SMALL_SIDE = 110          # pixels; banners in signatures are wide and low
_SMALL_AREA = 240 * 240


def is_decorative(content: bytes, *, inside_text: bool) -> bool:
    """Whether a picture that the mail shows inside its text is a logo; other pictures and files never are."""
    if not inside_text:
        return False
    size = picture_size(content)
    if size is None:
        return False
    width, height = size
    return len(content) < _SMALL_FILE or min(width, height) <= _SMALL_SIDE or width * height <= _SMALL_AREA


def picture_size(content: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels of a PNG, GIF, BMP or JPEG; None for anything else or a damaged one."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return int(width), int(height)
    if content.startswith(b"BM") and len(content) >= 26:
        width, height = struct.unpack("<ii", content[18:26])
        return abs(int(width)), abs(int(height))
    return _jpeg_size(content) if content.startswith(b"\xff\xd8") else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None
