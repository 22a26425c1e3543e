"""What was read from one ledger workbook: rows with their places, the heading map, and everything wrong, by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar, cast

from schemas.columns import SheetRow
from schemas.rows import Complaint, Contact, SheetKind

RowT_co = TypeVar("RowT_co", bound=SheetRow, covariant=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a sheet; ``row`` counts from 1 as Excel does."""

    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem on one cell, in the words of the person who has to correct it.

    ``cell`` is an A1 reference ("" when the whole sheet is meant), ``field`` the identifier of the model's field,
    ``value`` what stands in the cell, ``message`` the reason and what to type instead.
    """

    sheet: str
    cell: str
    field: str
    value: str
    message: str

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        return f"{place}“{self.value}”：{self.message}" if self.value else f"{place}:{self.message}"


@dataclass(frozen=True, slots=True)
class LedgerPicture:
    """A picture in a ledger: its part of the package, with the checksum (CRC-32) and the bytes that part declares."""

    ledger: str
    part: str
    crc: int
    size: int


@dataclass(frozen=True, slots=True)
class Row(Generic[RowT_co]):
    """One filled row: the validated record, what was typed (by field), unmapped columns, its problems and pictures."""

    place: Place
    record: RowT_co
    typed: Mapping[str, str]
    extras: Mapping[str, str]
    issues: tuple[Issue, ...] = ()
    pictures: tuple[LedgerPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class TableArea:
    """Where a sheet's table lies: 0-based columns ``left`` to ``right``, rows from 1.

    ``first`` is the row under the headings, ``filled`` the rows that hold something (rows that continue another one
    too), ``prenumbered`` the rows that hold nothing but a number. ``free`` is where a further row goes: the row after
    all of these; None when something else, a total or a note, stands there.
    """

    left: int
    right: int
    first: int
    filled: tuple[int, ...]
    prenumbered: tuple[int, ...]
    free: int | None


@dataclass(frozen=True, slots=True)
class SheetReading(Generic[RowT_co]):
    """One sheet that holds a ledger table, with the report of how its headings were understood.

    ``columns`` gives the 0-based column of each field in use; ``mapped`` and ``guessed`` go from the heading as it
    stands to the field; a guess for a date or number is reported and not used. ``heading_row`` counts from 1.
    ``missing`` lists the identifiers of absent columns; ``continued`` counts filled rows that only continue the row
    above them under one merged 客诉编号 (their texts are joined into that row).
    ``area`` says where the table lies; ``prenumbered`` gives the numbers of its pre-numbered rows. ``day_parts`` are
    the columns over which 接诉时间 is spread: month and day, and year where there is one.
    """

    name: str
    kind: SheetKind
    heading_row: int
    columns: Mapping[str, int]
    mapped: Mapping[str, str]
    guessed: Mapping[str, str]
    unmapped: tuple[str, ...]
    exact: frozenset[str]
    missing: tuple[str, ...]
    rows: tuple[Row[RowT_co], ...]
    prenumbered: tuple[str, ...] = ()
    continued: int = 0
    area: TableArea | None = None
    day_parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkbookReading:
    """One ledger as it stood at ``saved`` (the file's time stamp, aware), identified by its content hash.

    ``issues`` holds everything wrong (rows' issues included); ``hints`` are sentences about absent optional parts.
    ``stale_because`` is set when this is the last good reading because the present file cannot be read. ``unread``
    names sheets that could not be read: what stood there has not gone. ``warnings`` are sentences on the files around
    the ledger that a person has to act on: copies under similar names, saves that went into a replaced file.
    """

    ledger: str
    path: Path
    sha256: str
    saved: datetime
    sheets: tuple[SheetReading[SheetRow], ...]
    issues: tuple[Issue, ...]
    hints: tuple[str, ...] = ()
    stale_because: str = ""
    unread: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    _by_kind: dict[SheetKind, tuple[Row[SheetRow], ...]] = field(  # of these very sheets: no copy takes it along
        default_factory=dict, init=False, compare=False, repr=False
    )

    def rows(self, kind: SheetKind) -> tuple[Row[SheetRow], ...]:
        """All rows of all sheets of one kind, in sheet order (plants keep one sheet a month or a year)."""
        if kind not in self._by_kind:
            self._by_kind[kind] = tuple(row for sheet in self.sheets if sheet.kind is kind for row in sheet.rows)
        return self._by_kind[kind]

    @property
    def complaints(self) -> tuple[Row[Complaint], ...]:
        """Rows of 客诉台账."""
        return cast("tuple[Row[Complaint], ...]", self.rows(SheetKind.COMPLAINTS))

    @property
    def contacts(self) -> tuple[Row[Contact], ...]:
        """Rows of 通讯录."""
        return cast("tuple[Row[Contact], ...]", self.rows(SheetKind.CONTACTS))

    @property
    def sheet_of(self) -> Mapping[str, SheetReading[SheetRow]]:
        """The sheets by name."""
        return {sheet.name: sheet for sheet in self.sheets}

    def prenumbered(self) -> Iterator[str]:
        """Numbers that stand in otherwise empty rows: reserved by people, never given out by us."""
        for sheet in self.sheets:
            if sheet.kind is SheetKind.COMPLAINTS:
                yield from sheet.prenumbered

