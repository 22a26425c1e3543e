"""The names in a folder, listed again only when the folder may have changed: a share answers a stat faster."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_SURE_SECONDS = 3.0        # a name may come within the same tick of a file system's clock as the one before (FAT: 2 s)
_LOOK_AGAIN_SECONDS = 60.0  # and a server may not keep the time stamp of a folder at all


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands in a folder, sorted."""

    folders: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(slots=True)
class _Seen:
    """A listing with the folder's time stamp before it was made, when that was first seen and when it was made."""

    stamp: int
    first: float
    listed: float
    listing: Listing

    def holds(self, stamp: int, now: float) -> bool:
        sure = self.listed - self.first >= _SURE_SECONDS
        return sure and self.stamp == stamp and now - self.listed < _LOOK_AGAIN_SECONDS


@dataclass
class Listings:
    """Keep one for as long as the process runs; ``clock`` is monotonic, in seconds."""

    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def of(self, folder: Path | str) -> Listing:
        """The folders and files in it. Raises OSError, ``FileNotFoundError`` among them."""
        path, now = os.fspath(folder), self.clock()
        stamp = os.stat(path).st_mtime_ns  # noqa: PTH116 - thousands a pass, and a Path costs more than the call
        seen = self._seen.get(path)
        if seen is not None and seen.holds(stamp, now):
            return seen.listing
        with os.scandir(path) as entries:  # names and kinds in one request; thousands of stats would crawl on a share
            found = [(entry.name, entry.is_dir(), entry.is_file()) for entry in entries]
        listing = Listing(
            tuple(sorted(name for name, is_folder, _ in found if is_folder)),
            tuple(sorted(name for name, _, is_file in found if is_file)),
        )
        first = seen.first if seen is not None and seen.stamp == stamp else now
        self._seen[path] = _Seen(stamp, first, now, listing)
        return listing
