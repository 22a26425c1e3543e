"""Which row is which case: tables of a first and a second pass, and properties over any sequence of edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rules.identity import Identification, identify
from pipeline.rules.numbering import Numbering
from schemas.case import Standing
from schemas.ports import KnownCase
from schemas.settings import NumberingSetting
from tests.spec.ledger_tables import at, complaint, ledger

NOW = at("2026-11-26T08:00")
SETTLING = timedelta(minutes=10)


def one_pass(
    rows: Sequence[Mapping[str, object]], known: Mapping[str, KnownCase], now: datetime = NOW, *, baseline: bool = False
) -> tuple[Identification, dict[str, KnownCase]]:
    first = max((int(case_id[1:]) for case_id in known), default=0) + 1
    found = identify(ledger(rows), known, now, SETTLING, first, baseline=baseline)
    after = dict(known)
    after.update({seen.known.case_id: seen.known for seen in found.sightings if seen.known.case_id})
    return found, after


def ids(found: Identification) -> list[str]:
    return [seen.known.case_id for seen in found.sightings]


A = complaint(不良现象="接头泄漏", 不良批次="B1")
B = complaint(不良现象="管体开裂", 不良批次="B2", 产品名称="卡扣")
C = complaint(不良现象="装配困难", 不良批次="B3", 产品名称="密封圈", 客户="远山重工")

SECOND_PASSES = [
    # 第二次读到的行                                  各行对应第一次的第几行 (0 = 新的一件)
    pytest.param([A, B, C], [1, 2, 3], id="unchanged"),
    pytest.param([C, A, B], [3, 1, 2], id="sorted otherwise"),
    pytest.param([A, complaint(不良现象="新的"), B, C], [1, 0, 2, 3], id="a row inserted"),
    pytest.param([A, C], [1, 3], id="a row deleted"),
    pytest.param([A, {**B, "不良数量": 5}, C], [1, 2, 3], id="a cell added"),
    pytest.param([A, {**B, "不良现象": "管体开裂约3mm"}, C], [1, 2, 3], id="a text corrected"),
    pytest.param([{**C, "不良数量": 7}, A, B], [3, 1, 2], id="sorted and one corrected"),
    pytest.param([{**A, "客诉编号": "KS-202611-001"}, B, C], [1, 2, 3], id="number written"),
]


@pytest.mark.parametrize(("rows", "expected"), SECOND_PASSES)
def test_a_second_pass_finds_the_same_cases(rows: list[dict[str, object]], expected: list[int]) -> None:
    _, known = one_pass([A, B, C], {})
    found, _ = one_pass(rows, known)
    assert ids(found) == [f"c{number:06d}" if number else "c000004" for number in expected]


def test_a_new_complaint_like_a_deleted_numbered_one_is_new() -> None:
    _, known = one_pass([{**A, "客诉编号": "KS-202611-001"}], {})
    found, _ = one_pass([{**A, "不良批次": "B9", "接诉时间": "2026-11-27 09:00"}], known)
    assert ids(found) == ["c000002"]
    assert [case.number for case in found.vanished] == ["KS-202611-001"]


def test_a_number_that_was_deleted_comes_back_to_its_unchanged_row() -> None:
    _, known = one_pass([{**A, "客诉编号": "KS-202611-001"}, B], {})
    found, _ = one_pass([A, B], known)
    assert [seen.known.number for seen in found.sightings] == ["KS-202611-001", ""]


def test_two_rows_that_cannot_be_told_apart_wait() -> None:
    _, known = one_pass([A], {})
    rows = [{**A, "行": 8, "不良批次": "X"}, {**A, "行": 9, "不良批次": "Y"}]
    found, _ = one_pass(rows, known)
    assert [seen.standing for seen in found.sightings] == [Standing.AMBIGUOUS, Standing.AMBIGUOUS]
    assert all("无法确定" in seen.note for seen in found.sightings)


def test_a_row_typed_bit_by_bit_stays_one_case_wherever_it_moves() -> None:
    known: dict[str, KnownCase] = {}
    typed: dict[str, object] = {}
    edits: list[dict[str, object]] = [
        {"客户": "星河汽车"}, {"产品名称": "冷却水管"}, {"不良现象": "漏水"},
        {"行": 9, "不良批次": "B1", "质量工程师": "周启航"}, {"不良现象": "接头漏水"},
    ]
    for edit in edits:
        typed |= edit
        found, known = one_pass([typed], known)
        assert ids(found) == ["c000001"]


def test_thousands_of_changed_rows_are_matched() -> None:
    rows = [complaint(不良现象=f"现象{number}", 客户=f"客户{number % 7}") for number in range(5_000)]
    _, known = one_pass(rows, {})
    found, _ = one_pass([{**row, "产品名称": "改名的水管"} for row in rows], known)
    assert ids(found) == [f"c{number + 1:06d}" for number in range(5_000)]


def test_a_second_row_of_the_same_customer_is_new_while_the_first_is_still_being_typed() -> None:
    _, known = one_pass([{"行": 5, "客户": "星河汽车"}], {})
    found, _ = one_pass([{**A, "行": 5}, {**B, "行": 6}], known)
    assert ids(found) == ["c000001", "c000002"]


def test_a_number_typed_twice_keeps_one_case_and_names_the_other_row() -> None:
    first = {**A, "客诉编号": "KS-202611-001"}
    _, known = one_pass([first, B], {})
    found, _ = one_pass([first, {**B, "客诉编号": "KS-202611-001"}], known)
    assert found.sightings[0].known.case_id == "c000001"
    assert found.sightings[1].standing is Standing.AMBIGUOUS
    assert "重复" in found.sightings[1].note


def test_a_changed_number_is_asked_about_and_makes_no_second_case() -> None:
    _, known = one_pass([{**A, "客诉编号": "KS-202611-001"}], {})
    found, _ = one_pass([{**A, "客诉编号": "KS-202611-009"}], known)
    assert found.sightings[0].standing is Standing.AMBIGUOUS
    assert "KS-202611-001" in found.sightings[0].note


STANDINGS = [
    # 单元格                      分钟后    纳入前存量   应处于
    ({}, 0, False, Standing.SETTLING),
    ({}, 9, False, Standing.SETTLING),
    ({}, 10, False, Standing.MANAGED),
    ({"不良现象": ""}, 60, False, Standing.HALF_TYPED),
    ({"接诉时间": ""}, 60, False, Standing.HALF_TYPED),
    ({}, 60, True, Standing.BASELINE),
    ({"纳入管理": "是"}, 10, True, Standing.MANAGED),
]


@pytest.mark.parametrize(("cells", "minutes", "baseline", "standing"), STANDINGS)
def test_standing(cells: dict[str, object], minutes: int, baseline: bool, standing: Standing) -> None:
    row = complaint(**cells)
    _, known = one_pass([row], {}, baseline=baseline)
    found, _ = one_pass([row], known, NOW + timedelta(minutes=minutes))
    assert found.sightings[0].standing is standing


def test_the_settling_time_starts_again_when_a_minimum_field_changes() -> None:
    _, known = one_pass([A], {})
    changed = {**A, "不良现象": "接头泄漏,怠速时"}
    _, known = one_pass([changed], known, NOW + timedelta(minutes=8))
    found, _ = one_pass([changed], known, NOW + timedelta(minutes=12))
    assert found.sightings[0].standing is Standing.SETTLING


WHAT = st.sampled_from(["泄漏", "开裂", "难装", "异响"])
ROWS = st.lists(st.tuples(WHAT, st.sampled_from(["B1", "B2", "B3"]), st.integers(0, 3)), max_size=7)


def _rows(drawn: list[tuple[str, str, int]]) -> list[dict[str, object]]:
    return [complaint(不良现象=what, 不良批次=lot, 不良数量=count or "") for what, lot, count in drawn]


@settings(max_examples=150, deadline=None)
@given(passes=st.lists(ROWS, min_size=1, max_size=5))
def test_no_case_ever_has_two_rows(passes: list[list[tuple[str, str, int]]]) -> None:
    known: dict[str, KnownCase] = {}
    for drawn in passes:
        found, known = one_pass(_rows(drawn), known)
        taken = [case_id for case_id in ids(found) if case_id]
        assert len(taken) == len(set(taken))
        assert len(found.sightings) == len(drawn)


@settings(max_examples=150, deadline=None)
@given(drawn=ROWS, order=st.randoms(use_true_random=False))
def test_sorting_the_sheet_makes_no_new_case(drawn: list[tuple[str, str, int]], order: object) -> None:
    rows = _rows(drawn)
    _, known = one_pass(rows, {})
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands over a random.Random
    found, after = one_pass(shuffled, known)
    assert set(after) == set(known)
    assert all(seen.standing is not Standing.AMBIGUOUS for seen in found.sightings)


NUMBERS = [
    # 已见编号                                                      下一个
    ([], "KS-202611-001"),
    (["KS-202611-001", "KS-202611-007"], "KS-202611-008"),
    (["KS-202610-099"], "KS-202611-001"),
    (["KS-202611-999"], "KS-202611-1000"),
    (["随手写的", "A-1", ""], "KS-202611-001"),
]


@pytest.mark.parametrize(("seen", "expected"), NUMBERS)
def test_the_next_number_is_above_all_seen_ones(seen: list[str], expected: str) -> None:
    assert Numbering(NumberingSetting(), seen).next(NOW.date()) == expected


@given(seen=st.lists(st.text(max_size=20) | st.integers(1, 99999).map(lambda n: f"KS-202611-{n:03d}"), max_size=20))
def test_a_number_is_never_given_twice(seen: list[str]) -> None:
    numbering = Numbering(NumberingSetting(), seen)
    given_out = [numbering.next(NOW.date()) for _ in range(3)]
    assert len(set(given_out)) == 3
    assert not set(given_out) & set(seen)
