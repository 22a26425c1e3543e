"""kesu doctor --share-test: what holds on a folder, and that it notices what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.files import share_test, swap
from tests.functional.plant_folder import kesu


def test_a_folder_on_which_everything_holds(tmp_path: Path) -> None:
    said = kesu("doctor", "--share-test", tmp_path)
    assert (said.code, said.err) == (0, "")
    assert said.out.count("✓") == 17
    assert "没有发现问题" in said.out
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    said = kesu("doctor", "--share-test", tmp_path / "没有")
    assert said.code == 1
    assert "找不到目录" in said.out


def test_a_rename_that_replaces_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system whose rename overwrites what is there, as some network file systems do."""
    def careless(source: Path, target: Path) -> None:
        source.replace(target)

    monkeypatch.setattr(share_test, "rename_without_replacing", careless)
    monkeypatch.setattr(swap, "rename_without_replacing", careless)
    said = kesu("doctor", "--share-test", tmp_path)
    assert said.code == 1
    assert "✗ 改名从不覆盖已有的文件：改名覆盖了已有的文件" in said.out
    assert "✗ 两次改名之间有人重新存出同名文件：以其内容为准：有人刚存过，却被覆盖" in said.out


def test_one_of_the_two_has_to_be_named() -> None:
    said = kesu("doctor")
    assert said.code == 2
    assert "--share-test" in said.err
