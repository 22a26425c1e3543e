"""Writes the containers that mails carry, small and exact: winmail.dat (TNEF) and Outlook's .msg (compound file)."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def _attribute(level: int, name: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def _property(kind: int, name: int, value: bytes) -> bytes:
    padded = value + b"\x00" * (-len(value) % 4)
    return struct.pack("<HHII", kind, name, 1, len(value)) + padded


def winmail(text: str, files: Sequence[tuple[str, bytes]]) -> bytes:
    """A TNEF stream with a Unicode body and files under their long names."""
    stream = struct.pack("<IH", 0x223E9F78, 1)
    stream += _attribute(1, 0x00069007, struct.pack("<II", 936, 0))
    body = _property(0x001F, 0x1000, (text + "\x00").encode("utf-16-le"))
    stream += _attribute(1, 0x00069003, struct.pack("<I", 2) + struct.pack("<HHI", 0x0003, 0x0017, 1) + body)
    for name, content in files:
        stream += _attribute(2, 0x00069002, b"\x00" * 14)
        stream += _attribute(2, 0x00018010, name.encode("gbk")[:11] + b"\x00")
        stream += _attribute(2, 0x0006800F, content)
        long_name = _property(0x001F, 0x3707, (name + "\x00").encode("utf-16-le"))
        stream += _attribute(2, 0x00069005, struct.pack("<I", 1) + long_name)
    return stream


def winmail_of_rich_text(packed: bytes) -> bytes:
    """A TNEF stream that says what it says as compressed rich text only."""
    body = struct.pack("<I", 1) + _property(0x0102, 0x1009, packed)
    return struct.pack("<IH", 0x223E9F78, 1) + _attribute(1, 0x00069003, body)


_SECTOR, _END, _FREE, _FAT = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


class _Compound:
    """A compound file of storages and streams; every stream is made long enough to need no mini stream."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, int, list[int], bytes]] = [("Root Entry", 5, [], b"")]

    def add(self, parent: int, name: str, kind: int, content: bytes = b"") -> int:
        self.entries.append((name, kind, [], content))
        self.entries[parent][2].append(len(self.entries) - 1)
        return len(self.entries) - 1

    def octets(self) -> bytes:
        sectors: list[bytes] = []
        chain: list[int] = []

        def put(content: bytes, mark: int = _END) -> int:
            first = len(sectors)
            pieces = [content[at : at + _SECTOR].ljust(_SECTOR, b"\x00") for at in range(0, len(content), _SECTOR)]
            for index, piece in enumerate(pieces):
                sectors.append(piece)
                chain.append(first + index + 1 if index < len(pieces) - 1 else mark)
            return first

        starts = [put(content) if kind == 2 else _END for _, kind, _, content in self.entries]
        directory = put(b"".join(self._entry(index, starts[index]) for index in range(len(self.entries))))
        fat_at = len(sectors)
        fat_sectors = (fat_at + 1) // 128 + 1
        chain += [_FAT] * fat_sectors
        table = b"".join(struct.pack("<I", entry) for entry in chain)
        table = table.ljust(fat_sectors * _SECTOR, b"\xff")
        header = struct.pack(
            "<8s16sHHHHH6sIIIIIIIIII", bytes.fromhex("D0CF11E0A1B11AE1"), b"\x00" * 16, 0x3E, 3, 0xFFFE, 9, 6,
            b"\x00" * 6, 0, fat_sectors, directory, 0, 0, _END, 0, _END, 0, 0,
        )[:76]
        header += b"".join(struct.pack("<I", fat_at + index) for index in range(fat_sectors))
        header = header.ljust(_SECTOR, b"\xff")
        return header + b"".join(sectors) + table

    def _entry(self, index: int, start: int) -> bytes:
        name, kind, children, content = self.entries[index]
        parent = next((entry for entry in self.entries if index in entry[2]), None)
        siblings = sorted(parent[2], key=lambda child: (len(self.entries[child][0]), self.entries[child][0].upper())) \
            if parent else []
        after = siblings.index(index) + 1 if parent else 0
        right = siblings[after] if parent and after < len(siblings) else _FREE
        first = min(children, key=lambda child: (len(self.entries[child][0]), self.entries[child][0].upper())) \
            if children else _FREE
        encoded = name.encode("utf-16-le") + b"\x00\x00"
        return (encoded.ljust(64, b"\x00") + struct.pack("<HBBIII", len(encoded), kind, 1, _FREE, right, first)
                + b"\x00" * 36 + struct.pack("<IQ", start if kind != 1 else 0, len(content)))


def outlook_msg(subject: str, text: str, files: Sequence[tuple[str, bytes]]) -> bytes:
    """A .msg with a Unicode subject, body and attachments; contents are padded to 4096 octets and more."""
    compound = _Compound()
    compound.add(0, "__substg1.0_0037001F", 2, _long(subject.encode("utf-16-le")))
    compound.add(0, "__substg1.0_1000001F", 2, _long(text.encode("utf-16-le")))
    for index, (name, content) in enumerate(files):
        folder = compound.add(0, f"__attach_version1.0_#{index:08X}", 1)
        compound.add(folder, "__substg1.0_3707001F", 2, _long(name.encode("utf-16-le")))
        compound.add(folder, "__substg1.0_37010102", 2, content.ljust(4096, b"\x00"))
    return compound.octets()


def outlook_msg_of_rich_text(subject: str, packed: bytes) -> bytes:
    """A .msg with a Unicode subject and compressed rich text (of 4096 octets or more) only."""
    compound = _Compound()
    compound.add(0, "__substg1.0_0037001F", 2, _long(subject.encode("utf-16-le")))
    compound.add(0, "__substg1.0_10090102", 2, packed)
    return compound.octets()


def _long(text: bytes) -> bytes:
    return text.ljust(4096, b"\x00")
