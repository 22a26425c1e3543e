"""The ports to mail: mailboxes that exchange raw MIME, the store of mails as they came, the group robot."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Protocol


class Trace(Enum):
    """What a mail system says about a message that we may have sent."""

    SENT = "sent"
    DRAFT = "draft"
    ABSENT = "absent"
    UNKNOWABLE = "unknowable"


class Mailbox(Protocol):
    """A mailbox that exchanges raw MIME.

    ``is_conclusive``: ``DRAFT`` and ``ABSENT`` prove that a message was not sent, no server works on behind our back.
    """

    is_conclusive: bool

    def fetch(self, known: Container[str] = frozenset()) -> Iterable[tuple[str, bytes]]:
        """New mails as (stable id, raw bytes); those ``known``, judged before and left in place, are not read again."""
        ...

    def mark_processed(self, mail_id: str) -> None:
        """Put a mail aside after its effects are committed; idempotent."""
        ...

    def send(self, mime: bytes, key: str) -> tuple[str, ...]:
        """Hand one message over, once; returns the addresses that the mail system refused while it took the rest.

        Raises ``MailRefused`` (certainly not sent) or any other error (unknown).
        """
        ...

    def trace(self, key: str) -> Trace:
        """Whether the message with ``key`` was sent."""
        ...

    def check(self) -> tuple[str, ...]:
        """Try every connection and folder and change nothing; what was found, in words. Raises what is wrong."""
        ...


class MailStore(Protocol):
    """The mails taken in, as they came, on the local disk."""

    def keep(self, mails: Mapping[str, bytes]) -> None:
        """Keep mails by digest; all on the disk before it returns. Idempotent."""
        ...

    def read(self, digest: str) -> bytes:
        """A kept mail. Raises ``MailNotKept``."""
        ...


class Robot(Protocol):
    """Says a line in a chat group."""

    def say(self, text: str, now: datetime) -> None:
        """Say it once; raises what kept it from being said, or left it open."""
        ...
