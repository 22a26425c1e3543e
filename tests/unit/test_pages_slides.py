"""The page checker on decks: nothing on clean slides, every seeded flaw found as what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pages import Rules, check_file
from tests.pages.seeds import slides
from tests.pages.seeds.seed import Seed


def test_clean_deck_has_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "clean.pptx"
    slides.clean_deck().save(str(path))
    assert check_file(path) == []


@pytest.mark.parametrize("seed", slides.SEEDS, ids=str)
def test_seeded_flaw_is_found(tmp_path: Path, seed: Seed[Any]) -> None:
    deck, path = slides.clean_deck(), tmp_path / "flawed.pptx"
    seed.spoil(deck)
    deck.save(str(path))
    kinds = {finding.kind for finding in check_file(path, Rules(schema=seed.kind == "schema"))}
    assert seed.kind in kinds
