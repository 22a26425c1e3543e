"""Where a piece of work spends its time, module by module; RESULTS.md tells it beside a missed goal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from cProfile import Profile
from dataclasses import replace
from pathlib import Path

from bench.row import Row
from bench.turns import SOURCES

_MOST = 8
_PACKAGES = "site-packages"


def explained(row: Row, work: Callable[[], object]) -> Row:
    """The row, with the profile of our work where one of its goals is missed."""
    return row if row.reached == row.judged else replace(row, profile=shares(work))


def shares(work: Callable[[], object]) -> str:
    """Do the work once more under the profiler: "pipeline.rules.identity 23 %, …", waiting included.

    What is built into Python (files, locks, pipes, regular expressions) counts for the module that calls it. Many small
    calls weigh more than they do unwatched; the order tells where to look, not how much there is to gain.
    """
    profile = Profile()
    profile.runcall(work)
    spent: dict[str, float] = defaultdict(float)
    for entry in profile.getstats():
        if not isinstance(entry.code, str):
            built_in = sum(called.inlinetime for called in entry.calls or () if isinstance(called.code, str))
            spent[_module(entry.code.co_filename)] += entry.inlinetime + built_in
    whole = sum(spent.values())
    most = sorted(spent, key=spent.__getitem__, reverse=True)[:_MOST]
    return ", ".join(f"{name} {100 * spent[name] / whole:.0f} %" for name in most)


def _module(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(SOURCES) and _PACKAGES not in path.parts:
        return ".".join(path.relative_to(SOURCES).with_suffix("").parts)
    if _PACKAGES in path.parts:
        return path.parts[path.parts.index(_PACKAGES) + 1].removesuffix(".py")
    return "what dataclasses generate" if file == "<string>" else f"Python's {path.stem.strip('<>')}"
