"""What people at the demo plant do to their files: one frozen class per kind of edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeAlias

CellValue: TypeAlias = str | int | float | bool | date | datetime | None
Cells: TypeAlias = Mapping[str, CellValue]

COMPLAINTS = "客诉台账"


@dataclass(frozen=True, slots=True)
class AppendRow:
    """Type a new row below the last one of a sheet.

    ``case`` is the story key of the complaint the row belongs to; on other sheets than 客诉台账 the row gets that
    complaint's number. ``into`` names the pre-numbered row of 客诉台账 that is filled instead of a new one.
    """

    sheet: str
    cells: Cells
    case: str = ""
    into: str = ""


@dataclass(frozen=True, slots=True)
class SetCells:
    """Change cells of a complaint's row, or of its row on another sheet whose cells equal ``match``."""

    sheet: str
    case: str
    cells: Cells
    match: Cells = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddColumn:
    """Add a column of the plant's own at the right; ``formula`` is filled down with every row.

    In it ``{row}`` stands for the row and ``{received}`` for the column letter of 接诉时间.
    """

    sheet: str
    heading: str
    formula: str = ""


@dataclass(frozen=True, slots=True)
class HideRow:
    """Hide a complaint's row, as people do who want an old case out of sight."""

    case: str


@dataclass(frozen=True, slots=True)
class AddNote:
    """Write a merged remark right of a sheet's table, one column off."""

    sheet: str
    text: str


@dataclass(frozen=True, slots=True)
class RewordReport:
    """Open a case's 8D report in Word and write a remark of one's own under its D5 heading."""

    case: str
    text: str


@dataclass(frozen=True, slots=True)
class AttachPicture:
    """Put a picture into a case's 附件 folder; ``title`` is its file name without ending."""

    case: str
    title: str


@dataclass(frozen=True, slots=True)
class FilePaper:
    """Put a standardising document into a case's 固化文件 folder: a small table, as .xlsx or .docx by ``name``."""

    case: str
    name: str
    rows: tuple[tuple[CellValue, ...], ...]


Edit: TypeAlias = AppendRow | SetCells | AddColumn | HideRow | AddNote | RewordReport | AttachPicture | FilePaper


@dataclass(frozen=True, slots=True)
class StoryMoment:
    """A time of day at which a pass runs, what people typed before it, and a Chinese line for the timeline."""

    at: time
    edits: tuple[Edit, ...]
    title: str


@dataclass(frozen=True, slots=True)
class StoryDay:
    """One rehearsed working day."""

    day: date
    moments: tuple[StoryMoment, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that is wrong on purpose: ``unreadable`` by itself, or else in contradiction with other cells."""

    sheet: str
    case: str
    heading: str
    why: str
    unreadable: bool
