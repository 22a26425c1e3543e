"""8D验收评分: what a customer's reviewer gives each D; good 8Ds, and what each way of spoiling one costs."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from schemas.causes import Acceptance, EightDStep
from tests.spec.eight_d_mutations import MUTATIONS, Mutation
from tests.spec.good_eight_ds import Cells, EightD, load_all
from tests.spec.rule_tables import load, row_id

GOOD = load_all()
MODEL = next(report for report in GOOD if report.name == "冷却水管接头渗漏")
SPOILT = [(report, mutation) for report in GOOD for mutation in MUTATIONS if mutation.when(report)]
ROWS = [row for table in load("acceptance").tables for row in table.rows]
_ABOUT_ACTIONS = re.compile(r"措施\d*|去掉措施|.*全部")
STEPS = tuple(step.name for step in EightDStep)


def _change_actions(actions: list[Cells], key: str, value: Any) -> list[Cells]:
    """措施: other actions; 措施2: cells of action 2; 去掉措施: by number; 验证结果全部: one cell of all."""
    if key == "措施":
        return [{"客诉编号": "KS-1", **row} for row in value]
    if key == "去掉措施":
        return [row for row in actions if row["措施编号"] not in value]
    if key.endswith("全部"):
        return [{**row, key.removesuffix("全部"): value} for row in actions]
    return [{**row, **value} if row["措施编号"] == key.removeprefix("措施") else row for row in actions]


def _longer_chain(report: EightD, answer: str) -> None:
    links = report.chain("发生")
    question = f"为什么{links[-1]['答']}"
    report.sheets["原因分析"].append({**links[-1], "第几问": len(links) + 1, "问": question, "答": answer})


def _given(given: dict[str, Any]) -> EightD:
    """The model 8D with what a row changes: cells, whole sheets, added rows (加围堵), actions."""
    report = MODEL.copy()
    for key, value in given.items():
        sheet = key.removeprefix("加")
        if key == "通讯录没有":
            report.people = [row for row in report.people if value not in {row["姓名"], "所有人"}]
        elif key == "固化文件":
            report.documents = value
        elif key == "加发生":
            _longer_chain(report, value)
        elif key == "流出":
            report.sheets["原因分析"] = report.chain("发生")
        elif _ABOUT_ACTIONS.fullmatch(key):
            report.sheets["措施跟踪"] = _change_actions(report.sheets["措施跟踪"], key, value)
        elif sheet in report.sheets:
            before = report.sheets[sheet] if sheet != key else []
            report.sheets[sheet] = [*before, *({"客诉编号": "KS-1", **row} for row in value)]
        else:
            report.complaint[key] = value
    return report


def _result(row: dict[str, Any]) -> Acceptance:
    return _given(row["给"]).judged()[-1]


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_points_and_remarks(row: dict[str, Any]) -> None:
    result, wanted = _result(row), row["得"]
    if wanted == "不评":
        assert all(score.points is None for score in result.steps)
        assert result.note
        return
    points = {name: value for name, value in wanted.items() if name != "意见"}
    shown = {score.step.name: "未到" if score.points is None else score.points for score in result.steps}
    assert shown == {**dict.fromkeys(STEPS, 2), **points}
    assert not result.note
    remarks = [remark for score in result.steps for remark in score.remarks]
    assert bool(remarks) == ("意见" in wanted)
    assert not remarks or any(wanted["意见"] in remark for remark in remarks)


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_a_remark_stands_exactly_with_every_d_below_two(row: dict[str, Any]) -> None:
    for score in _result(row).steps:
        assert bool(score.remarks) == (score.points in {0, 1})
        assert all(remark.startswith(f"{score.step.name}：") and remark.endswith("。") for remark in score.remarks)


def test_a_delegate_who_stands_in_for_the_head_decides() -> None:
    report = MODEL.copy()
    head = next(row for row in report.people if row["姓名"] == "罗文斌")
    head.update({"角色": "部门负责人（不能决策）", "代理人": "苏衡"})
    del report.sheets["会议"][:]
    assert report.points()["D1"] == 2


@pytest.mark.parametrize(("unit", "points"), [("注塑车间", 2), ("装配车间", 1)])
def test_another_head_of_the_department_may_attend_instead(unit: str, points: int) -> None:
    report = _given({"会议": [{"状态": "已召开", "实到": "周启航、蔡和平"}]})
    report.people.append({"姓名": "蔡和平", "部门": unit, "岗位": "车间副主任", "邮箱": "cai@example.com"})
    assert report.points()["D1"] == points


def test_total_and_weakest() -> None:
    report = _given({"状态": "跟踪", "客户基地": None, "断点日期": None, "断点批次": None, "围堵": []})
    result = report.judged()[-1]
    assert (result.total, result.possible) == (12, 16)
    assert [score.step.name for score in result.lowest] == ["D3"]
    assert MODEL.judged()[-1].lowest == ()
    assert (MODEL.judged()[-1].total, MODEL.judged()[-1].possible) == (18, 18)


@cache
def _points(index: int) -> dict[str, int | None]:
    return GOOD[index].points()


def test_there_are_thirty_8ds_each_spoilt_in_six_ways_or_more() -> None:
    assert len(GOOD) == 30
    assert len({report.name for report in GOOD}) == 30
    assert all(sum(report is other for other, _ in SPOILT) >= 6 for report in GOOD)


@pytest.mark.parametrize("report", GOOD, ids=lambda report: report.name)
def test_a_good_8d_is_accepted(report: EightD) -> None:
    due = [points for points in report.points().values() if points is not None]
    assert 0 not in due
    assert due.count(2) >= len(due) - 1


@pytest.mark.parametrize(("report", "mutation"), SPOILT, ids=[
    f"{number}-of-{len(SPOILT)}-{report.name}-{mutation.name}"
    for number, (report, mutation) in enumerate(SPOILT, start=1)
])
def test_spoiling_lowers_exactly_that_d(report: EightD, mutation: Mutation) -> None:
    before = _points(GOOD.index(report))
    spoilt = report.copy()
    mutation.spoil(spoilt)
    after = spoilt.points()
    had, has = before[mutation.step], after[mutation.step]
    assert had is not None
    assert has is not None
    assert has < had
    assert {step: after[step] for step in after if step != mutation.step} == {
        step: before[step] for step in before if step != mutation.step
    }
