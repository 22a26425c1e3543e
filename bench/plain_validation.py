"""The validation that people would write around a peer's cells with our models: row by row, nothing remembered.

The columns are known by their headings in the first row. Each row goes through ``Complaint.model_validate`` as pydantic
intends it; where that fails, every error is noted on its cell and the row validated again without those cells. Then
come the checks between cells, rows and sheets (``schemas.consistency``), as in ours. It finds no headings in other
words, tells no totals from rows and cleans no text for showing: what is compared are values and problems.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas.columns import SheetRow
from schemas.consistency import find_contradictions
from schemas.rows import Complaint, SheetKind
from schemas.values import clean_text
from schemas.workbook import Issue, Place, Row, SheetReading, WorkbookReading


def _letters(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def _row(sheet: str, number: int, columns: dict[str, int], cells: Sequence[Any], today: date) -> Row[SheetRow]:
    values = {name: cells[column] for name, column in columns.items() if column < len(cells) and cells[column] != ""}
    issues = []
    try:
        record = Complaint.model_validate(values, context={"today": today})
    except ValidationError as failure:
        for error in failure.errors(include_url=False, include_input=False):
            name = str(error["loc"][0])
            cell, shown = f"{_letters(columns[name])}{number}", clean_text(values[name]) or ""
            issues.append(Issue(sheet, cell, name, shown, str(error.get("ctx", {}).get("error", error["msg"]))))
        unread = {issue.field for issue in issues}
        readable = {name: value for name, value in values.items() if name not in unread}
        record = Complaint.model_validate(readable, context={"today": today})
    return Row(Place(sheet, number), record, values, {}, tuple(issues))


def validated(path: Path, name: str, cells: Sequence[Sequence[Any]], today: date) -> WorkbookReading:
    """A ledger sheet, headings first, as records with their problems."""
    by_heading = {field.column.heading: field.name for field in Complaint.fields()}
    columns = {by_heading[heading]: column for column, heading in enumerate(cells[0]) if heading in by_heading}
    rows = tuple(_row(name, number, columns, row, today) for number, row in enumerate(cells[1:], start=2))
    sheet = SheetReading(name, SheetKind.COMPLAINTS, 1, columns, {}, {}, (), frozenset(), (), rows)
    issues = tuple(issue for row in rows for issue in row.issues)
    reading = WorkbookReading(path.name, path, "", datetime(2026, 11, 26, tzinfo=UTC), (sheet,), issues)
    found = find_contradictions(reading, today)
    return WorkbookReading(path.name, path, "", reading.saved, (sheet,), (*issues, *found))
