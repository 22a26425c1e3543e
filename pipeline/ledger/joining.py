"""Several rows that are one complaint: under one merged 客诉编号, or further measures with nothing else beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.ledger.cell_reading import CellReading
from pipeline.ledger.workbook_process import Address, Cell
from schemas.columns import SheetField
from schemas.values import ValueProblem, parse_day
from schemas.workbook import Issue

_JOINED_KINDS = {"text": "\n", "id": "、"}
#: Of several measures the last one counts for the complaint.
_LATEST = frozenset({"close_due", "closed"})
#: A row with none of these, but with a cause or a measure, goes on with the complaint above it.
IDENTITY = frozenset({"number", "received", "customer", "product", "part_number", "phenomenon"})
_GOES_ON = frozenset({"occurrence_cause", "escape_cause", "interim_actions", "lasting_actions"})


@dataclass(slots=True)
class RawRow:
    """The cells of one complaint or follow-up row before validation, by field.

    A cell stands in this row under its heading (``columns``), unless ``moved`` says where else (0-based).
    """

    row: int
    columns: Mapping[str, int]
    cells: dict[str, CellReading] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    extras: dict[str, str] = field(default_factory=dict)
    moved: dict[str, Address] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def at(self, name: str) -> Address:
        """Where the cell of a field stands."""
        return self.moved.get(name) or (self.row, self.columns[name])

    def owns_any(self, names: frozenset[str]) -> bool:
        """Whether one of these fields is typed in this very row, not taken over from a merged cell above."""
        return any(name in self.cells and not self.cells[name].blank and self.at(name)[0] == self.row
                   for name in names)


@dataclass(frozen=True)
class RowJoiner:
    """Joins the rows of one complaint; ``anchor`` gives the row in which a row's merged 客诉编号 stands (or None).

    ``meant`` reads a text that was joined from several cells of a field.
    """

    fields: Mapping[str, SheetField]
    meant: Callable[[str, str], CellReading]
    anchor: Callable[[int], int | None]
    issue: Callable[[Address, str, str, str], Issue]
    today: date

    def join(self, rows: Sequence[RawRow]) -> list[RawRow]:
        """One row per complaint, further lots and texts joined into the first."""
        heads: dict[int, RawRow] = {}
        kept: list[RawRow] = []
        last = -1
        for raw in rows:
            anchor = self.anchor(raw.row)
            if anchor is not None and anchor != raw.row and anchor in heads:
                self._continue(heads[anchor], raw)
            elif kept and last == raw.row - 1 and not raw.owns_any(IDENTITY) and raw.owns_any(_GOES_ON):
                self._continue(kept[-1], raw)
            else:
                heads[raw.row if anchor is None else anchor] = raw
                kept.append(raw)
            last = raw.row
        return kept

    def _continue(self, head: RawRow, further: RawRow) -> None:
        head.issues.extend(further.issues)
        for title, text in further.extras.items():
            if text not in head.extras.get(title, "").split("\n"):
                head.extras[title] = "\n".join(filter(None, (head.extras.get(title), text)))
        for name, cell in further.cells.items():
            if cell.blank:
                continue
            text, address, there = further.typed[name], further.at(name), head.cells.get(name)
            joint = _JOINED_KINDS.get(self.fields[name].kind.name)
            if there is None or there.blank or (name in _LATEST and self._later(cell.value, there.value)):
                head.cells[name], head.typed[name], head.moved[name] = cell, text, address
            elif name in _LATEST or text in head.typed[name].split(joint or "\n"):
                continue
            elif joint:
                head.typed[name] = f"{head.typed[name]}{joint}{text}"
                head.cells[name] = self.meant(name, head.typed[name])
            else:
                message = (f"第{head.row + 1}至{further.row + 1}行按一件客诉读取；此格与首行不同，未采用。"
                           "请把合计填在首行，或一行一个编号")
                head.issues.append(self.issue(address, name, text, message))

    def _later(self, one: Cell, other: Cell) -> bool:
        try:
            first, second = parse_day(one, self.today), parse_day(other, self.today)
        except ValueProblem:
            return False
        return first is not None and (second is None or first > second)
