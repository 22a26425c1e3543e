"""Thirty 8Ds that a customer would accept, of different stages and products, as rows of the ledger's sheets."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.rules.acceptance import score
from pipeline.rules.cases import case_of, children_of, directory_of, kept_fields
from pipeline.rules.causes import find_cause_faults
from pipeline.rules.decide import decide
from pipeline.rules.identity import identify
from pipeline.workdays import Workdays
from schemas.case import Case
from schemas.causes import Acceptance, Finding
from schemas.decisions import Decisions
from schemas.settings import LedgerSetting, Settings
from tests.spec.ledger_tables import at, ledger

FOLDER = Path(__file__).with_name("eight_ds")
NUMBER = "KS-1"
NOW = at("2026-11-26T09:00")
SETTINGS = Settings(version=1, site="测试厂", ledgers=(LedgerSetting(file="客诉台账.xlsx"),))
Cells = dict[str, object]

_PEOPLE = (
    # 姓名, 部门, 岗位, 角色, 负责工序
    ("周启航", "品质部", "质量工程师", "", ""), ("韩立川", "品质部", "品质经理", "", ""),
    ("罗文斌", "注塑车间", "车间主任", "部门负责人", "注塑"), ("邱海峰", "注塑车间", "班长", "工序责任人", "注塑"),
    ("谢雨桐", "装配车间", "车间主任", "部门负责人", "装配"), ("丁学军", "装配车间", "班长", "工序责任人", "装配"),
    ("郑有为", "挤出车间", "车间主任", "部门负责人", "挤出"), ("江晓岚", "挤出车间", "班长", "工序责任人", "挤出"),
    ("康世杰", "橡胶车间", "车间主任", "部门负责人", "硫化"), ("龚小娟", "橡胶车间", "班长", "工序责任人", "硫化"),
    ("傅明", "采购部", "部长", "部门负责人", "采购"), ("韦国强", "采购部", "供应商质量工程师", "工序责任人", "外协件"),
    ("白冬梅", "物流部", "部长", "部门负责人", "仓储"), ("侯勇", "物流部", "发运班长", "工序责任人", "发运"),
    ("彭小满", "品质部", "检验班组长", "过程检验", "注塑"), ("汤玉", "品质部", "检验班组长", "过程检验", "装配"),
    ("石敏", "品质部", "检验班组长", "过程检验", "挤出"), ("尤佳", "品质部", "检验班组长", "过程检验", "硫化"),
    ("任静", "品质部", "检验班组长", "进料检验", "外协件"), ("马蕾", "品质部", "检验班组长", "出货检验", "发运"),
    ("苏衡", "工艺技术部", "产品工程师", "技术顾问", "冷却管路"), ("安国栋", "总经办", "总经理", "高层", ""),
)
_CONTAINMENT = ("地点", "数量", "已检", "不良", "处置", "负责人", "完成时间")
_ACTION = ("措施类别", "对应原因", "措施内容", "责任部门", "责任人", "计划完成日", "实际完成日", "验证结果", "验证人",
           "验证批次", "证据")
_MEETING = ("第几次", "状态", "时间", "应到", "实到", "结论")
_CALLBACK = ("日期", "对象", "使用情况")


def contacts() -> list[Cells]:
    """通讯录 of the plant behind the thirty 8Ds."""
    return [
        {"姓名": name, "部门": unit, "岗位": position, "角色": role, "负责工序/客户基地": scope,
         "邮箱": f"p{number}@example.com", "直属上级": "韩立川"}
        for number, (name, unit, position, role, scope) in enumerate(_PEOPLE)
    ]


@dataclass
class EightD:
    """The rows behind one 8D, by sheet; a mutation works on a ``copy``."""

    name: str
    complaint: Cells
    sheets: dict[str, list[Cells]]
    documents: list[str] = field(default_factory=list)
    people: list[Cells] = field(default_factory=contacts)

    def copy(self) -> EightD:
        """The same rows, to be changed."""
        return copy.deepcopy(self)

    @property
    def is_closed(self) -> bool:
        """Whether the case has come to its end."""
        return self.complaint["状态"] == "关闭"

    @property
    def is_tracked(self) -> bool:
        """Whether D6 and D7 are due."""
        return self.complaint["状态"] in {"跟踪", "关闭"}

    def chain(self, path: str) -> list[Cells]:
        """The whys of one path."""
        return [row for row in self.sheets["原因分析"] if row["路径"] == path]

    def judged(self) -> tuple[Case, Decisions, tuple[Finding, ...], Acceptance]:
        """The case as a pass puts it together, with its decisions, findings and score."""
        sheets: dict[str, Any] = {**self.sheets, "通讯录": self.people}
        reading = ledger([self.complaint], today=NOW.date(), **sheets)
        sighting = identify(reading, {}, NOW, timedelta(0), 1, baseline=False).sightings[0]
        case = case_of(sighting, NUMBER, "", children_of(reading), reading.ledger)
        kept = kept_fields(reading)[case.place.sheet]
        decisions = decide(case, kept, directory_of([reading]), SETTINGS, Workdays(), NOW)
        findings = find_cause_faults(case)
        return case, decisions, findings, score(case, decisions, findings, self.documents)

    def points(self) -> dict[str, int | None]:
        """The points by D."""
        return {result.step.name: result.points for result in self.judged()[-1].steps}


def _rows(headings: Sequence[str], rows: Sequence[Sequence[object]] | None) -> list[Cells]:
    return [
        {"客诉编号": NUMBER, **{name: value for name, value in zip(headings, row, strict=False) if value != ""}}
        for row in rows or ()
    ]


def whys(path: str, lines: Sequence[str] | None) -> list[Cells]:
    """A chain from lines such as 为什么渗漏→槽口有飞边."""
    pairs = [line.split("→", 1) for line in lines or ()]
    return [
        {"客诉编号": NUMBER, "路径": path, "第几问": step, "问": question, "答": answer}
        for step, (question, answer) in enumerate(pairs, start=1)
    ]


def _action(row: Cells, number: int) -> Cells:
    lots = str(row.pop("验证批次", "")).split("/")
    dated = {f"验证批次{index}": lot for index, lot in enumerate(lots, start=1) if lot}
    return {**row, **dated, "措施编号": str(number), "审核结论": "通过"}


def eight_d(raw: Mapping[str, Any]) -> EightD:
    """One 8D from its compact form."""
    complaint = {
        "客诉编号": NUMBER, "质量工程师": "周启航", "问题类型": "质量问题", "客户要求8D": "是", "状态": raw["状态"],
        **raw["台账"],
    }
    sheets = {
        "围堵": _rows(_CONTAINMENT, raw.get("围堵")),
        "变化点": _rows(("人机料法环测", "变化内容", "判定"), raw.get("变化点")),
        "原因分析": whys("发生", raw.get("发生")) + whys("流出", raw.get("流出")),
        "措施跟踪": [_action(row, number) for number, row in enumerate(_rows(_ACTION, raw.get("措施")), start=1)],
        "会议": _rows(_MEETING, raw.get("会议")),
        "跟踪回访": [{**row, "是否复发": "否"} for row in _rows(_CALLBACK, raw.get("回访"))],
    }
    return EightD(raw["名"], complaint, sheets, list(raw.get("固化", ())))


def load_all() -> list[EightD]:
    """All thirty, in the order of their files."""
    parser = YAML(typ="safe")
    files = sorted(FOLDER.glob("*.yaml"))
    return [eight_d(raw) for path in files for raw in parser.load(path.read_text(encoding="utf-8"))]
