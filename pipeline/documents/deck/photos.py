"""Photos for slides: proportions kept, upright, no larger than shown, without the place where they were taken."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST = 1600       # pixels of the longer side: more than a projector shows of a quarter slide
_QUALITY = 88
_MOST_PIXELS = 120_000_000
_KEPT = {"JPEG": "JPEG", "PNG": "PNG", "MPO": "JPEG"}
_ORIENTATION, _UPRIGHT = 0x0112, 1
#: JPEG segments with what a camera or a person wrote beside the picture: place, time, name, thumbnail.
_PRIVATE_SEGMENTS = frozenset({*range(0xE1, 0xE2), *range(0xE3, 0xEE), 0xEF, 0xFE})
_PRIVATE_CHUNKS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})

_SAFE_INFO = frozenset({"icc_profile", "transparency"})  # Pillow writes a comment it has read back into the file

#: Reads a file of the share by its relative path; raises OSError.
ReadPhoto = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready for a slide: its bytes and size in pixels."""

    content: bytes
    width: int
    height: int


def prepared(content: bytes) -> Picture | None:
    """The picture upright, downscaled and without private data; None for what is no picture or too large to open.

    A picture that needs neither turning nor scaling keeps its pixels byte by byte.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is checked below
            with Image.open(io.BytesIO(content)) as image:
                return _prepared(image, content)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None  # a damaged or foreign picture: its place says so


def _prepared(image: Image.Image, content: bytes) -> Picture | None:
    if image.width * image.height > _MOST_PIXELS or not image.width or not image.height:
        return None
    upright = image.getexif().get(_ORIENTATION, _UPRIGHT) == _UPRIGHT
    if upright and max(image.size) <= LONGEST and image.format in _BARE and image.mode != "CMYK":
        return Picture(_BARE[image.format](content), *image.size)
    kind = _KEPT.get(image.format or "", "PNG")
    if kind == "JPEG":
        image.draft("RGB", (LONGEST, LONGEST))  # the decoder scales by 2, 4 or 8 while it reads
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    turned = turned.convert("RGB" if kind == "JPEG" or not _has_alpha(turned) else "RGBA")
    turned.info = {name: value for name, value in turned.info.items() if name in _SAFE_INFO}
    out = io.BytesIO()
    if kind == "JPEG":
        turned.save(out, "JPEG", quality=_QUALITY)
    else:
        turned.save(out, "PNG")
    return Picture(out.getvalue(), *turned.size)


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def _bare_jpeg(content: bytes) -> bytes:
    """The JPEG without its private segments; the colour profile and what the decoder needs stay."""
    out, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == 0xDA:
            break  # the picture itself begins
        if marker not in _PRIVATE_SEGMENTS:
            out.append(content[at : at + 2 + length])
        at += 2 + length
    end = content.find(b"\xff\xd9", at)  # what a phone appends after the picture (a video, a second one) goes
    out.append(content[at : end + 2] if end >= 0 else content[at:])
    return b"".join(out)


def _bare_png(content: bytes) -> bytes:
    out, at = [content[:8]], 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] not in _PRIVATE_CHUNKS:
            out.append(content[at : at + 12 + length])
        if content[at + 4 : at + 8] == b"IEND":
            break
        at += 12 + length
    return b"".join(out)


_BARE = {"JPEG": _bare_jpeg, "PNG": _bare_png}
