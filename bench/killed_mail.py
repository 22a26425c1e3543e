"""Mail killed before every operation, in and out, over every mailbox: what is lost, what is there twice.

Usage: python -m bench.killed_mail [EVERY] [BACKEND …]. An operation is a file opened for writing, written by half,
synced, renamed or removed, a transaction committed, octets sent to a server or awaited from it. "sending" is one mail,
each operation tried; "intake" is six mails through four passes (see tests/killed_intake.py), with EVERY 5 each fifth
operation: rows, files and what was sent are compared with an undisturbed run. A killed pass and the ones after it are
processes, forked from one that has loaded everything; what passes make of the same state is found out once. The plants
lie in memory where there is /dev/shm. Exits with 1 when anything was lost or there twice.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import pytest

from schemas.effects import EffectState
from tests import killed_intake, killed_sending
from tests.contract.mailbox_stands import ADAPTERS, Adapter, Servers
from tests.killed_intake import Found, Kill
from tests.remembered_readings import remember_readings
from tests.remembered_templates import remember_templates

MEMORY = Path("/dev/shm")  # noqa: S108 - where syncing costs nothing


def sending(adapter: Adapter, servers: Servers, root: Path) -> Iterator[str]:
    """One mail: a line per way of dying, and one for each finding."""
    for way in killed_sending.ways(adapter):
        tried, twice, lost, asked = 0, 0, 0, 0
        while (result := killed_sending.ended(root / f"{way}-{tried}", adapter, servers, way, tried + 1)()) is not None:
            tried += 1
            twice += result.delivered > 1
            lost += result.lost
            asked += result.state is EffectState.UNCERTAIN
            if result.delivered > 1 or result.lost:
                yield f"  FOUND at {tried} ({way}): {result}"
        yield (f"{adapter.name:10} sending, {way}: {tried} steps tried, lost {lost}, twice {twice}; "
               f"a person is asked after {asked}")


def intake(adapter: Adapter, servers: Servers, root: Path, every: int) -> Iterator[str]:
    """The six mails: a line per pass, and one for each finding."""
    run = killed_intake.Run(root / "intake", adapter, servers)
    for hour, names in run.steps.items():
        totals: Counter[str] = Counter()
        points = range(1, len(names) + 1, every)
        for point in points:
            kill = Kill(hour, point)
            yield from _findings(kill, names[point - 1], run.found(kill), run.undisturbed, totals)
        kinds = ", ".join(f"{name} {number}" for name, number in Counter(name.split()[0] for name in names).items())
        tried = len(points) - totals["alive"]  # a pass that found the server slow has other steps
        yield (f"{adapter.name:10} intake, pass {hour}: {tried} of {len(names)} steps tried, "
               f"lost {totals['lost']}, twice {totals['surplus']}; "
               f"a person is asked of {totals['doubtful']} mails; {kinds}")
    yield f"{adapter.name:10} intake: {run.states} different states between passes"


def _findings(kill: Kill, step: str, found: Found, undisturbed: Found, totals: Counter[str]) -> Iterator[str]:
    lost, surplus = killed_intake.lost(found, undisturbed), killed_intake.surplus(found, undisturbed)
    totals.update(lost=lost.total(), surplus=surplus.total(), doubtful=found.doubtful, alive=not found.killed)
    if lost or surplus:
        yield f"  FOUND at {kill.time} {kill.point} ({step}): lost {dict(lost)}, twice or left behind {dict(surplus)}"


def main() -> int:
    """Print a line per backend and pass; 1 when anything was lost or there twice."""
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    chosen = set(sys.argv[2:]) or {adapter.name for adapter in ADAPTERS}
    failed = False
    for remember in (remember_templates, remember_readings):
        remember(pytest.MonkeyPatch())  # until the process ends
    with ExitStack() as closing, tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        servers = Servers(closing)
        killed_intake.warm_up(servers, Path(folder) / "warm")
        for adapter in (adapter for adapter in ADAPTERS if adapter.name in chosen):
            root, started = Path(folder) / adapter.name, time.perf_counter()
            root.mkdir()
            for line in chain(sending(adapter, servers, root), intake(adapter, servers, root, every)):
                print(line, flush=True)
                failed |= "FOUND" in line
            print(f"{adapter.name:10} {time.perf_counter() - started:.0f} s", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
