"""状态的含义 and what 暂停 needs, from the tables ``state.yaml`` and ``pause.yaml``."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.rules.pause import pause_faults
from pipeline.rules.stage import Stage, stage_of
from pipeline.rules.state import is_current, is_open, is_paused, is_quality, is_released
from tests.spec.decision_cases import case_like, decisions_on
from tests.spec.follow_up_cases import TODAY, assert_told
from tests.spec.rule_tables import load, row_id

STATE, PAUSE = load("state"), load("pause")
STEPS = {
    "接诉": Stage.RECEIVED, "调查": Stage.SURVEY, "分析": Stage.ANALYSIS, "整改": Stage.MEASURES,
    "跟踪": Stage.TRACKING, "关闭": Stage.CLOSED, "无": None,
}


@pytest.mark.parametrize("row", [row for table in STATE.tables for row in table.rows], ids=row_id)
def test_what_a_status_means(row: dict[str, Any]) -> None:
    given = dict(row["给"])
    case = case_like(given, {name: [{}] for name in given.pop("表", ())})
    told = {
        "未结": is_open(case.complaint), "放出": is_released(case.complaint), "暂停": is_paused(case.complaint),
        "质量问题": is_quality(case.complaint), "仍要看": is_current(case.complaint, TODAY),
    }
    for name, expected in row["得"].items():
        if name == "步骤":
            assert stage_of(case) is STEPS[expected]
        else:
            assert told[name] is (expected == "是"), name


@pytest.mark.parametrize("row", PAUSE.rows("还缺什么"), ids=row_id)
def test_what_a_pause_needs(row: dict[str, Any]) -> None:
    given = {"状态": "暂停", **row["给"]}
    case = case_like(given, extras=given.pop("自有列", None))
    assert_told(tuple(pause_faults(case)), row["得"]["缺"])


def test_the_engineer_hears_what_a_pause_lacks() -> None:
    case = case_like({"状态": "暂停"})
    assert decisions_on(case).findings == tuple(pause_faults(case))
