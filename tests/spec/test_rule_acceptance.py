"""8D验收评分: what a customer's reviewer gives each D; good 8Ds, and what each way of spoiling one costs."""

from __future__ import annotations

from functools import cache

import pytest

from tests.spec.eight_d_mutations import MUTATIONS, Mutation
from tests.spec.good_eight_ds import EightD, load_all

GOOD = load_all()
SPOILT = [(report, mutation) for report in GOOD for mutation in MUTATIONS if mutation.when(report)]


@cache
def _points(index: int) -> dict[str, int | None]:
    return GOOD[index].points()


def _names(pair: tuple[EightD, Mutation]) -> str:
    return f"{pair[0].name}-{pair[1].name}"


def test_there_are_thirty_8ds_each_spoilt_in_six_ways_or_more() -> None:
    assert len(GOOD) == 30
    assert len({report.name for report in GOOD}) == 30
    assert all(sum(report is other for other, _ in SPOILT) >= 6 for report in GOOD)


@pytest.mark.parametrize("report", GOOD, ids=lambda report: report.name)
def test_a_good_8d_is_accepted(report: EightD) -> None:
    due = [points for points in report.points().values() if points is not None]
    assert 0 not in due
    assert due.count(2) >= len(due) - 1


@pytest.mark.parametrize(("report", "mutation"), SPOILT, ids=[
    f"{number}-of-{len(SPOILT)}-{_names(pair)}" for number, pair in enumerate(SPOILT, start=1)
])
def test_spoiling_lowers_exactly_that_d(report: EightD, mutation: Mutation) -> None:
    before = _points(GOOD.index(report))
    spoilt = report.copy()
    mutation.spoil(spoilt)
    after = spoilt.points()
    had, has = before[mutation.step], after[mutation.step]
    assert had is not None
    assert has is not None
    assert has < had
    assert {step: after[step] for step in after if step != mutation.step} == {
        step: before[step] for step in before if step != mutation.step
    }
