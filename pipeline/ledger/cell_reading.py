"""Reads the cells of one column, each distinct one once: its text, and what it means in the light of the heading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from pipeline.ledger.filled import is_blank
from pipeline.ledger.units import Adapter
from pipeline.ledger.workbook_process import Cell
from schemas.columns import SheetField, SheetRow
from schemas.values import ValueProblem, clean_text


class Flag(NamedTuple):
    """A TRUE or FALSE cell where cells are told apart by value: True equals 1, its text does not."""

    value: bool


@dataclass(slots=True, eq=False)  # a hundred thousand are made, and frozen ones take three times as long
class CellReading:
    """One filled cell, never changed once made: its text, its value as it goes to the parsers, and what that means.

    ``fault`` is the parser's sentence where it cannot be read; ``blank`` marks what counts as typed but says nothing
    (the formula text of a cell picture); ``yearless`` a date that still needs its year. ``plain`` is none of these.
    """

    text: str
    value: Cell
    meaning: object = None
    fault: str = ""
    blank: bool = False
    yearless: bool = False
    plain: bool = True


def has_its_year(_value: Cell) -> bool:
    """No cell of a column waits for a year from elsewhere: what most columns say to ``yearless``."""
    return False


class CellTexts(dict["Cell | Flag", "str | None"]):
    """``clean_text`` of each cell, remembered: names, states and days repeat all over a ledger."""

    def __missing__(self, cell: Cell | Flag) -> str | None:
        value = cell.value if isinstance(cell, Flag) else cell
        try:
            text = clean_text(value)
        except ValueProblem:  # a number beyond what cells hold; the field's own parser says so to the person
            text = str(value)
        self[cell] = text
        return text


class ColumnCells(dict["Cell | Flag", "CellReading | None"]):
    """The readings of one mapped column by cell; None where nothing stands.

    ``words`` says what some cells of this sheet's 状态 mean, ``adapter`` puts the unit of the heading to a number,
    ``yearless`` tells dates whose year the row has to give.
    """

    def __init__(
        self, model: type[SheetRow], field: SheetField, today: date, texts: CellTexts, *, adapter: Adapter,
        words: Mapping[str, str], yearless: Callable[[Cell], bool],
    ) -> None:
        super().__init__()
        self._parse, self._context, self._texts = model.cell_parser(field.name), {"today": today}, texts
        self._adapter, self._words, self._yearless = adapter, words, yearless
        self._is_text = field.kind.name == "text"

    def __missing__(self, cell: Cell | Flag) -> CellReading | None:
        reading = self[cell] = None if cell == "" else self._read(cell)
        return reading

    def _read(self, cell: Cell | Flag) -> CellReading | None:
        text = self._texts[cell]
        if text is None:
            return None
        if self._is_text and isinstance(cell, str) and not is_blank(cell):
            return CellReading(text, cell, text)  # what a text column means is its text: no parser has more to say
        value = cell.value if isinstance(cell, Flag) else cell
        if is_blank(value):
            return None if "DISPIMG" in text else CellReading(text, value, blank=True, plain=False)
        word = self._words.get(str(value).strip()) if self._words else None
        return self.meant(text, word or self._adapter(value))

    def meant(self, text: str, value: Cell) -> CellReading:
        """The reading of a value that the parsers are to see, where ``text`` stands."""
        yearless = self._yearless(value)
        try:
            meaning = self._parse(value, context=self._context)
        except ValidationError as failure:
            first = failure.errors(include_url=False, include_input=False)[0]
            reason = str(first.get("ctx", {}).get("error", first["msg"]))
            return CellReading(text, value, None, reason, yearless=yearless, plain=False)
        return CellReading(text, value, meaning, yearless=yearless, plain=not yearless)
