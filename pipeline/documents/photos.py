"""Photos from a case folder, made fit for a report: checked, upright, scaled down, without place and camera data."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.errors import KesuError

if TYPE_CHECKING:
    from PIL import Image

_MOST_BYTES = 40 << 20
_MOST_PIXELS = 120_000_000
_LONGEST = 1400  # pixels of the longer side: 8 cm in print at more than 300 dpi
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF")
#: Endings under which photos are taken from 附件; what the file really is, its content decides.
SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".heic", ".heif"))
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypmsf1")


class PhotoRefused(KesuError):
    """A photo that is not put into the report; the report says so in its place."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"未嵌入：{reason}")


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG of ours; ``width`` and ``height`` in pixels, as it is seen upright."""

    content: bytes
    width: int
    height: int


def prepared(content: bytes) -> Photo:
    """The photo as it goes into a document; nothing of its EXIF data stays. Raises ``PhotoRefused``."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(content) > _MOST_BYTES:
        raise PhotoRefused(f"文件超过 {_MOST_BYTES >> 20} MB，请先压缩")
    if content[4:12] in _HEIC:
        raise PhotoRefused("HEIC 格式，请在手机或看图软件中另存为 jpg")
    Image.init()  # the formats beyond the commonest are known only after this
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit follows
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                if opened.width * opened.height <= _MOST_PIXELS:
                    opened.draft("RGB", (_LONGEST, _LONGEST))  # a JPEG is decoded at a fraction of its size
                    return _packed(ImageOps.exif_transpose(opened))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoRefused("不是完整的图片，请重新拍照或另存为 jpg") from error
    raise PhotoRefused("像素过多，请先缩小")


def _packed(image: Image.Image) -> Photo:
    from PIL import Image

    flat = image.convert("RGBA") if image.mode in ("P", "LA", "RGBA") else image.convert("RGB")
    flat.thumbnail((_LONGEST, _LONGEST))
    if flat.mode == "RGBA":
        ground = Image.new("RGB", flat.size, "white")
        ground.paste(flat, mask=flat.getchannel("A"))
        flat = ground
    packed = io.BytesIO()
    flat.save(packed, "JPEG", quality=_QUALITY)
    return Photo(packed.getvalue(), flat.width, flat.height)
