"""Our folders and files on the shared drive: case folders, generated documents, the board page, the owner's marker."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pipeline.files.atomic import make_folder, sha256_of, sync_folder, write_if_changed
from pipeline.files.edited import put_in_place, standing
from pipeline.files.exchange import exchange, finish_exchange
from pipeline.files.listings import Listings
from pipeline.files.names import inside
from pipeline.files.owner import owner_of
from pipeline.files.placed import place, place_all
from pipeline.files.rename import rename_without_replacing
from pipeline.files.superseded import prune
from schemas.case import ATTACHMENTS, STANDARDS, CaseFiles
from schemas.effects import Outcome
from schemas.errors import KesuError
from schemas.incoming import DroppedFile

log = logging.getLogger(__name__)

MARKER = ".kesu-site.json"
DROPPED = "待归属"


class ShareMissing(KesuError):
    """The shared folder is not there: a wrong path or a drive that is not connected."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"找不到公共盘目录 {path}。请检查 config.yaml 的 share，或连接公共盘后再试。")


class ShareOwnedByAnother(KesuError):
    """The marker on the share names another journal: a second PC, or a journal that was lost."""

    def __init__(self, marker: Path) -> None:
        super().__init__(
            f"公共盘上的标记 {marker} 属于另一个日志（另一台电脑，或日志已丢失）。为免重复发信、重复编号，本次不运行。"
            "若确认另一台已停用，请运行 kesu adopt -c config.yaml 接管。"
        )


#: What Office, WPS, LibreOffice, Windows and macOS leave in folders; nobody's document.
_LITTER = ("~$", ".~", ".", "thumbs.db", "desktop.ini")


def _without_litter(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if not name.lower().startswith(_LITTER))


class JournalBehindShare(KesuError):
    """The journal is an older copy of the one that worked on the share last: restored, or a second machine's."""

    def __init__(self, marker: Path) -> None:
        super().__init__(
            f"本机的流水账比公共盘上的记录（{marker}）旧：它是恢复出来的备份，或另一台电脑正用着同一份的副本。"
            "为免重复发信、重复编号，本次不运行。请先停用另一台，再运行 kesu adopt -c config.yaml 查看并接管。"
        )


class ShareUnmarked(KesuError):
    """The folder lacks the marker that a share we worked on has: an empty mount point, most likely."""

    def __init__(self, marker: Path) -> None:
        super().__init__(
            f"公共盘目录 {marker.parent} 中没有本软件的标记 {marker.name}：公共盘可能没有连接。请连接公共盘后再试；"
            "若标记确实被删除了，请运行 kesu adopt -c config.yaml 重新接管。"
        )


class FolderShare:
    """The share as a folder of this machine (a mounted drive); all paths relative to its root."""

    def __init__(self, root: Path, cases_folder: str) -> None:
        self.root = root
        self._cases = cases_folder
        self._claimed = False
        self._listings = Listings()
        self._places: dict[str, Path] = {}

    def check(self) -> None:
        """Raise ``ShareMissing`` when the root is not a folder."""
        if not self.root.is_dir():
            raise ShareMissing(self.root)

    def _path(self, relative: str) -> Path:
        return inside(self.root, Path(*relative.split("/")))  # taken from the root, which may be relative itself

    def _place(self, relative: str) -> Path:
        """As ``_path``, for looking only: the way there is followed once, not in every pass."""
        if relative not in self._places:
            self._places[relative] = self._path(relative)
        return self._places[relative]

    def _files_in(self, folder: Path) -> tuple[str, ...]:
        try:
            return _without_litter(self._listings.of(folder).files)
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def make_folder(self, folder: str, subfolders: Sequence[str]) -> bool:
        """Make a case folder with its subfolders; True when it was not there. Idempotent."""
        self._check_connected()
        path = self._path(folder)
        was_there = path.is_dir()
        for name in subfolders:
            make_folder(path / name)
        return not was_there

    def folders(self) -> Mapping[str, str]:
        """The case folders that exist, by the number their name begins with."""
        found: dict[str, str] = {}
        cases = self.root / self._cases
        if not cases.is_dir():
            return found
        for year in self._listings.of(cases).folders:
            for folder in self._listings.of(cases / year).folders:
                found.setdefault(folder.split(" ", 1)[0], f"{self._cases}/{year}/{folder}")
        return found

    def files(self, folder: str) -> CaseFiles | None:
        """The file names in a case folder; None when it is not there or cannot be read now."""
        path = self._place(folder)
        try:
            own = self._listings.of(path)
            return CaseFiles(
                _without_litter(own.files), self._files_in(path / ATTACHMENTS), self._files_in(path / STANDARDS)
            )
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            log.warning("case folder not readable now: %s", type(error).__name__)
            return None

    def place(self, folder: str, file_name: str, content: bytes, last_sha256: str | None, label: str) -> Outcome:
        """Write a generated document; a person's changed file stays, ours goes beside it. Idempotent per content."""
        self._check_connected()
        parent = self._path(folder)
        placed = place(inside(parent, parent / file_name), content, last_sha256, label)
        text = f"{placed.path.name}（原文件已由人修改，保持不动）" if placed.beside else placed.path.name
        return Outcome(text, f"{folder}/{placed.path.name}", placed.sha256, placed.beside)

    def place_all(self, files: Sequence[tuple[str, str, bytes]], label: str) -> tuple[Outcome, ...]:
        """Put files (folder, name, content) beside whatever stands there; all on the disk on return. Idempotent."""
        self._check_connected()
        parents = {folder: self._path(folder) for folder in {folder for folder, _, _ in files}}
        placed = place_all([(inside(parents[folder], parents[folder] / name), content)
                            for folder, name, content in files], label)
        return tuple(Outcome(one.path.name, f"{folder}/{one.path.name}", one.sha256, one.beside)
                     for one, (folder, _, _) in zip(placed, files, strict=True))

    def dropped(self) -> tuple[DroppedFile, ...] | None:
        """The files that people dropped into 待归属, by name, without hidden ones and those that somebody has open;
        None when there is no such folder."""
        folder = self._path(DROPPED)
        if not folder.is_dir():
            return None
        found = []
        for name in self._files_in(self._place(DROPPED)):
            stamp = self.stamp(f"{DROPPED}/{name}")
            if stamp is not None and owner_of(folder / name) is None:
                found.append(DroppedFile(name, stamp))
        return tuple(found)

    def adopt_dropped(self, name: str, folder: str) -> Outcome:
        """Move a dropped file into a folder, under a further name where its own is taken; idempotent.

        A file that is gone was moved by an earlier try or by a person.
        """
        self._check_connected()
        source, parent = self._path(f"{DROPPED}/{name}"), self._path(folder)
        if not source.is_file():
            return Outcome(f"{name} 已不在{DROPPED}", path=folder)
        make_folder(parent)
        for count in itertools.count(1):
            own = Path(name)
            target = inside(parent, parent / (name if count == 1 else f"{own.stem}-{count}{own.suffix}"))
            try:
                rename_without_replacing(source, target)
            except FileExistsError:
                continue
            break
        sync_folder(source.parent)
        return Outcome(f"{name} 移入 {folder}", f"{folder}/{target.name}", sha256_of(target))

    def stamp(self, path: str) -> tuple[int, int] | None:
        """Time stamp (ns) and size of a file; None when it is not there."""
        try:
            status = self._place(path).stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_size

    def present(self, path: str) -> bytes | None:
        """A document as it stands, a swap that a crash interrupted finished first; None when it is not there."""
        self._check_connected()
        target = self._path(path)
        finish_exchange(target)
        try:
            return target.read_bytes()
        except FileNotFoundError:
            return None

    def exchange(self, path: str, content: bytes, expected_sha256: str) -> None:
        """Swap a person's document for ``content`` made from it; the former one stays in ``.kesu-备份`` beside it.

        The latest three stay there; a save that came late into one of them is put beside the document.
        Raises FileInUse, LedgerChanged, CellRefused; in each case the person's document is as it was.
        """
        self._check_connected()
        target = self._path(path)
        exchange(target, content, expected_sha256)
        prune(target)

    def write_board(self, name: str, content: bytes) -> bool:
        """Write the board page when it differs; True when written."""
        self._check_connected()
        return write_if_changed(self._path(name), content)

    def read(self, relative: str) -> bytes:
        """A file's bytes, for an attachment; raises OSError."""
        return self._path(relative).read_bytes()

    def standing(self, relative: str) -> bytes | None:
        """A shared file that people work on, None when it is not there; raises ``FileInUse`` while it is open."""
        return standing(self._path(relative))

    def put_in_place(self, relative: str, content: bytes, expected: bytes | None) -> Outcome:
        """Put ``content`` where ``expected`` (None: nothing) stands; ``FileInUse``, ``FileChanged``. Idempotent."""
        self._check_connected()
        path = self._path(relative)
        return Outcome(path.name, relative, put_in_place(path, content, expected))

    def _marker(self) -> dict[str, Any] | None:
        try:
            content = json.loads((self.root / MARKER).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            return {}  # a damaged marker names nobody we know: refuse until a person adopts
        return content if isinstance(content, dict) else {}

    def owner(self) -> str | None:
        """The id of the journal that owns this share, "" for a damaged marker, None when nobody claimed it yet."""
        marker = self._marker()
        return None if marker is None else str(marker.get("journal", ""))

    def owner_mode(self) -> Literal["rehearsal", "real"] | None:
        """Whether the owner is a rehearsal or a real journal; None when nobody says."""
        match (self._marker() or {}).get("mode"):
            case "rehearsal":
                return "rehearsal"
            case "real":
                return "real"
            case _:
                return None

    def claim(self, journal_id: str, site: str, mode: str) -> None:
        """Write the marker, with how far that journal has come so far; idempotent."""
        progress = self.progress() if self.owner() == journal_id else 0
        self._write_marker({"journal": journal_id, "site": site, "mode": mode, "progress": progress})
        self._claimed = True

    def note_progress(self, progress: int) -> None:
        """Leave on the share how far the journal has come; idempotent."""
        self._check_connected()
        self._write_marker({**(self._marker() or {}), "progress": progress})

    def progress(self) -> int:
        """How far the journal that owns the share had come at its last pass."""
        return int((self._marker() or {}).get("progress") or 0)

    def _write_marker(self, marker: Mapping[str, Any]) -> None:
        content = json.dumps(marker, ensure_ascii=False, indent=1) + "\n"
        write_if_changed(self.root / MARKER, content.encode("utf-8"))

    def _check_connected(self) -> None:
        """Before each write: a share may drop within a pass, and an empty mount point must stay empty."""
        if self._claimed and not (self.root / MARKER).is_file():
            raise ShareUnmarked(self.root / MARKER)

    def check_owner(self, journal_id: str) -> None:
        """Raise ``ShareOwnedByAnother`` unless the share is ours or nobody's."""
        owner = self.owner()
        if owner is not None and owner != journal_id:
            raise ShareOwnedByAnother(self.root / MARKER)

    def check_ours(self, journal_id: str, progress: int) -> None:
        """Raise unless the share is there, ours, and the journal has come as far as the share has seen it.

        ``ShareMissing``, ``ShareUnmarked``, ``ShareOwnedByAnother``, ``JournalBehindShare``.
        """
        self.check()
        if self.owner() is None:
            raise ShareUnmarked(self.root / MARKER)
        self.check_owner(journal_id)
        if self.progress() > progress:
            raise JournalBehindShare(self.root / MARKER)
