"""The port ``Ledgers`` over workbooks on a share: settled reading, the last good copy, cells written back by swap."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipeline.files.atomic import make_folder, replace_synced, sha256_of, write_if_changed
from pipeline.files.backups import Backups, backup_for
from pipeline.files.lookalikes import lookalikes
from pipeline.files.names import inside
from pipeline.files.owner import owner_of
from pipeline.files.stable import Sightings, StableCopy, content_sha256, copy_stable
from pipeline.files.swap import repair, swap
from pipeline.ledger.headings import Aliases
from pipeline.ledger.pictures import picture_bytes, with_pictures
from pipeline.ledger.repeated_reading import RepeatedReading
from pipeline.ledger.workbook_reading import LedgerFile
from schemas.errors import KesuError, LedgerChanged, LedgerInUse, LedgerMissing, LedgerUnreadable
from schemas.settings import LedgerSetting
from schemas.workbook import LedgerPicture, WorkbookReading

if TYPE_CHECKING:
    from schemas.payloads import AppendedRow, AppendRow, CellEdit

_Result = TypeVar("_Result")

_LOOK_AGAIN_SECONDS = 60.0  # a file whose size and time stamp stand still is still read as often as this


class LedgerGateway:
    """Reads and writes the ledgers below ``share``.

    ``state`` is a local folder: last good copies under ``last_good``, swaps under way under ``swaps``. ``aliases`` are
    the plant's own words for columns, ``zone`` the zone of time stamps, ``quiet_seconds`` how long a file must have
    been still, ``backup_days`` how long replaced files are kept. Keep one for as long as the process runs: an unchanged
    file is neither waited for nor copied nor parsed again, and hashed where it stands once a minute.
    """

    def __init__(
        self, *, share: Path, state: Path, aliases: Aliases, zone: tzinfo, quiet_seconds: float, backup_days: int = 14
    ) -> None:
        self._share, self._state, self._aliases, self._zone = share, state, aliases, zone
        self._quiet_seconds = quiet_seconds
        self._sightings = Sightings()
        self._reading = RepeatedReading()
        self._backup_days = backup_days
        self._backups: dict[str, Backups] = {}
        self._parsed: dict[str, tuple[date, WorkbookReading]] = {}
        self._looked: dict[str, tuple[tuple[int, int, int], float]] = {}
        self._today: date | None = None

    def read(self, setting: LedgerSetting, today: date) -> WorkbookReading:
        """Read a ledger as it stands; raises LedgerUnreadable in its kinds.

        A copy is read, so the file is open only for the time of copying. What could be read becomes the last good
        copy. Idempotent; beside ``state`` it writes only to finish a swap of ours that a crash interrupted.
        """
        source = self._source(setting)
        self._finish_swap(setting)
        known = self._unchanged(setting, today)
        if known is not None:
            return self._with_warnings(setting, known, today)
        status = _signature(source)
        copy = copy_stable(source, self._state / "incoming", self._quiet_seconds, sightings=self._sightings)
        local = self._named_copy(copy, setting)
        try:
            reading = self._parse(setting, local, copy.sha256, copy.mtime_ns, today)
            good = self._good(setting)
            replace_synced(local, good)
        finally:
            shutil.rmtree(local.parent, ignore_errors=True)  # our copy; a remainder does no harm
        if status is not None and status[1:] == (copy.size, copy.mtime_ns):
            self._looked[setting.file] = status, time.monotonic()
        return self._with_warnings(setting, reading, today)

    def _unchanged(self, setting: LedgerSetting, today: date) -> WorkbookReading | None:
        """The reading of today that still holds, by size and time stamp; None when the file has to be looked into."""
        known, looked = self._parsed.get(setting.file), self._looked.get(setting.file)
        source = self._source(setting)
        if known is None or looked is None or known[0] != today or _signature(source) != looked[0]:
            return None
        if time.monotonic() - looked[1] > _LOOK_AGAIN_SECONDS:
            try:
                if content_sha256(source) != known[1].sha256:
                    return None
            except OSError:
                return None  # the reading itself says what is the matter
            self._looked[setting.file] = looked[0], time.monotonic()
        return known[1]

    def _with_warnings(self, setting: LedgerSetting, reading: WorkbookReading, today: date) -> WorkbookReading:
        """The reading with what a person has to know about the files around it."""
        source = self._source(setting)
        self._today = today
        try:
            late, copies = self._backups_of(setting).review(today, self._backup_days), lookalikes(source)
        except OSError:
            return reading  # the share drops: the next pass looks again
        warnings = [_late_save(setting.file, path) for path in late]
        if copies:
            warnings.append(f"{setting.file} 旁边有名称相近的文件：{'、'.join(copies)}。系统只读 {source.name}；"
                            "请确认没有人填错文件，把内容合并后移走副本")
        return replace(reading, warnings=tuple(warnings)) if warnings or reading.warnings else reading

    def last_good(self, setting: LedgerSetting, today: date) -> WorkbookReading | None:
        """The last reading that succeeded, from the local copy; None when there never was one."""
        good = self._good(setting)
        if not good.exists():
            return None
        try:
            reading = self._parse(setting, good, sha256_of(good), good.stat().st_mtime_ns, today)
        except LedgerUnreadable:
            return None  # a copy of ours that a failing disk spoilt: the next reading that succeeds replaces it
        return self._with_warnings(setting, reading, today)

    def write(self, setting: LedgerSetting, sha256: str, edits: Sequence[CellEdit]) -> None:
        """Write our cells into the ledger that was read as ``sha256``; nothing else of it changes.

        Idempotent: a cell that holds its text already is left alone. A backup of the replaced file stays in
        ``.kesu-备份`` beside the ledger. Raises LedgerInUse (deferred), LedgerChanged (plan again), CellRefused,
        LedgerMissing; in each case the person's file is as it was.
        """
        from pipeline.ooxml.sheet_patch import CellWrite, patch_workbook  # a reader starts a third sooner without

        writes = [CellWrite(edit.sheet, edit.row, edit.column, edit.text, edit.link, edit.now) for edit in edits]
        self._replace(setting, sha256, lambda source, patched: patch_workbook(source, patched, writes))

    def append(self, setting: LedgerSetting, row: AppendRow, today: date) -> AppendedRow:
        """Append a row to the ledger as it was last read or written by us, so several may follow one reading.

        Idempotent: a row that stands there already, by the fields that identify it, is only found. Nothing else
        changes but ranges that end at the table's last row. Raises LedgerInUse and LedgerChanged (deferred),
        CellRefused, LedgerMissing; in each case the person's file is as it was.
        """
        from pipeline.ledger.appending import place_row, shifted
        from pipeline.ooxml.sheet_append import append_row
        from schemas.payloads import AppendedRow

        reading = self.last_good(setting, today)
        if reading is None:
            raise LedgerChanged(self._source(setting))
        placement = place_row(reading, row, today)
        if isinstance(placement, AppendedRow):
            return placement
        appended = self._replace(
            setting, reading.sha256, lambda source, patched: append_row(source, patched, placement.append, shifted)
        )
        return placement.result(appended)

    def picture(self, setting: LedgerSetting, picture: LedgerPicture) -> bytes:
        """A picture's bytes out of the last good copy; raises LedgerChanged (deferred) and LedgerUnreadable."""
        return picture_bytes(self._good(setting), self._source(setting), picture)

    def _replace(self, setting: LedgerSetting, sha256: str, patch: Callable[[Path, Path], _Result]) -> _Result:
        """Swap the ledger for what ``patch`` makes of the bytes that were planned from; equal bytes are left alone."""
        target = self._source(setting)
        self._finish_swap(setting)
        if (owner := owner_of(target)) is not None:
            raise LedgerInUse(target, owner)
        if not target.exists():
            raise LedgerMissing(target)
        source = self._copy_of(setting, sha256)
        patched = inside(self._state, self._state / "patched" / setting.file)
        make_folder(patched.parent)
        patched.unlink(missing_ok=True)
        try:
            result = patch(source, patched)
            if sha256_of(patched) != sha256:
                self._swap(setting, target, patched, sha256)
        finally:
            patched.unlink(missing_ok=True)
        return result

    def _backups_of(self, setting: LedgerSetting) -> Backups:
        known = inside(self._state, self._state / "replaced" / f"{setting.file}.json")
        return self._backups.setdefault(setting.file, Backups(self._source(setting), known))

    def _source(self, setting: LedgerSetting) -> Path:
        return self._share / setting.file

    def _good(self, setting: LedgerSetting) -> Path:
        return inside(self._state, self._state / "last_good" / setting.file)

    def _marker(self, setting: LedgerSetting) -> Path:
        """Names the backup of a swap under way, so that a crash between its renames can be finished."""
        return inside(self._state, self._state / "swaps" / f"{setting.file}.txt")

    def _named_copy(self, copy: StableCopy, setting: LedgerSetting) -> Path:
        """The copy under the ledger's own name, which messages show, with the time stamp of the file."""
        local = inside(self._state, self._state / "incoming" / copy.sha256[:16] / Path(setting.file).name)
        local.parent.mkdir(parents=True, exist_ok=True)
        copy.local.replace(local)
        os.utime(local, ns=(copy.mtime_ns, copy.mtime_ns))
        return local

    def _parse(self, setting: LedgerSetting, local: Path, sha256: str, mtime_ns: int, today: date) -> WorkbookReading:
        saved = datetime.fromtimestamp(mtime_ns / 1e9, self._zone)
        known = self._parsed.get(setting.file)
        if known is not None and known[0] == today and known[1].sha256 == sha256:
            return replace(known[1], saved=saved)
        file = LedgerFile(setting.file, self._source(setting), sha256, saved)
        reading = with_pictures(self._reading.read(file, local, self._aliases, today), local)
        self._parsed[setting.file] = (today, reading)
        return reading

    def _copy_of(self, setting: LedgerSetting, sha256: str) -> Path:
        """A local copy of exactly the bytes that were planned from."""
        good = self._good(setting)
        if not good.exists() or sha256_of(good) != sha256:
            raise LedgerChanged(self._source(setting))
        return good

    def _swap(self, setting: LedgerSetting, target: Path, patched: Path, sha256: str) -> None:
        backup = backup_for(target, sha256)
        make_folder(backup.parent, parents=False)
        marker = self._marker(setting)
        write_if_changed(marker, str(backup).encode())
        try:
            swap(target, patched, sha256, backup)
        except KesuError:
            marker.unlink()  # the person's file is in place: a briefly missing one would then be Excel's own save
            raise
        marker.unlink()
        self._looked.pop(setting.file, None)
        modified = target.stat().st_mtime_ns
        os.utime(patched, ns=(modified, modified))
        replace_synced(patched, self._good(setting))
        if self._today is not None:
            self._backups_of(setting).review(self._today, self._backup_days)

    def _finish_swap(self, setting: LedgerSetting) -> None:
        marker = self._marker(setting)
        if marker.exists():
            repair(self._source(setting), Path(marker.read_text(encoding="utf-8")))
            marker.unlink()


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None  # missing or not reachable: the reading itself says so
    return status.st_ino, status.st_size, status.st_mtime_ns


def _late_save(ledger: str, backup: Path) -> str:
    return (
        f"有人在系统写入 {ledger} 之后，还向被替换的旧文件存过内容：{backup}。这些修改不在现在的台账里；"
        "请打开两份对照、补录后，把这个文件移到别处"
    )
