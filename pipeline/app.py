"""The one place that turns settings into working parts: a site ready for a pass, with journal and owner's marker."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.composing import composer
from pipeline.configuration import load_settings
from pipeline.plant_calendar import read_plant_calendar
from pipeline.share import MARKER, FolderShare, JournalBehindShare
from pipeline.site import Letterbox, Site
from pipeline.workdays import Workdays
from schemas.incoming import FileContent
from schemas.mail_ports import Robot
from schemas.meetings import CalendarEntry
from schemas.ports import Documents
from schemas.settings import Settings

if TYPE_CHECKING:
    from pipeline.documents.folders import TemplateFolders
    from pipeline.journal.store import SqlJournal


LAST_GOOD = "last_good"  # where the ledger gateway keeps the last readable copies, below its state folder


@dataclass(frozen=True)
class Opened:
    """A site with its journal open, and where its configuration stands."""

    site: Site
    journal: SqlJournal
    share: FolderShare
    config: Path
    rehearsal: bool
    now: datetime
    state: Path


def resolve(config: Path, relative: str) -> Path:
    """A path of the configuration; relative ones start at the configuration's folder."""
    path = Path(relative)
    return path if path.is_absolute() else config.resolve().parent / path


def robot_of(settings: Settings, *, rehearsal: bool) -> Robot | None:
    """The group robot of the configuration; a rehearsal says nothing anywhere."""
    if rehearsal or settings.mail.robot.kind == "none":
        return None
    from pipeline.mailbox.robot import GroupRobot

    return GroupRobot(settings.mail.robot, settings.mail.timeout_seconds)


def letterbox(state: Path) -> Letterbox:
    """How incoming mail is read and where it is kept; readers of attached files load when one comes."""
    from pipeline.intake.mail_reader import MimeMailReader
    from pipeline.intake.mail_store import FolderMailStore

    def workbook(name: str, content: bytes) -> FileContent:
        from pipeline.ledger.attached import read_attached

        return read_attached(name, content)

    def word(name: str, content: bytes) -> FileContent:
        from pipeline.documents.attached import read_attached

        return read_attached(name, content)

    reader = MimeMailReader({".xlsx": workbook, ".xlsm": workbook, ".docx": word})
    return Letterbox(reader, FolderMailStore(state / "mails"))


def _reminders(title: str, entries: Sequence[CalendarEntry], stamp: datetime) -> bytes:
    from pipeline.mailbox.calendar import reminder_file

    return reminder_file(entries, stamp=stamp, name=title).encode()


def calendar_of(settings: Settings, config: Path | None) -> Workdays:
    """Working days of the plant, its calendar file read where a configuration names one; raises that file's errors."""
    own = settings.calendar
    filed = read_plant_calendar(resolve(config, own.file)) if config is not None and own.file else ()
    return Workdays(
        extra_workdays=(*own.extra_workdays, *(day.day for day in filed if day.worked)),
        extra_holidays=(*own.extra_holidays, *(day.day for day in filed if not day.worked)),
        saturdays_work=own.saturdays_work, notes={day.day: day.note for day in filed},
    )


def template_folders(config: Path | None) -> TemplateFolders:
    """The plant's own templates before the packaged ones; the packaged ones alone without a configuration."""
    from pipeline.documents.folders import TemplateFolders, packaged_templates

    settings = load_settings(config) if config is not None else None
    own = resolve(config, settings.templates) if config is not None and settings and settings.templates else None
    return TemplateFolders([*([own] if own is not None and own.is_dir() else []), packaged_templates()])


def documents_of(settings: Settings, config: Path | None, *, write: bool = False) -> Documents:
    """The document kinds, the plant's own templates before the packaged ones; ``write`` lets it keep sound ones."""
    from pipeline.documents.gateway import TemplateDocuments

    own = resolve(config, settings.templates) if config is not None and settings.templates else None
    share = FolderShare(resolve(config, settings.share), settings.cases_folder) if config is not None else None
    kept = resolve(config, settings.journal).parent / "templates" if config is not None else None
    found = [own] if own is not None and own.is_dir() else []
    return TemplateDocuments(found, share.read if share else None, kept, write=write)


def _journal(settings: Settings, config: Path, share: FolderShare, *, write: bool) -> SqlJournal:
    from pipeline.journal.opening import open_journal

    path = resolve(config, settings.journal)
    # a share nobody claimed yet may get its first journal by itself; a lost journal needs a person (kesu adopt)
    return open_journal(path, site=settings.site, create="rehearsal" if write and share.owner() is None else None)


@contextmanager
def _reading_state(settings: Settings, config: Path, *, write: bool) -> Iterator[Path]:
    """The local folder of last good ledgers; who only looks works on a copy of it, which goes away again."""
    kept = resolve(config, settings.journal).parent
    if write:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="kesu-") as folder:
        if (kept / LAST_GOOD).is_dir():
            shutil.copytree(kept / LAST_GOOD, Path(folder) / LAST_GOOD)
        yield Path(folder)


@contextmanager
def open_site(
    config: Path, now: datetime, *, write: bool = True, quiet_seconds: float | None = None
) -> Iterator[Opened]:
    """Open everything for passes over the site of a configuration; closes the journal at the end.

    ``now`` is aware; ``Opened.now`` gives it in the plant's zone. With ``write`` False (status, log, dry run) no file
    of share, journal or state changes or comes into being; ``quiet_seconds`` replaces the configured wait for a file
    to be still. Raises the errors of configuration, share and journal, each a sentence for people.
    """
    from pipeline.archive.gateway import FolderArchives
    from pipeline.ledger.gateway import LedgerGateway
    from pipeline.mailbox.opening import open_mailbox

    settings = load_settings(config)
    calendar = calendar_of(settings, config)
    share = FolderShare(resolve(config, settings.share), settings.cases_folder)
    share.check()
    with closing(_journal(settings, config, share, write=write)) as journal:
        if write:
            if journal.is_restored:
                raise JournalBehindShare(share.root / MARKER)
            if journal.last_pass is not None:
                share.check_ours(journal.journal_id, journal.progress)
            share.check_owner(journal.journal_id)
            share.claim(journal.journal_id, settings.site, journal.mode)
        documents = documents_of(settings, config, write=write)
        with _reading_state(settings, config, write=write) as state:
            site = Site(
                settings=settings,
                ledgers=LedgerGateway(
                    share=share.root, state=state, aliases=settings.aliases, zone=settings.zone,
                    quiet_seconds=settings.quiet_seconds if quiet_seconds is None else quiet_seconds,
                    backup_days=settings.backup_days,
                ),
                documents=documents,
                mailbox=open_mailbox(settings.mail, partial(resolve, config), rehearsal=journal.mode == "rehearsal"),
                share=share,
                journal=journal,
                calendar=calendar,
                archives=FolderArchives(
                    share.root, settings.month_end, organisation=settings.company or settings.site,
                    rehearsal=journal.mode == "rehearsal",
                    check=lambda: share.check_ours(journal.journal_id, journal.progress),
                ),
                compose=composer(settings, documents, share),
                reminders=_reminders,
                letterbox=letterbox(state) if settings.intake.enabled else None,
                robot=robot_of(settings, rehearsal=journal.mode == "rehearsal"),
            )
            here = now.astimezone(settings.zone)
            yield Opened(site, journal, share, config, journal.mode == "rehearsal", here, state)


def replace_journal(config: Path) -> Path:
    """Put the rehearsal's journal and mails aside and start a real journal that owns the share.

    The mails go too, since a rehearsed notice would count as sent when a real complaint gets the same number or case.
    So do the archives that it made: the real month-end needs their names. Returns where the old journal is kept.
    Raises the errors of configuration, share and journal.
    """
    from pipeline.archive.gateway import FolderArchives
    from pipeline.journal.opening import open_journal, retire_journal

    settings = load_settings(config)
    share = FolderShare(resolve(config, settings.share), settings.cases_folder)
    share.check()
    path = resolve(config, settings.journal)
    kept = retire_journal(path, "演练")
    outbox = resolve(config, settings.mail.outbox)
    if outbox.is_dir():
        outbox.rename(outbox.with_name(f"{outbox.name}-{kept.stem.removeprefix(f'{path.stem}-')}"))
    outbox.mkdir(parents=True)
    FolderArchives(share.root, settings.month_end, organisation=settings.company, rehearsal=True).put_rehearsals_aside(
        kept.stem.removeprefix(f"{path.stem}-")
    )
    new = open_journal(path, site=settings.site, create="real")
    share.claim(new.journal_id, settings.site, new.mode)
    new.close()
    return kept


def adoption_state(config: Path) -> list[str]:
    """What stands on the share and on this machine, in words, before adopting."""
    settings = load_settings(config)
    share = FolderShare(resolve(config, settings.share), settings.cases_folder)
    share.check()
    path = resolve(config, settings.journal)
    owner = share.owner()
    restored = path.exists() and _restored(path, settings.site, share)
    return [
        f"公共盘 {share.root}:" + ("尚无标记" if owner is None else f"标记属于日志 {owner[:8] or '(标记损坏)'}"),
        f"本机日志 {path}:" + ("存在" if path.exists() else "没有")
        + ("，是旧备份：之后发生的事它不知道，接管后未编号的行算存量，填“纳入管理=是”才处理" if restored else ""),
        f"现有资料夹 {len(share.folders())} 个：保留，编号不会重复使用。",
    ]


def _is_behind(journal: SqlJournal, share: FolderShare) -> bool:
    """Whether things happened on the share that the journal does not know: it is a backup, or another one worked."""
    owner = share.owner()
    if owner == journal.journal_id:
        return journal.is_restored or share.progress() > journal.progress
    return journal.is_restored or (bool(owner) and journal.last_pass is not None)


def _restored(path: Path, site: str, share: FolderShare) -> bool:
    from pipeline.journal.opening import open_journal

    with closing(open_journal(path, site=site)) as journal:
        return _is_behind(journal, share)


def adopt_share(config: Path) -> str:
    """Claim the share for the journal of this machine, made new when missing; returns its mode. Idempotent."""
    from pipeline.journal.opening import open_journal

    settings = load_settings(config)
    share = FolderShare(resolve(config, settings.share), settings.cases_folder)
    share.check()
    # a share that was in earnest stays in earnest: the marker says so
    mode = share.owner_mode() or "rehearsal"
    journal = open_journal(resolve(config, settings.journal), site=settings.site, create=mode)
    try:
        if _is_behind(journal, share):
            journal.accept_restored()
        share.claim(journal.journal_id, settings.site, journal.mode)
        return journal.mode
    finally:
        journal.close()
