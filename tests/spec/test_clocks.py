"""时限: when each clock is due, what stops it, and who then owes what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from pipeline.rules.cases import case_of, children_of, directory_of, kept_fields
from pipeline.rules.decide import decide
from pipeline.rules.identity import identify
from pipeline.workdays import Workdays
from schemas.decisions import ClockName, Decisions
from schemas.settings import ClockSetting, CustomerSetting, LedgerSetting, Settings
from tests.spec.ledger_tables import CONTACTS, at, complaint, ledger

SETTINGS = Settings(version=1, site="测试厂", ledgers=(LedgerSetting(file="客诉台账.xlsx"),))


Cells = Mapping[str, object]


def decisions_on(
    now: str, cells: Cells, settings: Settings = SETTINGS, actions: Sequence[Cells] = ()
) -> Decisions:
    """Decide on one complaint number KS-1 at a time."""
    reading = ledger([complaint(客诉编号="KS-1", **cells)], 通讯录=CONTACTS, 措施跟踪=actions)
    sighting = identify(reading, {}, at(now), timedelta(0), 1, baseline=False).sightings[0]
    case = case_of(sighting, "KS-1", "", children_of(reading), reading.ledger)
    kept = kept_fields(reading)[case.place.sheet]
    return decide(case, kept, directory_of([reading]), settings, Workdays(), at(now))


DUE = [
    # 单元格                                                     时限                     到期
    ({}, ClockName.CONTAINMENT, "2026-11-26T08:30"),
    ({"客户要求8D": "是"}, ClockName.D3, "2026-11-27T08:00"),
    ({"客户要求8D": "是"}, ClockName.D5, "2026-12-03T23:59"),
    ({"客户要求8D": "是"}, ClockName.D8, "2026-12-10T23:59"),
    ({"客户要求8D": "是", "责任判定": "供应商"}, ClockName.D5, "2026-12-10T23:59"),
    ({"客户要求8D": "是", "8D要求日": "2026-12-01"}, ClockName.D8, "2026-12-01T23:59"),
    ({"客户要求8D": "是", "接诉时间": "2026-09-29 10:00"}, ClockName.D5, "2026-10-12T23:59"),
    ({"要求结案日": "2026-12-20"}, ClockName.CLOSURE, "2026-12-20T23:59"),
]


@pytest.mark.parametrize(("cells", "name", "due"), DUE)
def test_due(cells: Cells, name: ClockName, due: str) -> None:
    clock = next(clock for clock in decisions_on("2026-11-26T09:00", cells).clocks if clock.name is name)
    assert clock.due == at(due)


def test_a_one_page_case_has_no_report_clocks() -> None:
    assert {clock.name for clock in decisions_on("2026-11-26T09:00", {}).clocks} == {ClockName.CONTAINMENT}


def test_no_containment_clock_without_the_time_of_day() -> None:
    assert decisions_on("2026-11-26T09:00", {"接诉时间": "2026-11-26"}).clocks == ()


def test_a_clock_that_the_ledger_could_never_stop_does_not_run() -> None:
    reading = ledger([complaint(客诉编号="KS-1", 客户要求8D="是", **{"8D要求日": "2026-12-01"})])
    sighting = identify(reading, {}, at("2026-11-26T09:00"), timedelta(0), 1, baseline=False).sightings[0]
    case = case_of(sighting, "KS-1", "", children_of(reading), reading.ledger)
    kept = frozenset({"number", "received", "d8_due"})
    clocks = decide(case, kept, directory_of([reading]), SETTINGS, Workdays(), at("2026-11-26T09:00")).clocks
    assert [clock.name for clock in clocks] == [ClockName.D8]


def test_paused_keeps_only_the_customers_dates() -> None:
    decided = decisions_on("2026-11-26T09:00", {"状态": "暂停", "客户要求8D": "是", "8D要求日": "2026-12-01"})
    assert {clock.name for clock in decided.clocks} == {ClockName.CONTAINMENT, ClockName.D8}


def test_a_customers_own_clock_wins_and_leaves_the_others() -> None:
    own = SETTINGS.model_copy(update={"customers": {"星河汽车": CustomerSetting(clocks=ClockSetting(d8_workdays=8))}})
    due = {clock.name: clock.due for clock in decisions_on("2026-11-26T09:00", {"客户要求8D": "是"}, own).clocks}
    assert due[ClockName.D8] == at("2026-12-08T23:59")
    assert due[ClockName.D5] == at("2026-12-03T23:59")


STOPPED = [({"D3提交日": "2026-11-27"}, ClockName.D3), ({"紧急措施时间": "2026-11-26 08:20"}, ClockName.CONTAINMENT),
           ({"紧急措施": "驻线返工"}, ClockName.CONTAINMENT), ({"8D提交日": "2026-12-05"}, ClockName.D8)]


@pytest.mark.parametrize(("cells", "name"), STOPPED)
def test_what_stops_a_clock(cells: Cells, name: ClockName) -> None:
    decided = decisions_on("2026-12-20T09:00", {"客户要求8D": "是", **cells})
    assert next(clock for clock in decided.clocks if clock.name is name).stopped is not None
    assert all(duty.key != name.value for duty in decided.duties)


ACTIONS = [
    # 措施行                                                            天数 (None = 不欠)
    ({"计划完成日": "2026-11-20"}, 6),
    ({"计划完成日": "2026-11-26"}, 0),
    ({"计划完成日": "2026-12-03"}, -7),
    ({"计划完成日": "2026-12-04"}, None),
    ({"计划完成日": "2026-11-20", "实际完成日": "2026-11-19"}, None),
    ({"计划完成日": "2026-11-20", "实际完成日": "2026-11-19", "审核结论": "驳回"}, 6),
]


@pytest.mark.parametrize(("action", "late"), ACTIONS)
def test_who_owes_an_action(action: Cells, late: int | None) -> None:
    row = {"客诉编号": "KS-1", "措施编号": "C1", "措施内容": "修模", "责任人": "罗文斌", **action}
    duties = decisions_on("2026-11-26T09:00", {"紧急措施": "换批"}, actions=[row]).duties
    assert [(duty.person, duty.days_late) for duty in duties] == ([] if late is None else [("罗文斌", late)])


def test_an_action_of_a_paused_case_is_not_owed() -> None:
    row = {"客诉编号": "KS-1", "措施内容": "修模", "责任人": "罗文斌", "计划完成日": "2026-11-01"}
    assert decisions_on("2026-11-26T09:00", {"状态": "暂停", "紧急措施": "换批"}, actions=[row]).duties == ()


def test_nothing_is_owed_on_a_closed_case() -> None:
    row = {"客诉编号": "KS-1", "措施内容": "修模", "责任人": "罗文斌", "计划完成日": "2026-11-01"}
    assert decisions_on("2026-11-26T09:00", {"状态": "关闭"}, actions=[row]).duties == ()
