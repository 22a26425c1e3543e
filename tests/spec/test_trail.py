"""What the journal remembers of a field's changes, from the table ``trail.yaml``."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.ledger_tables import CONTACTS, complaint, ledger
from tests.spec.memory_plant import Plant
from tests.spec.rule_tables import load, row_id

RULE = load("trail")
NUMBER = "KS-202611-050"
ROW = complaint(客诉编号=NUMBER, 状态="整改", 客户要求8D="是", 紧急措施="换批")


def action(due: str) -> dict[str, object]:
    return {
        "客诉编号": NUMBER, "措施编号": "C1", "措施类别": "长期", "措施内容": "修模", "责任部门": "注塑车间",
        "责任人": "罗文斌", "计划完成日": due, "审核结论": "通过",
    }


@pytest.mark.parametrize("row", RULE.rows("延期次数"), ids=row_id)
def test_postponements_are_counted_from_what_passes_saw(row: dict[str, Any]) -> None:
    days, times = [str(day) for day in row["给"]["计划完成日"]], row["得"]["延期"]
    plant = Plant()
    plant.see(ledger([ROW], 措施跟踪=[action(days[0])], 通讯录=CONTACTS), "2026-11-26T08:00")
    for hour, day in enumerate(days, start=9):
        planned = plant.see(ledger([ROW], 措施跟踪=[action(day)], 通讯录=CONTACTS), f"2026-11-26T{hour:02d}:00")
    (case,) = planned.cases
    assert planned.advice[case.case_id].actions.actions[0].postponed == times
    said = [remark.sentence for remark in planned.remarks[case.case_id] if "已延期" in remark.sentence]
    assert said == ([f"措施C1“修模”已延期{times}次"] if times else [])


def test_two_actions_of_one_number_do_not_postpone_each_other_with_every_pass() -> None:
    plant = Plant()
    reading = ledger([ROW], 措施跟踪=[action("2026-12-01"), action("2026-12-05")], 通讯录=CONTACTS)
    for hour in range(8, 12):
        planned = plant.see(reading, f"2026-11-26T{hour:02d}:00")
    assert [state.postponed for state in planned.advice["c000001"].actions.actions] == [0, 0]
    assert len(plant.journal.memory().trails["c000001", "计划完成日 措施:C1"]) == 1


@pytest.mark.parametrize("row", RULE.rows("重新启动日"), ids=row_id)
def test_the_day_of_a_restart_is_the_day_it_was_first_seen(row: dict[str, Any]) -> None:
    plant, given = Plant(), row["给"]
    cells = {"重开次数": given["重开次数"]} if "重开次数" in given else {}
    for day, status in given["状态"].items():
        planned = plant.see(ledger([{**ROW, **cells, "状态": status}], 通讯录=CONTACTS), f"{day}T09:00")
    restart = planned.decisions["c000001"].restart
    assert (restart.since if restart else None) == row["得"]["重新启动日"]
