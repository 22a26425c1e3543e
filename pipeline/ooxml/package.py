"""An Office package as raw zip bytes: members are read checked, and rewritten with all others copied unchanged."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.ooxml.kinds import identify
from schemas.errors import LedgerDamaged, LedgerEncrypted, LedgerIsOldXls, LedgerMissing, LedgerTooLarge

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL32 = 0xFFFFFFFF
_DESCRIPTOR_FOLLOWS = 0x08
_ENCRYPTED = 0x01
_UTF8_NAME = 0x800
_STORED, _DEFLATED = 0, 8
_SLOW_LEVEL_BYTES = 16 << 20  # above it, speed counts more than the last 10 % of size
MAX_PART_BYTES = 1 << 30
Pieces = tuple[bytes | memoryview, ...]  # content not yet joined: a sheet of 100 MB is not copied for a few cells


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the central directory; ``offset`` and ``end`` bound its bytes (header to next entry) in the file."""

    name: str
    made: int
    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    disk: int
    internal: int
    external: int
    raw_name: bytes
    extra: bytes
    comment: bytes
    offset: int
    end: int = 0

    def record(self, offset: int) -> bytes:
        """The central directory record for a member that starts at ``offset``."""
        head = _CENTRAL.pack(
            b"PK\x01\x02", self.made, self.needed, self.flags, self.method, self.time, self.date, self.crc,
            self.packed, self.size, len(self.raw_name), len(self.extra), len(self.comment), self.disk,
            self.internal, self.external, offset,
        )
        return head + self.raw_name + self.extra + self.comment


class Package:
    """A package read into memory; raises LedgerMissing, LedgerIsOldXls, LedgerEncrypted or LedgerDamaged.

    ``data`` are its bytes where they are at hand already; ``path`` then only names it in messages.
    """

    def __init__(self, path: Path, data: bytes | None = None) -> None:
        try:
            data = path.read_bytes() if data is None else data
        except FileNotFoundError as error:
            raise LedgerMissing(path) from error
        match identify(data):
            case "xls":
                raise LedgerIsOldXls(path)
            case "encrypted":
                raise LedgerEncrypted(path)
            case "other":
                raise LedgerDamaged(path, "内容不是 .xlsx" if data else "文件为空")
            case "ooxml":
                pass
        self.path = path
        self._data = data
        try:
            self.members = self._directory()
        except (struct.error, UnicodeDecodeError, IndexError) as error:
            raise LedgerDamaged(path, "压缩包目录损坏") from error
        self._by_name = {member.name.casefold(): member for member in self.members}
        if len(self._by_name) != len(self.members):
            raise LedgerDamaged(path, "压缩包内有重名部件")

    def find(self, name: str) -> Member | None:
        """The member of a part name; part names are equal whatever their case (OPC 6.2.2.3)."""
        return self._by_name.get(name.casefold())

    def raw(self, member: Member) -> bytes:
        """The member's bytes in the file: local header, packed data, descriptor."""
        return self._data[member.offset : member.end]

    def read(self, member: Member, limit: int = MAX_PART_BYTES) -> bytes:
        """The part's content, its size and CRC checked, never unpacked further than it declares.

        Raises LedgerDamaged, LedgerEncrypted, and LedgerTooLarge beyond ``limit`` bytes.
        """
        if member.flags & _ENCRYPTED:
            raise LedgerEncrypted(self.path)
        if member.size > limit:
            raise LedgerTooLarge(self.path, f"部件 {member.name} 解压后 {member.size >> 20} MB，上限 {limit >> 20} MB")
        packed = self._packed(member)
        if member.method == _STORED:
            content = packed
        elif member.method == _DEFLATED:
            try:
                content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, member.size + 1)
            except zlib.error as error:
                raise LedgerDamaged(self.path, f"部件 {member.name} 无法解压") from error
        else:
            raise LedgerDamaged(self.path, f"部件 {member.name} 的压缩方式不受支持")
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise LedgerDamaged(self.path, f"部件 {member.name} 校验不符")
        return content

    def rewrite(self, target: Path, changed: Mapping[str, bytes | Pieces], added: Mapping[str, bytes]) -> None:
        """Write ``rewritten`` to ``target``."""
        target.write_bytes(self.rewritten(changed, added))

    def rewritten(self, changed: Mapping[str, bytes | Pieces], added: Mapping[str, bytes]) -> bytes:
        """The package with new content for ``changed`` members and ``added`` ones at the end.

        Every other member keeps its bytes, its place in the order and its directory entry; the time stamps of changed
        members stay, so equal input gives equal output.
        """
        if not changed and not added:
            return self._data
        placed: dict[str, tuple[Member, int]] = {}
        pieces: list[bytes] = []
        physical = sorted(self.members, key=lambda member: member.offset)
        position = physical[0].offset if physical else 0
        pieces.append(self._data[:position])
        for member in physical:
            if member.name in changed:
                entry, block = self._packed_again(member, changed[member.name])
            else:
                entry, block = member, self.raw(member)
            placed[member.name] = (entry, position)
            pieces.append(block)
            position += len(block)
        order = [member.name for member in self.members]
        for name, content in added.items():
            entry, block = self._new(name, content)
            placed[name] = (entry, position)
            order.append(name)
            pieces.append(block)
            position += len(block)
        directory = b"".join(placed[name][0].record(placed[name][1]) for name in order)
        end = _END.pack(b"PK\x05\x06", 0, 0, len(order), len(order), len(directory), position, len(self._comment))
        return b"".join((*pieces, directory, end, self._comment))

    def _packed(self, member: Member) -> bytes:
        header = self._data[member.offset : member.offset + _LOCAL.size]
        fields = _LOCAL.unpack(header) if len(header) == _LOCAL.size else (b"",)
        if fields[0] != b"PK\x03\x04":
            raise LedgerDamaged(self.path, f"部件 {member.name} 的开头损坏")
        name_start = member.offset + _LOCAL.size
        start = name_start + fields[9] + fields[10]
        if self._data[name_start : name_start + fields[9]] != member.raw_name:
            raise LedgerDamaged(self.path, f"部件 {member.name} 的开头损坏")
        if start + member.packed > member.end:
            raise LedgerDamaged(self.path, f"部件 {member.name} 与其他部件重叠")
        return self._data[start : start + member.packed]

    def _packed_again(self, member: Member, content: bytes | Pieces) -> tuple[Member, bytes]:
        pieces = (content,) if isinstance(content, bytes) else content
        packed = b"".join(pieces) if member.method == _STORED else _deflate(*pieces)
        crc = 0
        for piece in pieces:
            crc = zlib.crc32(piece, crc)
        entry = replace(
            member, flags=member.flags & ~_DESCRIPTOR_FOLLOWS, crc=crc, packed=len(packed),
            size=sum(len(piece) for piece in pieces), extra=_without_zip64(member.extra),
        )
        fields = _LOCAL.unpack_from(self._data, member.offset)
        extra_start = member.offset + _LOCAL.size + fields[9]
        local_extra = _without_zip64(self._data[extra_start : extra_start + fields[10]])
        return entry, _local_header(entry, local_extra) + packed

    def _new(self, name: str, content: bytes) -> tuple[Member, bytes]:
        packed = _deflate(content)
        model = self.members[0]  # its date: the package has no clock of its own
        raw_name = name.encode()
        entry = Member(
            name=name, made=20, needed=20, flags=0 if name.isascii() else _UTF8_NAME, method=_DEFLATED,
            time=model.time, date=model.date, crc=zlib.crc32(content), packed=len(packed), size=len(content), disk=0,
            internal=0, external=0, raw_name=raw_name, extra=b"", comment=b"", offset=0,
        )
        return entry, _local_header(entry, b"") + packed

    def _directory(self) -> tuple[Member, ...]:
        at = self._end_record()
        _, _, _, _, count, size, offset, comment_length = _END.unpack_from(self._data, at)
        self._comment = self._data[at + _END.size : at + _END.size + comment_length]
        start = at - size
        locator = at - _END64_LOCATOR.size
        if locator >= 0 and self._data.startswith(b"PK\x06\x07", locator):
            record = self._data.rfind(b"PK\x06\x06", 0, locator)
            fields = _END64.unpack_from(self._data, record)
            count, size, offset = fields[7], fields[8], fields[9]
            start = record - size
        shift = start - offset  # bytes somebody put in front of the package
        members = []
        position = start
        for _ in range(count):
            member, position = self._entry(position, shift)
            members.append(member)
        return _bounded(members, start)

    def _end_record(self) -> int:
        """Where the record at the end begins: the last whose comment ends with the file, else the last at all."""
        first = max(0, len(self._data) - _END.size - 0xFFFF)
        last = at = self._data.rfind(b"PK\x05\x06", first)
        while at >= 0:
            comment = int.from_bytes(self._data[at + _END.size - 2 : at + _END.size], "little")
            if at + _END.size + comment == len(self._data):
                return at
            at = self._data.rfind(b"PK\x05\x06", first, at)
        if last < 0:
            raise LedgerDamaged(self.path, "压缩包没有结尾，可能尚未写完")
        return last

    def _entry(self, at: int, shift: int) -> tuple[Member, int]:
        (mark, made, needed, flags, method, time, date, crc, packed, size, names, extras, comments, disk, internal,
         external, offset) = _CENTRAL.unpack_from(self._data, at)
        if mark != b"PK\x01\x02":
            raise LedgerDamaged(self.path, "压缩包目录损坏")
        name_end = at + _CENTRAL.size + names
        raw_name = self._data[at + _CENTRAL.size : name_end]
        extra = self._data[name_end : name_end + extras]
        end = name_end + extras + comments
        if _FULL32 in (packed, size, offset):
            wide = iter(_zip64(extra))
            size, packed, offset = (next(wide) if value == _FULL32 else value for value in (size, packed, offset))
            extra = _without_zip64(extra)
        name = raw_name.decode("utf-8" if flags & _UTF8_NAME else "cp437").replace("\\", "/")
        return Member(
            name, made, needed, flags, method, time, date, crc, packed, size, disk, internal, external, raw_name,
            extra, self._data[name_end + extras : end], offset + shift,
        ), end


def _bounded(members: list[Member], directory: int) -> tuple[Member, ...]:
    ends = sorted({member.offset for member in members} | {directory})
    following = dict(itertools.pairwise(ends))
    return tuple(replace(member, end=following.get(member.offset, directory)) for member in members)


def _local_header(entry: Member, extra: bytes) -> bytes:
    head = _LOCAL.pack(
        b"PK\x03\x04", entry.needed, entry.flags, entry.method, entry.time, entry.date, entry.crc, entry.packed,
        entry.size, len(entry.raw_name), len(extra),
    )
    return head + entry.raw_name + extra


def _deflate(*pieces: bytes | memoryview) -> bytes:
    level = 6 if sum(len(piece) for piece in pieces) <= _SLOW_LEVEL_BYTES else 1
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b"".join((*(packer.compress(piece) for piece in pieces), packer.flush()))


def _fields_of(extra: bytes) -> list[tuple[int, bytes]]:
    fields = []
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        fields.append((kind, extra[at : at + 4 + length]))
        at += 4 + length
    return fields


def _zip64(extra: bytes) -> tuple[int, ...]:
    for kind, field in _fields_of(extra):
        if kind == 1:
            return tuple(value for (value,) in struct.iter_unpack("<Q", field[4 : 4 + (len(field) - 4) // 8 * 8]))
    raise IndexError("no zip64 field")


def _without_zip64(extra: bytes) -> bytes:
    return b"".join(field for kind, field in _fields_of(extra) if kind != 1)
