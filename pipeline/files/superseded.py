"""The versions of a person's document that our refreshes replaced: the latest few stay, and no save is lost in one."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.files.atomic import sha256_of
from pipeline.files.exchange import BACKUPS
from pipeline.files.rename import rename_without_replacing

KEPT = 3  # of one document: the versions before our last changes
_LATE = "（存进旧版本的内容 {digest}）"


def prune(target: Path) -> tuple[Path, ...]:
    """Keep the latest backups of a document; gives those that somebody saved into after they were replaced.

    Such a save is put beside the document under a name that says what it is, so that a person sees it, and is never
    removed. What is still what we put aside holds nothing that the document's later versions were not made from. A
    backup that somebody has open stays until the next time. Idempotent; raises OSError.
    """
    whole: list[Path] = []
    late: list[Path] = []
    for backup, digest in _backups(target):
        if digest and sha256_of(backup).startswith(digest):
            whole.append(backup)
        else:
            late.append(_shown(target, backup))
    for old in sorted(whole, key=lambda entry: entry.stat().st_mtime_ns, reverse=True)[KEPT:]:
        try:
            old.unlink(missing_ok=True)
        except PermissionError:
            continue  # open in somebody's Word: Windows lets nobody remove it now
    return tuple(late)


def _backups(target: Path) -> list[tuple[Path, str]]:
    """The backups of a document, and how the hash of each begins ("" for one set aside because it differed)."""
    pattern = re.compile(rf"{re.escape(target.stem)}\.([0-9a-f]{{8}})(-另存\d+)?{re.escape(target.suffix)}")
    folder = target.parent / BACKUPS
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [(entry, match) for entry in entries if (match := pattern.fullmatch(entry.name)) and entry.is_file()]
    return [(entry, "" if match[2] else match[1]) for entry, match in found]


def _shown(target: Path, backup: Path) -> Path:
    digest = sha256_of(backup)
    beside = target.with_name(f"{target.stem}{_LATE.format(digest=digest[:8])}{target.suffix}")
    try:
        rename_without_replacing(backup, beside)
    except FileExistsError:
        if sha256_of(beside) == digest:  # else somebody went on writing there: both stay
            backup.unlink(missing_ok=True)
    return beside
