"""What every mailbox adapter promises; a new adapter joins by one line in ``ADAPTERS``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.mailbox.compose import compose
from pipeline.mailbox.folder import FolderMailbox
from schemas.effects import EffectKey
from schemas.ports import Mailbox, Trace

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
KEY = EffectKey("甲厂", "mail.notice", "c000001", "第1次")


@dataclass(frozen=True)
class Stand:
    """An adapter on its test stand: a way to deliver incoming mail, and what has really left."""

    mailbox: Mailbox
    deliver: Callable[[str, bytes], None]
    sent: Callable[[], list[bytes]]


def folder_stand(root: Path) -> Stand:
    inbox, outbox = root / "收件", root / "发件"
    inbox.mkdir()
    outbox.mkdir()

    def deliver(name: str, content: bytes) -> None:
        (inbox / f"{name}.eml").write_bytes(content)

    def sent() -> list[bytes]:
        return [path.read_bytes() for path in sorted(outbox.glob("*.eml"))]

    return Stand(FolderMailbox(inbox, outbox), deliver, sent)


ADAPTERS: list[Callable[[Path], Stand]] = [folder_stand]


@pytest.fixture(params=ADAPTERS, ids=lambda build: build.__name__.removesuffix("_stand"))
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Stand:
    built = request.param(tmp_path)
    assert isinstance(built, Stand)
    return built


def mail(key: EffectKey = KEY, subject: str = "客诉通知:冷却水管渗水") -> bytes:
    return compose(
        sender="客诉助手 <kesu@example.com>", to=["周启航 <zhou@example.com>"], cc=[], subject=subject,
        text="请于周五前回复。\n", html="<p>请于周五前回复。</p>",
        attachments=[("会议通知-第1次.docx", b"PK\x03\x04 docx")], key=key, at=NOW,
    )


def test_a_key_never_sent_is_absent(stand: Stand) -> None:
    assert stand.mailbox.trace(KEY.digest) is Trace.ABSENT


def test_what_was_sent_is_traced(stand: Stand) -> None:
    stand.mailbox.send(mail(), KEY.digest)
    other = EffectKey("甲厂", "mail.notice", "c000002", "第1次")
    assert stand.mailbox.trace(KEY.digest) is Trace.SENT
    assert stand.mailbox.trace(other.digest) is Trace.ABSENT


def test_the_same_key_leaves_once(stand: Stand) -> None:
    stand.mailbox.send(mail(), KEY.digest)
    stand.mailbox.send(mail(subject="改过的主题"), KEY.digest)
    assert len(stand.sent()) == 1


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
