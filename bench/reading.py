"""Reading and validating a large ledger, child process included, beside openpyxl, pandas and the bare parse."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.row import Row, Scale, at_full_size, faster, memory_within
from bench.shares import explained
from bench.turns import command, in_turns
from bench.watch import Spent

WAYS = ("ours", "openpyxl read_only", "openpyxl", "pandas(calamine)", "bare calamine", "inflate + bare expat")
QUICK = 300  # rows: what is done once weighs most there, so nothing is judged by them
_SHOWN = 3
_REMARKS = """\
The peers' validation is the ordinary one (`bench/plain_validation.py`): `model_validate` row by row, the same checks
between cells and rows, no search for headings, no texts for showing; ours does these as well. Waiting for the child
that holds calamine stands in the profile with `pipeline.ledger.workbook_process`. The next step would be to hand the
unpacked sheet to the child instead of unpacking it twice, then an extension in Rust that holds calamine and the value
parsers: a build for each platform, and every parser written a second time and kept equal to the first. Giving the
child up is no option, since a workbook of 5 KB can make calamine take all memory. The memory of the bare ways is theirs
alone (our modules are not loaded there); of ours, this process with pydantic and the child that waits are there before
a cell is read, whatever the ledger's size."""


def rows(scale: Scale) -> Iterator[Row]:
    """A large plant's ledger."""
    yield _row(scale.choose(quick=QUICK, full=20_000), 60, scale)


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
        return explained(Row(
            "read + validate, child process included", f"{number:,} x {columns}", ours,
            (read_only, full, pandas, calamine), limit,
            at_full_size(scale, faster(ours, read_only, 4), faster(ours, pandas, 1.2),
                         memory_within(ours, calamine, 2.5)),
            "every value and problem of every row with those of both openpyxl modes and pandas",
            tuple(_differences(found, number)), tuple(_cells_alone(cells)), _REMARKS), lambda: _read_here(ledger))


def _read_here(ledger: Path) -> None:
    """Ours once more, in this process, to see where its time goes."""
    from bench.read_ways import ours

    read, validate = ours()
    sheets = read(ledger)
    if validate:
        validate(ledger, sheets)


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
        return Spent(told["seconds"], memory, told["processor"])

    return round_


def _differences(found: dict[str, list[str]], number: int) -> Iterator[str]:
    ours = found["ours"]
    if len(ours) < number:
        yield f"{len(ours)} rows and problems read of {number} rows"
    for way in ("openpyxl read_only", "openpyxl", "pandas(calamine)"):
        unlike = sorted(set(ours) ^ set(found[way]))
        if unlike:
            yield f"{way}: {len(unlike)} records differ, such as {', '.join(unlike[:_SHOWN])}"
