"""Swapping and placing: files on a share that other people use at the same time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.files import atomic
from pipeline.files import swap as swap_module
from pipeline.files.atomic import sha256_of, temporary_for, write_if_changed
from pipeline.files.faults import FileInUse
from pipeline.files.placed import place, place_all
from pipeline.files.rename import rename_without_replacing
from pipeline.files.swap import repair, swap
from schemas.errors import (
    CellRefused,
    LedgerChanged,
    LedgerInUse,
    LedgerMissing,
)

OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP = b"PK\x03\x04" + b"x" * 100


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def desk(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A ledger on the share, our version of it elsewhere, and the backup's name."""
    share = tmp_path / "share"
    share.mkdir()
    ledger, ours = share / "客诉台账.xlsx", tmp_path / "ours.xlsx"
    ledger.write_bytes(b"theirs")
    ledger.chmod(0o664)
    ours.write_bytes(b"ours")
    return ledger, ours, share / ".kesu-备份" / "客诉台账.12345678.xlsx"


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_swap(desk: tuple[Path, Path, Path]) -> None:
    ledger, ours, backup = desk
    swap(ledger, ours, _digest(b"theirs"), backup)
    assert ledger.read_bytes() == b"ours"
    assert ledger.stat().st_mode & 0o777 == 0o664
    assert backup.read_bytes() == b"theirs"
    assert _names(ledger.parent) == {ledger.name, ".kesu-备份"}
    assert ours.exists()


def test_swap_defers_to_whoever_has_it_open(desk: tuple[Path, Path, Path]) -> None:
    ledger, ours, backup = desk
    lock = ledger.with_name(f".~lock.{ledger.name}#")
    lock.write_text("李明,li,pc,x;", encoding="utf-8")
    with pytest.raises(LedgerInUse, match="李明"):
        swap(ledger, ours, _digest(b"theirs"), backup)
    assert ledger.read_bytes() == b"theirs"
    lock.unlink()
    swap(ledger, ours, _digest(b"theirs"), backup)


def test_swap_defers_to_a_lock_and_holds_one_itself(
    desk: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform == "win32":
        return
    ledger, ours, backup = desk
    attempt = (
        "import fcntl,sys,time\nf=open(sys.argv[1],'r+b')\n"
        "try: fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB)\nexcept OSError: print('held by another',flush=True)\n"
        "else: print('free',flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", attempt, str(ledger)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "free\n"
        with pytest.raises(LedgerInUse, match="他人"):
            swap(ledger, ours, _digest(b"theirs"), backup)
        other.communicate()
    seen: list[str] = []
    _at(monkeypatch, "_exchange", lambda: seen.append(subprocess.check_output(command, input="", text=True)))
    swap(ledger, ours, _digest(b"theirs"), backup)
    assert seen == ["held by another\n"]


def test_swap_does_nothing_to_another_version(desk: tuple[Path, Path, Path]) -> None:
    ledger, ours, backup = desk
    with pytest.raises(LedgerChanged):
        swap(ledger, ours, _digest(b"older"), backup)
    assert ledger.read_bytes() == b"theirs"
    assert _names(ledger.parent) == {ledger.name}


def test_swap_of_a_missing_or_read_only_ledger(desk: tuple[Path, Path, Path]) -> None:
    ledger, ours, backup = desk
    ledger.chmod(0o444)
    with pytest.raises(CellRefused, match="只读"):
        swap(ledger, ours, _digest(b"theirs"), backup)
    ledger.unlink()
    with pytest.raises(LedgerMissing):
        swap(ledger, ours, _digest(b"theirs"), backup)


def _at(monkeypatch: pytest.MonkeyPatch, step: str, event: Callable[[], object]) -> None:
    """Have ``event`` happen on the share right before a step of the swap."""
    original = getattr(swap_module, step)

    def with_event(*arguments: object) -> object:
        event()
        return original(*arguments)

    monkeypatch.setattr(swap_module, step, with_event)


def test_a_save_just_before_the_rename_wins(desk: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, ours, backup = desk
    _at(monkeypatch, "_exchange", lambda: ledger.write_bytes(b"late save"))
    with pytest.raises(LedgerChanged):
        swap(ledger, ours, _digest(b"theirs"), backup)
    assert ledger.read_bytes() == b"late save"
    assert not backup.exists()
    assert _names(ledger.parent) == {ledger.name, ".kesu-备份"}


def test_a_ledger_made_between_the_renames_wins(desk: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, ours, backup = desk

    def rename(source: Path, target: Path) -> None:
        if target == ledger:
            ledger.write_bytes(b"somebody else's")
        rename_without_replacing(source, target)

    monkeypatch.setattr(swap_module, "rename_without_replacing", rename)
    with pytest.raises(LedgerChanged):
        swap(ledger, ours, _digest(b"theirs"), backup)
    assert ledger.read_bytes() == b"somebody else's"
    assert backup.read_bytes() == b"theirs"


def test_a_crash_between_the_renames_is_mended(desk: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, ours, backup = desk

    def crash(_source: Path, target: Path) -> None:
        if target == ledger:
            raise KeyboardInterrupt
        rename_without_replacing(_source, target)

    monkeypatch.setattr(swap_module, "rename_without_replacing", crash)
    with pytest.raises(KeyboardInterrupt):
        swap(ledger, ours, _digest(b"theirs"), backup)
    monkeypatch.undo()
    assert not ledger.exists()
    assert repair(ledger, backup)
    assert ledger.read_bytes() == b"theirs"
    assert not repair(ledger, backup)
    ledger.write_bytes(b"new")
    backup.write_bytes(b"old")
    assert not repair(ledger, backup)
    assert ledger.read_bytes() == b"new"


def test_a_crash_after_the_new_name_leaves_no_second_one(desk: tuple[Path, Path, Path]) -> None:
    target, replacement, backup = desk
    temporary_for(target).write_bytes(replacement.read_bytes())
    assert not repair(target, backup)
    assert _names(target.parent) == {target.name}


def test_a_backup_that_was_written_to_is_kept(desk: tuple[Path, Path, Path]) -> None:
    ledger, ours, backup = desk
    backup.parent.mkdir()
    backup.write_bytes(b"a late write")
    swap(ledger, ours, _digest(b"theirs"), backup)
    assert backup.read_bytes() == b"theirs"
    assert backup.with_name("客诉台账.12345678-另存1.xlsx").read_bytes() == b"a late write"


def test_renaming_never_replaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "s", tmp_path / "t"

    def no_links(*_: object) -> None:
        raise PermissionError(1, "no links here")

    for _ in range(2):
        source.write_bytes(b"s")
        target.write_bytes(b"t")
        with pytest.raises(FileExistsError):
            rename_without_replacing(source, target)
        assert (source.read_bytes(), target.read_bytes()) == (b"s", b"t")
        target.unlink()
        rename_without_replacing(source, target)
        assert target.read_bytes() == b"s"
        assert not source.exists()
        monkeypatch.setattr(os, "link", no_links)


def test_place_writes_refreshes_and_respects(tmp_path: Path) -> None:
    path = tmp_path / "KS-1" / "8D报告.docx"
    first = place(path, b"v1", None, "11-20")
    assert (first.path, first.beside, path.read_bytes()) == (path, False, b"v1")
    assert place(path, b"v1", first.sha256, "11-20") == first
    second = place(path, b"v2", first.sha256, "11-21")
    assert (path.read_bytes(), second.beside) == (b"v2", False)
    path.write_bytes(b"v2 and a person's words")
    third = place(path, b"v3", second.sha256, "11-22")
    assert third.beside
    assert third.path.name == "8D报告(新草稿 11-22).docx"
    assert path.read_bytes() == b"v2 and a person's words"
    assert place(path, b"v3", third.sha256, "11-23") == third
    fourth = place(path, b"v4", third.sha256, "11-22")
    assert fourth.path.name == "8D报告(新草稿 11-22)-2.docx"
    assert third.path.read_bytes() == b"v3"
    assert len(_names(path.parent)) == 3


def test_place_respects_an_unknown_file_and_an_open_one(tmp_path: Path) -> None:
    path = tmp_path / "会议纪要-第1次.docx"
    path.write_bytes(b"who wrote this?")
    assert place(path, b"ours", None, "11-20").beside
    (tmp_path / "~$议纪要-第1次.docx").write_bytes(bytes([2]) + b"Li")
    with pytest.raises(FileInUse, match="Li"):
        place(path, b"newer", sha256_of(path), "11-20")
    assert path.read_bytes() == b"who wrote this?"


def test_every_new_folder_is_on_the_disk_under_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(atomic, "sync_folder", synced.append)
    atomic.make_folder(tmp_path / "2026" / "KS-1" / "附件")
    assert synced == [tmp_path, tmp_path / "2026", tmp_path / "2026" / "KS-1"]
    atomic.make_folder(tmp_path / "2026" / "KS-1")
    assert len(synced) == 3


def test_a_share_that_drops_is_not_made_anew_by_a_swap(desk: tuple[Path, Path, Path]) -> None:
    target, replacement, backup = desk
    target.unlink()
    target.parent.rmdir()
    with pytest.raises(LedgerMissing):
        swap(target, replacement, "0" * 64, backup)
    with pytest.raises(FileNotFoundError):
        atomic.make_folder(backup.parent, parents=False)
    assert not target.parent.exists()


def test_write_if_changed(tmp_path: Path) -> None:
    path = tmp_path / "share" / "客诉看板.html"
    assert write_if_changed(path, b"one")
    path.chmod(0o644)
    before = path.stat()
    assert not write_if_changed(path, b"one")
    after = path.stat()  # but for the time of reading, which may cross a second
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert write_if_changed(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o644
    assert _names(path.parent) == {path.name}


def test_many_files_at_once_keep_their_order_and_namesakes_stand_beside_each_other(tmp_path: Path) -> None:
    files = [(tmp_path / f"{number % 2}" / ("同名.txt" if number % 3 else f"{number}.txt"), bytes([number]) * 200_000)
             for number in range(24)]
    for _ in range(2):  # again changes nothing
        placed = place_all(files, "20261126-0900")
        assert [one.path.read_bytes() for one in placed] == [content for _, content in files]
        assert [one.path.parent for one in placed] == [path.parent for path, _ in files]
        assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 24
