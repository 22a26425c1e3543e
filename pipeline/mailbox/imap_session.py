"""One IMAP connection that is kept between calls and made again when it broke; folders by role and by name."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.mailbox.errors import (
    MailBusy,
    MailCertificateRefused,
    MailEncryptionUnknown,
    MailFolderUnknown,
    MailLoginRefused,
    MailServerDeclined,
    MailServerUnreachable,
)
from pipeline.mailbox.reasons import LICENCE_CODE, reason_of, speaks_no_tls
from schemas.errors import MailRefused
from schemas.mail_settings import ServerSetting

if TYPE_CHECKING:
    from imapclient import IMAPClient

_BUSY = re.compile(r"\[(?:INUSE|LIMIT|UNAVAILABLE|OVERQUOTA|SERVERBUG)\]|busy|too many|try again|频繁", re.IGNORECASE)
_IDENTITY = {"name": "kesu", "version": "1.0", "vendor": "kesu"}  # NetEase refuses SELECT to a client without a name
#: What servers without SPECIAL-USE (RFC 6154) call these folders.
_USUAL_NAMES = {
    rb"\Sent": ("Sent Messages", "Sent Items", "Sent", "已发送", "已发送邮件", "已发送的邮件"),
    rb"\Drafts": ("Drafts", "草稿箱", "草稿"),
}


@dataclass
class ImapSession:
    """A mailbox reached by ``setting``; ``login`` authenticates a fresh connection and raises what it refuses.

    ``renew`` says whether another login may succeed where one was refused: a token past its time is dropped there.
    """

    setting: ServerSetting
    user: str
    login: Callable[[IMAPClient], None]
    trust: Callable[[], ssl.SSLContext]
    timeout: float
    renew: Callable[[], bool] = lambda: False
    _client: IMAPClient | None = None
    _roles: dict[bytes, str] = field(default_factory=dict)
    _root: str | None = None

    @property
    def server(self) -> str:
        """The server as people know it."""
        return f"{self.setting.host}:{self.setting.port_for('imap')}"

    @contextmanager
    def connected(self) -> Iterator[IMAPClient]:
        """The connection; a failure inside closes it and comes out in our words."""
        from imapclient.exceptions import IMAPClientError

        client = self._alive()
        try:
            yield client
        except (IMAPClientError, OSError) as error:
            self.close()
            raise self._failure(error) from error

    def folder_of(self, role: bytes, configured: str) -> str:
        """The folder for a use such as ``\\Sent``: the configured one, else the server's, else the usual one."""
        if configured:
            return configured
        if role not in self._roles:
            with self.connected() as client:
                listed = [(flags, name) for flags, _, name in client.list_folders()]
                root = self._root_of(client)
            names = [name for _, name in listed]
            marked = [name for flags, name in listed if role in flags]
            usual = [place for name in _USUAL_NAMES[role] for place in (name, f"{root}{name}") if place in names]
            self._roles[role] = (*marked, *usual, _USUAL_NAMES[role][-1])[0]
        return self._roles[role]

    def place_of(self, client: IMAPClient, folder: str) -> str:
        """A folder's name on this server: as it stands, else below the root under which people's folders are kept."""
        root = self._root_of(client)
        if not root or folder.upper() == "INBOX" or folder.startswith(root) or client.folder_exists(folder):
            return folder
        return f"{root}{folder}"

    def select(self, client: IMAPClient, folder: str, *, readonly: bool) -> dict[bytes, Any]:
        """Open a folder; raises ``MailFolderUnknown`` with the names there are."""
        place = self.place_of(client, folder)
        if not client.folder_exists(place):
            known = "、".join(name for _, _, name in client.list_folders()[:12])
            raise MailFolderUnknown(folder, known)
        opened: dict[bytes, Any] = client.select_folder(place, readonly=readonly)
        return opened

    def ensure(self, client: IMAPClient, folder: str) -> str:
        """Make a folder that is not there and give its name on this server; idempotent."""
        place = self.place_of(client, folder)
        if not client.folder_exists(place):
            client.create_folder(place)
        return place

    def close(self) -> None:
        """End the connection; what the server says to that does not matter."""
        from imapclient.exceptions import IMAPClientError

        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, IMAPClientError):
                client.shutdown()

    def _root_of(self, client: IMAPClient) -> str:
        """What the names of a person's folders begin with here: ``INBOX.`` at Courier and Cyrus, mostly nothing."""
        if self._root is None:
            personal = client.namespace().personal if client.has_capability("NAMESPACE") else None
            self._root = str(personal[0][0]) if personal else ""
        return self._root

    def _alive(self) -> IMAPClient:
        from imapclient.exceptions import IMAPClientError

        if self._client is not None:
            try:
                self._client.noop()
            except (OSError, IMAPClientError):
                self.close()  # servers end idle connections: a new one is made below
        if self._client is None:
            try:
                self._client = self._opened()
            except MailLoginRefused:
                if not self.renew():
                    raise
                self._client = self._opened()
        return self._client

    def _opened(self) -> IMAPClient:
        from imapclient import IMAPClient, SocketTimeout
        from imapclient.exceptions import CapabilityError, IMAPClientError

        security = self.setting.security
        wait = SocketTimeout(connect=min(self.timeout, 20), read=self.timeout)
        try:
            client = IMAPClient(
                self.setting.host, port=self.setting.port_for("imap"), ssl=security == "tls", timeout=wait,
                ssl_context=self.trust() if security == "tls" else None,
            )
            # a search is written in pieces: without this each waits 40 ms for the one before it to be acknowledged
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if security == "starttls":
                client.starttls(self.trust())
        except ssl.SSLCertVerificationError as error:
            raise MailCertificateRefused(self.server, error.verify_message) from error
        except CapabilityError as error:
            raise MailEncryptionUnknown(self.server, security) from error
        except (OSError, IMAPClientError) as error:
            if speaks_no_tls(error):
                raise MailEncryptionUnknown(self.server, security) from error
            raise self._failure(error) from error
        self._logged_in(client)
        return client

    def _logged_in(self, client: IMAPClient) -> None:
        from imapclient.exceptions import IMAPClientError

        try:
            self.login(client)
            if client.has_capability("ID"):
                client.id_(_IDENTITY)
        except (IMAPClientError, OSError) as error:
            failure = self._failure(error)
            if isinstance(failure, MailServerUnreachable | MailBusy):
                raise failure from error
            raise MailLoginRefused(self.user, self.server, reason_of(error), LICENCE_CODE) from error

    def _failure(self, error: Exception) -> MailRefused:
        from imapclient.exceptions import IMAPClientAbortError

        if _BUSY.search(str(error)):
            return MailBusy(self.server, reason_of(error))
        if isinstance(error, OSError | IMAPClientAbortError):
            return MailServerUnreachable(self.server, reason_of(error))
        return MailServerDeclined(self.server, reason_of(error))
