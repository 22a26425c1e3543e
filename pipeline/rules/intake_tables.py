"""Tables of a letter or an attached file: several complaints under headings, or one complaint as label and value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile, zip_longest

from pipeline.rules.intake_accepted import accepted
from pipeline.rules.intake_labels import field_of_heading, field_of_label, folded, is_label
from pipeline.rules.intake_lines import findings
from pipeline.rules.intake_value import is_pending, value_under, with_unit, without_note
from pipeline.rules.intake_words import COUNTS_ANYTHING
from schemas.incoming import TextTable
from schemas.intake import Found
from schemas.values import clean_text

_HEADING_ROWS = 6          # a title and a date may stand above the headings
_FEWEST_HEADINGS = 3
_SUBJECT_FIELDS = {"phenomenon", "part_number", "product"}
_SAYS_WRONG = {"defects", "rate", "failure_class"}
_TOTALS = ("合计", "总计", "小计", "共计", "累计", "汇总", "平均", "备注", "说明", "制表", "审核", "编制", "注",
           "total", "subtotal", "sub total", "grand total", "sum", "average", "remark", "note")
_DITTO = frozenset({"同上", "同前", "〃", "″", "\"", "''", "”", "“", "ditto", "same as above", "as above", "do."})
_MOST_ROWS = 300
_ITEM = "项目"  # over the first column it heads the items, not the cars they are for
Row = tuple[Found, ...]


def complaint_rows(table: TextTable, sent: date) -> tuple[Row, ...]:
    """The complaints of a table with headings, one tuple of findings a row; empty when it is no such table."""
    return tuple(found for found, accepted in _told_rows(table, sent) if not accepted)


def lists_parts(table: TextTable, sent: date) -> bool:
    """Whether a table with headings tells of parts row by row, be it only of such as were accepted."""
    return any(True for _ in _told_rows(table, sent))


def _told_rows(table: TextTable, sent: date) -> Iterator[tuple[Row, bool]]:
    """The findings of each row, or of each column where the headings stand in the first one, and whether the row
    tells of parts that were accepted."""
    below = list(_rows_below(table.rows, table.source, sent))
    return iter(below or _side_by_side(table, sent))


def _rows_below(rows: Sequence[Sequence[str]], source: str, sent: date) -> Iterator[tuple[Row, bool]]:
    start, columns = _headings(rows)
    start, columns = _with_second_row(rows, start, columns) if columns else (start, columns)
    above: Sequence[str] = ()
    for cells in rows[start + 1 : start + 1 + _MOST_ROWS] if columns else ():
        above = _written_out(cells, above)
        found = tuple(_row_findings(above, columns, source, sent))
        fields = {item.field for item in found}
        if fields & _SUBJECT_FIELDS and sum(bool(cell.strip()) for cell in cells) > 1 and not _is_total(cells):
            yield found, accepted(dict(zip(rows[start], above, strict=False)), found, sent)


def _side_by_side(table: TextTable, sent: date) -> list[tuple[Row, bool]]:
    """Complaints in columns beside the one with the headings; none unless each says about as much as the others, of
    another part, lot or number: a second column may as well hold labels, remarks, limits or a translation."""
    across = list(zip_longest(*table.rows, fillvalue=""))
    headed = bool(_headings(across[:1])[1]) and not any(is_label(cell) for column in across[1:] for cell in column)
    told = list(_rows_below(across, table.source, sent)) if headed else []
    most = max((len(found) for found, _ in told), default=0)
    alike = all(2 * len(found) > most for found, _ in told)
    subjects = {_identity(found) for found, _ in told}
    return told if alike and 1 < len(told) == len(across) - 1 == len(subjects) else []


def _identity(found: Row) -> tuple[str, ...]:
    said = {item.field: item.text for item in found}
    return said.get("part_number") or said.get("product", ""), said.get("lot", ""), said.get("customer_ref", "")


def _written_out(cells: Sequence[str], above: Sequence[str]) -> Sequence[str]:
    """A row with what 同上 and its like stand for: the cell of the row above, nothing in the first row."""
    return [
        (above[column] if column < len(above) else "") if cell.strip().casefold() in _DITTO else cell
        for column, cell in enumerate(cells)
    ]


def _is_total(cells: Sequence[str]) -> bool:
    """Whether a row adds up or comments on the others, or only rules them off."""
    said = [cell.strip().casefold().rstrip(":：") for cell in cells if cell.strip()]
    ruled = all(set(cell) <= set("-=") for cell in said)
    return bool(said) and (said[0].startswith(_TOTALS) or any(cell in _TOTALS for cell in said) or ruled)


def typed_tables(text: str) -> Iterator[TextTable]:
    """Tables typed or pasted as text: a line of headings, then lines of as many words, down to prose.

    None where a line has another number of words, since nobody can tell then which word stands in which column;
    between tabs or upright strokes empty cells count, and the last may be missing.
    """
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        mark = next((mark for mark in "\t|｜" if lines[index].count(mark) >= _FEWEST_HEADINGS - 1), None)
        headings = _cells(lines[index], mark)
        if _headings([headings])[1]:
            below = list(takewhile(_is_row, (_cells(line, mark) for line in lines[index + 1 :])))
            rows = [cells for cells in below if not _is_total(cells)]
            if mark:
                rows = [cells + ("",) * (len(headings) - len(cells)) for cells in rows]
            if rows and {len(cells) for cells in rows} == {len(headings)}:
                yield TextTable((headings, *rows), "正文")
                index += len(below)
        index += 1


def _cells(line: str, mark: str | None) -> tuple[str, ...]:
    outer = f" {mark}" if mark and mark != "\t" else " "
    return tuple(cell.strip() for cell in line.strip(outer).split(mark))


def _is_row(cells: tuple[str, ...]) -> bool:
    """Whether a line below headings belongs to their table: rows hold numbers; a sentence or a blank line ends it."""
    said = [cell for cell in cells if cell]
    numbers = any(character.isdecimal() for cell in said for character in cell)
    return (len(said) >= _FEWEST_HEADINGS and numbers) or (len(said) > 1 and _is_total(cells))


def _headings(rows: Sequence[Sequence[str]]) -> tuple[int, dict[int, tuple[str, str]]]:
    """(index of the heading row, field and heading by column); no columns when nothing looks like headings.

    Of two columns for one field the first counts, but 不良数 before 数量, which may count anything beside it. Headings
    that do not say what is wrong, or how many are, stand over orders, plans and stock.
    """
    for index, cells in enumerate(rows[:_HEADING_ROWS]):
        named = {column: found for column, cell in enumerate(cells)
                 if (found := _column(cell)) is not None and (column or folded(cell) != _ITEM)}
        columns: dict[int, tuple[str, str]] = {}
        for column in sorted(named, key=lambda column: (not named[column][1], column)):
            if named[column][0] not in {field for field, _ in columns.values()}:
                columns[column] = (named[column][0], cells[column].strip())
        fields = {field for field, _ in columns.values()}
        words = sum(bool(cell.strip()) for cell in cells)
        complains = any(field == "phenomenon" or (field in _SAYS_WRONG and folded(cells[column]) not in COUNTS_ANYTHING)
                        for column, (field, _) in named.items())
        if len(columns) >= _FEWEST_HEADINGS and fields & _SUBJECT_FIELDS and complains and len(columns) * 2 >= words:
            return index, columns
    return 0, {}


def _with_second_row(
    rows: Sequence[Sequence[str]], start: int, columns: dict[int, tuple[str, str]]
) -> tuple[int, dict[int, tuple[str, str]]]:
    """Headings over two rows (数量 above 投入 and 不良): the lower one says what stands below it."""
    lower = [cell.strip() for cell in rows[start + 1]] if start + 1 < len(rows) else []
    said = [cell for cell in lower if cell]
    if not said or any(field_of_heading(cell) is None for cell in said):
        return start, columns
    upper = rows[start]
    both = [cell or (upper[column] if column < len(upper) else "") for column, cell in enumerate(lower)]
    _, found = _headings([both])
    return (start + 1, found) if found else (start, columns)


def _column(heading: str) -> tuple[str, bool] | None:
    """(field, whether its words leave no choice even in a letter) of a heading."""
    named = field_of_heading(heading) if heading.strip() else None
    return (named[0], (field_of_label(heading) or named)[1]) if named else None


def _row_findings(
    cells: Sequence[str], columns: dict[int, tuple[str, str]], source: str, sent: date
) -> Iterator[Found]:
    for column, (field, heading) in columns.items():
        text = " ".join(cells[column].split()) if column < len(cells) else ""
        if clean_text(text) is None or is_pending(field, text):
            continue
        typed = value_under(heading, field, text, sent, shown=source == "正文")
        words = f"{heading}：{text}（{source}）"[:160]
        told = typed or without_note(field, text, sent) or with_unit(heading, field, text)[:80]
        yield Found(field, told, words, "表格", certain=typed is not None)


def labelled_cells(table: TextTable, sent: date) -> Iterator[tuple[int, Found]]:
    """The values of a table that holds label and value side by side (one pair a row, or two), each with its row."""
    for row, cells in enumerate(table.rows):
        below = table.rows[row + 1] if row + 1 < len(table.rows) else ()
        column = 0
        while column + 1 < len(cells):
            label, value = cells[column].rstrip(":： "), " ".join(cells[column + 1].split())
            under = below[column] if column < len(below) else ""
            if is_label(label) and not is_label(value) and not _heads_column(label, value, under, sent):
                for found in findings(label, value, sent, "表格"):
                    yield row, found
                column += 2
            else:
                column += 1


def _heads_column(label: str, beside: str, below: str, sent: date) -> bool:
    """Whether a label heads a column: its value can be read below it, and not beside it."""
    named = field_of_label(label)
    if named is None:
        return False
    here, there = (value_under(label, named[0], text, sent) for text in (beside, below))
    return here is None and there is not None
