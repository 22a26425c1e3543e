"""Change notifications outlive what happens to a share: gone and back, replaced by another folder, a dead watcher."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.hints import hints

_PATIENCE = 5.0  # seconds; a notification needs milliseconds
_SILENCE = 0.3


def _gone_and_back(folder: Path, look: Callable[[], None]) -> None:
    away = folder.with_name("away")
    folder.rename(away)
    look()
    away.rename(folder)


def _replaced(folder: Path, _look: Callable[[], None]) -> None:
    folder.rename(folder.with_name("old"))
    folder.mkdir()


def _removed_and_made(folder: Path, look: Callable[[], None]) -> None:
    shutil.rmtree(folder)
    look()
    folder.mkdir()


def _settled(wake: threading.Event) -> None:
    time.sleep(_SILENCE)
    wake.clear()


@pytest.mark.parametrize("happens", [_gone_and_back, _replaced, _removed_and_made])
def test_a_folder_is_watched_again_after_what_happened(
    tmp_path: Path, happens: Callable[[Path, Callable[[], None]], None]
) -> None:
    folder, wake = tmp_path / "share", threading.Event()
    folder.mkdir()
    with hints([folder], wake) as look:
        (folder / "a.xlsx").write_bytes(b"1")
        assert wake.wait(_PATIENCE)
        happens(folder, look)
        look()
        _settled(wake)
        (folder / "b.xlsx").write_bytes(b"2")
        assert wake.wait(_PATIENCE)


def test_a_folder_that_is_not_there_yet_is_watched_from_the_first_look_on(tmp_path: Path) -> None:
    folder, wake = tmp_path / "share", threading.Event()
    with hints([folder], wake) as look:
        folder.mkdir()
        look()
        _settled(wake)
        (folder / "a.xlsx").write_bytes(b"1")
        assert wake.wait(_PATIENCE)


def test_looking_again_leaves_a_watcher_that_works(tmp_path: Path) -> None:
    wake = threading.Event()
    with hints([tmp_path], wake) as look:
        before = threading.active_count()
        for _ in range(5):
            look()
        assert threading.active_count() == before
    assert threading.active_count() < before
