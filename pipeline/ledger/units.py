"""Reads a cell in the light of its heading: a unit that stands there belongs to the number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

from pipeline.ledger.workbook_process import Cell
from schemas.columns import SheetField

Adapter = Callable[[Cell], Cell]

_BARE_NUMBER = re.compile(r"[+]?\d[\d,]*(\.\d+)?")


def _number(value: Cell) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if _BARE_NUMBER.fullmatch(text):
            return float(text.replace(",", ""))
    return None


def _as_it_stands(value: Cell) -> Cell:
    return value


@cache  # the same function for the same unit, so that readings can be compared
def _with_unit(unit: str) -> Adapter:
    def adapt(value: Cell) -> Cell:
        number = _number(value)
        return value if number is None else f"{number:.10g}{unit}"

    return adapt


def _as_percentage(value: Cell) -> Cell:
    number = _number(value)
    return value if number is None or not 0 <= number <= 1 else f"{number:.0%}"


def adapter_for(field: SheetField, heading: str, column: Iterable[Cell]) -> Adapter:
    """How the cells of one column are to be read.

    不良率(PPM) and 费用(万元) hold bare numbers of that unit. Under 不良率(%) a bare number is a percentage only when
    the column holds one above 1: Excel stores a cell formatted as a percentage as its fraction.
    """
    title = unicodedata.normalize("NFKC", heading).lower()
    if field.kind.name == "rate":
        if "ppm" in title:
            return _with_unit("PPM")
        if "‰" in title:
            return _with_unit("‰")
        numbers = [number for value in column
                   if isinstance(value, int | float) and (number := _number(value)) is not None]
        if "%" in title and any(number > 1 for number in numbers):
            return _with_unit("%")
    if field.name == "status":
        shares = [value for value in column if isinstance(value, float)]
        if any(0 < value < 1 for value in shares):
            return _as_percentage  # 进度 kept as 0.7, formatted as 70 %
    if field.kind.name == "money" and re.search(r"万元|[(]万[)]", title):
        return _with_unit("万")
    return _as_it_stands
