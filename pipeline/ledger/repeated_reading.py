"""Reads the same ledgers over and over: what did not change since the last reading is taken over from it."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipeline.ledger.headings import Aliases
from pipeline.ledger.reader import KeptRows
from pipeline.ledger.rereading import Read, reread
from pipeline.ledger.row_bytes import Parts, bytes_of, is_looked_at
from pipeline.ledger.workbook_process import RawSheet, ReadingProcess
from pipeline.ledger.workbook_reading import LedgerFile, read_sheets
from pipeline.ooxml.limits import check_package
from schemas.errors import LedgerUnreadable
from schemas.workbook import WorkbookReading


class RepeatedReading:
    """Keep one for as long as the process runs.

    A ledger that is read a second time will be read a third: from then on it is known which bytes each row had, only
    changed rows go to the child process, and the next child is started ahead. Rows whose cells are the same are the
    very objects of the reading before. What comes out is what a reading of the whole would give.
    """

    def __init__(self) -> None:
        self._read: dict[Path, Read | None] = {}
        self._rows: dict[Path, dict[str, KeptRows]] = {}
        self._ahead: list[ReadingProcess] = []
        weakref.finalize(self, _close, self._ahead)

    def read(self, file: LedgerFile, local: Path, aliases: Aliases, today: date) -> WorkbookReading:
        """The ledger ``file`` by its settled copy ``local``; raises LedgerUnreadable in its kinds."""
        again = file.path in self._read
        before = self._read.pop(file.path, None)
        if not self._ahead:
            self._ahead.append(ReadingProcess())  # gets ready while the package is checked
        parts = check_package(local, wanted=is_looked_at if again else lambda _name: False)
        sheets = self._changed(file, before, parts, local) if before is not None else None
        if sheets is None:
            sheets = self._process().read(local, file.path)
            looked = bytes_of(parts, known=False) if again else None
            self._read[file.path] = None if looked is None else Read(looked, sheets)
        if again and not self._ahead:
            self._ahead.append(ReadingProcess())
        return read_sheets(file, sheets, aliases, today, self._rows.setdefault(file.path, {}))

    def _changed(self, file: LedgerFile, before: Read, parts: Parts, local: Path) -> tuple[RawSheet, ...] | None:
        """The sheets by their changed rows; None when the whole has to be read."""
        def read(small: bytes) -> Sequence[RawSheet]:
            path = local.with_name("changed-rows.xlsx")
            path.write_bytes(small)
            try:
                return self._process().read(path, file.path)
            except LedgerUnreadable:
                return ()  # reading the whole says what is the matter
            finally:
                path.unlink()

        looked = bytes_of(parts, known=True)
        sheets = reread(before, looked, parts, read) if looked is not None else None
        if looked is not None and sheets is not None:
            self._read[file.path] = Read(looked, sheets)
        return sheets

    def _process(self) -> ReadingProcess:
        return self._ahead.pop() if self._ahead else ReadingProcess()


def _close(ahead: list[ReadingProcess]) -> None:
    while ahead:
        ahead.pop().close()
