"""One way of reading and validating a workbook, in a process of its own: ``python -m bench.read_ways WAY FILE INTO``.

Writes to INTO the seconds from the first byte of the file to the last validated row (libraries are imported before; the
child process that kesu reads with is inside), those until the cells were there, and a digest of every row and issue, so
that ways can be compared.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pipeline.ledger.workbook_process import RawSheet
from pipeline.ledger.workbook_reading import LedgerFile, read_sheets
from schemas.workbook import WorkbookReading

TODAY = date(2026, 11, 26)
#: Reads the sheets of a file; None where cells are not handed on to validation.
Prepared = Callable[[Path], "Sequence[RawSheet] | None"]


def _validated(path: Path, sheets: Sequence[RawSheet]) -> WorkbookReading:
    """The same validation for everybody."""
    return read_sheets(LedgerFile(path.name, path, "", datetime(2026, 11, 26, tzinfo=UTC)), sheets, {}, TODAY)


def _sheet(name: str, cells: list[list[Any]]) -> RawSheet:
    return RawSheet(name, hidden=False, cells=cells, merged=(), errors={}, formulas=frozenset())


def ours() -> Prepared:
    """As a pass reads: limits of the package, then the child process."""
    from pipeline.ledger.workbook_process import read_workbook
    from pipeline.ooxml.limits import check_package

    def read(path: Path) -> Sequence[RawSheet]:
        check_package(path)
        return read_workbook(path, path)

    return read


def openpyxl(*, read_only: bool) -> Prepared:
    """All cells with openpyxl, in one of its modes."""
    from openpyxl import load_workbook

    def read(path: Path) -> Sequence[RawSheet]:
        book = load_workbook(path, read_only=read_only, data_only=True)
        return [_sheet(sheet.title, [["" if value is None else value for value in row]
                                     for row in sheet.iter_rows(values_only=True)]) for sheet in book.worksheets]

    return read


def pandas() -> Prepared:
    """All cells with pandas on calamine."""
    from pandas import read_excel

    def read(path: Path) -> Sequence[RawSheet]:
        frames = read_excel(path, sheet_name=None, header=None, engine="calamine", dtype=object, keep_default_na=False)
        return [_sheet(str(name), frame.to_numpy().tolist()) for name, frame in frames.items()]

    return read


def calamine() -> Prepared:
    """Nothing but calamine's cells, validated by nobody."""
    from python_calamine import CalamineWorkbook

    def read(path: Path) -> None:
        with CalamineWorkbook.from_path(str(path)) as book:
            held = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
            assert held

    return read


def expat_alone() -> Prepared:
    """Inflating the sheets and their texts and letting expat look at every byte."""
    def read(path: Path) -> None:
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name.startswith("xl/worksheets/sheet") or name == "xl/sharedStrings.xml":
                    expat.ParserCreate().Parse(package.read(name), True)

    return read


WAYS: dict[str, Callable[[], Prepared]] = {
    "ours": ours,
    "openpyxl read_only": lambda: openpyxl(read_only=True),
    "openpyxl": lambda: openpyxl(read_only=False),
    "pandas(calamine)": pandas,
    "bare calamine": calamine,
    "inflate + bare expat": expat_alone,
}


def digests(result: WorkbookReading) -> Iterator[str]:
    """A digest for each row with what was typed and its issues, and of how the headings were understood."""
    for sheet in result.sheets:
        yield _digest((sheet.name, sheet.mapped, sheet.guessed, sheet.missing, sheet.prenumbered))
        for row in sheet.rows:
            known = {name: value for name, value in row.record if value is not None}
            yield f"{sheet.name}!{row.place.row} {_digest((known, row.typed, row.extras, row.issues))}"
    yield _digest((result.issues, result.hints))


def _digest(value: object) -> str:
    return hashlib.blake2b(repr(value).encode(), digest_size=8).hexdigest()


def main(way: str, path: Path, into: Path) -> None:
    """Time one reading and write what came out."""
    read = WAYS[way]()
    began = time.perf_counter()
    sheets = read(path)
    cells = time.perf_counter() - began
    result = None if sheets is None else _validated(path, sheets)
    seconds = time.perf_counter() - began
    told = {"seconds": seconds, "cells": cells, "rows": list(digests(result)) if result else []}
    into.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
