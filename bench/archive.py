"""Making a month's archive beside its parts done plainly: copy, two hash passes, stored zip; in the same run.

Usage: python -m bench.archive [--quick]. 300 complaints with 2 GB of attachments (200 MB with --quick) are made in a
temporary folder; with both ways all is on the disk before the clock stops; alternately, medians are compared.
"""

from __future__ import annotations

import hashlib
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.archive.gateway import FolderArchives
from schemas.archive import ArchivedCase, Expected
from schemas.effects import MakeArchive
from schemas.schedule import MonthEndSetting

CASES, FILES = 300, 6
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
GROWTH_ALLOWED = 64  # MB of memory beyond the start of the program, whatever the archive's size


def write_cases(root: Path, total: int) -> tuple[ArchivedCase, ...]:
    """Case folders with random content: photos and videos do not compress either."""
    size = total // (CASES * FILES)
    source = random.Random(7)  # noqa: S311 - content, not a secret
    block = source.randbytes(size)
    made = []
    for number in range(CASES):
        folder = f"客诉资料/2026/KS-202611-{number:03} 星河汽车 冷却水管"
        (root / folder / "附件").mkdir(parents=True)
        for index in range(FILES):
            name = "8D报告.docx" if index == 0 else f"附件/照片{index}.jpg"
            (root / folder / name).write_bytes(number.to_bytes(4) + index.to_bytes(4) + block[8:])
        made.append(ArchivedCase(f"KS-{number:03}", folder, {"客户": "星河汽车", "产品": "冷却水管"}, (),
                                 (Expected("8D报告", ("8D报告*",), "周启航"),)))
    return tuple(made)


def plainly(root: Path, target: Path) -> None:
    """The parts by themselves, as few lines as they take."""
    copied = [Path(folder) / name for folder, _, names in os.walk(root / "客诉资料") for name in names]
    for path in copied:
        to = target / path.relative_to(root)
        to.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as reading, to.open("wb") as writing:
            shutil.copyfileobj(reading, writing, 1 << 20)
    for _ in range(2):
        for path in copied:
            with (target / path.relative_to(root)).open("rb") as file:
                hashlib.file_digest(file, "sha256")
    with (target / "all.zip").open("wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:
        for path in copied:
            package.write(target / path.relative_to(root), path.relative_to(root))
    os.sync()


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Wall time and processor time of one call; on a busy machine only the second compares well."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - busy


def median(times: list[tuple[float, float]], which: int) -> float:
    """The median wall (0) or processor (1) time."""
    return statistics.median(pair[which] for pair in times)


def main(total: int, rounds: int) -> None:
    """Print both medians, their ratio, and how far memory grew."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "share"
        cases = write_cases(root, total)
        keeper = FolderArchives(root, MonthEndSetting(zip=True), organisation="测试厂", rehearsal=False)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        plain, ours = [], []
        for number in range(rounds):
            order = MakeArchive("2026-11", "2026-11", cases)
            ours.append(seconds(lambda order=order, number=number: keeper.make(order, f"k{number}", NOW)))
            shutil.rmtree(root / "归档")
            target = Path(folder) / "plain"
            plain.append(seconds(lambda target=target: plainly(root, target)))
            shutil.rmtree(target)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{CASES} complaints, {CASES * FILES} files, {total / 1e6:,.0f} MB, {rounds} rounds")
    for which, name in enumerate(("wall", "processor")):
        mine, parts = median(ours, which), median(plain, which)
        print(f"{name}: archive {mine:.1f} s, plain parts {parts:.1f} s, ratio {mine / parts:.2f} (allowed 1.3)")
    print(f"memory grew by {grown:.0f} MB (allowed {GROWTH_ALLOWED})")
    assert grown <= GROWTH_ALLOWED, grown


if __name__ == "__main__":
    main(200_000_000 if "--quick" in sys.argv else 2_000_000_000, 3)
