"""Mutation run over pipeline/rules: which small changes to a rule no specification test notices.

    python -m bench.mutate [MODULE ...] [--every N] [--out FILE]

A module meets the tests of tests/spec that import it or load a table that names it. They are collected once; each
mutant is put into a forked copy of this process, where they run until one fails (POSIX only: ``os.fork``). Property
tests and tests of more than half a second stay out: thousands of mutants meet the rest.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from bench.mutants import Mutant, mutants_of
from tests.spec.rule_tables import load

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "pipeline" / "rules"
TESTS = ROOT / "tests" / "spec"
#: What puts decisions together is seen in the effects that whole passes plan.
WHOLE_PASSES = frozenset({
    "test_planned_effects.py", "test_planned_meetings.py", "test_rule_run_mails.py", "test_personal_ledger.py",
})
#: Beside its own table, where part of a module is seen.
ALSO = {
    "registration": frozenset({"test_personal_ledger.py"}), "history": frozenset({"test_planned_effects.py"}),
    "cases": frozenset({"test_personal_ledger.py"}), "decide": frozenset({"test_planned_effects.py"}),
}
_SECONDS = 10  # of processor time: a mutant that runs longer has been noticed
_SLOW = 0.5    # of processor time


def _fails(items: Iterable[pytest.Item]) -> bool:
    """Run tests one by one until one fails."""
    return any(
        report.failed for item in items for report in runtestprotocol(item, log=False, nextitem=None)
    )


def _in_fork(work: Callable[[], int]) -> int:
    """The exit status of ``work`` in a forked copy of this process; 1 as well when it crashed or took too long."""
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        status = 1
        try:
            status = work()
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(ended)


@cache
def _subjects(test: Path) -> frozenset[str]:
    """The rule modules a test file is about."""
    text = test.read_text(encoding="utf-8")
    told = [load(name).modules for name in re.findall(r'load\("(\w+)"\)', text)]
    return frozenset(re.findall(r"from pipeline\.rules\.(\w+) import", text)).union(*told)


def _tests_of(module: str, items: list[pytest.Item]) -> list[pytest.Item]:
    also = ALSO.get(module, frozenset())
    about = [item for item in items if module in _subjects(item.path) or item.path.name in also]
    return about or [item for item in items if item.path.name in WHOLE_PASSES]


def _fit(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests that pass without any change, in little time; found out in a fork, so that nothing is cached here."""
    read, write = os.pipe()

    def attempt() -> int:
        signal.setitimer(signal.ITIMER_PROF, 0)
        for item in items:
            began = time.process_time()
            passed = not _fails([item])
            os.write(write, b"1" if passed and time.process_time() - began < _SLOW else b"0")
        return 0

    _in_fork(attempt)
    os.close(write)
    with os.fdopen(read, "rb") as results:
        fit = results.read()
    return [item for item, mark in zip(items, fit, strict=True) if mark == ord("1")]


def _function(module: ModuleType, holder: str) -> FunctionType:
    found: Any = module
    for name in holder.split("."):
        found = vars(found)[name] if isinstance(found, type) else getattr(found, name)
    for inner in ("fget", "__func__", "func", "__wrapped__"):
        found = getattr(found, inner, None) or found
    assert isinstance(found, FunctionType), holder
    return found


def _code(code: CodeType, path: list[str]) -> CodeType:
    for name in path:
        code = next(const for const in code.co_consts if isinstance(const, CodeType) and const.co_name == name)
    return code


def _put_in(mutant: Mutant) -> None:
    module = importlib.import_module(f"pipeline.rules.{mutant.module}")
    place = str(RULES / f"{mutant.module}.py")
    if mutant.holder:
        changed = _code(compile(mutant.tree, place, "exec"), mutant.holder.split("."))
        _function(module, mutant.holder).__code__ = changed
    else:
        mutant.tree.body = [mutant.statement]
        exec(compile(mutant.tree, place, "exec"), vars(module))  # noqa: S102 - our own source, one constant changed


class _Run:
    """Takes pytest's loop: tests are collected once, then every mutant meets those of its module."""

    def __init__(self, modules: list[str], out: Path, every: int) -> None:
        self.modules, self.out, self.every = modules, out, every

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Mutate module by module; the result so far stands in the file after each."""
        items = [item for item in session.items if not _is_property(item)]
        results: list[dict[str, object]] = []
        for module in self.modules:
            began = time.perf_counter()
            tests = _fit(_tests_of(module, items))
            found = list(_results(module, tests, self.every))
            results += found
            lost = sum(1 for entry in found if not entry["killed"])
            taken = time.perf_counter() - began
            told = f"{module}: {len(found)} mutants, {lost} survived, {len(tests)} tests, {taken:.0f} s"
            print(told, file=sys.__stderr__, flush=True)
            self.out.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
        return True


def _is_property(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


def _results(module: str, tests: list[pytest.Item], every: int) -> Iterator[dict[str, object]]:
    tests = list(tests)
    mutants = mutants_of(module, (RULES / f"{module}.py").read_text(encoding="utf-8"))
    for mutant in islice(mutants, None, None, every):
        read, write = os.pipe()

        def meet(mutant: Mutant = mutant, write: int = write) -> int:
            _put_in(mutant)
            for index, item in enumerate(tests):
                if _fails([item]):
                    os.write(write, str(index).encode())
                    return 1
            return 0

        killed = _in_fork(meet) != 0
        os.close(write)
        with os.fdopen(read, "rb") as failed:
            if index := failed.read():  # what noticed one mutant often notices its neighbours: ask it first
                tests.insert(0, tests.pop(int(index)))
        yield {"module": module, "function": mutant.holder, "line": mutant.line, "killed": killed,
               "before": mutant.before, "after": mutant.after}


def main() -> None:
    """Run over the named modules, else over all of pipeline/rules."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each Nth mutant only")
    parser.add_argument("--out", type=Path, default=Path("mutation.json"))
    arguments = parser.parse_args()
    every = sorted(path.stem for path in RULES.glob("*.py") if path.stem != "__init__")
    for module in every:
        importlib.import_module(f"pipeline.rules.{module}")
    run = _Run(arguments.modules or every, arguments.out, arguments.every)
    sys.exit(pytest.main([str(TESTS), "-q", "-p", "no:cacheprovider", "-p", "no:xdist"], plugins=[run]))


if __name__ == "__main__":
    main()
