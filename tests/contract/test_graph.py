"""What only Graph knows: tokens, drafts by id, delta listings, throttling, sizes and permissions."""

from __future__ import annotations

from collections.abc import Iterator
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
    TenantUnknown,
)
from pipeline.mailbox.graph import GraphMailbox
from pipeline.mailbox.graph_session import GraphForbidden, GraphSession
from pipeline.mailbox.tokens import Tokens
from schemas.mail_ports import Trace
from schemas.mail_settings import GraphSetting, OAuthSetting
from tests.contract.mailbox_stands import CLIENT_SECRET_VARIABLE, TIMEOUT, Servers, graph_setting
from tests.contract.test_mailbox_contract import KEY, mail
from tests.servers import graph
from tests.servers.graph import GraphServer


@pytest.fixture
def server(servers: Servers) -> Iterator[GraphServer]:
    with graph.running(servers.certificates.server_context()) as running:
        yield running


@pytest.fixture
def mailbox(server: GraphServer, servers: Servers) -> GraphMailbox:
    return opened(graph_setting(server), servers.certificates.root)


def opened(setting: GraphSetting, ca_file: Path | None) -> GraphMailbox:
    return GraphMailbox(setting, sender="客诉助手 <kesu@example.com>", ca_file=ca_file, timeout=TIMEOUT)


def sends(server: GraphServer) -> int:
    return sum(request.endswith("/send") for request in server.store.requests)


def test_a_mailbox_or_a_tenant_that_nobody_knows(server: GraphServer, servers: Servers) -> None:
    setting = graph_setting(server)
    elsewhere = setting.model_copy(update={"mailbox": "nobody@example.com"})
    with pytest.raises(MailboxUnknown, match=r"nobody@example\.com"):
        opened(elsewhere, servers.certificates.root).check()
    stranger = setting.model_copy(update={"oauth": setting.oauth.model_copy(update={"tenant": "nobody"})})
    with pytest.raises(TenantUnknown, match="tenant 和 cloud"):
        opened(stranger, servers.certificates.root).check()


def test_a_send_is_asked_for_once_whatever_the_answer(mailbox: GraphMailbox, server: GraphServer) -> None:
    for number, behaviour in enumerate(("busy_503", "busy", "taken_then_503"), 1):
        server.store.next_send.append(behaviour)
        with pytest.raises(MailBusy if behaviour == "busy" else MailDoubtful):
            mailbox.send(mail(), KEY.digest)
        assert sends(server) == number
    assert len(server.store.delivered) == 1
    mailbox.send(mail(), KEY.digest)
    assert sends(server) == 3  # the sent folder answered


def test_a_503_before_anything_happened_leaves_the_draft_and_sends_that_one(
    mailbox: GraphMailbox, server: GraphServer
) -> None:
    server.store.next_send.append("busy_503")
    with pytest.raises(MailDoubtful):
        mailbox.send(mail(), KEY.digest)
    assert mailbox.trace(KEY.digest) is Trace.DRAFT
    (draft,) = server.store.within("drafts")
    mailbox.send(mail(), KEY.digest)
    assert [item.message_id for item in server.store.within("sentitems")] == [draft.message_id]
    assert server.store.within("drafts") == []


def test_a_draft_whose_key_was_not_written_yet_is_found_by_its_message_id(
    mailbox: GraphMailbox, server: GraphServer
) -> None:
    server.store.create(mail())  # as after a kill between creating and naming it
    assert mailbox.trace(KEY.digest) is Trace.DRAFT
    mailbox.send(mail(), KEY.digest)
    assert server.store.within("drafts") == []
    assert len(server.store.delivered) == 1


def test_what_is_on_its_way_is_neither_sent_nor_absent(mailbox: GraphMailbox, server: GraphServer) -> None:
    server.store.create(mail(), "outbox")
    assert mailbox.trace(KEY.digest) is Trace.UNKNOWABLE


def test_only_changes_of_the_folder_are_listed(mailbox: GraphMailbox, server: GraphServer) -> None:
    for number in range(5):
        server.store.receive(f"Subject: {number}\r\n\r\n".encode())
    assert len(list(mailbox.fetch())) == 5
    server.store.requests.clear()
    known = dict(mailbox.fetch(set()))
    assert sum("delta" in request for request in server.store.requests) == 1
    server.store.delete(next(iter(known)))
    server.store.receive(b"Subject: new\r\n\r\n")
    assert list(dict(mailbox.fetch(set(known))).values()) == [b"Subject: new\r\n\r\n"]
    assert len(list(mailbox.fetch())) == 5


def test_a_lost_listing_state_lists_everything_again(mailbox: GraphMailbox, server: GraphServer) -> None:
    server.store.receive(b"Subject: one\r\n\r\n")
    before = dict(mailbox.fetch())
    server.deltas.clear()
    assert dict(mailbox.fetch()) == before


def test_a_busy_server_is_waited_for_or_left_for_later(mailbox: GraphMailbox, server: GraphServer) -> None:
    mailbox.trace(KEY.digest)
    server.store.orders = {"busy"}
    server.retry_after = "60"
    with pytest.raises(MailBusy) as busy:
        list(mailbox.fetch())
    assert busy.value.retry_after == 60


def test_a_mail_too_large_for_graph_says_so(mailbox: GraphMailbox, server: GraphServer) -> None:
    with pytest.raises(MailRejected, match="4 MB"):
        mailbox.send(mail() + b"x" * 3_200_000, KEY.digest)
    assert server.store.items == {}


def test_wrong_secret_missing_permission_unknown_folder_and_certificate(
    mailbox: GraphMailbox, server: GraphServer, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = graph_setting(server)
    with pytest.raises(MailFolderUnknown, match="inbox"):
        list(opened(setting.model_copy(update={"inbox": "客诉"}), servers.certificates.root).fetch())
    server.forbidden = True
    with pytest.raises(GraphForbidden, match=r"Mail\.ReadWrite"):
        mailbox.trace(KEY.digest)
    monkeypatch.setenv(CLIENT_SECRET_VARIABLE, "wrong")
    with pytest.raises(MailLoginRefused, match="AADSTS7000215"):
        opened(setting, servers.certificates.root).trace(KEY.digest)
    with pytest.raises(MailCertificateRefused):
        opened(setting, None).trace(KEY.digest)


def test_nobody_there(servers: Servers) -> None:
    setting = GraphSetting(mailbox=graph.USER, oauth=OAuthSetting(
        tenant="t", client_id="c", secret_env=CLIENT_SECRET_VARIABLE, authority="https://localhost:9"))
    with pytest.raises(MailServerUnreachable):
        opened(setting, servers.certificates.root).trace(KEY.digest)


@pytest.mark.parametrize(("cloud", "address"), [
    ("china", "https://microsoftgraph.chinacloudapi.cn/v1.0/users/kesu%40example.com"),
    ("global", "https://graph.microsoft.com/v1.0/users/kesu%40example.com"),
])
def test_both_clouds(cloud: str, address: str) -> None:
    oauth = OAuthSetting.model_validate({"tenant": "t", "client_id": "c", "cloud": cloud})
    session = GraphSession(GraphSetting(mailbox=graph.USER, oauth=oauth), Tokens(oauth, "", None, 1), None, 1)
    assert session.root == address
