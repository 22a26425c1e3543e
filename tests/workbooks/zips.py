"""One package packed in many ways that the zip format allows, and a few that it does not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.workbooks.sample import SHEET_PART, Parts, Sample, parts_of

_UTF8, _DESCRIPTOR = 0x800, 0x08
_FULL = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Packing:
    """How a package is packed; by default as Excel does."""

    stored: bool = False
    level: int = 6
    descriptors: int = 0  # bytes of the descriptor's mark: 4 with it, -1 without it, 0 no descriptor
    wide: bool = False  # zip64 in the local headers
    wide_directory: bool = False  # zip64 in the directory and at its end
    local_extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    member_comment: bytes = b""
    gap: bytes = b""
    before_directory: bytes = b""
    after: bytes = b""
    backwards: bool = False  # the directory lists the members the other way round
    folders: bool = False
    flags: int = 0
    needed: int = 20
    made: int = 45
    date: int = (46 << 9) | (11 << 5) | 26
    external: int = 0


def _extra(kind: int, body: bytes) -> bytes:
    return struct.pack("<2H", kind, len(body)) + body


def packed(parts: Parts, how: Packing) -> bytes:
    """The package's bytes."""
    out, directory = io.BytesIO(), []
    names = list(parts)
    if how.folders:
        names = [folder for folder in ("xl/", "xl/worksheets/", "docProps/") if folder not in parts] + names
    for name in names:
        at, content = out.tell(), parts.get(name, b"")
        directory.append(_member(out, name, content, at, how))
        out.write(how.gap)
    out.write(how.before_directory)
    start = out.tell()
    out.write(b"".join(reversed(directory) if how.backwards else directory))
    _end(out, start, len(directory), how)
    out.write(how.after)
    return out.getvalue()


def _member(out: io.BytesIO, name: str, content: bytes, at: int, how: Packing) -> bytes:
    raw_name = name.encode()
    flags = how.flags | (_DESCRIPTOR if how.descriptors else 0) | (0 if name.isascii() else _UTF8)
    packer = zlib.compressobj(how.level, zlib.DEFLATED, -15)
    data = content if how.stored or not content else packer.compress(content) + packer.flush()
    method, crc = (0 if how.stored or not content else 8), zlib.crc32(content)
    local_extra = how.local_extra
    sizes = (0, 0, 0) if how.descriptors else (crc, len(data), len(content))
    if how.wide:
        local_extra = _extra(1, struct.pack("<2Q", len(content), len(data))) + local_extra
        sizes = (sizes[0], _FULL, _FULL)
    common = (how.needed, flags, method, 0x4000, how.date)
    out.write(struct.pack("<4s5H3L2H", b"PK\x03\x04", *common, *sizes, len(raw_name), len(local_extra)))
    out.write(raw_name + local_extra + data)
    if how.descriptors:
        mark = b"PK\x07\x08" if how.descriptors > 0 else b""
        out.write(mark + struct.pack("<L2Q" if how.wide else "<3L", crc, len(data), len(content)))
    central_extra, told = how.central_extra, (crc, len(data), len(content), at)
    if how.wide_directory:
        central_extra = _extra(1, struct.pack("<3Q", len(content), len(data), at)) + central_extra
        told = (crc, _FULL, _FULL, _FULL)
    return (
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\x01\x02",
            how.made,
            *common,
            *told[:3],
            len(raw_name),
            len(central_extra),
            len(how.member_comment),
            0,
            0,
            how.external,
            told[3],
        )
        + raw_name
        + central_extra
        + how.member_comment
    )


def _end(out: io.BytesIO, start: int, count: int, how: Packing) -> None:
    size = out.tell() - start
    told = (count, count, size, start)
    if how.wide_directory:
        at = out.tell()
        out.write(struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start))
        out.write(struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1))
        told = (0xFFFF, 0xFFFF, _FULL, _FULL)
    out.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, *told, len(how.comment)) + how.comment)


_TIMES = _extra(0x5455, b"\x03" + bytes(8)) + _extra(0x7875, b"\x01\x04\xe8\x03\x00\x00\x04\xe8\x03\x00\x00")
PACKINGS: dict[str, Packing] = {
    "stored": Packing(stored=True),
    "packed hardest": Packing(level=9, flags=2),
    "packed fastest": Packing(level=1, flags=6),
    "data descriptors": Packing(descriptors=4),
    "data descriptors without mark": Packing(descriptors=-1),
    "data descriptors, zip64": Packing(descriptors=4, wide=True, needed=45),
    "stored with descriptors": Packing(stored=True, descriptors=4),
    "zip64 in local headers": Packing(wide=True, needed=45),
    "zip64 in the directory": Packing(wide_directory=True, needed=45),
    "zip64 everywhere": Packing(wide=True, wide_directory=True, descriptors=4, needed=45),
    "time stamps in extra fields": Packing(local_extra=_TIMES, central_extra=_extra(0x5455, b"\x03" + bytes(4))),
    "Office's padding": Packing(local_extra=_extra(0xA220, b"\x28\xa0\x12\x01" + bytes(270))),
    "an archive comment": Packing(comment="品质部".encode()),
    "comments on members": Packing(member_comment="旧".encode()),
    "gaps between members": Packing(gap=b"\0" * 37),
    "bytes before the directory": Packing(before_directory=b"junk" * 9),
    "directory backwards": Packing(backwards=True),
    "folders as members": Packing(folders=True),
    "UTF-8 flag everywhere": Packing(flags=_UTF8),
    "no date": Packing(date=0),
    "made on Unix": Packing(made=(3 << 8) | 30, external=0o100644 << 16),
    "bytes after the end": Packing(after=b"\r\n"),
}


def repacked(base: Sample) -> Iterator[Sample]:
    """The base in every packing."""
    parts = parts_of(base.data)
    for name, how in PACKINGS.items():
        yield replace(base, name=f"{base.name}, {name}", data=packed(parts, how))
    yield replace(base, name=f"{base.name}, parts backwards", data=packed(dict(reversed(parts.items())), Packing()))
    first = {"mimetype": b"application/vnd.openxmlformats", **parts, "其他/说明.txt": b"x", "xl/media/empty.bin": b""}
    yield replace(base, name=f"{base.name}, strangers among the members", data=packed(first, Packing()))
    yield replace(
        base,
        name=f"{base.name}, part names in capitals",
        data=packed(
            {name.replace("worksheets/sheet", "Worksheets/Sheet"): content for name, content in parts.items()},
            Packing(),
        ),
    )


def spoilt(base: Sample) -> Iterator[Sample]:
    """Packages that are no longer whole: refused, never half written."""
    parts = parts_of(base.data)
    whole = packed(parts, Packing())
    damaged = {
        "cut in the middle": whole[: len(whole) // 2],
        "cut at the end": whole[:-9],
        "empty": b"",
        "a web page": b"<html></html>",
        "a byte changed in the sheet": _flipped(whole),
        "old xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "Workbook".encode("utf-16-le"),
        "encrypted": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le"),
        "a sheet packed with bzip2": _with_method(parts, {SHEET_PART}, zipfile.ZIP_BZIP2),
        "a member twice": _twice(parts),
    }
    for name, data in damaged.items():
        yield replace(base, name=f"{base.name}, {name}", data=data, cells="refused", row="refused", why="")
    yield replace(
        base,
        name=f"{base.name}, a theme packed with LZMA",
        data=_with_method({**parts, "xl/theme/theme9.xml": b"<x/>" * 99}, {"xl/theme/theme9.xml"}, zipfile.ZIP_LZMA),
    )


def _flipped(whole: bytes) -> bytes:
    at = whole.index(b"xl/worksheets/sheet1.xml") + 200
    return whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]


def _with_method(parts: Parts, names: set[str], method: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content, method if name in names else zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _twice(parts: Parts) -> bytes:
    renamed = {
        (SHEET_PART[:-4] + "~xml" if name == "docProps/app.xml" else name): content for name, content in parts.items()
    }
    renamed.setdefault(SHEET_PART[:-4] + "~xml", b"<x/>")
    return packed(renamed, Packing()).replace((SHEET_PART[:-4] + "~xml").encode(), SHEET_PART.encode())
