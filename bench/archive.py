"""The row on month archives: ours beside shutil with zipfile, and beside its own parts done plainly.

300 complaints with 2 GB of attachments (60 with 200 MB with --quick) are made in a temporary folder. With every way all
is on the disk before the clock stops. Ours copies, hashes, writes the index workbook and the bag's tag files, reads all
of it back and makes the zip.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.row import Goal, Row, Scale, within
from bench.turns import in_turns, one_round
from bench.watch import Spent

if TYPE_CHECKING:
    from schemas.archive import ArchivedCase

FILES = 6  # of each complaint
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
PERIOD = "2026-11"
GROWTH_ALLOWED = 64  # MB of memory, whatever the archive's size


def write_cases(root: Path, cases: int, total: int) -> tuple[ArchivedCase, ...]:
    """Case folders with random content: photos and videos do not compress either."""
    from schemas.archive import ArchivedCase, Expected

    size = total // (cases * FILES)
    source = random.Random(7)  # noqa: S311 - content, not a secret
    block = source.randbytes(size)
    made = []
    for number in range(cases):
        folder = f"客诉资料/2026/KS-202611-{number:03} 星河汽车 冷却水管"
        (root / folder / "附件").mkdir(parents=True)
        for index in range(FILES):
            name = "8D报告.docx" if index == 0 else f"附件/照片{index}.jpg"
            (root / folder / name).write_bytes(number.to_bytes(4) + index.to_bytes(4) + block[8:])
        made.append(ArchivedCase(f"KS-{number:03}", folder, {"客户": "星河汽车", "产品": "冷却水管"}, (),
                                 (Expected("8D报告", ("8D报告*",), "周启航"),)))
    return tuple(made)


def _files(folder: Path) -> list[Path]:
    return [Path(parent) / name for parent, _, names in os.walk(folder) for name in names]


def _zipped(folder: Path) -> None:
    """A stored zip of a folder beside it, on the disk."""
    with folder.with_suffix(".zip").open("wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:
        for path in _files(folder):
            package.write(path, path.relative_to(folder))
    os.sync()


def plainly(root: Path, target: Path) -> None:
    """The parts by themselves, as few lines as they take: copy, two hash passes, zip."""
    for path in _files(root / "客诉资料"):
        to = target / path.relative_to(root)
        to.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as reading, to.open("wb") as writing:
            shutil.copyfileobj(reading, writing, 1 << 20)
    for _ in range(2):
        for path in _files(target):
            with path.open("rb") as file:
                hashlib.file_digest(file, "sha256")
    _zipped(target)


def by_hand(root: Path, target: Path) -> None:
    """What a person would script: copy the folder, zip it; nothing is hashed."""
    shutil.copytree(root / "客诉资料", target)
    _zipped(target)


def _then_removed(work: Callable[[Path], object], target: Path, look: Callable[[Path], None]) -> Callable[[], Spent]:
    """The work timed alone; looking at the result and removing it come after the clock."""

    def turn() -> Spent:
        spent = one_round(lambda: work(target))
        look(target)
        for path in target.parent.glob(f"{target.name}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        os.sync()
        return spent

    return turn


class _Looked:
    """What is wrong with the archive, looked at once: by our own verification and by the zip's checksums."""

    def __init__(self, files: int) -> None:
        self._files = files
        self.faults: list[str] | None = None

    def __call__(self, bag: Path) -> None:
        """Look at the first archive."""
        from pipeline.archive.verification import verify_bag

        if self.faults is not None:
            return
        found = verify_bag(bag)
        self.faults = list(found.faults)
        if found.files != self._files:
            self.faults.append(f"{found.files} files in the bag, {self._files} in the folders")
        with zipfile.ZipFile(bag.with_suffix(".zip")) as package:
            if broken := package.testzip():
                self.faults.append(f"broken in the zip: {broken}")


def rows(scale: Scale) -> Iterator[Row]:
    """The one row."""
    from pipeline.archive.gateway import FolderArchives
    from schemas.payloads import MakeArchive
    from schemas.schedule import MonthEndSetting

    cases, total = scale.choose(quick=(60, 200_000_000), full=(300, 2_000_000_000))
    with tempfile.TemporaryDirectory() as folder:
        root, looked = Path(folder) / "share", _Looked(cases * FILES)
        order = MakeArchive(PERIOD, PERIOD, write_cases(root, cases, total))
        keeper = FolderArchives(root, MonthEndSetting(zip=True), organisation="测试厂", rehearsal=False)
        cost = in_turns({
            "ours": _then_removed(lambda _: keeper.make(order, "key", NOW), keeper.folder / PERIOD, looked),
            "shutil + zipfile": _then_removed(lambda to: by_hand(root, to), Path(folder) / "hand", lambda _: None),
            "copy + stored zip + two hash passes": _then_removed(
                lambda to: plainly(root, to), Path(folder) / "plain", lambda _: None
            ),
        }, scale.rounds)
    ours, peer, limit = cost.values()
    goals = [within(ours, limit, 1.3)]
    if ours.megabytes is not None:
        text = f"memory grows by at most {GROWTH_ALLOWED} MB, whatever the size"
        goals.append(Goal(text, ours.megabytes, GROWTH_ALLOWED, at_least=False))
    yield Row(
        "month archive", f"{cases} complaints, {cases * FILES} files, {total / 1e6:,.0f} MB", ours, (peer,), limit,
        tuple(goals), "every file of the bag read against its manifest, the zip's checksums",
        tuple(looked.faults or ()),
    )
