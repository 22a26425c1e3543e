"""Kills a pass at every commit point (as by kill -9), completes it, and looks that nothing is lost, twice or half.

Usage: python -m bench.killed_pass. Everyday tests (``tests.functional.test_killed_process``) try every seventh. Prints
a line of figures and a line per finding; exit code 1 when there is one. POSIX.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from bench.failing_files import MEMORY
from tests.functional.test_killed_process import (
    LATER,
    TIME,
    check_killed_at,
    copy_of,
    ready_plant,
    result_of,
    steps_of,
)
from tests.remembered_templates import remember_templates


def main() -> int:
    """Try each commit point by itself, so that one finding does not hide the next."""
    remember_templates(pytest.MonkeyPatch())  # until the process ends
    findings = 0
    with tempfile.TemporaryDirectory(prefix="kesu-killed-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        ready = ready_plant(folder / "ready")
        whole = copy_of(ready, folder / "whole")
        if whole.once(TIME).code or whole.once(LATER).code:
            raise SystemExit("the undisturbed pass failed")
        undisturbed = result_of(whole)
        steps = steps_of(copy_of(ready, folder / "steps"))
        for number in range(1, len(steps) + 1):
            try:
                check_killed_at([number], ready, undisturbed, folder / f"at{number}")
            except AssertionError as found:
                findings += 1
                print(f"{number} {steps[number - 1]}: {found}", flush=True)
    print(f"a pass killed at each of {len(steps)} commit points and completed: {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
