"""等级: what makes a complaint 一般, 严重 or 紧急, and which reasons are given."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.rules.severity import decide_level
from schemas.rows import Complaint
from schemas.settings import LevelSetting
from schemas.values import Level

TABLE = [
    # 单元格                                                        等级     原因中的词         低于规则
    ({}, Level.NORMAL, None, False),
    ({"rate": "1%", "defects": 5}, Level.SERIOUS, "不良率", False),
    ({"rate": "0.9%", "defects": 500}, Level.NORMAL, None, False),
    ({"rate": "3%", "defects": 4}, Level.NORMAL, None, False),
    ({"defects": 10, "lot_size": 1000}, Level.SERIOUS, "不良率", False),
    ({"defects": 60, "lot_size": 50}, Level.NORMAL, None, False),
    ({"functional_failure": "是"}, Level.SERIOUS, "功能失效", False),
    ({"cost": "1200元"}, Level.SERIOUS, "费用", False),
    ({"status": "重新启动"}, Level.SERIOUS, "重复", False),
    ({"line_stop": "是"}, Level.URGENT, "停线", False),
    ({"safety_part": "是"}, Level.URGENT, "安全法规件", False),
    ({"daily_usage": 800, "good_stock": 799}, Level.URGENT, "良品库存", False),
    ({"daily_usage": 800, "good_stock": 800}, Level.NORMAL, None, False),
    ({"level": "严重"}, Level.SERIOUS, "由人定为", False),
    ({"level": "一般", "line_stop": "是"}, Level.URGENT, "停线", True),
    ({"level": "紧急", "functional_failure": "是"}, Level.URGENT, "由人定为", False),
]


@pytest.mark.parametrize(("cells", "level", "word", "lowered"), TABLE)
def test_level_and_its_reasons(cells: dict[str, object], level: Level, word: str | None, lowered: bool) -> None:
    complaint = Complaint.model_validate(cells, context={"today": date(2026, 11, 26)})
    decision = decide_level(complaint, LevelSetting())
    assert decision.level is level
    assert decision.lowered is lowered
    assert (word is None) == (not decision.reasons)
    assert word is None or any(word in reason for reason in decision.reasons)


def test_a_customers_threshold_wins_over_the_plants() -> None:
    complaint = Complaint.model_validate({"rate": "0.5%", "defects": 9}, context={"today": date(2026, 11, 26)})
    assert decide_level(complaint, LevelSetting(serious_rate=0.005)).level is Level.SERIOUS
