"""Our cells and rows in workbooks of many producers, spellings and packings: written without harm, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbooks.bases import bases
from tests.workbooks.collection import one_of_each, variations
from tests.workbooks.mutations import mutated
from tests.workbooks.sample import Sample
from tests.workbooks.trial import tried

_BASES = bases()
_ONE_OF_EACH = list(one_of_each(sample for base in _BASES for sample in variations(base)))


@pytest.mark.parametrize("sample", [*_BASES, *_ONE_OF_EACH], ids=lambda sample: sample.name)
def test_written_as_asked_or_refused_for_the_reason(sample: Sample, tmp_path: Path) -> None:
    for written in tried(sample, tmp_path):
        assert written.faults == (), written.way


def test_the_collection_is_worth_its_name() -> None:
    assert len(_ONE_OF_EACH) > 110
    assert sum(sample.cells == "written" for sample in _ONE_OF_EACH) > 80
    assert sum(sample.row == "refused" for sample in _ONE_OF_EACH) > 15


@pytest.mark.parametrize("base", _BASES, ids=lambda base: base.name)
def test_another_library_sees_every_base(base: Sample, tmp_path: Path) -> None:
    assert all(written.seen for written in tried(base, tmp_path))


def test_spoilt_at_random_none_is_harmed_and_none_makes_us_fall(tmp_path: Path) -> None:
    results = [written for sample in mutated(_BASES, 80, seed=6) for written in tried(sample, tmp_path)]
    assert [(written.sample.name, written.way, written.faults) for written in results if written.faults] == []
    assert sum(written.result is None for written in results) > 20
    assert sum(written.result is not None for written in results) > 60
