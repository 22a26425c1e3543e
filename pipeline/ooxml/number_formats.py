"""What a workbook's cell styles make of a number: a date, a percentage, text, or the number itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from xml.parsers import expat

from pipeline.ooxml.package import Package
from pipeline.ooxml.relations import attributes_of, refuse_doctype, relations_of, resolve, workbook_part
from schemas.errors import LedgerDamaged

Shows = Literal["number", "date", "percent", "text"]

#: Built-in formats of Excel, the East Asian ones (27-36, 50-58) included (ECMA-376 part 1, 18.8.30).
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_PERCENTAGES, _TEXT = frozenset({9, 10}), 49
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_EPOCH_1900 = datetime.fromisoformat("1899-12-30")  # local, as cells are
_LAST_DAY = 2_958_466  # 9999-12-31, Excel's last
_EPOCH_1904 = datetime.fromisoformat("1904-01-01")


@dataclass(frozen=True, slots=True)
class NumberFormats:
    """``shows`` by style index (the ``s`` of a cell); ``from_1904`` when days count from 1904-01-01."""

    shows: tuple[Shows, ...]
    from_1904: bool

    def of(self, style: str | None) -> Shows:
        """What a cell with this ``s`` shows; no style at all shows the number."""
        index = int(style) if style and style.isdigit() else 0
        return self.shows[index] if index < len(self.shows) else "number"

    def text(self, style: str | None, number: str) -> str:
        """A stored number as people read it: a date as 2026-11-26 (14:30), a share as 3%, else the number itself."""
        shows = self.of(style)
        try:
            value = float(number)
        except ValueError:
            return number
        if shows == "percent":
            return f"{value * 100:g}%"
        if shows != "date" or not 1 <= value < _LAST_DAY:
            return number
        moment = (_EPOCH_1904 if self.from_1904 else _EPOCH_1900) + timedelta(seconds=round(value * 86_400))
        return f"{moment:%Y-%m-%d}" if value == int(value) else f"{moment:%Y-%m-%d %H:%M}"

    def serial(self, moment: datetime) -> float:
        """A local date and time as the number of days that Excel keeps; right from 1900-03-01 on."""
        days = moment - (_EPOCH_1904 if self.from_1904 else _EPOCH_1900)
        return days.days + days.seconds / 86_400


def _shows(number: int, code: str) -> Shows:
    if number in _DATES:
        return "date"
    if number in _PERCENTAGES:
        return "percent"
    if number == _TEXT or code.strip() == "@":
        return "text"
    bare = _QUOTED.sub("", code).casefold()
    if "%" in bare:
        return "percent"
    return "date" if "general" not in bare and re.search("[ymdhs年月日]", bare) else "number"


class _Styles:
    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.formats: list[int] = []
        self.inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "numFmt":
                self.codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
            case "cellXfs":
                self.inside = True
            case "xf" if self.inside:
                self.formats.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "cellXfs":
            self.inside = False


def number_formats(package: Package) -> NumberFormats:
    """The formats of a workbook; without styles every cell shows its number. Raises LedgerDamaged, CellRefused."""
    workbook = workbook_part(package)
    member = next(
        (found for relation in relations_of(package, workbook) if relation.kind == "styles"
         if (found := package.find(resolve(workbook, relation.target))) is not None), None,
    )
    styles = _Styles()
    if member is not None:
        parser = refuse_doctype(package, member.name)
        parser.StartElementHandler, parser.EndElementHandler = styles.start, styles.end
        try:
            parser.Parse(package.read(member), True)
        except (expat.ExpatError, ValueError) as error:
            raise LedgerDamaged(package.path, f"部件 {member.name} 无法识别") from error
    shows = tuple(_shows(number, styles.codes.get(number, "")) for number in styles.formats)
    return NumberFormats(shows, _counts_from_1904(package, workbook))


def _counts_from_1904(package: Package, workbook: str) -> bool:
    properties = attributes_of(package, workbook, "workbookPr")
    return any(item.get("date1904", "0") in {"1", "true", "on"} for item in properties)
