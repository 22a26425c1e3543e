"""Photos made fit: no place of the photographer, upright, in proportion, no larger than shown; rubbish is refused."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from types import ModuleType
from typing import Any

import pytest
from PIL import Image, ImageFile

from pipeline.documents.photos import PhotoRefused, prepared

GPS, ORIENTATION = 0x8825, 0x0112
LONGEST = 1600


def jpeg(size: tuple[int, int], orientation: int = 1, *, gps: bool = True) -> bytes:
    image = Image.new("RGB", size, (40, 90, 160))
    image.paste((200, 30, 30), (0, 0, size[0] // 4, size[1] // 4))  # red where the camera saw the upper left
    exif = image.getexif()
    exif[ORIENTATION] = orientation
    exif[0x010E] = "王强的手机"  # ImageDescription
    if gps:
        exif.get_ifd(GPS).update({1: "N", 2: (29.0, 52.0, 1.0), 3: "E", 4: (121.0, 33.0, 1.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"secret place", quality=90)
    return out.getvalue()


@pytest.mark.parametrize("size", [(640, 480), (4000, 3000)])
def test_nothing_private_is_left(size: tuple[int, int]) -> None:
    content = jpeg(size)
    assert b"secret place" in content
    picture = prepared(content, LONGEST)
    with Image.open(io.BytesIO(picture.content)) as image:
        image.load()
        assert dict(image.getexif()) == {}
        assert "comment" not in image.info
    assert b"secret" not in picture.content
    assert b"Exif" not in picture.content


def test_a_small_upright_photo_keeps_its_pixels_byte_by_byte() -> None:
    content = jpeg((640, 480))
    picture = prepared(content, LONGEST)
    assert picture.content.endswith(content[content.index(b"\xff\xda") :])
    assert (picture.width, picture.height) == (640, 480)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int) -> None:
    upright = Image.new("RGB", (400, 300), (40, 90, 160))
    upright.paste((200, 30, 30), (0, 0, 100, 75))
    undo = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270}
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = stored.getexif()
    exif[ORIENTATION] = orientation
    out = io.BytesIO()
    stored.save(out, "JPEG", exif=exif, quality=95)
    picture = prepared(out.getvalue(), LONGEST)
    assert (picture.width, picture.height) == (400, 300)
    with Image.open(io.BytesIO(picture.content)) as image:
        red, _, blue = image.getpixel((20, 20))  # type: ignore[misc]  # an RGB picture gives three numbers
        assert red > 150 > blue


def test_a_phone_photo_shrinks_in_proportion() -> None:
    picture = prepared(jpeg((4032, 3024)), LONGEST)
    assert max(picture.width, picture.height) <= LONGEST
    assert abs(picture.width / picture.height - 4032 / 3024) < 0.01


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_other_formats_become_what_powerpoint_shows(kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", (300, 200), (1, 2, 3)).save(out, kind)
    picture = prepared(out.getvalue(), LONGEST)
    with Image.open(io.BytesIO(picture.content)) as image:
        assert image.format in {"PNG", "JPEG"}


def test_a_picture_saved_for_print_becomes_rgb() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (300, 200)).save(out, "JPEG")
    picture = prepared(out.getvalue(), LONGEST)
    with Image.open(io.BytesIO(picture.content)) as image:
        assert image.mode == "RGB"


def png_that_claims(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def large_png() -> bytes:
    out = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "不是完整的图片"), (b"not a picture", "不是完整的图片"), (jpeg((4000, 3000))[:900], "不是完整的图片"),
     (jpeg((640, 480))[:-2000], "不是完整的图片"), (png_that_claims(60_000, 60_000), "不是完整的图片"),
     (large_png(), "像素过多"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是完整的图片"),
     (b"\xff" * (41 << 20), "40 MB")],
    ids=["empty", "text", "cut", "cut while small", "bomb", "too many pixels", "svg", "huge"],
)
def test_what_cannot_be_shown_is_refused_with_a_remedy(content: bytes, words: str) -> None:
    with pytest.raises(PhotoRefused, match=words):
        prepared(content, LONGEST)


def test_the_same_photo_gives_the_same_bytes() -> None:
    assert prepared(jpeg((3000, 2000), 6), LONGEST) == prepared(jpeg((3000, 2000), 6), LONGEST)


def test_a_large_png_without_transparency_becomes_a_jpeg_and_a_drawing_stays_sharp() -> None:
    noise, drawing = io.BytesIO(), io.BytesIO()
    Image.effect_noise((2000, 1500), 90).convert("RGB").save(noise, "PNG")
    Image.new("RGBA", (2000, 1500), (1, 2, 3, 40)).save(drawing, "PNG")
    assert prepared(noise.getvalue(), LONGEST).kind == "jpeg"
    assert prepared(drawing.getvalue(), LONGEST).kind == "png"


HEIC = b"\0\0\0\x18ftypheic" + bytes(12)


class HeifReader(ImageFile.ImageFile):
    """Stands for what pi-heif registers with Pillow: a grey picture for every HEIC, with the camera's place in it."""

    format = "HEIF"

    def _open(self) -> None:
        self._size, self._mode = (3000, 2000), "RGB"
        self.tile = []

    def load(self) -> Any:
        self.im = Image.new("RGB", self._size, (90, 90, 90)).im
        self.info["exif"] = b"Exif secret place"
        return None


class HeifModule(ModuleType):
    """Stands for the module pi_heif."""

    def register_heif_opener(self) -> None:
        Image.register_open("HEIF", HeifReader, lambda head: head[4:12] == b"ftypheic")


def test_a_heic_is_read_where_its_reader_is_installed_and_refused_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(PhotoRefused, match="另存为 jpg"):
        prepared(HEIC, LONGEST)
    monkeypatch.setitem(sys.modules, "pi_heif", HeifModule("pi_heif"))
    photo = prepared(HEIC, LONGEST)
    assert (photo.kind, photo.width, photo.height) == ("jpeg", 1600, 1067)
    assert b"secret" not in photo.content
