"""Turns the rows of a found table into validated records; what cannot be read becomes an issue on its cell."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from pydantic import ValidationError

from pipeline.ledger import wording
from pipeline.ledger.contents import by_contents, foreign_columns, status_words
from pipeline.ledger.dating import Years, day_columns, joined_day, with_day_columns, year_of
from pipeline.ledger.filled import Filling, RowSorter, is_blank, is_running_number
from pipeline.ledger.headings import Confidence, HeadingMap, HeadingPath, Vocabulary, map_headings
from pipeline.ledger.joining import RawRow, RowJoiner
from pipeline.ledger.tables import Table
from pipeline.ledger.units import Adapter, adapter_for
from pipeline.ledger.workbook_process import Address, Cell, RawSheet
from pipeline.ooxml.cells import column_letters, split_reference
from schemas.columns import SheetField, SheetRow
from schemas.rows import MODELS, SheetKind
from schemas.values import ValueProblem, clean_text
from schemas.workbook import Issue, Place, Row, SheetReading, TableArea

_UNCALCULATED = "公式未计算"
_OWN_NUMBER = ("客诉", "投诉", "抱怨", "8d", "complaint")


def column_titles(paths: Mapping[int, HeadingPath]) -> dict[int, str]:
    """What each heading is called in reports: its text as it stands, with its group where the text alone repeats."""
    texts = [path.text for path in paths.values()]
    return {
        column: "/".join((path.groups[-1], path.text)) if path.groups and texts.count(path.text) > 1 else path.text
        for column, path in paths.items()
    }


def settled_headings(sheet: RawSheet, table: Table, vocabulary: Vocabulary) -> HeadingMap:
    """The heading map with guesses; a general 编号 or No. over a running number is not the complaint number."""
    barred = set()
    for column, match in table.headings.confidence.items():
        if match.field not in {"number", "project"} or match.confidence is Confidence.EXACT:
            continue
        own = any(word in wording.normal(table.paths[column].text) for word in _OWN_NUMBER)
        if not own and is_running_number(sheet, column, table.block.bottom + 1):
            barred.add(column)
    headings = map_headings(vocabulary, table.paths, barred=barred)
    return by_contents(sheet, table.block.bottom + 1, headings, vocabulary, table.paths)


@contextmanager
def _collector_off() -> Iterator[None]:
    """Without the cyclic garbage collector: it costs 40 % when thousands of records are made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class SheetReader:
    """Reads one sheet's table; ``today`` gives dates without a year their year."""

    def __init__(self, sheet: RawSheet, table: Table, vocabulary: Vocabulary, today: date) -> None:
        self.sheet, self.table, self.today = sheet, table, today
        self._texts: dict[tuple[type, Cell], str | None] = {}
        self.vocabulary = vocabulary
        settled = settled_headings(sheet, table, vocabulary)
        self._day_parts = day_columns(table.paths, settled) if table.kind is SheetKind.COMPLAINTS else {}
        self.headings = with_day_columns(settled, self._day_parts)
        self._years = Years(today, year_of(sheet, table.block.top))
        self.titles = column_titles(table.paths)
        self.fields: dict[int, SheetField] = {
            column: vocabulary.fields[name] for name, column in self.headings.columns.items()
        }
        self.source = self._merged_sources()
        status = self.headings.columns.get("status")
        self._status_words = {} if status is None else status_words(sheet, status, table.block.bottom + 1)
        self.adapters: dict[int, Adapter] = {
            column: adapter_for(found, " ".join((*table.paths[column].groups, table.paths[column].text)),
                                (sheet.at(row, column) for row in range(table.block.bottom + 1, len(sheet.cells))))
            for column, found in self.fields.items()
        }

    def _merged_sources(self) -> dict[Address, Address]:
        """For each cell covered by a vertical merge in the data, the cell that holds its value."""
        first, sources = self.table.block.bottom + 1, {}
        for span in self.sheet.merged:
            if span.top < first or span.bottom == span.top:
                continue
            for row in range(span.top + 1, min(span.bottom + 1, len(self.sheet.cells))):
                sources[row, span.left] = (span.top, span.left)
        return sources

    def read(self) -> tuple[SheetReading[SheetRow], tuple[Issue, ...]]:
        """The sheet's reading and its issues in row order."""
        with _collector_off():
            filling = RowSorter(self.sheet, self.table, self.fields, frozenset(self.source)).sort()
            raw_rows = self._joined([self._raw_row(row) for row in filling.rows])
            rows, issues = self._foreign(tuple(self._validated(raw) for raw in raw_rows))
        issues += tuple(issue for row in rows for issue in row.issues)
        return self._reading(rows, filling, len(filling.rows) - len(raw_rows)), issues

    def _foreign(self, rows: tuple[Row[SheetRow], ...]) -> tuple[tuple[Row[SheetRow], ...], tuple[Issue, ...]]:
        line = self.table.block.bottom + 1
        cells = {name: f"{column_letters(column)}{line}" for name, column in self.headings.columns.items()}
        return foreign_columns(rows, self.vocabulary.fields, cells, self.sheet.name)

    def _reading(self, rows: tuple[Row[SheetRow], ...], filling: Filling, continued: int) -> SheetReading[SheetRow]:
        by_column = self.headings.confidence
        sure = {self.titles[column]: match.field for column, match in sorted(by_column.items())
                if match.confidence > Confidence.GUESS}
        number = self.headings.columns.get("number")
        return SheetReading(
            name=self.sheet.name,
            kind=self.table.kind,
            heading_row=self.table.block.bottom + 1,
            columns=dict(self.headings.columns),
            mapped=sure,
            guessed={self.titles[column]: match.field for column, match in sorted(by_column.items())
                     if match.confidence is Confidence.GUESS},
            unmapped=tuple(title for column, title in sorted(self.titles.items()) if column not in by_column),
            exact=frozenset(self.titles[column] for column, match in by_column.items()
                            if match.confidence is Confidence.EXACT),
            missing=tuple(name for name in self.vocabulary.fields if name not in self.headings.columns),
            rows=rows,
            prenumbered=tuple(self._text(self.sheet.at(row, number)) or "" for row in filling.prenumbered)
            if number is not None else (),
            continued=continued,
            area=TableArea(
                left=min(self.table.paths), right=max(self.table.paths), first=self.table.block.bottom + 2,
                filled=tuple(row + 1 for row in filling.rows),
                prenumbered=tuple(row + 1 for row in filling.prenumbered),
                free=None if filling.free is None else filling.free + 1,
            ),
        )

    def _raw_row(self, row: int) -> RawRow:
        raw = RawRow(row)
        for column in self.table.paths:
            address = self.source.get((row, column), (row, column))
            value, found = self.sheet.at(*address), self.fields.get(column)
            if column in self._day_parts.values():
                if found and (day := joined_day(self.sheet, row, self._day_parts)):
                    self._take(raw, found, column, day, address)
                continue
            if found is None:
                if not is_blank(value) and (text := self._text(value)):
                    raw.extras[self.titles[column]] = text
                continue
            if error := self.sheet.errors.get(address):
                raw.typed[found.name] = error  # something stands there: no second issue that the cell is empty
                raw.issues.append(self._issue(address, found.name, error,
                                              f"单元格是公式错误 {error}，请改正公式或直接输入内容"))
            elif address in self.sheet.uncalculated:
                if found.name != "number" and not found.column.ours:  # what we write ourselves is told by the patch
                    raw.typed[found.name] = _UNCALCULATED  # no blank, and the hint on the sheet says why
            elif value != "":
                self._take(raw, found, column, value, address)
        return raw

    def _take(self, raw: RawRow, found: SheetField, column: int, value: Cell, address: Address) -> None:
        text = self._text(value)
        if text is None or (is_blank(value) and "DISPIMG" in text):
            return
        raw.typed[found.name] = text
        raw.at[found.name] = address
        if not is_blank(value):
            word = self._status_words.get(str(value).strip()) if found.name == "status" else None
            raw.values[found.name] = word or self.adapters[column](value)

    def _text(self, value: Cell) -> str | None:
        """``clean_text``, remembered: names, states and days repeat all over a ledger."""
        key = type(value), value  # 1, 1.0 and True are equal, their texts are not
        if key not in self._texts:
            try:
                self._texts[key] = clean_text(value)
            except ValueProblem:  # a number beyond what cells hold; the field's own parser says so to the person
                self._texts[key] = str(value)
        return self._texts[key]

    def _joined(self, rows: list[RawRow]) -> list[RawRow]:
        """Several rows of one complaint as one (other sheets keep a row per matter)."""
        if self.table.kind is not SheetKind.COMPLAINTS:
            return rows
        number = self.headings.columns.get("number")

        def anchor(row: int) -> int | None:
            if number is None:
                return None
            above = self.source.get((row, number), (row, number))[0]
            return None if is_blank(self.sheet.at(above, number)) else above

        return RowJoiner(self.vocabulary.fields, anchor, self._issue, self.today).join(rows)

    def _validated(self, raw: RawRow) -> Row[SheetRow]:
        model, context, values = MODELS[self.table.kind], {"today": self.today}, dict(raw.values)
        issues = list(raw.issues)
        if self.table.kind is SheetKind.COMPLAINTS:
            self._years.settle(values)
        try:
            record = model.model_validate(values, context=context)
        except ValidationError as failures:
            for failure in failures.errors(include_url=False, include_input=False):
                name = str(failure["loc"][0])
                values.pop(name, None)
                reason = str(failure.get("ctx", {}).get("error", failure["msg"]))
                issues.append(self._issue(raw.at[name], name, raw.typed[name], reason))
            record = model.model_validate(values, context=context)
        issues.sort(key=lambda issue: tuple(reversed(_place(issue))))
        return Row(Place(self.sheet.name, raw.row + 1), record, raw.typed, raw.extras, tuple(issues))

    def _issue(self, address: Address, name: str, value: str, message: str) -> Issue:
        row, column = address
        return Issue(self.sheet.name, f"{column_letters(column)}{row + 1}", name, value, message)


def _place(issue: Issue) -> tuple[int, int]:
    """Column and row of an issue's cell."""
    row, column = split_reference(issue.cell)
    return column, row
