"""时限: when each clock is due and what stops it, from the table ``clocks.yaml``."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.decisions import Clock, ClockName
from tests.spec.decision_cases import case_like, decisions_on, settings_with
from tests.spec.rule_tables import load, row_id

RULE = load("clocks")
REPORTS = (ClockName.D3, ClockName.D5, ClockName.D8)
#: Which clocks each table is about.
ABOUT = {
    "紧急措施": (ClockName.CONTAINMENT,), "D3、D4-D5、8D 何时到期": REPORTS, "D3、D4-D5、8D 何时停": REPORTS,
    "重新启动的": REPORTS, "效果确认": (ClockName.EFFECTIVENESS,), "结案": (ClockName.CLOSURE,),
}
ROWS = [pytest.param(name, row, id=f"{name}-{row_id(row)}") for name in ABOUT for row in RULE.rows(name)]


def shown(clock: Clock) -> str:
    """A clock as the table writes it."""
    due = f"{clock.due:%Y-%m-%d}" if clock.day_only else f"{clock.due:%Y-%m-%d %H:%M}"
    return due + ("，人定" if clock.by_hand else "") + ("，已停" if clock.stopped else "")


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_clock(table: str, row: dict[str, Any]) -> None:
    given = {"客户要求8D": "是", **row["给"]}
    missing, demanded = given.pop("没有的列", ()), given.pop("客户另定", None)
    decided = decisions_on(case_like(given), settings_with(demanded), missing=missing)
    found = {clock.name.value: shown(clock) for clock in decided.clocks if clock.name in ABOUT[table]}
    assert found == {name: str(text) for name, text in row["得"].items()}


def test_every_clock_has_a_table() -> None:
    assert {name for names in ABOUT.values() for name in names} == set(ClockName)
    assert {table.name for table in RULE.tables} == set(ABOUT)
