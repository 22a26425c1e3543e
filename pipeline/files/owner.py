"""Who has a file open, from the owner files that Office, WPS and LibreOffice leave beside it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

Decoder = Callable[[bytes], str]
UNKNOWN = "他人"

_ANSI_END = 54
_LONGEST_NAME = 52
_UNICODE_AT = (55, 54)  # Excel and PowerPoint write 165 bytes, Word 162


def owner_of(path: Path) -> str | None:
    """Name of the person who has ``path`` open, "他人" when the owner file names nobody, None without one.

    An owner file may be left over from a crash; that is no proof, yet whoever writes defers to it. One that vanishes
    while it is looked at counts as gone.
    """
    for candidate in (f"~${path.name}", f".~{path.name}", *_word_names(path)):
        name = _read(path.with_name(candidate), _office_name)
        if name is not None:
            return name
    return _read(path.with_name(f".~lock.{path.name}#"), _libreoffice_name)


def _word_names(path: Path) -> tuple[str, ...]:
    if path.suffix.lower() not in {".doc", ".docx", ".docm"}:
        return ()
    return (f"~${path.name[1:]}", f"~${path.name[2:]}")  # Word lets go of the first letters of longer names


def _read(path: Path, decode: Decoder) -> str | None:
    try:
        return decode(path.read_bytes()).strip() or UNKNOWN
    except FileNotFoundError:
        return None
    except OSError:
        return UNKNOWN  # Excel holds its owner file so that others may not even read it


def _office_name(data: bytes) -> str:
    for at in _UNICODE_AT:
        if len(data) >= at + 2:
            (length,) = struct.unpack_from("<H", data, at)
            name = data[at + 2 : at + 2 + 2 * length]
            if 0 < length <= _LONGEST_NAME and len(name) == 2 * length:
                return name.decode("utf-16-le", errors="replace")
    name = data[1:_ANSI_END][: data[0]] if data else b""
    return name.decode("gbk", errors="replace").split("\x00")[0]


def _libreoffice_name(data: bytes) -> str:
    fields = data.decode("utf-8", errors="replace").split(",")
    return next((field for field in fields[:2] if field.strip()), "")  # full name, else login name
