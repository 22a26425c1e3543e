"""Reads the rows in which every cell speaks for itself column by column: each distinct cell of a column is met once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import cast

from pipeline.ledger.cell_reading import CellReading, CellTexts, ColumnCells, Flag
from pipeline.ledger.filled import is_blank
from pipeline.ledger.workbook_process import Cell
from pipeline.ooxml.cells import column_letters
from schemas.columns import SheetRow
from schemas.workbook import Issue, Place, Row

#: What is not so plain of one cell: the field, its column and how it was read.
_Odd = tuple[str, int, CellReading]


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A mapped column: 0-based number, field and the readings of its cells."""

    column: int
    name: str
    cells: ColumnCells


@dataclass(frozen=True)
class OrdinaryRows:
    """How the ordinary rows of a sheet are read; ``identity`` are fields without which a row may go on with another.

    ``others`` gives the columns of no field with their titles, ``texts`` the text of any cell.
    """

    sheet: str
    model: type[SheetRow]
    columns: Sequence[ReadColumn]
    others: Sequence[tuple[int, str]]
    texts: CellTexts
    identity: frozenset[str]

    def read(self, rows: Sequence[int], cells: Sequence[Sequence[Cell]]) -> dict[int, Row[SheetRow]]:
        """The rows by number (0-based), without those that take a look at other rows or cells to be understood.

        ``cells`` are those of ``rows``. Left out are rows with a date whose year another cell gives, and rows that
        hold nothing of what identifies a matter.
        """
        grid = [*zip_longest(*cells, fillvalue="")]
        blank = [""] * len(rows)
        meanings: dict[str, Iterable[object]] = {}
        texts: dict[str, list[str | None]] = {}
        odd: defaultdict[int, list[_Odd]] = defaultdict(list)
        blanks = self.model.blanks()
        for read in self.columns:
            keys = _keys(grid[read.column] if read.column < len(grid) else blank)
            known = {key: read.cells[key] for key in set(keys)}
            unusual = {key for key, reading in known.items() if reading is not None and not reading.plain}
            for index in _places(keys, unusual):
                odd[index].append((read.name, read.column, cast("CellReading", known[keys[index]])))
            default = blanks[read.name]
            meaning = {key: default if reading is None or key in unusual else reading.meaning
                       for key, reading in known.items()}
            text = {key: None if reading is None else reading.text for key, reading in known.items()}
            meanings[read.name] = map(meaning.__getitem__, keys)
            texts[read.name] = [*map(text.__getitem__, keys)]
        extras = self._extras(grid, len(rows))
        left_out = self._unidentified(texts, odd, len(rows)) | {
            index for index, cells_ in odd.items() if any(reading.yearless for _, _, reading in cells_)}
        return self._made(rows, meanings, texts, extras, odd, left_out)

    def _extras(self, grid: Sequence[Sequence[Cell]], count: int) -> Sequence[dict[str, str]]:
        found: list[dict[str, str]] = [{} for _ in range(count)]
        for column, title in self.others:
            keys = _keys(grid[column]) if column < len(grid) else ()
            filled = {key: text for key in set(keys)
                      if not is_blank(key.value if isinstance(key, Flag) else key) and (text := self.texts[key])}
            for index in _places(keys, filled.keys()):
                found[index][title] = filled[keys[index]]
        return found

    def _unidentified(
        self, texts: Mapping[str, Sequence[str | None]], odd: Mapping[int, Sequence[_Odd]], count: int
    ) -> set[int]:
        """Rows without any of the fields that tell a matter from the one above it."""
        if not self.identity:
            return set()
        names = [name for name in self.identity if name in texts]
        found = {index for index, filled in enumerate(zip(*(texts[name] for name in names), strict=True))
                 if not any(filled)} if names else set(range(count))
        silent = {index for index, cells in odd.items()
                  if not any(texts[name][index] and not _is_silent(cells, name) for name in names)}
        return found | silent

    def _made(
        self, rows: Sequence[int], meanings: Mapping[str, Iterable[object]], texts: Mapping[str, Sequence[str | None]],
        extras: Sequence[dict[str, str]], odd: Mapping[int, Sequence[_Odd]], left_out: set[int],
    ) -> dict[int, Row[SheetRow]]:
        blanks, names = self.model.blanks(), [*texts]
        columns = [meanings[name] if name in meanings else [default] * len(rows) for name, default in blanks.items()]
        made = {}
        for index, (row, values, shown) in enumerate(
                zip(rows, zip(*columns, strict=True), zip(*texts.values(), strict=True), strict=True)):
            if index in left_out:
                continue
            typed = dict(zip(names, shown, strict=True)) if None not in shown else {
                name: text for name, text in zip(names, shown, strict=True) if text is not None}
            filled = tuple(typed)
            issues: tuple[Issue, ...] = ()
            if index in odd:
                unread = {name for name, _, _ in odd[index]}
                filled = tuple(name for name in filled if name not in unread)
                issues = self._issues(row, odd[index])
            record = self.model.of_values(dict(zip(blanks, values, strict=True)), filled)
            made[row] = Row(Place(self.sheet, row + 1), record, cast("dict[str, str]", typed), extras[index], issues)
        return made

    def _issues(self, row: int, odd: Sequence[_Odd]) -> tuple[Issue, ...]:
        by_column = sorted((cell for cell in odd if cell[2].fault), key=lambda cell: cell[1])
        return tuple(Issue(self.sheet, f"{column_letters(column)}{row + 1}", name, reading.text, reading.fault)
                     for name, column, reading in by_column)


def _is_silent(odd: Sequence[_Odd], name: str) -> bool:
    return any(reading.blank for field, _, reading in odd if field == name)


def _keys(values: Sequence[Cell]) -> Sequence[Cell | Flag]:
    """The cells of a column with TRUE and FALSE told from 1 and 0."""
    if bool not in set(map(type, values)):
        return values
    return [Flag(value) if isinstance(value, bool) else value for value in values]


def _places(keys: Sequence[Cell | Flag], wanted: Iterable[Cell | Flag]) -> list[int]:
    """Where the wanted cells stand in a column."""
    known = frozenset(wanted)
    return [index for index, key in enumerate(keys) if key in known] if known else []
