"""Composed mail: read back by the standard parser, equal for equal arguments, closed against injected headers."""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mailbox.compose import compose
from schemas.effects import EffectKey
from schemas.errors import MailRefused

NOW = datetime(2026, 11, 23, 8, 30, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
KEY = EffectKey("甲厂", "mail.notice", "c000001")
ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def raw(**changes: Any) -> bytes:
    arguments: dict[str, Any] = {
        "sender": "客诉助手 <kesu@example.com>", "to": ["周启航 <zhou@example.com>"], "cc": [], "subject": "客诉通知",
        "text": "第一行\n第二行", "html": "<p>正文 & 表格</p>", "attachments": [], "key": KEY, "at": NOW,
    }
    return compose(**(arguments | changes))


def read(mime: bytes) -> EmailMessage:
    message = message_from_bytes(mime, policy=policy.default)
    assert not [part.defects for part in message.walk() if part.defects]
    return message


def test_fields_are_those_of_an_automatic_mail() -> None:
    message = read(raw(cc=["李, 主管 <li@example.com>"], in_reply_to="<q@customer.example>"))
    assert str(message["From"]) == "客诉助手 <kesu@example.com>"
    assert message["Cc"].addresses[0].display_name == "李, 主管"
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == f"<kesu.{KEY.digest}@example.com>"
    assert message["X-Kesu-Key"] == KEY.digest
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert message["In-Reply-To"] == message["References"] == "<q@customer.example>"


def test_text_html_and_invitation_are_alternatives_beside_the_attachments() -> None:
    message = read(raw(calendar=ICS, attachments=[("8D报告.docx", b"\0\xff" * 5000), ("p.png", b"")]))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "image/png",
    ]
    bodies = [part for part in message.walk() if part.get_content_maintype() == "text"]
    # EmailMessage.get_content keeps the CRLF of MIME text
    assert [part.get_content() for part in bodies] == ["第一行\r\n第二行", "<p>正文 & 表格</p>", ICS]
    assert bodies[2].get_param("method") == "REQUEST"
    assert [part.get_content() for part in message.iter_attachments()] == [b"\0\xff" * 5000, b""]


NAMES = ["会议纪要-第1次.docx", "a b;c.pdf", "😀客诉.png", "长" * 300 + ".docx", "..\\..\\evil.xlsx"]


@pytest.mark.parametrize("name", NAMES)
def test_attachment_names_in_both_spellings(name: str) -> None:
    mime = raw(attachments=[(name, b"x")])
    (part,) = read(mime).iter_attachments()
    found = part.get_filename() or ""
    assert found.endswith(name[-5:])
    assert "/" not in found
    assert "\\" not in found
    # what an old program reads that knows no RFC 2231: name= of Content-Type, in encoded words
    fallback = re.search(rb'name="([^"]*)"', mime)
    assert fallback is not None
    assert str(make_header(decode_header(fallback[1].decode().replace("\r\n", "")))) == found


def test_equal_arguments_give_equal_bytes_and_another_key_other_ones() -> None:
    assert raw() == raw()
    assert raw(key=EffectKey("甲厂", "mail.notice", "c000002")) != raw()


@pytest.mark.parametrize("evil", ["x\r\nBcc: t@example.com", "x\nBcc: t@example.com", "x\u2028Bcc: t@example.com"])
def test_no_header_can_be_injected(evil: str) -> None:
    mime = raw(subject=evil, to=[f"{evil} <zhou@example.com>"], attachments=[(evil, b"")], in_reply_to=f"<{evil}>")
    message = read(mime)
    assert message["Bcc"] is None
    assert "In-Reply-To" not in message
    assert message["Subject"] == "x Bcc: " + evil.rsplit(" ", 1)[1]
    assert not re.search(rb"(?m)^Bcc", mime)


@pytest.mark.parametrize("address", ["周启航", "a@b\r\nBcc: t@example.com", "周@example.com", "<>", "a b@example.com"])
def test_an_impossible_address_is_refused_by_name(address: str) -> None:
    with pytest.raises(MailRefused, match="邮箱地址"):
        raw(to=[address])


def test_a_mail_to_nobody_and_a_naive_time_are_refused() -> None:
    with pytest.raises(MailRefused, match="收件人"):
        raw(to=[])
    with pytest.raises(ValueError, match="aware"):
        raw(at=NOW.replace(tzinfo=None))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=200), st.text(max_size=300))
def test_any_text_makes_a_wellformed_mail(subject: str, body: str, name: str) -> None:
    mime = raw(subject=subject, text=body, html=body, attachments=[(name, body.encode("utf-8", "replace"))])
    lines = mime.split(b"\r\n")
    assert all(len(line) <= 998 and b"\r" not in line and b"\n" not in line for line in lines)
    assert mime.isascii()
    message = message_from_bytes(mime, policy=policy.default)
    assert [part.get_content_type() for part in message.walk()][:2] == ["multipart/mixed", "multipart/alternative"]
    assert message["X-Kesu-Key"] == KEY.digest


@pytest.mark.parametrize("subject", ["=?utf-8?B?eA==?=", "KS-202611-001 " + "x" * 1500, "a" * 61])
def test_plain_subjects_that_need_encoding_survive(subject: str) -> None:
    mime = raw(subject=subject, to=[f"{subject} <zhou@example.com>"])
    assert max(map(len, mime.split(b"\r\n"))) <= 998
    message = read(mime)
    assert message["Subject"] == subject
    # the parser of Python 3.11 puts a blank between the encoded words of a name; the older decoder follows RFC 2047
    unfolded = str(message_from_bytes(mime)["To"]).replace("\r\n", "").removesuffix(" <zhou@example.com>")
    assert str(make_header(decode_header(unfolded))) == subject


@settings(max_examples=60, deadline=None)
@given(st.text("客诉严重AB=?_ 1(),.<>\"", min_size=1, max_size=150))
def test_subjects_survive(subject: str) -> None:
    message = message_from_bytes(raw(subject=subject), policy=policy.default)
    assert message["Subject"] == re.sub(r"\s+", " ", subject).strip()
