"""升级: who up the chain hears of a serious or late complaint, from the table ``escalation.yaml``."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.rules.cases import directory_of
from pipeline.rules.decide import decide
from pipeline.rules.escalation import chain_of, decide_escalations
from pipeline.workdays import Workdays
from schemas.case import Case, CaseRows, Directory, Standing
from schemas.escalation import EscalationSetting
from schemas.settings import LedgerSetting, Settings
from tests.spec.ledger_tables import LEDGER, at, ledger
from tests.spec.rule_tables import load, row_id

RULE = load("escalation")
NOW = at("2026-11-26T09:00")
PEOPLE: tuple[dict[str, object], ...] = (
    {"姓名": "周启航", "岗位": "质量工程师", "直属上级": "韩立川"},
    {"姓名": "韩立川", "岗位": "品质经理", "直属上级": "程远山"},
    {"姓名": "程远山", "岗位": "副总", "角色": "高层"},
)
ROW: dict[str, object] = {
    "客诉编号": "KS-1", "接诉时间": "2026-11-16 08:00", "客户": "星河汽车", "产品名称": "水管", "不良现象": "泄漏",
    "质量工程师": "周启航", "状态": "分析", "客户要求8D": "是", "紧急措施": "换批", "D3提交日": "2026-11-16",
    "D4-D5提交日": "2026-11-18", "8D要求日": "2026-12-04",
}


KEYS = {"从哪级起": "level_from", "高层从哪级起": "senior_from", "第2级工作日": "second_workdays", "时限": "clocks"}


def directory_for(given: dict[str, Any]) -> Directory:
    people = [dict(person) for person in PEOPLE]
    if given.pop("上级", "是") == "否":
        people[0].pop("直属上级")
    if given.pop("上级互填", "否") == "是":
        people[1]["直属上级"] = "周启航"
    return directory_of([ledger(通讯录=people)])


def told(cells: dict[str, Any]) -> dict[str, list[str | None]]:
    given = dict(cells)
    directory = directory_for(given)
    setting = EscalationSetting.model_validate({key: given.pop(name) for name, key in KEYS.items() if name in given})
    seen = at(f"{given.pop('首次看到', '2026-11-16')}T08:05")
    row = {**ROW, **{{"等级": "客诉等级"}.get(name, name): value for name, value in given.items()}}
    row = {name: value for name, value in row.items() if value is not None}
    reading = ledger([row])
    (found,) = reading.complaints
    case = Case("c1", "KS-1", LEDGER, CaseRows(found), Standing.MANAGED, seen, seen)
    settings = Settings(version=1, site="厂", ledgers=(LedgerSetting(file=LEDGER),))
    kept = frozenset(reading.sheets[0].columns)
    decisions = decide(case, kept, directory, settings, Workdays(), NOW)
    steps = decide_escalations(case, decisions, directory, setting, Workdays(), NOW)
    return {step.occasion: [contact.name for contact in step.to] for step in steps}


@pytest.mark.parametrize("row", [*RULE.rows("按等级"), *RULE.rows("按时限")], ids=row_id)
def test_who_is_told(row: dict[str, Any]) -> None:
    assert told(row["给"]) == row["得"]["通知"]


def test_the_chain_ends_at_a_circle_and_before_the_colleague() -> None:
    circle = directory_of([ledger(通讯录=[{**PEOPLE[0]}, {**PEOPLE[1], "直属上级": "周启航"}])])
    assert [contact.name for contact in chain_of(circle, "周启航", senior=True)] == ["韩立川"]
    assert chain_of(circle, "无此人", senior=True) == ()


def test_a_clock_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match="不认识的时限"):
        EscalationSetting(clocks=("紧急措施",))
