"""Tells filled rows from pre-numbered blanks, totals, repeated headings, dividers and footnotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from pipeline.ledger import wording
from pipeline.ledger.tables import Table, heading_text
from pipeline.ledger.workbook_process import Cell, RawSheet
from schemas.columns import SheetField
from schemas.rows import SheetKind

_TOTAL = re.compile(
    r"^.{0,8}(合计|总计|小计|共计|累计|总和|汇总)[0-9件个]*$|^(sub)?total$|^grand\s*total$|^sum$", re.IGNORECASE
)
_FOOTNOTE = re.compile(
    r"^(注|图例|备注|说明|注意|编制|制表|审核|批准|会签|填表|填写说明|remark|note)\d*\s*[:：、.]", re.IGNORECASE
)
_DIVIDER = re.compile(
    r"^(\d{2,4}\s*年)?\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*月\s*份?$|^\d{4}\s*年(度)?$|^第[一二三四]季度$"
)
_HOW_TO_FILL = re.compile(
    r"^\W*(必填|选填|可选|非必填|自动|下拉|单选|示例.*|例[:：].*|格式.*|文本|数字|日期|y{2,4}\W?m.*|"
    r"件|个|pcs|%|ppm|元|万元|天)\W*$", re.IGNORECASE
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = 8   # Chinese characters
_BLANK_MARKS = frozenset({"", "-", "--", "/", "—", "——", "\\", "／", "－", "_"})
_PICTURE_FORMULA = re.compile(r"^=?\s*(_xlfn\.)?DISPIMG\(", re.IGNORECASE)

#: Kinds of value that plants fill down as defaults: alone they do not make a row.
_DEFAULT_KINDS = frozenset({"choice", "yes_no"})
_DEFAULT_FIELDS = frozenset({"engineer", "department", "plant", "shift", "step", "round", "action_number", "site"})
_RUNNING_SHARE = 0.8
_SURELY_DATA = 5  # notes, dividers and totals with a remark have fewer cells
_COUNTER = re.compile(r"\d{1,5}(\.0)?")


def is_blank(value: Cell) -> bool:
    """Nothing typed: empty, blanks, a lone dash, or the formula text of a cell picture of WPS."""
    if value == "":
        return True
    if not isinstance(value, str) or (len(value) > 3 and value[0] not in " =_\n\t\u3000"):
        return False
    text = value.strip()
    return text in _BLANK_MARKS or bool(_PICTURE_FORMULA.match(text))


def is_running_number(sheet: RawSheet, column: int, first_row: int) -> bool:
    """Whether a column only counts its rows (1, 2, 3 ...), typed or by formula."""
    values = [sheet.at(row, column) for row in range(first_row, len(sheet.cells))]
    filled = [value for value in values if not is_blank(value)]
    numbers = [float(str(value)) for value in filled
               if not isinstance(value, bool) and _COUNTER.fullmatch(str(value).strip())]
    if not numbers or len(filled) - len(numbers) > max(2, len(filled) * (1 - _RUNNING_SHARE)):
        return False  # beside the numbers only a total and a footnote
    steps = sum(1 for before, after in pairwise(numbers) if after - before in {0.0, 1.0})
    plausible = sum(1 for number in numbers if number <= len(values) + 1)
    return plausible >= len(numbers) * _RUNNING_SHARE and steps >= (len(numbers) - 1) * _RUNNING_SHARE


class _Blanks(dict[Cell, bool]):
    """``is_blank`` of each cell, remembered."""

    def __missing__(self, value: Cell) -> bool:
        blank = self[value] = is_blank(value)
        return blank


@dataclass(frozen=True)
class Filling:
    """The rows (0-based) of a table that hold something, and the pre-numbered ones that hold nothing else.

    ``free`` is the row where a further one would be typed; None when a total, a note or the like stands there.
    """

    rows: tuple[int, ...]
    prenumbered: tuple[int, ...]
    free: int | None


@dataclass
class RowSorter:
    """Sorts the rows below a table's headings; ``covered`` are cells whose value comes from a merge above."""

    sheet: RawSheet
    table: Table
    fields: Mapping[int, SheetField]
    covered: frozenset[tuple[int, int]]
    _blanks: _Blanks = field(default_factory=_Blanks)

    @cached_property
    def _counters(self) -> frozenset[int]:
        """Unmapped columns that only count rows."""
        first = self.table.block.bottom + 1
        return frozenset(
            column for column in self.table.paths
            if column not in self.fields and is_running_number(self.sheet, column, first)
        )

    def sort(self) -> Filling:
        """Filled rows in sheet order; formula results, defaults and numbers alone do not fill a row."""
        filled, weak, prenumbered = [], [], []
        for row in range(self.table.block.bottom + 1, len(self.sheet.cells)):
            if self._is_ordinary(row):
                filled.append(row)
                continue
            own = self._own_cells(row)
            if not own or self._is_no_data(row, own):
                continue
            if any(column in self._strong for column in own):
                filled.append(row)
            else:
                weak.append(row)
        signatures = {row: self._signature(row) for row in weak}
        repeats = Counter(signatures.values())
        for row in weak:
            if signatures[row] and repeats[signatures[row]] == 1 and self._says_something(row):
                filled.append(row)
            elif self._number_at(row):
                prenumbered.append(row)
        return Filling(tuple(sorted(filled)), tuple(prenumbered), self._free_row(filled + prenumbered))

    def _is_ordinary(self, row: int) -> bool:
        """Whether the first cells show a filled row, as most are; False where it takes a closer look to tell."""
        if row in self._covered_rows or row == self.table.block.bottom + 1:
            return False
        cells, found, strong = self.sheet.cells[row], 0, False
        for column in self._order:
            if column >= len(cells):
                return False
            value = cells[column]
            if value == "" or self._blanks[value]:
                continue
            found += 1
            if found <= 2 and not self._is_no_label(column, value):
                return False
            strong = strong or column in self._strong
            if strong and found >= _SURELY_DATA:
                return True
        return False

    def _is_no_label(self, column: int, value: Cell) -> bool:
        """Whether a leading cell is surely no total and no heading again."""
        if isinstance(value, str) and _TOTAL.match(value.strip()):
            return False
        heading = self._plain_headings[column]
        text = str(value)
        return (text.isascii() and not heading.isascii()) or wording.plain(text) != heading

    @cached_property
    def _order(self) -> tuple[int, ...]:
        return tuple(sorted(self.table.paths))

    @cached_property
    def _strong(self) -> frozenset[int]:
        return frozenset(column for column in self.table.paths if self._is_strong(column))

    @cached_property
    def _covered_rows(self) -> frozenset[int]:
        return frozenset(row for row, _ in self.covered)

    @cached_property
    def _plain_headings(self) -> Mapping[int, str]:
        return {column: wording.plain(path.text) for column, path in self.table.paths.items()}

    def _free_row(self, used: Sequence[int]) -> int | None:
        """The row after the last used one; in an empty table a line of units or hints is stepped over."""
        if used:
            row = max(used) + 1
            return row if self._is_free(row) else None
        first = self.table.block.bottom + 1
        return next((row for row in (first, first + 1) if self._is_free(row)), None)

    def _is_free(self, row: int) -> bool:
        """Nothing stands there but counters, formula results and defaults filled down."""
        if row >= len(self.sheet.cells):
            return True
        own = self._own_cells(row)
        return not own or not self._is_no_data(row, own)

    def _own_cells(self, row: int) -> list[int]:
        """Columns under a heading with something that a person typed in this row or that identifies it."""
        blanks, paths = self._blanks, self.table.paths
        own = [column for column, value in enumerate(self.sheet.cells[row]) if not blanks[value] and column in paths]
        return [column for column in own if (row, column) not in self.covered] if self.covered else own

    def _is_strong(self, column: int) -> bool:
        found = self.fields.get(column)
        return found is not None and not (
            found.name == "number" or found.column.ours or found.name in _DEFAULT_FIELDS
            or found.kind.name in _DEFAULT_KINDS or column in self._formula_columns
        )

    @cached_property
    def _formula_columns(self) -> frozenset[int]:
        """Columns that mostly hold formulas: their results stand in blank rows as well."""
        first = self.table.block.bottom + 1
        counts = Counter(column for row, column in self.sheet.formulas if row >= first)
        typed = {
            column: sum(1 for row in range(first, len(self.sheet.cells))
                        if not is_blank(self.sheet.at(row, column)) and (row, column) not in self.sheet.formulas)
            for column in counts
        }
        return frozenset(column for column, count in counts.items() if count > typed[column])

    def _signature(self, row: int) -> tuple[tuple[int, str], ...]:
        """What stands in a row beside numbers, counters and formula results."""
        skipped = self._counters | self._formula_columns
        return tuple(
            (column, str(self.sheet.at(row, column))) for column in self._own_cells(row)
            if column not in skipped and not self._is_number_column(column)
        )

    def _says_something(self, row: int) -> bool:
        """More than a status, a level or a yes filled down."""
        skipped = self._counters | self._formula_columns
        return any(
            column not in skipped and not self._is_number_column(column)
            and not ((found := self.fields.get(column)) and (found.kind.name in _DEFAULT_KINDS or found.column.ours))
            for column in self._own_cells(row)
        )

    def _is_number_column(self, column: int) -> bool:
        found = self.fields.get(column)
        return found is not None and found.name == "number"

    def _number_at(self, row: int) -> bool:
        column = self.table.headings.columns.get("number")
        return column is not None and not is_blank(self.sheet.at(row, column))

    def _is_no_data(self, row: int, own: list[int]) -> bool:
        first = heading_text(self.sheet.at(row, own[0])).strip()
        if _TOTAL.match(first) and len(first) <= 12 and not self._is_free_text(own[0]):
            return True
        leading = [heading_text(self.sheet.at(row, column)).strip() for column in own[:2]]
        short = any(_TOTAL.fullmatch(text) and len(text) <= 6 for text in leading)
        if short and self.table.kind is SheetKind.COMPLAINTS:
            return True
        if len(own) <= 4 and _FOOTNOTE.match(first):
            return True
        if len(own) == 1 and (
                self._is_sentence(own[0], first) or _DIVIDER.match(first) or self._spans_columns(row, own[0])):
            return True
        if row == self.table.block.bottom + 1 and len(own) >= 2 and all(
                _HOW_TO_FILL.match(str(self.sheet.at(row, column)).strip()) for column in own):
            return True  # a line of units or filling hints under the headings
        return self._repeats_heading(row, own[0]) and sum(
            1 for column in own if self._repeats_heading(row, column)) * 2 >= len(own) >= 2

    def _repeats_heading(self, row: int, column: int) -> bool:
        return wording.plain(str(self.sheet.at(row, column))) == self._plain_headings[column]

    def _is_sentence(self, column: int, text: str) -> bool:
        """A note under the table: alone in its row, and a sentence where a day, a number or an identifier belongs."""
        found = self.fields.get(column)
        wordless = found is None or found.kind.name not in {"text", "people"}
        return wordless and len(_HAN.findall(text)) >= _SENTENCE

    def _is_free_text(self, column: int) -> bool:
        found = self.fields.get(column)
        return found is not None and found.name in {"phenomenon", "content", "question", "answer", "change", "usage"}

    def _spans_columns(self, row: int, column: int) -> bool:
        return any(span.top <= row <= span.bottom and span.left <= column <= span.right
                   and span.right - span.left >= 2 for span in self.sheet.merged)
