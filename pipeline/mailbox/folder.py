"""A mailbox of two folders of .eml files: for demos, for relays, and for plants that send by hand."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

from pipeline.files.atomic import make_folder, sync_folder, write_synced
from pipeline.files.names import safe_name
from pipeline.mailbox.compose import KEY_FIELD
from pipeline.mailbox.errors import MailboxFolderMissing, MailDoubtful, MailUnknown
from schemas.errors import MailRefused
from schemas.mail_ports import Trace

PROCESSED = "已处理"
_SENT = ".sent"
_KEY = re.compile(r"[0-9a-f]{8,64}")


class FolderMailbox:
    """The port ``Mailbox`` on folders; an id of incoming mail is its file name, a key is ``EffectKey.digest``.

    A mail is sent by one rename. Before it, an empty mark ``.sent/<key>`` is on the disk, so that a mail which a relay
    has taken out of the outbox is still known as sent: draft there = not sent; draft gone and mark there = sent.
    """

    is_conclusive = True

    def __init__(self, inbox: Path, outbox: Path) -> None:
        self._inbox = inbox
        self._outbox = outbox

    def fetch(self, known: Container[str] = frozenset()) -> Iterator[tuple[str, bytes]]:
        """New mails in the order of their names; one that is being written comes with a later fetch."""
        if not self._inbox.is_dir():
            raise MailboxFolderMissing(self._inbox)
        for path in sorted(self._inbox.iterdir()):
            if path.suffix.lower() != ".eml" or path.name.startswith((".", "~")) or not path.is_file():
                continue
            if path.name in known:
                continue
            content = _whole(path)
            if content is not None:
                yield path.name, content

    def mark_processed(self, mail_id: str) -> None:
        """Move a mail to 已处理, never onto another one; idempotent: one that is gone stays gone.

        Nothing waits for the disk: what was taken in is kept elsewhere, and a mail that lies here again after a power
        cut is known by its content and moved again.
        """
        if not mail_id or mail_id in {".", ".."} or re.search(r"[\\/\0]", mail_id):
            raise MailUnknown(mail_id)
        source = self._inbox / mail_id
        if not source.is_file():
            return
        aside = self._inbox / PROCESSED
        make_folder(aside, parents=False)
        target, count = aside / mail_id, 1
        while target.exists():
            count += 1
            target = aside / f"{source.stem}-{count}{source.suffix}"
        source.rename(target)

    def send(self, mime: bytes, key: str) -> tuple[str, ...]:
        """Put a mail into the outbox, once per key: a key that was sent is left alone.

        Raises ``MailRefused`` (or ``MailboxFolderMissing``) when it was not sent, ``MailDoubtful`` when only ``trace``
        can tell.
        """
        if self.trace(key) is Trace.SENT:
            return ()
        message = _header(mime)
        if message[KEY_FIELD] != key or message["Date"] is None:
            raise MailRefused(key, "邮件缺少日期,或其标识与发送任务不一致")
        target = self._outbox / _file_name(message, key)
        draft = self._draft(key)
        try:
            write_synced(draft, mime)
            sync_folder(self._outbox)  # before the mark: a mark without a draft says that the mail was sent
            self._mark(key)
        except OSError as error:
            raise MailRefused(key, f"发件文件夹 {self._outbox} 不可写:{error.strerror}") from error
        try:
            draft.rename(target)
            sync_folder(self._outbox)
        except OSError as error:
            raise MailDoubtful(key, error.strerror or str(error)) from error
        return ()

    def _mark(self, key: str) -> None:
        marks = self._outbox / _SENT
        make_folder(marks, parents=False)
        write_synced(marks / key, b"")
        sync_folder(marks)

    def trace(self, key: str) -> Trace:
        """Whether the mail with this key was sent, also when it was taken out of the outbox since."""
        if not _KEY.fullmatch(key):
            raise MailRefused(key, "邮件标识无效")
        if not self._outbox.is_dir():
            raise MailboxFolderMissing(self._outbox)
        if self._draft(key).exists():
            return Trace.DRAFT
        if (self._outbox / _SENT / key).exists():
            return Trace.SENT
        # the marks were lost, or the mail was copied here: its name shows the key, its header decides
        named = self._outbox.glob(f"*{key}*.eml")
        return Trace.SENT if any(_header(path.read_bytes())[KEY_FIELD] == key for path in named) else Trace.ABSENT

    def check(self) -> tuple[str, ...]:
        """Both folders are there. Raises ``MailboxFolderMissing``."""
        for folder in (self._inbox, self._outbox):
            if not folder.is_dir():
                raise MailboxFolderMissing(folder)
        return (f"收件文件夹 {self._inbox}", f"发件文件夹 {self._outbox}（只写成 .eml，不连服务器）")

    def _draft(self, key: str) -> Path:
        return self._outbox / f".kesu-{key}.tmp"


def _whole(path: Path) -> bytes | None:
    """The file's bytes; None while somebody else writes or moves it."""
    try:
        before = path.stat()
        content = path.read_bytes()
        after = path.stat()
    except (FileNotFoundError, PermissionError):
        return None  # moved by a person, or held by the program that writes it: the next fetch sees it as it is then
    settled = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return content if settled and len(content) == after.st_size > 0 else None


def _header(mime: bytes) -> EmailMessage:
    return BytesHeaderParser(policy=policy.default).parsebytes(mime)


def _file_name(message: EmailMessage, key: str) -> str:
    """Sorts by time, shows the key, ends in a short subject."""
    date = message["Date"].datetime
    return f"{date:%Y%m%dT%H%M%S}-{key}-{safe_name(str(message['Subject'] or ''))}.eml"
