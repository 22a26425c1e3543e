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
    "反馈人": "宋立群", "联系方式": "000-0000-1001", "职务": "线边质量主管", "部门科室": "总装质量科",
    "负责工作": "冷却管路", "客户基地": "临江基地", "产品编号": "CW-2104", "不良批次": "CW1120A", "不良数量": 3,
    "批量数": 4000, "客户日用量": 320, "客户良品库存": 900, "客户诉求": "当日换货", "不良现象": "表面发白",
    "问题类型": "质量问题", "信息来源": "邮件", "状态": "调查", "责任工序": "注塑",
}
_COLUMNS = ("姓名", "部门", "岗位", "角色", "负责工序/客户基地", "班次", "直属上级", "代理人")
_PEOPLE = (
    ("周启航", "品质部", "质量工程师", None, None, None, "韩立川", "林若溪"),
    ("林若溪", "品质部", "质量工程师", None, None, None, "韩立川", None),
    ("韩立川", "品质部", "品质经理", None, None, None, None, None),
    ("罗文斌", "注塑车间", "车间主任", None, None, None, None, "段鹏飞"),
    ("段鹏飞", "注塑车间", "工艺工程师", "工序责任人", "注塑", "白班", None, None),
    ("孟凡超", "注塑车间", "班长", "工序责任人", "注塑 夜班", "夜班", None, None),
    ("彭小满", "品质部", "检验班长", "过程检验", "注塑、成型", "白班", None, None),
    ("马俊峰", "品质部", "检验班长", "过程检验", "注塑、装配", "夜班", None, None),
    ("钱小曼", "品质部", "检验班长", "进料检验", "进料", None, None, None),
    ("田野", "品质部", None, "驻线", "星河汽车 临江基地", None, None, "彭浩然"),
    ("彭浩然", "品质部", None, "驻线", "星河汽车 宁州基地", None, None, None),
    ("苏晓彤", "工艺技术部", "产品工程师", "技术顾问", "冷却水管", None, None, None),
    ("顾明哲", "工艺技术部", "部长", "部门负责人", "工艺", None, None, None),
    ("邵文博", "总经办", "副总经理", "高层", None, None, None, None),
)
PEOPLE: Mapping[str, Cells] = {line[0]: dict(zip(_COLUMNS, line, strict=True)) for line in _PEOPLE}


def contacts(changes: Mapping[str, Cells | None] | None = None) -> list[dict[str, object]]:
    """通讯录 with changes by name; None takes a person out, a name not known comes in."""
    rows: list[dict[str, object]] = []
    for name, cells in {**{name: {} for name in changes or {}}, **PEOPLE}.items():
        change = (changes or {}).get(name, {})
        if change is not None:
            rows.append(filled({"姓名": name, "邮箱": f"m{len(rows):02}@example.com", **cells, **change}))
    return rows


def filled(cells: Cells) -> dict[str, object]:
    """Without the cells that a table blanks (无)."""
    return {heading: value for heading, value in cells.items() if value is not None}


def case_and_directory(
    cells: Cells, people: Mapping[str, Cells | None] | None = None, *, meetings: Sequence[Cells] = (),
    change_points: Sequence[Cells] = (),
) -> tuple[Case, Directory]:
    """One complaint with all answers and the given cells on top, its other sheets, and 通讯录."""
    row = filled({**complaint(客诉编号="KS-1", **ANSWERS), **cells})

    def of_case(rows: Sequence[Cells]) -> list[dict[str, object]]:
        return [{"客诉编号": "KS-1", **filled(entry)} for entry in rows]

    reading = ledger([row], 通讯录=contacts(people), 会议=of_case(meetings), 变化点=of_case(change_points))
    sighting = identify(reading, {}, at("2026-11-26T09:00"), timedelta(0), 1, baseline=False).sightings[0]
    case = case_of(sighting, "KS-1", "", children_of(reading), reading.ledger)
    return case, directory_of([reading])


def level_of(case: Case) -> LevelDecision:
    """The level by the default rule."""
    return decide_level(case.complaint, LevelSetting())


#: Every field of 客诉台账, as a ledger with all columns keeps them.
ALL_FIELDS = frozenset(field.name for field in Complaint.fields())
