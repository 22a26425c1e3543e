"""The port ``Archives`` on a folder of the share: bags built beside their place and renamed into it when verified."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.archive.bag import DATA, MANIFEST, TAG_MANIFEST, bag_facts, made_by, read_manifest, write_tag_files
from pipeline.archive.copying import check_readable, check_written, copy_hashed, settle, sha256_of
from pipeline.archive.faults import ArchiveDiskFull, ArchiveNameTaken
from pipeline.archive.index_book import INDEX, ArchivedFile, Indexed, index_book
from pipeline.archive.pdf_copies import ABSENT, add_pdf_copies, office, wanted_copies
from pipeline.archive.sources import LeftOut, Source, archive_name, sources_of
from pipeline.archive.zip_copy import zip_beside
from pipeline.files.atomic import sync_folder, write_synced
from pipeline.files.names import inside
from schemas.archive import ArchivedCase, Owing
from schemas.effects import Outcome
from schemas.payloads import AddSupplement, MakeArchive
from schemas.schedule import MonthEndSetting

_SPARE = 1.05  # room for tag files and the index
SUPPLEMENT = "-补充-"


@dataclass(frozen=True, slots=True)
class _Gathered:
    """One complaint's files as they lie in its folder before copying."""

    case: ArchivedCase
    folder: str
    sources: tuple[Source, ...]
    left_out: tuple[LeftOut, ...]


def _missing(case: ArchivedCase, sources: Sequence[Source], folder: str) -> tuple[Owing, ...]:
    """What the ledger says is missing, and each expected paper that no file's path matches."""
    names = [source.target.removeprefix(f"{folder}/") for source in sources]
    absent = [
        Owing(f"{expected.what}（资料夹）", expected.person) for expected in case.expected
        if not expected.is_among(names)
    ]
    return (*(Owing(f"{owing.what}（台账）", owing.person) for owing in case.owing), *absent)


def _put_in_place(work: Path, target: Path) -> None:
    """The one step by which an archive comes into being."""
    work.rename(target)
    sync_folder(target.parent)


class FolderArchives:
    """Archives in ``folder`` of the share; ``check`` raises while the share is not there or not ours."""

    def __init__(
        self, root: Path, setting: MonthEndSetting, *, organisation: str, rehearsal: bool,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._root, self._setting, self._check = root, setting, check
        self._organisation, self._rehearsal = organisation, rehearsal

    @property
    def folder(self) -> Path:
        """Where the archives stand."""
        return self._root / self._setting.folder

    def make(self, order: MakeArchive, key: str, now: datetime) -> Outcome:
        """Make a month's archive; idempotent by ``key``: the one that this key made is taken as it stands.

        Built in a hidden folder beside, verified, then renamed: a crash leaves nothing or a whole archive. Raises the
        errors of ``faults``; ``now`` (aware) is the only time stamp.
        """
        self._check()
        target = inside(self._root, self.folder / archive_name(order.name))
        text = self._standing(target, key)
        if text is None:
            gathered = [self._gather(case) for case in order.cases]
            text = self._build(target, gathered, order.period, key, now)
        return self._outcome(target, text, now)

    def supplement(self, order: AddSupplement, key: str, now: datetime) -> Outcome:
        """Put what is new or changed since ``order.name`` and its supplements into the next one; idempotent by key.

        The outcome has no path when nothing came.
        """
        self._check()
        if not (self.folder / order.name / MANIFEST).is_file():
            return Outcome(f"{order.name} 已不在 {self._setting.folder} 中，没有可比的，未做补充")
        for made in self._supplements(order.name):
            maker, text, _ = made_by(made)
            if maker == key:
                return self._outcome(made, text, now)
        known = dict[str, set[tuple[str, int, int]]]()
        for bag in (self.folder / order.name, *self._supplements(order.name)):
            self._know(bag, known)
        fresh = [self._fresh(self._gather(case), known) for case in order.cases]
        fresh = [entry for entry in fresh if entry.sources]
        if not fresh:
            return Outcome(f"{order.name} 没有后补资料")
        number = len(self._supplements(order.name)) + 1
        target = inside(self._root, self.folder / f"{order.name}{SUPPLEMENT}{number:02}")
        return self._outcome(target, self._build(target, fresh, order.period, key, now), now)

    def put_rehearsals_aside(self, label: str) -> list[str]:
        """Rename every archive that a rehearsal made, so that the real one finds its name free; returns the names."""
        if not self.folder.is_dir():
            return []
        moved = []
        for path in sorted(self.folder.iterdir()):
            if path.is_dir() and made_by(path)[2] and not path.name.startswith("演练"):
                path.rename(path.with_name(f"演练-{label}-{path.name}"))
                package = path.with_name(f"{path.name}.zip")
                if package.exists():
                    package.rename(path.with_name(f"演练-{label}-{package.name}"))
                moved.append(path.name)
        return moved

    def _outcome(self, target: Path, text: str, now: datetime) -> Outcome:
        if self._setting.zip:
            zip_beside(target, now)
        digest = sha256_of(target / TAG_MANIFEST)
        return Outcome(text, target.relative_to(self._root).as_posix(), digest)

    def _standing(self, target: Path, key: str) -> str | None:
        """What the bag at ``target`` says it is when ``key`` made it, None when the name is free."""
        if not target.exists():
            return None
        made, text, _ = made_by(target)
        if made != key:
            raise ArchiveNameTaken(target)
        return text

    def _supplements(self, name: str) -> list[Path]:
        pattern = re.compile(re.escape(f"{name}{SUPPLEMENT}") + r"\d{2,}")
        return sorted(path for path in self.folder.iterdir() if path.is_dir() and pattern.fullmatch(path.name))

    def _gather(self, case: ArchivedCase) -> _Gathered:
        last = archive_name(case.folder.rsplit("/", 1)[-1]) if case.folder else archive_name(case.number)
        folder = f"{DATA}/{last}"
        if not case.folder:
            return _Gathered(case, folder, (), ())
        place = inside(self._root, self._root / Path(*case.folder.split("/")))
        sources, left_out = sources_of(place, folder, case.internal)
        return _Gathered(case, folder, tuple(sources), tuple(left_out))

    def _know(self, bag: Path, known: dict[str, set[tuple[str, int, int]]]) -> None:
        """Hash, size and time of every file handed over so far, by its path."""
        for name, digest in read_manifest(bag).items():
            path = bag / Path(*name.split("/"))
            stat = path.stat() if path.is_file() else None  # somebody took it away: its hash is known all the same
            known.setdefault(name, set()).add((digest, *((stat.st_size, stat.st_mtime_ns) if stat else (-1, -1))))

    def _fresh(self, entry: _Gathered, known: dict[str, set[tuple[str, int, int]]]) -> _Gathered:
        def is_new(source: Source) -> bool:
            versions = known.get(source.target, set())
            if any((size, time) == (source.size, source.mtime_ns) for _, size, time in versions):
                return False  # untouched since: its time stamp was kept
            return bool(not versions or sha256_of(source.path) not in {digest for digest, _, _ in versions})

        return _Gathered(entry.case, entry.folder, tuple(filter(is_new, entry.sources)), entry.left_out)

    def _build(self, target: Path, gathered: Sequence[_Gathered], period: str, key: str, now: datetime) -> str:
        sources = [source for entry in gathered for source in entry.sources]
        check_readable(sources)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._check_room(sources)
        work = self.folder / f".kesu-{target.name}.part"
        if work.exists():
            shutil.rmtree(work)  # left by a crash: never renamed, so never an archive
        (work / DATA).mkdir(parents=True)
        entries = [self._copy(work, entry) for entry in gathered]
        remarks = self._pdf(work, entries) if self._setting.pdf else []
        text = self._seal(work, target.name, entries, remarks, period, key, now)
        _put_in_place(work, target)
        return text

    def _check_room(self, sources: Iterable[Source]) -> None:
        needed = int(sum(source.size for source in sources) * _SPARE * (2 if self._setting.zip else 1))
        free = shutil.disk_usage(self.folder).free
        if needed > free:
            raise ArchiveDiskFull(self.folder, needed, free)

    def _copy(self, work: Path, entry: _Gathered) -> Indexed:
        files = []
        for source in entry.sources:
            target = work / Path(*source.target.split("/"))
            digest = copy_hashed(source, target)
            files.append(ArchivedFile(source.target, target.stat().st_size, digest))
        missing = _missing(entry.case, entry.sources, entry.folder)
        return Indexed(entry.case, entry.folder, tuple(files), missing, entry.left_out)

    def _pdf(self, work: Path, entries: list[Indexed]) -> list[str]:
        """Add a PDF beside each report, slip and minutes, to ``entries`` as well; what to tell of those without."""
        program = office()
        if program is None:
            return [ABSENT]
        wanted = [path for entry in entries for path in wanted_copies(work / Path(*entry.folder.split("/")))]
        made, remarks = add_pdf_copies(wanted, program)
        for place, entry in enumerate(entries):
            folder = work / Path(*entry.folder.split("/"))
            more = tuple(ArchivedFile(f"{entry.folder}/{path.name}", path.stat().st_size, sha256_of(path))
                         for path in made if path.parent == folder)
            entries[place] = replace(entry, files=(*entry.files, *more))
        return remarks

    def _seal(
        self, work: Path, name: str, entries: Sequence[Indexed], remarks: Sequence[str], period: str, key: str,
        now: datetime,
    ) -> str:
        """Index, tag files, and everything read back."""
        files = [file for entry in entries for file in entry.files]
        lacking = sum(len(entry.missing) for entry in entries)
        kind = "补充" if SUPPLEMENT in name else "归档"
        counts = f"{len(entries)} 件客诉、{len(files)} 个文件" + (f"，缺 {lacking} 项" if lacking else "，没有缺件")
        title = f"{name} 客诉{kind}{'（演练）' if self._rehearsal else ''}"
        note = f"{self._organisation}　{now:%Y-%m-%d %H:%M} 制作　{counts}"
        write_synced(work / INDEX, index_book(title, note, entries, now, list(dict.fromkeys(remarks))))
        facts = bag_facts(key, counts, period=period, organisation=self._organisation, day=f"{now:%Y-%m-%d}",
                          rehearsal=self._rehearsal)
        size = sum(file.size for file in files)
        manifest = [(file.path, file.sha256) for file in files]
        write_tag_files(work, manifest, size, facts, (INDEX,))
        check_written(work, manifest)
        settle(work)
        return counts
