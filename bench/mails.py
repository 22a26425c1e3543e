"""The row on mails to filed cases: parsed beside the standard library's default policy, and filed end to end.

1,000 replies (20 with --quick) with two photos and a report in PDF go to 8 complaints that have their folders. "Filed
end to end" is what `kesu run` does: fetched from the mailbox, read, kept as they came, remembered in the journal, put
aside, then every file placed in its complaint's folder with its checksum committed; all of it on the disk. The peer
only parses and decodes. A fresh plant for every round; making it does not count.
"""

from __future__ import annotations

import base64
import hashlib
import os
import random
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bench.row import Row, Scale, within
from bench.shares import shares
from bench.turns import in_turns, one_round

if TYPE_CHECKING:
    from schemas.incoming import IncomingMail
    from tests.functional.plant_folder import PlantFolder

CASES = 8
BEGIN = datetime.fromisoformat("2026-11-26T09:00:00+08:00")
SIZES = {"现场照片1.jpg": 180_000, "现场照片2.jpg": 420_000, "检测报告.pdf": 90_000}
REMARKS = """\
Reading alone stays within the peer's time; what is beyond it waits for the disk: each mail is kept as it came, its
files and the mail itself are put into the complaint's folder, and the journal commits what was taken and what was
filed. The next step would be to read the next mail while the disk confirms the last one: a thread in intake."""
T = TypeVar("T")
Files = tuple[tuple[str, bytes], ...]


def subject_of(number: int) -> str:
    """A reply that names its complaint."""
    return f"回复：[KS-202611-{number % CASES + 1:03}] 冷却水管渗漏 补充 {number}"


def replies(count: int) -> list[bytes]:
    """Mails as Foxmail writes them, each with files of its own."""
    from tests.functional.test_intake import CUSTOMER
    from tests.mail_clients import foxmail

    source, made = random.Random(11), []  # noqa: S311 - content, not a secret
    for number in range(count):
        files = [(name, name.encode() + source.randbytes(size)) for name, size in SIZES.items()]
        made.append(foxmail(replace(
            CUSTOMER, subject=subject_of(number),
            lines=["周工：", f"补充第 {number} 次，见附件。"], message_id=f"{number}@xinghe.example.com", files=files,
        )))
    return made


def plant_with_cases(root: Path) -> PlantFolder:
    """Complaints with folders, closed since: drawing their documents anew is another row's work."""
    from pipeline.app import open_site
    from pipeline.tick import Passes
    from tests.functional.plant_folder import COMPLAINTS, complaint, empty_plant

    plant = empty_plant(root)
    plant.configure(address_book="{星河汽车: {senders: [xinghe.example.com], engineer: 周启航}}", digest="false",
                    per_sender_day=100_000, deck="false")
    plant.type(COMPLAINTS, *(complaint(客诉编号=f"KS-202611-{number + 1:03}", 产品编号=f"CW-{number}", 状态="调查")
                             for number in range(CASES)))
    with open_site(plant.config, BEGIN, quiet_seconds=0) as opened:
        passes = Passes(opened.site, rehearsal=True)
        for minutes in (55, 40):
            passes.tick(BEGIN - timedelta(minutes=minutes))
        _close(plant)
        for minutes in (30, 15, 14):
            passes.tick(BEGIN - timedelta(minutes=minutes))
    return plant


def _close(plant: PlantFolder) -> None:
    from openpyxl import load_workbook

    from tests.functional.plant_folder import COMPLAINTS, headings

    book = load_workbook(plant.ledger)
    columns = headings(book[COMPLAINTS])
    for row in range(columns[""] + 1, columns[""] + 1 + CASES):
        for heading, value in (("状态", "关闭"), ("关闭日期", "2026-11-25")):
            book[COMPLAINTS].cell(row, columns[heading]).value = value
    book.save(plant.ledger)


def parsed_by_peer(raw: bytes) -> tuple[str, str, Files]:
    """Subject, text and files by the standard library's default policy."""
    from email import policy
    from email.parser import BytesParser

    mail = BytesParser(policy=policy.default).parsebytes(raw)
    body = mail.get_body(("html", "plain"))
    files = tuple((str(part.get_filename()), part.get_content()) for part in mail.iter_attachments())
    return str(mail["Subject"]), str(body.get_content()) if body else "", files


def filed(template: PlantFolder, raws: Sequence[bytes], root: Path, watched: Callable[[Callable[[], None]], T]) -> T:
    """What watching the passes of one process until every mail is filed gives; the plant is copied and the mails laid
    out before."""
    import shutil

    from pipeline.app import open_site
    from pipeline.tick import Passes
    from tests.functional.plant_folder import PlantFolder

    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(template.root, root)
    plant = PlantFolder(root)
    with open_site(plant.config, BEGIN, quiet_seconds=0) as opened:
        passes = Passes(opened.site, rehearsal=True)
        passes.tick(BEGIN)  # what `run` has behind it: the first pass reads ledger and templates
        for number, raw in enumerate(raws):
            (plant.root / "mail" / "inbox" / f"{number:05}.eml").write_bytes(raw)
        os.sync()

        def work() -> None:
            for number in range(1, 3 * len(raws)):
                done = passes.tick(BEGIN + timedelta(seconds=number)).performed
                if not done:
                    return

        return watched(work)


def each(items: Iterable[bytes], work: Callable[[bytes], object]) -> None:
    """One after the other, nothing kept."""
    for item in items:
        work(item)


def stored_files(plant: PlantFolder) -> set[tuple[str, str]]:
    """What the folders hold: (complaint, checksum)."""
    return {(path.parts[-3].partition(" ")[0], hashlib.sha256(path.read_bytes()).hexdigest())
            for path in plant.share.rglob("附件/*")}


def differences(number: int, expected: Files, ours: IncomingMail, stored: set[tuple[str, str]]) -> Iterator[str]:
    """What we read and filed of a mail against the peer's files; texts against what was written, since the peer takes
    characters apart that were split between two encoded words."""
    case = f"KS-202611-{number % CASES + 1:03}"
    missing = [name for name, content in expected if (case, hashlib.sha256(content).hexdigest()) not in stored]
    if missing:
        yield f"mail {number}: {', '.join(missing)} not in the folder of {case}"
    if tuple((file.name, file.content) for file in ours.files) != expected:
        yield f"mail {number}: files differ from the peer's"
    if ours.subject != subject_of(number) or f"补充第 {number} 次" not in ours.text:
        yield f"mail {number}: subject or text differ from what was written"


def rows(scale: Scale) -> Iterator[Row]:
    """Parse, and filed end to end."""
    from pipeline.intake.mail_reader import MimeMailReader

    raws = replies(scale.choose(quick=20, full=1000))
    blobs = [blob for raw in raws for blob in re.findall(rb"\r\n\r\n([A-Za-z0-9+/=\r\n]{1000,})", raw)]
    reader = MimeMailReader()
    with tempfile.TemporaryDirectory() as folder:
        template = plant_with_cases(Path(folder) / "template")
        root = Path(folder) / "plant"
        cost = in_turns({
            "ours, filed end to end": lambda: filed(template, raws, root, one_round),
            "ours, parse": lambda: each(raws, partial(reader.read, "m")),
            "parse with the default policy": lambda: each(raws, parsed_by_peer),
            "base64 of the attachments": lambda: each(blobs, base64.b64decode),
        }, scale.rounds)
        stored = stored_files(type(template)(root))
        wrong = tuple(fault for number, raw in enumerate(raws)
                      for fault in differences(number, parsed_by_peer(raw)[2], reader.read("m", raw), stored))
        peer, limit = cost["parse with the default policy"], cost["base64 of the attachments"]
        size = sum(map(len, raws)) / len(raws) / 1e6
        row = Row(
            "mails with attachments to filed cases", f"{len(raws):,} of {size:.2f} MB, {CASES} cases",
            cost["ours, filed end to end"], (cost["ours, parse"], peer), limit,
            (within(cost["ours, parse"], peer, 1.0), within(cost["ours, filed end to end"], peer, 1.5)),
            "names and bytes of each file with the peer's and in its complaint's folder; subjects and texts as written",
            wrong, remarks=REMARKS,
            facts=(f"{1000 * cost['ours, filed end to end'].seconds / len(raws):.1f} ms a mail filed, "
                   f"{1000 * peer.seconds / len(raws):.1f} ms parsed by the peer",),
        )
        if row.reached < row.judged:
            row = replace(row, profile=filed(template, raws, root, shares))
    yield row
