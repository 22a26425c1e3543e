"""The page checker on documents and workbooks: nothing on clean ones, every seeded flaw found as what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pages import Rules, check_file
from tests.pages.seeds import sheets, slides, word
from tests.pages.seeds.seed import Seed


def test_clean_document_has_no_finding(tmp_path: Path) -> None:
    word.clean_word().save(str(tmp_path / "clean.docx"))
    assert check_file(tmp_path / "clean.docx") == []


def test_clean_workbook_has_no_finding(tmp_path: Path) -> None:
    sheets.clean_workbook().save(tmp_path / "clean.xlsx")
    assert check_file(tmp_path / "clean.xlsx") == []


@pytest.mark.parametrize("seed", word.SEEDS, ids=str)
def test_flaw_in_a_document_is_found(tmp_path: Path, seed: Seed[Any]) -> None:
    document, path = word.clean_word(), tmp_path / "flawed.docx"
    seed.spoil(document)
    document.save(str(path))
    assert seed.kind in {finding.kind for finding in check_file(path, Rules(schema=seed.kind == "schema"))}


@pytest.mark.parametrize("seed", sheets.SEEDS, ids=str)
def test_flaw_in_a_workbook_is_found(tmp_path: Path, seed: Seed[Any]) -> None:
    book, path = sheets.clean_workbook(), tmp_path / "flawed.xlsx"
    seed.spoil(book)
    book.save(path)
    assert seed.kind in {finding.kind for finding in check_file(path, Rules(schema=False))}


def test_there_are_many_flaws_of_every_kind() -> None:
    seeds = [*slides.SEEDS, *word.SEEDS, *sheets.SEEDS]
    assert len(seeds) >= 50
    kinds = {seed.kind for seed in seeds}
    assert kinds == {"bounds", "overlap", "fit", "size", "empty", "leftover", "contrast", "schema"}
