"""What kesu purge looks at, one heap a kind of file: what is past its time, and nothing that is still needed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.files.atomic import sha256_of
from schemas.intake import KnownMail, Verdict

if TYPE_CHECKING:
    from pipeline.app import Opened
    from pipeline.rules.retention import Needed
    from schemas.retention import RetentionSetting

_BACKUP = re.compile(r".+\.([0-9a-f]{8})\.[A-Za-z0-9]{1,5}")
_TURNED_OVER = re.compile(r"kesu\.log\.\d+")


@dataclass(frozen=True, slots=True)
class Heap:
    """Files (or whole folders) of one kind that are past their time; ``name`` for machines, ``what`` for people."""

    name: str
    what: str
    paths: tuple[Path, ...]

    @property
    def octets(self) -> int:
        """How much space they take."""
        return sum(file.stat().st_size for path in self.paths for file in _files(path))

    def delete(self) -> None:
        """Delete them; one that is gone already is as good as deleted."""
        for path in self.paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _files(path: Path) -> Iterator[Path]:
    yield from (file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the journal and the mails of a rehearsal lie; what is kept beside them bears their names."""

    journal: Path
    outbox: Path


def file_heaps(opened: Opened, past: Iterable[KnownMail], needed: Needed, places: Places) -> Iterator[Heap]:
    """Every heap, the empty ones too; ``past`` are the mails past their time."""
    keep, now = opened.site.settings.retention, opened.now
    state, journal, outbox = places.journal.parent, places.journal, places.outbox
    own = (state / "mails" / f"{mail.digest}.eml" for mail in past)
    yield Heap("mails", "本机保存的来信原件", _present(own))
    yield Heap("quarantine", "待归属/无法识读 中的来信", _present(_quarantined(opened, needed, keep)))
    turned = (path for path in state.glob("kesu.log.*") if _TURNED_OVER.fullmatch(path.name))
    yield Heap("logs", "换下的运行日志", _older(turned, now, keep.log_days))
    backups = sorted((state / "backups").glob("*-[0-9]*.db"))[:-1]
    yield Heap("journal_backups", "日志数据库的备份", _older(backups, now, keep.journal_backup_days))
    yield Heap("document_backups", "已关闭客诉的文件备份", _document_backups(opened, needed, keep))
    aside = [*state.glob(f"{journal.stem}-演练-*{journal.suffix}"), *outbox.parent.glob(f"{outbox.name}-演练-*")]
    yield Heap("rehearsals", "演练时的日志和邮件", _older(aside, now, keep.rehearsal_days))


def _present(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(path for path in paths if path.is_file())


def _older(paths: Iterable[Path], now: datetime, days: int) -> tuple[Path, ...]:
    """Those last written more than ``days`` days ago; none for 0 days."""
    limit = (now - timedelta(days=days)).timestamp()
    return tuple(sorted(path for path in paths if days and path.stat().st_mtime < limit))


def _quarantined(opened: Opened, needed: Needed, keep: RetentionSetting) -> Iterator[Path]:
    """The files that we put there ourselves; whatever a person added stays."""
    from pipeline.rules.history import History
    from pipeline.rules.retention import mails_past

    memory = opened.journal.memory()
    history = History(opened.site.settings.site, memory.effects)
    folder = opened.share.root / "待归属" / "无法识读"
    for mail in mails_past(memory, history, needed, opened.now, keep.quarantine_days):
        if mail.verdict is Verdict.QUARANTINED:
            yield from folder.glob(f"*-{mail.digest[:8]}.eml")


def _document_backups(opened: Opened, needed: Needed, keep: RetentionSetting) -> tuple[Path, ...]:
    """Backups in the folders of closed complaints, as long as they are what we put there: a later save stays."""
    from pipeline.files.names import safe_name

    current = {safe_name(number) for number in needed.numbers}
    found: list[Path] = []
    for number, folder in opened.share.folders().items():
        place = opened.share.root / folder / ".kesu-备份"
        if number not in current and place.is_dir():
            old = _older((path for path in place.iterdir() if path.is_file()), opened.now, keep.document_backup_days)
            found += [path for path in old if _is_ours(path)]
    return tuple(found)


def _is_ours(backup: Path) -> bool:
    named = _BACKUP.fullmatch(backup.name)
    return named is not None and sha256_of(backup).startswith(named[1])
