"""What is said of one complaint on board, in 系统校验 and in the digest; from the table ``remarks.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from schemas.case import CaseFiles
from schemas.remarks import Remark, Shown
from schemas.settings import LedgerSetting
from tests.spec.ledger_tables import CONTACTS, LEDGER, complaint, ledger
from tests.spec.memory_plant import QUIET, SETTINGS, Plant
from tests.spec.rule_tables import load, row_id

RULE = load("remarks")
Row = dict[str, Any]
SHEETS = {"措施": "措施跟踪", "会议": "会议", "原因": "原因分析", "变化点": "变化点", "回访": "跟踪回访"}
AROUND = {"早先", "台账", "文件", "以前的计划完成日"}
PLACES = {Shown.BOARD: "看板", Shown.CELL: "系统校验", Shown.DIGEST: "摘要"}


def remarks_on(given: Mapping[str, Any]) -> tuple[Remark, ...]:
    """What a pass on 2026-11-26 at 10:00 says of KS-1."""
    cells = {name: value for name, value in given.items() if name not in {*SHEETS, *AROUND}}
    own = complaint(**{"客诉编号": "KS-1", "产品编号": "CW-2104", **QUIET, **cells})
    earlier = [complaint(**{"产品编号": "CW-2104", **QUIET, **row}) for row in given.get("早先", ())]
    sheets = {
        title: [{"客诉编号": "KS-1", **row} for row in given[name]] for name, title in SHEETS.items() if name in given
    }
    ours: Row = {"通讯录": CONTACTS, "会议": [], **sheets}
    reading = ledger([*earlier, own], **ours)
    personal = given.get("台账") == "个人"
    kind = LedgerSetting(file=LEDGER, kind="personal", owner="周启航") if personal else LedgerSetting(file=LEDGER)
    plant = Plant(settings=SETTINGS.model_copy(update={"ledgers": (kind,)}))
    if before := given.get("以前的计划完成日"):
        sooner = [{**row, "计划完成日": before} for row in ours["措施跟踪"]]
        plant.see(ledger([*earlier, own], **{**ours, "措施跟踪": sooner}), "2026-11-26T08:30")
        plant.see(ledger([*earlier, own], **{**ours, "措施跟踪": sooner}), "2026-11-26T08:50")
    plant.see(reading, "2026-11-26T09:00")
    plant.see(reading, "2026-11-26T09:30")
    plant.files = CaseFiles(**{name: tuple(names) for name, names in given.get("文件", {}).items()})
    planned = plant.see(reading, "2026-11-26T10:00")
    (case,) = [case for case in planned.cases if case.number == "KS-1"]
    return planned.remarks[case.handle]


def as_told(remark: Remark) -> str:
    """Places, topic and sentence as the table has them; （可等） calls for no digest of its own."""
    places = "、".join(word for place, word in PLACES.items() if place in remark.shown)
    return f"{remark.topic.value}｜{places}{'（可等）' if remark.can_wait else ''}｜{remark.sentence}"


@pytest.mark.parametrize("row", [row for table in RULE.tables for row in table.rows], ids=row_id)
def test_what_is_said_and_where(row: Row) -> None:
    given = {name: value for name, value in row["给"].items() if name != "看"}
    said = [as_told(remark) for remark in remarks_on(given) if remark.topic.value in row["给"]["看"]]
    assert len(said) == len(row["得"]), said
    for line, expected in zip(said, row["得"], strict=True):
        places, part = expected.rsplit("｜", 1)
        assert line.startswith(f"{places}｜")
        assert all(piece in line for piece in part.split("…")), line


def test_a_registered_row_says_only_that_and_only_in_its_cell() -> None:
    plant = Plant(settings=SETTINGS.model_copy(update={"ledgers": (
        LedgerSetting(file=LEDGER), LedgerSetting(file="周启航.xlsx", kind="personal", owner="周启航"),
    )}))
    row = complaint(客诉编号="KS-1", 信息来源="营销部", 状态="调查", **QUIET)
    readings = [ledger([row], 通讯录=CONTACTS), ledger([row], name="周启航.xlsx")]
    planned = plant.see_all(readings, "2026-11-26T09:00")
    (personal,) = [case for case in planned.cases if case.ledger != LEDGER]
    (only,) = planned.remarks[personal.handle]
    assert as_told(only).startswith("登公共台账｜系统校验｜已登公共台账")
