"""The standardising documents (固化文件) that people of the demo plant file: one small table each."""

from __future__ import annotations

from pathlib import Path

from pipeline.demo.edits import FilePaper


def write_paper(folder: Path, paper: FilePaper) -> None:
    """Write the paper into ``folder``, as a workbook or a Word document by the ending of its name."""
    folder.mkdir(exist_ok=True)
    target = folder / paper.name
    if target.suffix == ".xlsx":
        _write_workbook(target, paper)
    else:
        _write_document(target, paper)


def _write_workbook(target: Path, paper: FilePaper) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    workbook = Workbook()
    sheet = workbook.active
    if sheet is None:  # never for a new workbook; the library's type allows it
        raise ValueError(paper.name)
    sheet.append([target.stem])
    for row in paper.rows:
        sheet.append(list(row))
    for cell in (sheet["A1"], *sheet[2]):
        cell.font = Font(bold=True)
    for row_number in range(2, len(paper.rows) + 2):
        for cell in sheet[row_number]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column in range(1, len(paper.rows[0]) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 24
    workbook.save(target)


def _write_document(target: Path, paper: FilePaper) -> None:
    from docx import Document

    document = Document()
    document.add_heading(target.stem, level=1)
    table = document.add_table(rows=0, cols=len(paper.rows[0]), style="Table Grid")
    for row in paper.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = "" if value is None else str(value)
    document.save(str(target))
