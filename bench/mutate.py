"""Mutation run over pipeline/rules: which small changes to a rule no quick test notices.

    python -m bench.mutate [MODULE ...] [--tests FILE ...] [--every N] [--out FILE]

The tests are collected once; each mutant is put into a forked copy of this process, where the tests that run the
changed function (``bench.mutation_tests``) run until one fails (POSIX only: ``os.fork``).
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import os
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from bench.mutants import Mutant, mutants_of
from bench.mutation_tests import FILES, ROOT, RULES, Quick, fails, in_fork, quick_tests, tests_for

_SECONDS = 20  # of processor time: a mutant that runs longer has been noticed
_CONSTANT = ast.Assign | ast.AnnAssign


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
        built: list[ast.stmt] = [node for node in mutant.tree.body
                                 if isinstance(node, _CONSTANT) and _names(node, mutant.holder)]
    else:
        built = [mutant.statement]
    if built:
        _build_anew(module, mutant.tree, built[0], place)


def _names(node: ast.AST, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))


def _build_anew(module: ModuleType, tree: ast.Module, constant: ast.stmt, place: str) -> None:
    """Build the constant and those after it anew, also where other modules imported them by name."""
    before = dict(vars(module))
    tree.body = [node for node in tree.body[tree.body.index(constant):] if isinstance(node, _CONSTANT)]
    exec(compile(tree, place, "exec"), vars(module))  # noqa: S102 - our own source, one place changed
    new = {name: value for name, value in vars(module).items() if value is not before.get(name)}
    for other in [module for name, module in sys.modules.items() if name.startswith(("pipeline.", "tests."))]:
        for name in new.keys() & vars(other).keys():
            if vars(other)[name] is before.get(name):
                setattr(other, name, new[name])


class _Run:
    """Takes pytest's loop: tests are collected once, then every mutant meets those that run its function."""

    def __init__(self, modules: list[str], out: Path, every: int) -> None:
        self.modules, self.out, self.every = modules, out, every

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Mutate module by module; the result so far stands in the file after each."""
        tests = quick_tests(session.items)
        _say(f"{len(tests)} quick tests of {len(session.items)}")
        results: list[dict[str, object]] = []
        for module in self.modules:
            began = time.perf_counter()
            found = list(_results(module, tests, self.every))
            results += found
            lost = sum(1 for entry in found if not entry["killed"])
            _say(f"{module}: {len(found)} mutants, {lost} survived, {time.perf_counter() - began:.0f} s")
            self.out.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
        return True


def _say(text: str) -> None:
    print(text, file=sys.__stderr__, flush=True)


def _results(module: str, tests: list[Quick], every: int) -> Iterator[dict[str, object]]:
    noticed: list[pytest.Item] = []  # what noticed one mutant often notices its neighbours: ask it first
    mutants = mutants_of(module, (RULES / f"{module}.py").read_text(encoding="utf-8"))
    for mutant in islice(mutants, None, None, every):
        met = tests_for(module, mutant.holder, tests)
        met.sort(key=lambda item: noticed.index(item) if item in noticed else len(noticed))
        read, write = os.pipe()

        def meet(mutant: Mutant = mutant, met: list[pytest.Item] = met, write: int = write) -> int:
            _put_in(mutant)
            for index, item in enumerate(met):
                if fails([item]):
                    os.write(write, str(index).encode())
                    return 1
            return 0

        killed = in_fork(meet, _SECONDS) != 0
        os.close(write)
        with os.fdopen(read, "rb") as failed:
            if index := failed.read():
                item = met[int(index)]
                noticed = [item, *(other for other in noticed if other is not item)]
        yield {"module": module, "function": mutant.holder, "line": mutant.line, "killed": killed, "tests": len(met),
               "before": mutant.before, "after": mutant.after}


def main() -> None:
    """Run over the named modules, else over all of pipeline/rules."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--tests", nargs="+", default=FILES, metavar="FILE", help="look at these files of tests only")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each Nth mutant only")
    parser.add_argument("--out", type=Path, default=Path("mutation.json"))
    arguments = parser.parse_args()
    every = sorted(path.stem for path in RULES.glob("*.py") if path.stem != "__init__")
    for module in every:
        importlib.import_module(f"pipeline.rules.{module}")
    run = _Run(arguments.modules or every, arguments.out, arguments.every)
    files = [str(ROOT / name) for name in arguments.tests]
    sys.exit(pytest.main([*files, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"], plugins=[run]))


if __name__ == "__main__":
    main()
