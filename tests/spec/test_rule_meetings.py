"""小组会议: whether to meet, which round and with whom, and where minutes go (tables ``meetings``, ``minutes``)."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.rules.meetings import propose_meeting
from pipeline.rules.minutes_distribution import distributions, orphaned_scans, signed_scans
from schemas.case import Case, Directory
from schemas.meetings import MeetingNeed, MeetingProposal, MeetingSetting, TeamSetting
from schemas.rows import SheetKind
from schemas.values import Level
from tests.spec.ledger_tables import at
from tests.spec.proposal_cases import case_and_directory, level_of
from tests.spec.rule_tables import load, row_id

RULE, MINUTES = load("meetings"), load("minutes")
NOW = at("2026-11-26T09:00")
NEEDS = [row for name in ("要不要开", "已有会议", "重新启动") for row in RULE.rows(name)]
NO_CELLS = {"会议", "变化点", "通讯录", "没有的表", "文件"}


def case_of_row(given: dict[str, Any]) -> tuple[Case, Directory]:
    cells = {heading: value for heading, value in given.items() if heading not in NO_CELLS}
    return case_and_directory(
        cells, given.get("通讯录"), meetings=given.get("会议", ()), change_points=given.get("变化点", ())
    )


def proposal(given: dict[str, Any], setting: MeetingSetting | None = None) -> MeetingProposal:
    case, directory = case_of_row(given)
    kept = frozenset(kind for kind in SheetKind if kind.value not in given.get("没有的表", ()))
    return propose_meeting(
        case, level_of(case), directory, meeting_setting=setting or MeetingSetting(), team_setting=TeamSetting(),
        now=NOW, kept=kept,
    )


@pytest.mark.parametrize("row", NEEDS, ids=row_id)
def test_whether_to_meet(row: dict[str, Any]) -> None:
    found, wanted = proposal(row["给"]), row["得"]
    assert (found.need.value, found.round) == (wanted["会议"], wanted["第几次"])
    assert found.reasons
    for words in wanted.get("理由", ()):
        assert any(words in reason for reason in found.reasons), found.reasons


@pytest.mark.parametrize("row", RULE.rows("理由的全文"), ids=row_id)
def test_why(row: dict[str, Any]) -> None:
    assert list(proposal(row["给"]).reasons) == row["得"]["理由"]


@pytest.mark.parametrize("row", RULE.rows("建议的人"), ids=row_id)
def test_with_whom(row: dict[str, Any]) -> None:
    assert [member.name for member in proposal(row["给"]).participants] == row["得"]["人"]


@pytest.mark.parametrize("row", MINUTES.rows("签字扫描件"), ids=row_id)
def test_which_scans_are_signed_minutes(row: dict[str, Any]) -> None:
    assert list(signed_scans(row["给"]["文件"])) == row["得"]["次数"]


@pytest.mark.parametrize("row", MINUTES.rows("纪要分发"), ids=row_id)
def test_where_signed_minutes_go(row: dict[str, Any]) -> None:
    case, directory = case_of_row(row["给"])
    files, wanted = row["给"].get("文件", ()), row["得"]
    found = distributions(case, directory, files)
    assert [list(entry.departments) for entry in found] == ([wanted["部门"]] if wanted["部门"] else [])
    for entry in found:
        assert list(entry.recipients) == wanted["收件人"]
        assert list(entry.unreached) == wanted.get("送不到", [])
        for words in wanted.get("理由", ()):
            assert any(words in reason for reason in entry.reasons), entry.reasons
    hints = orphaned_scans(case, files)
    assert len(hints) == len(wanted.get("提示", ()))
    for words, hint in zip(wanted.get("提示", ()), hints, strict=True):
        assert words in hint


def test_each_signed_round_goes_out_for_itself() -> None:
    meetings = [{"第几次": number, "状态": "纪要已签", "实到": name} for number, name in ((2, "顾明哲"), (1, "罗文斌"))]
    case, directory = case_of_row({"会议": meetings})
    found = distributions(case, directory, ["会议纪要-第2次-已签.pdf"])
    assert [(entry.round, entry.scan) for entry in found] == [(1, ""), (2, "会议纪要-第2次-已签.pdf")]
    assert all("请将会议状态改为" not in reason for entry in found for reason in entry.reasons)


REASONS = [
    ("纪要已签", "罗文斌", (), ["第1次会议状态为“纪要已签”"]),
    ("已召开", "罗文斌", ["会议纪要-第1次-已签.pdf"],
     ["文件夹中有签字扫描件“会议纪要-第1次-已签.pdf”，请将会议状态改为“纪要已签”"]),
]


@pytest.mark.parametrize(("state", "came", "files", "reasons"), REASONS)
def test_only_what_holds_is_given_as_a_reason(state: str, came: str, files: list[str], reasons: list[str]) -> None:
    case, directory = case_of_row({"会议": [{"第几次": 1, "状态": state, "实到": came}]})
    (found,) = distributions(case, directory, files)
    assert list(found.reasons) == reasons


def test_the_plant_decides_what_meets_at_once() -> None:
    only_urgent = MeetingSetting(at_once_from=Level.URGENT)
    assert proposal({"功能失效": "是"}, only_urgent).need is MeetingNeed.NOT_YET


def test_without_a_directory_nobody_is_proposed() -> None:
    case, _ = case_of_row({"会议": [{"第几次": 1, "状态": "已召开", "实到": "罗文斌"}]})
    found = propose_meeting(
        case, level_of(case), Directory({}), meeting_setting=MeetingSetting(), team_setting=TeamSetting(), now=NOW
    )
    assert (found.round, found.participants) == (2, ())


def test_a_person_of_the_last_round_keeps_the_reason() -> None:
    found = proposal({"会议": [{"第几次": 1, "状态": "已召开", "实到": "罗文斌、陌生人"}]})
    why = {member.name: member.why for member in found.participants}
    assert why["罗文斌"] == "①责任部门负责人或能决策的代理人；第1次会议的参会人"
    assert why["陌生人"] == "第1次会议的参会人（通讯录中没有此人）"
