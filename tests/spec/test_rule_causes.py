"""原因分析检查: which findings the why chains and their actions give, by the tables of causes.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from pipeline.rules.causes import find_cause_faults
from schemas.causes import CauseSetting, Finding
from schemas.rows import Why
from tests.spec.good_eight_ds import EightD
from tests.spec.rule_tables import load, row_id

TABLES = load("causes")
ROWS = [row for table in TABLES.tables for row in table.rows]

OCCURRENCE = ["为什么渗漏→槽口有飞边", "为什么有飞边→锁模力没有监控"]
ESCAPE = ["为什么没有拦住→气密压力低", "为什么压力低→没有按客户工况评估压力"]
ACTIONS = [
    {"措施编号": "1", "措施类别": "长期", "对应原因": "锁模力没有监控", "措施内容": "锁模力低于下限自动停机"},
    {"措施编号": "2", "措施类别": "长期", "对应原因": "气密压力低", "措施内容": "出厂气密改为250 kPa"},
]
_LINE = re.compile(r"(?:(?P<step>\d+|无号) )?(?P<question>[^→]*)→(?P<answer>.*)")


def _whys(path: str | None, lines: Sequence[str]) -> list[dict[str, object]]:
    """Lines such as "3 为什么漏→没有监控": the step as typed (无号: none typed; nothing: in order)."""
    rows: list[dict[str, object]] = []
    for position, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line)
        assert match, line
        step = {None: position, "无号": None}.get(match["step"], match["step"])
        cells = {"路径": path, "第几问": step, "问": match["question"], "答": match["answer"]}
        rows.append({"客诉编号": "KS-1", **{name: value for name, value in cells.items() if value}})
    return rows


def _extra(path: str, lines: Sequence[str]) -> list[Why]:
    fields = {"客诉编号": "number", "路径": "path", "第几问": "step", "问": "question", "答": "answer"}
    return [Why.model_validate({fields[name]: cell for name, cell in row.items()}) for row in _whys(path, lines)]


def findings_on(given: Mapping[str, Any], setting: CauseSetting | None = None) -> tuple[Finding, ...]:
    """The findings on a complaint that is complete but for what ``given`` changes."""
    given = dict(given)
    chains = _whys("发生", given.pop("发生", OCCURRENCE)) + _whys("流出", given.pop("流出", ESCAPE))
    chains += _whys(None, given.pop("无路径", []))
    actions = [{"客诉编号": "KS-1", **row} for row in given.pop("措施", ACTIONS)]
    extra = _extra("发生", given.pop("8D发生", [])) + _extra("流出", given.pop("8D流出", []))
    full_8d = given.pop("完整8D", "是") != "否"
    cells = {
        "客诉编号": "KS-1", "接诉时间": "2026-11-02 08:00", "客户": "星河汽车", "产品名称": "冷却水管",
        "不良现象": "接头渗漏", "质量工程师": "周启航", "责任部门": "注塑车间", "再现次数": 3,
        "发生原因": "锁模力没有监控", "流出原因": "气密压力低", **given,
    }
    rows = {"原因分析": chains, "措施跟踪": actions}
    case = EightD("", {name: cell for name, cell in cells.items() if cell is not None}, rows).judged()[0]
    return find_cause_faults(case, setting, full_8d=full_8d, extra_whys=extra)


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_findings(row: dict[str, Any]) -> None:
    found = findings_on(row["给"])
    assert [f"{finding.severity.value} {finding.key}" for finding in found] == row["得"]


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_every_finding_names_a_remedy_in_one_sentence_and_has_its_own_key(row: dict[str, Any]) -> None:
    found = findings_on(row["给"])
    assert all("请" in finding.sentence and finding.sentence.endswith("。") for finding in found)
    assert all(mark not in finding.sentence for finding in found for mark in ",;()")
    assert len({finding.key for finding in found}) == len(found)


def test_a_plant_sets_the_number_of_whys() -> None:
    few = {"状态": "分析", "再现次数": 0, "措施": []}
    assert findings_on(few, CauseSetting(whys=2)) == ()
    assert len(findings_on(few, CauseSetting(whys=3))) == 2


def test_a_plant_sets_the_words_for_operator_errors() -> None:
    blamed = {"状态": "分析", "发生": ["为什么渗漏→槽口有飞边", "为什么有飞边→走神"]}
    assert findings_on(blamed) == ()
    assert [finding.fault.value for finding in findings_on(blamed, CauseSetting(operator_words=("走神",)))] == [
        "停在人的失误"
    ]


def test_a_finding_names_sheet_and_row() -> None:
    found = findings_on({"状态": "分析", "发生": ["为什么渗漏→槽口有飞边", "为什么有飞边→操作员失误"]})
    assert "“原因分析”第4行" in found[0].sentence
    assert "操作员失误" in found[0].sentence


def test_a_missing_chain_says_which_question_it_leaves_open() -> None:
    occurrence, escape = findings_on({"状态": "分析", "发生": [], "流出": []})
    assert "为什么会产生" in occurrence.sentence
    assert "流到了客户处" in escape.sentence


def test_a_circle_says_where_it_leads_back_to() -> None:
    chain = ["为什么渗漏→槽口有飞边", "为什么槽口有飞边→模具磨损", "为什么模具磨损→渗漏"]
    (found,) = findings_on({"状态": "调查", "发生": chain})
    assert "第3问的答只是重复了第1问所问的事" in found.sentence


@pytest.mark.parametrize(("count", "told"), [(3, "（措施1、措施2、措施3）"), (4, "（措施1、措施2、措施3等4条）")])
def test_many_actions_are_counted(count: int, told: str) -> None:
    actions = [{"措施编号": str(n), "对应原因": "锁模力", "措施内容": "全员培训"} for n in range(1, count + 1)]
    (found,) = findings_on({"状态": "整改", "措施": actions})
    assert told in found.sentence
