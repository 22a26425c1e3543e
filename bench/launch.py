"""Starts a command, prints its wall seconds, peak memory in MB, processor seconds, exit code; imports next to nothing.

A process inherits the peak of the one that started it, so a large measuring program cannot measure small commands
itself: `bench.turns.command` starts this one in between. The peak is the largest total of all processes of the command
at one time, sampled on Linux; at least that of its largest process.
"""

import os
import sys
import time

_SAMPLED = 0.01  # seconds between two looks; a read of 20,000 rows takes some hundred of them
_PAGE = os.sysconf("SC_PAGE_SIZE")


def _total(process: int) -> int:
    """Resident bytes of a process and all below it; 0 once it is gone or where /proc is missing."""
    try:
        with open(f"/proc/{process}/statm", "rb") as file:  # noqa: PTH123 - importing pathlib costs more than the file
            resident = int(file.read().split()[1]) * _PAGE
        with open(f"/proc/{process}/task/{process}/children", "rb") as file:  # noqa: PTH123 - as above
            children = file.read().split()
    except OSError:
        return 0
    return resident + sum(_total(int(child)) for child in children)


def main(arguments: list[str]) -> None:
    """Run ``python ARGUMENTS`` with its output thrown away."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    began, peak, done = time.perf_counter(), 0, 0
    started = os.posix_spawn(sys.executable, [sys.executable, *arguments], os.environ,
                             file_actions=[(os.POSIX_SPAWN_DUP2, nothing, 1)])
    while not done:
        done, status, usage = os.wait4(started, os.WNOHANG)
        seconds = time.perf_counter() - began
        if not done:
            peak = max(peak, _total(started))
            time.sleep(min(_SAMPLED, seconds / 100 + 0.0005))
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 2**10)
    processor = usage.ru_utime + usage.ru_stime
    print(seconds, max(peak, largest) / 2**20, processor, os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(sys.argv[1:])
