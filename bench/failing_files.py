"""Lets every n-th file operation of a pass fail, once and for good, and looks whether the next pass completes all.

Usage: python -m bench.failing_files [STEP] [--from N] [--all-errors]. With STEP 3 every third operation is tried; the
five errors take turns, ``--all-errors`` tries each at every operation. Operations are those of
``tests.functional.failing_files``, reading and looking included. The plants lie in memory where there is /dev/shm, and
every pass runs in a fork that has the templates compiled already, so that all operations can be tried. Prints a line of
figures and a line per finding; exit code 1 when there is one. POSIX.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from tests.functional.failing_files import ERRORS, TOLD, Failing, main
from tests.functional.plant_folder import PlantFolder
from tests.functional.test_killed_process import LATER, NOW, TIME, Result, copy_of, ready_plant, result_of
from tests.remembered_templates import remember_templates

MEMORY = Path("/dev/shm")  # noqa: S108 - where syncing costs nothing


@dataclass
class Figures:
    """What was tried: operations by kind, disturbed passes by their end, and the findings."""

    operations: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.operations.total()} file operations {dict(self.operations)}, {self.outcomes.total()} passes "
            f"disturbed {dict(self.outcomes)}, {len(self.findings)} findings"
        )


def in_a_fork(do: Callable[[], int]) -> int:
    """The exit code of ``do`` in a process of its own, 1 after a traceback, which is printed."""
    child = os.fork()  # spares each of the many children the seconds that its imports take
    if child == 0:
        status = 1
        try:
            status = do()
        except BaseException:  # noqa: BLE001 - whatever it is, it is the finding
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _said(plant: PlantFolder) -> Counter[tuple[str, str]]:
    return Counter((str(mail["To"]), str(mail["Subject"])) for mail in plant.mails())


@cache
def _expected(root: Path) -> Result:
    """What an undisturbed plant holds, looked at once."""
    return result_of(PlantFolder(root))


def amiss(plant: PlantFolder, undisturbed: PlantFolder) -> Iterator[str]:
    """What is lost, twice or unfinished after the next pass, compared with a plant that nobody disturbed.

    A pass that could not read the ledger works from the last good one, so times and some drafts may differ.
    """
    found, expected = result_of(plant), _expected(undisturbed.root)
    if max(found.mails.values(), default=1) > 1 or _said(plant) != _said(undisturbed):
        yield f"mails {_said(plant) - _said(undisturbed)} {_said(undisturbed) - _said(plant)}"
    if found.numbers != expected.numbers:
        yield f"numbers {found.numbers}"
    if lost := expected.files.keys() - found.files.keys():
        yield f"files {sorted(lost)}"
    if left := [path.name for path in plant.root.rglob("*") if path.suffix in {".tmp", ".part", ".new"}]:
        yield f"left behind {left}"
    if again := plant.once(LATER, "--json").json["effects"]:
        yield f"not at rest {[effect['kind'] for effect in again]}"


def finding(ready: PlantFolder, undisturbed: PlantFolder, root: Path, failing: Failing) -> tuple[int, str]:
    """Exit code of the disturbed pass, and what was wrong after the next one ("" when nothing)."""
    plant = copy_of(ready, root)
    told = root.with_suffix(".txt")

    def next_pass() -> int:
        later = plant.once(LATER)
        wrong = [f"next pass: {later.out}{later.err}"] if later.code else list(amiss(plant, undisturbed))
        told.write_text("; ".join(wrong), encoding="utf-8")
        return 0

    try:
        code = in_a_fork(lambda: main(plant.config, datetime.fromisoformat(NOW), failing))
        if code not in {0, TOLD}:
            return code, "traceback"
        if in_a_fork(next_pass) != 0:
            return code, "traceback in the next pass"
        return code, told.read_text(encoding="utf-8")
    finally:
        shutil.rmtree(root)


def operations_of(ready: PlantFolder, root: Path) -> list[str]:
    """The kinds of all operations of the undisturbed pass, in order."""
    told = root.with_suffix(".json")

    def count() -> int:
        failing = Failing(str(root), -1, 0, for_good=False)
        code = main(copy_of(ready, root).config, datetime.fromisoformat(NOW), failing)
        told.write_text(json.dumps(failing.kinds), encoding="ascii")
        return code

    if in_a_fork(count) != 0:
        raise SystemExit("the undisturbed pass failed")
    kinds: list[str] = json.loads(told.read_text(encoding="ascii"))
    return kinds


def measure(step: int = 1, first: int = 1, *, all_errors: bool = False) -> Figures:
    """Try every ``step``-th operation from the ``first`` on."""
    figures = Figures()
    remember_templates(pytest.MonkeyPatch())  # until the process ends
    with tempfile.TemporaryDirectory(prefix="kesu-failing-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        ready = ready_plant(folder / "ready")
        whole = copy_of(ready, folder / "whole")
        if whole.once(TIME).code or whole.once(LATER).code:
            raise SystemExit("the undisturbed pass failed")
        if restless := list(amiss(whole, whole)):
            raise SystemExit(f"the undisturbed plant: {restless}")
        kinds = operations_of(ready, folder / "counted")
        figures.operations.update(kinds)
        for number in range(first, len(kinds) + 1, step):
            for error in ERRORS if all_errors else (ERRORS[number % len(ERRORS)],):
                for for_good in (False, True):
                    plant = folder / "plant"
                    code, wrong = finding(ready, whole, plant, Failing(str(plant), number, error, for_good))
                    figures.outcomes["ended with a sentence" if code == TOLD else "went on"] += 1
                    if wrong:
                        what = f"{number} {kinds[number - 1]} {os.strerror(error)}"
                        figures.findings.append(f"{what}, {'for good' if for_good else 'once'}: {wrong}")
                        print(figures.findings[-1], flush=True)
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", nargs="?", type=int, default=1)
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--all-errors", action="store_true")
    chosen = parser.parse_args()
    found = measure(chosen.step, chosen.first, all_errors=chosen.all_errors)
    print(found)
    sys.exit(1 if found.findings else 0)
