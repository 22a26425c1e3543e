"""How long ``kesu --help`` takes beside ``python -c "import openpyxl"``: the ratio of the medians, in one run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1]
HELP = [sys.executable, "-m", "pipeline.cli", "--help"]
OPENPYXL = [sys.executable, "-c", "import openpyxl"]


def seconds(command: list[str]) -> float:
    """How long a command takes from start to end."""
    began = time.perf_counter()
    subprocess.run(command, cwd=SOURCES, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def medians(runs: int = 5) -> tuple[float, float]:
    """Median seconds of both, measured in turns so that a busy machine slows both; the first of each does not count."""
    seconds(HELP), seconds(OPENPYXL)
    pairs = [(seconds(HELP), seconds(OPENPYXL)) for _ in range(runs)]
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs)


if __name__ == "__main__":
    ours, theirs = medians(9)
    print(f"kesu --help {ours * 1000:.0f} ms, import openpyxl {theirs * 1000:.0f} ms, ratio {ours / theirs:.2f}")
