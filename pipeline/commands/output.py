"""How commands print: lines, JSON, and a progress bar when a person is looking."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def say(text: str = "") -> None:
    """One line for the person at the screen."""
    print(text)


def say_json(value: object) -> None:
    """The result as JSON on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def with_progress(items: Sequence[T], label: str) -> Iterable[T]:
    """The items, behind a progress bar on standard error when that is a terminal and there is much to do."""
    if not sys.stderr.isatty() or len(items) < 10:
        return items
    from tqdm import tqdm

    return tqdm(items, desc=label, unit="份", leave=False)
