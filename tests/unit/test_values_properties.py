"""For all cells: a parser answers or raises ValueProblem, and what we write we can read."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import values
from schemas.values import Level, Moment, ValueProblem, clean_text, parse_id, parse_moment, parse_people

TODAY = date(2026, 11, 23)
PARSERS: list[Callable[[object], object]] = [
    values.clean_text, values.parse_id, values.parse_people, values.parse_quantity, values.parse_rate,
    values.parse_money, values.parse_yes_no, values.parse_status, functools.partial(values.parse_choice, Level),
    functools.partial(values.parse_moment, today=TODAY), functools.partial(values.parse_day, today=TODAY),
]
_PIECES = [
    *"0123456789年月日号点时分:：.。,/-—%‰约+()（）、 TZ",
    *("上午", "下午", "半", "周四", "(日)", "Mar", "PM", "件", "箱", "万", "元", "¥", "ppm"),
    *("百分之", "三", "十", "二〇", "合并至", "KS-", "前", "٣", "²", "Ⅲ", "İ", "\ud800", "\u202e", "2026", "E+"),
]
_TYPED = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)
_CELLS = st.one_of(
    _TYPED, st.text(max_size=30), st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.dates(),
    st.datetimes(), st.datetimes(timezones=st.timezones()), st.times(), st.timedeltas(), st.binary(max_size=5),
    st.floats(min_value=0, max_value=90000), st.builds(object), st.lists(st.integers(), max_size=2),
)
_LEDGER_DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
_MINUTES = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def _complaint(parse: Callable[[object], object], value: object) -> str:
    """What the parser says against ``value``; any other exception fails the test."""
    try:
        parse(value)
    except ValueProblem as problem:
        return str(problem)
    return "请"


@pytest.mark.parametrize("parse", PARSERS)
@settings(max_examples=200, deadline=None)
@given(value=_CELLS)
def test_nothing_but_a_value_problem_is_raised(parse: Callable[[object], object], value: object) -> None:
    said = _complaint(parse, value)
    assert "请" in said
    assert clean_text(said) == said  # one line without surrogates or controls: fit for cell, page and mail


@pytest.mark.parametrize("parse", PARSERS)
def test_nor_for_numbers_at_the_edge(parse: Callable[[object], object]) -> None:
    for number in (Decimal("sNaN"), Decimal("Infinity"), Decimal("1E-400"), 10**5000, -(10**5000)):
        assert "请" in _complaint(parse, number)


@pytest.mark.parametrize(
    "template",
    ["{0:%Y-%m-%d}", "{0:%Y/%m/%d}", "{0.year}.{0.month}.{0.day}", "{0.year}年{0.month}月{0.day}日", "{0:%Y%m%d}"],
)
@given(day=_LEDGER_DAYS)
def test_a_formatted_day_reads_back(template: str, day: date) -> None:
    assert parse_moment(template.format(day), TODAY) == Moment(day)


@given(moment=st.builds(Moment, _LEDGER_DAYS, st.none() | _MINUTES))
def test_a_moment_reads_back_from_its_text(moment: Moment) -> None:
    assert parse_moment(str(moment), TODAY) == moment
    assert Moment.from_text(str(moment)) == moment


@given(day=_LEDGER_DAYS, clock=_MINUTES.filter(lambda clock: clock != time()))
def test_an_excel_serial_is_the_same_moment(day: date, clock: time) -> None:
    passed = datetime.combine(day, clock) - datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's epoch has no zone
    assert parse_moment(passed.total_seconds() / 86400, TODAY) == Moment(day, clock)


@given(st.dates(TODAY.replace(year=2025, month=12), date(2027, 1, 22)))
def test_a_day_without_year_keeps_month_and_day_and_the_window(day: date) -> None:
    read = values.parse_day(f"{day.month}月{day.day}日", TODAY)
    assert read is not None
    assert (read.month, read.day) == (day.month, day.day)
    assert -366 < (read - TODAY).days <= 60


@given(_CELLS)
def test_reading_twice_changes_nothing(value: object) -> None:
    try:
        text, identifier, people = clean_text(value), parse_id(value), parse_people(value)
    except ValueProblem:
        return
    assert clean_text(text) == text
    assert parse_id(identifier) == identifier
    assert parse_people("、".join(people)) == people


@given(st.text())
def test_clean_text_holds_nothing_that_breaks_a_document(text: str) -> None:
    cleaned = clean_text(text) or ""
    kinds = {unicodedata.category(sign) for sign in cleaned if sign != "\n"}
    assert not kinds & {"Cc", "Cs"}
    assert not any(unicodedata.bidirectional(sign) in {"LRE", "RLE", "LRO", "RLO", "PDF"} for sign in cleaned)
