"""parse_quantity, parse_rate and parse_money: exact numbers or a question back."""

from __future__ import annotations

from datetime import date, time

import pytest

from schemas.values import ValueProblem, parse_money, parse_quantity, parse_rate


@pytest.mark.parametrize(
    ("value", "pieces"),
    [
        (50, 50), (50.0, 50), ("50", 50), ("50.0", 50), ("50件", 50), ("50 个", 50), ("1,200 PCS", 1200),
        ("1，200", 1200),
        ("５０", 50), ("50pcs.", 50), ("50 EA", 50), ("共50件", 50), ("1.2万", 12000), ("1.2W件", 12000), ("两件", 2),
        ("五十", 50), ("一百零五套", 105), (0, 0), ("0", 0), ("", None), ("/", None), ("无", None), ("待确认", None),
        (None, None),
    ],
)
def test_quantity(value: object, pieces: int | None) -> None:
    assert parse_quantity(value) == pieces


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("3箱", "“箱”"), ("20米", "“米”"), ("5kg", "“kg”"), ("100辆", "“辆”"),
        ("约50", "约数"), ("50左右", "约数"), ("50+", "约数"), (">50", "约数"), ("5/1000", "比率"), ("3%", "比率"),
        (-3, "负数"), ("-3件", "数量"), (2.5, "整数"),
        ("2.5件", "整数"), ("50-60", "数量"), ("12,34", "数量"), ("50(已返)", "数量"), (True, "数量"), (1e300, "过大"),
        (date(2026, 1, 1), "日期"), (time(3), "常规格式"), (float("inf"), "范围"), ("5" * 41, "太长"),
    ],
)
def test_what_is_no_exact_number_of_pieces_is_a_problem(value: object, said: str) -> None:
    with pytest.raises(ValueProblem, match="请") as caught:
        parse_quantity(value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("value", "share"),
    [
        (0.03, 0.03), ("0.03", 0.03), ("3%", 0.03), ("3 %", 0.03), ("３％", 0.03), ("3‰", 0.003), ("3/1000", 0.003),
        ("3000PPM", 0.003), ("3,000 ppm", 0.003), ("3000dppm", 0.003), ("百分之三", 0.03), ("千分之5", 0.005),
        ("百万分之30", 0.00003), ("5件/200件", 0.025), ("1/1", 1.0), ("100%", 1.0), ("0", 0.0), (0, 0.0), ("0%", 0.0),
        ("/", None), ("无", None), ("", None),
    ],
)
def test_rate(value: object, share: float | None) -> None:
    assert parse_rate(value) == share


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("3", "请写成 3%"), (30, "请写成 30%"), (3000, "PPM"), (1, "1% 还是 100%"), (1.0, "文本格式"),
        ("1", "1% 还是 100%"),
        ("120%", "大于 100%"), ("7/5", "大于 100%"), ("3/0", "分母"), ("约3%", "约数"), ("<3%", "约数"), (-0.1, "负数"),
        ("-3%", "比率"), ("很高", "比率"), ("三", "比率"), (date(2026, 3, 5), "日期"), (True, "比率"),
    ],
)
def test_what_is_no_clear_rate_is_a_problem(value: object, said: str) -> None:
    with pytest.raises(ValueProblem, match="请") as caught:
        parse_rate(value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("value", "yuan"),
    [
        (1200, 1200.0), (0.5, 0.5), ("¥1,200.50", 1200.5), ("￥300", 300.0), ("1.2万元", 12000.0), ("1.2万", 12000.0),
        ("3000元", 3000.0), ("3000 RMB", 3000.0), ("RMB 3000", 3000.0), ("人民币 500 元", 500.0), ("200元整", 200.0),
        ("三万", 30000.0), ("0", 0.0), ("无", None), ("/", None),
    ],
)
def test_money(value: object, yuan: float | None) -> None:
    assert parse_money(value) == yuan


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("$100", "不是人民币"), ("100美元", "不是人民币"), ("约500", "约数"),
        ("很多", "约数"), (-5, "负数"), ("abc", "金额"),
        (1e13, "过大"), (True, "金额"), (date(2026, 3, 5), "日期"),
    ],
)
def test_what_is_no_amount_in_yuan_is_a_problem(value: object, said: str) -> None:
    with pytest.raises(ValueProblem, match="请") as caught:
        parse_money(value)
    assert said in str(caught.value)
