"""What documents say of a case: facts as typed, blanks for the rest, no guesses."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from pipeline.documents import eight_d, minutes, notice, phrases, slip
from pipeline.documents.sandbox import clean
from schemas.case import Case, CaseRows, Standing
from schemas.columns import SheetRow
from schemas.decisions import Decisions, LevelDecision, TeamMember
from schemas.rows import Action, ChangePoint, Complaint, Containment, Meeting, Why
from schemas.values import Level, Moment
from schemas.workbook import Place, Row

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ENGINEER = TeamMember("周启航", "品质部", "质量工程师", "1", "负责工程师")
HEAD = TeamMember("梁致远", "装配车间", "车间主任", "2", "责任部门负责人")
INSPECTOR = TeamMember("韩听雨", "品质部", "检验班长", "3", "检验班长")


def row(record: SheetRow) -> Row[SheetRow]:
    return Row(Place("表", 5), record, {}, {})


def read(model: type[SheetRow], typed: dict[str, Any]) -> Any:
    return row(model.model_validate(typed, context={"today": date(2026, 11, 23)}))


def case(complaint: dict[str, Any] | None = None, **sheets: Any) -> Case:
    given: dict[str, Any] = {name: tuple(rows) for name, rows in sheets.items()}
    rows = CaseRows(read(Complaint, complaint or {}), **given)
    return Case("c", "KS-1", "台账", rows, Standing.MANAGED, NOW, NOW)


def decisions(*team: TeamMember) -> Decisions:
    level = LevelDecision(Level.NORMAL, Level.NORMAL, ())
    return Decisions(level, None, True, True, (), (), (), (), (), team, (), (), None)


@pytest.mark.parametrize(
    ("place", "standard"),
    [("客户线边", "客户产线"), ("XX中转库", "中转库"), ("半成品库", "半成品"), ("成品仓库", "成品库存"),
     ("在途车辆", "在途"), ("注塑车间", "装配/成型线"), ("原材料", "来料"), ("食堂", "")],
)
def test_places_of_containment_are_recognised(place: str, standard: str) -> None:
    assert eight_d.standard_place(place) == standard


def test_every_place_of_containment_stands_once() -> None:
    rows = [read(Containment, {"place": place}) for place in ("成品仓库", "客户线边", "食堂")]
    found = [line["place"] for line in eight_d.context(case(containments=rows), decisions())["containments"]]
    assert found == ["成品仓库", "客户线边", "食堂", "中转库", "在途", "半成品", "装配/成型线", "来料"]


def test_every_factor_stands_in_the_change_points_in_order() -> None:
    rows = [read(ChangePoint, {"factor": "测", "change": "a"}), read(ChangePoint, {"factor": "人", "change": "b"}),
            read(ChangePoint, {"factor": "测", "change": "c"})]
    found = eight_d.context(case(change_points=rows), decisions())["change_points"]
    assert [point["factor"] for point in found] == ["人", "机", "料", "法", "环", "测", "测"]


def test_rejected_measures_are_left_out_everywhere() -> None:
    reviews = {"加强培训": "驳回", "修模": "通过"}
    rows = [read(Action, {"content": content, "review": review}) for content, review in reviews.items()]
    subject = case(actions=rows)
    for module in (eight_d, slip, notice, minutes):
        assert "加强培训" not in str(module.context(subject, decisions(), 1))
        assert "修模" in str(module.context(subject, decisions(), 1))


def test_measures_go_to_their_discipline() -> None:
    kinds = {"临时": "interim", "长期": "corrective", "纠正预防": "corrective"}
    kinds |= {"防呆": "error_proofing", "水平展开": "deployment"}
    rows = [read(Action, {"kind": kind, "content": f"措施{kind}"}) for kind in kinds]
    found = eight_d.context(case(actions=rows), decisions())
    for kind, key in kinds.items():
        assert f"措施{kind}" in [action["content"] for action in found[key]]


def test_free_text_measures_stand_in_for_a_missing_sheet() -> None:
    found = eight_d.context(case({"interim_actions": "全检", "lasting_actions": "修模"}), decisions())
    assert found["interim"][0]["content"] == "全检"
    assert found["corrective"][0]["content"] == "修模"


def test_causes_are_never_guessed() -> None:
    whys = [read(Why, {"path": "发生", "step": 1, "question": "为什么", "answer": "飞边"})]
    found = eight_d.context(case(whys=whys), decisions())
    assert found["occurrence_cause"] == ""
    assert [why["answer"] for why in found["occurrence_whys"]] == ["飞边"]
    assert [why["answer"] for why in found["escape_whys"]] == [""] * 5


def test_team_has_a_decider_as_champion_and_the_engineer_as_leader() -> None:
    found = eight_d.team((ENGINEER, HEAD, INSPECTOR), "周启航", phones=True)
    assert [(line["role"].split()[0], line["name"]) for line in found] == [
        ("倡导者", "梁致远"), ("组长", "周启航"), ("组员", "韩听雨")]
    assert [line["name"] for line in eight_d.team((), "", phones=True)] == ["", "", ""]


def test_version_counts_restarts() -> None:
    assert eight_d.context(case({"restarts": 1}), decisions())["version"] == 2


def test_rate_is_worked_out_when_it_was_not_typed() -> None:
    assert phrases.percent(phrases.rate_of(case({"defects": 12, "lot_size": 2000}))) == "0.6%"
    assert phrases.rate_of(case({"defects": 12})) is None
    assert phrases.rate_of(case({"defects": 12, "lot_size": 0})) is None


@pytest.mark.parametrize(("rate", "shown"), [(0.03, "3%"), (0.0, "0%"), (0.00005, "50 PPM"), (1.0, "100%"), (None, "")])
def test_rates(rate: float | None, shown: str) -> None:
    assert phrases.percent(rate) == shown


def test_appointment_names_the_weekday() -> None:
    assert phrases.appointment(Moment(date(2026, 11, 27), time(14, 0))) == "2026-11-27(周五)14:00"
    assert phrases.appointment(Moment(date(2026, 11, 29), None)) == "2026-11-29(周日)"


def test_notice_takes_the_round_asked_for_and_says_why_people_come() -> None:
    second = {"round": 2, "place": "二楼", "state": "改期", "invited": "韩听雨、外聘专家"}
    second |= {"materials": "1. 样件\n2、记录;3)照片"}
    meetings = [read(Meeting, {"round": 1, "place": "一楼"}), read(Meeting, second)]
    found = notice.context(case(meetings=meetings), decisions(ENGINEER, INSPECTOR), 2)
    assert (found["place"], found["state"], found["round"]) == ("二楼", "改期", 2)
    reasons = [(person["name"], person["why"]) for person in found["invited"]]
    assert reasons == [("韩听雨", "检验班长"), ("外聘专家", "会议应到名单所列")]
    assert found["materials"] == ["样件", "记录", "照片"]
    assert found["agenda"][0].startswith("回顾第1次会议")


def test_notice_asks_only_for_what_is_open() -> None:
    points = [read(ChangePoint, {"factor": factor, "verdict": "排除"}) for factor in "人机料法环测"]
    whys = [read(Why, {"path": path, "step": 1, "question": "q", "answer": "a"}) for path in ("发生", "流出")]
    places = [read(Containment, {"place": "成品", "defects": 0})]
    subject = case({"reproduction_trials": 5}, change_points=points, whys=whys, containments=places)
    assert notice.context(subject, decisions(), 1)["investigate"] == [{"who": "", "what": ""}]


def test_minutes_count_who_came_and_ask_every_department_to_sign() -> None:
    held = {"round": 1, "state": "已召开", "invited": "周启航、梁致远", "attended": "周启航、韩听雨"}
    meetings = [read(Meeting, held)]
    actions = [read(Action, {"content": "修模", "department": "模具车间"})]
    found = minutes.context(
        case({"department": "装配车间"}, meetings=meetings, actions=actions), decisions(ENGINEER, HEAD, INSPECTOR), 1)
    assert [(p["name"], p["present"]) for p in found["attendance"]] == [
        ("周启航", "实到"), ("梁致远", "未到"), ("韩听雨", "实到")]
    assert (found["invited_count"], found["attended_count"]) == ("2人", "2人")
    assert [line["department"] for line in found["signatures"]] == ["装配车间", "品质部", "模具车间"]
    assert found["draft"] == "草稿 DRAFT"


def test_signed_minutes_are_no_draft() -> None:
    meetings = [read(Meeting, {"round": 1, "state": "纪要已签"})]
    assert minutes.context(case(meetings=meetings), decisions(), 1)["draft"] == ""


def test_slip_names_the_customer_once() -> None:
    for site, shown in (("星岚江南基地", "星岚江南基地"), ("江南", "星岚 江南")):
        assert slip.context(case({"customer": "星岚", "customer_site": site}), decisions())["customer"] == shown


def test_clean_keeps_line_breaks_and_drops_what_word_cannot_hold() -> None:
    assert clean("a\r\nb\rc\t\x00\x0b\ud800\ue000\u202e\ufffed😀") == "a\nb\nc\td😀"


def test_clean_drops_nothing_printable_so_printable_text_is_not_looked_at() -> None:
    printable = "".join(filter(str.isprintable, map(chr, range(0x110000))))
    assert clean(f"{printable}\n") == f"{printable}\n"  # a line end has it looked at


def test_the_report_tells_roles_and_no_internal_remarks() -> None:
    why = "② 问题工序直接负责人（吹塑成型在通讯录中无人负责，按责任部门）；请确认"
    rows = eight_d.team((TeamMember("甲", "注塑车间", "班长", "", why),), "乙", phones=True)
    assert [row["duty"] for row in rows if row["name"] == "甲"] == ["问题工序直接负责人"]
