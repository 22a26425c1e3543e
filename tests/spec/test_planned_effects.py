"""Rows in → effects out: what a pass plans for a ledger, who hears of it, and what stays private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.documents.gateway import TemplateDocuments
from pipeline.plan import Plan
from schemas.follow_up import PenaltySetting
from schemas.payloads import (
    MakeFolder,
    ReserveNumber,
    WriteCells,
    WriteDocument,
    WriteReminders,
)
from tests.spec.ledger_tables import CONTACTS, complaint, ledger
from tests.spec.memory_plant import QUIET, SETTINGS, Plant, kinds, mails, two_passes

TABLE = [
    # 单元格                                       第二轮产生的事
    ({**QUIET}, ["cells", "doc.inquiry", "doc.slip", "folder", "number"]),
    ({**QUIET, "客户要求8D": "是"}, [
        "calendar.case", "calendar.person", "cells", "doc.eight_d", "doc.eight_d_internal", "doc.inquiry", "folder",
        "number",
    ]),
    ({**QUIET, "状态": "调查"}, ["cells", "doc.inquiry", "doc.slip", "folder", "mail.release", "number"]),
    ({**QUIET, "发送": "是"}, ["cells", "doc.inquiry", "doc.slip", "folder", "mail.release", "number"]),
    ({**QUIET, "状态": "调查", "责任部门": ""}, ["cells", "doc.inquiry", "doc.slip", "folder", "number"]),
    ({**QUIET, "状态": "调查", "责任部门": "物流部"}, ["cells", "doc.inquiry", "doc.slip", "folder", "number"]),
    ({**QUIET, "问题类型": "要货交付"}, ["cells", "doc.inquiry", "folder", "number"]),
    ({**QUIET, "状态": "作废"}, ["cells", "folder", "number"]),
    ({**QUIET, "不良现象": ""}, ["cells"]),
    ({**QUIET, "客诉编号": "KS-202611-050"}, ["cells", "doc.inquiry", "doc.slip", "folder"]),
]


@pytest.mark.parametrize(("cells", "expected"), TABLE)
def test_what_a_settled_row_calls_for(cells: dict[str, object], expected: list[str]) -> None:
    assert kinds(two_passes([complaint(**cells)]).effects) == expected


def test_nothing_happens_to_a_row_before_it_has_settled() -> None:
    plant = Plant()
    assert kinds(plant.see(ledger([complaint(**QUIET)], 通讯录=CONTACTS), "2026-11-26T08:05").effects) == []


def test_a_number_is_above_every_number_on_the_sheet_and_stands_in_folder_and_cell() -> None:
    rows = [complaint(客诉编号="KS-202611-007", **QUIET), complaint(不良现象="另一件", **QUIET)]
    planned = two_passes(rows)
    reserved = [effect.payload for effect in planned.effects if isinstance(effect.payload, ReserveNumber)]
    assert [entry.number for entry in reserved] == ["KS-202611-008"]
    folders = [effect.payload.folder for effect in planned.effects if isinstance(effect.payload, MakeFolder)]
    assert folders[1] == "客诉资料/2026/KS-202611-008 星河汽车 冷却水管"
    cells = next(effect.payload for effect in planned.effects if isinstance(effect.payload, WriteCells))
    written = {(edit.row, edit.field): edit for edit in cells.edits}
    assert written[4, "number"].text == "KS-202611-008"
    assert (3, "number") not in written
    assert written[4, "folder_link"].link == "客诉资料/2026/KS-202611-008 星河汽车 冷却水管"


def test_the_released_notice_goes_to_the_head_and_says_what_by_when() -> None:
    mail = mails(two_passes([complaint(状态="调查", 客户要求8D="是", **QUIET)]))["release"]
    assert mail.to == ("luo@example.com",)
    assert mail.reply_to == ("zhou@example.com",)
    assert mail.context["due"] == "2026-12-03"
    assert len(mail.context["investigate"]) >= 3


def test_a_date_that_is_past_already_is_not_asked_for() -> None:
    late = complaint(状态="调查", 接诉时间="2026-11-02 08:00", 客户要求8D="是", **QUIET)
    assert mails(two_passes([late]))["release"].context["due"] == "2026-11-30"


def test_a_one_page_case_asks_for_findings_within_the_same_working_days() -> None:
    assert mails(two_passes([complaint(状态="调查", **QUIET)]))["release"].context["due"] == "2026-12-03"


def test_a_department_without_address_is_named_instead_of_silently_dropped() -> None:
    planned = two_passes([complaint(状态="调查", 责任部门="物流部", **QUIET)])
    assert any("物流部" in sentence for sentence in planned.pending["c000001"])


def test_line_stop_alerts_engineer_and_superior_at_first_sight_and_once() -> None:
    plant = Plant()
    half = {"客户": "星河汽车", "质量工程师": "周启航", "停线/甩车风险": "是"}
    first = plant.see(ledger([half], 通讯录=CONTACTS), "2026-11-26T08:05")
    assert mails(first)["line_stop"].to == ("zhou@example.com", "han@example.com")
    later = plant.see(ledger([complaint(**half, **QUIET)], 通讯录=CONTACTS), "2026-11-26T08:30")
    assert "line_stop" not in mails(later)


def test_line_stop_alerts_on_a_row_that_repeats_a_number_and_not_again_when_that_is_corrected() -> None:
    plant = Plant()
    first, stopped = complaint(客诉编号="KS-7"), {"不良现象": "泄漏", "停线/甩车风险": "是", **QUIET}

    def alerts(*rows: dict[str, object], time: str) -> list[str]:
        planned = plant.see(ledger(list(rows), 通讯录=CONTACTS), f"2026-11-26T{time}")
        return [effect.title for effect in planned.effects if effect.key.kind == "mail.line_stop"]

    assert alerts(first, time="08:05") == []
    assert alerts(first, complaint(客诉编号="KS-7", **stopped), time="08:10") == ["停线预警 KS-7 星河汽车 冷却水管"]
    assert alerts(first, complaint(客诉编号="KS-7", **{**stopped, "不良数量": 9}), time="08:12") == []
    assert alerts(first, complaint(客诉编号="KS-8", **stopped), time="08:15") == []
    later = complaint(客诉编号="KS-9", 接诉时间="2026-11-26 08:19", **stopped)
    assert len(alerts(first, complaint(客诉编号="KS-8", **stopped), later, time="08:20")) == 1


CONTAINMENT = [
    # 接诉           状态      第二轮        邮件   收件人数(含抄送)
    ("08:00", "待确认", "08:15", None, 0),
    ("08:00", "待确认", "08:20", "提醒", 1),
    ("08:00", "待确认", "08:31", "逾期 仅工程师", 1),
    ("08:00", "调查", "08:31", "逾期", 2),
    ("06:00", "调查", "08:31", None, 0),
]


@pytest.mark.parametrize(("received", "status", "second", "occasion", "people"), CONTAINMENT)
def test_the_containment_clock(received: str, status: str, second: str, occasion: str | None, people: int) -> None:
    row = complaint(接诉时间=f"2026-11-26 {received}", 状态=status)
    planned = two_passes([row], second=f"2026-11-26T{second}")
    sent = [effect for effect in planned.effects if effect.key.kind == "mail.containment"]
    assert [effect.key.occasion for effect in sent] == ([occasion] if occasion else [])
    assert sum(len(mails(planned)["containment"].to + mails(planned)["containment"].cc) for _ in sent) == people


def test_a_row_released_after_the_half_hour_is_escalated_once() -> None:
    plant = Plant()

    def told(status: str, time: str) -> list[tuple[str, ...]]:
        planned = plant.see(ledger([complaint(状态=status)], 通讯录=CONTACTS), f"2026-11-26T{time}")
        return [mail.to + mail.cc for kind, mail in mails(planned).items() if kind == "containment"]

    told("待确认", "08:05")
    assert told("待确认", "08:31") == [("zhou@example.com",)]
    assert told("调查", "08:40") == [("zhou@example.com", "han@example.com")]
    assert told("调查", "08:41") == []


def test_the_baseline_only_lists_and_sends_one_summary_per_owner() -> None:
    plant = Plant(baseline=True)
    rows = [complaint(状态="调查", 不良现象="旧一"), complaint(状态="调查", 不良现象="旧二", **{"停线/甩车风险": "是"})]
    reading = ledger(rows, 通讯录=CONTACTS)
    first = plant.see(reading, "2026-11-26T08:05")
    assert kinds(first.effects) == ["mail.baseline"]
    assert len(mails(first)["baseline"].context["rows"]) == 2
    assert kinds(plant.see(reading, "2026-11-26T09:00").effects) == []
    taken_in = ledger([{**rows[0], "纳入管理": "是"}, rows[1]], 通讯录=CONTACTS)
    assert "number" in kinds(plant.see(taken_in, "2026-11-26T09:30").effects)


def test_a_restart_tells_the_department_again() -> None:
    plant = Plant()
    row = complaint(客诉编号="KS-1", 状态="调查", **QUIET)
    for status, when in (("调查", "08:05"), ("调查", "08:20"), ("关闭", "09:00")):
        plant.see(ledger([{**row, "状态": status}], 通讯录=CONTACTS), f"2026-11-26T{when}")
    again = ledger([{**row, "状态": "重新启动"}], 通讯录=CONTACTS)
    assert "release" in mails(plant.see(again, "2026-11-26T10:00"))
    assert "release" not in mails(plant.see(again, "2026-11-26T10:10"))


def test_a_second_ledger_that_joins_later_is_a_baseline_of_its_own() -> None:
    plant = Plant()
    joined = ledger([complaint(状态="调查")], 通讯录=CONTACTS, name="另一本.xlsx")
    plant.see(joined, "2026-11-26T08:05")
    assert not {"number", "folder"} & set(kinds(plant.see(joined, "2026-11-26T09:00").effects))


def digest_days(*moments: str, rows: Sequence[Mapping[str, object]] | None = None) -> list[Plan]:
    plant = Plant()
    reading = ledger(rows or [complaint(**QUIET)], 通讯录=CONTACTS)
    return [plant.see(reading, moment) for moment in moments]


def test_a_digest_comes_once_a_working_day_and_only_with_news() -> None:
    days = digest_days("2026-11-26T08:05", "2026-11-26T08:30", "2026-11-26T11:00", "2026-11-27T08:30")
    assert ["digest" in mails(planned) for planned in days] == [False, True, False, True]
    assert mails(days[3])["digest"].context["new"] == []  # only the draft that was written after the first digest
    assert "digest" not in mails(digest_days("2026-11-28T08:05", "2026-11-28T09:00")[1])  # a Saturday


def test_what_comes_up_after_the_digest_waits_for_the_next_day() -> None:
    plant = Plant()
    first = ledger([complaint(**QUIET)], 通讯录=CONTACTS)
    plant.see(first, "2026-11-26T08:05")
    plant.see(first, "2026-11-26T08:30")
    second = ledger([complaint(**QUIET), complaint(不良现象="新的一件", **QUIET)], 通讯录=CONTACTS)
    assert "digest" not in mails(plant.see(second, "2026-11-26T10:00"))
    assert "digest" in mails(plant.see(second, "2026-11-27T08:30"))


def test_until_released_only_the_engineer_hears_of_an_overdue_action() -> None:
    action = {"客诉编号": "KS-1", "措施内容": "修模", "责任人": "罗文斌", "计划完成日": "2026-11-20"}

    def told(status: str) -> set[str]:
        plant = Plant()
        reading = ledger([complaint(客诉编号="KS-1", 状态=status, **QUIET)], 通讯录=CONTACTS, 措施跟踪=[action])
        plant.see(reading, "2026-11-25T08:05")
        planned = plant.see(reading, "2026-11-25T08:30")
        return {effect.key.subject for effect in planned.effects if effect.key.kind == "mail.digest"}

    assert told("待确认") == {"周启航"}
    assert told("整改") == {"周启航", "罗文斌", "韩立川"}  # the superior: of the case, not of the action


def test_a_row_that_vanished_is_reported_and_its_folder_stays() -> None:
    plant = Plant()
    both = [complaint(客诉编号="KS-1", **QUIET), complaint(客诉编号="KS-2", 不良现象="另一件", **QUIET)]
    plant.see(ledger(both, 通讯录=CONTACTS), "2026-11-26T08:05")
    plant.see(ledger(both, 通讯录=CONTACTS), "2026-11-26T08:20")
    planned = plant.see(ledger(both[:1], 通讯录=CONTACTS), "2026-11-26T09:00")
    assert [known.number for known in planned.vanished] == ["KS-2"]
    assert not [effect for effect in planned.effects if effect.case_id == "c000002"]


def test_a_stale_reading_vanishes_nobody_and_writes_no_cell() -> None:
    plant = Plant()
    reading = ledger([complaint(**QUIET)], 通讯录=CONTACTS)
    plant.see(reading, "2026-11-26T08:05")
    planned = plant.see(replace(reading, stale_because="正在保存"), "2026-11-26T08:20")
    assert "cells" not in kinds(planned.effects)
    assert "number" in kinds(planned.effects)


def test_a_document_is_written_again_only_when_its_own_inputs_change() -> None:
    plant = Plant()
    row = complaint(客诉编号="KS-1", **QUIET)
    plant.see(ledger([row], 通讯录=CONTACTS), "2026-11-26T08:05")
    plant.see(ledger([row], 通讯录=CONTACTS), "2026-11-26T08:20")
    moved = plant.see(ledger([{**row, "行": 9, "系统校验": "旧话"}], 通讯录=CONTACTS), "2026-11-26T08:21")
    assert not [effect for effect in moved.effects if isinstance(effect.payload, WriteDocument)]
    edited = plant.see(ledger([{**row, "不良数量": 7}], 通讯录=CONTACTS), "2026-11-26T08:22")
    again = [effect.key for effect in edited.effects if isinstance(effect.payload, WriteDocument)]
    assert [(key.kind, key.revision) for key in again] == [("doc.inquiry", 1), ("doc.slip", 1)]


def test_settling_can_be_switched_off() -> None:
    plant = Plant(settings=SETTINGS.model_copy(update={"settling_minutes": 0}))
    planned = plant.see(ledger([complaint(**QUIET)], 通讯录=CONTACTS), "2026-11-26T08:05")
    assert "number" in kinds(planned.effects)


def test_a_template_that_cannot_be_read_stops_no_pass_while_a_penalty_is_due(tmp_path: Path) -> None:
    (tmp_path / "slip").mkdir()
    (tmp_path / "slip" / "kind.yaml").write_text("kind: [", encoding="utf-8")
    penalty = PenaltySetting(enabled=True, late_days=1, clause_late="第5条")
    plant = Plant(settings=SETTINGS.model_copy(update={"penalty": penalty, "settling_minutes": 0}))
    late = {"客诉编号": "KS-1", "措施编号": "C1", "措施内容": "修模", "计划完成日": "2026-11-20"}
    reading = ledger([complaint(客诉编号="KS-1", 状态="整改", **QUIET)], 通讯录=CONTACTS, 措施跟踪=[late])
    assert "penalty" in mails(plant.see_only(reading, "2026-11-26T09:00"))
    plant.documents = TemplateDocuments((tmp_path,))
    broken = plant.see_only(reading, "2026-11-26T09:00")
    assert "penalty" not in mails(broken), "it waits for its form"
    assert any("文件未生成" in sentence for sentence in broken.pending["c000001"])


def test_a_name_with_a_separator_makes_no_folder_of_its_calendar_file() -> None:
    plant, both = Plant(), "周启航/彭小满"
    row = complaint(客诉编号="KS-1", 质量工程师=both, 客户要求8D="是", **QUIET)
    reading = ledger([row], 通讯录=[{**CONTACTS[0], "姓名": both}])
    plant.see(reading, "2026-11-26T08:05")
    planned = plant.see(reading, "2026-11-26T08:20")
    names = [effect.payload.file_name for effect in planned.effects if isinstance(effect.payload, WriteReminders)]
    assert sorted(names) == ["周启航_彭小满.ics", "提醒.ics"]


def test_a_date_that_was_extended_and_missed_again_goes_up_again() -> None:
    plant = Plant()

    def escalated(now: str, **cells: object) -> list[str]:
        row = complaint(客诉编号="KS-1", 状态="调查", 客户要求8D="是", **{**QUIET, "D3要求日": "2026-11-27", **cells})
        planned = plant.see(ledger([row], 通讯录=CONTACTS), now)
        return [effect.key.occasion for effect in planned.effects if effect.key.kind == "mail.escalation"]

    escalated("2026-11-26T08:05")
    assert escalated("2026-11-28T08:05") == ["D3逾期 第1级 2026-11-27"]
    assert escalated("2026-11-28T08:10") == []
    assert escalated("2026-11-28T08:15", 客户同意延期日="2026-11-30") == []
    assert escalated("2026-12-01T08:05", 客户同意延期日="2026-11-30") == ["D3逾期 第1级 2026-11-30"]
