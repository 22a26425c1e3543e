"""Test stands for every mailbox adapter: the adapter on a real server of its protocol, and that server's orders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipeline.mailbox.exchange import ExchangeMailbox
from pipeline.mailbox.folder import FolderMailbox
from pipeline.mailbox.graph import GraphMailbox
from pipeline.mailbox.imap_smtp import ImapSmtpMailbox
from schemas.mail_ports import Mailbox
from schemas.mail_settings import ExchangeSetting, GraphSetting, ImapSmtpSetting, OAuthSetting, ServerSetting
from tests.contract.stand_states import Kept, Rest, keep_folders, keep_maildir, keep_store
from tests.servers import certificates, dovecot, ews, fault_proxy, graph, identity, smtp
from tests.servers.certificates import Certificates

#: What a server does to the next message, or to everything until "well".
BUSY, TAKEN_THEN_503, DROPPED, SLOW, EXPIRED = "busy", "taken_then_503", "dropped_reply", "slow_bytes", "expired_token"
SECRET, CLIENT_SECRET_VARIABLE = "KESU_TEST_SECRET", "KESU_TEST_CLIENT_SECRET"
TIMEOUT = 10.0


@dataclass(frozen=True)
class Stand:
    """An adapter on its test stand: a way to deliver incoming mail, what has really left, the server's
    orders, and all that it holds."""

    mailbox: Mailbox
    deliver: Callable[[str, bytes], None]
    sent: Callable[[], list[bytes]]
    misbehave: Callable[[str], None]
    keep: Callable[[], Kept]


@dataclass(frozen=True)
class Servers:
    """The servers of a test process, started when first asked for; each stand has a user of its own there."""

    closing: ExitStack
    users: Iterator[int] = field(default_factory=count)

    @cached_property
    def imap(self) -> dovecot.Dovecot:
        """A Dovecot with plenty of users; without the program the test is skipped, except where everything must run."""
        if not Path(dovecot.PROGRAM).exists() and "CI" not in os.environ:
            pytest.skip("dovecot missing")
        names = tuple(f"user{number}@example.com" for number in range(2000))
        return self.closing.enter_context(dovecot.running(names, sent="已发送"))

    @cached_property
    def certificates(self) -> Certificates:
        """What the servers with TLS show."""
        return certificates.make(Path(self.closing.enter_context(TemporaryDirectory())))

    def user(self) -> str:
        """The name of a user nobody had before."""
        return f"user{next(self.users)}@example.com"


@dataclass(frozen=True)
class Adapter:
    """How to build an adapter's stand, and which faults its protocol can have."""

    name: str
    build: Callable[[Servers, Path], Stand]
    faults: frozenset[str]


def folder_stand(_servers: Servers, root: Path) -> Stand:
    """Two folders; nothing there misbehaves on command."""
    inbox, outbox = root / "收件", root / "发件"
    inbox.mkdir()
    outbox.mkdir()

    def deliver(name: str, content: bytes) -> None:
        (inbox / f"{name}.eml").write_bytes(content)

    def sent() -> list[bytes]:
        return [path.read_bytes() for path in sorted(outbox.glob("*.eml"))]

    return Stand(FolderMailbox(inbox, outbox), deliver, sent, lambda _fault: None, partial(keep_folders, inbox, outbox))


def imap_smtp_setting(user: str, imap: int, smtp_port: int) -> ImapSmtpSetting:
    """Both servers on loopback without encryption, so that the relay in between can read along."""
    os.environ[SECRET] = dovecot.PASSWORD
    return ImapSmtpSetting(
        user=user, password_env=SECRET, imap=ServerSetting(host="127.0.0.1", port=imap, security="none"),
        smtp=ServerSetting(host="127.0.0.1", port=smtp_port, security="none"),
    )


def self_copy_stand(servers: Servers, root: Path) -> Stand:
    """The same with ``self_copy``, and an SMTP server that delivers into the mailbox what is for its user."""
    return imap_smtp_stand(servers, root, self_copy=True)


def imap_smtp_stand(servers: Servers, _root: Path, *, self_copy: bool = False) -> Stand:
    """Dovecot behind a relay, and an SMTP server of this stand alone."""
    user, numbers = servers.user(), count()
    office = servers.closing.enter_context(smtp.running())
    relay = servers.closing.enter_context(fault_proxy.running(servers.imap.port))

    def misbehave(fault: str) -> None:
        relay.seconds_per_byte = 0.0001 if fault == SLOW else 0
        if fault == BUSY:
            office.refused = {"zhou@example.com": "450 4.2.1 too many messages"}
        elif fault == TAKEN_THEN_503:
            office.next_data.append("taken_but_451")
        elif fault == DROPPED:
            office.next_data.append("dropped")
        else:
            office.refused = {}

    def deliver_copy(address: str, content: bytes) -> None:
        if address == user:
            servers.imap.deliver(user, f"copy{next(numbers)}", content)

    office.deliver = deliver_copy
    setting = imap_smtp_setting(user, relay.port, office.port).model_copy(update={"self_copy": self_copy})
    mailbox = ImapSmtpMailbox(setting, ca_file=None, timeout=TIMEOUT)
    deliver = partial(servers.imap.deliver, user)
    return Stand(mailbox, deliver, lambda: list(office.taken), misbehave,
                 partial(keep_maildir, servers.imap, user, office, servers.imap.sessions(), Rest()))


def graph_stand(servers: Servers, _root: Path) -> Stand:
    """Our Graph server over TLS, spoken to with requests and msal."""
    server = servers.closing.enter_context(graph.running(servers.certificates.server_context()))
    setting = graph_setting(server)

    def misbehave(fault: str) -> None:
        server.store.orders = {fault} & {SLOW}
        if fault == EXPIRED:
            server.identity.expire()
        elif fault not in {SLOW, "well"}:
            server.store.next_send.append(fault)

    mailbox = GraphMailbox(setting, sender="kesu@example.com", ca_file=servers.certificates.root, timeout=TIMEOUT)
    return Stand(mailbox, lambda _name, raw: keep(server.store.receive(raw)), lambda: list(server.store.delivered),
                 misbehave, partial(keep_store, server.store, Rest()))


def graph_setting(server: graph.GraphServer) -> GraphSetting:
    """How to reach a Graph server of ours."""
    os.environ[CLIENT_SECRET_VARIABLE] = identity.CLIENT_SECRET
    address = f"https://localhost:{server.port}"
    return GraphSetting(
        mailbox=graph.USER, endpoint=f"{address}/v1.0",
        oauth=OAuthSetting(tenant=identity.TENANT, client_id=identity.CLIENT, secret_env=CLIENT_SECRET_VARIABLE,
                           authority=address),
    )


def exchange_stand(servers: Servers, _root: Path) -> Stand:
    """Our EWS server over TLS with tokens, spoken to with exchangelib; sending goes through its own process."""
    server = servers.closing.enter_context(ews.running(servers.certificates.server_context()))

    def misbehave(fault: str) -> None:
        server.store.orders = {fault} & {SLOW}
        if fault == EXPIRED:
            server.identity.expire()
        elif fault not in {SLOW, "well"}:
            server.store.next_send.append(fault)

    mailbox = ExchangeMailbox(exchange_with_tokens(server), sender="kesu@example.com",
                              ca_file=servers.certificates.root, timeout=TIMEOUT)
    servers.closing.callback(mailbox.close)
    return Stand(mailbox, lambda _name, raw: keep(server.store.receive(raw)), lambda: list(server.store.delivered),
                 misbehave, partial(keep_store, server.store, Rest()))


def exchange_setting(server: ews.EwsServer) -> ExchangeSetting:
    """How to reach an EWS server of ours."""
    os.environ[SECRET] = ews.PASSWORD
    return ExchangeSetting(mailbox=ews.USER, user=ews.USER, password_env=SECRET, auth="basic",
                           endpoint=f"https://localhost:{server.port}/EWS/Exchange.asmx")


def exchange_with_tokens(server: ews.EwsServer, **more: str) -> ExchangeSetting:
    """The same with tokens of the identity platform that stands beside it."""
    os.environ[CLIENT_SECRET_VARIABLE] = identity.CLIENT_SECRET
    oauth = OAuthSetting(tenant=identity.TENANT, client_id=identity.CLIENT, secret_env=CLIENT_SECRET_VARIABLE,
                         authority=server.identity.authority)
    return exchange_setting(server).model_copy(
        update={"auth": "oauth", "oauth": oauth, "scope": "https://mail.example.com/.default", **more}
    )


def keep(_item: object) -> None:
    """Nothing: a delivery has no result."""


ADAPTERS = (
    Adapter("folder", folder_stand, frozenset()),
    Adapter("imap_smtp", imap_smtp_stand, frozenset({BUSY, TAKEN_THEN_503, DROPPED, SLOW})),
    Adapter("exchange", exchange_stand, frozenset({BUSY, TAKEN_THEN_503, DROPPED, SLOW, EXPIRED})),
    Adapter("graph", graph_stand, frozenset({BUSY, TAKEN_THEN_503, DROPPED, SLOW, EXPIRED})),
)
#: Further stands that the figures of bench/ are made on.
VARIANTS = (Adapter("self_copy", self_copy_stand, frozenset({BUSY, TAKEN_THEN_503, DROPPED, SLOW})),)
