"""Times our patch of 100 cells against inflating and deflating that sheet, and against openpyxl loading and saving.

Usage: python -m bench.patch [ROWS ...], by default 10000 and 100000 rows of 40 columns. Everything runs in one process
and is measured in its processor time; ratios count, since machines differ. Prints peak memory as well; openpyxl is left
out above 20,000 rows unless ``--openpyxl`` is given, where it takes minutes.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import xlsxwriter

from pipeline.ooxml.package import Package
from pipeline.ooxml.shared_strings import lookup
from pipeline.ooxml.sheet_edit import edited_sheet
from pipeline.ooxml.sheet_layout import locate
from pipeline.ooxml.sheet_patch import CellWrite, patch_workbook

COLUMNS, CELLS = 40, 100


def build(path: Path, rows: int) -> None:
    """A ledger of rows with texts, numbers and dates, as a spreadsheet program writes it (shared strings)."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("客诉台账")
    for row in range(rows):
        for column in range(COLUMNS):
            value = f"KS-{row:06d}" if column == 0 else ("东湖汽车", row % 997, "接头泄漏", 0.03)[column % 4]
            sheet.write(row, column, value)
    book.close()


def timed(do: Callable[[], object]) -> float:
    """Seconds of processor time, which other work on the machine disturbs least; the best of three."""
    best = 1e9
    for _ in range(3):
        begun = time.process_time()
        do()
        best = min(best, time.process_time() - begun)
    return best


def inflate_and_deflate(path: Path) -> None:
    """What no writer of the sheet can spare: unpack it and pack it, at the level the patch uses for its size."""
    package = Package(path)
    member = package.find("xl/worksheets/sheet1.xml")
    assert member is not None
    content = package.read(member)
    packer = zlib.compressobj(6 if len(content) <= 16 << 20 else 1, zlib.DEFLATED, -zlib.MAX_WBITS)
    packer.compress(content)
    packer.flush()


def unverified(source: Path, target: Path, writes: list[CellWrite]) -> None:
    """The patch without its verification; only to see what that costs."""
    package = Package(source)
    member = package.find("xl/worksheets/sheet1.xml")
    assert member is not None
    layout = locate(source, "客诉台账", package.read(member))
    package.rewrite(target, {member.name: edited_sheet(layout, writes, {}, lookup(package))}, {})


def measure(folder: Path, rows: int, *, with_openpyxl: bool) -> str:
    """One line of figures."""
    source, target = folder / "in.xlsx", folder / "out.xlsx"
    build(source, rows)
    writes = [CellWrite("客诉台账", 1 + number * (rows // CELLS), COLUMNS, f"校验 {number}") for number in range(CELLS)]
    floor = timed(lambda: inflate_and_deflate(source))
    patch = timed(lambda: patch_workbook(source, target, writes))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    bare = timed(lambda: unverified(source, target, writes))
    line = (f"{rows} rows: inflate + deflate {floor:.2f} s, patch {bare:.2f} s (x {bare / floor:.2f}), with full "
            f"verification {patch:.2f} s (x {patch / floor:.2f}), peak memory {memory} MB")
    if with_openpyxl:
        begun = time.process_time()
        book = openpyxl.load_workbook(source)
        for write in writes:
            book["客诉台账"].cell(write.row, write.column + 1, write.text)
        book.save(target)
        spent = time.process_time() - begun
        line += f", openpyxl load + save {spent:.2f} s (x {spent / patch:.1f} of the patch)"
    return line


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--openpyxl", action="store_true")
    chosen = parser.parse_args()
    for count in chosen.rows:
        with tempfile.TemporaryDirectory(prefix="kesu-patch-") as name:
            print(measure(Path(name), count, with_openpyxl=chosen.openpyxl or count <= 20_000), flush=True)
