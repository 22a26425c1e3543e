"""House rules that no linter knows: names, opening docstrings, machine paths, equal samples, a complete glossary."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from schemas.rows import MODELS
from schemas.values import choices

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pipeline", "schemas", "templates")
VAGUE = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}

#: Made on the machine or by the tools, never tracked.
NOT_OURS = {
    ".git", ".venv", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache",
    "__pycache__", "build", "dist", "kesu-demo", "kesu-try",
}
READABLE = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".txt", ".html", ".css", ".js", ".ini", ".eml", ""}

#: Third-party packages that the pure parts may import; everything else there is the standard library or our own.
ALLOWED_IMPORTS = {
    "schemas": {"schemas", "pydantic", "pydantic_core"},
    "pipeline/rules": {"schemas", "pipeline.rules", "pipeline.workdays", "rapidfuzz"},
    "pipeline/ooxml": {"schemas", "pipeline.ooxml"},
    "pipeline/files": {"schemas", "pipeline.files", "pipeline.ooxml"},
}


def _files(*suffixes: str) -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):  # pathlib's own walk came with Python 3.12
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.endswith(".egg-info"))
        yield from (Path(folder, name) for name in sorted(names) if Path(name).suffix in suffixes)


def _modules() -> list[Path]:
    return [path for path in _files(".py") if path.relative_to(ROOT).parts[0] in (*PACKAGES, "tests", "kesu.py")]


def test_the_walk_sees_the_program() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in _modules()}
    assert {"kesu.py", "pipeline/cli.py", "schemas/rows.py", "tests/conftest.py"} <= names


def test_module_names_say_what_they_hold() -> None:
    assert [path for path in _modules() if VAGUE & set(path.relative_to(ROOT).with_suffix("").parts)] == []


def test_every_module_opens_with_its_responsibility() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in _modules()}
    # an empty __init__.py among the tests only makes a folder importable
    markers = {path for path, text in texts.items() if not text and path.relative_to(ROOT).parts[0] == "tests"}
    bare = {path for path, text in texts.items() if not ast.get_docstring(ast.parse(text))}
    assert bare - markers == set()


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    # a single letter is nobody's name: examples may say so
    home = re.compile(r"(?<![\w./>*-])/(?:(?:home|Users)/\w{2}|(?:root|work)/\w)|[A-Za-z]:\\{1,2}Users\\{1,2}\w{2}")
    found = []
    for path in _files(*READABLE):
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if home.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_constraints_hold_versions_and_no_addresses() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", line)] == []


def test_the_sample_configuration_stands_in_both_places() -> None:
    assert (ROOT / "config.yaml").read_bytes() == (ROOT / "templates" / "config.yaml").read_bytes()


@pytest.mark.parametrize("package", sorted(ALLOWED_IMPORTS))
def test_pure_packages_import_nothing_else(package: str) -> None:
    allowed = ALLOWED_IMPORTS[package] | set(sys.stdlib_module_names)
    foreign = []
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                # "from pipeline import workdays" names the module in its second half
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            foreign += [f"{path.name}: {name}" for name in names if not _is_within(name, allowed)]
    assert foreign == []


def _is_within(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


@pytest.mark.parametrize("kind", list(MODELS), ids=lambda kind: kind.name)
def test_the_glossary_names_every_column(kind: object) -> None:
    model = next(model for key, model in MODELS.items() if key is kind)
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    section = text.split(f"(`{model.__name__}`)\n", 1)[1].split("\n### ", 1)[0].replace("*", "").replace(" ⚙", "")
    wanted = [f"| {field.column.heading} | `{field.name}` | {field.kind.name} |" for field in model.fields()]
    assert re.findall(r"^\| .* \| `\w+` \| \w+ \|$", section, re.MULTILINE) == wanted


def test_the_glossary_names_every_choice() -> None:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    enums = [item for item in vars(choices).values() if isinstance(item, type) and issubclass(item, Enum)]
    own = [enum for enum in enums if enum.__module__ == choices.__name__]
    wanted = [f"| `{e.__name__}` | {', '.join(f'{member.value} `{member.name}`' for member in e)} |" for e in own]
    assert wanted
    assert [line for line in wanted if line not in lines] == []
