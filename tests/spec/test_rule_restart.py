"""重新启动: version, working status, old actions, 检讨原因, from the table ``restart.yaml``."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.rules.restart import eight_d_version, restart_of, working_status
from schemas.follow_up import Restart
from schemas.values import Status
from tests.spec.follow_up_cases import assert_told, case_with, day, key_of
from tests.spec.rule_tables import load, row_id

RULE = load("restart")


def _restart(given: dict[str, Any]) -> Restart | None:
    case = case_with({heading: value for heading, value in given.items() if heading != "重新启动日"})
    return restart_of(case, day(given["重新启动日"]) if "重新启动日" in given else None)


@pytest.mark.parametrize("row", RULE.rows("版次与处理"), ids=row_id)
def test_version_and_status(row: dict[str, Any]) -> None:
    expected, case, restart = row["得"], case_with(row["给"]), _restart(row["给"])
    assert (restart is not None) is (expected["重启"] == "是")
    assert eight_d_version(case.complaint) == expected["版次"]
    assert working_status(case.complaint) is Status(expected["按"])
    if restart is not None:
        assert (restart.version, restart.times) == (expected["版次"], expected["版次"] - 1)
        assert restart.working is Status(expected["按"])
        assert f"第{restart.times}次重新启动，8D为第{restart.version}版" in restart.notes[0]
        assert_told(restart.missing, expected["缺"])
        assert any("按“调查”处理" in note for note in restart.notes) is (case.complaint.status is Status.RESTARTED)


@pytest.mark.parametrize("row", RULE.rows("哪些是原有措施"), ids=row_id)
def test_old_and_new_actions(row: dict[str, Any]) -> None:
    expected, restart = row["得"], _restart(row["给"])
    assert restart is not None
    assert restart.since == (day(expected["重新启动日"]) if expected["重新启动日"] else None)
    told = {"原有": restart.old, "新的": restart.new, "不明": restart.undated}
    assert told == {name: tuple(key_of(number) for number in expected[name]) for name in told}
    assert any("分不清" in note for note in restart.notes) is bool(expected["不明"])
