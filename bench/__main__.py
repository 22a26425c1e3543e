"""Measures kesu beside what people would use instead: ``python -m bench [--quick] [ROW …]``.

Prints a table, writes bench/RESULTS.md, ends with what each row took to measure and ``N of M goals reached``; exit code
1 when one is missed or an output differs from the peer's. ``--quick`` takes about a minute of the processor: smaller
inputs, medians of 3, and goals that only large inputs can judge are told and not counted. Peers come with
``pip install -e '.[bench]'``.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path

from bench.results import Measured, closing, keep, lines_of, succeeded, taken
from bench.row import Row, Scale
from bench.table import ROWS, measured

PEERS = ("openpyxl", "pandas", "python-calamine", "docxtpl", "python-docx", "python-pptx")

Measure = Callable[[Iterable[str], Scale], Iterator[tuple[str, Row]]]


def machine(peers: Iterable[str]) -> str:
    """Cores, Python and the peers' versions on this machine; nothing that tells whose it is."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in peers)
    load = f" (load {os.getloadavg()[0]:.0f} at the start)" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores{load}, {platform.system()}, Python {platform.python_version()}, {versions}"


def main(arguments: list[str], day: date, measure: Measure = measured, peers: Iterable[str] = PEERS,
         clock: Callable[[], float] = time.perf_counter) -> int:
    """Run what was asked for and give the exit code. ``day`` goes into RESULTS.md; ``peers`` must be installed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="ROW", help=f"only these: {', '.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="smaller inputs, medians of 3")
    parser.add_argument("--into", type=Path, default=Path(__file__).parent, help="folder for RESULTS.md")
    chosen = parser.parse_args(arguments)
    chosen.into.mkdir(parents=True, exist_ok=True)  # before minutes of measuring, not after
    scale, done = Scale(quick=chosen.quick), list[Measured]()
    try:
        of = machine(peers)
    except metadata.PackageNotFoundError as missing:
        parser.error(f"{missing.name} is not installed; pip install -c constraints.txt -e '.[bench]'")
    began = clock()
    for name, row in measure(chosen.names or list(ROWS), scale):
        print("\n".join(lines_of(row)), end="\n\n", flush=True)
        done.append(Measured(name, row, clock() - began))
        began = clock()
    keep(chosen.into, done, scale, day, of)
    rows = [one.row for one in done]
    print(taken(done))
    print(closing(rows))
    return 0 if succeeded(rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], datetime.now(UTC).date()))  # noqa: TID251 - the command line's clock
