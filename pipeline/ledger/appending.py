"""Decides where a new row goes on a ledger and what stands in its cells, or that it stands there already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

from pydantic import ValidationError

from pipeline.ooxml.cells import column_letters
from pipeline.ooxml.row_append import Content, RowAppend
from pipeline.ooxml.sheet_append import Appended
from schemas.columns import SheetField, SheetRow
from schemas.errors import CellRefused
from schemas.payloads import AppendedRow, AppendRow, RowValue
from schemas.rows import MODELS, Complaint
from schemas.values import Moment, ValueProblem, parse_id
from schemas.workbook import Row, SheetReading, WorkbookReading

_TEN_THOUSANDS = re.compile(r"万元|[(]万[)]")
_CALCULATED = frozenset({"rate", "quantity", "money"})  # kinds that plants let formulas fill in


@dataclass(frozen=True)
class Placement:
    """A row to be added, with the sentences on values that have no place."""

    append: RowAppend
    remarks: tuple[str, ...]
    sheet: SheetReading[SheetRow]

    def result(self, appended: Appended) -> AppendedRow:
        """What to report once the row is in."""
        fields = {field.name: field.column.heading for field in MODELS[self.sheet.kind].fields()}
        headings = {column: fields[name] for name, column in self.sheet.columns.items()}
        remarks = list(self.remarks)
        if appended.kept_formulas:
            kept = "、".join(headings.get(column, column_letters(column)) for column in appended.kept_formulas)
            remarks.append(f"{kept} 由公式计算，未写入")
        if appended.unfilled:
            letters = "、".join(column_letters(column) for column in appended.unfilled)
            remarks.append(f"{letters} 列的公式不能自动下拉，请在 Excel 中从上一行向下填充")
        return AppendedRow(self.append.sheet, self.append.row, False, tuple(remarks))


def shifted(formula: str, origin: str, destination: str) -> str:
    """A formula (without its equals sign) moved from one cell to another, as copying it in Excel does."""
    from openpyxl.formula.translate import Translator  # loaded only when a row is appended

    return str(Translator(f"={formula}", origin=origin).translate_formula(destination)).removeprefix("=")


def content_of(value: RowValue, field: SheetField, heading: str) -> Content:
    """A value as its column keeps it; ``heading`` tells a column of PPM or 万元 from a plain one.

    Text stays text whatever it says. A rate is a number only where the column shows percentages.
    """
    moment: datetime | None = None
    match value:
        case Enum():
            text = str(value.value)
        case bool():
            text = "是" if value else "否"
        case Moment():
            text, moment = str(value), datetime.combine(value.day, value.clock or time())
        case datetime():
            text, moment = f"{value:%Y-%m-%d %H:%M}", value.replace(tzinfo=None)
        case date():
            text, moment = value.isoformat(), datetime.combine(value, time())
        case int() | float():
            return _number(float(value), field, unicodedata.normalize("NFKC", heading))
        case tuple():
            text = "、".join(value)
        case _:
            text = value
    return Content(text, moment=moment)


def _number(number: float, field: SheetField, heading: str) -> Content:
    match field.kind.name:
        case "rate":
            return Content(f"{number * 100:.10g}%", number, share=True)
        case "money" if _TEN_THOUSANDS.search(heading):
            return Content(f"{number:.10g}元")
        case "id" | "text" | "people":
            return Content(f"{number:.15g}")
        case _:
            return Content(f"{number:.15g}", number)


def place_row(reading: WorkbookReading, row: AppendRow, today: date) -> Placement | AppendedRow:
    """Where the row goes: into the pre-numbered row that holds its number, else after the last used row.

    Rows are never moved, so a total or note directly below the table is a refusal. Pure. Raises CellRefused.
    """
    sheets = [sheet for sheet in reading.sheets if sheet.kind is row.kind and row.sheet in {"", sheet.name}]
    if not sheets:
        name = f"“{row.sheet}”" if row.sheet else row.kind.value
        raise CellRefused(reading.path, row.sheet or row.kind.value, f"台账中没有工作表 {name}，请按模板建立")
    values = {name: value for name, value in row.values.items() if value not in ("", ())}
    fields = {field.name: field for field in MODELS[row.kind].fields()}
    wanted = _record(row, {name: content_of(value, fields[name], "").text for name, value in values.items()}, today)
    for sheet in sheets:
        standing = _standing(sheet, row, wanted)
        if standing is not None:
            return AppendedRow(sheet.name, standing.place.row, was_there=True)
    sheet, target = _target(reading, sheets, row)
    contents, remarks = _contents(sheet, values, fields)
    if not contents:
        raise CellRefused(reading.path, sheet.name, "这张工作表没有可写入的列")
    area = sheet.area
    if area is None:
        raise CellRefused(reading.path, sheet.name, "表格的范围不明")
    above = [number for number in area.filled if number < target]
    model = max(above) if above else None
    return Placement(
        RowAppend(sheet.name, target, contents, area.left, area.right, area.first, model), tuple(remarks), sheet
    )


def _record(row: AppendRow, texts: dict[str, str], today: date) -> SheetRow:
    """The row as it will be read back; a value that its column does not take is left out."""
    model, context = MODELS[row.kind], {"today": today}
    try:
        return model.model_validate(texts, context=context)
    except ValidationError as failures:
        for failure in failures.errors(include_url=False, include_input=False):
            texts.pop(str(failure["loc"][0]), None)
        return model.model_validate(texts, context=context)


def _standing(sheet: SheetReading[SheetRow], row: AppendRow, wanted: SheetRow) -> Row[SheetRow] | None:
    """The row of the sheet that already is this one."""
    by_default = ("number",) if row.values.get("number") else tuple(row.values)
    kinds = {field.name: field.kind.name for field in type(wanted).fields()}
    names = [name for name in row.identified_by or by_default
             if name in sheet.columns and getattr(wanted, name, None) not in (None, ())]
    if not names:
        return None

    def is_it(held: SheetRow) -> bool:
        return all(
            getattr(held, name) == getattr(wanted, name)
            # a formula that nobody has calculated yet reads as blank
            or (getattr(held, name) is None and kinds[name] in _CALCULATED and len(names) > 1)
            for name in names
        )

    return next((candidate for candidate in sheet.rows if is_it(candidate.record)), None)


def _target(
    reading: WorkbookReading, sheets: list[SheetReading[SheetRow]], row: AppendRow
) -> tuple[SheetReading[SheetRow], int]:
    number = _folded(row.values.get("number"))
    for sheet in sheets:
        if sheet.area and number:
            for text, place in zip(sheet.prenumbered, sheet.area.prenumbered, strict=False):
                if _folded(text) == number:
                    return sheet, place
    sheet = max(enumerate(sheets), key=lambda pair: (*_newest(pair[1]), -pair[0]))[1]
    if sheet.area is None or sheet.area.free is None:
        raise CellRefused(reading.path, sheet.name,
                          "表格最后一行的下面紧接着合计、备注等内容，没有空行可用；请在其上方插入几行空行")
    return sheet, sheet.area.free


def _folded(value: object) -> str:
    try:
        return (parse_id(value) or "").casefold()
    except ValueProblem:
        return ""


def _newest(sheet: SheetReading[SheetRow]) -> tuple[date, bool]:
    """What tells the sheet people write in now from those of earlier months: its latest 接诉时间, else any rows."""
    days = [row.record.received.day for row in sheet.rows
            if isinstance(row.record, Complaint) and row.record.received]
    return max(days, default=date.min), bool(sheet.rows)


def _contents(
    sheet: SheetReading[SheetRow], values: Mapping[str, RowValue], fields: Mapping[str, SheetField]
) -> tuple[dict[int, Content], list[str]]:
    headings = {field: title for title, field in (*sheet.guessed.items(), *sheet.mapped.items())}
    contents: dict[int, Content] = {}
    missing, no_clock = list[str](), list[str]()
    for name, value in values.items():
        column, heading = sheet.columns.get(name), headings.get(name, "")
        if column is None:
            missing.append(fields[name].column.heading)
        elif name == "received" and sheet.day_parts and isinstance(value, Moment | date):
            contents |= _spread_day(value.day if isinstance(value, Moment) else value, sheet.day_parts)
            if isinstance(value, datetime) or (isinstance(value, Moment) and value.clock is not None):
                no_clock.append(fields[name].column.heading)
        else:
            contents[column] = content_of(value, fields[name], heading)
    return contents, list(_left_out(missing, no_clock))


def _spread_day(day: date, parts: Mapping[str, int]) -> dict[int, Content]:
    """A day in the columns 年, 月, 日, each as a number."""
    numbers = {"year": day.year, "month": day.month, "day": day.day}
    return {column: Content(str(numbers[part]), float(numbers[part])) for part, column in parts.items()}


def _left_out(missing: list[str], no_clock: list[str]) -> Iterator[str]:
    if missing:
        yield f"台账没有这些列，未写入：{'、'.join(missing)}"
    if no_clock:
        yield f"{'、'.join(no_clock)} 分在年、月、日几列，钟点没有列可写"
