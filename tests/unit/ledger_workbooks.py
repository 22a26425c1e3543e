"""Builds ledgers in the styles of plants nobody prepared, and reads them as ``kesu check`` does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.ledger.gateway import LedgerGateway
from pipeline.ledger.report import as_json
from schemas.settings import LedgerSetting
from schemas.workbook import WorkbookReading

TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Shanghai")


def gateway(path: Path, aliases: Mapping[str, Sequence[str]] | None = None) -> LedgerGateway:
    """A gateway over the folder of ``path`` with its state beside it."""
    return LedgerGateway(share=path.parent, state=path.parent / "state", aliases=aliases or {}, zone=ZONE,
                         quiet_seconds=0)


def read(path: Path, aliases: Mapping[str, Sequence[str]] | None = None) -> WorkbookReading:
    """One reading of a workbook as of TODAY."""
    return gateway(path, aliases).read(LedgerSetting(file=path.name), TODAY)


def report(path: Path, aliases: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """What ``kesu check --json`` shows."""
    return as_json(read(path, aliases))


def fill(sheet: Worksheet, rows: Iterable[Sequence[object]], first_row: int = 1) -> None:
    """Write rows of values from ``first_row`` on; None leaves a cell blank."""
    for row, values in enumerate(rows, first_row):
        for column, value in enumerate(values, 1):
            if value is not None:
                sheet.cell(row, column).value = value  # type: ignore[assignment]  # the stub leaves out plain object


def book(path: Path, sheets: Mapping[str, Iterable[Sequence[object]]]) -> Workbook:
    """A workbook with one sheet per entry, filled from its first row; saved to ``path``."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        fill(workbook.create_sheet(name), rows)
    workbook.save(path)
    return workbook
