"""The wheel holds everything the program reads at run time, and starts far away from its source."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pipeline", "schemas", "templates")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without network by the backend that the test extra brings along."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return next(out.glob("kesu-*.whl"))


def test_every_module_template_and_migration_is_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.match("templates/build*.py")  # for developers
    }
    assert "templates/config.yaml" in wanted
    assert wanted <= inside, sorted(wanted - inside)


def test_nothing_else_is_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_command_starts_from_an_unpacked_wheel_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    unpacked, empty = tmp_path / "site", tmp_path / "空 目录"
    empty.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    program = (
        "import sys, pipeline.cli, importlib.resources as r; print(pipeline.__file__); "
        "print(r.files('templates').joinpath('config.yaml').is_file()); sys.argv = ['kesu', '--help']; "
        "pipeline.cli.main()"
    )
    result = subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=empty, capture_output=True, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(unpacked), "PYTHONUTF8": "1"}, check=False,
    )
    assert result.returncode == 0, result.stderr
    place, sample, *usage = result.stdout.splitlines()
    assert Path(place).is_relative_to(unpacked)
    assert sample == "True"
    assert "kesu" in usage[0]
    assert list(empty.iterdir()) == []
