"""How long people wait for the command line: ``kesu --help`` and ``kesu check`` beside ``python -c "import openpyxl"``.

Usage: python -m bench.startup, which prints the rows of the comparison.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.row import Row, Scale, within
from bench.turns import SOURCES, command, in_turns

HELP = ("-m", "pipeline.cli", "--help")
OPENPYXL = ("-c", "import openpyxl")
BARE = ("-c", "pass")
CHECKED_ROWS = 1000


def medians(runs: int = 5) -> tuple[float, float]:
    """Median seconds of the help and of importing openpyxl; the first of each does not count."""
    command(HELP), command(OPENPYXL)
    cost = in_turns({"help": partial(command, HELP), "openpyxl": partial(command, OPENPYXL)}, runs)
    return cost["help"].seconds, cost["openpyxl"].seconds


def rows(scale: Scale) -> Iterator[Row]:
    """The help, and the check of a ledger of 1,000 rows; the peer only imports, it has not read anything yet."""
    from bench.try_ledger import NOW, write_ledger

    rounds = scale.choose(quick=3, full=9)  # a tenth of a second each, so more of them
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "台账.xlsx"
        write_ledger(ledger, CHECKED_ROWS)
        check = ("-m", "pipeline.cli", "check", str(ledger), "--now", NOW)
        unnamed, miscounted = tuple(_unnamed()), tuple(_miscounted(ledger, check))  # fills the disk's cache, too
        cost = in_turns({
            "kesu --help": partial(command, HELP), "kesu check": partial(command, check),
            'python -c "import openpyxl"': partial(command, OPENPYXL), "bare interpreter": partial(command, BARE),
        }, rounds)
        helped, checked, peer, bare = cost.values()
        yield Row("kesu --help", "", helped, (peer,), bare, (within(helped, peer, 1),), "every command is named",
                  unnamed)
        yield Row("kesu check", f"{CHECKED_ROWS:,} rows", checked, (peer,), bare, (within(checked, peer, 4),),
                  "the count of complaints against openpyxl's", miscounted)


def _said(arguments: tuple[str, ...]) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=SOURCES, check=False, capture_output=True)
    return done.stdout.decode()


def _unnamed() -> Iterator[str]:
    said = _said(HELP)
    yield from (f"{name} is not in the help" for name in ("demo", "try", "check", "run") if name not in said)


def _miscounted(ledger: Path, check: tuple[str, ...]) -> Iterator[str]:
    from openpyxl import load_workbook

    rows = load_workbook(ledger, read_only=True).worksheets[0].iter_rows(min_row=3, max_col=1, values_only=True)
    typed = sum(value is not None for (value,) in rows)
    if f"已填 {typed} 行" not in _said(check):
        yield f"openpyxl counts {typed} complaints, the check does not say so"


if __name__ == "__main__":
    from bench.results import lines_of

    for row in rows(Scale(quick=False)):
        print("\n".join(lines_of(row)))
