"""How commands print: lines, JSON, and a progress bar when a person is looking."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_SHORT_SECONDS = 0.5
_BEAT_SECONDS = 0.2


def say(text: str = "") -> None:
    """One line for the person at the screen."""
    print(text)


def say_json(value: object) -> None:
    """The result as JSON on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def own_command() -> str:
    """What this user types to call kesu: the launcher says so (``python kesu.py``), else it is installed."""
    return os.environ.get("KESU_COMMAND") or "kesu"


def typed_path(path: Path) -> str:
    """A path as it can be typed behind a command."""
    return f'"{path}"' if " " in str(path) else str(path)


@contextmanager
def busy(label: str) -> Iterator[None]:
    """Show on standard error that something goes on, and for how long, when a person is looking at a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from tqdm import tqdm

    done = threading.Event()

    def tell() -> None:
        if done.wait(_SHORT_SECONDS):
            return  # what ends at once needs no bar
        with tqdm(desc=label, bar_format="{desc} {elapsed}", leave=False) as bar:
            while not done.wait(_BEAT_SECONDS):
                bar.refresh()

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def with_progress(items: Sequence[T], label: str) -> Iterable[T]:
    """The items, behind a progress bar on standard error when that is a terminal and there is much to do."""
    if not sys.stderr.isatty() or len(items) < 10:
        return items
    from tqdm import tqdm

    return tqdm(items, desc=label, unit="份", leave=False)
