"""关闭条件: what is missing for closing, from the tables ``closure``, ``effectiveness`` and ``dismissal``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.rules.actions import review_actions
from pipeline.rules.closure import closure_gate
from schemas.case import Case
from schemas.follow_up import EffectivenessSetting, Evidence, Gate, GateKind
from schemas.rows import MODELS, SheetKind
from schemas.settings import ClockSetting
from schemas.values import CausePath
from tests.spec.follow_up_cases import FULL, TODAY, all_columns, assert_told, case_with, day, form_of
from tests.spec.rule_tables import load, row_id

RULE, EFFECTIVENESS, DISMISSAL = load("closure"), load("effectiveness"), load("dismissal")
_NOT_CELLS = frozenset({
    "固化文件", "没有的列", "没有的表", "不复发天数", "验证批次数", "复发件", "重新启动日", "8D中有五问", "自有列",
})


def _evidence(given: dict[str, Any]) -> Evidence:
    columns = {kind: names for kind, names in all_columns().items() if kind.value not in given.get("没有的表", ())}
    headings = {field.column.heading: field.name for field in MODELS[SheetKind.COMPLAINTS].fields()}
    columns[SheetKind.COMPLAINTS] -= {headings[heading] for heading in given.get("没有的列", ())}
    standards = given.get("固化文件", ["控制计划CP-CW-2104 D版.xlsx"])
    return Evidence(
        standards=None if standards is None else tuple(standards), columns=columns,
        restarted=day(given["重新启动日"]) if "重新启动日" in given else None,
        recurred={number: day(received) for number, received in given.get("复发件", {}).items()},
        whys_in_report=frozenset(CausePath(path) for path in given.get("8D中有五问", ())),
        known=frozenset({"KS-1", "KS-2"}),
    )


def _case(given: dict[str, Any]) -> Case:
    case = case_with({heading: value for heading, value in given.items() if heading not in _NOT_CELLS})
    row = replace(case.rows.complaint, extras=given.get("自有列", {}))
    return replace(case, rows=replace(case.rows, complaint=row))


def gate_of(given: dict[str, Any]) -> Gate:
    case = _case(given)
    form = form_of(case)
    setting = EffectivenessSetting(days=given.get("不复发天数", 30), lots=given.get("验证批次数", 3))
    review = review_actions(case, form, ClockSetting(), {}, TODAY)
    return closure_gate(case, form, review, _evidence(given), setting, TODAY)


def _check(row: dict[str, Any], gate: Gate) -> None:
    expected = row["得"]
    assert_told(gate.missing, expected["缺"])
    assert gate.allowed is (expected["可关闭"] == "是")
    if "关闭过早" in expected:
        assert gate.closed_too_early is (expected["关闭过早"] == "是")
    assert_told(gate.unchecked, expected.get("请核对", ()))


FULL_8D = [row for name in ("完整8D", "已关闭的", "重新启动过的", "台账没有的列") for row in RULE.rows(name)]
EFFECT = [row for table in EFFECTIVENESS.tables for row in table.rows]


@pytest.mark.parametrize("row", [*FULL_8D, *EFFECT], ids=row_id)
def test_full_8d(row: dict[str, Any]) -> None:
    gate = gate_of(row["给"])
    assert gate.kind is GateKind.FULL
    _check(row, gate)


@pytest.mark.parametrize("row", RULE.rows("客诉处理单（从简）"), ids=row_id)
def test_slip(row: dict[str, Any]) -> None:
    gate = gate_of({"客户要求8D": None, **row["给"]})
    assert gate.kind is GateKind.SLIP
    _check(row, gate)


@pytest.mark.parametrize("row", RULE.rows("非质量问题"), ids=row_id)
def test_routed(row: dict[str, Any]) -> None:
    gate = gate_of(row["给"])
    assert gate.kind is GateKind.ROUTED
    _check(row, gate)


@pytest.mark.parametrize("row", DISMISSAL.rows("不成立、作废、合并"), ids=row_id)
def test_dismissed(row: dict[str, Any]) -> None:
    gate = gate_of({**dict.fromkeys(("发生原因", "流出原因", "措施")), **row["给"]})
    assert gate.kind is GateKind.DISMISSED
    _check(row, gate)


def test_what_to_type_in_the_act_of_closing_is_told_while_the_case_is_open() -> None:
    assert gate_of({}).on_closing
    assert not gate_of({"状态": "关闭", "关闭日期": "2026-11-20"}).on_closing


def test_without_a_status_the_closing_day_ends_a_case() -> None:
    gate = gate_of({"状态": None, "关闭日期": "2026-11-20", "8D提交日": None})
    assert gate.closed_too_early


def test_all_columns_count_as_kept_when_nothing_is_known_of_them() -> None:
    case = case_with({"断点日期": None})
    form = form_of(case)
    review = review_actions(case, form, ClockSetting(), {}, TODAY)
    gate = closure_gate(case, form, review, Evidence(standards=("PFMEA.xlsx",)), EffectivenessSetting(), TODAY)
    assert_told(gate.missing, ["断点日期未填"])
    assert FULL["断点日期"]


def test_a_rejected_action_is_told_as_that_alone() -> None:
    assert gate_of({"措施": {"C3": {"审核结论": "驳回"}}}).missing == (
        "措施C3“气密改250 kPa并自动锁件”：已驳回，没有措施代替它",
    )


def test_the_target_of_a_merger_is_looked_up_only_where_the_numbers_are_known() -> None:
    case = case_with({"状态": "合并至 KS-99", "备注": "断点前制品；批准：陆建明"})
    review = review_actions(case, None, ClockSetting(), {}, TODAY)
    assert closure_gate(case, None, review, Evidence(), EffectivenessSetting(), TODAY).allowed
