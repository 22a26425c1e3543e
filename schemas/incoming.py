"""A mail as it came in, read once and for all: who, when, what it says, its tables and its files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol

from schemas.rows import Complaint


@dataclass(frozen=True)
class AttachedFile:
    """One file that came with a mail.

    ``name`` is as the sender wrote it, without path and invisible characters (not yet safe as a file name);
    ``origin`` names the container it was taken from ("" for the mail itself); ``decorative`` marks signature logos.
    """

    name: str
    content: bytes
    media_type: str
    origin: str = ""
    decorative: bool = False

    @cached_property
    def sha256(self) -> str:
        """Checksum of the content, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of texts, row by row; ``source`` says where it stands (正文, or the file's name)."""

    rows: tuple[tuple[str, ...], ...]
    source: str


@dataclass(frozen=True, slots=True)
class CallSheet:
    """A filled-in 客诉信息收集表: the answers as typed, by ledger field; ``source`` names its file."""

    answers: Mapping[str, str]
    source: str


CALL_SHEET_TITLE = "客诉信息收集表"
_NEVER_ANSWERED = frozenset({"number", "status", "feedback", "folder_link", "take_in", "release"})
#: The labels of a call sheet are called like ledger columns: field by label.
CALL_SHEET_LABELS = {
    field.column.heading: field.name for field in Complaint.fields() if field.name not in _NEVER_ANSWERED
}


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file that people dropped into 待归属, with time stamp (ns) and size as it lay there.

    ``opened`` says that it was looked into in this pass; ``sheet`` is what it holds when it is a filled-in call sheet.
    """

    name: str
    stamp: tuple[int, int]
    opened: bool = False
    sheet: CallSheet | None = None

    @property
    def place(self) -> str:
        """Where it lies and as what: another file under the same name is another one."""
        return f"待归属/{self.name}#{self.stamp[0]:x}-{self.stamp[1]:x}"


@dataclass(frozen=True, slots=True)
class FileContent:
    """What an attached workbook or Word file says: a call sheet, or tables, or nothing that can be read."""

    tables: tuple[TextTable, ...] = ()
    call_sheet: CallSheet | None = None


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A mail that another passes on: who wrote it (name, address in lower case; "" where its head does not say)."""

    name: str
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """One mail in plain terms.

    ``mail_id`` is the mailbox's id; ``digest`` the same for every copy of the same mail, however it was transported.
    ``sent`` is aware, None when no header gives a believable time. ``text`` is what the sender wrote now, ``history``
    what is quoted below; ``passed_on`` is the mail at the end of a chain of forwards, whose words ``text`` holds too.
    ``automatic`` says why a machine must have sent it (RFC 3834), ``damage`` why it cannot be
    trusted to have been read whole; both "" otherwise. ``notes`` are sentences on files that were left packed.
    """

    mail_id: str
    digest: str
    message_id: str = ""
    references: tuple[str, ...] = ()
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    sent: datetime | None = None
    text: str = ""
    history: str = ""
    passed_on: PassedOn | None = None
    tables: tuple[TextTable, ...] = ()
    files: tuple[AttachedFile, ...] = ()
    call_sheets: tuple[CallSheet, ...] = ()
    automatic: str = ""
    own_key: str = ""
    damage: str = ""
    notes: tuple[str, ...] = ()


#: Reads an attached file (name, content); gives nothing for one that holds nothing readable, and never raises.
FileReader = Callable[[str, bytes], FileContent]


class MailReader(Protocol):
    """Turns raw MIME into an ``IncomingMail``; never raises for what a stranger sent."""

    def read(self, mail_id: str, raw: bytes) -> IncomingMail:
        """The mail; what cannot be read is said in ``damage``."""
        ...

    def open_files(self, mail: IncomingMail) -> IncomingMail:
        """The mail with the tables and call sheets of its attached files: only for senders who count."""
        ...

    def can_open(self, name: str) -> bool:
        """Whether a file with this name may hold a call sheet."""
        ...

    def call_sheet(self, name: str, content: bytes) -> CallSheet | None:
        """The call sheet that a file is; None for one that is none, or not filled in."""
        ...


@dataclass(frozen=True, slots=True)
class MailBody:
    """The text of a mail and the tables of its HTML form; ``damaged`` when characters could not be decoded."""

    text: str
    tables: tuple[TextTable, ...] = field(default=())
    damaged: bool = False
