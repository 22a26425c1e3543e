"""The row of a personal ledger that goes onto the shared one: copied once, under its number (process step 12)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.rules.history import History
from schemas.case import Case
from schemas.decisions import Decisions
from schemas.effects import Effect, digest_of
from schemas.payloads import AppendRow, RowValue
from schemas.rows import Complaint, SheetKind
from schemas.settings import Settings

_COPIED = tuple(field.name for field in Complaint.fields() if not field.column.ours or field.name == "number")


def registration_row(
    case: Case, decisions: Decisions, settings: Settings, history: History
) -> Iterator[Effect]:
    """The row to append, once the number stands in the personal row and others may hear of it; once per number.

    A row of that number that stands on the shared ledger already is found and left. What is typed later is typed
    there: the shared row is the truth from then on. Switched off, 系统校验 alone asks the engineer to register.
    """
    shared = next((entry.file for entry in settings.ledgers if entry.kind == "shared"), None)
    personal = case.ledger not in settings.shared_ledgers
    due = personal and decisions.registration and decisions.released and decisions.is_open
    number = case.complaint.number
    if not settings.registration.append or shared is None or not due or not number:
        return
    key = history.once("row.register", number)
    if key is None:
        return
    found = ((name, getattr(case.complaint, name)) for name in _COPIED)
    values: dict[str, RowValue] = {name: value for name, value in found if value is not None and value != ()}
    payload = AppendRow(case.case_id, shared, SheetKind.COMPLAINTS, values, ("number",))
    yield Effect(key, f"{number} 登公共台账", digest_of(values), payload, case.case_id)
