"""Pictures in a ledger: told of each row when a workbook is read, their bytes fetched when they are needed."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.ooxml.package import Member, Package
from pipeline.ooxml.sheet_pictures import pictures_by_row
from schemas.columns import SheetRow
from schemas.errors import KesuError, LedgerChanged
from schemas.rows import SheetKind
from schemas.workbook import LedgerPicture, SheetReading, WorkbookReading


def with_pictures(reading: WorkbookReading, local: Path) -> WorkbookReading:
    """The reading with the pictures of each row, taken from the copy it was read from.

    A picture in a row that continues a complaint (one merged 客诉编号) belongs to the complaint. Pictures that cannot
    be read are one hint; the rows stay.
    """
    try:
        found = pictures_by_row(Package(local))
    except KesuError as error:
        return replace(reading, hints=(*reading.hints, f"台账里的图片没有读取（{error}）"))
    if not found:
        return reading
    by_sheet: defaultdict[str, dict[int, tuple[Member, ...]]] = defaultdict(dict)
    for (sheet, row), pictures in found.items():
        by_sheet[sheet][row] = pictures
    sheets = tuple(
        _with_pictures(sheet, by_sheet[sheet.name], reading.ledger) if sheet.name in by_sheet else sheet
        for sheet in reading.sheets
    )
    return replace(reading, sheets=sheets)


def _with_pictures(
    sheet: SheetReading[SheetRow], found: Mapping[int, tuple[Member, ...]], ledger: str
) -> SheetReading[SheetRow]:
    starts = [row.place.row for row in sheet.rows]
    continues = frozenset(sheet.area.filled) if sheet.area and sheet.kind is SheetKind.COMPLAINTS else frozenset()
    of_row: defaultdict[int, list[LedgerPicture]] = defaultdict(list)
    for row, pictures in sorted(found.items()):
        before = bisect_right(starts, row)
        if not before or (starts[before - 1] != row and row not in continues):
            continue  # above the table, or beside no row of it
        of_row[starts[before - 1]] += [LedgerPicture(ledger, part.name, part.crc, part.size) for part in pictures]
    return replace(sheet, rows=tuple(
        replace(row, pictures=tuple(of_row[row.place.row])) if row.place.row in of_row else row for row in sheet.rows
    ))


def picture_bytes(good: Path, source: Path, picture: LedgerPicture) -> bytes:
    """A picture out of the last good copy of its ledger, known by checksum and size wherever it lies by now.

    Raises LedgerChanged when it is gone (plan again), and what ``Package.read`` says of a damaged part.
    """
    if good.exists():
        package = Package(good)
        for member in package.members:
            if (member.crc, member.size) == (picture.crc, picture.size):
                return package.read(member)
    raise LedgerChanged(source)
