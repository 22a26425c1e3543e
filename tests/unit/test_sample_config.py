"""config.yaml documents the defaults: what it states is what holds where a plant leaves it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.configuration import load_settings
from schemas.section import Section
from schemas.settings import LedgerSetting, Settings

SAMPLE = load_settings(Path(__file__).resolve().parents[2] / "config.yaml")
DEFAULTS = Settings(version=1, site="示例工厂", ledgers=(LedgerSetting(file="客诉台账.xlsx"),))


@pytest.mark.parametrize(
    "section", [name for name in Settings.model_fields if isinstance(getattr(DEFAULTS, name), Section)]
)
def test_every_section_states_the_default(section: str) -> None:
    assert getattr(SAMPLE, section) == getattr(DEFAULTS, section)


def test_every_rule_section_is_in_the_sample() -> None:
    sections = {name for name in Settings.model_fields if isinstance(getattr(DEFAULTS, name), Section)}
    assert sections - set(SAMPLE.model_fields_set) == {"inquiry"}, "the word lists of inquiry stand in docs/rules.md"
