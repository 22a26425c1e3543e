"""Sheets that list the complaints of another sheet once more: 8D跟踪 beside the ledger, a filtered copy, a backup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from schemas.columns import SheetRow
from schemas.rows import Complaint, SheetKind
from schemas.workbook import SheetReading

_COPIED_SHARE = 0.6


def _identities(sheet: SheetReading[SheetRow]) -> list[tuple[str, str]]:
    """Number with customer, so that months which each count from 1 are no copies of one another."""
    found = []
    for row in sheet.rows:
        complaint = cast("Complaint", row.record)
        if complaint.number:
            found.append(("".join(complaint.number.split()).casefold(), complaint.customer or ""))
    return found


def copies_among(sheets: Sequence[SheetReading[SheetRow]]) -> dict[str, str]:
    """Name of each ledger sheet that mostly repeats a fuller one, with the name of the fuller one."""
    ledgers = [sheet for sheet in sheets if sheet.kind is SheetKind.COMPLAINTS]
    order = {sheet.name: number for number, sheet in enumerate(ledgers)}
    by_weight = sorted(ledgers, key=lambda sheet: (-len(sheet.columns) * len(sheet.rows), order[sheet.name]))
    copies: dict[str, str] = {}
    for position, sheet in enumerate(by_weight):
        own = _identities(sheet) if position else []
        for fuller in by_weight[:position]:
            if not own or fuller.name in copies:
                continue
            known = set(_identities(fuller))
            numbers = {number for number, _ in known}
            repeated = sum(1 for number, customer in own
                           if (number, customer) in known or (not customer and number in numbers))
            if repeated >= len(sheet.rows) * _COPIED_SHARE:
                copies[sheet.name] = fuller.name
                break
    return copies
