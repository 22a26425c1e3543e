"""小组和会议成员: who is proposed and why, who stands in for whom, from the tables ``participants``, ``leave``."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.rules.leave import leave_on, leave_periods
from pipeline.rules.participants import people_named, propose_team
from schemas.case import Directory
from schemas.meetings import TeamSetting
from schemas.rows import Contact
from schemas.values import Level
from tests.spec.proposal_cases import case_and_directory, level_of
from tests.spec.rule_tables import load, row_id

RULE, LEAVE = load("participants"), load("leave")
DAY = date(2026, 11, 25)
TEAMS = [row for name in ("谁参加", "请假和不能决策", "空缺") for row in RULE.rows(name)]


@pytest.mark.parametrize("row", TEAMS, ids=row_id)
def test_who_takes_part_and_why(row: dict[str, Any]) -> None:
    given = dict(row["给"])
    people, day = given.pop("通讯录", None), given.pop("当天", DAY)
    setting = TeamSetting(senior_from=Level(given.pop("高层从", "严重")))
    case, directory = case_and_directory(given, people)
    team = propose_team(case.complaint, level_of(case), directory, setting=setting, day=day)
    assert [member.name for member in team] == row["得"]["成员"]
    for member, words in zip(team, row["得"]["原因"], strict=True):
        assert words in member.why


@pytest.mark.parametrize("row", LEAVE.rows("请假起止的写法"), ids=row_id)
def test_how_leave_is_read(row: dict[str, Any]) -> None:
    periods = leave_periods(row["给"]["请假起止"], DAY)
    shown = "看不懂" if periods is None else [f"{period.first} {period.last}" for period in periods]
    assert shown == row["得"]["请假"]


@pytest.mark.parametrize(
    ("day", "away"), [("2026-11-19", False), ("2026-11-20", True), ("2026-11-25", True), ("2026-11-26", False)]
)
def test_both_ends_of_a_leave_count(day: str, away: bool) -> None:
    contact = Contact(name="罗文斌", leave="2026-11-20~2026-11-25")
    assert (leave_on(contact, date.fromisoformat(day)) is not None) is away


def test_a_leave_without_a_year_may_have_begun_last_year() -> None:
    leave = leave_on(Contact(name="罗文斌", leave="12/28-1/6"), date(2026, 1, 5))
    assert leave is not None
    assert (leave.first, leave.last) == (date(2025, 12, 28), date(2026, 1, 6))


def test_an_open_end_says_so() -> None:
    leave = leave_on(Contact(name="罗文斌", leave="2026-11-20起"), DAY)
    assert str(leave) == "11-20 至 未写止期"


def test_every_member_can_be_reached_as_the_directory_says() -> None:
    case, directory = case_and_directory({}, {"罗文斌": {"邮箱": None, "电话": "000-0000-0016"}})
    team = {member.name: member for member in propose_team(case.complaint, level_of(case), directory)}
    assert team["罗文斌"].contact == "000-0000-0016"
    assert team["周启航"].contact.endswith("@example.com")
    assert (team["段鹏飞"].department, team["段鹏飞"].position) == ("注塑车间", "工艺工程师")


def test_what_the_directory_does_not_say_is_blank() -> None:
    bare: dict[str, object] = {"部门": None, "岗位": None, "邮箱": None}
    case, directory = case_and_directory({}, {"韩立川": bare})
    champion = propose_team(case.complaint, level_of(case), directory)[0]
    assert (champion.name, champion.department, champion.position, champion.contact) == ("韩立川", "", "", "")


def test_nothing_is_proposed_without_a_directory() -> None:
    case, _ = case_and_directory({})
    assert propose_team(case.complaint, level_of(case), Directory({})) == ()


def test_a_superior_on_leave_without_a_delegate_is_a_vacancy() -> None:
    case, directory = case_and_directory({}, {"韩立川": {"请假起止": "11/25"}})
    champion = propose_team(case.complaint, level_of(case), directory, day=DAY)[0]
    assert champion.name == ""
    assert "支持者" in champion.why
    assert "韩立川 请假（11-25）" in champion.why


def test_whoever_a_meeting_names_is_known_from_the_directory() -> None:
    meeting = {"第几次": 1, "状态": "已召开", "应到": "罗文斌、陌生人", "实到": "罗文斌、彭小满"}
    case, directory = case_and_directory({}, meetings=[meeting])
    assert [member.name for member in people_named(case, directory)] == ["罗文斌", "彭小满"]
