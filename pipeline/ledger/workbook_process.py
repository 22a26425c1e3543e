"""Supervises the child process that reads a workbook, and turns what it prints into raw sheets."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pipeline.ledger.collector import collector_off
from schemas.errors import LedgerDamaged, LedgerEncrypted, LedgerTooLarge

TIME_LIMIT = 120.0  # seconds for one workbook; 100,000 x 40 cells take about 10
_SOURCES = Path(__file__).parents[2]  # isolated from the caller's folder and environment, but not from our own code
_CHILD = (
    "import sys; sys.path.insert(0, sys.argv[1]); from pipeline.ledger.workbook_child import main; "
    "sys.exit(main())"
)
_WINDOWS_ABORT = 0xC0000409

Cell = str | float | int | bool | datetime | date | time | timedelta
Address = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Span:
    """A merged range, 0-based, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class RawSheet:
    """One worksheet as it stands: ``cells[row][column]`` from A1 on (rows end at their last filled cell, "" = blank).

    ``errors`` gives the error word (#N/A ...) of a cell, ``formulas`` the cells that hold a formula, ``uncalculated``
    those of them without a result, ``strays`` far-out cells that were left out, ``refused`` why a sheet could not be
    read at all and what to do, ``part`` its name in the package. Addresses are 0-based.
    """

    name: str
    hidden: bool
    cells: list[list[Cell]]
    merged: tuple[Span, ...]
    errors: Mapping[Address, str]
    formulas: frozenset[Address]
    strays: tuple[str, ...] = ()
    refused: str = ""
    uncalculated: frozenset[Address] = frozenset()
    part: str = ""

    def at(self, row: int, column: int) -> Cell:
        """The cell's value, "" when blank or outside."""
        if row >= len(self.cells) or column >= len(self.cells[row]):
            return ""
        return self.cells[row][column]


def _cell(value: Any) -> Cell:
    tag, text = value
    if tag == "m":
        return datetime.fromisoformat(text)
    if tag == "d":
        return date.fromisoformat(text)
    if tag == "t":
        return time.fromisoformat(text)
    return timedelta(seconds=text)


def _rows(coded: memoryview, width: int, values: list[Cell]) -> list[list[Cell]]:
    """The rows of a sheet, each up to its last filled cell; equal cells share one object."""
    value, rows = values.__getitem__, []
    for start in range(0, len(coded), width or 1):
        row = [*map(value, coded[start : start + width])]
        while row and row[-1] == "":
            row.pop()
        rows.append(row)
    return rows


def _sheets(answer: Mapping[str, Any], cells: bytes) -> Iterator[RawSheet]:
    """The sheets of an answer; raises IndexError and ValueError for one that is cut off."""
    values = [_cell(value) if type(value) is list else value for value in answer["values"]]
    coded, start = memoryview(cells).cast("I"), 0
    for entry in answer["sheets"]:
        own = coded[start : start + entry["cells"]]
        start += entry["cells"]
        yield _sheet(entry, _rows(own, entry["width"], values))
    if start != len(coded):
        raise ValueError(start)


def _sheet(entry: Mapping[str, Any], cells: list[list[Cell]]) -> RawSheet:
    return RawSheet(
        name=entry["name"],
        hidden=entry["hidden"],
        cells=cells,
        merged=tuple(Span(*span) for span in entry["merged"]),
        errors={(row, column): text for row, column, text in entry["errors"]},
        formulas=frozenset((row, column) for row, column in entry["formulas"]),
        strays=tuple(entry["strays"]),
        refused=entry["refused"],
        uncalculated=frozenset((row, column) for row, column in entry["uncalculated"]),
        part=entry["part"],
    )


class ReadingProcess:
    """A child process that waits to be told which workbook to read; it reads that one and ends.

    Starting it costs more than reading a small workbook, so it is started while something else is still to be done.
    It finds this package by its place, so that it works from a source tree, an editable install and a wheel.
    """

    def __init__(self) -> None:
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW
        else:
            flags = 0
        command = [sys.executable, "-I", "-X", "utf8", "-c", _CHILD, str(_SOURCES)]
        pipe = subprocess.PIPE
        self._child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, creationflags=flags)

    def close(self) -> None:
        """Let a child go that was told nothing; one that has read is gone already."""
        if self._child.poll() is None:
            self._child.kill()
            self._child.communicate()

    def read(self, local: Path, shown: Path, time_limit: float = TIME_LIMIT) -> tuple[RawSheet, ...]:
        """Read every worksheet of ``local``; errors name ``shown``, the file that people know.

        Raises LedgerDamaged, LedgerEncrypted, LedgerTooLarge (memory or ``time_limit`` in seconds).
        """
        try:
            printed, complaint = self._child.communicate(str(local).encode(), timeout=time_limit)
        except subprocess.TimeoutExpired as late:
            self.close()
            raise LedgerTooLarge(shown, f"读取超过 {time_limit:.0f} 秒") from late
        if self._child.returncode in {-signal.SIGABRT, _WINDOWS_ABORT} or (sys.platform != "win32"
                                                                         and self._child.returncode == -signal.SIGKILL):
            raise LedgerTooLarge(shown, "读取时内存不足")
        try:
            with collector_off():
                line, _, cells = printed.partition(b"\n")
                answer = json.loads(line)
                sheets = () if "error" in answer else tuple(_sheets(answer, cells))
        except (ValueError, IndexError, TypeError) as unreadable:
            last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise LedgerDamaged(shown, f"读取进程异常退出 {last[:120]}".strip()) from unreadable
        match answer.get("error"):
            case None:
                return sheets
            case "encrypted":
                raise LedgerEncrypted(shown)
            case "too_large":
                raise LedgerTooLarge(shown, answer["detail"])
            case _:
                raise LedgerDamaged(shown, answer["detail"])


def read_workbook(local: Path, shown: Path, time_limit: float = TIME_LIMIT) -> tuple[RawSheet, ...]:
    """Read every worksheet of a workbook at once, see ``ReadingProcess.read``."""
    return ReadingProcess().read(local, shown, time_limit)
