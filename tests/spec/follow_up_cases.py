"""A complaint on which nothing is missing for closing, to be changed by the tables; people and firms invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from pipeline.rules.action_facts import action_key
from pipeline.rules.cases import case_of, children_of
from pipeline.rules.identity import Sighting, identify
from pipeline.rules.registration import registration_reasons
from pipeline.rules.report_form import decide_form
from pipeline.rules.severity import decide_level
from schemas.case import Case
from schemas.decisions import Form
from schemas.rows import MODELS, Action, SheetKind
from schemas.settings import LevelSetting
from schemas.workbook import Place, Row
from tests.spec.ledger_tables import at, complaint, ledger

Cells = Mapping[str, object]
TODAY = date(2026, 11, 26)

#: The row of 客诉台账: a full 8D in 跟踪, its break point 47 days before TODAY.
FULL: Cells = {
    "客诉编号": "KS-1", "接诉时间": "2026-09-01 08:00", "状态": "跟踪", "客户要求8D": "是", "产品编号": "CW-2104",
    "不良批次": "CW0820A", "发生原因": "锁模力衰减，槽口飞边", "流出原因": "出厂气密压力低于客户工况",
    "断点日期": "2026-10-10", "断点批次": "CW1010A", "8D提交日": "2026-09-15",
}
_COLUMNS = (
    "措施类别", "对应原因", "措施内容", "责任部门", "责任人", "计划完成日", "实际完成日", "审核结论", "验证结果",
)
ACTIONS: Mapping[str, Cells] = {
    "C1": dict(zip(_COLUMNS, (
        "临时", "飞边", "停用2号机，全检库存", "注塑车间", "段鹏飞", "2026-09-02", "2026-09-02", "通过", None,
    ), strict=True)),
    "C2": dict(zip(_COLUMNS, (
        "长期", "锁模力衰减", "更换油缸密封", "设备部", "崔永刚", "2026-09-20", "2026-09-19", "通过", "有效",
    ), strict=True)) | {"验证批次1": "CW1010A", "验证批次2": "CW1013A", "验证批次3": "CW1016B"},
    "C3": dict(zip(_COLUMNS, (
        "防呆", "气密压力不足", "气密改250 kPa并自动锁件", "装配车间", "尹思远", "2026-10-08", "2026-10-08", "通过",
        "有效",
    ), strict=True)),
}
CALLBACKS: Sequence[Cells] = (
    {"日期": "2026-11-12", "对象": "田野（驻线）", "使用情况": "装车1860台无渗漏", "是否复发": "否"},
)


def _filled(cells: Cells) -> dict[str, object]:
    return {heading: value for heading, value in cells.items() if value is not None}


def _of(number: str, rows: Sequence[Cells]) -> list[dict[str, object]]:
    return [{"客诉编号": number, **_filled(row)} for row in rows]


def actions_with(changes: Mapping[str, Cells | None] | None) -> list[dict[str, object]]:
    """The actions with changes by 措施编号; None takes one out, a number not known comes in."""
    numbers = {**ACTIONS, **(changes or {})}
    rows: list[dict[str, object]] = []
    for number in numbers:
        change = (changes or {}).get(number, {})
        if change is not None:
            rows.append({"措施编号": number, **ACTIONS.get(number, {}), **change})
    return rows


def cases_of(rows: Sequence[Cells], sheets: Mapping[str, Sequence[Cells]] = MappingProxyType({})) -> list[Case]:
    """Cases of one ledger; each row needs its 客诉编号; ``sheets`` by their Chinese name."""
    given: dict[str, Any] = {"today": TODAY, **sheets}
    reading = ledger([_filled(complaint(**dict(row))) for row in rows], **given)
    children = children_of(reading)
    found = identify(reading, {}, at("2026-11-26T09:00"), timedelta(0), 1, baseline=False).sightings

    def case(sighting: Sighting) -> Case:
        return case_of(sighting, sighting.row.record.number or "", "", children, reading.ledger)

    return [case(sighting) for sighting in found]


def case_with(given: Mapping[str, Any], base: Cells = FULL) -> Case:
    """The complete complaint with a table row's cells on top; 措施, 回访, 围堵, 原因分析 are its other sheets."""
    sheets = {"措施", "回访", "围堵", "原因分析"}
    cells = {**base, **{heading: value for heading, value in given.items() if heading not in sheets}}
    number = str(cells["客诉编号"])
    actions = [] if "措施" in given and given["措施"] is None else actions_with(given.get("措施"))
    return cases_of([cells], {
        "措施跟踪": _of(number, actions), "跟踪回访": _of(number, given.get("回访", CALLBACKS) or ()),
        "围堵": _of(number, given.get("围堵", ())), "原因分析": _of(number, given.get("原因分析", ())),
    })[0]


def key_of(number: str) -> str:
    """The key of the action with this 措施编号, by which rules and journal know it."""
    return action_key(Row(Place(SheetKind.ACTIONS.value, 3), Action(action_number=number), {}, {}))


def form_of(case: Case) -> Form | None:
    """Full 8D or 处理单 by the default rules."""
    setting = LevelSetting()
    level = decide_level(case.complaint, setting)
    return decide_form(case.complaint, registration_reasons(case.complaint, level, setting))


def all_columns() -> dict[SheetKind, frozenset[str]]:
    """Every sheet with all its fields, to take some away."""
    return {kind: frozenset(field.name for field in model.fields()) for kind, model in MODELS.items()}


def day(text: object) -> date:
    """A day of a table; YAML gives dates as dates."""
    return text if isinstance(text, date) else date.fromisoformat(str(text))


def assert_told(sentences: Sequence[str], words: Sequence[str]) -> None:
    """Each entry of ``words`` is found in its own sentence, in this order, and nothing else is said."""
    assert len(sentences) == len(words), sentences
    for sentence, part in zip(sentences, words, strict=True):
        assert part in sentence, sentences
