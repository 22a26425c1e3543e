"""A mailbox on the company's own Exchange over EWS: reading here and patiently, sending in a process that fails fast.

A mail is sent as a draft that carries the key, by the draft's id, which it loses by being sent. Without an answer the
sent folder, then the drafts tell.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Container, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pipeline.mailbox.errors import (
    MailboxUnknown,
    MailBusy,
    MailCertificateRefused,
    MailFolderUnknown,
    MailLoginRefused,
    MailServerDeclined,
    MailServerUnreachable,
    TokenRefused,
)
from pipeline.mailbox.exchange_account import ExchangeLogin, carrying, ids_of
from pipeline.mailbox.exchange_sender import ExchangeSender
from pipeline.mailbox.outgoing import checked_key, read_outgoing
from pipeline.mailbox.reasons import reason_of
from schemas.errors import MailRefused
from schemas.mail_ports import Trace
from schemas.mail_settings import ExchangeSetting

_T = TypeVar("_T")


class ExchangeMailbox:
    """The port ``Mailbox`` over EWS; an id of incoming mail is Exchange's own, which lasts until the mail is moved."""

    is_conclusive = False

    def __init__(self, setting: ExchangeSetting, *, sender: str, ca_file: Path | None, timeout: float) -> None:
        self._setting = setting
        self._sender = sender
        self._login = ExchangeLogin(setting, ca_file, timeout, fail_fast=False)
        self._outgoing = ExchangeSender(setting, ca_file, timeout)
        atexit.register(self.close)

    def fetch(self, known: Container[str] = frozenset()) -> Iterator[tuple[str, bytes]]:
        """New mails, oldest first; one that is moved meanwhile is left out."""
        for entry in self._asked(self._listed):
            if entry[0] in known:
                continue
            raw = self._asked(partial(_read, entry))
            if raw is not None:
                yield entry[0], raw

    def mark_processed(self, mail_id: str) -> None:
        """Move a mail to the folder of processed ones; idempotent: one that is gone stays gone."""
        self._asked(partial(self._move, mail_id))

    def send(self, mime: bytes, key: str) -> tuple[str, ...]:
        """Draft with the key, then send the draft; once per key.

        Raises ``MailRefused`` (not sent; a draft may stay) or ``MailDoubtful``.
        """
        mail = read_outgoing(mime, key)
        if self.trace(key) is not Trace.SENT:
            self._outgoing.send(mail)
        return ()

    def trace(self, key: str) -> Trace:
        """Whether the mail with this key was sent: the sent folder first, the outbox, then the drafts."""
        return self._asked(partial(self._traced, checked_key(key)))

    def check(self) -> tuple[str, ...]:
        """Log in, find the folders and read the sent one."""
        self._asked(lambda account: self._folder(account, self._setting.inbox))
        version = self._asked(lambda account: str(account.version.fullname))
        self.trace("0" * 20)
        return (f"邮箱 {self._setting.mailbox}（{version}）：已登录，文件夹 {self._setting.inbox}、已发送、草稿可读",)

    def close(self) -> None:
        """End the sending process and forget the account."""
        self._outgoing.close()
        self._login.forget()

    def _asked(self, do: Callable[[Any], _T]) -> _T:
        """What ``do`` makes of the account. A token refused before its time is renewed once: nothing was done then."""
        try:
            return self._tried(do)
        except TokenRefused:
            return self._tried(do)

    def _tried(self, do: Callable[[Any], _T]) -> _T:
        """Once; a failure forgets account and token and comes out in our words."""
        from exchangelib.errors import EWSError

        try:
            return do(self._login.account())
        except (EWSError, OSError) as error:
            self._login.forget()
            raise self._failure(error) from error

    def _listed(self, account: Any) -> list[tuple[str, str]]:
        return list(ids_of(self._folder(account, self._setting.inbox)))

    def _move(self, mail_id: str, account: Any) -> None:
        from exchangelib.errors import ErrorItemNotFound

        target = self._folder(account, self._setting.processed, make=True)
        for moved in account.bulk_move(ids=[(mail_id, None)], to_folder=target):
            if isinstance(moved, Exception) and not isinstance(moved, ErrorItemNotFound):
                raise moved

    def _traced(self, key: str, account: Any) -> Trace:
        if carrying(account, account.sent, key, self._sender):
            return Trace.SENT
        if carrying(account, account.outbox, key, self._sender):
            return Trace.UNKNOWABLE  # handed over, on its way to the sent folder
        return Trace.DRAFT if carrying(account, account.drafts, key, self._sender) else Trace.ABSENT

    def _failure(self, error: Exception) -> MailRefused:
        from exchangelib.errors import (
            ErrorNonExistentMailbox,
            ErrorServerBusy,
            RateLimitError,
            TransportError,
            UnauthorizedError,
        )

        server, detail = self._setting.server or self._setting.endpoint, f"{type(error).__name__} {error}"[:160]
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return MailCertificateRefused(server, "不是本机信任的机构签发")
        if isinstance(error, UnauthorizedError) or "401" in str(error):
            refused = TokenRefused if self._setting.auth == "oauth" else MailLoginRefused
            return refused(self._setting.user or self._setting.mailbox, server, detail,
                           "请检查账号写法（域名\\账号 或邮箱地址）、密码和 auth；连错几次账号可能被锁。")
        if isinstance(error, ErrorNonExistentMailbox):
            return MailboxUnknown(self._setting.mailbox, detail)
        if isinstance(error, ErrorServerBusy | RateLimitError):
            return MailBusy(server, detail, float(getattr(error, "back_off", None) or 0))
        if isinstance(error, TransportError | OSError) or detail.startswith("ErrorTimeoutExpired"):
            return MailServerUnreachable(server, reason_of(error))
        return MailServerDeclined(server, detail)

    def _folder(self, account: Any, name: str, *, make: bool = False) -> Any:
        from exchangelib.errors import ErrorFolderNotFound
        from exchangelib.folders import Messages

        if name.lower() == "inbox":
            return account.inbox
        top = account.msg_folder_root
        try:
            return top // name
        except ErrorFolderNotFound as error:
            if not make:
                known = "、".join(str(folder.name) for folder in top.children)
                raise MailFolderUnknown(name, known) from error
        return Messages(parent=top, name=name).save()


def _read(entry: tuple[str, str], account: Any) -> bytes | None:
    """A mail as Exchange writes it; None for one that was moved meanwhile."""
    from exchangelib.errors import ErrorItemNotFound

    (read,) = account.fetch(ids=[entry], only_fields=["mime_content"])
    if isinstance(read, ErrorItemNotFound):
        return None
    if isinstance(read, Exception):
        raise read
    return bytes(read.mime_content)
