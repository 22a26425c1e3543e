"""周报还缺什么资料, from the table ``weekly_inputs.yaml``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.rules.weekly_inputs import missing_inputs
from schemas.case import CaseFiles
from tests.spec.decision_cases import case_like, decisions_on
from tests.spec.proposal_cases import ANSWERS
from tests.spec.rule_tables import load, row_id

RULE = load("weekly_inputs")
COMPLETE = {
    **ANSWERS, "状态": "整改", "紧急措施": "换批", "发生原因": "磨损", "流出原因": "漏检", "长期措施": "修模",
}


@pytest.mark.parametrize("row", RULE.rows("缺什么"), ids=row_id)
def test_what_the_weekly_report_lacks(row: dict[str, Any]) -> None:
    given = {**COMPLETE, **row["给"]}
    files = given.pop("附件", None)
    case = case_like(given, given.pop("表", None))
    case = replace(case, files=None if files is None else CaseFiles(attachments=tuple(files)))
    assert list(missing_inputs(case, decisions_on(case))) == row["得"]
