"""Change notifications of folders as hints: somebody saved, so look now; polling goes on whatever becomes of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_Identity = tuple[int, int]


@contextmanager
def hints(folders: Sequence[Path], wake: threading.Event) -> Iterator[Callable[[], None]]:
    """Set ``wake`` when something changes in the folders; gives a function to be called at every round.

    That function watches again what is not watched any longer: a share that was unmounted and is back, a folder that
    was replaced, a watcher that ended by itself. Where no watcher can be had, polling sees everything a little later.
    """
    watched = _Watched(folders, wake)
    try:
        watched.look()
        yield watched.look
    finally:
        watched.end()


class _Watched:
    def __init__(self, folders: Sequence[Path], wake: threading.Event) -> None:
        from watchdog.events import FileSystemEvent, FileSystemEventHandler

        class Waker(FileSystemEventHandler):
            def on_any_event(self, event: FileSystemEvent) -> None:
                if event.event_type in {"created", "modified", "moved", "deleted"}:
                    wake.set()

        self._handler = Waker()
        self._observers: dict[Path, tuple[_Identity, Any]] = {}
        self._folders = tuple(folders)
        self._told = False

    def look(self) -> None:
        """Watch each folder that is there as the folder that it is now; idempotent."""
        for folder in self._folders:
            identity = _identity(folder)
            known = self._observers.get(folder)
            if known is not None and (known[0] != identity or not _works(known[1])):
                del self._observers[folder]
                _stop(known[1])
                known = None
            if known is None and identity is not None:
                self._watch(folder, identity)

    def _watch(self, folder: Path, identity: _Identity) -> None:
        from watchdog.observers import Observer

        observer = Observer()  # one for each folder: where one ends, the others go on
        try:
            observer.schedule(self._handler, str(folder), recursive=False)
            observer.start()
        except OSError:
            _stop(observer)
            if not self._told:
                log.warning("no change notification here; polling only")
            self._told = True
            return
        self._observers[folder] = identity, observer

    def end(self) -> None:
        """Stop all watchers."""
        for _, observer in self._observers.values():
            _stop(observer)
        self._observers.clear()


def _identity(folder: Path) -> _Identity | None:
    """What tells a folder from another one that took its place, None while there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if folder.is_dir() else None


def _works(observer: Any) -> bool:
    return observer.is_alive() and all(emitter.is_alive() for emitter in observer.emitters)


def _stop(observer: Any) -> None:
    with suppress(OSError, RuntimeError, KeyError):  # of a folder that is gone, or a watcher that never started
        observer.stop()
        observer.join(timeout=5)
