"""What explain says would change a decision: said when it holds, and the named cell really changes it."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.rules.changes import changes
from schemas.decisions import Decisions
from tests.spec.decision_cases import case_like, decisions_on, settings_with

Cells = dict[str, Any]


def said(cells: Cells, section: str) -> tuple[str, ...]:
    case = case_like(cells)
    return changes(case, decisions_on(case), settings_with())[section]


def decided(cells: Cells) -> Decisions:
    return decisions_on(case_like(cells))


def shown(decisions: Decisions, section: str) -> object:
    """What the section is about."""
    match section:
        case "等级":
            return decisions.level.level.value
        case "报告":
            return None if decisions.form is None else "8D" if decisions.form.full_8d else "处理单"
        case "登公共台账":
            return bool(decisions.registration)
        case _:
            return {clock.name.value for clock in decisions.clocks if clock.stopped is None}


FULL = {"状态": "调查", "客户要求8D": "是"}
TABLE: list[tuple[str, Cells, str, Cells, object]] = [
    # 判定      现在             说的话               照着改                        改后
    ("等级", {}, "功能失效=是", {"功能失效": "是"}, "严重"),
    ("等级", {}, "不良数不少于 5 件", {"不良数量": 5, "批量数": 500}, "严重"),
    ("等级", {}, "停线/甩车风险=是", {"停线/甩车风险": "是"}, "紧急"),
    ("等级", {"功能失效": "是"}, "停线/甩车风险=是", {"停线/甩车风险": "是"}, "紧急"),
    ("等级", {}, "可由人改高", {"客诉等级": "严重"}, "严重"),
    ("报告", {}, "客户要求8D=是", {"客户要求8D": "是"}, "8D"),
    ("报告", {"客户要求8D": "是"}, "不再成立时改为客诉处理单", {"客户要求8D": "否"}, "处理单"),
    ("登公共台账", {}, "信息来源=营销部", {"信息来源": "营销部"}, True),
    ("登公共台账", {}, "产生费用", {"费用金额": 300}, True),
    ("时限", {"紧急措施": None}, "紧急措施：填写紧急措施时间即停止", {"紧急措施时间": "2026-11-26 08:10"}, set()),
    ("时限", FULL, "D3：填写D3提交日", {"D3提交日": "2026-11-26"}, {"D4-D5", "8D"}),
    ("时限", FULL, "D4-D5：填写D4-D5提交日", {"D4-D5提交日": "2026-11-26"}, {"8D"}),
    ("时限", FULL, "8D：填写8D提交日", {"8D提交日": "2026-11-26"}, set()),
    ("时限", {**FULL, "要求结案日": "2026-12-20", "8D提交日": "2026-11-26"}, "结案：填写关闭日期",
     {"状态": "关闭", "关闭日期": "2026-11-26"}, set()),
]


@pytest.mark.parametrize(("section", "cells", "sentence", "change", "after"), TABLE)
def test_the_named_cell_changes_the_decision(
    section: str, cells: Cells, sentence: str, change: Cells, after: object
) -> None:
    before = {"紧急措施": "换批", "紧急措施时间": "2026-11-26 08:05", **cells}
    if "紧急措施" in sentence:
        before = cells
    assert any(sentence in line for line in said(before, section))
    assert shown(decided(before), section) != after
    assert shown(decided({**before, **change}), section) == after


@pytest.mark.parametrize(("section", "cells", "sentence"), [
    ("等级", {"功能失效": "是"}, "即为严重"),
    ("等级", {"停线/甩车风险": "是"}, "即为紧急"),
    ("报告", {"问题类型": "要货交付"}, "8D"),
    ("登公共台账", {"信息来源": "营销部"}, "登记"),
    ("时限", {**FULL, "客户同意延期日": "2026-12-20"}, "客户同意延期日"),
    ("时限", {"状态": "关闭", "关闭日期": "2026-11-26"}, "暂停"),
])
def test_what_holds_already_is_not_said(section: str, cells: Cells, sentence: str) -> None:
    assert not any(sentence in line for line in said(cells, section))
