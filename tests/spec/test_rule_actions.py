"""措施: state of each action, categories, reading of 验证结果, from the tables ``actions``, ``verification``."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.rules.actions import review_actions
from pipeline.rules.verification import effect_of
from schemas.follow_up import ActionReview
from schemas.settings import ClockSetting
from tests.spec.follow_up_cases import FULL, TODAY, assert_told, case_with, day, form_of, key_of
from tests.spec.rule_tables import load, row_id

RULE, VERIFICATION = load("actions"), load("verification")
ACTION = {"措施类别": "长期", "措施内容": "修模", "审核结论": "通过", "计划完成日": "2026-11-20"}
OPEN = {**FULL, "状态": "整改"}
_NO_STANDARD = dict.fromkeys(("C1", "C2", "C3"))


def review(actions: dict[str, Any], cells: dict[str, Any], earlier: dict[str, Any]) -> ActionReview:
    case = case_with({**cells, "措施": {**_NO_STANDARD, **actions}}, OPEN)
    history = {key_of(number): [day(entry) for entry in days] for number, days in earlier.items()}
    return review_actions(case, form_of(case), ClockSetting(), history, TODAY)


@pytest.mark.parametrize("row", RULE.rows("一条措施"), ids=row_id)
def test_one_action(row: dict[str, Any]) -> None:
    given, expected = dict(row["给"]), row["得"]
    cells, earlier, other = given.pop("客诉", {}), given.pop("历次计划日", []), given.pop("另一条", None)
    actions = {"A1": {**ACTION, **given}} | ({"A2": {"措施内容": "改治具", **other}} if other else {})
    state = review(actions, cells, {"A1": earlier}).actions[0]
    assert {mark.value for mark in state.marks} == set(expected["状态"])
    assert state.days_late == expected["天数"]
    assert state.postponed == expected.get("延期", 0)
    assert_told(state.sentences, expected["说"])
    assert all(sentence.startswith("措施A1“修模”") for sentence in state.sentences)


@pytest.mark.parametrize("row", RULE.rows("五类措施"), ids=row_id)
def test_categories(row: dict[str, Any]) -> None:
    given, expected = row["给"], row["得"]
    done = {"实际完成日": "2026-11-20", "验证结果": "有效"}
    actions = {
        f"A{index}": {**ACTION, **done, "措施类别": kind} for index, kind in enumerate(given["措施"])
    } | {f"R{kind}": {**ACTION, "措施类别": kind, "审核结论": "驳回"} for kind in given.get("驳回", ())}
    found = review(actions, given.get("客诉", {}), {})
    assert [kind.value for kind in found.present] == expected["有"]
    assert [kind.value for kind in found.missing] == expected["缺"]
    assert_told(found.sentences, expected["说"])


READINGS = [(text, row["得"]["读作"]) for row in VERIFICATION.rows("验证结果怎么读") for text in row["给"]["验证结果"]]


@pytest.mark.parametrize(("text", "read"), READINGS)
def test_reading_of_a_verification(text: str | None, read: str) -> None:
    assert effect_of(text).value == read


def test_a_number_given_twice_is_told() -> None:
    case = case_with({"措施": {**_NO_STANDARD, "A1": ACTION, "A2": {**ACTION, "措施编号": "A1"}}}, OPEN)
    found = review_actions(case, None, ClockSetting(), {}, TODAY)
    assert_told(found.sentences, ["措施编号A1出现2次"])


def test_department_of_the_complaint_where_the_action_names_none() -> None:
    states = review({"A1": ACTION, "A2": {**ACTION, "责任部门": "设备部"}}, {}, {}).actions
    assert [state.department for state in states] == ["注塑车间", "设备部"]
    assert review({"A1": {**ACTION, "责任人": "段鹏飞"}}, {}, {}).actions[0].person == "段鹏飞"


@pytest.mark.parametrize(("content", "name"), [
    ("很长" * 30, f"措施A1“{'很长' * 20}…”"), ("正好" * 20, f"措施A1“{'正好' * 20}”"), (None, "措施A1（内容未填）"),
])
def test_name_of_an_action(content: str | None, name: str) -> None:
    assert review({"A1": {**ACTION, "措施内容": content}}, {}, {}).actions[0].name == name
