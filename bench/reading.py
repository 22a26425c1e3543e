"""Reading and validating a large ledger, child process included, beside openpyxl, pandas and the bare parse."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.row import Row, Scale, faster, memory_within
from bench.turns import Spent, command, in_turns

WAYS = ("ours", "openpyxl read_only", "openpyxl", "pandas(calamine)", "bare calamine", "inflate + bare expat")
_SHOWN = 3
_REMARKS = ""


def rows(scale: Scale) -> Iterator[Row]:
    """A large plant's ledger."""
    yield _row(scale.choose(quick=2_000, full=20_000), 60, scale)


def large_rows(scale: Scale) -> Iterator[Row]:
    """The stress test; only in full runs, since openpyxl takes minutes."""
    if not scale.quick:
        yield _row(100_000, 40, scale)


def _row(number: int, columns: int, scale: Scale) -> Row:
    """All ways in processes of their own, in turns."""
    from bench.large_ledger import write_large_ledger

    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "台账.xlsx"
        write_large_ledger(ledger, number, columns)
        found: dict[str, list[str]] = {}
        cells: dict[str, list[float]] = {way: [] for way in WAYS}
        cost = in_turns({way: _way(way, ledger, found, cells[way]) for way in WAYS}, scale.rounds)
    ours, read_only, full, pandas, calamine, limit = (cost[way] for way in WAYS)
    return Row(
        "read + validate, child process included", f"{number:,} x {columns}", ours,
        (read_only, full, pandas, calamine), limit,
        (faster(ours, read_only, 4), faster(ours, pandas, 1.2), memory_within(ours, calamine, 2.5)),
        "every value, typed text and problem of every row with that of both openpyxl modes and pandas",
        tuple(_differences(found, number)), tuple(_cells_alone(cells)), _REMARKS)


def _cells_alone(cells: dict[str, list[float]]) -> Iterator[str]:
    mine = statistics.median(cells["ours"])
    for way in WAYS[1:4]:
        theirs = statistics.median(cells[way])
        yield f"cells alone, without validation: ours {mine:.2f} s, {way} {theirs:.2f} s, {theirs / mine:.1f} x ours"


def _way(way: str, ledger: Path, found: dict[str, list[str]], cells: list[float]) -> Callable[[], Spent]:
    """A round of one way; what it read is kept in ``found``, the seconds until the cells were there in ``cells``."""
    into = ledger.with_name("read.json")
    run = partial(command, ("-m", "bench.read_ways", way, str(ledger), str(into)))

    def round_() -> Spent:
        memory = run().megabytes
        told = json.loads(into.read_text(encoding="utf-8"))
        found[way] = told["rows"]
        cells.append(told["cells"])
        return Spent(told["seconds"], memory)

    return round_


def _differences(found: dict[str, list[str]], number: int) -> Iterator[str]:
    ours = found["ours"]
    if len(ours) != number + 2:  # with the sheet's headings and the list of problems
        yield f"{len(ours) - 2} rows read of {number}"
    for way in ("openpyxl read_only", "openpyxl", "pandas(calamine)"):
        unlike = sorted(set(ours) ^ set(found[way]))
        if unlike:
            yield f"{way}: {len(unlike)} records differ, such as {', '.join(unlike[:_SHOWN])}"
