"""clean_text, parse_id and parse_people: what stands in a cell, as text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from schemas.values import ValueProblem, clean_text, parse_id, parse_people


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  软管\r\n渗油 ", "软管\n渗油"),
        ("a\x00b\ud800c\u202ed\u200b\ufeffe\uffff", "abcde"),
        ("e\u0301", "\u00e9"),
        ("甲\t乙", "甲 乙"),
        ("甲\u2028乙", "甲\n乙"),
        (12.0, "12"),
        (12, "12"),
        (0.1 + 0.2, "0.3"),
        (1e20, "100000000000000000000"),
        (100000000000000.5, "100000000000000"),
        (-0.0, "0"),
        (True, "TRUE"),
        (datetime(2026, 3, 5), "2026-03-05"),  # noqa: DTZ001 - cells hold local time without a zone
        (datetime(2026, 3, 5, 14, 20), "2026-03-05 14:20"),  # noqa: DTZ001 - as above
        (date(2026, 3, 5), "2026-03-05"),
        (time(14, 20), "14:20"),
        (timedelta(hours=30, minutes=5), "30:05"),
        (timedelta(seconds=-61), "-0:01:01"),
        ("无", "无"),
        *((blank, None) for blank in (None, "", " \u3000\xa0\n", "-", "/", "—", "——", "－", float("nan"))),
    ],
)
def test_any_cell_value_becomes_the_text_people_see(value: object, text: str | None) -> None:
    assert clean_text(value) == text


@pytest.mark.parametrize("value", [object(), b"abc", [1], float("inf"), 10**400])
def test_what_no_cell_holds_is_a_problem(value: object) -> None:
    with pytest.raises(ValueProblem):
        clean_text(value)


@pytest.mark.parametrize(
    ("value", "identifier"),
    [
        (12345.0, "12345"),
        (123456789012345.0, "123456789012345"),
        ("00123", "00123"),
        ("ＫＳ－２０２６１１－００３", "KS-202611-003"),
        ("KS—202611 – 003", "KS-202611-003"),
        (" 1J0  121 051 A\n", "1J0 121 051 A"),
        ("12E3", "12E3"),
        ("12345.0", "12345.0"),
        ("/", None),
        ("无", None),
    ],
)
def test_identifier(value: object, identifier: str | None) -> None:
    assert parse_id(value) == identifier


@pytest.mark.parametrize("value", [1e15, 1234567890123456.0, "1.23457E+14", True, date(2026, 3, 5)])
def test_identifier_that_excel_has_spoilt_asks_for_a_text_cell(value: object) -> None:
    with pytest.raises(ValueProblem, match="文本格式"):
        parse_id(value)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("张三、李四", ("张三", "李四")),
        ("张三,李四;王五/赵六", ("张三", "李四", "王五", "赵六")),
        ("张三，李四；王五\n赵六", ("张三", "李四", "王五", "赵六")),
        ("张三 李四", ("张三", "李四")),
        ("张 三", ("张三",)),
        ("张 三 李四", ("张三", "李四")),
        ("John Smith、张三", ("John Smith", "张三")),
        ("张三(品质部)、李四（生产【一车间】）、张三", ("张三", "李四")),
        ("张三(品质", ("张三",)),
        ("@张三", ("张三",)),
        ("买买提·艾力", ("买买提·艾力",)),
        ("张三、待定", ("张三",)),
        ("无", ()),
        ("/", ()),
        (None, ()),
    ],
)
def test_people(value: object, names: tuple[str, ...]) -> None:
    assert parse_people(value) == names


def test_a_date_is_nobody() -> None:
    with pytest.raises(ValueProblem, match="不是姓名"):
        parse_people(date(2026, 3, 5))


def test_the_message_names_value_reason_and_remedy_on_one_line() -> None:
    assert str(ValueProblem("甲\n" + "乙" * 40, "看不懂", "请改")) == f'"甲 {"乙" * 27}…" 看不懂,请改'
