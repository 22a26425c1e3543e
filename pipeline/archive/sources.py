"""Which files of a case folder belong into the archive, and which are left out for a reason that people can read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.archive.faults import ArchiveSourceUnreadable
from pipeline.files.system_faults import plain_sentence

_LITTER_STARTS = ("~$", ".~", ".")  # owner files, hidden files and our own temporary ones
_LITTER = frozenset({"thumbs.db", "desktop.ini"})
#: Ours, for the engineer's day: they change as long as the case lives.
_AIDS = frozenset({"提醒.ics", "询问清单-草稿.txt"})
_SHORTCUTS = frozenset({".lnk", ".url", ".webloc"})
_DRAFT = "(新草稿 "


@dataclass(frozen=True, slots=True)
class Source:
    """One file to copy: where it lies, its path in the archive's ``data`` folder, and how it looked."""

    path: Path
    target: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not copied, and why."""

    name: str
    why: str


def archive_name(text: str) -> str:
    """A path component that every BagIt tool reads the same: no percent sign, no line break (RFC 8493, 2.1.3)."""
    return "".join("％" if char == "%" else "_" if ord(char) < 32 or ord(char) == 127 else char for char in text)


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise ArchiveSourceUnreadable(folder, plain_sentence(error)) from error
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from _walk(Path(entry.path))
        else:
            yield entry


def _why_not(entry: os.DirEntry[str]) -> str | None:
    """Why a file stays out; "" for litter that nobody misses, None when it belongs in."""
    name = entry.name.casefold()
    if name.startswith(_LITTER_STARTS) or name in _LITTER | _AIDS or name.endswith(".tmp"):
        return ""
    if _DRAFT in entry.name:
        return "系统放在人改过的文件旁的新草稿，以人改过的文件为准"
    if Path(name).suffix in _SHORTCUTS or entry.is_symlink():
        return "是快捷方式，归档须放原文件：请把原文件放进资料夹"
    return None if entry.is_file(follow_symlinks=False) else "不是普通文件"


def sources_of(
    folder: Path, target: str, internal: Sequence[str] = ()
) -> tuple[list[Source], list[LeftOut]]:
    """The files below ``folder`` in a fixed order, to stand below ``target``; empty when the folder is not there.

    Those whose name one of the patterns ``internal`` fits stay within the plant.

    Names that would be the same in the archive get a number. Raises ``ArchiveSourceUnreadable``.
    """
    found, left_out, taken = list[Source](), list[LeftOut](), set[str]()
    if not folder.is_dir():
        return found, left_out
    for entry in _walk(folder):
        path = Path(entry.path)
        relative = path.relative_to(folder)
        why = _why_not(entry)
        if any(fnmatchcase(entry.name, pattern) for pattern in internal):
            why = "厂内使用的版本，不交出"
        if why is not None:
            if why:
                left_out.append(LeftOut(relative.as_posix(), why))
            continue
        name = "/".join((target, *(archive_name(part) for part in relative.parts)))
        count = 1
        while name.casefold() in taken:  # also told apart on Windows
            count += 1
            stem, dot, suffix = name.rpartition(".")
            name = f"{stem}~{count}{dot}{suffix}" if dot and "/" not in suffix else f"{name}~{count}"
        taken.add(name.casefold())
        stat = entry.stat()
        found.append(Source(path, name, stat.st_size, stat.st_mtime_ns))
    return found, left_out
