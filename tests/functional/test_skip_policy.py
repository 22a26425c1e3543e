"""A skipped test fails the run unless its reason is listed, in one process and in several."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parent.parent / "conftest.py"

SKIPPING = """
import pytest

@pytest.mark.skip(reason="no printer")
def test_marked(): pass

def test_in_its_body():
    pytest.skip("no printer")

@pytest.mark.xfail(reason="no printer")
def test_expected(): assert False

def test_green(): pass
"""

SKIPPED_MODULE = 'import pytest\npytest.skip("no printer", allow_module_level=True)\n'


def _run(folder: Path, allowed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / ".ci").mkdir()
    (folder / ".ci" / "allowed-skips").write_text(allowed, encoding="utf-8")
    (folder / "tests").mkdir()
    shutil.copy(CONFTEST, folder / "tests" / "conftest.py")
    (folder / "tests" / "test_some.py").write_text(SKIPPING, encoding="utf-8")
    (folder / "tests" / "test_module.py").write_text(SKIPPED_MODULE, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments], cwd=folder, capture_output=True,
        text=True, encoding="utf-8", check=False,
    )


@pytest.mark.parametrize("processes", [[], ["-n", "1"]])
def test_an_unlisted_reason_fails_the_run_and_is_named(tmp_path: Path, processes: list[str]) -> None:
    result = _run(tmp_path, "# nothing\nno scanner\n", *processes)
    assert result.returncode == 1, result.stdout
    for name in ("test_marked", "test_in_its_body", "test_expected", "test_module.py"):
        assert f"{name}: no printer" in result.stdout


def test_a_listed_reason_passes(tmp_path: Path) -> None:
    result = _run(tmp_path, "# the plant has none\nno printer\n")
    assert result.returncode == 0, result.stdout
    assert "does not list" not in result.stdout
