"""An empty plant in a temporary folder, a stand-in for the person at Excel, and the command line as people call it.

The rows are typed with openpyxl, which loads and saves the whole workbook: it plays Excel here and is right only for
these ledgers of our own making.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.cli import main
from pipeline.commands.init import make_plant

SOURCES = Path(__file__).resolve().parents[2]
LEDGER = "客诉台账.xlsx"
COMPLAINTS, CONTACTS = "客诉台账", "通讯录"
OPENED = "2026-11-25T17:00+08:00"  # the pass over the empty ledger: what is typed later is new, not stock
PEOPLE: tuple[dict[str, object], ...] = (
    {"姓名": "周启航", "部门": "品质部", "岗位": "质量工程师", "邮箱": "zhou@example.com", "直属上级": "韩立川"},
    {"姓名": "韩立川", "部门": "品质部", "岗位": "品质经理", "邮箱": "han@example.com"},
    {"姓名": "罗文斌", "部门": "注塑车间", "岗位": "车间主任", "邮箱": "luo@example.com", "直属上级": "韩立川"},
    {"姓名": "彭小满", "部门": "注塑车间", "岗位": "检验班组长", "邮箱": "peng@example.com"},
)
Snapshot = Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be nothing but JSON."""
        return json.loads(self.out)


def kesu(*arguments: object) -> Said:
    """Call the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:  # argparse
            code = left.code if isinstance(left.code, int) else 1
    return Said(code, out.getvalue(), err.getvalue())


def kesu_process(*arguments: object) -> subprocess.Popen[str]:
    """Start the command line as a process of its own."""
    command = [sys.executable, "-m", "pipeline.cli", *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", cwd=SOURCES
    )


def complaint(**cells: object) -> dict[str, object]:
    """A complaint whose minimum stands and whose containment is ordered; with the given cells on top."""
    return {
        "接诉时间": "2026-11-26 08:00", "客户": "星河汽车", "产品名称": "冷却水管", "不良现象": "接头泄漏",
        "质量工程师": "周启航", "责任部门": "注塑车间", "状态": "待确认", "紧急措施": "中转库换批", **cells,
    }


def headings(sheet: Worksheet) -> dict[str, int]:
    """Columns by heading; the heading row is the one with the most words, as in the template."""
    best = max(range(1, 6), key=lambda row: sum(cell.value is not None for cell in sheet[row]))
    found = {str(cell.value): int(cell.column or 0) for cell in sheet[best] if cell.value is not None}
    return {**found, "": best}


@dataclass(frozen=True)
class PlantFolder:
    """One plant under ``root``, made by ``kesu init``."""

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "config.yaml"

    @property
    def share(self) -> Path:
        return self.root / "share"

    @property
    def ledger(self) -> Path:
        return self.share / LEDGER

    @property
    def outbox(self) -> Path:
        return self.root / "mail" / "outbox"

    @property
    def journal(self) -> Path:
        return self.root / "state" / "journal.db"

    def configure(self, **values: object) -> None:
        """Change values of config.yaml, where each key stands on a line of its own."""
        text = self.config.read_text(encoding="utf-8")
        for key, value in values.items():
            text, count = re.subn(rf"^( *{key}:)[^#\n]*", rf"\1 {value}  ", text, count=1, flags=re.MULTILINE)
            assert count == 1, key
        self.config.write_text(text, encoding="utf-8")

    def type(self, sheet: str, *rows: Mapping[str, object]) -> None:
        """Type rows below the last one of a sheet and save."""
        workbook = load_workbook(self.ledger)
        columns = headings(workbook[sheet])
        free = 1 + max(
            row for row in range(columns[""], workbook[sheet].max_row + 1)
            if row == columns[""] or any(cell.value is not None for cell in workbook[sheet][row])
        )
        for index, row in enumerate(rows):
            for heading, value in row.items():
                workbook[sheet].cell(free + index, columns[heading]).value = value  # type: ignore[assignment]  # any cell value
        self._save(workbook)

    def retype(self, sheet: str, index: int, **cells: object) -> None:
        """Change cells of the ``index``-th filled row (from 0) and save."""
        workbook = load_workbook(self.ledger)
        columns = headings(workbook[sheet])
        for heading, value in cells.items():
            cell = workbook[sheet].cell(columns[""] + 1 + index, columns[heading])
            cell.value = value  # type: ignore[assignment]  # any cell value
        self._save(workbook)

    def _save(self, workbook: Any) -> None:
        # a new file under the old name, as Excel saves
        with tempfile.TemporaryDirectory(dir=self.root) as folder:
            workbook.save(Path(folder) / LEDGER)
            os.replace(Path(folder) / LEDGER, self.ledger)  # noqa: PTH105 - Path.replace reads as a string's

    def rows(self, sheet: str = COMPLAINTS) -> list[dict[str, object]]:
        """The filled rows of a sheet as they stand in the file, by heading."""
        workbook = load_workbook(self.ledger)
        columns = headings(workbook[sheet])
        first = columns.pop("") + 1
        found: list[dict[str, object]] = []
        for row in range(first, workbook[sheet].max_row + 1):
            cells: dict[str, object] = {
                heading: workbook[sheet].cell(row, column).value for heading, column in columns.items()
            }
            if any(value is not None for value in cells.values()):
                found.append(cells)
        workbook.close()
        return found

    def mails(self) -> list[EmailMessage]:
        """What lies in the outbox, parsed, in the order of sending."""
        parser = BytesParser(policy=policy.default)
        return [parser.parsebytes(path.read_bytes()) for path in sorted(self.outbox.glob("*.eml"))]

    def files(self, pattern: str = "*") -> list[str]:
        """The files below the case folders, relative to them."""
        cases = self.share / "客诉资料"
        return sorted(path.relative_to(cases).as_posix() for path in cases.rglob(pattern) if path.is_file())

    def once(self, time: str, *more: object, day: str = "2026-11-26") -> Said:
        """One pass at a time of day (Shanghai)."""
        return kesu("once", "-c", self.config, "--now", f"{day}T{time}+08:00", *more)

    def settled(self, *, first: str = "08:05", second: str = "08:16") -> Said:
        """The two passes after which a typed row is managed; returns the second."""
        self.once(first)
        return self.once(second)

    def board(self) -> str:
        """The board page's text."""
        return (self.share / "客诉看板.html").read_text(encoding="utf-8")

    def snapshot(self) -> Snapshot:
        """Every file and folder of the plant with its time stamp (0 for folders) and content."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            state = (path.stat().st_mtime_ns, digest(path)) if path.is_file() else (0, "")
            found[path.relative_to(self.root).as_posix()] = state
        return found


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _template() -> Path:
    """An empty plant whose first pass saw the empty ledger; made once for a test run, then copied."""
    root = Path(tempfile.mkdtemp(prefix="kesu-plant-")) / "plant"
    plant = PlantFolder(root)
    make_plant(root, OPENED)
    plant.configure(quiet_seconds=0)
    plant.type(CONTACTS, *PEOPLE)
    assert kesu("once", "-c", plant.config, "--now", OPENED).code == 0
    return root


def empty_plant(root: Path) -> PlantFolder:
    """A plant with four colleagues in 通讯录 and an empty ledger that a pass has seen."""
    shutil.copytree(_template(), root)
    return PlantFolder(root)
