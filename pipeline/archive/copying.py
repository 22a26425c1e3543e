"""Copy files into an archive in one stream that also hashes them; memory does not grow with the file."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from pipeline.archive.faults import ArchiveNotVerified, ArchiveSourceUnreadable
from pipeline.archive.sources import Source
from pipeline.files.atomic import sync_folder
from pipeline.files.system_faults import plain_sentence

CHUNK = 1 << 20  # bytes held at a time
_TRIES = 3


def check_readable(sources: Iterable[Source]) -> None:
    """Open every file once before anything is copied: one that is locked must not cost the copying of the others."""
    for source in sources:
        try:
            source.path.open("rb").close()
        except OSError as error:
            raise ArchiveSourceUnreadable(source.path, plain_sentence(error)) from error


def _copy_once(source: Path, target: Path, size: int) -> str:
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(min(max(size, 1), CHUNK)))
    with source.open("rb", buffering=0) as reading, target.open("wb", buffering=0) as writing:
        while count := reading.readinto(buffer):
            digest.update(buffer[:count])
            writing.write(buffer[:count])
    return digest.hexdigest()


def copy_hashed(source: Source, target: Path) -> str:
    """Copy one file with its time stamp; returns the SHA-256 of what was copied.

    A file that changes meanwhile is copied again. Raises ``ArchiveSourceUnreadable`` when it never holds still.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(_TRIES):
        try:
            before = source.path.stat()
            digest = _copy_once(source.path, target, before.st_size)
            after = source.path.stat()
        except FileNotFoundError as error:
            raise ArchiveSourceUnreadable(source.path, "刚被移走") from error
        except PermissionError as error:
            raise ArchiveSourceUnreadable(source.path, plain_sentence(error)) from error
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            os.utime(target, ns=(after.st_mtime_ns, after.st_mtime_ns))
            return digest
    raise ArchiveSourceUnreadable(source.path, "一直在变化")


def settle(root: Path) -> None:
    """Have everything below ``root`` on the disk.

    Linux writes all at once and waits for it (sync(2)); thousands of files asked for one by one would each wait for
    the disk. Elsewhere each file is asked for; raises OSError when the disk reports a fault.
    """
    if sys.platform == "linux":
        os.sync()
        return
    for folder, _, names in os.walk(root):
        for name in names:
            with Path(folder, name).open("r+b") as file:
                os.fsync(file.fileno())
        sync_folder(Path(folder))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in chunks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_written(root: Path, manifest: Iterable[tuple[str, str]]) -> None:
    """Read every file back; raises ``ArchiveNotVerified`` for the first whose hash is not that of the manifest."""
    for name, digest in manifest:
        if sha256_of(root / Path(*name.split("/"))) != digest:
            raise ArchiveNotVerified(name)
