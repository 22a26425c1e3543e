"""The demo plant as a story: which working days are rehearsed, and what people type before each pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, time

from pipeline.demo import script
from pipeline.demo.edits import (
    COMPLAINTS,
    AddColumn,
    AddNote,
    AppendRow,
    AttachPicture,
    CellValue,
    Edit,
    Fault,
    FilePaper,
    HideRow,
    RewordReport,
    SetCells,
    StoryDay,
    StoryMoment,
)
from pipeline.demo.headline import headline
from pipeline.demo.script import Entry, RawCells, RawRow, RawRows, Turn, WrittenCase, WrittenColumn, WrittenRows
from pipeline.demo.story_dates import StoryDates, WorkingDays
from schemas.rows import MODELS, SheetKind

#: The rehearsed days, in working days before today, each with the times at which a pass runs.
_FIRST, _SHORT = ("08:20", "09:05", "14:10", "17:20"), ("08:20", "14:10", "17:20")
_CLOSE = ("08:20", "08:35", "08:45", "09:05", "14:10", "14:25", "17:20")  # the first hour as it is lived
REHEARSED: tuple[tuple[int, tuple[str, ...]], ...] = (
    (-60, _FIRST), (-46, _SHORT), (-33, _SHORT), (-22, _SHORT), (-13, _SHORT), (-7, _SHORT), (-3, _CLOSE), (-1, _CLOSE),
)
#: By what a person would recognise a complaint's row before it has a number.
_RECOGNISED_BY = ("接诉时间", "客户", "产品名称", "产品编号", "不良现象", "不良批次")
_TURN_ROWS: tuple[tuple[SheetKind, str], ...] = (
    (SheetKind.CONTAINMENTS, "containments"), (SheetKind.CHANGE_POINTS, "change_points"),
    (SheetKind.ACTIONS, "actions"), (SheetKind.MEETINGS, "meetings"), (SheetKind.CALLBACKS, "callbacks"),
)
_NOT_TYPED = ("客诉编号", "会议编号")  # the first is looked up by the typist, the second this plant leaves blank
_Slot = tuple[int, str]


class Plant:
    """The invented plant as seen from ``today``; equal days give equal stories.

    ``identities`` says by which cells each complaint's row is recognised; ``faults`` lists the cells that are wrong on
    purpose. The last rehearsed day is the working day before ``today``.
    """

    def __init__(self, today: date, working_days: WorkingDays | None = None) -> None:
        if working_days is None:
            from pipeline.workdays import Workdays

            working_days = Workdays()
        self.today = today
        self._dates = StoryDates(today, working_days)
        self._entries = script.load_entries()
        self.identities: Mapping[str, Mapping[str, CellValue]] = {
            entry.case: self._identity(entry) for entry in self._entries if isinstance(entry, WrittenCase)
        }
        self._names = {
            entry.case: f"{entry.row.get('客户', '')} {entry.row.get('产品名称', '')}".rstrip()
            for entry in self._entries if isinstance(entry, WrittenCase)
        }
        self.faults: tuple[Fault, ...] = tuple(fault for entry in self._entries for fault in _faults_of(entry))

    def story_days(self) -> list[StoryDay]:
        """The rehearsed days in order; raises ValueError for an entry at a time at which no pass runs."""
        slots: dict[_Slot, list[Edit]] = defaultdict(list)
        for slot, edit in self._told():
            slots[slot].append(edit)
        days = []
        for number, (offset, times) in enumerate(REHEARSED):
            moments = []
            for at in times:
                edits = tuple(slots.pop((number, at), ()))
                moments.append(StoryMoment(time.fromisoformat(at), edits, headline(edits, self._names)))
            days.append(StoryDay(self._dates.day(offset), tuple(moments)))
        if slots:
            raise ValueError(f"no pass runs at {sorted(slots)}")
        return days

    def _told(self) -> Iterator[tuple[_Slot, Edit]]:
        for row in script.load_contacts():
            yield (0, REHEARSED[0][1][0]), AppendRow(SheetKind.CONTACTS.value, self._by_column(SheetKind.CONTACTS, row))
        for entry in self._entries:
            slot = _slot(entry.typed)
            if isinstance(entry, WrittenCase):
                into = str(self._dates.cell(entry.into))
                yield slot, AppendRow(COMPLAINTS, self._cells(entry.row), entry.case, into)
                for turn in entry.then:
                    for edit in self._turn(entry.case, turn):
                        yield _slot(turn.typed), edit
            elif isinstance(entry, WrittenRows):
                for cells in entry.cells:
                    yield slot, AppendRow(entry.rows, self._cells(cells))
            elif isinstance(entry, WrittenColumn):
                yield slot, AddColumn(entry.sheet, entry.column, entry.formula)
            else:
                yield slot, AddNote(entry.sheet, entry.note)

    def _turn(self, case: str, turn: Turn) -> Iterator[Edit]:
        if turn.cells:
            yield SetCells(COMPLAINTS, case, self._cells(turn.cells))
        yield from self._new_rows(case, turn)
        for number, changed in turn.changed_actions.items():
            yield SetCells(SheetKind.ACTIONS.value, case, self._cells(changed), {"措施编号": number})
        for number, changed in turn.changed_meetings.items():
            yield SetCells(SheetKind.MEETINGS.value, case, self._cells(changed), {"第几次": number})
        if turn.picture:
            yield AttachPicture(case, turn.picture)
        for paper in turn.papers:
            rows = tuple(tuple(self._dates.cell(cell) for cell in row) for row in paper.rows)
            yield FilePaper(case, paper.name, rows)
        if turn.report:
            yield RewordReport(case, str(self._dates.cell(turn.report)))
        if turn.hide:
            yield HideRow(case)

    def _new_rows(self, case: str, turn: Turn) -> Iterator[AppendRow]:
        for kind, name in _TURN_ROWS:
            rows: RawRows = getattr(turn, name)
            for row in rows:
                yield AppendRow(kind.value, self._by_column(kind, row), case)
        for path, chain in (("发生", turn.occurrence), ("流出", turn.escape)):
            for step, (question, answer) in enumerate(chain, start=1):
                cells: RawCells = {"路径": path, "第几问": step, "问": question, "答": answer}
                yield AppendRow(SheetKind.WHYS.value, self._cells(cells), case)

    def _cells(self, raw: RawCells) -> dict[str, CellValue]:
        return {heading: self._dates.cell(value) for heading, value in raw.items()}

    def _by_column(self, kind: SheetKind, row: RawRow) -> dict[str, CellValue]:
        headings = [field.column.heading for field in MODELS[kind].fields() if field.column.heading not in _NOT_TYPED]
        if len(row) > len(headings):
            raise ValueError(f"more cells than columns on {kind.value}: {row}")
        return self._cells({h: value for h, value in zip(headings, row, strict=False) if value not in (None, "")})

    def _identity(self, entry: WrittenCase) -> dict[str, CellValue]:
        changed = {heading for turn in entry.then for heading in turn.cells}
        kept = {h: v for h, v in entry.row.items() if h in _RECOGNISED_BY and h not in changed}
        return self._cells(kept)


def _slot(typed: str) -> _Slot:
    number, at = typed.split()
    return int(number), at


def _faults_of(entry: Entry) -> Iterator[Fault]:
    case = entry.case if isinstance(entry, WrittenCase) else ""
    sheet = entry.rows if isinstance(entry, WrittenRows) else COMPLAINTS
    turns = entry.then if isinstance(entry, WrittenCase) else []
    for written in (entry, *turns):
        for unreadable, told in ((False, written.wrong), (True, written.unreadable)):
            for place, why in told.items():
                named, dot, heading = place.rpartition(".")  # "措施跟踪.计划完成日", or the heading alone
                yield Fault(named if dot else sheet, case, heading, why, unreadable)

