"""Turns the rows of a found table into validated records; what cannot be read becomes an issue on its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from operator import attrgetter

from pipeline.ledger import wording
from pipeline.ledger.cell_reading import CellReading, CellTexts, ColumnCells, Flag, has_its_year
from pipeline.ledger.collector import collector_off
from pipeline.ledger.contents import by_contents, foreign_columns, status_words
from pipeline.ledger.dating import DATED, Years, day_columns, joined_day, with_day_columns, year_of
from pipeline.ledger.filled import Filling, RowSorter, is_blank, is_running_number
from pipeline.ledger.headings import Confidence, HeadingMap, HeadingPath, Vocabulary, map_headings
from pipeline.ledger.joining import IDENTITY, RawRow, RowJoiner
from pipeline.ledger.ordinary_rows import OrdinaryRows, ReadColumn
from pipeline.ledger.tables import SEARCHED_ROWS, Table
from pipeline.ledger.units import adapter_for
from pipeline.ledger.workbook_process import Address, Cell, RawSheet
from pipeline.ooxml.cells import column_letters, split_reference
from schemas.columns import SheetField, SheetRow
from schemas.rows import MODELS, SheetKind
from schemas.workbook import Issue, Place, Row, SheetReading, TableArea

_is_plain = attrgetter("plain")
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


@dataclass(frozen=True, slots=True)
class KeptRows:
    """A sheet as it was read: its table, its ordinary rows by row (0-based), and in what light: what all rows of the
    sheet were understood by.
    """

    sheet: RawSheet
    table: Table
    vocabulary: Vocabulary
    light: object
    rows: Mapping[int, Row[SheetRow]]

    def table_of(self, sheet: RawSheet, vocabularies: Mapping[SheetKind, Vocabulary]) -> Table | None:
        """The table where nothing differs of what it is found by; None when it has to be looked for."""
        before, now = self.sheet.cells[:SEARCHED_ROWS], sheet.cells[:SEARCHED_ROWS]
        same = self.sheet.merged == sheet.merged and len(before) == len(now) and all(map(_same, before, now))
        return self.table if same and vocabularies.get(self.table.kind) is self.vocabulary else None


def _same(one: list[Cell], other: list[Cell]) -> bool:
    """Whether two rows hold the same cells; 1 and TRUE are not the same."""
    return one is other or (one == other and [*map(type, one)] == [*map(type, other)])


class SheetReader:
    """Reads one sheet's table; ``today`` gives dates without a year their year.

    ``before`` are rows of an earlier reading to be taken over, ``kept`` those for a later one.
    """

    kept: KeptRows | None = None

    def __init__(
        self, sheet: RawSheet, table: Table, vocabulary: Vocabulary, today: date, before: KeptRows | None = None
    ) -> None:
        self.sheet, self.table, self.today, self._before = sheet, table, today, before
        self._texts = CellTexts()
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
        self._alike: dict[object, ColumnCells] = {}
        self._light: list[object] = [sheet.name, table.kind, table.block, self.titles, self.fields, today]
        self._columns = {
            found.name: self._column_cells(column, found, status_words(sheet, column, table.block.bottom + 1)
                                           if found.name == "status" else {})
            for column, found in self.fields.items()
        }
        self._marked = {row for row, _ in (*sheet.errors, *sheet.uncalculated, *self.source)}

    def _column_cells(self, column: int, found: SheetField, words: Mapping[str, str]) -> ColumnCells:
        """The readings of a column, shared with those before it whose cells mean the same."""
        path, first = self.table.paths[column], self.table.block.bottom + 1
        adapter = adapter_for(found, " ".join((*path.groups, path.text)),
                              (self.sheet.at(row, column) for row in range(first, len(self.sheet.cells))))
        dated = self.table.kind is SheetKind.COMPLAINTS and found.name in DATED
        model, yearless = MODELS[self.table.kind], self._years.yearless if dated else has_its_year
        cells = ColumnCells(model, found, self.today, self._texts, adapter=adapter, words=words, yearless=yearless)
        self._light.append((found.name, adapter, words))
        return cells if words else self._alike.setdefault((model.cell_meaning(found.name), adapter, dated), cells)

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
        with collector_off():
            filling = RowSorter(self.sheet, self.table, self.fields, frozenset(self.source)).sort()
            read = self._ordinary(filling.rows)
            for raw in self._joined([self._raw_row(row) for row in filling.rows if row not in read]):
                read[raw.row] = self._validated(raw)
            rows, issues = self._foreign(tuple(read[row] for row in sorted(read)))
        issues += tuple(issue for row in rows for issue in row.issues)
        return self._reading(rows, filling, len(filling.rows) - len(rows)), issues

    def _ordinary(self, rows: Sequence[int]) -> dict[int, Row[SheetRow]]:
        """The rows that can be read without a look at others, by row; not those that others may go on with."""
        if self._day_parts:
            return {}
        joins = self.table.kind is SheetKind.COMPLAINTS
        ordinary = OrdinaryRows(
            self.sheet.name, MODELS[self.table.kind],
            [ReadColumn(column, found.name, self._columns[found.name]) for column in self.table.paths
             if (found := self.fields.get(column))],
            [(column, self.titles[column]) for column in self.table.paths if column not in self.fields],
            self._texts, IDENTITY if joins else frozenset(),
        )
        unmarked = [row for row in rows if row not in self._marked]
        read = self._taken_over(unmarked)
        fresh = [row for row in unmarked if row not in read]
        read |= ordinary.read(fresh, [self.sheet.cells[row] for row in fresh])
        self.kept = KeptRows(self.sheet, self.table, self.vocabulary, self._light, dict(read))
        if joins:
            gone_on_with = [before for before, row in pairwise(rows) if row not in read and before in read]
            for row in (*gone_on_with, *(row for row, _ in self.source.values())):
                read.pop(row, None)
        return read

    def _taken_over(self, rows: Sequence[int]) -> dict[int, Row[SheetRow]]:
        """The rows whose cells and whose light are those of before."""
        before, cells = self._before, self.sheet.cells
        if before is None or before.light != self._light:
            return {}
        return {row: known for row in rows
                if (known := before.rows.get(row)) is not None and _same(cells[row], before.sheet.cells[row])}

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
            prenumbered=tuple(self._texts[_key(self.sheet.at(row, number))] or "" for row in filling.prenumbered)
            if number is not None else (),
            continued=continued,
            day_parts=dict(self._day_parts),
            area=TableArea(
                left=min(self.table.paths), right=max(self.table.paths), first=self.table.block.bottom + 2,
                filled=tuple(row + 1 for row in filling.rows),
                prenumbered=tuple(row + 1 for row in filling.prenumbered),
                free=None if filling.free is None else filling.free + 1,
            ),
        )

    def _raw_row(self, row: int) -> RawRow:
        """The cells of a row by field, looked at cell by cell."""
        raw = RawRow(row, self.headings.columns)
        for column in self.table.paths:
            address = self.source.get((row, column), (row, column))
            value, found = self.sheet.at(*address), self.fields.get(column)
            if column in self._day_parts.values():
                if found and (day := joined_day(self.sheet, row, self._day_parts)):
                    self._take(raw, found, day, address)
            elif found is None:
                if not is_blank(value) and (text := self._texts[_key(value)]):
                    raw.extras[self.titles[column]] = text
            elif error := self.sheet.errors.get(address):
                raw.typed[found.name] = error  # something stands there: no second issue that the cell is empty
                raw.issues.append(self._issue(address, found.name, error,
                                              f"单元格是公式错误 {error}，请改正公式或直接输入内容"))
            elif address in self.sheet.uncalculated:
                if found.name != "number" and not found.column.ours:  # what we write ourselves is told by the patch
                    raw.typed[found.name] = _UNCALCULATED  # no blank, and the hint on the sheet says why
            else:
                self._take(raw, found, value, address)
        return raw

    def _take(self, raw: RawRow, found: SheetField, value: Cell, address: Address) -> None:
        reading = self._columns[found.name][_key(value)]
        if reading is not None:
            raw.cells[found.name], raw.typed[found.name] = reading, reading.text
            if address != (raw.row, self.headings.columns[found.name]):
                raw.moved[found.name] = address

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

        return RowJoiner(self.vocabulary.fields, self._meant, anchor, self._issue, self.today).join(rows)

    def _meant(self, name: str, text: str) -> CellReading:
        return self._columns[name].meant(text, text)

    def _validated(self, raw: RawRow) -> Row[SheetRow]:
        issues = raw.issues
        if not all(map(_is_plain, raw.cells.values())):
            if self.table.kind is SheetKind.COMPLAINTS:
                self._settle_years(raw)
            issues = issues + [self._issue(raw.at(name), name, raw.typed[name], cell.fault)
                               for name, cell in raw.cells.items() if cell.fault]
            raw.cells = {name: cell for name, cell in raw.cells.items() if not cell.fault and not cell.blank}
        record = MODELS[self.table.kind].of_cells({name: cell.meaning for name, cell in raw.cells.items()})
        issues.sort(key=lambda issue: tuple(reversed(_place(issue))))
        return Row(Place(self.sheet.name, raw.row + 1), record, raw.typed, raw.extras, tuple(issues))

    def _settle_years(self, raw: RawRow) -> None:
        values = {name: cell.value for name, cell in raw.cells.items() if not cell.blank}
        before = dict(values)
        self._years.settle(values)
        for name, value in values.items():
            if value is not before[name]:
                raw.cells[name] = self._columns[name].meant(raw.typed[name], value)

    def _issue(self, address: Address, name: str, value: str, message: str) -> Issue:
        row, column = address
        return Issue(self.sheet.name, f"{column_letters(column)}{row + 1}", name, value, message)


def _key(cell: Cell) -> Cell | Flag:
    return Flag(cell) if isinstance(cell, bool) else cell


def _place(issue: Issue) -> tuple[int, int]:
    """Column and row of an issue's cell."""
    row, column = split_reference(issue.cell)
    return column, row
