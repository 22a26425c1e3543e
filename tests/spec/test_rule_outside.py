"""外部人员的会议邀请: what people of other companies are told of a meeting, from ``outside.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.plan import Plan
from schemas.mail_settings import MailSetting, SendingSetting
from schemas.payloads import SendMail
from tests.spec.ledger_tables import CONTACTS, complaint, ledger
from tests.spec.memory_plant import QUIET, SETTINGS, Plant
from tests.spec.rule_tables import load, row_id

RULE = load("outside")
OUTSIDERS = (
    {"姓名": "林工", "部门": "密封件厂", "邮箱": "lin@supplier.example.net"},
    {"姓名": "郑库管", "部门": "中转库", "邮箱": "zheng@depot.example.net"},
    {"姓名": "海拓采购", "部门": "海拓", "邮箱": "buy@customer.example.org"},
)
SENDING = SendingSetting(external_domains=("supplier.example.net", "depot.example.net"))
MAIL = MailSetting(quality_manager="韩立川", sending=SENDING)
USUAL = {"第几次": 1, "状态": "已确认", "时间": "2026-11-27 14:00", "地点": "三楼会议室", "需准备资料": "模具履历"}


def told(planned: Plan) -> Iterator[str]:
    """The mails to people outside, line by line."""
    for effect in planned.effects:
        mail = effect.payload
        if isinstance(mail, SendMail) and mail.kind == "meeting_outside":
            said = "；".join(f"{name}={value}" for name, value in mail.context.items())
            marks = [word for word, holds in (("外部", mail.external), ("紧急", mail.urgent)) if holds]
            answers = f"回复给 {'、'.join(mail.reply_to) or '—'}"
            yield f"{effect.title} → {'、'.join(mail.to)}（{'、'.join([*marks, answers])}）：{said}"
            if mail.invitation:
                entry = mail.invitation.entry
                people = "、".join(person.name for person in mail.invitation.attendees)
                yield (f"日历 {mail.invitation.method.name} {mail.invitation.sequence} {entry.summary} {entry.start} "
                       f"{entry.place or '—'} 主持 {mail.invitation.organizer.name} 参加 {people}")


@pytest.mark.parametrize("row", RULE.rows("给外部人员的邀请"), ids=row_id)
def test_what_people_outside_are_told(row: dict[str, Any]) -> None:
    plant = Plant(settings=SETTINGS.model_copy(update={"mail": MAIL}))
    lines: list[str] = []
    uids: set[tuple[str, ...]] = set()
    for turn, meeting in enumerate(row["给"]["各轮"]):
        rows = [complaint(客诉编号="KS-1", **{"状态": "调查", **QUIET, **row["给"].get("台账", {})})]
        sheet = [{"客诉编号": "KS-1", **USUAL, **meeting}]
        reading = ledger(rows, 通讯录=[*CONTACTS, *OUTSIDERS], 会议=sheet)
        if not turn:
            plant.see(reading, "2026-11-26T08:05")
        planned = plant.see(reading, f"2026-11-26T08:{20 + turn}")
        lines += [f"{turn + 1}. {line}" for line in told(planned)]
        mails = [effect.payload for effect in planned.effects if isinstance(effect.payload, SendMail)]
        uids |= {(*mail.to, mail.invitation.entry.uid) for mail in mails if mail.external and mail.invitation}
    assert lines == row["得"]
    assert len(uids) == len({address for address, _ in uids})  # one entry of the calendar through all changes
