"""docs/rules.md is what the specification tables say; ``python -m tests.spec.rule_tables`` writes it anew."""

from __future__ import annotations

from pathlib import Path

from tests.spec.rule_tables import whole_document

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_document_is_generated_from_the_tables() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == whole_document()
