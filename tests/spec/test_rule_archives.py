"""月末归档: which complaints a month's archive holds, what each lacks; from the table ``archives.yaml``."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.plan import Plan
from schemas.effects import MakeArchive, SendMail
from schemas.settings import LedgerSetting
from tests.spec.ledger_tables import CONTACTS, LEDGER, complaint, ledger
from tests.spec.rule_tables import load, row_id
from tests.spec.test_planned_effects import QUIET, SETTINGS, Plant

RULE = load("archives")
Row = dict[str, Any]
MEASURE = {"客诉编号": "KS-1", "措施内容": "修模", "责任人": "罗文斌"}


def month_end(given: Row) -> Plan:
    """The pass at 17:00 on the month-end day over one complaint."""
    cells = {name: value for name, value in given.items() if name not in {"措施", "会议", "台账"}}
    personal = given.get("台账") == "个人"
    kind = LedgerSetting(file=LEDGER, kind="personal", owner="周启航") if personal else LedgerSetting(file=LEDGER)
    plant = Plant(settings=SETTINGS.model_copy(update={"ledgers": (kind,)}))
    row = complaint(**{"客诉编号": "KS-1", "状态": "调查", "信息来源": "营销部", "客户要求8D": "是",
                       "接诉时间": "2026-11-05 08:00", **QUIET, **cells})
    reading = ledger(
        [row], 通讯录=CONTACTS, 措施跟踪=[{**MEASURE, **more} for more in given.get("措施", ())],
        会议=[{"客诉编号": "KS-1", "时间": "2026-11-09 10:00", **more} for more in given.get("会议", ())],
    )
    plant.see(reading, "2026-11-20T10:00")
    plant.see(reading, "2026-11-20T10:20")
    plant.see(reading, "2026-11-30T09:00")
    return plant.see(reading, "2026-11-30T17:00")


def orders(planned: Plan) -> list[MakeArchive]:
    return [effect.payload for effect in planned.effects if isinstance(effect.payload, MakeArchive)]


@pytest.mark.parametrize("row", RULE.rows("哪些客诉进 2026-11 的归档"), ids=row_id)
def test_what_belongs_in(row: Row) -> None:
    found = orders(month_end(row["给"]))
    assert [case.number for order in found for case in order.cases] == (["KS-1"] if row["得"] == "归档" else [])


@pytest.mark.parametrize("row", RULE.rows("缺什么，谁欠"), ids=row_id)
def test_what_is_missing(row: Row) -> None:
    (order,) = orders(month_end(row["给"]))
    (case,) = order.cases
    assert [f"{owing.what} {owing.person}" for owing in case.owing] == row["得"]["台账"]
    assert [f"{expected.what} {expected.person}" for expected in case.expected] == row["得"]["应有"]


def test_the_archive_is_planned_after_the_papers_that_belong_in_and_once() -> None:
    planned = month_end({"状态": "调查"})
    kinds = [effect.key.kind for effect in planned.effects]
    assert kinds.count("archive") == 1
    assert kinds.index("archive") > max((at for at, kind in enumerate(kinds) if kind.startswith("doc.")), default=-1)
    assert not [effect for effect in planned.effects if isinstance(effect.payload, SendMail)
                and effect.key.kind == "mail.hand_over"]  # only what was made is handed over
