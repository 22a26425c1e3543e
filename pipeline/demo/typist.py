"""The demo's simulated person at Excel and Word: types the story's edits into the demo's own files.

This is the one place where a ledger is loaded and saved as a whole with openpyxl. It plays Excel in the demo and must
never be pointed at a real person's workbook, which would lose whatever openpyxl does not know.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.demo.edits import AttachPicture, Cells, Edit, FilePaper, RewordReport
from pipeline.demo.open_ledger import DemoLedgerMismatch, NotYetThere, OpenLedger
from pipeline.demo.papers import write_paper
from pipeline.demo.pictures import schematic_png

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = ["DemoLedgerMismatch", "TypedMoment", "Typist"]


@dataclass(frozen=True, slots=True)
class TypedMoment:
    """How many edits were made, and how many wait for a number, folder or report."""

    made: int
    waiting: int


@dataclass
class Typist:
    """Types edits into ``ledger`` and the folders below ``cases_folder``; remembers what had to wait.

    ``identities`` comes from the plant and says how a complaint's row is recognised.
    """

    ledger: Path
    cases_folder: Path
    identities: Mapping[str, Cells]
    _waiting: list[Edit] = field(default_factory=list)
    _formulas: dict[str, str] = field(default_factory=dict)

    def type(self, edits: Iterable[Edit], at: datetime) -> TypedMoment:
        """Make all edits that can be made now and save as Excel does, the file's time being ``at`` (aware).

        What waited is tried first, and a complaint's edits keep their order. Nothing to do leaves the file untouched.
        Raises DemoLedgerMismatch when the ledger is not the demo's; then nothing is saved.
        """
        from openpyxl import load_workbook

        todo = [*self._waiting, *edits]
        if not todo:
            return TypedMoment(0, 0)
        workbook = load_workbook(self.ledger)
        open_ledger = OpenLedger(self.ledger, workbook, self.identities, self._formulas)
        waiting: list[Edit] = []
        blocked: set[str] = set()
        typed_cells = False
        for edit in todo:
            case = getattr(edit, "case", "")  # columns and notes belong to no complaint
            if case in blocked or not self._made(open_ledger, edit):
                blocked.add(case)
                waiting.append(edit)
            else:
                typed_cells |= not isinstance(edit, RewordReport | AttachPicture | FilePaper)
        if typed_cells:
            self._save(workbook, at)
        self._waiting = waiting
        return TypedMoment(len(todo) - len(waiting), len(waiting))

    def _made(self, open_ledger: OpenLedger, edit: Edit) -> bool:
        try:
            match edit:
                case RewordReport():
                    _reword(self._folder(open_ledger.number(edit.case)) / "8D报告.docx", edit.text)
                case AttachPicture():
                    attachments = self._folder(open_ledger.number(edit.case)) / "附件"
                    attachments.mkdir(exist_ok=True)
                    (attachments / f"{edit.title}.png").write_bytes(schematic_png())
                case FilePaper():
                    write_paper(self._folder(open_ledger.number(edit.case)) / "固化文件", edit)
                case _:
                    open_ledger.make(edit)
        except NotYetThere:
            return False
        return True

    def _folder(self, number: str) -> Path:
        found = sorted(self.cases_folder.glob(f"*/{number} *"))
        if not found:
            raise NotYetThere
        return found[0]

    def _save(self, workbook: Workbook, at: datetime) -> None:
        """Write a temporary file beside the ledger and put it in place, as Excel does."""
        temporary = self.ledger.with_name(f"~{self.ledger.stem}.tmp")
        workbook.save(temporary)
        os.utime(temporary, (at.timestamp(), at.timestamp()))
        temporary.replace(self.ledger)


def _reword(report: Path, text: str) -> None:
    """Write ``text`` as a paragraph under the D5 heading, or at the end, and save the report; raises NotYetThere."""
    from docx import Document

    if not report.exists():
        raise NotYetThere
    document = Document(str(report))
    remark = document.add_paragraph(text)
    heading = next((paragraph for paragraph in document.paragraphs if paragraph.text.startswith("D5")), None)
    if heading is not None:
        heading._p.addnext(remark._p)  # python-docx itself only inserts before a paragraph, and a table follows
    document.save(str(report))
