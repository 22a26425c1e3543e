"""A real SMTP server (aiosmtpd) on a loopback port that keeps what it took and misbehaves on command."""

from __future__ import annotations

import base64
import ssl
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.dovecot import PASSWORD, free_port


@dataclass
class PostOffice:
    """What the server took, and how it behaves next.

    ``next_data`` holds, for each coming message, one of: ``taken`` (250), ``busy`` (451, not taken), ``refused`` (554,
    not taken), ``taken_but_451`` (taken, then a temporary refusal), ``dropped`` (taken, then the line is cut),
    ``twice`` (taken and delivered twice).
    """

    taken: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    next_data: deque[str] = field(default_factory=deque)
    refused: dict[str, str] = field(default_factory=dict)   # recipient -> the answer to RCPT
    tokens: Callable[[str], bool] = lambda _token: False    # whether a token is valid
    port: int = 0
    sessions: int = 0                                       # connections now
    deliver: Callable[[str, bytes], None] = lambda _address, _content: None  # what was taken, to each recipient

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names its hooks after commands
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        behaviour = self.next_data.popleft() if self.next_data else "taken"
        if behaviour == "busy":
            return "451 4.7.1 busy, try again later"
        if behaviour == "refused":
            return "554 5.7.1 content refused"
        content = envelope.content
        assert isinstance(content, bytes)
        for _ in range(2 if behaviour == "twice" else 1):
            self.taken.append(content)
            self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
            for address in envelope.rcpt_tos:
                self.deliver(str(address), content)
        if behaviour == "dropped":
            transport: Any = server.transport
            transport.abort()
        return "451 4.3.0 timed out" if behaviour == "taken_but_451" else "250 taken"


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    ok = isinstance(data, LoginPassword) and data.password.decode() == PASSWORD
    return AuthResult(success=ok, handled=False, auth_data=mechanism)


class _WithTokens(SMTP):
    def connection_made(self, transport: Any) -> None:
        """Count it."""
        self._office.sessions += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Count it no more."""
        self._office.sessions -= 1
        super().connection_lost(error)

    @property
    def _office(self) -> PostOffice:
        office: Any = self.event_handler
        assert isinstance(office, PostOffice)
        return office

    async def auth_XOAUTH2(self, _server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's naming
        """One initial response, as Microsoft and Google take it."""
        shown = base64.b64decode(arguments[1]).decode()
        token = shown.partition("auth=Bearer ")[2].partition("\x01")[0]
        return AuthResult(success=self._office.tokens(token), handled=False, auth_data="XOAUTH2")


@dataclass
class _OwnController(Controller):
    """A controller whose sessions may use XOAUTH2 and need no TLS on the loopback interface."""

    def __init__(self, handler: PostOffice, **named: Any) -> None:
        super().__init__(handler, **named)

    def factory(self) -> SMTP:
        return _WithTokens(self.handler, **self.SMTP_kwargs)


@contextmanager
def running(tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None) -> Iterator[PostOffice]:
    """Start the server; ``tls`` from the first byte, ``starttls`` on request."""
    office = PostOffice(port=free_port())
    controller = _OwnController(
        office, hostname="127.0.0.1", port=office.port, ssl_context=tls, authenticator=_authenticate,
        auth_require_tls=False, auth_required=True, tls_context=starttls, require_starttls=starttls is not None,
        enable_SMTPUTF8=True,
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
