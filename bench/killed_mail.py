"""Mail killed before every operation, in and out, over every mailbox: what is lost, what is there twice.

Usage: python -m bench.killed_mail [EVERY] [BACKEND …]. An operation is a file opened for writing, written by half,
synced, renamed or removed, a transaction committed, octets sent to a server or awaited from it. "sending" is one mail,
each operation tried; "intake" is six mails through four passes (see tests/killed_intake.py), with EVERY 5 each fifth
operation: rows, files and what was sent are compared with an undisturbed run. Exits with 1 when anything was lost or
there twice.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import chain, count, islice
from pathlib import Path
from typing import TypeVar

from schemas.effects import EffectState
from tests import killed_intake, killed_sending
from tests.contract.mailbox_stands import ADAPTERS, Adapter, Servers
from tests.killed_intake import Found, Kill

T = TypeVar("T")


def in_parallel(starts: Iterable[Callable[[], Callable[[], T]]]) -> Iterator[T]:
    """Results in order, as many under way at once as there are cores."""
    remaining = iter(starts)
    running = [start() for start in islice(remaining, os.cpu_count() or 1)]
    while running:
        yield running.pop(0)()
        running += [start() for start in islice(remaining, 1)]


def sending(adapter: Adapter, servers: Servers, root: Path) -> Iterator[str]:
    """One mail: a line per way of dying, and one for each finding."""
    for way in killed_sending.ways(adapter):
        starts = (partial(killed_sending.ended, root / f"{way}-{point}", adapter, servers, way, point)
                  for point in count(1))
        tried, twice, lost, asked = 0, 0, 0, 0
        for result in in_parallel(starts):
            if result is None:
                break
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
    undisturbed = killed_intake.outcome(root / "undisturbed", adapter, servers, None)()
    steps = killed_intake.operations(root / "counted", adapter, servers)
    for time, names in steps.items():
        kills = [Kill(time, point) for point in range(1, len(names) + 1, every)]
        starts = (partial(killed_intake.outcome, root / f"{time[3:]}-{kill.point}", adapter, servers, kill)
                  for kill in kills)
        totals: Counter[str] = Counter()
        for kill, found in zip(kills, in_parallel(starts), strict=True):
            yield from _findings(kill, names[kill.point - 1], found, undisturbed, totals)
        kinds = ", ".join(f"{name} {number}" for name, number in Counter(name.split()[0] for name in names).items())
        tried = len(kills) - totals["alive"]  # a pass that found the server slow has other steps
        yield (f"{adapter.name:10} intake, pass {time}: {tried} of {len(names)} steps tried, "
               f"lost {totals['lost']}, twice {totals['surplus']}; "
               f"a person is asked of {totals['doubtful']} mails; {kinds}")


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
    with ExitStack() as closing, tempfile.TemporaryDirectory() as folder:
        servers = Servers(closing)
        for adapter in (adapter for adapter in ADAPTERS if adapter.name in chosen):
            root = Path(folder) / adapter.name
            root.mkdir()
            for line in chain(sending(adapter, servers, root), intake(adapter, servers, root, every)):
                print(line, flush=True)
                failed |= "FOUND" in line
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
