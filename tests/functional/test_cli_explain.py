"""kesu explain: every decision on one complaint with its reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.functional.plant_folder import complaint, empty_plant, kesu

WORDS = (
    "【等级】", "紧急", "因为：停线/甩车风险=是", "【报告】", "8D报告", "【登公共台账】", "【停线预警】",
    "【时限】", "D3：", "【会议】", "【8D评分】", "【关闭条件】", "还不能关闭",
    "会改变：客诉等级可由人改高", "会改变：8D：填写8D提交日即停止", "D4-D5：2026-12-03 前，已于 2026-11-28 停止",
)


def test_it_tells_every_decision_and_changes_nothing(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "一厂")
    plant.once("07:00")  # the empty ledger: from here on every row is new
    plant.type("客诉台账", complaint(**{"状态": "调查", "停线/甩车风险": "是", "D4-D5提交日": "2026-11-28"}))
    plant.settled()
    number = next(str(row["客诉编号"]) for row in plant.rows() if row.get("客诉编号"))
    before = plant.snapshot()
    said = kesu("explain", number, "-c", plant.config)
    assert said.code == 0
    missing = [word for word in WORDS if word not in said.out]
    assert not missing, said.out
    assert plant.snapshot() == before


@pytest.mark.parametrize("number", ["KS-209901-001", ""])
def test_an_unknown_number_is_one_sentence(tmp_path: Path, number: str) -> None:
    plant = empty_plant(tmp_path / "一厂")
    said = kesu("explain", number, "-c", plant.config)
    assert said.code == 2
    assert "日志中没有编号" in said.err
