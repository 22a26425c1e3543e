"""States as plants write them, and what must stay unread."""

from __future__ import annotations

import pytest

from schemas.values import Status, ValueProblem, parse_status

READ = [
    ("进行中70%", "调查"), ("已完成70%", "调查"), ("完成100%", "关闭"), ("100%", "关闭"), ("0%", "待确认"),
    ("已完成 3/15", "关闭"), ("Close-4/1", "关闭"), ("已关闭(2026.3.1)", "关闭"), ("关闭(未验证)", "调查"),
    ("已完成(待验证)", "跟踪"), ("1-待确认", "待确认"), ("6、关闭", "关闭"), ("D3已完成", "调查"),
    ("8D已提交", "跟踪"), ("8D已提交,待客户验收", "跟踪"), ("待客户关闭", "跟踪"), ("等客户回复", "调查"),
    ("未整改", "调查"), ("處理中", "调查"), ("已結案", "关闭"), ("ON-GOING", "调查"), ("延期", "调查"),
    ("处置中", "调查"), ("D4分析中", "调查"), ("已销案", "关闭"),
]
UNREAD = ["红", "●", "转供应商", "150%", "已关闭,但又复发", "完成?不完成", "7"]


@pytest.mark.parametrize(("typed", "state"), READ)
def test_state_is_read_with_the_least_progress_it_can_mean(typed: str, state: str) -> None:
    assert parse_status(typed) == (Status(state), None)


@pytest.mark.parametrize("typed", UNREAD)
def test_what_leaves_it_open_is_a_problem(typed: str) -> None:
    with pytest.raises(ValueProblem):
        parse_status(typed)
