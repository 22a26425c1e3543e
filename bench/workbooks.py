"""Writes our cells and a new row into hundreds of workbooks of many producers and spellings and looks at the results.

Usage: python -m bench.workbooks [--quick] [--spoilt N] [--every N] [--from K]. The workbooks are built by openpyxl,
xlsxwriter, LibreOffice and by hand and varied in ``tests/workbooks``; 2,000, or N, are spoilt at random. Each is
written as asked (judged by openpyxl, by comparing every zip member, and by opening source and result in LibreOffice)
or refused with its reason. LibreOffice opens every result, or every N-th from number K (0 first) on. ``--quick`` takes
one workbook of each variation, 100 spoilt ones, and LibreOffice opens every tenth result. Prints figures and every
fault; exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.workbooks.bases import bases
from tests.workbooks.collection import everything, one_of_each
from tests.workbooks.mutations import mutated
from tests.workbooks.office import judged
from tests.workbooks.sample import Sample
from tests.workbooks.trial import Written, tried


@dataclass
class Figures:
    """What came of all workbooks; ``unseen`` are those that openpyxl cannot read even before we write."""

    workbooks: int = 0
    spoilt: int = 0
    written: int = 0
    refused: int = 0
    unseen: int = 0
    opened: int = 0
    unopened: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.workbooks} workbooks and {self.spoilt} spoilt at random: {self.written} writings carried out, "
            f"{self.refused} refused {dict(self.ways)}; openpyxl cannot read {self.unseen} sources at all; "
            f"LibreOffice opened {self.opened} results as asked, {self.unopened} sources not at all; "
            f"{len(self.faults)} faults"
        )


def measure(*, quick: bool, spoilt: int, every: int, first: int) -> Figures:
    """Try the collection, then the spoilt ones; LibreOffice judges at the end."""
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="kesu-workbooks-") as name:
        folder = Path(name)
        whole = everything(folder / "made")
        to_open: list[Written] = []
        for sample in one_of_each(whole) if quick else whole:
            figures.workbooks += 1
            to_open += _tried(sample, folder, figures)
        for sample in mutated(bases(), spoilt, seed=6):
            figures.spoilt += 1
            _tried(sample, folder, figures)
        office = judged(to_open[first::every], folder / "opened")
    figures.opened, figures.unopened = office.fine, office.unreadable
    figures.faults += office.faults
    return figures


def _tried(sample: Sample, folder: Path, figures: Figures) -> list[Written]:
    """Count what came of one workbook; gives the results that another program shall open."""
    results = tried(sample, folder)
    figures.unseen += any(not one.seen for one in results)
    for one in results:
        outcome = "written" if one.result is not None else "refused"
        figures.ways[f"{one.way} {outcome}"] += 1
        figures.written += one.result is not None
        figures.refused += one.result is None
        figures.faults += [f"{sample.name}, {one.way}: {fault}" for fault in one.faults]
    done = [one for one in results if one.result is not None]
    return [one for one in done if one.way != "row" or len(done) == 1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--spoilt", type=int, metavar="N", help="how many are spoilt at random")
    parser.add_argument("--every", type=int, metavar="N", help="LibreOffice opens every N-th result")
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="K")
    chosen = parser.parse_args()
    many, seldom = (100, 10) if chosen.quick else (2000, 1)
    found = measure(quick=chosen.quick, spoilt=many if chosen.spoilt is None else chosen.spoilt,
                    every=chosen.every or seldom, first=chosen.first)
    print(*found.faults, sep="\n")
    print(found)
    sys.exit(1 if found.faults else 0)
