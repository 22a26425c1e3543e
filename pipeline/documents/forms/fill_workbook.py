"""Fills a customer's workbook: the addressed cells patched in its bytes, all else as the customer made it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.documents.fault import TemplateFault
from pipeline.documents.forms.faults import FormUnreadable, MapFault
from pipeline.documents.forms.form_context import CONTINUED, holds, line_of, named_rows
from pipeline.documents.forms.form_map import CheckedMap, TableRows
from pipeline.documents.forms.form_photos import pictures_in, plan_photos
from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.lexicon import packaged_lexicon
from pipeline.documents.forms.rows_grown import with_room
from pipeline.documents.forms.ticks import EMPTY_MARKS
from pipeline.documents.forms.workbook_grid import FormSheets, read_workbook
from pipeline.documents.photos import ReadPhoto
from pipeline.documents.sandbox import clean
from pipeline.ooxml.cells import column_index, reference
from pipeline.ooxml.sheet_drawing import Picture, with_pictures
from pipeline.ooxml.sheet_patch import CellWrite, patch_workbook
from pipeline.ooxml.text import MAX_CELL_TEXT
from schemas.errors import KesuError

_TICKED = "☑"
_CUT = "……（内容过长，完整内容见台账）"
#: Which column of a list can take a few words more.
_ROOMY = ("content", "disposition", "answer", "change", "impact", "duty", "yes", "usage", "name", "place")
Place = tuple[str, int, int]


@dataclass(slots=True)
class Filling:
    """The texts by place, and what a person should know: rows that found no line of their own."""

    texts: dict[Place, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add_line(self, place: Place, line: str) -> None:
        """Put a line under what stands at a place."""
        held = self.texts.get(place, "")
        self.texts[place] = f"{held}\n{line}" if held else line


def plan_filling(form_map: CheckedMap, context: Mapping[str, Any], grids: Mapping[str, Grid]) -> Filling:
    """What to write where for one case; pure. Raises MapFault for cells that the form does not have free."""
    filling = Filling()
    for place, box in form_map.cells.items():
        _check_free(form_map.name, place, grids, plain=box.plain)
        text = box.text(context)
        if any(address.value(context) for address in box.addresses):
            filling.texts[place] = text
    named = set(named_cells(form_map))
    for table in form_map.map.tables:
        _table(form_map.name, table, named, context, grids, filling)
    _unnamed_rows(form_map, context, grids, filling)
    for place, conditions in form_map.ticks:
        _tick(form_map.name, place, conditions, context, grids, filling)
    return filling


def fill_workbook(
    name: str, content: bytes, form_map: CheckedMap, context: Mapping[str, Any], read: ReadPhoto | None = None
) -> bytes:
    """The form with the case filled in; equal arguments give equal bytes. Without ``read`` no photos are placed.

    Raises MapFault for a map that does not fit the form, and TemplateFault (with the reason in Chinese) for a form
    that cannot be patched safely: signed, shared, damaged, encrypted, formulas where a value should go.
    """
    with tempfile.TemporaryDirectory(prefix="kesu-") as folder:
        source, target = Path(folder, Path(name).name), Path(folder, "filled")
        source.write_bytes(content)
        try:
            sheets = read_workbook(source)
            filling = plan_filling(form_map, context, {grid.name: grid for grid in sheets.grids})
            pictures = _photos(form_map, context, sheets, read, filling) if read is not None else {}
            writes = [
                CellWrite(sheet, row, column, _shortened(text))
                for (sheet, row, column), text in sorted(filling.texts.items()) if clean(text)
            ]
            patch_workbook(source, target, writes)
            return _with_photos(target, with_room(target, filling.texts, sheets), pictures)
        except TemplateFault:
            raise
        except KesuError as error:
            raise _unfit(name, error) from error


def _with_photos(filled: Path, content: bytes, pictures: Mapping[str, Sequence[Picture]]) -> bytes:
    for sheet, laid in pictures.items():
        content = with_pictures(filled, content, sheet, laid)
    return content


def _photos(
    form_map: CheckedMap, context: Mapping[str, Any], sheets: FormSheets, read: ReadPhoto, filling: Filling
) -> dict[str, list[Picture]]:
    """The pictures by sheet; what could not be shown stands as text in its area."""
    found: dict[str, list[Picture]] = {}
    for (sheet, area), photos in plan_photos(form_map.photos, sheets.rooms, context).areas:
        laid, missing = pictures_in(area, photos, sheets.rooms[sheet], read)
        found.setdefault(sheet, []).extend(laid)
        for line in missing:
            filling.add_line((sheet, area.top, area.left), line)
    return found


def photos_left(form_map: CheckedMap, sheets: FormSheets, context: Mapping[str, Any]) -> str:
    """A sentence on the photos that the form has no room for, "" when all are shown or it takes none."""
    plan = plan_photos(form_map.photos, sheets.rooms, context)
    if not plan.left:
        return ""
    places = "、".join(f"{sheet}!{area}" for sheet, area in form_map.photos)
    return f"照片格 {places} 放不下其余 {plan.left} 张照片，见资料夹“附件”；加大格子或在对照表中写更大的范围"


def sheets_in(name: str, content: bytes) -> FormSheets:
    """The visible sheets of a form; raises TemplateFault."""
    with tempfile.TemporaryDirectory(prefix="kesu-") as folder:
        source = Path(folder, Path(name).name)
        source.write_bytes(content)
        try:
            return read_workbook(source)
        except KesuError as error:
            raise _unfit(name, error) from error


def _unfit(name: str, error: KesuError) -> TemplateFault:
    if isinstance(error, FormUnreadable):
        return TemplateFault(name, "", "", error.reason, error.remedy)
    return TemplateFault(name, "", "", f"表样无法填写（{error}）", "请换用没有此限制的表样")


def _shortened(text: str) -> str:
    kept = clean(text)
    return kept if len(kept) <= MAX_CELL_TEXT // 2 else kept[: MAX_CELL_TEXT // 2 - len(_CUT)] + _CUT


def _check_free(name: str, place: Place, grids: Mapping[str, Grid], *, plain: bool) -> Box:
    sheet, row, column = place
    where = f"{sheet}!{reference(row, column)}"
    grid = grids.get(sheet)
    if grid is None:
        raise MapFault(name, where, f"表样中没有可见的工作表“{sheet}”", f"现有：{'、'.join(grids)}")
    box = grid.at(row, column) or Box(row, column, row, column)
    if (box.row, box.column) != (row, column):
        raise MapFault(name, where, f"在合并单元格 {box.area} 之内", f"请改写为 {sheet}!{box.reference}")
    if box.fixed:
        raise MapFault(name, where, "表样的这一格是公式", "请从对照表删去这一行，由表样自己计算")
    if plain and not box.blank:
        remedy = f"若要接在后面填写，请写成 {sheet}!{box.reference}: \"{box.text[:12]}{{{{ 字段 }}}}\""
        raise MapFault(name, where, f"表样的这一格已有文字“{box.text[:20]}”", remedy)
    return box


def check_cells(form_map: CheckedMap, grids: Mapping[str, Grid]) -> Iterator[MapFault]:
    """What of the map the form has no room for: cells that are taken, merged into another, or not there."""
    columns = [
        ((table.sheet, line, column_index(letters)), True)
        for table in form_map.map.tables for line in table.rows for letters in table.columns
    ]
    boxes = [(place, box.plain) for place, box in form_map.cells.items()]
    for place, plain in (*boxes, *columns, *((place, False) for place, _ in form_map.ticks)):
        try:
            _check_free(form_map.name, place, grids, plain=plain)
        except MapFault as fault:
            yield fault
    yield from _check_photos(form_map, grids, [place for place, _ in (*boxes, *columns)])


def _check_photos(
    form_map: CheckedMap, grids: Mapping[str, Grid], filled: Sequence[Place]
) -> Iterator[MapFault]:
    """Areas for photos that lie over words of the form, over boxes that are filled, or nowhere."""
    remedy = "请写成一片空白的格子，例如 8D!C7:D12"
    for sheet, area in form_map.photos:
        where, grid = f"{sheet}!{area}", grids.get(sheet)
        if grid is None:
            yield MapFault(form_map.name, where, f"表样中没有可见的工作表“{sheet}”", f"现有：{'、'.join(grids)}")
            continue
        under = next((box for box in grid.boxes if not box.blank and area.holds(box.row, box.column)), None)
        if under is not None:
            yield MapFault(form_map.name, where, f"照片会盖住 {under.reference}“{under.text[:20]}”", remedy)
        for place in filled:
            if place[0] == sheet and area.holds(*place[1:]):
                told = reference(place[1], place[2])
                yield MapFault(form_map.name, where, f"照片会盖住要填写的 {told}", remedy)
                break


def _table(
    name: str, table: TableRows, named: set[tuple[str, str]], context: Mapping[str, Any], grids: Mapping[str, Grid],
    filling: Filling,
) -> None:
    """Rows in order; one that has cells under its own name elsewhere on the form (the leader, say) is not repeated.

    Rows beyond the form's tell what its columns ask for, no more: who asks for names gets no phone numbers.
    """
    columns = {column: column_index(letters) for letters, column in table.columns.items()}
    rows = [
        row for name, row in named_rows(table.table, context.get(table.table, ()))
        if line_of(table.table, row) and (table.table, name) not in named
    ]
    for line, row in zip(table.rows, rows, strict=False):
        for column, index in columns.items():
            place = (table.sheet, line, index)
            _check_free(name, place, grids, plain=True)
            if row.get(column):
                filling.texts[place] = str(row[column])
    asked = [{name: value for name, value in row.items() if name in columns} for row in rows[len(table.rows) :]]
    lines = [told for row in asked if (told := line_of(table.table, row))]
    if lines:
        roomy = next((column for column in _ROOMY if column in columns), next(iter(columns)))
        place = (table.sheet, table.rows[-1], columns[roomy])
        _overflow(table.table, lines, place, filling, f"表样只有 {len(table.rows)} 行")


def _overflow(table: str, lines: Sequence[str], place: Place, filling: Filling, why: str) -> None:
    title = packaged_lexicon().lists[table].name
    filling.add_line(place, f"【续】{why}，其余 {len(lines)} 项：")
    for line in lines:
        filling.add_line(place, line)
    where = f"{place[0]}!{reference(place[1], place[2])}"
    filling.notes.append(f"{title}：{why}，其余 {len(lines)} 项写在 {where}")


def _room(column: str, place: Place, grids: Mapping[str, Grid]) -> tuple[int, int, int, int]:
    """How well a box takes a few words more: one of text first, then the lowest, the widest, the last."""
    box = grids[place[0]].at(place[1], place[2])
    words = -_ROOMY.index(column) if column in _ROOMY else -len(_ROOMY)
    return words, place[1], box.width if box else 1, place[2]


def _unnamed_rows(
    form_map: CheckedMap, context: Mapping[str, Any], grids: Mapping[str, Grid], filling: Filling
) -> None:
    """Rows whose name the form does not print (a sixth why, another store) go below the last that it does."""
    tables = {table.table for table in form_map.map.tables}
    for table in CONTINUED:
        places = [
            (place, address) for place, box in form_map.cells.items() for address in box.addresses
            if address.name == table and address.row
        ]
        if not places or table in tables:
            continue
        named = {address.row for _, address in places}
        unnamed = [row for name, row in named_rows(table, context.get(table, ())) if name not in named]
        lines = [line for row in unnamed if (line := line_of(table, row))]
        if lines:
            last = max(places, key=lambda item: _room(item[1].column, item[0], grids))
            _overflow(table, lines, last[0], filling, "表样未列出")


def _tick(
    name: str, place: Place, conditions: Mapping[str, tuple[str, str]], context: Mapping[str, Any],
    grids: Mapping[str, Grid], filling: Filling,
) -> None:
    box = _check_free(name, place, grids, plain=False)
    text = filling.texts.get(place, box.text)
    for option, (table, row) in conditions.items():
        if holds(table, context["row_of"][table].get(row, {})):
            mark = re.compile(rf"[{EMPTY_MARKS}](\s*{re.escape(option)})")
            text = mark.sub(rf"{_TICKED}\1", text, count=1)
    if text != box.text:
        filling.texts[place] = text


def named_cells(form_map: CheckedMap) -> Iterator[tuple[str, str]]:
    """(list, row) of every cell that takes one named row."""
    for box in form_map.cells.values():
        for address in box.addresses:
            if address.row:
                yield address.name, address.row
