"""Compare-and-swap of a person's file on a share: our version goes in, or nobody's save is lost."""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pipeline.files.atomic import make_folder, sha256_of, sync_folder, temporary_for
from pipeline.files.owner import owner_of
from pipeline.files.rename import rename_without_replacing
from schemas.errors import CellRefused, LedgerChanged, LedgerInUse, LedgerMissing

if sys.platform == "win32":
    from pipeline.files.windows import copy_attributes, writers_denied
else:
    import fcntl

_ACCESS_LIST = "system.posix_acl_access"


Moment = Literal["checked", "taken away"]  # the two at which somebody's save can still come in between


def _nothing(_moment: Moment) -> None:
    return


def swap(
    target: Path, replacement: Path, expected_sha256: str, backup: Path,
    meanwhile: Callable[[Moment], object] = _nothing,
) -> None:
    """Put the content of ``replacement`` at ``target``, which must still hash to ``expected_sha256``.

    Steps: nobody has it open and we hold it; its hash is the expected one; it is renamed to ``backup`` and hashed
    again there; our copy (already complete, in the same folder, with the same permissions) takes the name without
    replacing. So the target is missing only between two renames, and a save that comes in anywhere wins. The backup
    stays for the caller to keep and re-hash; it must lie on the same file system. The caller records the backup's
    name before the call and calls ``repair`` after a crash. ``meanwhile`` is called where others may come in between,
    for those who play them (``share_test``).

    Raises LedgerInUse (deferred), LedgerChanged (plan again), LedgerMissing, and CellRefused when permissions or the
    file system do not allow it; in each case the person's content is at ``target`` as before.
    """
    owner = owner_of(target)
    if owner is not None:
        raise LedgerInUse(target, owner)
    with _held(target) as held_sha256:
        if held_sha256 != expected_sha256:
            raise LedgerChanged(target)
        ready = _prepared(target, replacement)
        try:
            _make_way(backup, expected_sha256)
            meanwhile("checked")
            _exchange(target, ready, expected_sha256, backup, meanwhile)
        finally:
            ready.unlink(missing_ok=True)
    sync_folder(backup.parent)  # first: a machine that stops between the two finds the old file under a name at least
    sync_folder(target.parent)


def repair(target: Path, backup: Path) -> bool:
    """Finish a swap that a crash interrupted between its renames: True when the backup went back to ``target``.

    Idempotent; whatever stands at ``target`` stays. For use with the backup of a swap that was under way, since a
    ledger is briefly missing in every save of Excel's.
    """
    if target.exists():
        temporary_for(target).unlink(missing_ok=True)  # a second name of what stands there, or not yet used
        return False
    if not backup.exists():
        return False
    try:
        rename_without_replacing(backup, target)
    except FileExistsError:
        return False
    temporary_for(target).unlink(missing_ok=True)
    sync_folder(target.parent)
    return True


@contextmanager
def _held(target: Path) -> Iterator[str]:
    """Keep writers out while we look and rename: a handle that denies writing (Windows, unverified here) or a lock.

    Gives the hash of what we hold, read through the very handle: closing a second one would drop a POSIX lock.
    """
    try:
        if sys.platform == "win32":
            with writers_denied(target):
                yield sha256_of(target)
        else:
            if target.stat().st_mode & 0o222 == 0:
                raise CellRefused(target, "整个文件", "文件被设为只读,请在其属性中取消只读")
            with target.open("r+b") as file:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # LibreOffice takes the same kind of lock
                yield hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise LedgerMissing(target) from error
    except (PermissionError, BlockingIOError) as error:
        raise LedgerInUse(target, owner_of(target) or "") from error


def _prepared(target: Path, replacement: Path) -> Path:
    """Our version beside the target, on the disk, with the target's permissions.

    It gets its name by the very rename that will count later, so a file system that cannot do it is found out while
    the target is still in place.
    """
    ready = temporary_for(target)
    partial = ready.with_suffix(".part")
    ready.unlink(missing_ok=True)
    try:
        with replacement.open("rb") as reader, partial.open("wb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
            writer.flush()
            os.fsync(writer.fileno())
        if not _same_access(target, partial):
            raise CellRefused(target, "整个文件", "无法保持原有的访问权限")
        rename_without_replacing(partial, ready)
    except FileNotFoundError as error:
        raise LedgerMissing(target) from error  # somebody's save has just taken it away
    except PermissionError as error:
        raise CellRefused(target, "整个文件", f"没有在文件夹 {target.parent} 中新建文件的权限") from error
    except OSError as error:
        raise CellRefused(target, "整个文件", f"公共盘不支持安全替换({error.strerror or error})") from error
    finally:
        partial.unlink(missing_ok=True)
    return ready


def _same_access(target: Path, ours: Path) -> bool:
    """Give our file the target's permissions; False when somebody who may use the target could not use ours."""
    if sys.platform == "win32":
        return copy_attributes(target, ours)  # access lists come from the folder
    wanted = target.stat()
    if sys.platform == "linux" and _ACCESS_LIST in os.listxattr(target):
        os.setxattr(ours, _ACCESS_LIST, os.getxattr(target, _ACCESS_LIST))
    held = ours.stat()
    if (held.st_uid, held.st_gid) != (wanted.st_uid, wanted.st_gid):
        _give_to(ours, wanted.st_uid, wanted.st_gid)
    ours.chmod(stat.S_IMODE(wanted.st_mode))
    held = ours.stat()
    if stat.S_IMODE(held.st_mode) != stat.S_IMODE(wanted.st_mode):
        return False
    # On a share every save changes the owner; what counts is that the group, or everybody, may still write.
    everybody = bool(wanted.st_mode & stat.S_IWOTH)
    same_group = held.st_gid == wanted.st_gid
    return everybody or (same_group and (held.st_uid == wanted.st_uid or bool(wanted.st_mode & stat.S_IWGRP)))


def _give_to(ours: Path, user: int, group: int) -> None:
    if sys.platform != "win32":
        for owner in (user, -1):  # giving away needs privileges, changing to a group of ours does not
            try:
                os.chown(ours, owner, group)
            except PermissionError:
                continue
            return


def _make_way(backup: Path, expected_sha256: str) -> None:
    """Make the backup's name free: a backup that somebody wrote to after all is set aside, never overwritten."""
    make_folder(backup.parent, parents=False)
    if not backup.exists():
        return
    if sha256_of(backup) == expected_sha256:
        backup.unlink()  # the same content stands at the target and is about to be renamed here
        return
    for count in itertools.count(1):
        aside = backup.with_name(f"{backup.stem}-另存{count}{backup.suffix}")
        try:
            rename_without_replacing(backup, aside)
        except FileExistsError:
            continue
        return


def _exchange(
    target: Path, ready: Path, expected_sha256: str, backup: Path, meanwhile: Callable[[Moment], object]
) -> None:
    if (owner := owner_of(target)) is not None:  # opened while we prepared
        raise LedgerInUse(target, owner)
    try:
        target.rename(backup)  # atomic: takes whatever stands there now, so nothing can slip in between and be lost
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise CellRefused(target, "整个文件", f"备份文件夹 {backup.parent} 不在同一个盘上") from error
        raise
    try:
        meanwhile("taken away")
        unchanged = sha256_of(backup) == expected_sha256
        if unchanged:
            rename_without_replacing(ready, target)
    except FileExistsError as error:
        raise LedgerChanged(target) from error  # somebody saved in between: theirs stays, the old one is the backup
    except OSError:
        repair(target, backup)
        raise
    if not unchanged:
        repair(target, backup)
        raise LedgerChanged(target)
