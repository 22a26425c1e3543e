"""The case as its 8D completes it: what people typed there counts where the ledger is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from pipeline.rules.report_typed import INTERNAL, REPORT, report_of
from schemas.case import Case
from schemas.columns import SheetRow
from schemas.rows import Action, CallBack, ChangePoint, Containment
from schemas.values import ActionKind
from schemas.workbook import Place, Row

R = TypeVar("R", bound=SheetRow)

#: Field of the 8D → field of 客诉台账.
_COMPLAINT = {
    "customer_site": "customer_site", "customer_request": "customer_request", "phenomenon": "phenomenon",
    "response": "containment", "response_time": "contained_at", "lot": "lot", "produced": "produced",
    "mould_cavity": "mould_cavity", "trials": "reproduction_trials", "reproduced": "reproduced",
    "reproduction": "reproduction", "process": "process", "occurrence_cause": "occurrence_cause",
    "escape_cause": "escape_cause", "cause_rank": "cause_rank", "break_point_day": "break_point_day",
    "break_point_lot": "break_point_lot", "closed": "closed",
}
_ACTION = {
    "number": "action_number", "cause": "cause", "content": "content", "department": "department",
    "person": "person", "due": "due", "done": "done", "result": "verified", "verifier": "verifier",
    "lots": "verified_lot_1", "evidence": "evidence",
}
_ACTIONS = {
    "interim": ActionKind.INTERIM, "corrective": ActionKind.LONG_TERM,
    "error_proofing": ActionKind.ERROR_PROOFING, "deployment": ActionKind.HORIZONTAL,
}


@dataclass(frozen=True)
class _Line:
    """One row of a table in the 8D: everything it shows, and the fields that a person typed."""

    shown: Mapping[str, str]
    typed: frozenset[str]


def counted(case: Case) -> Case:
    """The case with its blanks filled from its 8D; what the ledger says stays. The case itself when nothing is typed.

    A text that cannot be read as the column's kind (a date, a quantity) stays in the document and is not counted.
    The whys are told apart by source and come by ``whys_in_report``.
    """
    if not report_of(case):
        return case
    today = case.first_seen.date()
    rows = case.rows
    typed = {_COMPLAINT[name]: text for name, text in report_of(case).items() if name in _COMPLAINT}
    actions: tuple[Row[Action], ...] = rows.actions
    for table, kind in _ACTIONS.items():
        blank = Action(kind=kind)
        actions = _merged(actions, _lines(case, table, _ACTION), ("action_number", "content"), blank, today)
    plain = {field: field for field in Containment.model_fields}
    points = {field: field for field in ChangePoint.model_fields}
    calls = {field: field for field in CallBack.model_fields}
    return replace(case, rows=replace(
        rows,
        complaint=_filled(rows.complaint, typed, today),
        containments=_merged(
            rows.containments, _lines(case, "containments", plain), ("place",), Containment(), today
        ),
        change_points=_merged(
            rows.change_points, _lines(case, "change_points", points), ("factor", "change"), ChangePoint(), today
        ),
        actions=actions,
        callbacks=_merged(rows.callbacks, _lines(case, "callbacks", calls), ("day", "partner"), CallBack(), today),
    ))


def documents_in_report(case: Case) -> tuple[str, ...]:
    """What D7 says of standardising documents, one line each: ``PFMEA F-3302 B C 增加飞边``."""
    names = {"name": "name", "number": "number", "old": "old", "new": "new", "change": "change", "done": "done"}
    return tuple(" ".join(line.shown.values()) for line in _lines(case, "standards", names))


def _lines(case: Case, table: str, columns: Mapping[str, str]) -> list[_Line]:
    """The lines of a table in which somebody typed, fields named as in the ledger, blanks left out."""
    found: dict[str, tuple[dict[str, str], set[str]]] = {}
    readings = {reading.kind: reading for reading in case.reports}
    for reading in (readings[kind] for kind in (INTERNAL, REPORT) if kind in readings):
        for name, text in reading.fields.items():
            parts = name.split("/")
            if len(parts) != 3 or parts[0] != table or parts[2] not in columns or not text:
                continue
            shown, typed = found.setdefault(parts[1], ({}, set()))
            column = columns[parts[2]]
            if name in reading.typed:
                typed.add(column)
                shown[column] = text
            elif column not in typed:  # what a person typed into one version stands over what we wrote in the other
                shown[column] = text
    return [_Line(shown, frozenset(typed)) for shown, typed in found.values() if typed]


def _filled(row: Row[R], typed: Mapping[str, str], today: date) -> Row[R]:
    blank = {name: text for name, text in typed.items() if getattr(row.record, name) in (None, ())}
    cells = {name: row.record.cell(name, text, today) for name, text in blank.items()}
    values = {name: value for name, value in cells.items() if value not in (None, ())}
    return replace(row, record=row.record.model_copy(update=values)) if values else row


def _merged(
    rows: tuple[Row[R], ...], lines: Sequence[_Line], identity: tuple[str, ...], blank: R, today: date
) -> tuple[Row[R], ...]:
    """Rows of the ledger completed by the lines that speak of the same; other lines become rows of their own."""
    merged = list(rows)
    for line in lines:
        at = next((index for index, row in enumerate(merged) if _same(row.record, line.shown, identity)), None)
        if at is None:
            merged.append(_filled(Row(Place("8D", 0), blank, {}, {}), line.shown, today))
        else:
            merged[at] = _filled(merged[at], {name: line.shown[name] for name in line.typed}, today)
    return tuple(merged)


def _same(record: SheetRow, shown: Mapping[str, str], identity: tuple[str, ...]) -> bool:
    """Whether a row of the ledger is the one a line shows: by the first identifying field that both have."""
    for name in identity:
        value = getattr(record, name)
        if name in shown and value is not None:
            return str(getattr(value, "value", value)) == shown[name]
    return False
