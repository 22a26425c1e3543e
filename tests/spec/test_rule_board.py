"""看板: next step, order, counts (table ``board.yaml``), documents, alerts and events from a journal in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from pipeline.rules.board_view import BoardMatter, BoardState, board_view, score_text
from schemas.board import BoardView
from schemas.effects import Effect, EffectKey, Outcome
from schemas.payloads import MarkRefused, MarkRound, SendMail
from schemas.workbook import Issue
from tests.spec.ledger_tables import CONTACTS, at, complaint, ledger
from tests.spec.memory_plant import QUIET, Plant
from tests.spec.rule_tables import load, row_id

RULE = load("board")
Row = dict[str, Any]


def board_of(plant: Plant, rows: Sequence[Mapping[str, Any]], passes: int = 3, **state: Any) -> BoardView:
    """The board after some passes over complaints; 措施 in a row is a measure of that complaint due that day."""
    cells = [complaint(**{**QUIET, **row}) for row in rows]
    measures = [
        {"客诉编号": row["客诉编号"], "措施编号": "C1", "措施内容": "修模", "责任人": "罗文斌",
         "计划完成日": row["措施"]}
        for row in rows if "措施" in row
    ]
    filled = [{name: value for name, value in row.items() if value is not None and name != "措施"} for row in cells]
    reading = ledger(filled, 通讯录=CONTACTS, 措施跟踪=measures, 会议=[])
    if unread := state.pop("没读懂", None):
        sheet = reading.sheets[0]
        (first, *others) = sheet.rows
        issue = Issue(sheet.name, f"H{first.place.row}", "defects", unread, "不是件数")
        sheet = replace(sheet, rows=(replace(first, issues=(issue,)), *others))
        reading = replace(reading, sheets=(sheet, *reading.sheets[1:]), issues=(issue,))
    for index in range(passes):
        planned = plant.see(reading, f"2026-11-26T09:{20 * index:02}")
    matters = [
        BoardMatter(
            case, planned.decisions[case.handle], planned.remarks[case.handle],
            score_text(planned.advice.get(case.handle)), planned.notes.get(case.handle, ""),
            planned.pending.get(case.handle, ()),
        )
        for case in planned.cases
    ]
    given: Row = {"unreadable": {}, "vanished": (), "rehearsal": False, "deferred": {}, **state}
    effects = plant.journal.memory().effects
    facts = BoardState(
        "测试厂", [reading], records_of=effects.of_case, troubled=effects.to_look_at(), done=effects.newest_done(),
        **given,
    )
    return board_view(matters, facts, at("2026-11-26T10:00"))


@pytest.mark.parametrize("row", RULE.rows("下一步"), ids=row_id)
def test_the_next_step(row: Row) -> None:
    cells = {"客诉编号": None, **{name: value for name, value in row["给"].items() if name not in {"另有", "遍数"}}}
    view = board_of(Plant(), [*row["给"].get("另有", ()), cells], row["给"].get("遍数", 3))
    assert row["得"] in [case.next_step for case in view.cases]
    assert len(view.cases) == 1 + len(row["给"].get("另有", ()))


@pytest.mark.parametrize("row", RULE.rows("次序"), ids=row_id)
def test_the_order_of_the_cases(row: Row) -> None:
    view = board_of(Plant(), row["给"])
    assert {"在办": [case.number for case in view.cases], "关闭": view.closed_count} == row["得"]


@pytest.mark.parametrize("row", RULE.rows("按人和部门计数"), ids=row_id)
def test_the_counts(row: Row) -> None:
    view = board_of(Plant(), row["给"])
    people, departments = (
        [f"{tally.name} {tally.open} {tally.overdue} {tally.waiting}" for tally in tallies]
        for tallies in (view.by_engineer, view.by_department)
    )
    assert {"人": people, "部门": departments} == row["得"]


def test_old_cases_stand_apart_and_nothing_of_theirs_is_due() -> None:
    view = board_of(Plant(baseline=True), [{"客诉编号": "KS-1", "措施": "2026-11-20", "状态": "整改"}])
    assert [case.number for case in view.baseline] == ["KS-1"]
    assert (view.cases, view.duties, view.closed_count) == ((), (), 0)


def test_what_is_due_stands_worst_first_with_its_folder() -> None:
    view = board_of(Plant(), [
        {"客诉编号": "KS-1", "状态": "整改", "措施": "2026-11-25"},
        {"客诉编号": "KS-2", "状态": "整改", "措施": "2026-11-20"},
    ])
    assert [(duty.label.split()[0], duty.days_late, duty.link.split()[0]) for duty in view.duties] == [
        ("KS-2", 6, "客诉资料/2026/KS-2"), ("KS-1", 1, "客诉资料/2026/KS-1"),
    ]
    assert {case.number: case.overdue for case in view.cases} == {
        "KS-1": ("措施C1“修模” 逾期1天",), "KS-2": ("措施C1“修模” 逾期6天",),
    }


def test_a_document_that_a_person_changed_has_ours_beside_it() -> None:
    plant = Plant()
    assert [title for title, _ in board_of(plant, [{"客诉编号": "KS-1"}]).cases[0].documents] == [
        "询问清单-草稿.txt", "客诉处理单.docx",
    ]
    plant.people_wrote = {"客诉处理单.docx"}
    (case,) = board_of(plant, [{"客诉编号": "KS-1", "不良数量": 7}]).cases
    assert [title for title, _ in case.documents] == ["询问清单-草稿.txt", "客诉处理单.docx", "客诉处理单.docx"]
    assert case.notes == ("原文件已由人修改，保持不动；新草稿在旁：客诉处理单.docx",)
    plant.people_wrote = set()
    (case,) = board_of(plant, [{"客诉编号": "KS-1", "不良数量": 8}]).cases
    assert [title for title, _ in case.documents] == ["询问清单-草稿.txt", "客诉处理单.docx"]
    assert case.notes == ()


def test_a_line_says_what_the_row_says() -> None:
    (case,) = board_of(Plant(), [{
        "客诉编号": "KS-1", "产品名称": None, "产品编号": "CW-2104", "接诉时间": "2026-11-24 08:00", "状态": "调查",
        "功能失效": "是",
    }]).cases
    assert (case.number, case.customer, case.product, case.phenomenon) == ("KS-1", "星河汽车", "CW-2104", "接头泄漏")
    assert (case.level, case.level_reasons, case.status, case.standing) == ("严重", ("功能失效",), "调查", "已纳入")
    assert (case.engineer, case.department, case.age_days) == ("周启航", "注塑车间", 2)
    assert case.link.startswith("客诉资料/2026/KS-1")
    assert case.received.startswith("2026-11-24")
    topics = dict(case.remarks)
    assert any("建议立即召开第1次会议" in sentence for sentence in topics["会议"])
    assert case.score.count("/") == 1
    assert any(sentence.startswith("待补充：") for sentence in case.waiting)


def test_a_cell_that_was_not_understood_names_the_engineer_of_its_row() -> None:
    rows = [{"客诉编号": "KS-1"}, {"客诉编号": "KS-2", "质量工程师": "彭小满"}]
    (problem,) = board_of(Plant(), rows, 没读懂="很多").problems
    assert (problem.place, problem.value, problem.engineer) == ("客诉台账.xlsx 客诉台账!H3", "很多", "周启航")


def test_how_old_each_ledger_is_and_since_when_it_cannot_be_read() -> None:
    since = {"旧台账.xlsx": at("2026-11-26T08:00"), "客诉台账.xlsx": at("2026-11-26T07:00")}
    ages = board_of(
        Plant(), [], unreadable={"旧台账.xlsx": "文件损坏"}, unreadable_since=since,
        deferred={"客诉台账.xlsx": "08:00 起等待"},
    ).ledgers
    assert [(age.name, age.reason, age.unreadable_since, age.waiting_to_write) for age in ages] == [
        ("客诉台账.xlsx", "", None, "08:00 起等待"), ("旧台账.xlsx", "文件损坏", since["旧台账.xlsx"], ""),
    ]


def _effect(kind: str, subject: str, title: str, payload: Any = None) -> Effect:
    return Effect(EffectKey("测试厂", kind, subject), title, "", payload or MarkRound())


def test_what_failed_or_is_uncertain_alarms_and_confidential_matters_do_not() -> None:
    plant, now = Plant(), at("2026-11-26T08:00")
    mail = SendMail("release", ("luo@example.com",), (), {})
    for effect, error, uncertain in (
        (_effect("doc.eight_d", "KS-1", "KS-1 8D报告.docx"), "模板有误", False),
        (_effect("mail.release", "KS-1", "KS-1 通知注塑车间", mail), "", True),
        (_effect("mail.penalty", "KS-1", "KS-1 处罚建议", mail), "没有邮箱", False),
        (_effect("cells", "客诉台账.xlsx", "写入 3 格"), "周启航 正在使用", False),
        (_effect("row.register", "KS-2", "登记 KS-2"), "周启航 正在使用", False),
    ):
        plant.journal.intend(effect, now)
        plant.journal.start(effect.key, now)
        plant.journal.fail(effect.key, error, now, uncertain=uncertain)
    refused = _effect("refused", "客诉台账.xlsx", "A3", MarkRefused())
    plant.journal.intend(refused, now)
    plant.journal.finish(refused.key, Outcome("A3 写不进"), now)
    view = board_of(
        plant, [{"客诉编号": "KS-7"}], unreadable={"客诉台账.xlsx": "文件损坏"}, vanished=("KS-5",),
        deferred={"客诉台账.xlsx": "08:00 起等待：周启航 正在使用"}, calendar_warning="日历缺 2027 年",
        template_faults=("处理单模板有误",), more_alerts=("一封邮件没能读懂",),
    )
    assert view.alerts == (
        "日历缺 2027 年", "处理单模板有误", "台账暂时读不到：文件损坏",
        "编号 KS-5 的行不见了：提醒已停，资料夹保留；若是误删请恢复",
        "KS-1 8D报告.docx 未完成：模板有误", "KS-1 通知注塑车间：结果不明,请人工核对", "A3 写不进", "一封邮件没能读懂",
    )


def test_events_are_the_newest_first_and_link_to_what_was_made() -> None:
    events = board_of(Plant(), [{"客诉编号": "KS-1"}]).events
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
    linked = {event.text: event.link for event in events}
    assert linked["KS-1 客诉处理单.docx"] == "客诉资料/2026/KS-1 星河汽车 冷却水管/客诉处理单.docx"
    many = Plant()
    for number in range(60):
        effect = _effect("number", f"c{number:06}", f"编号 KS-{number}")
        many.journal.intend(effect, at("2026-11-20T08:00"))
        many.journal.finish(effect.key, Outcome("x"), at(f"2026-11-20T08:{number:02}"))
    shown = board_of(many, []).events
    assert len(shown) == 40
    assert shown[0].text == "编号 KS-59"
