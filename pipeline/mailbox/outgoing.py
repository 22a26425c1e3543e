"""A composed message as a mail system needs it: envelope, identity, and a digest that does not change with the hour."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser

from pipeline.mailbox.compose import KEY_FIELD
from schemas.errors import MailRefused

KEY = re.compile(r"[0-9a-f]{8,64}")
_DATE = re.compile(rb"(?mi)^Date:[^\n]*\n")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message with what its header says; ``digest`` leaves the Date out, so that a later try compares equal."""

    key: str
    mime: bytes
    message_id: str
    sender: str
    recipients: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What the message says, as hexadecimal text."""
        return hashlib.blake2b(_DATE.sub(b"", self.mime, count=1), digest_size=12).hexdigest()


def checked_key(key: str) -> str:
    """The key; ``MailRefused`` for one that could mean something else in a search or a file name."""
    if not KEY.fullmatch(key):
        raise MailRefused(key, "邮件标识无效")
    return key


def read_outgoing(mime: bytes, key: str) -> Outgoing:
    """The message under its key; ``MailRefused`` when its header does not name that key, a sender and recipients."""
    header = BytesHeaderParser(policy=policy.default).parsebytes(mime)
    if header[KEY_FIELD] != checked_key(key) or header["Date"] is None:
        raise MailRefused(key, "邮件缺少日期,或其标识与发送任务不一致")
    people = [address.addr_spec for name in ("To", "Cc") if header[name] for address in header[name].addresses]
    senders = [address.addr_spec for address in header["From"].addresses] if header["From"] else []
    if not people or not senders:
        raise MailRefused(key, "邮件缺少发件人或收件人")
    return Outgoing(key, mime, str(header["Message-ID"]).strip(), senders[0], tuple(dict.fromkeys(people)))
