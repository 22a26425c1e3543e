"""Renaming that never replaces: when somebody has created the name meanwhile, theirs stays."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

from pipeline.files.atomic import sync_folder

_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EINVAL}
_HERE = -100  # AT_FDCWD
_NO_REPLACE = 1  # RENAME_NOREPLACE


def rename_without_replacing(source: Path, target: Path) -> None:
    """Move ``source`` to ``target`` on one file system; raises FileExistsError when ``target`` is there.

    POSIX: a hard link, then the old name goes; where links are not possible, renameat2 with RENAME_NOREPLACE (Linux).
    Windows renames so by itself. Other OSErrors mean that the file system can do neither.
    """
    if sys.platform == "win32":
        source.rename(target)
        return
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _rename_no_replace(source, target)
        return
    if source.parent != target.parent:
        sync_folder(target.parent)  # the new name is on the disk before the old one goes
    source.unlink()


def _rename_no_replace(source: Path, target: Path) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    call = getattr(library, "renameat2", None)
    if call is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), str(target))
    if call(_HERE, os.fsencode(source), _HERE, os.fsencode(target), ctypes.c_uint(_NO_REPLACE)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(source), None, str(target))
