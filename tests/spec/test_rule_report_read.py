"""8D里写的也算: what people typed into an 8D counts where the ledger is silent, from ``report_read.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

import pytest

from pipeline.rules.report_counted import counted, documents_in_report
from pipeline.rules.report_typed import paths_in_report, whys_in_report, with_documents
from schemas.case import Case
from schemas.columns import SheetRow
from schemas.report import DocumentReading
from schemas.workbook import Row
from tests.spec.decision_cases import case_like, decisions_on
from tests.spec.memory_plant import DOCUMENTS
from tests.spec.rule_tables import load, row_id

RULE = load("report_read")
FOLDER = "客诉资料/KS-1"
KINDS = {"8D": "eight_d", "内部版": "eight_d_internal", "处理单": "slip", "纪要": "minutes"}


def reading(kind: str, texts: Mapping[str, Any], path: str = "") -> DocumentReading:
    """A document in which everything was typed by a person except the fields under 我们写的."""
    ours = {name: str(text) for name, text in texts.get("我们写的", {}).items()}
    typed = {name: str(text) for name, text in texts.items() if name != "我们写的"}
    return DocumentReading(path, KINDS[kind], {**ours, **typed}, frozenset(typed))


def case_given(given: Mapping[str, Any]) -> Case:
    case = case_like(given.get("台账", {}), given.get("各表"))
    return replace(case, folder=FOLDER, reports=tuple(reading(kind, given[kind]) for kind in KINDS if kind in given))


def _filled(before: Row[Any] | None, row: Row[Any]) -> Iterator[str]:
    old: SheetRow | None = before.record if before else None
    for field in type(row.record).fields():
        value = getattr(row.record, field.name)
        if value not in (None, ()) and value != getattr(old, field.name, None):
            yield f"{field.column.heading}={value.value if isinstance(value, Enum) else value}"


def told(before: Case, after: Case) -> Iterator[str]:
    """What the 8D adds, row by row."""
    yield from _filled(before.rows.complaint, after.rows.complaint)
    for name, old, new in (
        ("围堵", before.rows.containments, after.rows.containments),
        ("变化点", before.rows.change_points, after.rows.change_points),
        ("措施", before.rows.actions, after.rows.actions), ("回访", before.rows.callbacks, after.rows.callbacks),
    ):
        for index, row in enumerate(new):
            cells = "；".join(_filled(old[index] if index < len(old) else None, row))
            if cells:
                yield f"{name}{'' if index < len(old) else '（新）'} {cells}"


@pytest.mark.parametrize("row", RULE.rows("8D里写的怎样算"), ids=row_id)
def test_what_the_8d_adds_to_the_ledger(row: dict[str, Any]) -> None:
    case = case_given(row["给"])
    assert list(told(case, counted(case))) == row["得"]


@pytest.mark.parametrize("row", RULE.rows("8D里的五问和标准化文件"), ids=row_id)
def test_whys_and_standards_typed_in_the_8d(row: dict[str, Any]) -> None:
    case = case_given(row["给"])
    whys = [f"{why.path.value if why.path else '—'}{why.step or ''} 问：{why.question or '—'} 答：{why.answer or '—'}"
            for why in whys_in_report(case)]
    answered = sorted(path.value for path in paths_in_report(case))
    assert [*whys, f"有回答的：{'、'.join(answered) or '无'}", *documents_in_report(case)] == row["得"]


@pytest.mark.parametrize("row", RULE.rows("文件与台账不一致"), ids=row_id)
def test_where_a_document_and_the_ledger_disagree(row: dict[str, Any]) -> None:
    given = row["给"]
    case = case_given({name: value for name, value in given.items() if name != "文件"})
    decisions = decisions_on(case)
    seen = {f"{FOLDER}/{entry['名']}": reading(entry["类"], entry["写"], f"{FOLDER}/{entry['名']}")
            for entry in given["文件"]}
    found = with_documents(case, decisions, DOCUMENTS, seen)
    read = "、".join(report.path.rpartition("/")[2] for report in found.reports) or "无"
    assert [f"读到：{read}", *(entry.sentence for entry in found.disagreements)] == row["得"]


def test_a_case_whose_8d_says_nothing_is_the_very_case() -> None:
    case = case_given({"8D": {"occurrence_cause": ""}})
    assert counted(case) is case
