"""What the journal remembers of a field's changes: postponements of an action, the day of a restart."""

from __future__ import annotations

import pytest

from schemas.follow_up import Restart
from tests.spec.ledger_tables import CONTACTS, complaint, ledger
from tests.spec.test_planned_effects import Plant

NUMBER = "KS-202611-050"
ROW = complaint(客诉编号=NUMBER, 状态="整改", 客户要求8D="是", 紧急措施="换批")


def action(due: str) -> dict[str, object]:
    return {
        "客诉编号": NUMBER, "措施编号": "C1", "措施类别": "长期", "措施内容": "修模", "责任部门": "注塑车间",
        "责任人": "罗文斌", "计划完成日": due, "审核结论": "通过",
    }


TABLE = [
    # 各轮看到的计划完成日                              延期次数
    (["2026-12-01"], 0),
    (["2026-12-01", "2026-12-01"], 0),
    (["2026-12-01", "2026-12-08"], 1),
    (["2026-12-01", "2026-12-08", "2026-12-08", "2026-12-15"], 2),
    (["2026-12-08", "2026-12-01"], 0),          # 提前不算延期
    (["2026-12-01", "2026-12-08", "2026-12-01", "2026-12-08"], 2),
]


@pytest.mark.parametrize(("days", "times"), TABLE)
def test_postponements_are_counted_from_what_passes_saw(days: list[str], times: int) -> None:
    plant = Plant()
    plant.see(ledger([ROW], 措施跟踪=[action(days[0])], 通讯录=CONTACTS), "2026-11-26T08:00")
    for hour, day in enumerate(days, start=9):
        planned = plant.see(ledger([ROW], 措施跟踪=[action(day)], 通讯录=CONTACTS), f"2026-11-26T{hour:02d}:00")
    (case,) = planned.cases
    assert planned.advice[case.case_id].actions.actions[0].postponed == times
    said = [remark.sentence for remark in planned.remarks[case.case_id] if "已延期" in remark.sentence]
    assert said == ([f"措施C1“修模”已延期{times}次"] if times else [])


def restart_after(*statuses: tuple[str, str]) -> Restart | None:
    plant = Plant()
    for status, when in statuses:
        planned = plant.see(ledger([{**ROW, "状态": status}], 通讯录=CONTACTS), when)
    return planned.decisions["c000001"].restart


def test_the_day_of_a_restart_is_the_day_it_was_first_seen() -> None:
    seen = restart_after(
        ("跟踪", "2026-11-20T09:00"), ("重新启动", "2026-11-23T09:00"), ("重新启动", "2026-11-26T09:00")
    )
    assert seen is not None
    assert f"{seen.since}" == "2026-11-23"
    again = restart_after(
        ("重新启动", "2026-11-20T09:00"), ("跟踪", "2026-11-23T09:00"), ("重新启动", "2026-11-26T09:00")
    )
    assert again is not None
    assert f"{again.since}" == "2026-11-26"


def test_a_case_that_never_was_restarted_has_no_restart() -> None:
    assert restart_after(("调查", "2026-11-20T09:00"), ("跟踪", "2026-11-23T09:00")) is None
