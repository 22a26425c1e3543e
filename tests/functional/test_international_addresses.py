"""Addresses with Chinese domains work everywhere; Chinese letters before the @ are refused at their cell."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from pipeline.intake.mail_reader import MimeMailReader
from pipeline.mailbox.compose import compose, message_id_of
from pipeline.mailbox.headers import BadAddress, bare_address
from pipeline.mailbox.outgoing import read_outgoing
from pipeline.rules.intake_senders import Senders
from pipeline.rules.sending_policy import addressed
from schemas.case import Directory
from schemas.effects import EffectKey
from schemas.intake import CustomerAddressing, IntakeSetting
from schemas.mail_settings import MailSetting, SendingSetting
from schemas.values import ValueProblem, parse_mail_address
from tests.functional.plant_folder import COMPLAINTS, PlantFolder, complaint, empty_plant, kesu

PLAIN = "xn--fsqu00a.xn--55qx5d"  # 例子.公司
KEY = EffectKey("甲厂", "mail.release", "KS-1")


@pytest.mark.parametrize(("typed", "address"), [
    ("zhou@例子.公司", f"zhou@{PLAIN}"), ("zhou@例子。公司", f"zhou@{PLAIN}"),
    ("ｚｈｏｕ＠example.com", "zhou@example.com"),
    ("周启航 <zhou@example.com>", "zhou@example.com"), ("mailto:zhou@example.com", "zhou@example.com"),
    (f"zhou@{PLAIN}", f"zhou@{PLAIN}"), (None, None), ("无", None),
])
def test_what_is_typed_into_the_cell(typed: str | None, address: str | None) -> None:
    assert parse_mail_address(typed) == address


@pytest.mark.parametrize("typed", [
    "中文@例子.公司", "中文@example.com", "a@b@", "a@x.com; b@x.com", "8012", "a@" + "例" * 200,
])
def test_what_cannot_be_sent_to_is_said(typed: str) -> None:
    with pytest.raises(ValueProblem):
        parse_mail_address(typed)


def test_a_mail_to_a_chinese_domain_is_composed_and_has_its_envelope() -> None:
    raw = compose(sender="客诉助手 <kesu@例子.公司>", to=["周启航 <zhou@例子.公司>"], cc=[], subject="通知", text="x",
                  html="<p>x</p>", attachments=[], key=KEY, at=datetime.fromisoformat("2026-11-26T09:00:00+08:00"))
    mail = read_outgoing(raw, KEY.digest)
    assert (mail.sender, mail.recipients) == (f"kesu@{PLAIN}", (f"zhou@{PLAIN}",))
    assert mail.message_id == message_id_of(KEY.digest, "kesu@例子.公司") == f"<kesu.{KEY.digest}@{PLAIN}>"
    assert message_from_bytes(raw, policy=policy.default)["To"].addresses[0].display_name == "周启航"
    with pytest.raises(BadAddress, match="中文"):
        bare_address("中文@例子.公司")


def test_whose_domain_counts_as_inside() -> None:
    setting = MailSetting(sender="kesu@例子.公司", sending=SendingSetting(allowed_domains=("例子.公司",)))
    assert addressed((f"zhou@{PLAIN}",), (), setting).to == (f"zhou@{PLAIN}",)
    assert addressed(("zhou@例外.公司",), (), setting).nobody


@pytest.mark.parametrize(("address", "seen"), [
    ("卢静宜@例子.公司", f"卢静宜@{PLAIN}"), ("lu@例子.公司", f"lu@{PLAIN}"), (f"LU@{PLAIN}", f"lu@{PLAIN}"),
])
def test_who_writes_from_such_an_address_is_known(address: str, seen: str) -> None:
    raw = f"From: =?utf-8?B?5Y2i6Z2Z5a6c?= <{address}>\r\nSubject: x\r\n\r\n零件号：CW-2217".encode()
    mail = MimeMailReader().read("1", raw)
    assert (mail.sender, mail.damage) == (seen, "")
    book = {"星河汽车": CustomerAddressing(senders=("例子.公司",)), "别家": CustomerAddressing(senders=("例外.公司",))}
    who = Senders(IntakeSetting(address_book=book), Directory({})).of(mail.sender, mail.sender_name)
    assert who is not None
    assert who.customer == "星河汽车"


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    made = empty_plant(tmp_path / "plant")
    made.configure(internal_domains="[example.com, 例子.公司]")
    made.type("通讯录", {"姓名": "中文邮箱", "部门": "总装车间", "岗位": "车间主任", "邮箱": "中文@例子.公司"},
              {"姓名": "中文域名", "部门": "总装车间", "岗位": "车间主任", "邮箱": "head@例子.公司"})
    return made


def test_a_plant_with_both(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(状态="调查", 责任部门="总装车间"))
    plant.settled()
    told = [str(mail["To"]) for mail in plant.mails()]
    assert any(f"head@{PLAIN}" in to for to in told), told
    found = kesu("check", "-c", plant.config).out
    assert "中文@例子.公司" in found
    assert "通讯录" in found
    assert "@ 之前有汉字" in found
