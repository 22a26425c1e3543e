"""逾期: who owes what and how late it is, from the table ``overdue.yaml``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pipeline.rules.action_facts import is_action_open
from schemas.decisions import Duty, Lateness
from schemas.rows import Action
from tests.spec.decision_cases import case_like, decisions_on, settings_with
from tests.spec.follow_up_cases import TODAY
from tests.spec.rule_tables import load, row_id

RULE = load("overdue")
BASE = {"状态": "调查", "紧急措施": "换批"}
DUE = {"措施编号": "C1", "措施内容": "修模", "责任人": "罗文斌", "计划完成日": "2026-11-20"}
VERIFIED = {**DUE, "实际完成日": "2026-11-20", "计划验证日": "2026-11-25", "验证人": "彭小满"}
ACTIONS = next(table.name for table in RULE.tables if table.name.startswith("措施"))
VERIFICATIONS = next(table.name for table in RULE.tables if table.name.startswith("验证"))
SHEETS = {"措施": "措施跟踪", "回访": "跟踪回访"}


def duties(given: dict[str, Any]) -> Sequence[Duty]:
    cells = {**BASE, **{name: value for name, value in given.items() if name not in {*SHEETS, "客户另定"}}}
    sheets = {SHEETS[name]: rows for name, rows in given.items() if name in SHEETS}
    return decisions_on(case_like(cells, sheets), settings_with(given.get("客户另定"))).duties


def of_action(row: dict[str, Any], base: dict[str, str]) -> Sequence[Duty]:
    given = dict(row["给"])
    cells, other = given.pop("客诉", {}), given.pop("另一条", None)
    actions = [{**base, **given}] + ([{"措施编号": "C2", "措施内容": "改治具", **other}] if other else [])
    return duties({**cells, "措施": actions})


def check(found: Sequence[Duty], row: dict[str, Any]) -> None:
    assert [(duty.what, duty.person, duty.days_late) for duty in found] == [
        (entry["事项"], entry["人"], entry["逾期天数"]) for entry in row["得"]
    ]
    for duty, entry in zip(found, row["得"], strict=True):
        assert duty.department == entry.get("部门", "注塑车间")
        assert duty.lateness is (Lateness.OVERDUE if entry["逾期天数"] > 0 else Lateness.DUE_SOON)


@pytest.mark.parametrize("row", [*RULE.rows("时限"), *RULE.rows("回访")], ids=row_id)
def test_clocks_and_callbacks(row: dict[str, Any]) -> None:
    check(duties(row["给"]), row)


@pytest.mark.parametrize("row", RULE.rows(ACTIONS), ids=row_id)
def test_actions(row: dict[str, Any]) -> None:
    check(of_action(row, DUE), row)


@pytest.mark.parametrize("row", RULE.rows(VERIFICATIONS), ids=row_id)
def test_verifications(row: dict[str, Any]) -> None:
    check(of_action(row, VERIFIED), row)


@pytest.mark.parametrize(("cells", "waits"), [
    ({}, True), ({"done": "2026-11-20"}, False), ({"review": "驳回"}, True),
    ({"done": "2026-11-20", "review": "驳回"}, True), ({"done": "2026-11-20", "review": "通过"}, False),
])
def test_whatever_the_day_a_rejected_action_is_not_done(cells: dict[str, str], waits: bool) -> None:
    assert is_action_open(Action.model_validate(cells, context={"today": TODAY})) is waits


def test_keys_name_the_duty_and_last_while_it_does() -> None:
    given = {
        "要求结案日": "2026-11-26", "回访": [{"日期": "2026-11-18", "下次回访日": "2026-11-25"}],
        "措施": [DUE, {**VERIFIED, "措施编号": None}],
    }
    assert {duty.key for duty in duties(given)} == {"结案", "回访:2026-11-25", "措施:C1", "验证:措施:修模"}
