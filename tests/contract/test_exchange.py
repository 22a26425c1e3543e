"""What only EWS knows: delegates and impersonation, tokens, drafts by id, and the process that sends."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.mailbox.errors import (
    MailboxUnknown,
    MailBusy,
    MailCertificateRefused,
    MailDoubtful,
    MailFolderUnknown,
    MailLoginRefused,
    MailRejected,
    MailServerUnreachable,
)
from pipeline.mailbox.exchange import ExchangeMailbox
from schemas.effects import EffectKey
from schemas.mail_ports import Trace
from schemas.mail_settings import ExchangeSetting
from tests.contract.mailbox_stands import SECRET, Servers, exchange_setting, exchange_with_tokens
from tests.contract.test_mailbox_contract import KEY, mail
from tests.servers import ews, ntlm
from tests.servers.ews import EwsServer
from tests.servers.ntlm import NtlmDoor

OTHER = EffectKey("甲厂", "mail.notice", "c000002")


@pytest.fixture
def server(servers: Servers) -> Iterator[EwsServer]:
    with ews.running(servers.certificates.server_context()) as running:
        yield running


class Opened:
    """Mailboxes that are closed when the test ends."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._open: list[ExchangeMailbox] = []

    def __call__(self, setting: ExchangeSetting, *, trusted: bool = True, timeout: float = 5) -> ExchangeMailbox:
        root: Path | None = self._servers.certificates.root if trusted else None
        self._open.append(ExchangeMailbox(setting, sender="客诉助手 <kesu@example.com>", ca_file=root, timeout=timeout))
        return self._open[-1]

    def close(self) -> None:
        for mailbox in self._open:
            mailbox.close()


@pytest.fixture
def opened(servers: Servers) -> Iterator[Opened]:
    factory = Opened(servers)
    yield factory
    factory.close()


def test_a_503_after_acceptance_is_posted_once(server: EwsServer, opened: Opened) -> None:
    mailbox = opened(exchange_setting(server))
    server.store.next_send.append("taken_then_503")
    with pytest.raises(MailDoubtful):
        mailbox.send(mail(), KEY.digest)
    assert server.posts.count("SendItem") == 1
    assert mailbox.trace(KEY.digest) is Trace.SENT


def test_the_key_goes_along_as_a_header_field_and_finds_the_draft(server: EwsServer, opened: Opened) -> None:
    mailbox = opened(exchange_setting(server))
    server.store.next_send.append("busy")
    with pytest.raises(MailBusy) as busy:
        mailbox.send(mail(), KEY.digest)
    assert busy.value.retry_after == 7
    (draft,) = server.store.within("drafts")
    assert draft.properties["InternetHeaders:X-Kesu-Key"] == KEY.digest
    assert mailbox.trace(KEY.digest) is Trace.DRAFT
    mailbox.send(mail(), KEY.digest)
    assert [item.message_id for item in server.store.within("sentitems")] == [draft.message_id]
    assert server.posts.count("CreateItem") == 1  # the draft that stood there was sent


def test_a_draft_without_its_key_is_found_by_its_message_id(server: EwsServer, opened: Opened) -> None:
    server.store.create(mail())
    mailbox = opened(exchange_setting(server))
    assert mailbox.trace(KEY.digest) is Trace.DRAFT
    mailbox.send(mail(), KEY.digest)
    assert server.store.within("drafts") == []
    assert len(server.store.delivered) == 1


def test_what_waits_in_the_outbox_is_neither_sent_nor_absent(server: EwsServer, opened: Opened) -> None:
    server.store.create(mail(), "outbox")
    assert opened(exchange_setting(server)).trace(KEY.digest) is Trace.UNKNOWABLE


@pytest.mark.parametrize(("access", "seen"), [
    ("delegate", "mailbox quality@example.com"), ("impersonation", "impersonated quality@example.com"),
])
def test_a_shared_mailbox(server: EwsServer, opened: Opened, access: str, seen: str) -> None:
    setting = exchange_setting(server).model_copy(update={"mailbox": "quality@example.com", "access": access})
    mailbox = opened(setting)
    server.store.receive(b"Subject: one\r\n\r\n1")
    assert list(dict(mailbox.fetch()).values()) == [b"Subject: one\r\n\r\n1"]
    server.seen.clear()
    mailbox.send(mail(), KEY.digest)
    assert seen in server.seen


@pytest.mark.parametrize("access", ["delegate", "impersonation"])
def test_a_mailbox_that_nobody_has(server: EwsServer, opened: Opened, access: str) -> None:
    setting = exchange_setting(server).model_copy(update={"mailbox": "kexu@example.com", "access": access})
    with pytest.raises(MailboxUnknown, match="找不到邮箱 kexu"):
        opened(setting).check()


def test_a_token_refused_before_its_time_is_renewed_once(server: EwsServer, opened: Opened) -> None:
    mailbox = opened(exchange_with_tokens(server, access="impersonation"))
    mailbox.send(mail(), KEY.digest)
    server.store.receive(b"Subject: one\r\n\r\n1")
    server.identity.expire()
    assert mailbox.trace(KEY.digest) is Trace.SENT
    server.identity.expire()
    (mail_id,) = dict(mailbox.fetch())
    server.identity.expire()
    mailbox.mark_processed(mail_id)
    assert len(server.store.within("inbox")) == 0
    server.identity.expire()
    mailbox.send(mail(OTHER), OTHER.digest)
    assert len(server.store.delivered) == 2
    assert set(server.identity.scopes) == {"https://mail.example.com/.default"}
    before, server.identity.refuses_all = len(server.identity.scopes), True
    for attempt in (lambda: mailbox.trace(KEY.digest), lambda: mailbox.send(mail(OTHER), OTHER.digest)):
        with pytest.raises(MailLoginRefused):
            attempt()
    assert len(server.identity.scopes) - before <= 4  # a server that takes no token is not asked for ever


def test_a_token_that_expires_between_draft_and_sending(server: EwsServer, opened: Opened) -> None:
    mailbox = opened(exchange_with_tokens(server))
    server.expire_before = "SendItem"
    mailbox.send(mail(), KEY.digest)
    assert len(server.store.delivered) == 1
    assert server.posts.count("CreateItem") == 1  # the draft that stood there was sent


@pytest.mark.parametrize("auth", ["ntlm", "any"])
def test_ntlm(server: EwsServer, opened: Opened, auth: str, monkeypatch: pytest.MonkeyPatch) -> None:
    server.ntlm = NtlmDoor(ews.PASSWORD)
    setting = exchange_setting(server).model_copy(update={"auth": auth, "user": f"{ntlm.DOMAIN}\\{ntlm.ACCOUNT}"})
    mailbox = opened(setting)
    server.store.receive(b"Subject: one\r\n\r\n1")
    (mail_id,) = dict(mailbox.fetch())
    mailbox.mark_processed(mail_id)
    mailbox.send(mail(), KEY.digest)
    assert mailbox.trace(KEY.digest) is Trace.SENT
    assert set(server.ntlm.inside.values()) == {f"{ntlm.DOMAIN}\\{ntlm.ACCOUNT}"}
    assert server.ntlm.challenges >= 2  # reading and sending log in each for itself
    assert len(server.store.delivered) == 1
    monkeypatch.setenv(SECRET, "wrong")
    other = setting.model_copy(update={"user": f"{ntlm.DOMAIN}\\somebody"})
    with pytest.raises(MailLoginRefused):
        opened(other).trace(KEY.digest)


def test_wrong_password_certificate_folder_and_nobody_there(
    server: EwsServer, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = exchange_setting(server)
    with pytest.raises(MailFolderUnknown, match="inbox"):
        list(opened(setting.model_copy(update={"inbox": "客诉"})).fetch())
    with pytest.raises(MailCertificateRefused):
        # another user: exchangelib keeps connections by endpoint and user for the life of a process
        opened(setting.model_copy(update={"user": "other@example.com"}), trusted=False).trace(KEY.digest)
    nowhere = setting.model_copy(update={"endpoint": "https://localhost:9/EWS/Exchange.asmx"})
    with pytest.raises(MailServerUnreachable):
        opened(nowhere).trace(KEY.digest)
    monkeypatch.setenv(SECRET, "wrong")
    before = len(server.posts)
    with pytest.raises(MailLoginRefused):
        opened(setting).trace(KEY.digest)
    assert len(server.posts) == before


def test_the_sending_process_dies_with_a_message_in_hand(server: EwsServer, opened: Opened) -> None:
    mailbox = opened(exchange_setting(server), timeout=20)
    server.store.next_send.append("hang")
    sender = mailbox._outgoing

    def kill() -> None:
        while "SendItem" not in server.posts:
            time.sleep(0.01)
        process = sender._process
        assert process is not None
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(MailDoubtful, match="中途退出"):
        mailbox.send(mail(), KEY.digest)
    killer.join()
    server.store.orders.add("well")
    deadline = time.monotonic() + 5
    while not server.store.delivered and time.monotonic() < deadline:
        time.sleep(0.05)
    mailbox.send(mail(), KEY.digest)
    assert len(server.store.delivered) == 1


def test_a_refusal_of_exchange_itself_is_certain(server: EwsServer, opened: Opened) -> None:
    mailbox = opened(exchange_setting(server))
    server.store.next_send.append("ErrorSendAsDenied")
    with pytest.raises(MailRejected, match="ErrorSendAsDenied"):
        mailbox.send(mail(), KEY.digest)
    assert server.store.delivered == []
    assert mailbox.trace(KEY.digest) is Trace.DRAFT
