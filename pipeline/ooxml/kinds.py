"""Tells from a file's bytes, never from its name, what kind of Office file it is."""

from __future__ import annotations

from typing import Literal

FileKind = Literal["ooxml", "xls", "encrypted", "other"]

_ZIP = b"PK\x03\x04"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF_WITHOUT_CONTAINER = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")  # Excel 2 to 4


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le")


def identify(head: bytes) -> FileKind:
    """Kind of the file that ``head`` begins.

    A container of Office 97-2003 keeps its directory anywhere, so hand over the whole file when it is one
    (``is_container``); an encrypted .xlsx is such a container with a stream EncryptedPackage (MS-OFFCRYPTO 1.3.2).
    """
    if head.startswith(_ZIP):
        return "ooxml"
    if is_container(head):
        if _stream("EncryptedPackage") in head:
            return "encrypted"
        return "xls" if _stream("Workbook") in head or _stream("Book") in head else "other"
    return "xls" if head.startswith(_BIFF_WITHOUT_CONTAINER) else "other"


def is_container(head: bytes) -> bool:
    """Whether the bytes begin an OLE2 compound file."""
    return head.startswith(_OLE2)
