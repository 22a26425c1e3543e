"""派人前往: who goes to the customer, when and why, from the table ``dispatch.yaml``."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.rules.completeness import missing_answers
from pipeline.rules.dispatch import propose_dispatch
from schemas.inquiry import DispatchProposal, DispatchSetting
from schemas.values import Level
from tests.spec.ledger_tables import at
from tests.spec.proposal_cases import ALL_FIELDS, case_and_directory, level_of
from tests.spec.rule_tables import load, row_id

RULE = load("dispatch")
NO_CELLS = {"现在", "附件", "通讯录"}
ROWS = [row for table in RULE.tables for row in table.rows]


def proposal(given: dict[str, Any], setting: DispatchSetting | None = None) -> DispatchProposal | None:
    cells = {heading: value for heading, value in given.items() if heading not in NO_CELLS}
    case, directory = case_and_directory(cells, given.get("通讯录"))
    files = given.get("附件", ["IMG_0012.JPG"])
    questions = missing_answers(case.complaint, ALL_FIELDS)
    now = at(str(given["现在"]))
    return propose_dispatch(case, questions, level_of(case), directory, files, setting or DispatchSetting(), now)


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_who_goes(row: dict[str, Any]) -> None:
    found, wanted = proposal(row["给"]), row["得"]
    if found is None or wanted["建议"] is None:
        assert (found.trip.value if found else None) == wanted["建议"]
        return
    assert (found.trip.value, found.person, list(found.missing)) == (wanted["建议"], wanted["人"], wanted["缺"])
    for words in (*wanted.get("理由", ()), "不再建议"):
        assert any(words in reason for reason in found.reasons), found.reasons


def test_the_plant_sets_its_own_hours_and_level() -> None:
    given = {"现在": "2026-11-26T09:00", "不良批次": None, "客诉等级": "严重"}
    soon = proposal(given, DispatchSetting(resident_after_hours=1))
    assert soon is not None
    assert "接诉已超过 1 小时，仍缺：不良批次" in soon.reasons
    at_once = proposal({"现在": "2026-11-26T08:00", "客诉等级": "严重"}, DispatchSetting(at_once_from=Level.SERIOUS))
    assert at_once is not None
    assert at_once.reasons[0] == "等级为严重（台账中由人定为严重）"


def test_the_proposal_says_how_to_reach_the_person() -> None:
    found = proposal({"现在": "2026-11-26T12:00", "不良批次": None, "通讯录": {"田野": {"电话": "000-0000-0013"}}})
    assert found is not None
    assert found.contact == "000-0000-0013"
