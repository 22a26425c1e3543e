"""Makes readings from small tables of records, as if they had been read from a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from schemas.rows import MODELS, SheetKind
from schemas.values import clean_text
from schemas.workbook import Place, Row, SheetReading, WorkbookReading

TODAY = date(2026, 11, 23)


def reading(tables: Mapping[SheetKind, Sequence[Mapping[str, object]]]) -> WorkbookReading:
    """One sheet per kind, rows from 2 on; columns in the order in which fields first appear."""
    sheets = []
    for kind, records in tables.items():
        names = list(dict.fromkeys(name for record in records for name in record))
        rows = tuple(
            Row(Place(kind.value, number), MODELS[kind].model_validate(dict(record), context={"today": TODAY}),
                {name: text for name, value in record.items() if (text := clean_text(value))}, {})
            for number, record in enumerate(records, 2)
        )
        sheets.append(SheetReading(kind.value, kind, 1, {name: index for index, name in enumerate(names)}, {}, {}, (),
                                   frozenset(), (), rows))
    return WorkbookReading("台账.xlsx", Path("台账.xlsx"), "", datetime(2026, 11, 23, tzinfo=UTC), tuple(sheets), ())
