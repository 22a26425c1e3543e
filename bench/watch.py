"""What work costs; imports next to nothing, since it also runs in processes whose memory is measured."""

from __future__ import annotations

import os
import time
from typing import NamedTuple


class Spent(NamedTuple):
    """What one round cost: wall seconds, MB of memory where known, seconds of the processor where known."""

    seconds: float
    megabytes: float | None = None
    processor: float | None = None


class Watch:
    """Started when made; tells what was spent since, in this process and in those it waited for."""

    def __init__(self) -> None:
        self._began, self._used = time.perf_counter(), _used()

    def spent(self, parts: int = 1) -> Spent:
        """Since the start, for each of ``parts`` equal ones."""
        return Spent((time.perf_counter() - self._began) / parts, None, (_used() - self._used) / parts)


def _used() -> float:
    children = os.times()
    return time.process_time() + children.children_user + children.children_system
