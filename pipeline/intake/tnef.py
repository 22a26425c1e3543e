"""winmail.dat (TNEF, MS-OXTNEF): the files and the text that Outlook packs when it thinks the other side is Outlook."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.intake.charset import decode, visible
from pipeline.intake.rtf import NotRtf, read_rtf

_SIGNATURE = 0x223E9F78
_BODY, _ATTACH_RENDER, _ATTACH_TITLE, _ATTACH_DATA = 0x0002800C, 0x00069002, 0x00018010, 0x0006800F
_MESSAGE_PROPERTIES, _ATTACH_PROPERTIES = 0x00069003, 0x00069005
_PR_BODY, _PR_RTF, _PR_HTML, _PR_LONG_NAME, _PR_DATA = 0x1000, 0x1009, 0x1013, 0x3707, 0x3701
_FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8,
          0x0040: 8, 0x0048: 16}
_VARIABLE = {0x001E, 0x001F, 0x0102, 0x000D}
_MULTIPLE, _NAMED_FROM = 0x1000, 0x8000
_MOST = 500  # attributes and properties; a mail with more is no mail


class NotTnef(ValueError):
    """The bytes are no TNEF stream, or end in the middle of one."""


@dataclass(frozen=True, slots=True)
class TnefContent:
    """What a stream holds: the text (plain or HTML, "" for none) and the files by name."""

    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]


class _Octets:
    """A cursor over octets that raises ``NotTnef`` instead of reading past the end."""

    def __init__(self, octets: bytes) -> None:
        self._octets, self._at = octets, 0

    @property
    def left(self) -> int:
        return len(self._octets) - self._at

    def take(self, length: int) -> bytes:
        if length < 0 or length > self.left:
            raise NotTnef("truncated")
        self._at += length
        return self._octets[self._at - length : self._at]

    def number(self, form: str) -> int:
        return int(struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))[0])


def _attributes(octets: bytes) -> Iterator[tuple[int, bytes]]:
    cursor = _Octets(octets)
    if cursor.number("I") != _SIGNATURE:
        raise NotTnef("signature")
    cursor.take(2)
    for _ in range(_MOST):
        if cursor.left < 11:
            return
        cursor.take(1)
        name, length = cursor.number("I"), cursor.number("I")
        yield name, cursor.take(length)
        cursor.take(2)


def _properties(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """(property id, first value) of a block of MAPI properties."""
    cursor = _Octets(octets)
    for _ in range(min(cursor.number("I"), _MOST)):
        kind, name = cursor.number("H"), cursor.number("H")
        if name >= _NAMED_FROM:
            cursor.take(16)
            if cursor.number("I"):
                length = cursor.number("I")
                cursor.take(length + -length % 4)
            else:
                cursor.take(4)
        single = kind & ~_MULTIPLE
        many = cursor.number("I") if kind & _MULTIPLE or single in _VARIABLE else 1
        for index in range(min(many, _MOST)):
            if single in _VARIABLE:
                length = cursor.number("I")
                value = cursor.take(length)
                cursor.take(-length % 4)
            elif single in _FIXED:
                value = cursor.take(_FIXED[single])
            else:
                raise NotTnef(f"property type {single:#x}")
            if index == 0:
                yield (name << 16) | single, value


def _text_of(tag: int, value: bytes) -> str:
    text = value.decode("utf-16-le", "replace") if tag & 0xFFFF == 0x001F else decode(value)[0]
    return visible(text.rstrip("\x00"))


def _bodies(properties: bytes) -> tuple[str, str]:
    """(text, HTML) of a message's properties; what it says as rich text only where it says nothing else."""
    said = {tag >> 16: (tag, content) for tag, content in _properties(properties)}
    text = _text_of(*said[_PR_BODY]) if _PR_BODY in said else ""
    html = decode(said[_PR_HTML][1])[0] if _PR_HTML in said else ""
    return (text, html) if text or html or _PR_RTF not in said else rich_text(said[_PR_RTF][1])


def read_tnef(octets: bytes) -> TnefContent:
    """The content of a winmail.dat. Raises ``NotTnef``."""
    text = html = ""
    files: list[list[object]] = []
    for name, value in _attributes(octets):
        if name == _ATTACH_RENDER:
            files.append(["", b""])
        elif name == _BODY:
            text = text or visible(decode(value.rstrip(b"\x00"))[0])
        elif name == _MESSAGE_PROPERTIES:
            said, page = _bodies(value)
            text, html = said or text, page or html
        elif files:
            _into_file(files[-1], name, value)
    named = [(str(title) or f"附件{index}", content) for index, (title, content) in enumerate(files, 1)
             if isinstance(content, bytes) and content]
    return TnefContent(text, html, tuple(named))


def rich_text(packed: bytes) -> tuple[str, str]:
    """(text, HTML) of a compressed rich-text body; a damaged one says nothing."""
    try:
        return read_rtf(packed)
    except NotRtf:
        return "", ""


def _into_file(file: list[object], name: int, value: bytes) -> None:
    if name == _ATTACH_TITLE:
        file[0] = file[0] or visible(decode(value.rstrip(b"\x00"))[0])
    elif name == _ATTACH_DATA:
        file[1] = value
    elif name == _ATTACH_PROPERTIES:
        for tag, content in _properties(value):
            if tag >> 16 == _PR_LONG_NAME:
                file[0] = _text_of(tag, content)
            elif tag >> 16 == _PR_DATA and not file[1]:
                file[1] = content
