"""docs/rules.md is what the specification tables say; ``python -m tests.spec.rule_tables`` writes it anew."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline.rules
from schemas.section import Section
from schemas.settings import CustomerSetting, Settings
from tests.spec.rule_tables import RuleTables, all_rules, default_of, whole_document

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"
MODULES = {path.stem for path in Path(pipeline.rules.__file__).parent.glob("*.py")} - {"__init__"}
RULES = all_rules()

#: Modules of pipeline/rules that put together what others decide, each with where that is tested.
NO_TABLE = {
    "advise": "calls the rules of one complaint; tests/functional/test_cli_explain.py",
    "alert_mails": "mails that follow from line stop and containment; tests/spec/test_planned_effects.py",
    "baseline": "one summary a person; tests/spec/test_planned_effects.py",
    "case_mails": "collects mails; tests/spec/test_planned_effects.py",
    "cases": "joins the rows of the sheets by 客诉编号; used by every table",
    "changes": "sentences beside decisions that other tables hold; tests/spec/test_changes.py",
    "decide": "calls the rules of one complaint; the tables on clocks, duties and registration run through it",
    "history": "keys of effects in the journal; tests/spec/test_history.py",
    "meeting_mails": "mails that follow from sheet 会议; tests/spec/test_planned_meetings.py",
    "penalty_mails": "the mail of a penalty proposal; tests/spec/test_planned_effects.py",
    "registration_row": "a row that the registration rule calls for; tests/spec/test_personal_ledger.py",
    "release_mail": "the notice of a released row; tests/spec/test_planned_effects.py",
    "sending_policy": "when and to whom mail leaves; tests/spec/test_sending_policy.py",
    "share_links": "file addresses; tests/spec/test_rule_run_mails.py",
    "wanted_cells": "texts for our own cells; tests/spec/test_our_cells.py",
    "wanted_pictures": "files the pictures of a row in its folder; tests/spec/test_our_cells.py",
    "wanted_documents": "which documents follow from the decisions; tests/spec/test_planned_effects.py",
    "wanted_mails": "which mails follow from the decisions; tests/spec/test_planned_effects.py",
}
#: Sections of config.yaml that rules go by: every key of them is explained in some table.
SECTIONS = {*CustomerSetting.model_fields, "penalty", "calendar", "numbering"}


def test_the_document_is_generated_from_the_tables() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == whole_document()


def test_every_rule_module_has_a_table_or_a_reason() -> None:
    told = {module for rule in RULES for module in rule.modules}
    without = MODULES - told - NO_TABLE.keys()
    assert not without, f"write tests/spec/tables/*.yaml naming these modules under 代码: {sorted(without)}"
    assert NO_TABLE.keys() <= MODULES - told, "a module that has a table, or is gone, needs no reason"
    assert told <= MODULES, "a table names a module that does not exist"


def test_every_key_that_a_rule_goes_by_is_explained() -> None:
    keys = set()
    for name in SECTIONS:
        section = default_of(name)
        assert isinstance(section, Section)
        keys |= {f"{name}.{key}" for key in type(section).model_fields}
    missing = keys - {key for rule in RULES for key in rule.keys}
    assert not missing, f"name these under 参数 of a table: {sorted(missing)}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.title)
def test_a_table_is_whole(rule: RuleTables) -> None:
    assert rule.text.strip()
    assert any(step in rule.step for step in "0123456789")
    assert all(key.split(".")[0] in Settings.model_fields for key in rule.keys)
    for table in rule.tables:
        cases = [row["情形"] for row in table.rows]
        assert cases
        assert len(cases) == len(set(cases)), "two rows of one name"
