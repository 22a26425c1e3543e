"""复发与围堵漏出: which earlier complaint a new one brings back, from the table ``recurrence.yaml``; and its speed."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from pipeline.rules.defect_wording import are_different_failures, are_opposite, folded, most_alike
from pipeline.rules.recurrence import EarlierCases, find_recurrences
from schemas.case import Case
from schemas.follow_up import Recurrence, RecurrenceKind, RecurrenceSetting
from tests.spec.follow_up_cases import assert_told, cases_of
from tests.spec.rule_tables import load, row_id

RULE = load("recurrence")
EARLIER = {
    "客诉编号": "KS-1", "接诉时间": "2026-09-01 08:00", "产品编号": "CW-2104", "不良现象": "接头泄漏",
    "不良批次": "CW0820A", "断点日期": "2026-10-10", "断点批次": "CW1010A", "状态": "关闭", "关闭日期": "2026-11-01",
}
LATER = {
    "客诉编号": "KS-2", "接诉时间": "2026-11-20 08:00", "产品编号": "CW-2104", "不良现象": "快插接头渗漏",
    "状态": "调查", "生产日期": "2026-11-01",
}


def pair(given: dict[str, Any]) -> list[Case]:
    return cases_of([{**EARLIER, **given.get("原案", {})}, {**LATER, **given.get("本单", {})}])


def recurrences(given: dict[str, Any]) -> tuple[Recurrence, ...]:
    cases = pair(given)
    setting = RecurrenceSetting(similar=given.get("相似度", 60))
    return find_recurrences(cases[1], EarlierCases(cases), setting)


ROWS = [row for table in RULE.tables[:3] for row in table.rows]


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_recurrence(row: dict[str, Any]) -> None:
    found, expected = recurrences(row["给"]), row["得"]
    if expected["判断"] is None:
        assert found == ()
        return
    assert [(entry.kind.value, entry.number, entry.earlier) for entry in found] == [(expected["判断"], "KS-2", "KS-1")]
    assert found[0].ask == ((expected["请补"],) if "请补" in expected else found[0].ask)
    assert bool(found[0].ask) is (found[0].kind is RecurrenceKind.ASK)
    if "说明" in expected:
        assert_told(found[0].reasons, expected["说明"])
    for words in expected.get("建议", ()):
        assert words in found[0].sentence


@pytest.mark.parametrize("row", RULE.tables[3].rows, ids=row_id)
def test_wording(row: dict[str, Any]) -> None:
    one, other = row["给"]["一"], row["给"]["另一"]
    alike = bool(most_alike(one, ["", folded(other)], 60)) and not (
        are_opposite(one, other) or are_different_failures(one, other)
    )
    assert alike is (row["得"]["相似"] == "是")


def test_what_is_compared() -> None:
    assert folded("QC快插接头漏液12件,断裂") == "qc 快插 插接 接头 <泄漏> 件 <开裂>"
    assert folded("接头装不到位") == "接头 <难装>"  # the longest word wins


def test_newest_first_and_three_at_most() -> None:
    rows = [{**EARLIER, "客诉编号": f"KS-{day}", "接诉时间": f"2026-09-{day:02}"} for day in range(11, 16)]
    cases = cases_of([*rows, LATER])
    found = find_recurrences(cases[-1], EarlierCases(cases), RecurrenceSetting())
    assert [entry.earlier for entry in found] == ["KS-15", "KS-14", "KS-13"]


def test_the_complaint_a_person_named_comes_first_and_once() -> None:
    rows = [{**EARLIER, "客诉编号": f"KS-{day}", "接诉时间": f"2026-09-{day:02}"} for day in range(11, 16)]
    cases = cases_of([*rows, {**LATER, "关联客诉编号": "KS-11"}])
    found = find_recurrences(cases[-1], EarlierCases(cases), RecurrenceSetting())
    assert [entry.earlier for entry in found] == ["KS-11", "KS-15", "KS-14"]
    assert found[0].similar == 100


def test_the_same_complaint_in_another_ledger_is_no_recurrence() -> None:
    earlier, later = pair({})
    copy = replace(earlier, case_id="other", number=later.number)
    assert find_recurrences(later, EarlierCases([copy, later]), RecurrenceSetting()) == ()


def test_twenty_thousand_complaints_take_seconds() -> None:
    """A big ledger of 400 parts, 50 complaints each, and all complaints of a year asked; in seconds of this process."""
    first, later = pair({})
    many = [
        replace(first, case_id=f"c{index}", number=f"N{index}", rows=_of_part(first, index % 400))
        for index in range(20_000)
    ]
    started = time.process_time()
    earlier = EarlierCases(many)
    asked = [replace(later, rows=_of_part(later, index % 400)) for index in range(2_000)]
    found = [find_recurrences(case, earlier, RecurrenceSetting()) for case in asked]
    assert all(len(entry) == 3 for entry in found)
    assert time.process_time() - started < 8


def _of_part(case: Case, part: int) -> Any:
    row = case.rows.complaint
    return replace(case.rows, complaint=replace(row, record=row.record.model_copy(update={"part_number": f"P{part}"})))
