"""Files that appear whole or not at all."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from pipeline.files.faults import FileInUse


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def temporary_for(path: Path) -> Path:
    """A hidden name in the same folder; the same one for the same file, so that a crash leaves one at most."""
    return path.with_name(f".kesu-{hashlib.blake2b(path.name.encode(), digest_size=6).hexdigest()}.tmp")


def write_synced(path: Path, content: bytes) -> None:
    """Write a file and have it on the disk before returning."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have renames in ``folder`` on the disk; Windows and some network file systems offer no such call."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        return  # the file system keeps directories in its own order; there is nothing more to ask for
    finally:
        os.close(handle)


def make_folder(folder: Path, *, parents: bool = True) -> None:
    """Make a folder with all above it, each of the new ones on the disk under its name; idempotent.

    Without ``parents`` the one above has to be there (FileNotFoundError): a share that drops is not made anew.
    """
    if folder.is_dir():
        return
    if parents:
        make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def replace_synced(source: Path, target: Path) -> None:
    """Move a complete file to ``target``, whose folder is made; it stands there whole also after a power cut."""
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    make_folder(target.parent)
    source.replace(target)
    sync_folder(target.parent)


def replace_content(path: Path, content: bytes, *, settle: bool = True) -> None:
    """Put ``content`` at ``path`` in one step, keeping the mode of a file that stood there.

    Without ``settle`` it is on the disk under its name only when the caller has synced the folder: once for many.
    Raises FileInUse when somebody has the file open (Windows).
    """
    temporary = temporary_for(path)
    write_synced(temporary, content)
    try:
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o7777)
        temporary.replace(path)
    except PermissionError as error:
        temporary.unlink(missing_ok=True)
        raise FileInUse(path) from error
    if settle:
        sync_folder(path.parent)


def write_if_changed(path: Path, content: bytes, *, settle: bool = True) -> bool:
    """Make ``path`` hold ``content``; True when it was written, False when it held that already.

    Idempotent; the folder is made when missing; ``settle`` as in ``replace_content``. Raises FileInUse when somebody
    has the file open (Windows).
    """
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    make_folder(path.parent)
    replace_content(path, content, settle=settle)
    return True
