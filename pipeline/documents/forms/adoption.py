"""A customer's empty form becomes the template of that customer: understood, decided on by a person, written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from lxml import etree

from pipeline.documents.filling import W
from pipeline.documents.forms.customer_forms import SUFFIXES, form_stem
from pipeline.documents.forms.faults import FormExists, FormMissing, FormUnreadable
from pipeline.documents.forms.form_map import MAP_SUFFIX, PHOTOS, read_map
from pipeline.documents.forms.grid import Grid
from pipeline.documents.forms.meanings import packaged_meanings
from pipeline.documents.forms.proposal import CellProposal, FormProposal
from pipeline.documents.forms.sample import learn
from pipeline.documents.forms.understanding import understand
from pipeline.documents.forms.word_grid import read_word
from pipeline.documents.forms.workbook_grid import read_workbook
from pipeline.documents.forms.write_map import map_text
from pipeline.documents.forms.write_word import write_word
from pipeline.documents.word_file import WordFile
from pipeline.files.atomic import replace_content
from pipeline.ooxml.cells import CellRange

_TITLE = re.compile(r"8\s*D|报告|報告|report", re.IGNORECASE)


@dataclass(slots=True)
class Adoption:
    """A form that was understood; ``chosen`` are the boxes that go into the template."""

    form: Path
    customer: str
    found: FormProposal

    @property
    def sure(self) -> list[CellProposal]:
        """The boxes that are taken without asking."""
        return [cell for cell in self.found.cells if cell.sure]

    @property
    def doubtful(self) -> list[CellProposal]:
        """The boxes that a person is asked about, the likeliest first."""
        return sorted((cell for cell in self.found.cells if not cell.sure), key=lambda cell: -cell.confidence)

    @property
    def columns(self) -> int:
        """How many columns of tables are taken."""
        return sum(column.sure for table in self.found.tables for column in table.columns)


def adopt(form: Path, customer: str, sample: Path | None = None) -> Adoption:
    """Understand an empty form, with a filled one beside it when there is one.

    Raises FormMissing, FormUnreadable, and what the package layer says of encrypted, damaged or old files.
    """
    grids, remarks = _grids(form)
    found = understand(grids, packaged_meanings())
    if sample is not None:
        if sample.suffix.lower() != form.suffix.lower():
            raise FormUnreadable(sample.name, "样表与空表不是同一种文件", "请提供同一张表的空表和已填表")
        found = learn(found, grids, _grids(sample)[0], packaged_meanings().lexicon)
    if form.suffix.lower() != ".docx" and (title := _title(grids)) is not None:
        found.cells.append(title)
        by_name = {grid.name: grid for grid in grids}
        inside = [cell for cell in found.cells if cell.address == PHOTOS and cell.inside]  # over their own label?
        found.cells = [_with_room(cell, by_name[cell.sheet], found) for cell in found.cells if cell not in inside]
        found.remarks += [f"“{cell.label}”（{cell.sheet}!{cell.area}）的照片由人放入" for cell in inside]
    found.remarks += remarks
    return Adoption(form, customer, found)


def _with_room(cell: CellProposal, grid: Grid, found: FormProposal) -> CellProposal:
    """A place for photos with the blank boxes beside and below it, as far as nothing else is asked there."""
    area = CellRange.parse(cell.area)
    if cell.address != PHOTOS or area.bottom > area.top:
        return cell  # a box of several rows is the room that the form gives
    asked = [(other.sheet, other.area) for other in (*found.cells, *found.open, *found.unread) if other is not cell]
    asked += [(tick.sheet, tick.area) for tick in found.ticks]
    asked += [(table.sheet, column.area) for table in found.tables for column in table.columns]
    taken = [CellRange.parse(other) for sheet, other in asked if sheet == cell.sheet]

    def free(area: CellRange, row: int, column: int) -> bool:
        """Whether a cell is blank, asked for by nothing, and part of no box that reaches out of the area's rows."""
        box = grid.at(row, column)
        return (box is not None and box.blank and box.framed is not False and box.row >= area.top
                and not any(other.holds(row, column) for other in taken))

    while all(free(area, row, area.right + 1) for row in range(area.top, area.bottom + 1)):
        area = CellRange(area.top, area.left, area.bottom, area.right + 1)
    while all(free(area, area.bottom + 1, column) for column in range(area.left, area.right + 1)):
        area = CellRange(area.top, area.left, area.bottom + 1, area.right)
    return replace(cell, area=str(area))


def _title(grids: Sequence[Grid]) -> CellProposal | None:
    """The form's title, which carries the draft mark until somebody approved; None for a form without one."""
    for grid in grids:
        for box in grid.labels():
            if _TITLE.search(box.text) and not box.fixed:
                end = len(box.text)
                return CellProposal(grid.name, box.area, "draft", box.text, 0.99, box.text, (end, end), "　")
    return None


def _with_draft_mark(content: bytes, name: Path) -> bytes:
    """A Word form whose title carries the draft mark until somebody approved."""
    file = WordFile(content, name)
    for paragraph in file.tree.iter(f"{W}p"):
        if _TITLE.search("".join(text.text or "" for text in paragraph.iter(f"{W}t"))):
            run = etree.SubElement(paragraph, f"{W}r")
            looks = etree.SubElement(run, f"{W}rPr")
            etree.SubElement(looks, f"{W}b")
            etree.SubElement(looks, f"{W}color").set(f"{W}val", "C00000")
            text = etree.SubElement(run, f"{W}t")
            text.text = "　{{ draft|optional }}"
            return file.with_tree()
    return content


def write_template(adoption: Adoption, taken: Sequence[CellProposal], folder: Path) -> list[Path]:
    """Write form and map into ``folder`` (the plant's ``templates/eight_d``); returns the files.

    The map is read back and the Word form compiled before anything is written, so that nothing half stands there.
    Raises FormExists when the customer has a form, whatever its kind.
    """
    stem = form_stem(adoption.customer)
    for suffix in SUFFIXES:
        if (folder / f"{stem}{suffix}").exists():
            raise FormExists(str(folder / f"{stem}{suffix}"))
    suffix = adoption.form.suffix.lower()
    target = folder / f"{stem}{suffix}"
    contents: list[tuple[Path, bytes]] = []
    if suffix == ".docx":
        contents.append((target, _word(adoption, taken, target)))
    else:
        beside = folder / f"{stem}{MAP_SUFFIX}"
        text = map_text(adoption.customer, adoption.found, packaged_meanings().lexicon, taken)
        read_map(str(beside), text.encode())
        contents += [(beside, text.encode()), (target, adoption.form.read_bytes())]
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents:
        replace_content(path, content)
    return [path for path, _ in reversed(contents)]


def _word(adoption: Adoption, taken: Sequence[CellProposal], target: Path) -> bytes:
    from pipeline.documents.engine import WordEngine

    ticks = [tick for tick in adoption.found.ticks if tick.sure]
    tables = [table for table in adoption.found.tables if any(column.sure for column in table.columns)]
    content = _with_draft_mark(write_word(read_word(adoption.form), taken, tables, ticks), target)
    WordEngine().template(str(target), content)
    return content


def _grids(path: Path) -> tuple[Sequence[Grid], tuple[str, ...]]:
    if not path.is_file():
        raise FormMissing(str(path))
    match path.suffix.lower():
        case ".docx":
            word = read_word(path)
            return word.grids, word.remarks
        case ".xlsx" | ".xlsm":
            sheets = read_workbook(path)
            return sheets.grids, sheets.remarks
        case ".xls" | ".et" | ".doc" | ".wps" | ".xlsb":
            remedy = "请在 Office 或 WPS 中另存为 .xlsx 或 .docx"
            raise FormUnreadable(path.name, f"{path.suffix} 格式无法填写", remedy)
        case other:
            kind = other or "没有扩展名"
            raise FormUnreadable(path.name, f"不认识 {kind} 的文件", "请提供 .xlsx、.xlsm 或 .docx 空表")


def trial_fill(adoption: Adoption, files: Sequence[Path], now: datetime) -> bytes:
    """The template just written, filled with the packaged example case; raises TemplateFault when it does not work."""
    from pipeline.documents.engine import WordEngine
    from pipeline.documents.folders import TemplateFolders, packaged_templates
    from pipeline.documents.forms.customer_forms import CustomerForm, CustomerForms
    from pipeline.documents.forms.form_check import EXAMPLE_FACTS, packaged_example

    form = next(path for path in files if path.suffix.lower() in SUFFIXES)
    beside = next((path for path in files if path is not form), None)
    template = CustomerForm(
        form, form.read_bytes(), str(beside or ""), beside.read_bytes() if beside is not None else b""
    )
    forms = CustomerForms(TemplateFolders([packaged_templates()]), WordEngine())
    example = {**packaged_example(), "customer": adoption.customer}
    return forms.fill(template, example, EXAMPLE_FACTS, now)
