"""One pass in a process that kills itself at a named point; ``count`` prints the commit points instead.

Usage: python -m tests.functional.killed_pass CONFIG NOW POINT. The points inside effects are reached by replacing the
very function behind which the process has to die; everything else is the real thing.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.app import open_site
from pipeline.archive import copying, gateway
from pipeline.files import atomic, swap
from pipeline.mailbox import folder
from pipeline.share import FolderShare
from pipeline.tick import tick


def die() -> None:
    """End at once, as by ``kill -9``: no handler, no ``finally``, no flush."""
    if sys.platform == "win32":
        os._exit(9)
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(owner: object, name: str) -> None:
    """Make the process die when ``owner.name`` has done its work."""
    original: Callable[..., Any] = getattr(owner, name)

    def fatal(*arguments: Any, **named: Any) -> None:
        original(*arguments, **named)
        die()

    setattr(owner, name, fatal)


def die_before_the_second(owner: object, name: str) -> None:
    """Make the process die when ``owner.name`` is called for the second time."""
    original: Callable[..., Any] = getattr(owner, name)
    calls: list[str] = []

    def fatal(*arguments: Any, **named: Any) -> Any:
        calls.append(name)
        if len(calls) == 2:
            die()
        return original(*arguments, **named)

    setattr(owner, name, fatal)


def die_in_the_board() -> None:
    """Make the process die when the board's temporary file is complete and not yet in place."""
    def fatal(self: FolderShare, name: str, content: bytes) -> bool:
        atomic.write_synced(atomic.temporary_for(self.root / name), content)
        die()
        return True

    FolderShare.write_board = fatal  # type: ignore[method-assign]  # the point of this process


INSIDE: dict[str, Callable[[], None]] = {
    "mail-sent": lambda: die_after(folder.FolderMailbox, "send"),
    "mail-marked": lambda: die_after(folder.FolderMailbox, "_mark"),
    "document-written": lambda: die_after(FolderShare, "place"),
    "ledger-taken-away": lambda: die_before_the_second(swap, "rename_without_replacing"),
    "ledger-replaced": lambda: die_after(swap, "_exchange"),
    "board-half-written": die_in_the_board,
    "dropped-file-moved": lambda: die_after(FolderShare, "adopt_dropped"),
    "archive-file-copied": lambda: die_after(copying, "_copy_once"),
    "archive-verified": lambda: die_after(gateway, "check_written"),
    "archive-in-place": lambda: die_after(gateway, "_put_in_place"),
    "archive-zip-half": lambda: die_after(shutil, "copyfileobj"),
    "archive-zipped": lambda: die_after(gateway, "zip_beside"),
    "deck-exchanged": lambda: die_after(FolderShare, "put_in_place"),
}


def main(config: Path, now: datetime, point: str) -> None:
    """Run the pass and die at ``point``: the n-th commit point, the first of a name, or one inside an effect."""
    seen: list[str] = []

    def step(name: str) -> None:
        seen.append(name)
        if point in {str(len(seen)), name}:
            die()

    if point in INSIDE:
        INSIDE[point]()
    with open_site(config, now) as opened:
        tick(opened.site, opened.now, rehearsal=True, step=step)
    if point == "count":
        print(*seen)


if __name__ == "__main__":
    main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3])
