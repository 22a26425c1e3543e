"""One pass, and one resident instance, at a time per journal: lock files that the system frees when a process dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from schemas.errors import PassRunning


@contextmanager
def pass_lock(journal: Path, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the lock of a journal; raises ``PassRunning`` when another holder keeps it longer than ``wait_seconds``."""
    with _held(journal, "lock", wait_seconds):
        yield


@contextmanager
def instance_lock(journal: Path) -> Iterator[None]:
    """Held by ``kesu run`` for as long as it stays; a second one raises ``PassRunning`` at once."""
    with _held(journal, "run", 0):
        yield


@contextmanager
def _held(journal: Path, suffix: str, wait_seconds: float) -> Iterator[None]:
    lock = FileLock(f"{journal}.{suffix}", timeout=wait_seconds)  # a new object each time: a second holder here waits
    try:
        lock.acquire()
    except Timeout:
        raise PassRunning(journal) from None
    try:
        yield
    finally:
        lock.release()
