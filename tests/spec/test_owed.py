"""What each person owes, worst first, who waits for it, and who is told when the person cannot be reached."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.rules.cases import directory_of
from pipeline.rules.owed import NOBODY, Owed, owed_by_person
from pipeline.rules.standing_in import Reader, reader_for
from schemas.case import Directory
from schemas.rows import Contact
from tests.spec.ledger_tables import CONTACTS, complaint, ledger
from tests.spec.memory_plant import QUIET, Plant


def owed(status: str, person: str) -> dict[str, list[Owed]]:
    def action(number: str, key: str, due: str) -> dict[str, object]:
        return {"客诉编号": number, "措施编号": key, "措施内容": "修模", "责任人": person, "计划完成日": due}

    plant = Plant()
    rows = [
        complaint(客诉编号=number, 状态=status, 不良现象=f"{number}的不良", **QUIET) for number in ("KS-1", "KS-2")
    ]
    actions = [
        action("KS-1", "C1", "2026-11-24"), action("KS-2", "C2", "2026-11-20"), action("KS-1", "C3", "2026-11-26"),
    ]
    reading = ledger(rows, 通讯录=CONTACTS, 措施跟踪=actions)
    plant.see(reading, "2026-11-26T07:00")
    planned = plant.see(reading, "2026-11-26T07:30")
    pairs = [(case, planned.decisions[case.handle]) for case in planned.cases]
    found = owed_by_person(pairs, directory_of([reading]), date(2026, 11, 26))
    return {name: list(entries) for name, entries in found.items()}


def test_the_worst_comes_first_and_today_is_not_late() -> None:
    found = owed("整改", "罗文斌")["罗文斌"]
    assert [(entry.case.number, entry.duty.days_late, entry.is_late) for entry in found] == [
        ("KS-2", 6, True), ("KS-1", 2, True), ("KS-1", 0, False),
    ]
    assert {entry.waiting for entry in found} == {"质量工程师 周启航"}
    assert {entry.note for entry in found} == {""}


def test_who_cannot_be_reached_or_may_not_hear_yet_is_named_to_the_engineer() -> None:
    assert [entry.note for entry in owed("整改", "无此人")["周启航"]] == ["责任人 无此人（通讯录中没有其邮箱）"] * 3
    unreleased = owed("待确认", "罗文斌")
    assert unreleased.keys() == {"周启航"}
    assert unreleased["周启航"][0].note == "责任人 罗文斌（状态为待确认，未通知本人）"
    assert NOBODY not in unreleased


def test_the_customer_waits_for_what_the_engineer_owes() -> None:
    plant = Plant()
    row = complaint(客诉编号="KS-1", 状态="调查", 客户要求8D="是", **{**QUIET, "8D要求日": "2026-11-20"})
    reading = ledger([row], 通讯录=CONTACTS)
    plant.see(reading, "2026-11-26T07:00")
    planned = plant.see(reading, "2026-11-26T07:30")
    pairs = [(case, planned.decisions[case.handle]) for case in planned.cases]
    found = owed_by_person(pairs, directory_of([reading]), date(2026, 11, 26))["周启航"]
    assert {entry.waiting for entry in found} == {"客户 星河汽车"}


@pytest.mark.parametrize(("people", "reader"), [
    ({}, None),
    ({"甲": {"mail": ""}}, None),
    ({"甲": {}}, Reader("甲")),
    ({"甲": {"leave": "11/26", "delegate": "乙"}, "乙": {}}, Reader("乙", "甲 请假（11-26），由代理人处理", "甲")),
    ({"甲": {"leave": "11/26", "delegate": "乙"}, "乙": {"leave": "11/26"}},
     Reader("甲", "甲 请假（11-26），代理人 乙 也不在")),
    ({"甲": {"leave": "11/26", "delegate": "乙"}, "乙": {"mail": ""}},
     Reader("甲", "甲 请假（11-26），代理人 乙 也不在")),
    ({"甲": {"leave": "11/26"}}, Reader("甲", "甲 请假（11-26），通讯录未填代理人")),
    ({"甲": {"leave": "11/27", "delegate": "乙"}, "乙": {}}, Reader("甲")),
])
def test_who_reads_for_a_colleague_on_leave(people: dict[str, dict[str, str]], reader: Reader | None) -> None:
    today = date(2026, 11, 26)
    contacts = {name: Contact.model_validate({"name": name, "mail": "a@example.com", **facts})
                for name, facts in people.items()}
    assert reader_for("甲", Directory(contacts), today) == reader
