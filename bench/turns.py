"""Measures several ways of doing the same work in turns, so that a busy machine slows all of them alike."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bench.row import Way
from bench.watch import Spent, Watch

SOURCES = Path(__file__).resolve().parents[1]
_OWN = Path("/proc/self")


class CommandFailed(Exception):
    """A measured command ended in a way that makes its time worthless."""

    def __init__(self, arguments: Sequence[str], code: int) -> None:
        super().__init__(f"exit code {code} of python {' '.join(arguments)}")


def in_turns(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Way]:
    """Let every way do the work ``rounds`` times, one after the other within each round, and take the medians.

    The order shifts by one each round, so that nobody always follows the same neighbour. A way that returns `Spent`
    has measured itself (a child process, or work whose preparation must not count); any other is timed from call to
    return, memory being how far this process grew meanwhile.
    """
    spent: dict[str, list[Spent]] = defaultdict(list)
    names = list(ways)
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            spent[name].append(one_round(ways[name]))
    return {name: median_of(name, spent[name]) for name in names}


def median_of(name: str, spent: Sequence[Spent]) -> Way:
    """The median times, and the largest memory, of several rounds."""
    sizes = [one.megabytes for one in spent if one.megabytes is not None]
    used = [one.processor for one in spent if one.processor is not None]
    return Way(name, statistics.median(one.seconds for one in spent), max(sizes, default=None),
               statistics.median(used) if used else None)


def one_round(work: Callable[[], object]) -> Spent:
    """Time one call; the garbage of what ran before is collected outside the clock."""
    gc.collect()
    before = _resident("VmRSS") if _forget_peak() else None
    watch = Watch()
    result = work()
    if isinstance(result, Spent):
        return result
    spent = watch.spent()
    return spent._replace(megabytes=None if before is None else _resident("VmHWM") - before)


def command(arguments: Sequence[str], allowed: Sequence[int] = (0,), folder: Path = SOURCES) -> Spent:
    """Run ``python ARGUMENTS`` as a process of its own, from start to end, output thrown away.

    Its memory is that of all its processes together (`bench.launch`); unknown on Windows, where it is started directly.
    Raises `CommandFailed` when the exit code is none of those allowed.
    """
    if sys.platform == "win32":
        began = time.perf_counter()
        whole = [sys.executable, *arguments]
        code = subprocess.run(whole, cwd=folder, stdout=subprocess.DEVNULL, check=False).returncode
        spent = Spent(time.perf_counter() - began)
    else:
        launch = [sys.executable, "-S", "-E", str(SOURCES / "bench" / "launch.py"), *arguments]
        said = subprocess.run(launch, cwd=folder, stdout=subprocess.PIPE, check=True).stdout.split()
        spent, code = Spent(float(said[0]), float(said[1]), float(said[2])), int(said[3])
    if code not in allowed:
        raise CommandFailed(arguments, code)
    return spent


def _forget_peak() -> bool:
    """Let the kernel count this process's peak memory anew; False where it cannot (anything but Linux)."""
    with suppress(OSError):
        (_OWN / "clear_refs").write_text("5")
        return True
    return False


def _resident(field: str) -> float:
    """A memory figure of this process in MB: ``VmRSS`` now, ``VmHWM`` the peak."""
    lines = (_OWN / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))
