"""What every mailbox adapter promises, over its real protocol; a new one joins by one line in ``ADAPTERS``."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.mailbox.compose import compose
from schemas.effects import EffectKey
from schemas.errors import KesuError, MailRefused
from schemas.mail_ports import Trace
from tests.contract.mailbox_stands import (
    ADAPTERS,
    BUSY,
    DROPPED,
    EXPIRED,
    SLOW,
    TAKEN_THEN_503,
    Servers,
    Stand,
)

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
KEY = EffectKey("甲厂", "mail.notice", "c000001", "第1次")
BY_NAME = {adapter.name: adapter for adapter in ADAPTERS}


@pytest.fixture(params=list(BY_NAME))
def stand(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> Stand:
    return BY_NAME[request.param].build(servers, tmp_path)


def faulty(*faults: str) -> pytest.MarkDecorator:
    """The test, for every adapter whose protocol knows the fault."""
    pairs = [(adapter.name, fault) for adapter in ADAPTERS for fault in faults if fault in adapter.faults]
    return pytest.mark.parametrize(("name", "fault"), pairs)


def mail(key: EffectKey = KEY, subject: str = "客诉通知:冷却水管渗水") -> bytes:
    return compose(
        sender="客诉助手 <kesu@example.com>", to=["周启航 <zhou@example.com>"], cc=[], subject=subject,
        text="请于周五前回复。\n", html="<p>请于周五前回复。</p>",
        attachments=[("会议通知-第1次.docx", b"PK\x03\x04 docx")], key=key, at=NOW,
    )


def outcome(stand: Stand, content: bytes, key: str = KEY.digest) -> str:
    """What sending ends with: sent, refused (certainly not sent), in doubt."""
    try:
        stand.mailbox.send(content, key)
    except MailRefused:
        return "refused"
    except (KesuError, OSError):
        return "doubt"
    return "sent"


def test_checking_says_what_was_found_and_changes_nothing(stand: Stand) -> None:
    stand.deliver("a", b"Subject: one\r\n\r\n1")
    before = dict(stand.mailbox.fetch())
    assert all(stand.mailbox.check())
    assert dict(stand.mailbox.fetch()) == before
    assert stand.sent() == []


def test_a_key_never_sent_is_absent(stand: Stand) -> None:
    assert stand.mailbox.trace(KEY.digest) is Trace.ABSENT


def test_what_was_sent_is_traced(stand: Stand) -> None:
    assert stand.mailbox.send(mail(), KEY.digest) == ()
    other = EffectKey("甲厂", "mail.notice", "c000002", "第1次")
    assert stand.mailbox.trace(KEY.digest) is Trace.SENT
    assert stand.mailbox.trace(other.digest) is Trace.ABSENT


def test_the_same_key_leaves_once(stand: Stand) -> None:
    stand.mailbox.send(mail(), KEY.digest)
    stand.mailbox.send(mail(subject="改过的主题"), KEY.digest)
    assert len(stand.sent()) == 1


def test_a_key_that_could_search_for_everything_is_refused(stand: Stand) -> None:
    with pytest.raises(MailRefused):
        stand.mailbox.trace('" OR ALL')
    with pytest.raises(MailRefused):
        stand.mailbox.send(mail(), EffectKey("甲厂", "mail.notice", "c000002").digest)


def test_chinese_subject_and_attachment_arrive(stand: Stand) -> None:
    stand.mailbox.send(mail(), KEY.digest)
    (raw,) = stand.sent()
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == "客诉通知:冷却水管渗水"
    attached = [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]
    assert attached == [("会议通知-第1次.docx", b"PK\x03\x04 docx")]


def test_incoming_mail_keeps_its_id_until_processed(stand: Stand) -> None:
    stand.deliver("a", b"Subject: one\r\n\r\n1")
    stand.deliver("b", b"Subject: two\r\n\r\n2")
    first = dict(stand.mailbox.fetch())
    assert sorted(first.values()) == [b"Subject: one\r\n\r\n1", b"Subject: two\r\n\r\n2"]
    assert dict(stand.mailbox.fetch()) == first
    done = next(mail_id for mail_id, raw in first.items() if b"one" in raw)
    stand.mailbox.mark_processed(done)
    stand.mailbox.mark_processed(done)
    assert [raw for _, raw in stand.mailbox.fetch()] == [b"Subject: two\r\n\r\n2"]


def test_known_mail_is_left_in_place_and_not_read_again(stand: Stand) -> None:
    stand.deliver("a", b"Subject: one\r\n\r\n1")
    (known,) = dict(stand.mailbox.fetch())
    stand.deliver("b", b"Subject: two\r\n\r\n2")
    assert [raw for _, raw in stand.mailbox.fetch({known})] == [b"Subject: two\r\n\r\n2"]
    assert known in dict(stand.mailbox.fetch())


def test_mail_delivered_twice_has_two_ids(stand: Stand) -> None:
    twice = b"Message-ID: <1@example.com>\r\nSubject: one\r\n\r\n1"
    stand.deliver("a", twice)
    stand.deliver("b", twice)
    found = dict(stand.mailbox.fetch())
    assert list(found.values()) == [twice, twice]
    stand.mailbox.mark_processed(next(iter(found)))
    assert list(dict(stand.mailbox.fetch())) == list(found)[1:]


def test_mail_can_be_put_aside_while_it_is_being_read(stand: Stand) -> None:
    for name in "abc":
        stand.deliver(name, f"Subject: {name}\r\n\r\n{name}".encode())
    read = []
    for mail_id, raw in stand.mailbox.fetch():
        read.append(raw)
        stand.mailbox.mark_processed(mail_id)
    assert len(read) == 3
    assert list(stand.mailbox.fetch()) == []


@faulty(BUSY)
def test_a_busy_server_takes_it_later_and_once(name: str, fault: str, servers: Servers, tmp_path: Path) -> None:
    stand = BY_NAME[name].build(servers, tmp_path)
    stand.misbehave(fault)
    assert outcome(stand, mail()) == "refused"
    assert stand.sent() == []
    assert stand.mailbox.trace(KEY.digest) in {Trace.ABSENT, Trace.DRAFT}
    stand.misbehave("well")
    assert outcome(stand, mail(subject="现在的主题")) == "sent"
    (raw,) = stand.sent()
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == "现在的主题"


@faulty(TAKEN_THEN_503, DROPPED)
def test_a_lost_answer_is_never_taken_for_a_refusal(name: str, fault: str, servers: Servers, tmp_path: Path) -> None:
    stand = BY_NAME[name].build(servers, tmp_path)
    stand.misbehave(fault)
    assert outcome(stand, mail()) == "doubt"
    stand.misbehave("well")
    assert stand.mailbox.trace(KEY.digest) in {Trace.SENT, Trace.UNKNOWABLE}
    outcome(stand, mail())  # whoever tries again all the same
    assert len(stand.sent()) == 1


@faulty(SLOW, EXPIRED)
def test_slow_bytes_and_expired_tokens_are_lived_with(name: str, fault: str, servers: Servers, tmp_path: Path) -> None:
    stand = BY_NAME[name].build(servers, tmp_path)
    stand.mailbox.trace(KEY.digest)
    stand.misbehave(fault)
    assert outcome(stand, mail()) == "sent"
    assert len(stand.sent()) == 1
    stand.deliver("a", b"Subject: one\r\n\r\n1")
    assert [raw for _, raw in stand.mailbox.fetch()] == [b"Subject: one\r\n\r\n1"]
