"""Which row is which case, from the table ``identity.yaml``; and properties over any sequence of edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rules.identity import Identification, identify
from pipeline.rules.numbering import Numbering
from schemas.case import Standing
from schemas.memory import KnownCase
from schemas.settings import NumberingSetting
from tests.spec.follow_up_cases import assert_told
from tests.spec.ledger_tables import at, complaint, ledger
from tests.spec.rule_tables import load, row_id

RULE = load("identity")

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

NEW = complaint(客户="远山重工", 产品名称="管夹")
ROWS_BY_NAME = {"A": A, "B": B, "C": C, "新": NEW}


def row_of(written: str | dict[str, dict[str, object]]) -> tuple[str, dict[str, object]]:
    """A row as the table writes it: a name, or a name with changed cells."""
    if isinstance(written, str):
        return written, ROWS_BY_NAME[written]
    ((name, changes),) = written.items()
    return name, {**ROWS_BY_NAME[name], **{heading: str(value) for heading, value in changes.items()}}


@pytest.mark.parametrize("row", RULE.rows("再读一次，各行是哪一件"), ids=row_id)
def test_a_second_pass(row: dict[str, Any]) -> None:
    expected = row["得"]
    first = [row_of(written) for written in row["给"].get("先", ["A", "B", "C"])]
    _, known = one_pass([cells for _, cells in first], {})
    names = {f"c{index:06d}": name for index, (name, _) in enumerate(first, start=1)}
    found, _ = one_pass([row_of(written)[1] for written in row["给"]["后"]], known)
    waits = [seen for seen in found.sightings if seen.standing is Standing.AMBIGUOUS]
    told = ["等人" if seen in waits else names.get(seen.known.case_id, "新") for seen in found.sightings]
    assert told == expected["各行"]
    assert_told(tuple(seen.note for seen in waits), expected.get("提示", ()))
    assert [names[case.case_id] for case in found.vanished] == expected.get("不见了", [])
    owned = [seen.known.case_id for seen in found.sightings if seen not in waits]
    assert len(owned) == len(set(owned))


@pytest.mark.parametrize("row", RULE.rows("这一行能不能处理"), ids=row_id)
def test_standing(row: dict[str, Any]) -> None:
    cells = dict(row["给"])
    minutes, baseline, changes = cells.pop("分钟后"), cells.pop("上线前", "否") == "是", cells.pop("八分钟时改", {})
    later = cells.pop("纳入后改", {})
    typed = complaint(**cells)
    _, known = one_pass([typed], {}, baseline=baseline)
    if changes:
        typed |= changes
        _, known = one_pass([typed], known, NOW + timedelta(minutes=8))
    found, known = one_pass([typed], known, NOW + timedelta(minutes=minutes))
    if later:
        found, _ = one_pass([typed | later], known, NOW + timedelta(minutes=minutes + 1))
    assert found.sightings[0].standing is Standing(row["得"]["处理"])


@pytest.mark.parametrize("row", RULE.rows("下一个编号（2026年11月接诉）"), ids=row_id)
def test_the_next_number(row: dict[str, Any]) -> None:
    given = row["给"]
    wanted = {"格式": "pattern", "位数": "digits"}
    setting = NumberingSetting(**{wanted[name]: value for name, value in given.items() if name in wanted})
    assert Numbering(setting, given["见过"]).next(NOW.date()) == str(row["得"]["编号"])


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


@given(seen=st.lists(st.text(max_size=20) | st.integers(1, 99999).map(lambda n: f"KS-202611-{n:03d}"), max_size=20))
def test_a_number_is_never_given_twice(seen: list[str]) -> None:
    numbering = Numbering(NumberingSetting(), seen)
    given_out = [numbering.next(NOW.date()) for _ in range(3)]
    assert len(set(given_out)) == 3
    assert not set(given_out) & set(seen)
