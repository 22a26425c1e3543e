"""A package written anew from members that may have been packed once and for all: no work for what never changes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_STORED, _DEFLATED, _UTF8_NAME, _NEEDED = 0, 8, 0x800, 20
_ALREADY_PACKED = (".jpeg", ".jpg", ".png")  # packing a photo again costs time and saves nothing


@dataclass(frozen=True, slots=True)
class PackedMember:
    """One member, ready to be written into any number of packages."""

    name: str
    method: int
    crc: int
    size: int
    data: bytes


def pack(name: str, content: bytes, *, level: int = 6) -> PackedMember:
    """Deflate a member (zlib ``level``), photos as they are."""
    if name.endswith(_ALREADY_PACKED):
        return PackedMember(name, _STORED, zlib.crc32(content), len(content), content)
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = packer.compress(content) + packer.flush()
    return PackedMember(name, _DEFLATED, zlib.crc32(content), len(content), data)


def package_of(members: Iterable[PackedMember], moment: datetime) -> bytes:
    """The zip package, every member stamped with ``moment`` as it reads; equal arguments, equal bytes anywhere."""
    day = (max(moment.year, 1980) - 1980) << 9 | moment.month << 5 | moment.day
    clock = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    pieces, directory, position, count = [], [], 0, 0
    for member in members:
        name = member.name.encode()
        common = (
            0 if member.name.isascii() else _UTF8_NAME, member.method, clock, day, member.crc, len(member.data),
            member.size, len(name),
        )
        local = _LOCAL.pack(b"PK\x03\x04", _NEEDED, *common, 0) + name
        directory.append(_CENTRAL.pack(b"PK\x01\x02", _NEEDED, _NEEDED, *common, 0, 0, 0, 0, 0, position) + name)
        pieces += [local, member.data]
        position += len(local) + len(member.data)
        count += 1
    index = b"".join(directory)
    return b"".join((*pieces, index, _END.pack(b"PK\x05\x06", 0, 0, count, count, len(index), position, 0)))
