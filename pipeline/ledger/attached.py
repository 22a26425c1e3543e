"""Workbooks that come by mail or are dropped into a folder: a filled-in 客诉信息收集表, or the tables they hold."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from html import unescape
from pathlib import Path

from pipeline.ledger.workbook_process import RawSheet, read_workbook
from pipeline.ooxml.limits import Limits, check_package
from pipeline.ooxml.package import Package
from schemas.errors import KesuError
from schemas.incoming import CALL_SHEET_LABELS, CALL_SHEET_TITLE, CallSheet, FileContent, TextTable
from schemas.values import ValueProblem, clean_text

MARK, PREFIX = "kesu_call_sheet", "kesu_"
_LARGEST = 30 << 20
_LIMITS = Limits(members=3_000, total_bytes=300 << 20, part_bytes=60 << 20)
_SECONDS = 30.0
_MOST_SHEETS, _MOST_ROWS, _MOST_COLUMNS = 12, 2_000, 60
_NAME = re.compile(rb"<(?:\w+:)?definedName\b[^>]*\bname=\"(kesu_[a-z0-9_]{1,40})\"[^>]*>([^<]{1,200})<")
_PLACE = re.compile(r"^'?(.*?)'?!\$?([A-Z]{1,3})\$?(\d{1,7})$")


def read_attached(name: str, content: bytes) -> FileContent:
    """What a workbook holds; nothing for one that is damaged, encrypted, too large or no workbook at all.

    Read in the supervised child process, like every foreign workbook. The answers of a call sheet are found by its
    defined names, else right of the labels that are called like ledger columns (templates/call_sheet/kind.yaml).
    """
    if len(content) > _LARGEST:
        return FileContent()
    with tempfile.TemporaryDirectory(prefix="kesu-") as folder:
        local = Path(folder) / "attached.xlsx"
        local.write_bytes(content)
        try:
            check_package(local, _LIMITS)
            names = _names(Package(local))
            sheets = read_workbook(local, Path(name), _SECONDS)
        except KesuError:
            return FileContent()  # filed as it is; a person opens it
    shown = [sheet for sheet in sheets if not sheet.hidden and not sheet.refused][:_MOST_SHEETS]
    answers = _named_answers(sheets, names) if MARK in names else _labelled_answers(shown)
    if answers is not None:
        return FileContent(call_sheet=CallSheet(answers, name))
    tables = (TextTable(_rows(sheet), f"{name} {sheet.name}") for sheet in shown)
    return FileContent(tuple(table for table in tables if table.rows))


def _names(package: Package) -> dict[str, str]:
    """The defined names of ours with the place each points to."""
    member = package.find("xl/workbook.xml")
    if member is None:
        return {}
    found = _NAME.findall(package.read(member, 4 << 20))
    return {name.decode(): unescape(place.decode("utf-8", "replace")) for name, place in found}


def _text(sheet: RawSheet, row: int, column: int) -> str:
    try:
        return clean_text(sheet.at(row, column)) or ""
    except ValueProblem:
        return ""


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _named_answers(sheets: tuple[RawSheet, ...], names: Mapping[str, str]) -> dict[str, str] | None:
    by_name = {sheet.name: sheet for sheet in sheets}
    answers = {}
    for name, place in names.items():
        field, match = name.removeprefix(PREFIX), _PLACE.match(place)
        sheet = by_name.get(match[1].replace("''", "'")) if match else None
        if match is None or sheet is None or field not in CALL_SHEET_LABELS.values():
            continue
        text = _text(sheet, int(match[3]) - 1, _column(match[2]))
        if text:
            answers[field] = text
    return answers or None


def _labelled_answers(sheets: list[RawSheet]) -> dict[str, str] | None:
    for sheet in sheets:
        if not any(_text(sheet, row, column) == CALL_SHEET_TITLE for row in range(3) for column in range(3)):
            continue
        answers = {}
        for row in range(min(len(sheet.cells), _MOST_ROWS)):
            field = CALL_SHEET_LABELS.get(_text(sheet, row, 0))
            text = _text(sheet, row, 1)
            if field and text:
                answers[field] = text
        return answers or None
    return None


def _rows(sheet: RawSheet) -> tuple[tuple[str, ...], ...]:
    rows = []
    for row in range(min(len(sheet.cells), _MOST_ROWS)):
        cells = tuple(_text(sheet, row, column) for column in range(min(len(sheet.cells[row]), _MOST_COLUMNS)))
        if any(cells):
            rows.append(cells)
    return tuple(rows)
