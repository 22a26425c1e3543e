"""A mailbox read by IMAP whose mail leaves by SMTP: Tencent, NetEase, Aliyun, and servers of one's own.

SMTP keeps no drafts, so the mailbox does. A draft with the key stands in the drafts folder before the server hears of
the message; it is starred right before the content is handed over. Draft unstarred = not sent; draft starred and no
copy in the sent folder = only the server knows.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Container, Iterator, Sequence
from email import policy
from email.parser import BytesHeaderParser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.mailbox.compose import KEY_FIELD
from pipeline.mailbox.errors import MailDoubtful, MailUnknown
from pipeline.mailbox.imap_session import ImapSession
from pipeline.mailbox.outgoing import Outgoing, checked_key, read_outgoing
from pipeline.mailbox.secrets import secret, trust
from pipeline.mailbox.smtp_session import SmtpServer
from pipeline.mailbox.tokens import Tokens
from schemas.errors import KesuError, MailRefused
from schemas.mail_ports import Trace
from schemas.mail_settings import ImapSmtpSetting

if TYPE_CHECKING:
    from imapclient import IMAPClient

log = logging.getLogger(__name__)

_SENT, _DRAFTS = rb"\Sent", rb"\Drafts"
_SEEN, _DRAFT, _STARRED = rb"\Seen", rb"\Draft", rb"\Flagged"
_NEWEST = 200  # mails looked through when the server's own search finds nothing: some search headers badly
_SCOPE = {"china": "https://partner.outlook.cn/.default", "global": "https://outlook.office365.com/.default"}


class ImapSmtpMailbox:
    """The port ``Mailbox`` over IMAP and SMTP; an id of incoming mail is ``uidvalidity-uid``."""

    is_conclusive = False

    def __init__(self, setting: ImapSmtpSetting, *, ca_file: Path | None, timeout: float) -> None:
        self._setting = setting
        self._tokens = (
            Tokens(setting.oauth, _SCOPE[setting.oauth.cloud], ca_file, timeout) if setting.oauth else None
        )
        trusted = partial(trust, ca_file)
        self._imap = ImapSession(setting.imap, setting.user, self._log_in_imap, trusted, timeout, self._renew)
        self._validity = 0  # of the folder that is open now
        self._smtp = SmtpServer(setting.smtp, setting.user, self._log_in_smtp, trusted, timeout, self._renew)

    def fetch(self, known: Container[str] = frozenset()) -> Iterator[tuple[str, bytes]]:
        """New mails, oldest first, read without marking them as seen; raises what keeps the mailbox from being read."""
        with self._imap.connected() as imap:
            uids = self._open(imap, self._setting.inbox).search(["NOT", "DELETED"])
            validity = self._validity
        for uid in sorted(uids):
            if f"{validity}-{uid}" in known:
                continue
            with self._imap.connected() as imap:
                # the caller may have put mails aside meanwhile, which opens the folder anew
                self._open(imap, self._setting.inbox)
                read = imap.fetch([uid], ["BODY.PEEK[]"]).get(uid, {})
            if read.get(b"BODY[]") and self._validity == validity:
                yield f"{validity}-{uid}", bytes(read[b"BODY[]"])

    def mark_processed(self, mail_id: str) -> None:
        """Move a mail to the folder of processed ones; idempotent, also when the server numbered its mails anew."""
        validity, _, uid = mail_id.partition("-")
        if not (validity.isdigit() and uid.isdigit()):
            raise MailUnknown(mail_id)
        with self._imap.connected() as imap:
            processed = self._imap.ensure(imap, self._setting.processed)
            self._open(imap, self._setting.inbox, readonly=False)
            if int(validity) != self._validity or not imap.search(["UID", uid]):
                return
            if imap.has_capability("MOVE"):
                imap.move([int(uid)], processed)
            else:
                imap.copy([int(uid)], processed)
                _remove(imap, [int(uid)])

    def send(self, mime: bytes, key: str) -> tuple[str, ...]:
        """Send by SMTP, once per key; returns the recipients refused while the others were taken.

        Raises ``MailRefused`` (certainly not sent; an unstarred draft may stay) or ``MailDoubtful``.
        """
        mail = read_outgoing(mime, key)
        standing = self.trace(key)
        if standing is Trace.SENT:
            return ()
        if standing is Trace.UNKNOWABLE:
            raise MailDoubtful(key, "上次发送没有结果")
        draft = self._keep_draft(mail)
        with self._smtp.transaction() as transaction:
            refused = transaction.offer(mail, [self._setting.user] if self._setting.self_copy else ())
            self._star(draft)
            try:
                transaction.hand_over(mail)
            except MailRefused:
                self._star(draft, starred=False)
                raise
        try:
            self._file_sent(mail)
        except KesuError as error:
            # the server took the mail: that the copy is missing must not make anybody send it again
            log.warning("sent copy of %s not filed: %s", key, type(error).__name__)
        return refused

    def trace(self, key: str) -> Trace:
        """Whether the mail with this key was sent, by the sent folder, the copy to ourselves, then the drafts."""
        checked_key(key)
        setting = self._setting
        with self._imap.connected() as imap:
            places = [self._imap.folder_of(_SENT, setting.sent)]
            if setting.self_copy:
                places += [setting.inbox, setting.processed]
            if any(self._find(imap, place, key) for place in places):
                return Trace.SENT
            drafts = self._imap.folder_of(_DRAFTS, setting.drafts)
            found = self._find(imap, drafts, key)
            if not found:
                return Trace.ABSENT
            flags = imap.get_flags(found)
        return Trace.UNKNOWABLE if any(_STARRED in given for given in flags.values()) else Trace.DRAFT

    def check(self) -> tuple[str, ...]:
        """Log in to both servers and open the folder of incoming mail for reading; no mail is offered by SMTP."""
        setting, found = self._setting, []
        with self._imap.connected() as imap:
            self._open(imap, setting.inbox)
            found.append(f"收信 {self._imap.server}：已登录，文件夹 {setting.inbox} 可读")
            for role, configured, name in ((_SENT, setting.sent, "已发送"), (_DRAFTS, setting.drafts, "草稿")):
                folder = self._imap.folder_of(role, configured)
                there = "" if imap.folder_exists(self._imap.place_of(imap, folder)) else "（还没有，首次使用时新建）"
                found.append(f"{name}文件夹：{folder}{there}")
        with self._smtp.transaction():
            found.append(f"发信 {self._smtp.name}：已登录")
        if "none" in {setting.imap.security, setting.smtp.security}:
            found.append("注意：连接没有加密，密码以明文传送，只可用于厂内")
        return tuple(found)

    def close(self) -> None:
        """End the connection."""
        self._imap.close()

    def _open(self, imap: IMAPClient, folder: str, *, readonly: bool = True) -> IMAPClient:
        self._validity = int(self._imap.select(imap, folder, readonly=readonly)[b"UIDVALIDITY"])
        return imap

    def _find(self, imap: IMAPClient, folder: str, key: str) -> list[int]:
        """The mails of a folder that carry the key; the header decides, the server's search only proposes."""
        if not imap.folder_exists(self._imap.place_of(imap, folder)):
            return []
        self._open(imap, folder)
        proposed = _carrying(imap, imap.search(["HEADER", KEY_FIELD, key]), key)
        return proposed or _carrying(imap, sorted(imap.search(["ALL"]))[-_NEWEST:], key)

    def _keep_draft(self, mail: Outgoing) -> int:
        """Put the draft in place, instead of an older one with the same key; returns its UID."""
        folder = self._imap.folder_of(_DRAFTS, self._setting.drafts)
        with self._imap.connected() as imap:
            place = self._imap.ensure(imap, folder)
            older = self._find(imap, folder, mail.key)
            imap.append(place, mail.mime, (_SEEN, _DRAFT))
            found = self._find(imap, folder, mail.key)
            self._open(imap, folder, readonly=False)
            if older:
                _remove(imap, older)
        newest = max(set(found) - set(older), default=0)
        if not newest:
            raise MailRefused(mail.key, "草稿箱没有保存下草稿")
        return newest

    def _star(self, draft: int, *, starred: bool = True) -> None:
        folder = self._imap.folder_of(_DRAFTS, self._setting.drafts)
        with self._imap.connected() as imap:
            self._open(imap, folder, readonly=False)
            change = imap.add_flags if starred else imap.remove_flags
            if draft not in change([draft], [_STARRED]) and starred:
                raise MailRefused("", "草稿已被删除")

    def _file_sent(self, mail: Outgoing) -> None:
        """The sent copy, unless the server filed one itself; then the draft goes."""
        sent = self._imap.folder_of(_SENT, self._setting.sent)
        drafts = self._imap.folder_of(_DRAFTS, self._setting.drafts)
        with self._imap.connected() as imap:
            if not self._find(imap, sent, mail.key) and self._setting.save_sent:
                imap.append(self._imap.ensure(imap, sent), mail.mime, (_SEEN,))
            if not self._find(imap, sent, mail.key):
                return  # the server files it later; until then the starred draft is all there is
            found = self._find(imap, drafts, mail.key)
            self._open(imap, drafts, readonly=False)
            _remove(imap, found)

    def _log_in_imap(self, imap: IMAPClient) -> None:
        if self._tokens is None or self._setting.auth == "password":
            imap.login(self._setting.user, secret(self._setting.password_env))
            return
        imap.oauth2_login(self._setting.user, self._tokens.token())

    def _log_in_smtp(self, smtp: smtplib.SMTP) -> None:
        if self._tokens is None or self._setting.auth == "password":
            smtp.login(self._setting.user, secret(self._setting.password_env))
            return
        shown = f"user={self._setting.user}\x01auth=Bearer {self._tokens.token()}\x01\x01"
        # a refusal comes as a challenge first, which wants an empty answer
        smtp.auth("XOAUTH2", lambda challenge=None: shown if challenge is None else "")

    def _renew(self) -> bool:
        """Drop a token that was refused before its time; a password stays what it is."""
        if self._tokens is None or self._setting.auth == "password":
            return False
        self._tokens.forget()
        return True


def _carrying(imap: IMAPClient, uids: Sequence[int], key: str) -> list[int]:
    if not uids:
        return []
    wanted = f"BODY.PEEK[HEADER.FIELDS ({KEY_FIELD})]"
    found = []
    for uid, parts in imap.fetch(uids, [wanted]).items():
        header = b"".join(value for name, value in parts.items() if name.startswith(b"BODY[HEADER"))
        if BytesHeaderParser(policy=policy.default).parsebytes(header)[KEY_FIELD] == key:
            found.append(uid)
    return found


def _remove(imap: IMAPClient, uids: Sequence[int]) -> None:
    """Take mails out of the open folder, these only where the server can (UIDPLUS)."""
    imap.add_flags(uids, [rb"\Deleted"])
    if imap.has_capability("UIDPLUS"):
        imap.uid_expunge(uids)
    else:
        imap.expunge()
