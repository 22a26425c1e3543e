"""Cases and a 通讯录 for the tables on questions, dispatch, participants and meetings; people and firms invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from pipeline.rules.cases import case_of, children_of, directory_of
from pipeline.rules.identity import identify
from pipeline.rules.severity import decide_level
from schemas.case import Case, Directory
from schemas.decisions import LevelDecision
from schemas.rows import Complaint
from schemas.settings import LevelSetting
from tests.spec.ledger_tables import at, complaint, ledger

Cells = Mapping[str, object]

#: Every answer that is ever asked for.
ANSWERS: Cells = {
    "反馈人": "宋立群", "联系方式": "000-0000-1001", "职务": "线边质量主管", "部门科室": "总装质量科", "负责工作": "冷却管路",
    "客户基地": "临江基地", "产品编号": "CW-2104", "不良批次": "CW1120A", "不良数量": 3, "批量数": 4000, "客户日用量": 320,
    "客户良品库存": 900, "客户诉求": "当日换货", "不良现象": "表面发白", "问题类型": "质量问题", "信息来源": "邮件",
    "状态": "调查", "责任工序": "注塑",
}
PEOPLE: Mapping[str, Cells] = {
    "周启航": {"部门": "品质部", "岗位": "质量工程师", "直属上级": "韩立川", "代理人": "林若溪"},
    "林若溪": {"部门": "品质部", "岗位": "质量工程师", "直属上级": "韩立川"},
    "韩立川": {"部门": "品质部", "岗位": "品质经理"},
    "罗文斌": {"部门": "注塑车间", "岗位": "车间主任", "代理人": "段鹏飞"},
    "段鹏飞": {"部门": "注塑车间", "岗位": "工艺工程师", "角色": "工序责任人", "负责工序/客户基地": "注塑", "班次": "白班"},
    "孟凡超": {"部门": "注塑车间", "岗位": "班长", "角色": "工序责任人", "负责工序/客户基地": "注塑 夜班", "班次": "夜班"},
    "彭小满": {"部门": "品质部", "岗位": "检验班长", "角色": "过程检验", "负责工序/客户基地": "注塑、成型", "班次": "白班"},
    "马俊峰": {"部门": "品质部", "岗位": "检验班长", "角色": "过程检验", "负责工序/客户基地": "注塑、装配", "班次": "夜班"},
    "钱小曼": {"部门": "品质部", "岗位": "检验班长", "角色": "进料检验", "负责工序/客户基地": "进料"},
    "田野": {"部门": "品质部", "角色": "驻线", "负责工序/客户基地": "星河汽车 临江基地", "代理人": "彭浩然"},
    "彭浩然": {"部门": "品质部", "角色": "驻线", "负责工序/客户基地": "星河汽车 宁州基地"},
    "苏晓彤": {"部门": "工艺技术部", "岗位": "产品工程师", "角色": "技术顾问", "负责工序/客户基地": "冷却水管"},
    "顾明哲": {"部门": "工艺技术部", "岗位": "部长", "角色": "部门负责人", "负责工序/客户基地": "工艺"},
    "邵文博": {"部门": "总经办", "岗位": "副总经理", "角色": "高层"},
}


def contacts(changes: Mapping[str, Cells | None] | None = None) -> list[Cells]:
    """通讯录 with changes by name; None takes a person out."""
    rows = []
    for name, cells in {**PEOPLE, **{name: {} for name in changes or {} if name not in PEOPLE}}.items():
        change = (changes or {}).get(name, {})
        if change is not None:
            mail = f"m{len(rows):02}@example.com"
            rows.append(filled({"姓名": name, "邮箱": mail, **cells, **change}))
    return rows


def filled(cells: Cells) -> dict[str, object]:
    """Without the cells that a table blanks (无)."""
    return {heading: value for heading, value in cells.items() if value is not None}


def case_and_directory(
    cells: Cells, people: Mapping[str, Cells | None] | None = None, **sheets: Sequence[Cells]
) -> tuple[Case, Directory]:
    """One complaint with all answers and the given cells on top, its other sheets, and 通讯录."""
    row = filled({**complaint(客诉编号="KS-1", **ANSWERS), **cells})
    named = {sheet: [{"客诉编号": "KS-1", **filled(entry)} for entry in rows] for sheet, rows in sheets.items()}
    reading = ledger([row], 通讯录=contacts(people), **named)
    sighting = identify(reading, {}, at("2026-11-26T09:00"), timedelta(0), 1, baseline=False).sightings[0]
    case = case_of(sighting, "KS-1", "", children_of(reading), reading.ledger)
    return case, directory_of([reading])


def level_of(case: Case) -> LevelDecision:
    """The level by the default rule."""
    return decide_level(case.complaint, LevelSetting())


#: Every field of 客诉台账, as a ledger with all columns keeps them.
ALL_FIELDS = frozenset(field.name for field in Complaint.fields())
