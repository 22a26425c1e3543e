"""例会周报: which complaints the deck shows, what it says has changed, and when it is written, from ``deck.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pipeline.rules.cases import case_of, children_of, directory_of, kept_fields
from pipeline.rules.decide import decide
from pipeline.rules.deck_decisions import questions_of
from pipeline.rules.deck_facts import changes_since, facts_of, shown_item
from pipeline.rules.deck_flow import flow_of
from pipeline.rules.deck_items import DeckItem, DeckMatter, deck_items
from pipeline.rules.deck_statistics import ages, on_time, weeks
from pipeline.rules.deck_view import DeckWeek, deck_view
from pipeline.rules.history import History
from pipeline.rules.identity import identify
from pipeline.rules.pareto import pareto
from pipeline.rules.runs import BEFORE_START, SUBJECT, mark_kind
from pipeline.rules.wanted_deck import KIND, NAME, open_week
from pipeline.workdays import Workdays
from schemas.case import Standing
from schemas.deck import ItemSlide, ShownItem, StepState
from schemas.effects import EffectKey, EffectRecord, EffectState
from schemas.schedule import Errand
from schemas.settings import LedgerSetting, Settings
from tests.spec.ledger_tables import CONTACTS, LEDGER, at, complaint, ledger
from tests.spec.rule_tables import load, row_id

RULE = load("deck")
SETTINGS = Settings(version=1, site="测试厂", ledgers=(LedgerSetting(file=LEDGER),))
NOW = at("2026-11-26T10:00")
LAST_MEETING = date(2026, 11, 20)
Row = dict[str, Any]
ACTION = ("措施计划日", "措施完成日")


def matters(*rows: Mapping[str, Any], now: datetime = NOW) -> list[DeckMatter]:
    """Complaints K-1, K-2 … decided as of ``now``; 措施计划日 and 措施完成日 make an action."""
    cells = [
        complaint(客诉编号=f"K-{number}", 接诉时间=row.get("接诉", "2026-11-02"),
                  **{name: value for name, value in row.items() if name not in {"接诉", "上次", *ACTION}})
        for number, row in enumerate(rows, 1)
    ]
    actions = [
        {"客诉编号": f"K-{number}", "措施编号": "1", "措施内容": "修模", "责任人": "罗文斌", "审核结论": "通过",
         "计划完成日": row.get("措施计划日") or "2026-12-20", "实际完成日": row.get("措施完成日") or ""}
        for number, row in enumerate(rows, 1) if any(name in row for name in ACTION)
    ]
    reading = ledger(cells, 通讯录=CONTACTS, 措施跟踪=actions)
    children, kept, directory = children_of(reading), kept_fields(reading), directory_of([reading])
    found = identify(reading, {}, now, now - now, 1, baseline=False).sightings
    cases = [case_of(sighting, sighting.known.number, "", children, LEDGER) for sighting in found]
    return [
        DeckMatter(replace(case, standing=Standing.MANAGED),
                   decide(case, kept[case.place.sheet], directory, SETTINGS, Workdays(), now))
        for case in cases
    ]


def shown_before(row: Mapping[str, Any], times: int = 1) -> dict[str, ShownItem]:
    """What the last meeting saw of K-1 when it stood as in 上次; nothing when it was not shown."""
    if "上次" not in row:
        return {}
    (before,) = matters({"接诉": row.get("接诉", "2026-11-02"), **row["上次"]})
    facts = facts_of(before.case, before.decisions, LAST_MEETING)
    return {before.case.case_id: shown_item(before.case, facts, times)}


def told(items: tuple[DeckItem, ...]) -> str:
    if not items:
        return "不上会"
    return f"单页 {items[0].why}" if items[0].why else "一行"


@pytest.mark.parametrize("row", RULE.rows("上不上会，有没有单页"), ids=row_id)
def test_who_is_shown_and_who_gets_pages(row: dict[str, Any]) -> None:
    given = row["给"]
    items = deck_items(matters(given), shown_before(given), LAST_MEETING, NOW.date())
    assert told(items) == row["得"]


@pytest.mark.parametrize("row", RULE.rows("与上次例会比"), ids=row_id)
def test_what_has_changed(row: dict[str, Any]) -> None:
    (now,) = matters(row["给"]["现在"])
    before = shown_before({"上次": row["给"]["上次"]})
    facts = facts_of(now.case, now.decisions, NOW.date())
    assert list(changes_since(before[now.case.case_id], facts)) == row["得"]


def history_of(given: Mapping[str, str]) -> History:
    then = datetime(2020, 1, 1, tzinfo=UTC)
    weekly = mark_kind(Errand.WEEKLY)
    keys = [(EffectKey("测试厂", weekly, SUBJECT, "2026-W30"), EffectState.DONE, "")]
    for word, state in (("已写", EffectState.DONE), ("未写成", EffectState.INTENDED)):
        if word in given:
            keys.append((EffectKey("测试厂", KIND, NAME, given[word]), state, ""))
    if "启用前" in given:
        keys = [(EffectKey("测试厂", weekly, SUBJECT, given["启用前"]), EffectState.DONE, BEFORE_START)]
    return History("测试厂", {key: EffectRecord(key, state, "", inputs, "", then, then, 1, None)
                              for key, state, inputs in keys})


@pytest.mark.parametrize("row", RULE.rows("什么时候写周报"), ids=row_id)
def test_when_a_deck_may_be_written(row: dict[str, Any]) -> None:
    week = open_week(at(row["给"]["现在"]), Workdays(), SETTINGS, history_of(row["给"]))
    assert (week.period if week else "不写") == row["得"]


def one_item(row: Row) -> DeckItem:
    (matter,) = matters(row)
    (item,) = deck_items([matter], shown_before({"上次": {"状态": "调查"}}), LAST_MEETING, NOW.date())
    return item


STATES = {StepState.DONE: "完成", StepState.NOW: "进行", StepState.LATE: "逾期", StepState.AHEAD: "未到"}


@pytest.mark.parametrize("row", RULE.rows("单页上的流程"), ids=row_id)
def test_where_each_step_of_the_timeline_stands(row: Row) -> None:
    steps = flow_of(one_item(row["给"]), NOW.date())
    assert [f"{step.name} {STATES[step.state]}" for step in steps] == row["得"]


@pytest.mark.parametrize("row", RULE.rows("需要会议决定"), ids=row_id)
def test_what_the_meeting_has_to_decide(row: Row) -> None:
    assert list(questions_of(one_item(row["给"]))) == row["得"]


def test_no_deck_where_the_plant_switched_it_off() -> None:
    off = SETTINGS.model_copy(update={"weekly": SETTINGS.weekly.model_copy(update={"deck": False})})
    assert open_week(NOW, Workdays(), off, history_of({})) is None


def test_rollover_counts_the_meetings_before_and_the_worst_comes_first() -> None:
    row: Row = {"接诉": "2026-11-02", "状态": "调查", "上次": {"状态": "调查"}}
    rows: list[Row] = [row, {"接诉": "2026-11-25", "状态": "调查", "停线/甩车风险": "是"},
            {"接诉": "2026-11-10", "状态": "关闭", "关闭日期": "2026-11-25"}]
    items = deck_items(matters(*rows), shown_before(row, times=3), LAST_MEETING, NOW.date())
    assert [(item.matter.case.number, item.rollover) for item in items] == [
        ("K-2", "首次上会"), ("K-1", "第3次滚动"), ("K-3", "首次上会"),
    ]
    week = DeckWeek("2026-W48", date(2026, 11, 27), LAST_MEETING, "", "测试厂")
    _, remembered = deck_view(matters(*rows), shown_before(row, times=3), week, NOW)
    assert {item.number: item.times for item in remembered} == {"K-1": 4, "K-2": 1}  # what is closed rolls no further


def test_more_complaints_than_pages_are_said_so_on_every_page() -> None:
    week = DeckWeek("2026-W48", date(2026, 11, 27), LAST_MEETING, "", "测试厂", most_pages=2)
    view, _ = deck_view(matters(*[{"接诉": "2026-11-25", "状态": "调查"}] * 5), {}, week, NOW)
    assert sum(isinstance(slide, ItemSlide) for slide in view.slides) == 2
    assert view.footer.endswith("单页只到第 2 件，另有 3 件见一览")
    everyone = next(slide for slide in view.slides if slide.key == "list")
    assert len(everyone.blocks[0].rows) == 5  # type: ignore[union-attr]  # the list is one table


def test_the_figures_behind_the_charts() -> None:
    found = matters(
        {"接诉": "2026-11-24", "状态": "调查", "失效类别": "泄漏"},
        {"接诉": "2026-11-02", "状态": "关闭", "关闭日期": "2026-11-18", "失效类别": "泄漏"},
        {"接诉": "2026-10-01", "状态": "整改"},
        {"接诉": "2026-09-01", "状态": "关闭"},                       # closed on an unknown day: never counts as open
        {"接诉": "2026-11-20", "状态": "调查", "功能失效": "是", "D3提交日": "2026-11-25"},
    )
    counted = weeks(found, NOW.date())
    assert [(week.week, week.opened, week.closed, week.open) for week in counted[-4:]] == [
        (45, 1, 0, 2), (46, 0, 0, 2), (47, 1, 1, 2), (48, 1, 0, 3),
    ]
    assert dict(ages(found, NOW.date())) == {"≤7天": 2, "8–14天": 0, "15–30天": 0, "31–60天": 1, ">60天": 0}
    classes = pareto(matter.case.complaint.failure_class for matter in found)
    assert [(bar.name, bar.count, bar.cumulated) for bar in classes] == [("（未填）", 3, 0.6), ("泄漏", 2, 1.0)]
    kept = {entry.clock.value: (entry.kept, entry.due) for entry in on_time(found, NOW)}
    assert kept["D3"] == (0, 1)  # 24 hours from 11-20, submitted on 11-25


def test_a_long_tail_of_classes_is_put_together_at_the_end() -> None:
    bars = pareto((f"类{number}" for number in range(12)), 8)
    assert (len(bars), bars[-1].name, bars[-1].count, bars[-1].cumulated) == (8, "其他", 5, 1.0)
