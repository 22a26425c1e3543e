"""Photos made fit for documents and slides: checked, upright, scaled down, without place, camera or writer."""

from __future__ import annotations

import hashlib
import importlib
import io
import warnings
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemas.errors import KesuError

if TYPE_CHECKING:
    from PIL import Image

_MOST_BYTES = 40 << 20
_MOST_PIXELS = 120_000_000    # of a JPEG, which is decoded at a fraction of its size
_MOST_DECODED = 50_000_000    # of what has to be decoded whole: 200 MB in memory
_MOST_PNG = 1 << 20           # a larger one is a photo, and half as large as JPEG at most
_QUALITY = 85
_REMEMBERED = 12              # photos of a report, a few hundred KB each
_FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF")
#: Endings under which photos are taken from 附件; what the file really is, its content decides.
SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".heic", ".heif"))
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypmsf1", b"ftypheim", b"ftypheis")
_HEIC_MODULE = "pi_heif"  # pillow-heif, its bigger sister, brings GPL code in its wheels
_ORIENTATION, _UPRIGHT = 0x0112, 1
#: JPEG segments with what a camera or a person wrote beside the picture: place, time, name, thumbnail.
_PRIVATE_SEGMENTS = frozenset({0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE})
_PRIVATE_CHUNKS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_SAFE_INFO = frozenset({"icc_profile", "transparency"})  # Pillow writes a comment it has read back into the file

#: Reads a file of the share by its relative path; raises OSError.
ReadPhoto = Callable[[str], bytes]


class PhotoRefused(KesuError):
    """A photo that is not put into the report; the report says so in its place."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"未嵌入：{reason}")


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A photo ready to be shown: ``kind`` is jpeg or png, ``width`` and ``height`` in pixels as it is seen upright."""

    content: bytes
    kind: str
    width: int
    height: int


def prepared(content: bytes, longest: int) -> PreparedPhoto:
    """The photo upright, its longer side at most ``longest`` pixels; nothing that was written beside the picture stays.

    A JPEG or PNG that needs neither turning nor scaling keeps its pixels byte by byte. HEIC is read where the plant
    has installed ``pi-heif`` (docs/decisions/2026-11-26-photos.md). Equal arguments give equal bytes.
    Raises ``PhotoRefused`` with what to do.
    """
    from PIL import Image, UnidentifiedImageError

    if len(content) > _MOST_BYTES:
        raise PhotoRefused(f"文件超过 {_MOST_BYTES >> 20} MB，请先压缩")
    formats = _formats_for(content)
    Image.init()  # the formats beyond the commonest are known only after this
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit follows
            with Image.open(io.BytesIO(content), formats=formats) as image:
                return _prepared(image, content, longest)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoRefused("不是完整的图片，请重新拍照或另存为 jpg") from error


@dataclass(slots=True)
class PhotoDesk:
    """Makes photos fit and remembers the last few: the versions of a report show the same ones one after the other."""

    longest: int
    _kept: OrderedDict[bytes, PreparedPhoto] = field(default_factory=OrderedDict)

    def prepared(self, content: bytes) -> PreparedPhoto:
        """As the function ``prepared``; raises ``PhotoRefused``."""
        digest = hashlib.blake2b(content, digest_size=16).digest()
        photo = self._kept.pop(digest, None) or prepared(content, self.longest)
        self._kept[digest] = photo
        while len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)
        return photo


def _formats_for(content: bytes) -> tuple[str, ...]:
    """What Pillow may take the content for; raises ``PhotoRefused`` for a HEIC that cannot be read here."""
    if content[4:12] not in _HEIC:
        return _FORMATS
    try:
        importlib.import_module(_HEIC_MODULE).register_heif_opener()
    except ImportError as error:
        raise PhotoRefused("HEIC 格式，请在手机或看图软件中另存为 jpg（或在本机安装 pi-heif）") from error
    return ("HEIF",)


def _prepared(image: Image.Image, content: bytes, longest: int) -> PreparedPhoto:
    from PIL import Image as Pillow
    from PIL import ImageOps

    kind = image.format or ""
    shrinks = kind in ("JPEG", "MPO")
    if image.width * image.height > (_MOST_PIXELS if shrinks else _MOST_DECODED):
        raise PhotoRefused("像素过多，请先缩小")
    upright = image.getexif().get(_ORIENTATION, _UPRIGHT) == _UPRIGHT
    if upright and max(image.size) <= longest and kind in _BARE and image.mode != "CMYK":
        image.load()  # a picture that was cut off shows it here
        return PreparedPhoto(_BARE[kind](content), kind.lower(), *image.size)
    if shrinks:
        image.draft("RGB", (longest, longest))  # the decoder scales by 2, 4 or 8 while it reads
    turned = ImageOps.exif_transpose(image)
    alpha = not shrinks and _has_alpha(turned)
    flat = turned.convert("RGBA" if alpha else "RGB")
    flat.thumbnail((longest, longest), Pillow.Resampling.LANCZOS)
    flat.info = {name: value for name, value in turned.info.items() if name in _SAFE_INFO}
    if alpha or kind in ("PNG", "GIF"):
        drawn = _packed(flat, "png")
        if len(drawn.content) <= _MOST_PNG:
            return drawn
    if alpha:
        ground = Pillow.new("RGB", flat.size, "white")
        ground.paste(flat, mask=flat.getchannel("A"))
        flat = ground
    return _packed(flat, "jpeg")


def _packed(image: Image.Image, kind: str) -> PreparedPhoto:
    out = io.BytesIO()
    if kind == "png":
        image.save(out, "PNG")
    else:
        image.info.pop("transparency", None)
        image.save(out, "JPEG", quality=_QUALITY)
    return PreparedPhoto(out.getvalue(), kind, image.width, image.height)


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
