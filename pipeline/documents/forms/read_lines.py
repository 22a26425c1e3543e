"""What people typed into the tables of a customer's workbook: which row of the 8D each line is, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.documents.field_names import FieldNames, row_field, shown
from pipeline.documents.forms.fill_workbook import named_cells
from pipeline.documents.forms.form_context import line_of, named_rows
from pipeline.documents.forms.form_map import CheckedMap, TableRows
from pipeline.documents.forms.label import has_han
from pipeline.documents.forms.lexicon import packaged_lexicon
from pipeline.ooxml.cells import column_index, reference

_WHYS = ("occurrence_whys", "escape_whys")
#: What a form's list is made of in the 8D, where the two differ.
_PARTS = {"preventive": ("error_proofing", "deployment")}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Known:
    """A row of the 8D as the form lists it: the list it belongs to, its key there, and its values."""

    table: str
    key: str
    values: Row


def cells_by_field(
    form_map: CheckedMap, whole: Mapping[str, Any], texts: Mapping[str, str], names: FieldNames
) -> tuple[dict[str, str], dict[str, str]]:
    """Cells of lists (``8D!B3`` → ``corrective/C1/due``), and what tells a row that the form itself does not show.

    ``whole`` is the form's context, ``texts`` the present text of every filled cell. A line belongs to the row that
    most of its cells still read like, else to the row at its place; a line beyond the rows is a new one.
    """
    cells: dict[str, str] = {}
    told: dict[str, str] = {}
    for place, box in form_map.cells.items():
        address = box.addresses[0] if box.plain and box.addresses else None
        if address is None or not address.row or address.name in _WHYS:
            continue
        named = [row for name, row in _named(address.name, whole, names) if name == address.row]
        if len(named) == 1:  # rows of one name stand in one cell line by line, and cannot be told apart
            cells[f"{place[0]}!{reference(place[1], place[2])}"] = row_field(
                named[0].table, named[0].key, address.column
            )
            told.update(_identity(named[0], names))
    elsewhere = set(named_cells(form_map))
    for table in form_map.map.tables:
        rows = [
            row for name, row in _named(table.table, whole, names)
            if line_of(table.table, row.values) and (table.table, name) not in elsewhere
        ]
        for number, places in enumerate(_lines(table)):
            line = {column: texts.get(cell, "") for column, cell in places.items()}
            if not any(line.values()):
                continue
            row = _row_of(number, line, rows) or _new(number, table, " ".join(line.values()))
            if row is not None:
                cells.update({cell: row_field(row.table, row.key, column) for column, cell in places.items()})
                told.update(_identity(row, names))
    return cells, told


def _rows(table: str, whole: Mapping[str, Any], names: FieldNames) -> Iterator[_Known]:
    for part in _PARTS.get(table, (table,)):
        listed: Sequence[Row] = whole.get(part, ())
        if part in names.rows:
            for key, row in zip(names.rows[part].keys(listed), listed, strict=True):
                yield _Known(part, key, row)


def _named(table: str, whole: Mapping[str, Any], names: FieldNames) -> Iterator[tuple[str, _Known]]:
    """The rows of a list, each with the name it goes by on a form."""
    rows = list(_rows(table, whole, names))
    for (name, _), row in zip(named_rows(table, [row.values for row in rows]), rows, strict=True):
        yield name, row


def _lines(table: TableRows) -> Iterator[dict[str, str]]:
    """Column → cell for each line of a table."""
    for line in table.rows:
        yield {
            column: f"{table.sheet}!{reference(line, column_index(letters))}"
            for letters, column in table.columns.items()
        }


def _row_of(number: int, line: Mapping[str, str], rows: Sequence[_Known]) -> _Known | None:
    """The row that a line still reads like; the one at its place where that is not clear."""
    likeness = [
        sum(bool(text) and " ".join(text.split()) == " ".join(shown(row.values.get(column)).split())
            for column, text in line.items()) for row in rows
    ]
    best = max(likeness, default=0)
    here = rows[number] if number < len(rows) else None
    if best and likeness.count(best) == 1:
        return rows[likeness.index(best)]
    return here


def _new(number: int, table: TableRows, told: str) -> _Known | None:
    """A line that people began; None where the 8D has two lists and its words do not tell which one it belongs to."""
    key = str(number + 1) if table.table in _WHYS else f"第{table.rows[number]}行"
    if table.table not in _PARTS:
        return _Known(table.table, key, {})
    fields = packaged_lexicon().fields
    named = [part for part in _PARTS[table.table]
             if any(word in told for word in fields[f"{part}_text"].words if has_han(word))]
    return _Known(named[0], key, {}) if len(named) == 1 else None


def _identity(row: _Known, names: FieldNames) -> Iterator[tuple[str, str]]:
    for field in names.rows[row.table].key:
        text = shown(row.values.get(field))
        if text:
            yield row_field(row.table, row.key, field), text
