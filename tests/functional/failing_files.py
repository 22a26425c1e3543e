"""One pass in which the n-th file operation below the plant fails, once or for good; counts them with ``count``.

Usage: python -m tests.functional.failing_files CONFIG NOW NUMBER ERRNO once|for-good. Operations are what Python's
audit events name (opening, renaming, linking, removing, making and listing folders, changing modes and times), and
syncing. The journal's own file is left alone: SQLite keeps it, and its failures have tests of their own.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.app import open_site
from pipeline.tick import tick
from schemas.errors import KesuError

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EBUSY, errno.ESTALE)
TOLD = 3  # exit code of a pass that ended with a sentence for people
_EVENTS = {
    "open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.listdir", "os.scandir", "os.chmod",
    "os.chown", "os.utime", "os.truncate", "shutil.copyfile", "shutil.rmtree",
}


@dataclass
class Failing:
    """Makes operations below ``root`` fail from the ``number``-th on."""

    root: str
    number: int
    error: int
    for_good: bool
    seen: int = 0
    armed: bool = False

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Python's audit hook: raising here makes the operation itself fail."""
        if self.armed and event in _EVENTS and arguments:
            path = arguments[0]
            self.one(os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else "", event)

    def one(self, path: str, event: str) -> None:
        if not path.startswith(self.root) or "journal.db" in path:
            return
        self.seen += 1
        if self.seen == self.number or (self.for_good and self.seen > self.number):
            raise OSError(self.error, os.strerror(self.error), path)

    def sync(self, original: Callable[[int], None]) -> Callable[[int], None]:
        """``os.fsync``, which may fail as well."""
        def fsync(handle: int) -> None:
            self.one(str(Path(f"/proc/self/fd/{handle}").readlink()) if self.armed else "", "fsync")
            original(handle)

        return fsync


def main(config: Path, now: datetime, failing: Failing) -> int:
    """Run the pass; 0 when it came to its end, ``TOLD`` when it ended with a sentence; anything else is a traceback."""
    sys.addaudithook(failing.hook)
    os.fsync = failing.sync(os.fsync)  # type: ignore[assignment]  # the point of this process
    try:
        with open_site(config, now) as opened:
            failing.armed = True
            tick(opened.site, opened.now, rehearsal=True)
    except (KesuError, OSError):
        return TOLD
    finally:
        failing.armed = False
    return 0


if __name__ == "__main__":
    made = Failing(str(Path(sys.argv[1]).parent), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5] == "for-good")
    code = main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), made)
    print(made.seen)
    sys.exit(code)
