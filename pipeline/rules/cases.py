"""Cases put together from the rows of all sheets, and 通讯录 from all ledgers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from pipeline.rules.identity import Sighting
from schemas.case import Case, CaseRows, Directory
from schemas.columns import SheetRow
from schemas.rows import Action, CallBack, ChangePoint, Contact, Containment, Meeting, SheetKind, Why
from schemas.workbook import Row, WorkbookReading

_CHILDREN = (
    SheetKind.CONTAINMENTS, SheetKind.CHANGE_POINTS, SheetKind.WHYS, SheetKind.ACTIONS, SheetKind.MEETINGS,
    SheetKind.CALLBACKS,
)
_Rows = Mapping[SheetKind, tuple[Row[SheetRow], ...]]


@dataclass(frozen=True, slots=True)
class ChildRows:
    """The rows of the other sheets by the 客诉编号 they name, and which of these sheets the ledger has."""

    kinds: frozenset[SheetKind]
    of_number: Mapping[str, _Rows]

    def of(self, number: str) -> _Rows:
        """The rows that name a number, by sheet kind."""
        return self.of_number.get(number, _NOTHING)

    def before(self, other: ChildRows) -> ChildRows:
        """With another ledger's rows where this one has none of their kind for a number."""
        numbers = self.of_number.keys() | other.of_number.keys()
        return ChildRows(
            self.kinds | other.kinds, {number: {**other.of(number), **self.of(number)} for number in numbers}
        )


_NOTHING: _Rows = {}


def children_of(reading: WorkbookReading) -> ChildRows:
    """The rows of the other sheets of one ledger."""
    kinds = frozenset(_CHILDREN).intersection(sheet.kind for sheet in reading.sheets)
    found: defaultdict[str, defaultdict[SheetKind, list[Row[SheetRow]]]] = defaultdict(lambda: defaultdict(list))
    for kind in kinds:
        for row in reading.rows(kind):
            number = getattr(row.record, "number", None)
            if number:
                found[number][kind].append(row)
    return ChildRows(kinds, {
        number: {kind: tuple(rows) for kind, rows in by_kind.items()} for number, by_kind in found.items()
    })


def case_of(
    sighting: Sighting, number: str, folder: str, children: ChildRows, ledger: str, *, reviewed: bool = False
) -> Case:
    """One case with everything that names its number; ``reviewed``: its measures have a column 审核结论."""
    named = children.of(number) if number else _NOTHING

    def of(kind: SheetKind) -> tuple[Row[SheetRow], ...]:
        return named.get(kind, ())

    rows = CaseRows(
        complaint=sighting.row,
        containments=cast("tuple[Row[Containment], ...]", of(SheetKind.CONTAINMENTS)),
        change_points=cast("tuple[Row[ChangePoint], ...]", of(SheetKind.CHANGE_POINTS)),
        whys=cast("tuple[Row[Why], ...]", of(SheetKind.WHYS)),
        actions=cast("tuple[Row[Action], ...]", of(SheetKind.ACTIONS)),
        meetings=cast("tuple[Row[Meeting], ...]", of(SheetKind.MEETINGS)),
        callbacks=cast("tuple[Row[CallBack], ...]", of(SheetKind.CALLBACKS)),
        sheets=children.kinds,
        reviewed=reviewed,
    )
    known = sighting.known
    return Case(known.case_id, number, ledger, rows, sighting.standing, known.first_seen, known.changed, folder)


def with_owner(case: Case, owner: str) -> Case:
    """The case with the owner of its ledger as engineer where the row names none; nobody repeats their name there."""
    if not owner or case.complaint.engineer:
        return case
    record = case.complaint.model_copy(update={"engineer": owner})
    return replace(case, rows=replace(case.rows, complaint=replace(case.rows.complaint, record=record)))


def directory_of(readings: Iterable[WorkbookReading]) -> Directory:
    """通讯录 of all ledgers; the first entry of a name counts."""
    contacts: dict[str, Contact] = {}
    for reading in readings:
        for row in reading.contacts:
            if row.record.name:
                contacts.setdefault(row.record.name, row.record)
    return Directory(contacts)


def columns_of(reading: WorkbookReading) -> dict[SheetKind, frozenset[str]]:
    """The fields each kind of sheet has a column for, over all sheets of the kind."""
    found: dict[SheetKind, frozenset[str]] = {}
    for sheet in reading.sheets:
        found[sheet.kind] = found.get(sheet.kind, frozenset()) | frozenset(sheet.columns)
    return found


def kept_fields(reading: WorkbookReading) -> Mapping[str, frozenset[str]]:
    """The fields each sheet has a column for: what a plant does not keep is never asked for."""
    return {sheet.name: frozenset(sheet.columns) for sheet in reading.sheets}
