"""Copying a file from the share when it holds still, and telling what kind of file it is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from pipeline.files import stable as stable_module
from pipeline.files.stable import Sightings, copy_stable
from schemas.errors import (
    LedgerDamaged,
    LedgerEncrypted,
    LedgerIsOldXls,
    LedgerMissing,
    LedgerUnsettled,
)

OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP = b"PK\x03\x04" + b"x" * 100


class HandClock:
    """A monotonic clock moved by sleeping; ``meanwhile`` is what happens on the share during each sleep."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.now = 100.0
        self.meanwhile = meanwhile
        self.slept = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds
        self.meanwhile()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_copy(tmp_path: Path) -> None:
    source = tmp_path / "客诉台账.xlsx"
    source.write_bytes(ZIP)
    copy = copy_stable(source, tmp_path / "local", 0)
    assert copy.local.read_bytes() == ZIP
    assert (copy.sha256, copy.size, copy.mtime_ns) == (_digest(ZIP), len(ZIP), source.stat().st_mtime_ns)
    assert copy_stable(source, tmp_path / "local", 0) == copy
    assert list((tmp_path / "local").iterdir()) == [copy.local]


def test_a_file_known_to_be_quiet_is_not_waited_for_again(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(ZIP)
    clock = HandClock()
    sightings = Sightings(clock)
    copy_stable(source, tmp_path / "l", 2.0, sightings=sightings, sleep=clock.sleep)
    assert clock.slept == pytest.approx(2.0)
    copy_stable(source, tmp_path / "l", 2.0, sightings=sightings, sleep=clock.sleep)
    assert clock.slept == pytest.approx(2.0)
    source.write_bytes(ZIP + b"more")
    copy_stable(source, tmp_path / "l", 2.0, sightings=sightings, sleep=clock.sleep)
    assert clock.slept == pytest.approx(4.0)


def test_a_file_that_does_not_rest_is_left_for_the_next_pass(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(ZIP)
    clock = HandClock(lambda: source.write_bytes(source.read_bytes() + b"."))
    with pytest.raises(LedgerUnsettled, match=r"a\.xlsx 正在被保存"):
        copy_stable(source, tmp_path / "l", 1.0, sightings=Sightings(clock), sleep=clock.sleep)
    assert clock.slept < 10
    assert not (tmp_path / "l").exists()


def test_a_save_during_the_copy_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(ZIP)

    def open_while_saved(path: Path) -> BinaryIO:
        reader = path.open("rb")
        os.utime(path, ns=(1, 1))  # same size, other content: only the time stamp tells
        return reader

    monkeypatch.setattr(stable_module, "_open", open_while_saved)
    with pytest.raises(LedgerUnsettled):
        copy_stable(source, tmp_path / "l", 0)
    assert list((tmp_path / "l").iterdir()) == []


def test_a_file_that_vanishes_while_waited_for_is_missing(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(ZIP)
    clock = HandClock(lambda: source.unlink(missing_ok=True))
    with pytest.raises(LedgerMissing):
        copy_stable(source, tmp_path / "l", 1.0, sightings=Sightings(clock), sleep=clock.sleep)


def _known(source: Path, clock: HandClock) -> Sightings:
    """Sightings of a process that has read the file before."""
    source.write_bytes(ZIP)
    sightings = Sightings(clock)
    copy_stable(source, source.parent / "l", 1.0, sightings=sightings, sleep=clock.sleep)
    return sightings


def test_a_save_that_takes_the_file_away_for_two_seconds_is_waited_for(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    clock = HandClock()
    sightings = _known(source, clock)
    source.unlink()
    gone = clock.now

    def saved_at_last() -> None:
        if clock.now >= gone + 2 and not source.exists():
            source.write_bytes(ZIP + b"saved")

    clock.meanwhile = saved_at_last
    copy = copy_stable(source, tmp_path / "l", 1.0, sightings=sightings, sleep=clock.sleep)
    assert copy.sha256 == _digest(ZIP + b"saved")


def test_a_ledger_that_is_gone_is_waited_for_once(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    clock = HandClock()
    sightings = _known(source, clock)
    source.unlink()
    for patience in (5.0, 0.0, 0.0):
        before = clock.slept
        with pytest.raises(LedgerMissing):
            copy_stable(source, tmp_path / "l", 1.0, sightings=sightings, sleep=clock.sleep)
        assert clock.slept - before == pytest.approx(patience)
    source.write_bytes(ZIP)
    copy_stable(source, tmp_path / "l", 1.0, sightings=sightings, sleep=clock.sleep)
    source.unlink()
    before = clock.slept
    with pytest.raises(LedgerMissing):
        copy_stable(source, tmp_path / "l", 1.0, sightings=sightings, sleep=clock.sleep)
    assert clock.slept - before == pytest.approx(5.0)  # it had been back


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (OLE2 + b"\x00" * 9000 + "Workbook".encode("utf-16-le"), LedgerIsOldXls),
        (OLE2 + b"\x00" * 9000 + "EncryptedPackage".encode("utf-16-le"), LedgerEncrypted),
        (b"<html>", LedgerDamaged),
        (b"", LedgerDamaged),
    ],
)
def test_kinds_are_told_by_their_bytes(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(content)
    with pytest.raises(error, match=r"a\.xlsx"):
        copy_stable(source, tmp_path / "l", 0)
    assert list((tmp_path / "l").iterdir()) == []
