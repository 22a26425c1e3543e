"""Makes the blank ledger workbook that ``kesu init`` puts on the share."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import Outline
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from pipeline.files.atomic import write_if_changed
from pipeline.ledger.blank_guide import draw_guide
from pipeline.ledger.blank_style import BANDS, BLUE, BOX, DARK, FONT, GREEN, GREY, fill, print_setup
from schemas.columns import KindName, SheetField
from schemas.rows import MODELS, Contact, SheetKind

ROWS = 500                     # rows prepared with drop-down lists and colours
GUIDE = "填写说明"
LEDGER_TITLE_ROWS = 2          # title and group bands above the ledger's headings
_WIDTHS: dict[KindName, float] = {
    "text": 13, "id": 14, "moment": 16, "day": 12, "quantity": 9.5, "rate": 9.5, "money": 11, "yes_no": 9.5,
    "people": 20, "choice": 10,
}
_WIDE = {
    "phenomenon": 34, "feedback": 30, "folder_link": 18, "content": 38, "question": 30, "answer": 34, "change": 30,
    "impact": 30, "conclusion": 34, "usage": 30, "occurrence_cause": 30, "escape_cause": 30, "containment": 28,
    "interim_actions": 28, "lasting_actions": 28, "materials": 26, "customer_request": 22, "mail": 26, "evidence": 22,
    "lesson": 26, "review_reason": 24, "note": 22, "number": 16, "line_stop": 11, "cause": 24, "verified": 22,
}
_NUMBER_FORMATS: dict[KindName, str] = {
    "id": "@", "moment": "yyyy-mm-dd hh:mm", "day": "yyyy-mm-dd", "quantity": "#,##0", "rate": "0.00%",
    "money": "#,##0.00",
}
#: The column of a fold that stays in sight and carries the [+].
_FOLD_FRONT = {"风险与等级": "line_stop", "原因与措施": "liability", "管理": "release"}
_STATUS_COLOURS = {
    "关闭": "E2EFDA", "待确认": "FFF2CC", "暂停": "D9D9D9", "重新启动": "FCE4D6", "作废": "D9D9D9", "不成立": "D9D9D9",
}
_LEVEL_COLOURS = {"紧急": "F8CBAD", "严重": "FFE699"}


@dataclass(frozen=True, slots=True)
class _Layout:
    """One sheet's columns in template order, and the row of its headings (1-based)."""

    kind: SheetKind
    fields: tuple[SheetField, ...]
    heading_row: int

    @property
    def last_row(self) -> int:
        return self.heading_row + ROWS

    def letter(self, name: str) -> str:
        return get_column_letter([field.name for field in self.fields].index(name) + 1)

    def range_of(self, name: str) -> str:
        letter = self.letter(name)
        return f"{letter}{self.heading_row + 1}:{letter}{self.last_row}"


def _in_template_order(kind: SheetKind) -> tuple[SheetField, ...]:
    """Core columns, then ours, then the optional ones fold by fold (a fold's columns must stand together)."""
    fields = MODELS[kind].fields()
    if kind is not SheetKind.COMPLAINTS:
        return fields
    folds = list(dict.fromkeys(field.column.group for field in fields if field.column.group))

    def place(field: SheetField) -> tuple[int, int]:
        if field.column.core:
            return 0, 0
        if field.column.ours:
            return 1, 0
        front = _FOLD_FRONT.get(field.column.group) == field.name
        return 2 + folds.index(field.column.group), 0 if front else 1

    return tuple(sorted(fields, key=place))


def _layout(kind: SheetKind) -> _Layout:
    return _Layout(kind, _in_template_order(kind), LEDGER_TITLE_ROWS + 1 if kind is SheetKind.COMPLAINTS else 1)


def _colour_of(field: SheetField) -> str:
    if field.column.ours:
        return GREEN
    return BLUE if field.column.core else GREY


def _headings(sheet: Worksheet, layout: _Layout) -> None:
    for number, field in enumerate(layout.fields, 1):
        cell = sheet.cell(layout.heading_row, number, field.column.heading)
        cell.font = Font(name=FONT, size=10, bold=True, color="FFFFFF")
        cell.fill, cell.border = fill(_colour_of(field)), BOX
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width = _WIDE.get(field.name, _WIDTHS[field.kind.name])
        column.font = Font(name=FONT, size=10)
        column.number_format = _NUMBER_FORMATS.get(field.kind.name, "General")
        centred = field.kind.name not in {"text", "people"}
        column.alignment = Alignment(vertical="center", wrap_text=True, horizontal="center" if centred else "left")
    sheet.row_dimensions[layout.heading_row].height = 33
    sheet.freeze_panes = f"B{layout.heading_row + 1}"
    last = get_column_letter(len(layout.fields))
    sheet.auto_filter.ref = f"A{layout.heading_row}:{last}{layout.last_row}"


def _title(sheet: Worksheet, layout: _Layout) -> None:
    """Title over the columns in sight, and one band per fold."""
    core = sum(1 for field in layout.fields if field.column.core or field.column.ours)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=core)
    sheet["A1"] = "客诉台账"
    sheet["A1"].font = Font(name=FONT, size=18, bold=True, color=DARK)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 36
    sheet.row_dimensions[2].height = 20
    bands: dict[str, list[int]] = {}
    for number, field in enumerate(layout.fields, 1):
        name = "系统填写" if field.column.ours else field.column.group or "基本信息"
        bands.setdefault(name, []).append(number)
    for index, (name, numbers) in enumerate(bands.items()):
        sheet.merge_cells(start_row=2, end_row=2, start_column=numbers[0], end_column=numbers[-1])
        cell = sheet.cell(2, numbers[0], name)
        cell.font = Font(name=FONT, size=10, bold=True, color="FFFFFF")
        cell.fill = fill(BANDS[index % 2])
        cell.alignment = Alignment(horizontal="left" if name in _fold_names(layout) else "center", vertical="center")


def _fold_names(layout: _Layout) -> frozenset[str]:
    return frozenset(field.column.group for field in layout.fields if field.column.group)


def _fold(sheet: Worksheet, layout: _Layout) -> None:
    """Fold each group's columns behind its first one, which stays in sight."""
    sheet.sheet_properties.outlinePr = Outline(summaryRight=False)
    seen: set[str] = set()
    for number, field in enumerate(layout.fields, 1):
        group = field.column.group
        dimension = sheet.column_dimensions[get_column_letter(number)]
        if group and group in seen:
            dimension.outlineLevel, dimension.hidden = 1, True
        elif group:
            seen.add(group)
            dimension.collapsed = True


def _lists(sheet: Worksheet, layout: _Layout, ledger: _Layout, contacts: _Layout) -> None:
    """Drop-down lists; another word only asks back, since plants have words of their own."""
    names = f"='{SheetKind.CONTACTS.value}'!$A${contacts.heading_row + 1}:$A${contacts.last_row}"
    numbers = f"='{SheetKind.COMPLAINTS.value}'!$A${ledger.heading_row + 1}:$A${ledger.last_row}"
    for field in layout.fields:
        if field.kind.name == "choice":
            formula = f'"{",".join(field.kind.choices)}"'
        elif field.kind.name == "yes_no":
            formula = '"是,否"'
        elif field.name in {"engineer", "person", "verifier", "chair", "superior", "delegate"}:
            formula = names
        elif field.name == "number" and layout.kind is not SheetKind.COMPLAINTS:
            formula = numbers
        else:
            continue
        choice = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
        choice.errorTitle, choice.error = field.column.heading, "不在列表中。确定要这样填写吗?"
        choice.showErrorMessage = True
        choice.add(layout.range_of(field.name))
        sheet.add_data_validation(choice)


def _colours(sheet: Worksheet, layout: _Layout) -> None:
    first, last = layout.heading_row + 1, get_column_letter(len(layout.fields))
    names = {field.name for field in layout.fields}
    whole = f"A{first}:{last}{layout.last_row}"
    if layout.kind is SheetKind.COMPLAINTS:
        column = layout.letter("feedback")
        amber = DifferentialStyle(font=Font(color="7F3F00"), fill=fill("FFC000"))
        _when(sheet, layout.range_of("feedback"), f"LEN(${column}{first})>0", amber)
        for name, colours in (("status", _STATUS_COLOURS), ("level", _LEVEL_COLOURS)):
            column = layout.letter(name)
            for word, colour in colours.items():
                test = f'LEFT(${column}{first},{len(word)})="{word}"'
                _when(sheet, layout.range_of(name), test, DifferentialStyle(fill=fill(colour)))
    if {"due", "done"} <= names:
        due, done = layout.letter("due"), layout.letter("done")
        late = f'AND(ISNUMBER(${due}{first}),${due}{first}<TODAY(),${done}{first}="")'
        _when(sheet, layout.range_of("due"), late, DifferentialStyle(fill=fill("F8CBAD")))
    _when(sheet, whole, f"COUNTA($A{first}:${last}{first})>0", DifferentialStyle(border=BOX))


def _when(sheet: Worksheet, cells: str, formula: str, style: DifferentialStyle) -> None:
    sheet.conditional_formatting.add(cells, Rule(type="expression", formula=[formula], dxf=style))


def _bytes_of(workbook: Workbook, now: datetime) -> bytes:
    """The package with ``now`` as its only time stamp, so that equal arguments give equal bytes."""
    draft, final = io.BytesIO(), io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(draft, "w")).save()
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(final, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, now.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return final.getvalue()


def write_blank_ledger(path: Path, now: datetime, contacts: Sequence[Contact] = ()) -> None:
    """Write the ledger template to ``path``, with ``contacts`` in 通讯录.

    ``now`` becomes the workbook's creation time. The same arguments give the same bytes; a file that holds them
    already is left alone. Sheets and columns are those of DOMAIN, "The ledger workbook people keep".
    """
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    layouts = {kind: _layout(kind) for kind in SheetKind}
    for kind, layout in layouts.items():
        sheet = workbook.create_sheet(kind.value)
        _headings(sheet, layout)
        if kind is SheetKind.COMPLAINTS:
            _title(sheet, layout)
            _fold(sheet, layout)
        _lists(sheet, layout, layouts[SheetKind.COMPLAINTS], layouts[SheetKind.CONTACTS])
        _colours(sheet, layout)
        print_setup(sheet, layout.heading_row)
        sheet.sheet_properties.tabColor = BLUE if kind is SheetKind.COMPLAINTS else BANDS[0]
    directory = layouts[SheetKind.CONTACTS]
    for row, contact in enumerate(contacts, directory.heading_row + 1):
        for number, field in enumerate(directory.fields, 1):
            workbook[SheetKind.CONTACTS.value].cell(row, number, getattr(contact, field.name))
    draw_guide(workbook.create_sheet(GUIDE), now, {kind: layout.fields for kind, layout in layouts.items()})
    naive = now.replace(tzinfo=None)  # the format's core properties carry no zone in openpyxl
    workbook.properties.created = workbook.properties.modified = naive
    workbook.properties.creator, workbook.properties.title = "kesu", "客诉台账"
    write_if_changed(path, _bytes_of(workbook, now))
