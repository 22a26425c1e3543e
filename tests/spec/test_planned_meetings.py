"""Rows of sheet 会议 in → notices, invitations, changes, minutes and proposals out (process step 7)."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.plan import Plan
from schemas.mail_settings import MailSetting, SendingSetting
from schemas.meetings import CalendarMethod
from schemas.payloads import SendMail
from schemas.remarks import Shown
from tests.spec.ledger_tables import CONTACTS, at, complaint, ledger
from tests.spec.memory_plant import QUIET, SETTINGS, Plant, kinds, mails

MEETING = {"客诉编号": "KS-1", "第几次": 1, "状态": "已确认", "时间": "2026-11-27 14:00", "应到": "罗文斌、彭小满"}


def meeting_passes(*versions: Mapping[str, object]) -> list[Plan]:
    plant = Plant()
    row = complaint(客诉编号="KS-1", 状态="调查", **QUIET)
    plant.see(ledger([row], 通讯录=CONTACTS, 会议=[versions[0]]), "2026-11-26T08:05")
    return [
        plant.see(ledger([row], 通讯录=CONTACTS, 会议=[version]), f"2026-11-26T08:{20 + index}")
        for index, version in enumerate(versions)
    ]


def test_a_confirmed_meeting_gets_its_notice_and_mail_once() -> None:
    first, again = meeting_passes(MEETING, MEETING)
    assert {"doc.notice", "mail.meeting"} <= set(kinds(first.effects))
    assert mails(first)["meeting"].attachments == ("客诉资料/2026/KS-1 星河汽车 冷却水管/会议通知-第1次.docx",)
    assert not {"doc.notice", "mail.meeting"} & set(kinds(again.effects))


def test_who_is_invited_no_more_is_told_once_and_their_calendar_too() -> None:
    alone = {**MEETING, "应到": "罗文斌"}
    moved = {**alone, "状态": "改期", "时间": "2026-11-28 14:00"}
    both = {**moved, "应到": "罗文斌、彭小满"}
    told = []
    for planned in meeting_passes(MEETING, alone, alone, moved, both, moved):
        sent = [mails(planned)["uninvited"]] if "mail.uninvited" in kinds(planned.effects) else []
        told.append([(mail.to, mail.invitation.method, mail.invitation.sequence) for mail in sent if mail.invitation])
    peng = ("peng@example.com",)
    assert told == [
        [], [(peng, CalendarMethod.UNINVITE, 1)], [], [], [], [(peng, CalendarMethod.UNINVITE, 4)],
    ]


def test_people_of_other_companies_hear_alone_what_concerns_them_and_when_it_does_no_more() -> None:
    sending = SendingSetting(external_domains=("supplier.example.org", "depot.example.org"))
    plant = Plant(settings=SETTINGS.model_copy(update={"mail": MailSetting(sending=sending)}))
    xu, tang = "xu@supplier.example.org", "tang@depot.example.org"
    contacts: list[Mapping[str, object]] = [
        *CONTACTS, {"姓名": "许来", "邮箱": xu}, {"姓名": "唐远", "邮箱": tang},
        {"姓名": "从未请过", "邮箱": "never@depot.example.org"},
    ]
    row = complaint(客诉编号="KS-1", 状态="调查", **QUIET)
    both, one = {**MEETING, "应到": "罗文斌、许来、唐远"}, {**MEETING, "应到": "罗文斌、唐远"}
    plant.see(ledger([row], 通讯录=contacts, 会议=[both]), "2026-11-26T08:05")
    told = []
    versions = (both, both, one, {**one, "时间": "2026-11-27 15:00"}, {**both, "时间": "2026-11-27 15:00"},
                {**both, "状态": "取消"}, {**one, "状态": "取消"})
    for minute, meeting in enumerate(versions, 5):
        planned = plant.see(ledger([row], 通讯录=contacts, 会议=[meeting]), f"2026-11-26T09:{minute:02}")
        mail = [effect.payload for effect in planned.effects if isinstance(effect.payload, SendMail)]
        told.append([(*one.to, one.invitation and one.invitation.method.value, one.context["uninvited"])
                     for one in mail if one.kind == "meeting_outside"])
        assert all(len(one.invitation.attendees) == 1 for one in mail if one.external and one.invitation)
        assert not {xu, tang} & {to for one in mail if not one.external for to in one.to}
    assert told == [
        [(tang, "REQUEST", False), (xu, "REQUEST", False)], [], [(xu, "UNINVITE", True)], [(tang, "REQUEST", False)],
        [(xu, "REQUEST", False)], [(tang, "CANCEL", False), (xu, "CANCEL", False)], [],
    ]


def test_a_moved_meeting_is_told_again_and_a_cancelled_one_too() -> None:
    moved = {**MEETING, "状态": "改期", "时间": "2026-11-28 14:00"}
    _, second, third = meeting_passes(MEETING, moved, {**moved, "状态": "取消"})
    assert mails(second)["meeting"].context["changed"] is True
    assert mails(third)["meeting"].context["cancelled"] is True
    assert mails(third)["meeting"].attachments == ()


def test_the_calendar_entry_keeps_its_identity_through_change_and_cancellation() -> None:
    moved = {**MEETING, "状态": "改期", "时间": "2026-11-28 14:00"}
    entries = [mails(planned)["meeting"].invitation for planned in meeting_passes(
        MEETING, moved, {**moved, "状态": "取消"},
    )]
    assert len({entry.entry.uid for entry in entries if entry}) == 1
    assert [entry.method.value for entry in entries if entry] == ["REQUEST", "REQUEST", "CANCEL"]
    assert entries[1] is not None
    assert entries[1].entry.start == at("2026-11-28T14:00")
    assert [person.mail for person in entries[1].attendees] == ["luo@example.com", "peng@example.com"]


def test_a_proposed_meeting_and_one_never_announced_stay_silent() -> None:
    proposed, cancelled = meeting_passes({**MEETING, "状态": "提议"}, {**MEETING, "状态": "取消"})
    assert "meeting" not in mails(proposed)
    assert "meeting" not in mails(cancelled)


def test_nobody_is_invited_to_a_meeting_that_is_past() -> None:
    (planned,) = meeting_passes({**MEETING, "时间": "2026-11-26 08:00"})
    assert "meeting" not in mails(planned)


def test_nobody_is_invited_on_a_complaint_that_was_dismissed() -> None:
    plant, row = Plant(), complaint(客诉编号="KS-1", 状态="作废", **QUIET)
    reading = ledger([row], 通讯录=CONTACTS, 会议=[MEETING])
    plant.see(reading, "2026-11-26T08:05")
    assert "meeting" not in mails(plant.see(reading, "2026-11-26T08:20"))


def test_the_old_date_left_standing_above_a_move_is_not_told_in_turns_with_it() -> None:
    plant, row = Plant(), complaint(客诉编号="KS-1", 状态="调查", **QUIET)
    moved = {**MEETING, "状态": "改期", "时间": "2026-11-30 14:00"}
    reading = ledger([row], 通讯录=CONTACTS, 会议=[MEETING, moved])
    plant.see(reading, "2026-11-26T08:05")
    passes = [plant.see(reading, f"2026-11-26T08:{minute}") for minute in (20, 21, 22)]
    assert ["meeting" in mails(planned) for planned in passes] == [True, False, False]
    assert mails(passes[0])["meeting"].context["time"] == "2026-11-30 14:00"


def test_a_confirmed_meeting_without_its_round_is_named_instead_of_silently_not_announced() -> None:
    (planned,) = meeting_passes({name: value for name, value in MEETING.items() if name != "第几次"})
    assert "meeting" not in mails(planned)
    assert any("第几次" in sentence for sentence in planned.pending["c000001"])


def test_minutes_are_not_distributed_without_the_minutes() -> None:
    signed = {**MEETING, "状态": "纪要已签", "结论": "修模"}
    (planned,) = meeting_passes({name: value for name, value in signed.items() if name != "第几次"})
    assert "minutes" not in mails(planned)
    assert any("纪要未分发" in sentence for sentence in planned.pending["c000001"])
    (numbered,) = meeting_passes(signed)
    assert mails(numbered)["minutes"].attachments == ("客诉资料/2026/KS-1 星河汽车 冷却水管/会议纪要-第1次.docx",)


def test_minutes_are_brought_up_to_date_until_they_are_signed() -> None:
    held = {**MEETING, "状态": "已召开", "结论": "修模"}
    first, changed, signed, later = meeting_passes(
        held, {**held, "结论": "修模并加检"}, {**held, "状态": "纪要已签", "结论": "修模并加检"},
        {**held, "状态": "纪要已签", "结论": "改了又改"},
    )
    assert ["doc.minutes" in kinds(planned.effects) for planned in (first, changed, signed, later)] == [
        True, True, False, False,
    ]


def test_a_held_meeting_without_conclusion_proposes_the_next_round() -> None:
    (planned,) = meeting_passes({**MEETING, "状态": "已召开"})
    said = [remark for remark in planned.remarks["c000001"] if "第2次会议" in remark.sentence]
    assert [remark.shown for remark in said] == [Shown.BOARD | Shown.DIGEST], "never into the ledger's sheets"


def test_an_old_row_that_is_taken_in_sends_no_old_minutes() -> None:
    plant = Plant(baseline=True)
    row = complaint(客诉编号="KS-1", 状态="调查", **QUIET)
    old = {**MEETING, "状态": "纪要已签", "时间": "2026-11-20 14:00", "结论": "修模"}
    plant.see(ledger([row], 通讯录=CONTACTS, 会议=[old]), "2026-11-26T08:05")
    taken = {**row, "纳入管理": "是"}
    assert "minutes" not in mails(plant.see(ledger([taken], 通讯录=CONTACTS, 会议=[old]), "2026-11-26T08:20"))
    new = {**old, "第几次": 2, "时间": "2026-11-27 14:00"}
    later = plant.see(ledger([taken], 通讯录=CONTACTS, 会议=[old, new]), "2026-11-27T16:00")
    assert mails(later)["minutes"].context["round"] == 2
