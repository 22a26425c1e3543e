"""One pass in which the n-th file operation below the plant fails, once or for good.

Operations are opening, reading, writing, cutting, syncing, looking at (stat), listing, renaming, linking, removing,
making folders, changing modes, owners and times, of every file below the plant but the journal's own: SQLite keeps that
one, in C, and its failures have tests of their own. ``Failing`` puts itself in the place of the functions of ``os`` and
``io`` that Python's own file code calls, so the process that arms it is for nothing else.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.app import open_site
from pipeline.tick import tick
from schemas.errors import KesuError

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EBUSY, errno.ESTALE)
TOLD = 3  # exit code of a pass that ended with a sentence for people
_BY_PATH = (
    "stat", "lstat", "listdir", "scandir", "rename", "replace", "link", "unlink", "remove", "mkdir", "rmdir", "chmod",
    "chown", "utime", "access", "open", "truncate",
)
_BY_HANDLE = ("fsync", "fstat", "sendfile", "ftruncate")


@dataclass
class Failing:
    """Makes operations below ``root`` fail from the ``number``-th on; ``kinds`` names those seen, in order."""

    root: str
    number: int
    error: int
    for_good: bool
    armed: bool = False
    kinds: list[str] = field(default_factory=list)

    def install(self) -> None:
        """Take the place of the functions; there is no way back in this process."""
        for name in _BY_PATH:
            setattr(os, name, self._by_path(name, getattr(os, name)))
        for name in _BY_HANDLE:
            setattr(os, name, self._by_handle(name, getattr(os, name)))
        opened = self._opening()
        io.open = builtins.open = opened

    def one(self, kind: str, path: object) -> None:
        """Count an operation, and let it fail when it is the one (or a later one, for good)."""
        if not self.armed or not isinstance(path, str | bytes | os.PathLike):
            return
        text = os.fsdecode(path)
        if not text.startswith(self.root) or "journal.db" in text:
            return
        self.kinds.append(kind)
        seen = len(self.kinds)
        if seen == self.number or (self.for_good and seen > self.number):
            raise OSError(self.error, os.strerror(self.error), text)

    def _by_path(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def failing(path: object = ".", *arguments: Any, **named: Any) -> Any:
            self.one(name, path)
            return original(path, *arguments, **named)

        return failing

    def _by_handle(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def failing(handle: int, *arguments: Any, **named: Any) -> Any:
            if self.armed:
                self.one(name, os.readlink(f"/proc/self/fd/{handle}"))  # noqa: PTH115 - Path would count it again
            return original(handle, *arguments, **named)

        return failing

    def _opening(self) -> Callable[..., Any]:
        """``open`` over raw files whose reads and writes may fail as well."""
        original, failing = io.open, self

        class Raw(io.FileIO):
            """A file whose every operation is counted; closing is not, as the handle goes whatever is said."""

            def readinto(self, buffer: Any) -> int | None:
                failing.one("read", self.name)
                return super().readinto(buffer)

            def readall(self) -> bytes:
                failing.one("read", self.name)
                return super().readall()

            def write(self, data: Any) -> int:
                failing.one("write", self.name)
                return super().write(data)

            def truncate(self, size: int | None = None) -> int:
                failing.one("truncate", self.name)
                return super().truncate(size)

        def opened(file: Any, mode: str = "r", buffering: int = -1, *text: Any, **named: Any) -> Any:
            if not failing.armed or not isinstance(file, str | os.PathLike):
                return original(file, mode, buffering, *text, **named)
            failing.one("open", file)
            raw = Raw(os.fspath(file), mode.replace("b", "").replace("t", ""))
            if buffering == 0:
                return raw
            kind = io.BufferedRandom if "+" in mode else io.BufferedReader if "r" in mode else io.BufferedWriter
            buffered = kind(raw)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, *text, **named)

        return opened


def main(config: Path, now: datetime, failing: Failing) -> int:
    """Run the pass; 0 when it came to its end, ``TOLD`` when it ended with a sentence; anything else is a traceback."""
    failing.install()
    try:
        with open_site(config, now) as opened:
            failing.armed = True
            tick(opened.site, opened.now, rehearsal=True)
    except (KesuError, OSError):
        return TOLD
    finally:
        failing.armed = False
    return 0
