"""Plays the whole write-back protocol on scratch files, to see what a share and a system really do."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipeline.files.atomic import sha256_of, temporary_for
from pipeline.files.backups import Backups, backup_for
from pipeline.files.rename import rename_without_replacing
from pipeline.files.stable import copy_stable
from pipeline.files.swap import Moment, repair, swap
from pipeline.files.system_faults import plain_sentence
from schemas.errors import CellRefused, KesuError, LedgerChanged, LedgerInUse, LedgerMissing

_OLD, _NEW, _THEIRS = (b"PK\x03\x04" + word * 4000 for word in (b"old", b"new", b"hers"))
_SOURCES = Path(__file__).parents[2]
_HOLDER = (
    "import sys; sys.path.insert(0, sys.argv[1]); from pipeline.files.share_test import hold; hold(sys.argv[2])"
)
_SOME_DAY = date(2026, 1, 1)
_PATIENCE = 20.0  # seconds for another process to start and take the file

if sys.platform == "win32":
    from pipeline.files.windows import open_for_oneself
else:
    import fcntl


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the protocol: what was tried and, when it went wrong, what came instead."""

    what: str
    wrong: str = ""


class _Differs(Exception):
    """Something else happened than the protocol needs; the text says what."""


def hold(path: str) -> None:
    """Keep a file as a program does that has it open for writing, until standard input ends; says so on stdout."""
    if sys.platform == "win32":
        with open_for_oneself(Path(path)):
            _wait()
    else:
        with Path(path).open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            _wait()


def _wait() -> None:
    print("held", flush=True)
    sys.stdin.read()


@contextmanager
def _held_by_another(path: Path) -> Iterator[None]:
    command = [sys.executable, "-I", "-c", _HOLDER, str(_SOURCES), str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None or process.stdout.readline().strip() != "held":
            raise _Differs("另一个进程不能打开文件")
        yield
    finally:
        process.communicate(timeout=_PATIENCE)


class _Play:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.target = folder / "台账.xlsx"
        self.ours = folder / "新.xlsx"
        self.old = hashlib.sha256(_OLD).hexdigest()
        self.backup = backup_for(self.target, self.old)

    def fresh(self) -> None:
        shutil.rmtree(self.backup.parent, ignore_errors=True)
        for left in self.folder.glob("*.json"):
            left.unlink()
        self.target.unlink(missing_ok=True)
        self.target.write_bytes(_OLD)
        self.ours.write_bytes(_NEW)

    def expect(self, content: bytes, what: str) -> None:
        if self.target.read_bytes() != content:
            raise _Differs(what)

    def copying(self) -> None:
        copy = copy_stable(self.target, self.folder / "本地", 0.2)
        if copy.sha256 != self.old:
            raise _Differs("复制的内容不同")

    def replacing(self) -> None:
        before = self.target.stat()
        swap(self.target, self.ours, self.old, self.backup)
        self.expect(_NEW, "替换后不是新内容")
        if sha256_of(self.backup) != self.old:
            raise _Differs("备份不是旧内容")
        if self.target.stat().st_mode != before.st_mode:
            raise _Differs("替换后权限变了")

    def read_while_open(self) -> None:
        with _held_by_another(self.target):
            self.copying()

    def saved_in_between(self) -> None:
        self.target.write_bytes(_THEIRS)
        self._refused(LedgerChanged, _THEIRS)

    def saved_after_the_check(self) -> None:
        self._came_in_between("checked", self._save_in_place)

    def saved_as_excel_after_the_check(self) -> None:
        self._came_in_between("checked", self._save_as_excel)

    def made_anew_while_taken_away(self) -> None:
        self._came_in_between("taken away", self._save_as_excel)
        if sha256_of(self.backup) != self.old:
            raise _Differs("备份不是旧内容")

    def _save_in_place(self) -> bool:
        try:
            with self.target.open("r+b") as file:
                file.write(_THEIRS)
                file.truncate()
        except PermissionError:
            return False  # we hold the file and the system keeps others from writing: their program says so
        return True

    def _save_as_excel(self) -> bool:
        saved = self.folder / "A1B2C3D4.tmp"
        saved.write_bytes(_THEIRS)
        try:
            self.target.unlink(missing_ok=True)
            rename_without_replacing(saved, self.target)
        except PermissionError:
            saved.unlink()
            return False
        return True

    def _came_in_between(self, moment: Moment, save: Callable[[], bool]) -> None:
        """Theirs stands where their save came through; where the system refused it, ours does."""
        came: list[bool] = []

        def play(reached: Moment) -> None:
            if reached == moment:
                came.append(save())

        try:
            swap(self.target, self.ours, self.old, self.backup, play)
        except LedgerChanged:
            self.expect(_THEIRS, "有人刚存的内容不在台账里")
            return
        if came != [False]:
            raise _Differs("有人刚存过，却被覆盖")
        self.expect(_NEW, "替换后不是新内容")

    def missing(self) -> None:
        self.target.unlink()
        try:
            swap(self.target, self.ours, self.old, self.backup)
        except LedgerMissing:
            if self.target.exists():
                raise _Differs("原文件不在，却写出了新文件") from None
            return
        raise _Differs("原文件不在，应当推迟")

    def write_protected(self) -> None:
        if sys.platform != "win32":  # there the attribute is copied to the new file
            self.target.chmod(0o444)
            self._refused(CellRefused, _OLD)

    def owner_file(self) -> None:
        (self.folder / f"~${self.target.name}").write_bytes(b"\x02Wg" + bytes(162))
        try:
            self._refused(LedgerInUse, _OLD)
        finally:
            (self.folder / f"~${self.target.name}").unlink()

    def open_elsewhere(self) -> None:
        with _held_by_another(self.target):
            self._refused(LedgerInUse, _OLD)
        swap(self.target, self.ours, self.old, self.backup)

    def _refused(self, error: type[KesuError], content: bytes) -> None:
        try:
            swap(self.target, self.ours, self.old, self.backup)
        except error:
            self.expect(content, "没有写入，但原文件变了")
            return
        raise _Differs("应当推迟，却写入了")

    def name_taken(self) -> None:
        try:
            rename_without_replacing(self.ours, self.target)
        except FileExistsError:
            self.expect(_OLD, "同名文件被覆盖")
            return
        raise _Differs("改名覆盖了已有的文件")

    def crash(self) -> None:
        self.backup.parent.mkdir(exist_ok=True)
        self.target.rename(self.backup)
        temporary_for(self.target).write_bytes(_NEW)
        if not repair(self.target, self.backup):
            raise _Differs("旧文件没有放回")
        self.expect(_OLD, "放回的不是旧文件")

    def late_save(self) -> None:
        swap(self.target, self.ours, self.old, self.backup)
        self.backup.write_bytes(_THEIRS)
        if Backups(self.target, self.folder / "known.json").review(date.max, 1) != (self.backup,):
            raise _Differs("存入旧文件的内容没有被发现")

    def backups_pruned(self) -> None:
        swap(self.target, self.ours, self.old, self.backup)
        backups = Backups(self.target, self.folder / "known2.json")
        for days, kept in ((0, True), (1, True), (2, False)):
            backups.review(_SOME_DAY + timedelta(days=days), 2)
            if self.backup.exists() != kept:
                raise _Differs("备份没有按天数保留" if kept else "到期的备份没有清除")

    def nothing_left(self) -> None:
        swap(self.target, self.ours, self.old, self.backup)
        ours = {self.target.name, self.ours.name, self.backup.parent.name, "本地"}
        if left := sorted(path.name for path in self.folder.iterdir() if path.name not in ours):
            raise _Differs(f"留下了临时文件 {'、'.join(left)}")


def play(folder: Path) -> Iterator[Step]:
    """Every step of the protocol in a scratch folder below ``folder``, which is removed at the end; raises OSError
    when not even that folder can be made. A step that goes wrong does not keep the next ones from being played.
    """
    scratch = folder / ".kesu-写入测试"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    made = _Play(scratch)
    steps: dict[str, Callable[[], None]] = {
        "读取：静置后复制，内容一致": made.copying,
        "写入：旧文件改名留作备份，新文件就位，权限不变": made.replacing,
        "别人打开着时仍能读取": made.read_while_open,
        "写入后不留临时文件": made.nothing_left,
        "有人刚保存过：不写入": made.saved_in_between,
        "核对之后、改名之前有人原地保存：以其内容为准": made.saved_after_the_check,
        "核对之后、改名之前有人像 Excel 那样保存：以其内容为准": made.saved_as_excel_after_the_check,
        "两次改名之间有人重新存出同名文件：以其内容为准": made.made_anew_while_taken_away,
        "台账刚好不在（别人正在保存）：推迟": made.missing,
        "文件只读：拒绝并说明": made.write_protected,
        "有人打开着（~$ 文件）：推迟": made.owner_file,
        "另一个程序占着文件：推迟，放开后写入": made.open_elsewhere,
        "改名从不覆盖已有的文件": made.name_taken,
        "写到一半断电：下次启动放回": made.crash,
        "有人把内容存进了被换下的旧文件：能发现": made.late_save,
        "备份按天数保留，到期清除": made.backups_pruned,
    }
    try:
        for what, do in steps.items():
            yield Step(what, _wrong(made, do))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _wrong(made: _Play, do: Callable[[], None]) -> str:
    try:
        made.fresh()
        do()
    except OSError as error:
        return plain_sentence(error)
    except (KesuError, _Differs) as error:
        return str(error)
    return ""
