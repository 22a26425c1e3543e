"""Read the plant's own calendar, the table 日期,类型,说明 that HR keeps in Excel and saves as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from schemas.errors import KesuError
from schemas.schedule import PlantDay

_DAY, _KIND, _NOTE = "日期", "类型", "说明"
_KINDS = {"上班": True, "工作日": True, "补班": True, "放假": False, "休息": False, "休息日": False}
_DATE = re.compile(r"(\d{4})(?:\s*[-/.年]\s*)(\d{1,2})(?:\s*[-/.月]\s*)(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")
_DELIMITERS = ",\t;\uff0c"  # Excel writes commas, tabs (Unicode text) or semicolons; people type the full-width comma
_ZIP = b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_Line = tuple[int, Mapping[str, str]]


class PlantCalendarMissing(KesuError):
    """The file that the configuration names is not there."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"找不到工厂日历 {path}。请检查 config.yaml 的 calendar.file；没有这样的表就删去此项。")


class PlantCalendarUnreadable(KesuError):
    """The file is no text table with the headings 日期 and 类型."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"工厂日历 {path} 无法读取：{reason}。"
            f"请在 Excel 中用“日期、类型、说明”作第一行，另存为“CSV UTF-8（逗号分隔）”。"
        )


class PlantCalendarInvalid(KesuError):
    """Lines that are no day, or days called both worked and off; all are named at once."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__(f"工厂日历 {path} 中有 {len(faults)} 处需要改正：" + "；".join(faults) + "。")


class _LineFault(ValueError):
    """What is wrong with one line."""


def read_plant_calendar(path: Path) -> tuple[PlantDay, ...]:
    """The days of the file, by date; UTF-8, UTF-16 or GBK, whichever way Excel saved it. Writes nothing.

    Raises ``PlantCalendarMissing``, ``PlantCalendarUnreadable`` or ``PlantCalendarInvalid``.
    """
    found: dict[date, tuple[int, PlantDay]] = {}
    faults = []
    for number, cells in _lines(path):
        try:
            day = _plant_day(cells)
        except _LineFault as fault:
            faults.append(f"第 {number} 行：{fault}")
            continue
        line, known = found.setdefault(day.day, (number, day))
        if known.worked is not day.worked:
            faults.append(f"第 {number} 行：{day.day} 与第 {line} 行矛盾，一处上班一处放假，请只保留一处")
        elif day.note:
            found[day.day] = (line, day)
    if faults:
        raise PlantCalendarInvalid(path, faults)
    return tuple(day for _, (_, day) in sorted(found.items()))


def _lines(path: Path) -> Iterator[_Line]:
    """The filled lines below the heading line, with their line numbers as Excel and editors count them."""
    text = _text(path)
    heading = text.split("\n", 1)[0]
    delimiter = next((mark for mark in _DELIMITERS if mark in heading), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [cell.strip() for cell in next(reader, [])]
        if missing := {_DAY, _KIND} - set(names):
            raise PlantCalendarUnreadable(path, f"第一行缺少“{'”和“'.join(sorted(missing))}”")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
    except csv.Error as error:
        raise PlantCalendarUnreadable(path, f"第 {reader.line_num} 行的引号或分隔不对") from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise PlantCalendarMissing(path) from error
    if content.startswith(_ZIP):
        raise PlantCalendarUnreadable(path, "这是 Excel 工作簿，不是 CSV")
    encodings = ("utf-16",) if content.startswith(_UTF16) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PlantCalendarUnreadable(path, "文字编码不是 UTF-8、UTF-16 或 GBK")


def _plant_day(cells: Mapping[str, str]) -> PlantDay:
    kind = cells.get(_KIND, "")
    day = _date(cells.get(_DAY, ""))
    if kind not in _KINDS:
        raise _LineFault(f"类型“{kind}”无法识别，请填“上班”或“放假”")
    note = " ".join(cells.get(_NOTE, "").split())  # a reason typed over two lines stands in one sentence
    return PlantDay(day, _KINDS[kind], note)


def _date(text: str) -> date:
    """A day with its year: a holiday without one would silently move with the day it is read on."""
    typed = _DATE.fullmatch(text)
    try:
        if typed is not None:
            year, month, day = (int(part) for part in typed.groups() if part is not None)
            return date(year, month, day)
    except ValueError as error:
        raise _LineFault(f"日历上没有“{text}”这一天") from error
    raise _LineFault(f"日期“{text}”无法识别，请写成 2026-10-01 这样带年份的日期")
