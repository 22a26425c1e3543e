"""A file that people and we both work on, such as a deck: read when nobody has it open, replaced by a safe swap."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.files.atomic import make_folder, sync_folder, temporary_for, write_synced
from pipeline.files.exchange import exchange, finish_exchange
from pipeline.files.faults import FileChanged, FileInUse
from pipeline.files.owner import owner_of
from pipeline.files.rename import rename_without_replacing
from pipeline.files.superseded import prune
from schemas.errors import LedgerChanged, LedgerMissing


def standing(path: Path) -> bytes | None:
    """The file's bytes, None when it is not there; a swap that a crash cut off is finished first.

    Raises FileInUse while somebody has it open: what stands on the disk is then not what they will save.
    """
    finish_exchange(path)
    owner = owner_of(path)
    if owner is not None:
        raise FileInUse(path, owner)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise FileInUse(path) from error


def put_in_place(path: Path, content: bytes, expected: bytes | None) -> str:
    """Put ``content`` where ``expected`` (None: nothing) stands; returns its hash. Idempotent.

    The replaced version stays in ``.kesu-备份``, the latest three of a file. Raises FileInUse, and FileChanged when
    somebody saved meanwhile: theirs stands, and nothing was written.
    """
    make_folder(path.parent)
    if expected is None:
        _create(path, content)
    elif expected != content:
        try:
            exchange(path, content, hashlib.sha256(expected).hexdigest())
        except (LedgerChanged, LedgerMissing) as error:
            raise FileChanged(path) from error
        prune(path)
    return hashlib.sha256(content).hexdigest()


def _create(path: Path, content: bytes) -> None:
    temporary = temporary_for(path)
    write_synced(temporary, content)
    try:
        rename_without_replacing(temporary, path)
    except FileExistsError as error:
        raise FileChanged(path) from error
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
