"""Decisions on one complaint for the tables on level, report, clocks and duties; people and firms invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pipeline.rules.cases import case_of, children_of, directory_of, kept_fields
from pipeline.rules.decide import decide
from pipeline.rules.identity import identify
from pipeline.workdays import Workdays
from schemas.case import Case
from schemas.decisions import Decisions
from schemas.rows import Complaint
from schemas.settings import LedgerSetting, Settings
from tests.spec.ledger_tables import CONTACTS, at, complaint, ledger

Cells = Mapping[str, object]
NOW = "2026-11-26T09:00"
_FIELDS = {field.column.heading: field.name for field in Complaint.fields()}


def settings_with(customer: Mapping[str, Any] | None = None) -> Settings:
    """The default settings; ``customer`` is what the one customer of these tables demands."""
    demands = {"星河汽车": customer} if customer else {}
    ledgers = (LedgerSetting(file="客诉台账.xlsx"),)
    return Settings.model_validate({"version": 1, "site": "测试厂", "ledgers": ledgers, "customers": demands})


def case_like(
    cells: Cells, sheets: Mapping[str, Sequence[Cells]] | None = None, extras: Mapping[str, str] | None = None
) -> Case:
    """One complaint KS-1 with the given cells on a row whose minimum fields stand; None blanks a cell."""
    row = {name: value for name, value in complaint(客诉编号="KS-1", **cells).items() if value is not None}
    others: dict[str, Any] = {
        name: [
            {"客诉编号": "KS-1", **{key: value for key, value in entry.items() if value is not None}}
            for entry in rows
        ]
        for name, rows in (sheets or {}).items()
    }
    reading = ledger([row], 通讯录=CONTACTS, **others)
    sighting = identify(reading, {}, at(NOW), timedelta(0), 1, baseline=False).sightings[0]
    case = case_of(sighting, "KS-1", "", children_of(reading), reading.ledger)
    typed = replace(case.rows.complaint, extras=dict(extras or {}))
    return replace(case, rows=replace(case.rows, complaint=typed))


def decisions_on(
    case: Case, settings: Settings | None = None, *, now: str = NOW, missing: Sequence[str] = ()
) -> Decisions:
    """Decide on the complaint; ``missing`` are headings the ledger has no column for."""
    reading = ledger([], 通讯录=CONTACTS)
    kept = kept_fields(reading)[case.place.sheet] - {_FIELDS[heading] for heading in missing}
    return decide(case, kept, directory_of([reading]), settings or settings_with(), Workdays(), at(now))
