"""处罚建议: when a department is proposed for a penalty and who sees it, from the table ``penalty.yaml``."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.rules.actions import review_actions
from pipeline.rules.penalty import propose_penalties
from schemas.follow_up import PenaltyProposal, PenaltySetting
from schemas.settings import ClockSetting
from tests.spec.follow_up_cases import FULL, TODAY, assert_told, case_with, form_of, key_of
from tests.spec.rule_tables import load, row_id

RULE = load("penalty")
ACTION = {
    "措施类别": "长期", "措施内容": "修模", "责任部门": "注塑车间", "责任人": "段鹏飞", "审核结论": "通过",
    "计划完成日": "2026-11-20",
}
OPEN = {**FULL, "状态": "整改", "责任部门": "挤出车间"}


def proposals(given: dict[str, Any], *more: dict[str, Any], manager: str = "沈国梁") -> tuple[PenaltyProposal, ...]:
    cells = dict(given)
    setting = PenaltySetting(
        enabled=cells.pop("打开", "是") == "是", late_days=cells.pop("逾期天数", 1),
        clause_late=cells.pop("逾期条款", "第5条"), clause_ineffective=cells.pop("无效条款", "第6条"),
    )
    complaint = cells.pop("客诉", {})
    actions = {f"A{index}": {**ACTION, **action} for index, action in enumerate([cells, *more], start=1)}
    case = case_with({**complaint, "措施": {**dict.fromkeys(("C1", "C2", "C3")), **actions}}, OPEN)
    review = review_actions(case, form_of(case), ClockSetting(), {}, TODAY)
    return propose_penalties(case, review, setting, manager)


@pytest.mark.parametrize("row", RULE.rows("提不提，依据什么"), ids=row_id)
def test_proposal(row: dict[str, Any]) -> None:
    found, expected = proposals(row["给"]), row["得"]["建议"]
    assert [proposal.department for proposal in found] == [entry["部门"] for entry in expected]
    for proposal, entry in zip(found, expected, strict=True):
        assert_told(proposal.reasons, entry["理由"])
        assert list(proposal.clauses) == entry["依据"]
        assert all(part in proposal.sentence for part in (*proposal.reasons, *proposal.clauses, "待人决定"))


def test_never_names_the_person() -> None:
    (proposal,) = proposals({})
    assert "段鹏飞" not in repr(proposal)


def test_engineer_and_quality_manager_alone_see_it() -> None:
    assert proposals({})[0].audience == ("周启航", "沈国梁")
    assert proposals({}, manager="")[0].audience == ("周启航",)
    assert proposals({}, manager="周启航")[0].audience == ("周启航",)


def test_a_rejected_action_that_another_stands_for_is_no_lapse() -> None:
    found = proposals({"审核结论": "驳回", "对应原因": "飞边"}, {"对应原因": "飞边", "计划完成日": "2026-12-20"})
    assert found == ()


def test_an_ineffective_action_stays_one_though_another_stands_for_it() -> None:
    done = {"实际完成日": "2026-11-20", "对应原因": "飞边"}
    found = proposals({**done, "验证结果": "无效"}, {**done, "验证结果": "有效"})
    assert [entry.action for entry in found] == [key_of("A1")]


def test_off_by_default_and_never_on_without_a_clause() -> None:
    assert not PenaltySetting().enabled
    assert PenaltySetting(enabled=True, clause_ineffective="第6条").enabled
    with pytest.raises(ValidationError, match="没有依据"):
        PenaltySetting(enabled=True, clause_late=" ")
