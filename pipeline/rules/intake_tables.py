"""Tables of a letter or an attached file: several complaints under headings, or one complaint as label and value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile

from pipeline.rules.intake_labels import field_of_heading, field_of_label
from pipeline.rules.intake_lines import finding
from pipeline.rules.intake_value import readable
from schemas.incoming import TextTable
from schemas.intake import Found

_HEADING_ROWS = 6          # a title and a date may stand above the headings
_FEWEST_HEADINGS = 3
_SUBJECT_FIELDS = {"phenomenon", "part_number", "product"}
_TOTALS = ("合计", "总计", "小计", "备注", "说明", "制表", "审核", "编制", "注")
_MOST_ROWS = 300


def complaint_rows(table: TextTable, sent: date) -> tuple[tuple[Found, ...], ...]:
    """The complaints of a table with headings, one tuple of findings a row; empty when it is no such table."""
    start, columns = _headings(table.rows)
    if not columns:
        return ()
    rows = []
    for cells in table.rows[start + 1 : start + 1 + _MOST_ROWS]:
        found = tuple(_row_findings(cells, columns, table.source, sent))
        fields = {item.field for item in found}
        said = [cell.strip() for cell in cells if cell.strip()]
        if fields & _SUBJECT_FIELDS and len(said) > 1 and not said[0].startswith(_TOTALS):
            rows.append(found)
    return tuple(rows)


def typed_tables(text: str) -> Iterator[TextTable]:
    """Tables typed or pasted as text: a line of headings, then lines of as many words.

    None where a line has another number of words, since nobody can tell then which word stands in which column.
    """
    lines = [tuple(line.split()) for line in text.split("\n")]
    index = 0
    while index < len(lines):
        below = list(takewhile(lambda words: len(words) >= _FEWEST_HEADINGS, lines[index + 1 :]))
        if _headings(lines[index : index + 1])[1] and below and {len(words) for words in below} == {len(lines[index])}:
            yield TextTable((lines[index], *below), "正文")
            index += len(below)
        index += 1


def _headings(rows: Sequence[Sequence[str]]) -> tuple[int, dict[int, tuple[str, str]]]:
    """(index of the heading row, field and heading by column); no columns when nothing looks like headings."""
    for index, cells in enumerate(rows[:_HEADING_ROWS]):
        columns: dict[int, tuple[str, str]] = {}
        for column, cell in enumerate(cells):
            named = field_of_heading(cell) if cell.strip() else None
            if named is not None and named[0] not in {field for field, _ in columns.values()}:
                columns[column] = (named[0], cell.strip())
        fields = {field for field, _ in columns.values()}
        words = sum(bool(cell.strip()) for cell in cells)
        if len(columns) >= _FEWEST_HEADINGS and fields & _SUBJECT_FIELDS and len(columns) * 2 >= words:
            return index, columns
    return 0, {}


def _row_findings(
    cells: Sequence[str], columns: dict[int, tuple[str, str]], source: str, sent: date
) -> Iterator[Found]:
    for column, (field, heading) in columns.items():
        text = " ".join(cells[column].split()) if column < len(cells) else ""
        if not text:
            continue
        typed = readable(field, text, sent)
        words = f"{heading}：{text}（{source}）"[:160]
        yield Found(field, typed if typed is not None else text[:80], words, "表格", certain=typed is not None)


def labelled_cells(table: TextTable, sent: date) -> Iterator[Found]:
    """The values of a table that holds label and value side by side (one pair a row, or two)."""
    for cells in table.rows:
        column = 0
        while column + 1 < len(cells):
            label, value = cells[column], " ".join(cells[column + 1].split())
            if field_of_label(label) is not None and field_of_label(value) is None:
                found = finding(label.rstrip(":： "), value, sent, "表格")
                if found is not None:
                    yield found
                column += 2
            else:
                column += 1
