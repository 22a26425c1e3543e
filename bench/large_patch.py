"""Times our patch of 100 cells in large ledgers against inflating and deflating that sheet, and tells its memory.

Usage: python -m bench.large_patch [ROWS ...] [--openpyxl], by default 10000 and 100000 rows of 40 columns. All is
measured in processor time, each thing in a process of its own, so that the peak memory told is that of the patch;
ratios count, since machines differ. openpyxl's loading and saving is left out above 20,000 rows unless asked for: there
it takes minutes. POSIX.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import xlsxwriter

from pipeline.ooxml.package import Package
from pipeline.ooxml.shared_strings import lookup
from pipeline.ooxml.sheet_edit import edited_sheet
from pipeline.ooxml.sheet_layout import locate
from pipeline.ooxml.sheet_patch import CellWrite, patch_workbook

COLUMNS, CELLS, SHEET, PART = 40, 100, "客诉台账", "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class Figures:
    """Seconds of processor time and MB of peak memory; ``openpyxl`` None when it was left out.

    ``floor`` inflates and deflates the sheet, ``bare`` patches 100 cells without verification, ``verified`` is what is
    really done, ``one_row`` the same for three cells of one row. The sheet has ``part`` MB unpacked.
    """

    rows: int
    part: float
    floor: float
    bare: float
    verified: float
    one_row: float
    memory: float
    openpyxl: float | None

    def __str__(self) -> str:
        peer = "" if self.openpyxl is None else (
            f", openpyxl load + save {self.openpyxl:.2f} s (x {self.openpyxl / self.verified:.1f} of the patch)"
        )
        return (
            f"{self.rows} rows ({self.part:.0f} MB): inflate + deflate {self.floor:.2f} s, patch {self.bare:.2f} s "
            f"(x {self.bare / self.floor:.2f}), with full verification {self.verified:.2f} s "
            f"(x {self.verified / self.floor:.2f}), 3 cells of one row {self.one_row:.2f} s, "
            f"peak memory {self.memory:.0f} MB{peer}"
        )


def build(path: Path, rows: int) -> None:
    """A ledger of rows with texts, numbers and dates, as a spreadsheet program writes it (shared strings)."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet(SHEET)
    for row in range(rows):
        for column in range(COLUMNS):
            value = f"KS-{row:06d}" if column == 0 else ("东湖汽车", row % 997, "接头泄漏", 0.03)[column % 4]
            sheet.write(row, column, value)
    book.close()


def alone(do: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Seconds of processor time (the best of so many), and peak memory in MB, in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        best = 1e9
        for _ in range(times):
            begun = time.process_time()
            do()
            best = min(best, time.process_time() - begun)
        told = json.dumps([best, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024])
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        seconds, memory = json.loads(answer.read())
    os.waitpid(child, 0)
    return seconds, memory


def inflate_and_deflate(path: Path) -> None:
    """What no writer of the sheet can spare: unpack it and pack it, at the level the patch uses for its size."""
    package = Package(path)
    member = package.find(PART)
    assert member is not None
    content = package.read(member)
    packer = zlib.compressobj(6 if len(content) <= 16 << 20 else 1, zlib.DEFLATED, -zlib.MAX_WBITS)
    packer.compress(content)
    packer.flush()


def unverified(source: Path, target: Path, writes: list[CellWrite]) -> None:
    """The patch without its verification; only to see what that costs."""
    package = Package(source)
    member = package.find(PART)
    assert member is not None
    layout = locate(source, SHEET, package.read(member))
    package.rewrite(target, {member.name: edited_sheet(layout, writes, {}, lookup(package))}, {})


def by_openpyxl(source: Path, target: Path, writes: list[CellWrite]) -> None:
    """The same cells by loading and saving."""
    book = openpyxl.load_workbook(source)
    for write in writes:
        book[SHEET].cell(write.row, write.column + 1, write.text)
    book.save(target)


def measure(rows: int, *, with_openpyxl: bool) -> Figures:
    """Figures for a ledger of so many rows."""
    with tempfile.TemporaryDirectory(prefix="kesu-patch-") as name:
        source, target = Path(name) / "in.xlsx", Path(name) / "out.xlsx"
        alone(lambda: build(source, rows), times=1)
        writes = [CellWrite(SHEET, 1 + number * (rows // CELLS), COLUMNS, f"校验 {number}") for number in range(CELLS)]
        one_row = [CellWrite(SHEET, rows // 2, COLUMNS + number, f"校验 {number}") for number in range(3)]
        verified, memory = alone(lambda: patch_workbook(source, target, writes))
        member = Package(source).find(PART)
        return Figures(
            rows, (member.size if member else 0) / 2**20, alone(lambda: inflate_and_deflate(source))[0],
            alone(lambda: unverified(source, target, writes))[0], verified,
            alone(lambda: patch_workbook(source, target, one_row))[0], memory,
            alone(lambda: by_openpyxl(source, target, writes), times=1)[0] if with_openpyxl else None,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--openpyxl", action="store_true")
    chosen = parser.parse_args()
    for count in chosen.rows:
        print(measure(count, with_openpyxl=chosen.openpyxl or count <= 20_000), flush=True)
