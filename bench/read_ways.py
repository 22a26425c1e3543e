"""One way of reading and validating a workbook, in a process of its own: ``python -m bench.read_ways WAY FILE INTO``.

Writes to INTO the seconds from the first byte of the file to the last validated row (libraries are imported before; the
child process that kesu reads with is inside), those until the cells were there, and a digest of every row and issue, so
that ways can be compared.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.parsers import expat

from bench.watch import Watch

if TYPE_CHECKING:  # each way loads what it needs itself: the memory of the bare ways must not hold our modules
    from pipeline.ledger.workbook_process import RawSheet
    from schemas.workbook import WorkbookReading

TODAY = date(2026, 11, 26)
#: Reads the sheets of a file, by name; the validation that goes with them; neither where cells are all there is.
Sheets: TypeAlias = "Sequence[RawSheet] | Mapping[str, list[list[Any]]] | None"
Prepared: TypeAlias = "tuple[Callable[[Path], Sheets], Callable[[Path, Any], WorkbookReading] | None]"


def ours() -> Prepared:
    """As a pass reads: the child process gets ready, limits of the package, then cells and validation."""
    from pipeline.ledger.workbook_process import ReadingProcess
    from pipeline.ledger.workbook_reading import LedgerFile, read_sheets
    from pipeline.ooxml.limits import check_package

    def read(path: Path) -> Sequence[RawSheet]:
        process = ReadingProcess()
        check_package(path)
        return process.read(path, path)

    def validate(path: Path, sheets: Sequence[RawSheet]) -> WorkbookReading:
        return read_sheets(LedgerFile(path.name, path, "", datetime(2026, 11, 26, tzinfo=UTC)), sheets, {}, TODAY)

    return read, validate


def _plainly() -> Callable[[Path, Mapping[str, list[list[Any]]]], WorkbookReading]:
    from bench.plain_validation import validated

    def validate(path: Path, sheets: Mapping[str, list[list[Any]]]) -> WorkbookReading:
        ((name, cells),) = sheets.items()
        return validated(path, name, cells, TODAY)

    return validate


def openpyxl(*, read_only: bool) -> Prepared:
    """All cells with openpyxl, in one of its modes."""
    from openpyxl import load_workbook

    def read(path: Path) -> Mapping[str, list[list[Any]]]:
        book = load_workbook(path, read_only=read_only, data_only=True)
        return {sheet.title: [["" if value is None else value for value in row]
                              for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}

    return read, _plainly()


def pandas() -> Prepared:
    """All cells with pandas on calamine."""
    from pandas import read_excel

    def read(path: Path) -> Mapping[str, list[list[Any]]]:
        frames = read_excel(path, sheet_name=None, header=None, engine="calamine", dtype=object, keep_default_na=False)
        return {str(name): frame.to_numpy().tolist() for name, frame in frames.items()}

    return read, _plainly()


def calamine() -> Prepared:
    """Nothing but calamine's cells, validated by nobody."""
    from python_calamine import CalamineWorkbook

    def read(path: Path) -> None:
        with CalamineWorkbook.from_path(str(path)) as book:
            held = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
            assert held

    return read, None


def expat_alone() -> Prepared:
    """Inflating the sheets and their texts and letting expat look at every byte."""
    def read(path: Path) -> None:
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name.startswith("xl/worksheets/sheet") or name == "xl/sharedStrings.xml":
                    expat.ParserCreate().Parse(package.read(name), True)

    return read, None


WAYS: dict[str, Callable[[], Prepared]] = {
    "ours": ours,
    "openpyxl read_only": lambda: openpyxl(read_only=True),
    "openpyxl": lambda: openpyxl(read_only=False),
    "pandas(calamine)": pandas,
    "bare calamine": calamine,
    "inflate + bare expat": expat_alone,
}


def digests(result: WorkbookReading) -> Iterator[str]:
    """A digest of the values of each row, and of every problem by its cell."""
    for sheet in result.sheets:
        for row in sheet.rows:
            known = {name: value for name, value in row.record if value is not None}
            yield f"{sheet.name}!{row.place.row} {_digest(known)}"
    for issue in result.issues:
        yield f"{issue.sheet}!{issue.cell} {_digest((issue.field, issue.message))}"


def _digest(value: object) -> str:
    return hashlib.blake2b(repr(value).encode(), digest_size=8).hexdigest()


def main(way: str, path: Path, into: Path) -> None:
    """Time one reading and write what came out."""
    read, validate = WAYS[way]()
    watch = Watch()
    sheets = read(path)
    cells = watch.spent().seconds
    result = validate(path, sheets) if validate else None
    spent = watch.spent()
    told = {"seconds": spent.seconds, "processor": spent.processor, "cells": cells,
            "rows": list(digests(result)) if result else []}
    into.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
