"""Lets every n-th file operation of a pass fail, once and for good, and looks whether the next pass completes all.

Usage: python -m bench.failing_files [STEP]. With STEP 3 every third operation is tried. Prints one line of figures and
a line per finding; exit code 1 when there is one. POSIX.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from tests.functional.failing_files import ERRORS, TOLD, Failing, main
from tests.functional.plant_folder import PlantFolder
from tests.functional.test_killed_process import LATER, NOW, TIME, copy_of, ready_plant, result_of


def started(plant: PlantFolder, failing: Failing, count_to: Path | None = None) -> Callable[[], int]:
    """The pass in a process of its own; the result waits for it: 0, TOLD, or 1 after a traceback."""
    child = os.fork()  # spares each of the many children the seconds that its imports take
    if child == 0:
        status = 1
        try:
            status = main(plant.config, datetime.fromisoformat(NOW), failing)
            if count_to is not None:
                count_to.write_text(str(failing.seen), encoding="ascii")
        except BaseException:  # noqa: BLE001 - whatever it is, it is the finding
            traceback.print_exc()
        finally:
            os._exit(status)
    return lambda: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _said(plant: PlantFolder) -> Counter[tuple[str, str]]:
    return Counter((str(mail["To"]), str(mail["Subject"])) for mail in plant.mails())


def amiss(plant: PlantFolder, undisturbed: PlantFolder) -> Iterator[str]:
    """What is lost, twice or unfinished after the next pass, compared with a plant that nobody disturbed.

    A pass that could not read the ledger works from the last good one, so times and some drafts may differ.
    """
    found, expected = result_of(plant), result_of(undisturbed)
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


def finding(
    ready: PlantFolder, undisturbed: PlantFolder, root: Path, number: int, *, for_good: bool
) -> tuple[int, str]:
    """Exit code of the disturbed pass, and what was wrong after the next one ("" when nothing)."""
    error = ERRORS[number % len(ERRORS)]
    plant = copy_of(ready, root)
    try:
        code = started(plant, Failing(str(plant.root), number, error, for_good))()
        if code not in {0, TOLD}:
            return code, "traceback"
        if (later := plant.once(LATER)).code != 0:
            return code, f"next pass: {later.out}{later.err}"
        wrong = "; ".join(amiss(plant, undisturbed))
        return code, f"{os.strerror(error)}: {wrong}" if wrong else ""
    finally:
        shutil.rmtree(root)


def run(step: int) -> int:
    """Try them all; 0 when nothing was found."""
    with tempfile.TemporaryDirectory(prefix="kesu-failing-") as name:
        folder = Path(name)
        ready = ready_plant(folder / "ready")
        whole = copy_of(ready, folder / "whole")
        if whole.once(TIME).code or whole.once(LATER).code:
            raise SystemExit("the undisturbed pass failed")
        counted = folder / "count"
        started(copy_of(ready, folder / "counted"), Failing(str(folder / "counted"), -1, 0, for_good=False), counted)()
        total = int(counted.read_text(encoding="ascii"))
        outcomes: Counter[str] = Counter()
        findings = []
        for number in range(1, total + 1, step):
            for for_good in (False, True):
                code, wrong = finding(ready, whole, folder / "plant", number, for_good=for_good)
                outcomes["ended with a sentence" if code == TOLD else "went on"] += 1
                if wrong:
                    findings.append(f"{number} {'for good' if for_good else 'once'}: {wrong}")
                    print(findings[-1], flush=True)
    print(f"{total} file operations, {sum(outcomes.values())} passes disturbed {dict(outcomes)}, "
          f"{len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
