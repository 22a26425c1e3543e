"""客诉等级 and the line-stop alarm, from the table ``severity.yaml``."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.rules.line_stop import line_stop_reasons
from pipeline.rules.severity import decide_level
from schemas.settings import LevelSetting
from schemas.values import Level
from tests.spec.decision_cases import case_like
from tests.spec.follow_up_cases import assert_told
from tests.spec.rule_tables import load, row_id

RULE = load("severity")


@pytest.mark.parametrize("row", [row for table in RULE.tables for row in table.rows], ids=row_id)
def test_level_and_its_reasons(row: dict[str, Any]) -> None:
    given, expected = dict(row["给"]), row["得"]
    setting = LevelSetting(**given.pop("门槛", {}))
    complaint = case_like({"状态": None, **given}).complaint
    decision = decide_level(complaint, setting)
    assert decision.level is Level(expected["等级"])
    assert decision.by_rule is Level(expected.get("按规则", expected["等级"]))
    assert_told(decision.reasons, expected["理由"])
    assert decision.lowered is (expected.get("低于规则") == "是")
    if "报警" in expected:
        assert_told(line_stop_reasons(complaint, setting), expected["报警"])


def test_the_first_given_reason_is_told_in_full() -> None:
    complaint = case_like({"不良率": "1%", "不良数量": 5}).complaint
    assert decide_level(complaint, LevelSetting()).reasons == ("不良率 1.00% ≥ 1.00%，且不良数 5 ≥ 5 件",)
