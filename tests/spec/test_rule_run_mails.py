"""逾期邮件、月末邮件与缺资料提醒: who gets which mail, from the table ``run_mails.yaml``; and its links and retries."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.plan import Plan
from pipeline.rules.share_links import share_link
from schemas.case import CaseFiles
from schemas.effects import Effect, EffectState
from schemas.payloads import SendMail
from schemas.workbook import WorkbookReading
from tests.spec.ledger_tables import CONTACTS, at, complaint, ledger
from tests.spec.memory_plant import QUIET, SETTINGS, Plant
from tests.spec.rule_tables import load, row_id

RULE = load("run_mails")
Row = dict[str, Any]
LINKED = SETTINGS.model_copy(update={"share_link": "Z:\\客诉"})
COMPLETE = {
    "反馈人": "王工", "职务": "SQE", "联系方式": "13000000000", "部门科室": "品质", "负责工作": "来料",
    "客户基地": "苏州", "客户诉求": "换货", "客户日用量": 100,
    "客户良品库存": 900, "批量数": 500, "安装方式": "手工", "管径": "8",
    "不良批次": "L1", "不良数量": 1, "停线/甩车风险": "否", "产品编号": "P-1", "车型/项目": "Q3", "发生原因": "磨损",
    "流出原因": "漏检", "安装孔径": "8",
}


_PLACES = {"夹内": "own", "附件": "attachments", "固化文件": "standards"}


def reading_of(given: Row) -> WorkbookReading:
    registered = {"信息来源": "营销部"} if given.get("登记") == "是" else {}
    more = COMPLETE if given.get("资料齐全") == "是" else {}
    received = "2026-11-25 08:00" if "时刻" in given and isinstance(given["时刻"], list) else "2026-11-20 08:00"
    row = complaint(客诉编号="KS-1", 状态=given.get("状态", "调查"), 接诉时间=received, D3提交日="2026-11-25 09:00",
                    **{"8D要求日": "2026-12-25", "D4-D5要求日": "2026-12-24", **QUIET, **registered, **more})
    measure = {"客诉编号": "KS-1", "措施内容": "修模", "责任人": "罗文斌", "责任部门": "注塑车间"}
    actions = [
        {**measure, "措施编号": number, **given[name]}
        for number, name in (("C1", "措施"), ("C2", "另一条")) if name in given
    ]
    changed = given.get("通讯录", {})
    contacts = [{**entry, **changed.get(str(entry["姓名"]), {})} for entry in CONTACTS]
    return ledger([row], 通讯录=contacts, 措施跟踪=actions)


def plant_of(given: Row, first: str) -> tuple[Plant, WorkbookReading]:
    plant, reading = Plant(settings=LINKED), reading_of(given)
    if given.get("资料齐全") == "是":
        plant.files = CaseFiles(attachments=("现场照片.jpg",))
    if "资料夹" in given:
        plant.keeps_papers = False  # what the row says is all there is
        plant.files = CaseFiles(**{_PLACES[place]: tuple(names) for place, names in given["资料夹"].items()})
    plant.see(reading, first)
    return plant, reading


def shown(mail: SendMail, manager: bool) -> str:
    """A mail in short: how much is late, due soon, unfinished; copies; and whether it is caught up."""
    context = mail.context
    words = []
    if context["overdue"]:
        words.append(f"逾期{len(context['overdue'])}")
    if context["soon"]:
        words.append(f"将到期{len(context['soon'])}")
    for entry in context["unfinished"]:
        words.append(f"待补{entry['label'].split(' ')[0]} {'、'.join(entry['what'])}")
    if mail.cc:
        words.append(f"抄送{'、'.join(mail.cc)}")
    if manager:
        people = [line["person"] for line in context["summary"]["people"]]
        words.append(" ".join([f"汇总{len(people)}人", *(name for name in people if "代" in name)]))
    if context["late_from"]:
        words.append(f"补发{context['late_from']}")
    return " ".join(words)


def run_mails(planned: Plan) -> dict[str, Effect]:
    kinds = {"mail.overdue", "mail.month_end"}
    return {effect.key.subject: effect for effect in planned.effects if effect.key.kind in kinds}


@pytest.mark.parametrize("row", RULE.rows("谁收到什么"), ids=row_id)
def test_who_gets_what(row: Row) -> None:
    plant, reading = plant_of(row["给"], "2026-11-20T10:00")
    if row["给"].get("周报已发") == "是":
        plant.see(reading, "2026-11-26T09:00")
    found = run_mails(plant.see(reading, row["给"]["时刻"]))
    told = {
        person: shown(effect.payload, person == "韩立川")
        for person, effect in found.items() if isinstance(effect.payload, SendMail)
    }
    assert told == row["得"]
    assert run_mails(plant.see(reading, row["给"]["时刻"])) == {}


def kind_of(planned: Plan, person: str) -> str:
    for effect in planned.effects:
        if effect.key.subject == person and isinstance(effect.payload, SendMail):
            if effect.key.kind == "mail.digest":
                return "摘要 含周报资料" if effect.payload.context["weekly"] else "摘要"
            if effect.key.kind == "mail.overdue":
                return "逾期邮件"
    return "无"


@pytest.mark.parametrize("row", RULE.rows("代替当天的摘要"), ids=row_id)
def test_one_mail_a_day(row: Row) -> None:
    plant, reading = plant_of(row["给"], "2026-11-24T08:05")
    plant.see(reading, "2026-11-24T08:20")
    if row["给"].get("昨天已知") == "是":
        plant.see(reading, "2026-11-24T08:30")
    days = [plant.see(reading, moment) for moment in row["给"]["时刻"]]
    assert {person: [kind_of(planned, person) for planned in days] for person in row["得"]} == row["得"]


def late_action() -> Row:
    return {"措施": {"计划完成日": "2026-11-20"}}


def test_the_overdue_mail_tells_the_news_of_the_digest_it_stands_for() -> None:
    given = {"措施": {"计划完成日": "2026-11-20", "责任人": "周启航"}}
    plant, reading = plant_of(given, "2026-11-26T08:05")
    plant.see(reading, "2026-11-26T08:30")
    mail = run_mails(plant.see(reading, "2026-11-26T09:00"))["周启航"].payload
    assert isinstance(mail, SendMail)
    assert mail.context["new"][0]["label"].startswith("KS-1")
    tomorrow = plant.see(reading, "2026-11-27T08:30")
    told = [effect.payload.context["new"] for effect in tomorrow.effects
            if isinstance(effect.payload, SendMail) and effect.key.kind == "mail.digest"]
    assert told in ([], [[]])


def test_every_line_links_folder_and_row() -> None:
    plant, reading = plant_of(late_action(), "2026-11-20T10:00")
    mail = run_mails(plant.see(reading, "2026-11-26T09:00"))["罗文斌"].payload
    assert isinstance(mail, SendMail)
    (line,) = mail.context["overdue"]
    assert line["place_link"] == "file:///Z:/%E5%AE%A2%E8%AF%89/%E5%AE%A2%E8%AF%89%E5%8F%B0%E8%B4%A6.xlsx#" \
        "%E5%AE%A2%E8%AF%89%E5%8F%B0%E8%B4%A6!A3"
    assert line["place"] == "客诉台账.xlsx 客诉台账 第3行"
    assert line["waiting"] == "质量工程师 周启航"


LINKS = [
    ("", "a/b", "", ""),
    ("\\\\server\\共享", "a b.xlsx", "表!A1", "file://server/%E5%85%B1%E4%BA%AB/a%20b.xlsx#%E8%A1%A8!A1"),
    ("Z:\\x\\", "a", "", "file:///Z:/x/a"),
    ("/mnt/share", "a#b", "", "file:///mnt/share/a%23b"),
    ("//server/x", 'a"><b', "", "file://server/x/a%22%3E%3Cb"),
]


@pytest.mark.parametrize(("base", "path", "place", "wanted"), LINKS)
def test_a_link_opens_on_a_colleague_s_machine(base: str, path: str, place: str, wanted: str) -> None:
    assert share_link(base, path, place) == wanted


def test_a_mail_that_did_not_go_out_is_tried_again_and_nobody_new_is_told() -> None:
    plant, reading = plant_of(late_action(), "2026-11-20T10:00")
    moment = at("2026-11-26T09:00")
    planned = plant.see_only(reading, "2026-11-26T09:00")
    for effect in planned.effects:
        plant.journal.intend(effect, moment)
        if effect.key.subject != "罗文斌":
            plant.finish(effect, moment)
    plant.journal.complete_pass(moment, [reading.ledger])
    more = reading_of({**late_action(), "另一条": {"计划完成日": "2026-11-20", "责任人": "周启航"}})
    again = run_mails(plant.see(more, "2026-11-26T09:05"))
    assert set(again) == {"罗文斌"}
    assert run_mails(plant.see(more, "2026-11-26T09:10")) == {}
    states = {record.state for key, record in plant.journal.memory().effects.items() if key.kind == "mail.overdue"}
    assert states == {EffectState.DONE}


def test_an_old_reading_is_named_in_the_mail() -> None:
    from dataclasses import replace

    plant, reading = plant_of(late_action(), "2026-11-20T10:00")
    mail = run_mails(plant.see(replace(reading, stale_because="正在保存"), "2026-11-26T09:00"))["罗文斌"].payload
    assert isinstance(mail, SendMail)
    assert mail.context["stale"] == ["客诉台账.xlsx"]
