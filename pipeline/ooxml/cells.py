"""Cell references in A1 notation and the ranges made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384


def column_letters(index0: int) -> str:
    """Letters of a 0-based column: 0 -> A, 26 -> AA. Raises ValueError outside Excel's 16,384 columns."""
    if not 0 <= index0 < MAX_COLUMNS:
        raise ValueError(f"column {index0} is outside a sheet")
    letters = ""
    rest = index0 + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_index(letters: str) -> int:
    """0-based column of its letters: A -> 0, AA -> 26. Raises ValueError for anything that is no column."""
    index = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(f"{letters!r} is no column")
        index = index * 26 + ord(letter) - ord("A") + 1
    if not 1 <= index <= MAX_COLUMNS:
        raise ValueError(f"{letters!r} is no column")
    return index - 1


def split_reference(reference: str) -> tuple[int, int]:
    """(1-based row, 0-based column) of a reference such as B12 or $B$12. Raises ValueError."""
    match = _REFERENCE.fullmatch(reference)
    if match is None or int(match[2]) > MAX_ROWS:
        raise ValueError(f"{reference!r} is no cell")
    return int(match[2]), column_index(match[1])


def reference(row: int, column: int) -> str:
    """Reference of a 1-based row and 0-based column."""
    return f"{column_letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class CellRange:
    """A rectangle of cells; rows 1-based, columns 0-based, ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def parse(cls, text: str) -> CellRange:
        """Range of text such as A1:C9 or A1; whole rows and columns are not taken. Raises ValueError."""
        first, _, last = text.partition(":")
        top, left = split_reference(first)
        bottom, right = split_reference(last or first)
        return cls(min(top, bottom), min(left, right), max(top, bottom), max(left, right))

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def grown(self, row: int, column: int) -> CellRange:
        """The smallest range with the cell as well."""
        return CellRange(
            min(self.top, row), min(self.left, column), max(self.bottom, row), max(self.right, column)
        )

    def __str__(self) -> str:
        first, last = reference(self.top, self.left), reference(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"
