"""A settled local copy of a file on the share, taken without disturbing whoever saves it."""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pipeline.ooxml.kinds import identify, is_container
from schemas.errors import (
    LedgerDamaged,
    LedgerEncrypted,
    LedgerIsOldXls,
    LedgerMissing,
    LedgerNotWorkbook,
    LedgerUnsettled,
)

if sys.platform == "win32":
    from pipeline.files.windows import open_fully_shared

Signature = tuple[int, int]  # size in bytes, mtime in nanoseconds
_HEAD_BYTES = 4096
_PATIENCE = 5  # quiet periods to wait for before the next pass tries again


@dataclass(frozen=True, slots=True)
class StableCopy:
    """A copy on local disk of ``source`` as it stood with ``size`` and ``mtime_ns``."""

    source: Path
    local: Path
    sha256: str
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Sightings:
    """What files looked like at earlier looks, by monotonic clock: a file quiet since then need not be waited for.

    Keep one for as long as the process runs; it never reads the wall clock, which a file server need not share.
    """

    clock: Callable[[], float] = time.monotonic
    _seen: dict[Path, tuple[Signature, float]] = field(default_factory=dict)
    _given_up: set[Path] = field(default_factory=set)

    def quiet_for(self, path: Path, signature: Signature) -> float:
        """Seconds for which the file has been seen with this signature; 0 at the first look."""
        earlier = self._seen.get(path)
        if earlier is None or earlier[0] != signature:
            self._seen[path] = (signature, self.clock())
            return 0.0
        return self.clock() - earlier[1]

    def may_come_back(self, path: Path) -> bool:
        """Whether a file that is missing or held now was fine a moment ago: somebody may just be saving it."""
        return path in self._seen and path not in self._given_up

    def waited_for(self, path: Path, *, in_vain: bool) -> None:
        """Remember how waiting ended: a file waited for in vain is not waited for again until it has been read."""
        (self._given_up.add if in_vain else self._given_up.discard)(path)


def copy_stable(
    source: Path, into: Path, quiet_seconds: float, poll: float = 0.2, *,
    sightings: Sightings | None = None, sleep: Callable[[float], None] = time.sleep,
) -> StableCopy:
    """Copy ``source`` into the local folder ``into`` once its size and mtime held still for ``quiet_seconds``.

    The copy is named by content, so equal content is copied to the same name (idempotent). With ``sightings`` of
    earlier passes a quiet file costs no wait, and one that has just gone or is held by somebody is waited for as
    well: Excel's save takes it away for seconds, and nobody is to hear of that. Raises LedgerMissing; LedgerUnsettled
    when the file does not come to rest within five quiet periods or changes under the copy (the next pass tries
    again); LedgerIsOldXls, LedgerEncrypted, LedgerDamaged by what the bytes are, whatever the name says.
    """
    sightings = sightings or Sightings()
    started = sightings.clock()
    while True:
        try:
            copy = _settled_copy(source, into, quiet_seconds, poll, sightings, sleep)
        except (LedgerMissing, LedgerUnsettled):
            late = sightings.clock() - started >= _PATIENCE * quiet_seconds
            if late or not sightings.may_come_back(source):
                sightings.waited_for(source, in_vain=True)
                raise
            sleep(poll)
        else:
            sightings.waited_for(source, in_vain=False)
            return copy


def _settled_copy(
    source: Path, into: Path, quiet_seconds: float, poll: float, sightings: Sightings, sleep: Callable[[float], None]
) -> StableCopy:
    before = _wait_until_quiet(source, quiet_seconds, poll, sightings, sleep)
    into.mkdir(parents=True, exist_ok=True)
    partial = into / f"{source.stem}.part"
    try:
        with _open(source) as reader, partial.open("wb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
        if _signature(source) != before or partial.stat().st_size != before[0]:
            raise LedgerUnsettled(source)
        _check_kind(source, partial)
        with partial.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        local = partial.replace(into / f"{source.stem}.{digest[:16]}{source.suffix}")
    except FileNotFoundError as error:
        raise LedgerMissing(source) from error
    except PermissionError as error:
        raise LedgerUnsettled(source) from error  # for a moment, while Excel saves, nobody may open it
    finally:
        partial.unlink(missing_ok=True)
    return StableCopy(source, local, digest, *before)


def content_sha256(source: Path) -> str:
    """SHA-256 of a file as it stands, without a copy of it; raises OSError. Nobody's save is disturbed."""
    digest = hashlib.sha256()
    with _open(source) as reader:
        while chunk := reader.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _signature(path: Path) -> Signature:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LedgerMissing(path) from error
    return status.st_size, status.st_mtime_ns


def _wait_until_quiet(
    source: Path, quiet_seconds: float, poll: float, sightings: Sightings, sleep: Callable[[float], None]
) -> Signature:
    started = sightings.clock()
    while True:
        signature = _signature(source)
        missing = quiet_seconds - sightings.quiet_for(source, signature)
        if missing <= 0:
            return signature
        if sightings.clock() - started > _PATIENCE * quiet_seconds:
            raise LedgerUnsettled(source)
        sleep(min(poll, missing))


def _open(path: Path) -> BinaryIO:
    if sys.platform == "win32":
        return open_fully_shared(path)  # a plain open() would make Excel's own save fail
    return path.open("rb")


def _check_kind(source: Path, local: Path) -> None:
    with local.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if is_container(head):
            head += file.read()  # the directory with the stream names may stand at the end
    match identify(head):
        case "xls":
            raise LedgerIsOldXls(source)
        case "encrypted":
            raise LedgerEncrypted(source)
        case "other":
            if not head:
                raise LedgerDamaged(source, "文件为空")
            raise LedgerNotWorkbook(source, "内容是其他格式" if b"\0" in head else "内容像文本或网页")
        case "ooxml":
            return
