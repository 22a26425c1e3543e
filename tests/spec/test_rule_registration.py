"""登公共台账 ①–⑤ and the form of report, from the tables ``registration.yaml`` and ``report_form.yaml``."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.decision_cases import case_like, decisions_on
from tests.spec.follow_up_cases import assert_told
from tests.spec.rule_tables import load, row_id

REGISTRATION, FORM = load("registration"), load("report_form")


@pytest.mark.parametrize("row", REGISTRATION.rows("登不登，为什么"), ids=row_id)
def test_registration(row: dict[str, Any]) -> None:
    assert_told(decisions_on(case_like(row["给"])).registration, row["得"]["理由"])


@pytest.mark.parametrize("row", FORM.rows("用哪种报告"), ids=row_id)
def test_form(row: dict[str, Any]) -> None:
    form, expected = decisions_on(case_like(row["给"])).form, row["得"]
    name = "无" if form is None else "8D报告" if form.full_8d else "客诉处理单"
    assert name == expected["报告"]
    assert_told(form.reasons if form else (), expected["理由"])
