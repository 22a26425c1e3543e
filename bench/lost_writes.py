"""Rolls share and journal back to what was synced, after every file operation of a pass, and runs the next pass.

Usage: python -m bench.lost_writes [STEP]. The pass is recorded with strace (Debian's ``strace``); which states a loss
of power may leave is told in ``tests.functional.lost_writes``: nothing that was not synced, names without contents,
contents without names - of the whole plant, of the share alone (another machine's), of our machine alone. With STEP 3
every third state is tried. Afterwards nothing may be lost or twice and the ledger must open. Prints a line of figures
and a line per finding; exit code 1 when there is one.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench.failing_files import MEMORY, amiss, in_a_fork
from tests.functional.lost_writes import Disk, Tree, put_down, recorded, states
from tests.functional.plant_folder import SOURCES, PlantFolder
from tests.functional.test_killed_process import LATER, TIME, command_for, copy_of, ready_plant
from tests.remembered_templates import remember_templates


@dataclass
class Figures:
    """Calls that changed files, states tried by what was lost, findings."""

    calls: int = 0
    tried: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.calls} calls that change files, {self.tried.total()} states tried {dict(self.tried)}, "
            f"{len(self.findings)} findings"
        )


def _wrong(tree: Tree, root: Path, undisturbed: PlantFolder) -> str:
    """What is amiss after the next pass over such a state."""
    put_down(tree, root)
    plant, told = PlantFolder(root), root.with_suffix(".txt")

    def next_pass() -> int:
        later = plant.once(LATER)
        wrong = [f"next pass: {later.out}{later.err}"] if later.code else list(amiss(plant, undisturbed))
        told.write_text("; ".join(wrong), encoding="utf-8")
        return 0

    try:
        return told.read_text(encoding="utf-8") if in_a_fork(next_pass) == 0 else "traceback"
    finally:
        shutil.rmtree(root)


def measure(step: int = 1) -> Figures:
    """Try every ``step``-th state."""
    figures = Figures()
    remember_templates(pytest.MonkeyPatch())  # until the process ends
    with tempfile.TemporaryDirectory(prefix="kesu-lost-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        ready = ready_plant(folder / "ready")
        whole = copy_of(ready, folder / "whole")
        if whole.once(TIME).code or whole.once(LATER).code:
            raise SystemExit("the undisturbed pass failed")
        plant = copy_of(ready, folder / "plant")
        disk = Disk.of(plant.root)
        calls = recorded(command_for(plant, "nowhere"), SOURCES, folder / "calls")
        shutil.move(plant.root, folder / "recorded")
        figures.calls = len(calls)
        for count, (number, what, tree) in enumerate(states(disk, calls)):
            if count % step == 0:
                figures.tried[what.partition(" after ")[0]] += 1
                if wrong := _wrong(tree, plant.root, whole):
                    figures.findings.append(f"{number} {what}: {wrong}")
                    print(figures.findings[-1], flush=True)
        if disk.unknown:
            figures.findings.append(f"calls that are not modelled: {sorted(disk.unknown)}")
    return figures


if __name__ == "__main__":
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    print(found)
    sys.exit(1 if found.findings else 0)
