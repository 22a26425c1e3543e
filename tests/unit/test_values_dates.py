"""Moment, parse_moment and parse_day: every spelling of a date that ledgers hold."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ValidationError

from schemas.values import Moment, ValueProblem, parse_day, parse_moment

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-3-5", "2026/3/5", "2026.3.5", "2026。3。5", "2026.03.05.", "2026、3、5", "2026—3—5", "20260305", "260305",
        "2026年3月5日", "2026年3月5号", "2026年3月5", "3月5日", "3/5", "3.5", "03-05", "26.3.5", "26/03/05",
        "２０２６．３．５", " 2026 - 3 - 5 ", "2026-03-05 周四", "3月5日(四)", "3月5日（星期四）", "Thu 2026-03-05",
        "3月5日前", "3/5之前", "2026-3-5前完成", "5-Mar-26", "5 March 2026", "Mar 5, 2026", "March 5",
        "三月五日", "二〇二六年三月五日", "2026-03-05 00:00:00", "2026-3-5下午", "46086",
        20260305, 20260305.0, 260305.0, 46086, 46086.0, date(2026, 3, 5), datetime(2026, 3, 5),  # noqa: DTZ001 - cells
    ],
)
def test_day_without_time(typed: object) -> None:
    assert parse_moment(typed, TODAY) == Moment(date(2026, 3, 5))


@pytest.mark.parametrize(
    "typed",
    [
        "2026-3-5 14:20", "2026-03-05T14:20:33", "2026-03-05T14:20:00+08:00", "2026/3/5 14:20:00.000",
        "2026年3月5日14点20分", "3月5日 14时20分", "3月5日下午2点20", "2026.3.5下午2:20", "2026-03-05 PM 2:20",
        "2026-03-05 2:20 pm", "２０２６．３．５　１４：２０", "3/5 14∶20前", "2026-03-05 周四 14:20",
        "二〇二六年三月五日下午两点二十分", "202603051420", "20260305142000", 46086 + 14.3334 / 24,
        datetime(2026, 3, 5, 14, 20), datetime(2026, 3, 5, 14, 19, 59, 999_700),  # noqa: DTZ001 - cells have no zone
    ],
)
def test_day_with_time(typed: object) -> None:
    assert parse_moment(typed, TODAY) == Moment(date(2026, 3, 5), time(14, 20))


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("3/5 14时", time(14)), ("3/5 下午2点半", time(14, 30)), ("3/5 9点一刻", time(9, 15)), ("3/5 8点整", time(8)),
        ("3/5 上午9:05", time(9, 5)), ("3/5 中午12点", time(12)), ("3/5 中午1点", time(13)), ("3/5 晚上8点", time(20)),
        ("3/5 凌晨12:30", time(0, 30)), ("3/5 凌晨2点", time(2)), ("3/5 12:05 am", time(0, 5)),
        ("3/5 12:05 pm", time(12, 5)), ("3/5 下午14:20", time(14, 20)), ("3/5 0:00", time(0)),
    ],
)
def test_time_of_day(typed: str, clock: time) -> None:
    assert parse_moment(typed, TODAY) == Moment(date(2026, 3, 5), clock)


@pytest.mark.parametrize(
    ("typed", "today", "day"),
    [
        ("12月25日", date(2026, 11, 23), date(2026, 12, 25)),
        ("1月5日", date(2026, 11, 23), date(2027, 1, 5)),
        ("1月22日", date(2026, 11, 23), date(2027, 1, 22)),  # the 60th day ahead
        ("1月23日", date(2026, 11, 23), date(2026, 1, 23)),  # the 61st
        ("12/30", date(2027, 1, 4), date(2026, 12, 30)),
        ("2/29", date(2028, 3, 1), date(2028, 2, 29)),
    ],
)
def test_a_day_without_year_lies_near_today_and_rarely_ahead(typed: str, today: date, day: date) -> None:
    assert parse_day(typed, today) == day


def test_a_planned_day_may_lie_further_ahead() -> None:
    assert parse_day("8/15", date(2026, 6, 1), ahead=180) == date(2026, 8, 15)
    assert parse_day("8/15", date(2026, 6, 1)) == date(2025, 8, 15)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-02-30", "不是有效日期"), ("2026.13.5", "不是有效日期"), ("13月5日", "不是有效日期"),
        ("2/29", "不是有效日期"),
        ("20261305", "不是有效日期"), (20261305.0, "不是有效日期"),
        ("5/3/2026", "请写成 2026-05-03 或 2026-03-05"), ("13/3/2026", "请写成 2026-03-13"), ("5/3/26", "顺序不明"),
        ("1999-1-1", "年份"), ("2101-1-1", "年份"), (30000.0, "年份"), (date(1999, 12, 31), "年份"),
        ("3月5日左右", "不是确切"), ("3月底", "具体哪一天"), ("2026年3月", "具体哪一天"), ("202603", "年月"),
        ("5日", "看不出"),
        ("3/5-3/8", "看不出"), ("2026-3-5、3-8", "不止一个"), ("2026-03-05 周三", "星期四"),
        ("2026-3-5 25:00", "时间"), ("2026-3-5 14:60", "时间"), ("2026-3-5 24:00", "次日"), ("3/5 上午14点", "不符"),
        ("3/5 晚上1点", "不符"), ("2026-03-05T14:20:00Z", "时区"),
        (3.5, "数字"), (0.5, "没有日期"), (time(14, 20), "没有日期"), (timedelta(1), "没有日期"), (True, "不是日期"),
        ("昨天", "看不出"), ("9" * 80, "太长"),
    ],
)
def test_what_is_no_certain_day_is_a_problem_with_a_remedy(typed: object, said: str) -> None:
    with pytest.raises(ValueProblem, match="请写成 ") as caught:
        parse_moment(typed, TODAY)
    assert said in str(caught.value)


def test_the_message_as_a_whole() -> None:
    with pytest.raises(ValueProblem) as caught:
        parse_moment("13月5日", TODAY)
    assert str(caught.value) == '"13月5日" 不是有效日期,请写成 2026-03-05'


@pytest.mark.parametrize("blank", [None, "", "  ", "/", "—", "无", "待定", "N/A", "？"])
def test_blank(blank: object) -> None:
    assert parse_moment(blank, TODAY) is None
    assert parse_day(blank, TODAY) is None


def test_moments_sort_by_day_then_time_with_the_unknown_time_first() -> None:
    day = date(2026, 11, 3)
    late, midnight, unknown = Moment(day, time(14, 20)), Moment(day, time(0)), Moment(day)
    assert sorted([late, midnight, unknown, Moment(date(2026, 11, 2), time(23))]) == [
        Moment(date(2026, 11, 2), time(23)), unknown, midnight, late,
    ]
    assert unknown != midnight
    assert unknown <= midnight
    assert (str(late), str(unknown)) == ("2026-11-03 14:20", "2026-11-03")
    assert (late.known, unknown.known) == (True, False)


def test_a_moment_in_a_zone_is_aware() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert Moment(date(2026, 11, 3), time(14, 20)).at(shanghai).isoformat() == "2026-11-03T14:20:00+08:00"
    assert Moment(date(2026, 11, 3)).at(shanghai).isoformat() == "2026-11-03T00:00:00+08:00"


class _Receipt(BaseModel):
    at: Moment | None = None


def test_a_moment_is_a_pydantic_field() -> None:
    receipt = _Receipt(at=Moment(date(2026, 11, 3), time(14, 20)))
    assert receipt.model_dump()["at"] is receipt.at
    assert receipt.model_dump_json() == '{"at":"2026-11-03 14:20"}'
    assert _Receipt.model_validate_json(receipt.model_dump_json()) == receipt
    assert _Receipt.model_json_schema()["properties"]["at"]["anyOf"][0] == {"type": "string"}
    with pytest.raises(ValidationError):
        _Receipt.model_validate({"at": "3月5日"})
