"""The demo ledger while the typist has it open: rows found by what stands in them, edits typed into its sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.demo.edits import COMPLAINTS, AddColumn, AddNote, AppendRow, Cells, CellValue, HideRow, SetCells
from pipeline.demo.typed_sheet import TypedSheet
from schemas.errors import KesuError

if TYPE_CHECKING:
    from openpyxl import Workbook

_OTHER_CASE = re.compile(r"<#([\w-]+)>")


class DemoLedgerMismatch(KesuError):
    """The demo ledger lacks a sheet, column or row that the story types into."""

    def __init__(self, path: Path, place: str) -> None:
        super().__init__(f"演示台账 {path.name} 中找不到{place}，可能已被改动。请删除演示文件夹后重新运行 kesu demo。")


class NotYetThere(Exception):
    """The software has not yet given the number, folder or report that an edit needs."""


class OpenLedger:
    """A loaded demo workbook; ``identities`` says by which cells each complaint's row is recognised.

    ``formulas`` (heading to formula) are filled down with every new complaint; AddColumn adds to it.
    """

    def __init__(
        self, path: Path, workbook: Workbook, identities: Mapping[str, Cells], formulas: dict[str, str]
    ) -> None:
        self._path = path
        self._workbook = workbook
        self._identities = identities
        self._formulas = formulas
        self._sheets: dict[str, TypedSheet] = {}

    def make(self, edit: AppendRow | SetCells | AddColumn | HideRow | AddNote) -> None:
        """Make one edit, wholly or not at all; raises NotYetThere and DemoLedgerMismatch."""
        match edit:
            case AppendRow():
                self._append(edit)
            case SetCells():
                row = self._row_of(edit)
                self._sheet(edit.sheet).write(row, self._resolved(edit.cells))
            case AddColumn():
                self._sheet(edit.sheet).add_column(edit.heading)
                if edit.formula:
                    self._formulas[edit.heading] = edit.formula
            case HideRow():
                self._sheet(COMPLAINTS).hide(self._complaint_row(edit.case))
            case AddNote():
                self._sheet(edit.sheet).add_note(edit.text)

    def number(self, case: str) -> str:
        """The 客诉编号 that stands in the complaint's row; raises NotYetThere while the cell is empty."""
        number = self._sheet(COMPLAINTS).value(self._complaint_row(case), "客诉编号")
        if not number:
            raise NotYetThere
        return str(number)

    def _append(self, edit: AppendRow) -> None:
        sheet = self._sheet(edit.sheet)
        cells = self._resolved(edit.cells)
        if edit.case and edit.sheet != COMPLAINTS:
            cells = {"客诉编号": self.number(edit.case), **cells}
        row = self._one(sheet, {"客诉编号": edit.into}) if edit.into else sheet.first_free_row()
        if edit.sheet == COMPLAINTS and len(cells) > 1:  # a row that only holds a number stays a bare one
            received = sheet.letter("接诉时间")
            cells |= {h: formula.format(row=row, received=received) for h, formula in self._formulas.items()}
        sheet.write(row, cells)

    def _row_of(self, edit: SetCells) -> int:
        if edit.sheet == COMPLAINTS:
            return self._complaint_row(edit.case)
        return self._one(self._sheet(edit.sheet), {"客诉编号": self.number(edit.case), **edit.match})

    def _complaint_row(self, case: str) -> int:
        return self._one(self._sheet(COMPLAINTS), self._identities[case])

    def _resolved(self, cells: Cells) -> dict[str, CellValue]:
        def named(token: re.Match[str]) -> str:
            return self.number(token[1])

        return {h: _OTHER_CASE.sub(named, v) if isinstance(v, str) else v for h, v in cells.items()}

    def _sheet(self, name: str) -> TypedSheet:
        if name not in self._workbook.sheetnames:
            raise DemoLedgerMismatch(self._path, f"工作表“{name}”")
        if name not in self._sheets:
            self._sheets[name] = TypedSheet(self._workbook[name], lambda place: DemoLedgerMismatch(self._path, place))
        return self._sheets[name]

    def _one(self, sheet: TypedSheet, cells: Cells) -> int:
        rows = sheet.rows_with(cells)
        if len(rows) != 1:
            raise DemoLedgerMismatch(self._path, f"唯一一行 {dict(cells)}（找到{len(rows)}行）")
        return rows[0]
