"""Writing three of our own cells into 1 and 100 rows of a person's ledger, beside openpyxl loading and saving it.

Usage: python -m bench.patch, which prints the rows of the comparison. The patch alone is held against inflating and
deflating the sheet it changes; verified and swapped into the share, as a pass does it, against openpyxl.
"""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from bench.large_ledger import write_large_ledger
from bench.row import Row, Scale, at_full_size, faster, within
from bench.shares import explained
from bench.turns import in_turns
from bench.watch import Spent, Watch
from pipeline.ledger.gateway import LedgerGateway
from pipeline.ooxml.package import Package
from pipeline.ooxml.shared_strings import lookup
from pipeline.ooxml.sheet_edit import edited_sheet
from pipeline.ooxml.sheet_layout import locate
from pipeline.ooxml.sheet_patch import CellWrite
from schemas.payloads import CellEdit
from schemas.settings import LedgerSetting

COLUMNS, CELLS, MOST = 40, 3, 100
_SHEET, _MEMBER, _NAME = "客诉台账", "xl/worksheets/sheet1.xml", "客诉台账.xlsx"
_TODAY = date(2026, 11, 26)
_REMARKS = """\
Cells that are not ours are stepped over in their row, not parsed (`pipeline/ooxml/plain_row.py`): with a hundred rows
of a small sheet that was the largest part. What is left above inflating and deflating is finding where each row begins
and ends; `python -m bench.large_patch` tells the same in processor time for 10,000 and 100,000 rows."""
_PEER, _LIMIT = "openpyxl load + save", "inflate + deflate of the sheet"


def rows(scale: Scale) -> Iterator[Row]:
    """One row and a hundred; what openpyxl takes does not depend on how many cells are written."""
    count = scale.choose(quick=1_000, full=10_000)
    with TemporaryDirectory(prefix="kesu-patch-") as name:
        folder = Path(name)
        source = folder / _NAME
        write_large_ledger(source, count, COLUMNS)
        ways: dict[str, Callable[[], object]] = {
            _PEER: lambda: by_openpyxl(source, folder / "openpyxl.xlsx", _writes(count, MOST)),
            _LIMIT: lambda: inflate_and_deflate(source),
        }
        for touched in (1, MOST):
            writes = _writes(count, touched)
            ways |= {f"patched {touched}": _Patched(source, folder / f"patched{touched}.xlsx", writes),
                     f"swapped {touched}": _Swapped(source, folder / f"share{touched}", writes)}
        cost = in_turns(ways, scale.rounds)
        peer = list(_cells(folder / "openpyxl.xlsx"))
        for touched in (1, MOST):
            patched, swapped = cost[f"patched {touched}"], cost[f"swapped {touched}"]
            yield explained(Row(
                f"write 3 of our own cells into {touched} of the rows", f"{count:,} x {COLUMNS}", swapped,
                (cost[_PEER], replace(patched, name="our patch without verification and swap")),
                cost[_LIMIT],
                (*at_full_size(scale, within(patched, cost[_LIMIT], 1.5)),
                 # in a quick ledger a hundred rows are every tenth
                 *at_full_size(Scale(quick=scale.quick and touched == MOST), faster(swapped, cost[_PEER], 6))),
                "the bytes of every other part with the source's; every cell with openpyxl's result",
                tuple(_differences(source, folder / f"share{touched}" / _NAME, peer, _writes(count, touched))),
                remarks=_REMARKS), ways[f"patched {touched}"])


def _writes(count: int, touched: int) -> list[CellWrite]:
    """Three cells right of the table in each of so many rows."""
    step = count // MOST
    return [CellWrite(_SHEET, 2 + number * step, COLUMNS + cell, f"校验 {number} {cell}")
            for number in range(touched) for cell in range(CELLS)]


def inflate_and_deflate(path: Path) -> None:
    """What no writer of the sheet can spare: unpack it and pack it, at the level the patch uses for its size."""
    package = Package(path)
    member = package.find(_MEMBER)
    assert member is not None
    content = package.read(member)
    packer = zlib.compressobj(6 if len(content) <= 16 << 20 else 1, zlib.DEFLATED, -zlib.MAX_WBITS)
    packer.compress(content)
    packer.flush()


def by_openpyxl(source: Path, target: Path, writes: Sequence[CellWrite]) -> None:
    """The way everybody knows; what openpyxl does not know of the workbook is lost."""
    book = openpyxl.load_workbook(source)
    for write in writes:
        book[_SHEET].cell(write.row, write.column + 1, write.text)
    book.save(target)


class _Patched:
    """The patch without its verification, for the share of the work that inflating and deflating has."""

    def __init__(self, source: Path, target: Path, writes: Sequence[CellWrite]) -> None:
        self._source, self._target, self._writes = source, target, list(writes)

    def __call__(self) -> None:
        package = Package(self._source)
        member = package.find(_MEMBER)
        assert member is not None
        layout = locate(self._source, _SHEET, package.read(member))
        package.rewrite(self._target, {member.name: edited_sheet(layout, self._writes, {}, lookup(package))}, {})


class _Swapped:
    """As a pass writes: patched from the copy that was read, verified, swapped on the share with a backup."""

    def __init__(self, source: Path, share: Path, writes: Sequence[CellWrite]) -> None:
        self._source, self._ledger, self._good = source, share / _NAME, share / "state" / "last_good" / _NAME
        self._gateway = LedgerGateway(share=share, state=share / "state", aliases={}, zone=UTC, quiet_seconds=0)
        self._sha256 = ""
        self._edits = [CellEdit(write.sheet, write.row, write.column, "feedback", "", write.text) for write in writes]

    def __call__(self) -> Spent:
        self._ledger.parent.mkdir(exist_ok=True)
        shutil.copyfile(self._source, self._ledger)
        setting = LedgerSetting(file=_NAME)
        if not self._sha256:
            self._sha256 = self._gateway.read(setting, _TODAY).sha256
        shutil.copyfile(self._source, self._good)  # as after a reading, which is another row's work
        watch = Watch()
        self._gateway.write(setting, self._sha256, self._edits)
        return watch.spent()


def _differences(source: Path, ours: Path, peer: Sequence[list[object]],
                 writes: Sequence[CellWrite]) -> Iterator[str]:
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(ours) as after:
        if before.namelist() != after.namelist():
            yield "the package has other parts"
        for name in before.namelist():
            if name != _MEMBER and before.read(name) != after.read(name):
                yield f"{name}: other bytes"
    written = {(write.row, write.column): write.text for write in writes}
    for row, (mine, theirs) in enumerate(zip(_cells(ours), peer, strict=True), start=1):
        for column, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            expected = written.get((row, column)) if column >= COLUMNS else other
            if one != expected:
                yield f"row {row} column {column + 1}: {one!r} instead of {expected!r}"
                return


def _cells(path: Path) -> Iterator[list[object]]:
    width = COLUMNS + CELLS
    for row in openpyxl.load_workbook(path, read_only=True)[_SHEET].iter_rows(max_col=width, values_only=True):
        yield [*row, *[None] * (width - len(row))]


if __name__ == "__main__":
    from bench.results import lines_of

    for made in rows(Scale(quick=False)):
        print("\n".join(lines_of(made)))
