"""Three complaints to draw documents from: nearly empty, believable and full, and full of nasty text."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from docx import Document
from docx.oxml.ns import qn

from schemas.case import Case, CaseRows, Standing
from schemas.columns import SheetRow
from schemas.decisions import Decisions, Form, LevelDecision, TeamMember
from schemas.rows import Action, CallBack, ChangePoint, Complaint, Containment, Meeting, Why
from schemas.values import Level
from schemas.workbook import Place, Row

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
M = TypeVar("M", bound=SheetRow)


def words_of(content: bytes) -> list[str]:
    """The text of each paragraph of a document's body, content controls included (python-docx leaves them out)."""
    body = Document(io.BytesIO(content)).element.body
    return ["".join(text.text or "" for text in paragraph.iter(qn("w:t"))) for paragraph in body.iter(qn("w:p"))]


def row_of(model: type[M], typed: Mapping[str, Any], extras: Mapping[str, str] | None = None) -> Row[M]:
    """A row as the reader would make it from what was typed."""
    record = model.model_validate(dict(typed), context={"today": TODAY})
    return Row(Place("客诉台账", 5), record, {name: str(value) for name, value in typed.items()}, extras or {})


def case_of(rows: CaseRows, number: str = "KS-202611-007") -> Case:
    """A managed case."""
    return Case("case-1", number, "客诉台账", rows, Standing.MANAGED, NOW, NOW)


def decisions_of(level: Level, reasons: tuple[str, ...], team: tuple[TeamMember, ...]) -> Decisions:
    """Decisions with what documents read of them."""
    return Decisions(
        LevelDecision(level, level, reasons), Form(True, ("等级为严重",)), True, True, (), (), (), (), (), team, (), (),
        None,
    )


def nearly_empty() -> tuple[Case, Decisions]:
    """What stands in the ledger after the first call."""
    complaint = row_of(Complaint, {"customer": "星岚汽车", "product": "冷却水管", "phenomenon": "接头处渗水"})
    return case_of(CaseRows(complaint)), decisions_of(Level.NORMAL, (), ())


def full() -> tuple[Case, Decisions]:
    """A leak followed from the call to the call-back."""
    told = json.loads(Path(__file__).with_name("documents_full_case.json").read_text(encoding="utf-8"))

    def rows_of(model: type[M], sheet: str) -> tuple[Row[M], ...]:
        return tuple(row_of(model, typed) for typed in told[sheet])

    rows = CaseRows(
        row_of(Complaint, told["complaint"], told["extras"]),
        rows_of(Containment, "containments"), rows_of(ChangePoint, "change_points"), rows_of(Why, "whys"),
        rows_of(Action, "actions"), rows_of(Meeting, "meetings"), rows_of(CallBack, "callbacks"),
    )
    team = tuple(TeamMember(*member) for member in told["team"])
    return case_of(rows), decisions_of(Level.SERIOUS, ("功能失效", "不良12件，不良率0.6%"), team)


#: Text that breaks careless templates: markup, template tags, control characters, a lone surrogate, long paragraphs.
NASTY = "<b>&amp;</b> {{ id }} {% raw %} ]]> \x07\x0b\ud800\u202e\ue000😀 R&D < 5\n第二行\t" + "长" * 600


def nasty() -> tuple[Case, Decisions]:
    """Nasty text in every text field of every sheet, as if it had passed the value parsers."""

    def spoilt(row: Row[M]) -> Row[M]:
        fields = {field.name: NASTY for field in row.record.fields() if field.kind.name in ("text", "id")}
        return Row(row.place, row.record.model_copy(update=fields), row.typed, dict.fromkeys(row.extras, NASTY))

    case, decisions = full()
    rows = CaseRows(
        spoilt(case.rows.complaint),
        tuple(map(spoilt, case.rows.containments)), tuple(map(spoilt, case.rows.change_points)),
        tuple(map(spoilt, case.rows.whys)), tuple(map(spoilt, case.rows.actions)),
        tuple(map(spoilt, case.rows.meetings)), tuple(map(spoilt, case.rows.callbacks)),
    )
    team = tuple(TeamMember(*[NASTY] * 5) for _ in decisions.team)
    return case_of(rows, "KS-<1>&"), decisions_of(Level.URGENT, (NASTY,), team)
