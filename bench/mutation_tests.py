"""Which tests a mutant meets: those of its module first, then others that run the changed function, up to a time.

Every quick test runs once in a fork while the functions of pipeline/rules that it enters are written down. A test
that never enters a function cannot notice a change of it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType

import pytest
from _pytest.runner import runtestprotocol

from tests.spec.rule_tables import load

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "pipeline" / "rules"
#: Beside tests/spec: tests of files, mails and whole passes through which some rules are seen.
FILES = (
    "tests/spec", "tests/unit/test_intake_reading.py", "tests/functional/test_intake.py",
    "tests/functional/test_intake_files.py", "tests/functional/test_dropped_sheets.py",
    "tests/functional/test_cli_purge.py", "tests/functional/test_cli_outbox.py",
    "tests/functional/test_documents_both_ways.py", "tests/functional/test_ledger_pictures.py",
    "tests/functional/test_cli_summary.py", "tests/functional/test_deck_pass.py",
)
_QUICK = 3.0    # seconds of processor time that a test may take while it is watched: two to four times its own
_ENOUGH = 8.0   # such seconds of tests that are not about the module, for one mutant
Reached = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Quick:
    """A test that passes in little time: its seconds, and the functions it enters as (module, qualified name)."""

    item: pytest.Item
    seconds: float
    reached: Reached


def fails(items: Iterable[pytest.Item]) -> bool:
    """Run tests one by one until one fails."""
    return any(
        report.failed for item in items for report in runtestprotocol(item, log=False, nextitem=None)
    )


def in_fork(work: Callable[[], int], seconds: float) -> int:
    """The exit status of ``work`` in a forked copy of this process; 1 as well when it crashed or took too long."""
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        status = 1
        try:
            status = work()
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(ended)


class _Watch:
    """A profile function that notes which functions of pipeline/rules are entered."""

    def __init__(self) -> None:
        self.entered: set[tuple[str, str]] = set()

    def __call__(self, frame: FrameType, event: str, arg: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(str(RULES)):
            self.entered.add((Path(frame.f_code.co_filename).stem, frame.f_code.co_qualname))


def _watched(item: pytest.Item) -> Quick | None:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:  # a pipe might be too small for the answer
        def attempt() -> int:
            watch = _Watch()
            began = time.process_time()
            sys.setprofile(watch)
            failed = fails([item])
            sys.setprofile(None)
            json.dump([time.process_time() - began, sorted(watch.entered)], told)
            told.flush()
            return int(failed)

        if in_fork(attempt, _QUICK) != 0:
            return None
        told.seek(0)
        seconds, entered = json.load(told)
    return Quick(item, seconds, frozenset((module, name) for module, name in entered))


def quick_tests(items: Iterable[pytest.Item]) -> list[Quick]:
    """The tests that pass without any change in little time, each tried in a fork so that nothing stays cached here.

    Property tests stay out: thousands of mutants would meet every example.
    """
    return [found for item in items if not _is_property(item) and (found := _watched(item)) is not None]


def _is_property(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


@cache
def _subjects(test: Path) -> frozenset[str]:
    """The rule modules a test file is about: it imports them, or loads a table that names them."""
    text = test.read_text(encoding="utf-8")
    told = [load(name).modules for name in re.findall(r'load\("(\w+)"\)', text)]
    return frozenset(re.findall(r"from pipeline\.rules\.(\w+) import", text)).union(*told)


def tests_for(module: str, holder: str, tests: Iterable[Quick]) -> list[pytest.Item]:
    """The tests that meet a mutant of ``holder``: those about its module, then the quickest others.

    At module level (``holder`` is ""), and for what runs only while the module loads, every test counts that enters
    any function of the module.
    """
    found = [test for test in tests if _runs(test, module, holder)]
    found = found or [test for test in tests if _runs(test, module, "")]
    running = sorted(found, key=lambda test: test.seconds)
    met = [test.item for test in running if module in _subjects(test.item.path)]
    spent = 0.0
    for test in running:
        if module not in _subjects(test.item.path):
            spent += test.seconds
            if spent > _ENOUGH:
                break
            met.append(test.item)
    return met


def _runs(test: Quick, module: str, holder: str) -> bool:
    if not holder:
        return any(entered == module for entered, _ in test.reached)
    return (module, holder) in test.reached
