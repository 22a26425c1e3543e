"""One plant's working parts, put together by app and handed to a pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.documents_seen import DocumentsSeen
from pipeline.workdays import Workdays
from schemas.effects import Effect
from schemas.incoming import MailReader
from schemas.journal_port import Journal
from schemas.mail_ports import Mailbox, MailStore, Robot
from schemas.meetings import CalendarEntry
from schemas.payloads import SendMail
from schemas.ports import Archives, Documents, Ledgers, Share
from schemas.settings import Settings


@dataclass
class Letterbox:
    """How incoming mail is read and kept; ``looked`` (aware) is when the mail system was last asked."""

    reader: MailReader
    store: MailStore
    looked: datetime | None = None


@dataclass(frozen=True)
class Site:
    """Everything a pass works with.

    ``compose`` turns a mail effect into MIME bytes, ``reminders`` title and entries into a calendar file; both give
    equal bytes for equal arguments.
    """

    settings: Settings
    ledgers: Ledgers
    documents: Documents
    mailbox: Mailbox
    share: Share
    journal: Journal
    calendar: Workdays
    archives: Archives
    compose: Callable[[Effect, SendMail, datetime], bytes]
    reminders: Callable[[str, Sequence[CalendarEntry], datetime], bytes]
    letterbox: Letterbox | None = None
    documents_seen: DocumentsSeen = field(default_factory=DocumentsSeen)
    robot: Robot | None = None
