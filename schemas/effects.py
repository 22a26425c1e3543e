"""What a pass makes true: effects under unique keys, each with the payload that its performer needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from schemas.archive import ArchivedCase
from schemas.deck import DeckView, ShownItem
from schemas.intake import KnownMail
from schemas.meetings import CalendarEntry, Invitation
from schemas.rows import SheetKind
from schemas.values import Moment
from schemas.workbook import LedgerPicture


class EffectState(Enum):
    """Where an effect stands in the journal."""

    INTENDED = "pending"      # intent committed, nothing done yet, or failed and to be tried again
    RUNNING = "sending"       # the outside world may have changed
    DONE = "done"
    UNCERTAIN = "uncertain"   # cannot be known; a person looks


@dataclass(frozen=True, slots=True, order=True)
class EffectKey:
    """The unique name of an effect.

    ``occasion`` comes from the rule (a round, a day, a clock), never from the time of the pass or a file's hash;
    ``revision`` rises only when the kind's declared inputs change.
    """

    site: str
    kind: str
    subject: str
    occasion: str = ""
    revision: int = 0

    def __str__(self) -> str:
        return "/".join((self.site, self.kind, self.subject, self.occasion, str(self.revision)))

    @property
    def digest(self) -> str:
        """A short name safe in Message-IDs and file names."""
        return hashlib.blake2b(str(self).encode(), digest_size=10).hexdigest()


@dataclass(frozen=True, slots=True)
class ReserveNumber:
    """Give a case its 客诉编号 in the journal; idempotent by the UNIQUE constraint on the number."""

    case_id: str
    number: str


@dataclass(frozen=True, slots=True)
class MakeFolder:
    """Make a case's folder (relative to the share, ``/`` as separator) with its fixed subfolders; idempotent."""

    case_id: str
    folder: str
    subfolders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WriteDocument:
    """Render a document of ``kind`` from ``context`` to ``folder/file_name``; a person's file is never replaced."""

    case_id: str
    kind: str
    folder: str
    file_name: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WriteReminders:
    """Write a calendar file (``.ics``) of entries with alarms to ``folder/file_name``; a changed file is a person's."""

    folder: str
    file_name: str
    title: str
    entries: tuple[CalendarEntry, ...]


@dataclass(frozen=True, slots=True)
class AttachedDocument:
    """A document of ``kind`` that is rendered into a mail and lies nowhere on the share."""

    file_name: str
    kind: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SendMail:
    """Send one mail rendered from the mail template ``kind``; at most once per key, by outbox and trace.

    ``attachments`` are paths relative to the share, ``documents`` are made for this mail; ``case_ids`` lists the cases
    it speaks of; answers go to ``reply_to``, who need no copy then.
    """

    kind: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    context: Mapping[str, Any]
    attachments: tuple[str, ...] = ()
    case_ids: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    invitation: Invitation | None = None
    documents: tuple[AttachedDocument, ...] = ()
    reply_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellEdit:
    """One of our cells to be filled: row and 0-based column as read, what stands there now, what shall stand there."""

    sheet: str
    row: int
    column: int
    field: str
    now: str
    text: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class WriteCells:
    """Write our cells of one row into the ledger that was read as ``sha256``; deferred while it is in use."""

    case_id: str
    ledger: str
    sha256: str
    edits: tuple[CellEdit, ...]


RowValue = str | int | float | bool | date | datetime | Moment | Enum | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppendRow:
    """Append one row to a ledger's table of a kind; deferred while the ledger is in use.

    ``values`` go by field of the kind's row model (a validated record's own values will do; a ``datetime`` is local);
    fields whose column the sheet does not have are named in the outcome. ``identified_by`` names the fields whose
    equal values tell that the row stands there already, so that a crash between write and commit does not append
    twice: by default the number when there is one, else all values. ``sheet`` names the sheet where a plant keeps
    several of the kind; "" is the one in which the latest rows stand.
    """

    case_id: str
    ledger: str
    kind: SheetKind
    values: Mapping[str, RowValue]
    identified_by: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class AppendedRow:
    """Where a row stands (``row`` from 1), whether it stood there before, and sentences on values not written."""

    sheet: str
    row: int
    was_there: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeMail:
    """Take in one mail: its bytes kept, what was decided remembered, then put aside in the mailbox.

    ``raw`` is empty when the bytes are kept already; ``quarantine`` names the file (below the share) into which an
    unreadable mail goes as it is. Idempotent by the mail's digest.
    """

    known: KnownMail
    raw: bytes = field(repr=False)
    quarantine: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Put aside a further copy of a mail that was taken in before; idempotent, nothing else happens."""

    mail_id: str


@dataclass(frozen=True, slots=True)
class FileMail:
    """File a kept mail and what came with it in a case's 附件 folder; a file that stands there is never replaced."""

    case_id: str
    digest: str
    folder: str


@dataclass(frozen=True, slots=True)
class FileDropped:
    """Move a file that people dropped into 待归属 (``name``) into a case's 附件 folder; nothing is replaced."""

    case_id: str
    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class FilePicture:
    """Copy a picture of a ledger's row into the case's 附件 folder; a file that stands there is never replaced."""

    case_id: str
    picture: LedgerPicture
    folder: str
    file_name: str


@dataclass(frozen=True, slots=True)
class MakeArchive:
    """Make the archive ``name`` of a month from its complaints; whole or not at all, and never changed afterwards."""

    period: str
    name: str
    cases: tuple[ArchivedCase, ...]


@dataclass(frozen=True, slots=True)
class AddSupplement:
    """Put what came after the hand-over of ``name`` into a numbered supplement beside it; none when nothing came."""

    period: str
    name: str
    cases: tuple[ArchivedCase, ...]


@dataclass(frozen=True, slots=True)
class WriteDeck:
    """Make the weekly deck of an ISO week at ``folder/file_name`` or bring it up to date; people's slides stay.

    ``shown`` is remembered as what the meeting saw. Idempotent: a page's content is remembered before it is written,
    so a page of ours is known as such also after a crash.
    """

    period: str
    folder: str
    file_name: str
    view: DeckView
    shown: tuple[ShownItem, ...]


@dataclass(frozen=True, slots=True)
class MarkRound:
    """Nothing but the mark that a round (a day's digests) was decided; what comes later waits for the next round."""


@dataclass(frozen=True, slots=True)
class MarkRefused:
    """Nothing but the mark that a cell cannot be patched, so that it is reported and not tried every pass."""


NoMail = (
    MarkRound | MarkRefused | ReserveNumber | MakeFolder | WriteDocument | WriteReminders | WriteCells | AppendRow
    | TakeMail | SetAside | FileMail | FileDropped | FilePicture | MakeArchive | AddSupplement | WriteDeck
)
Payload = NoMail | SendMail


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to make true. ``inputs`` digests the declared inputs; ``title`` is the line people read."""

    key: EffectKey
    title: str
    inputs: str
    payload: Payload
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an effect: a line for people, and the file or message it made; ``files`` are (path, checksum)."""

    text: str
    path: str = ""
    sha256: str = ""
    beside: bool = False
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EffectRecord:
    """An effect as the journal remembers it; times aware."""

    key: EffectKey
    state: EffectState
    title: str
    inputs: str
    case_id: str
    intended: datetime
    finished: datetime | None
    attempts: int
    outcome: Outcome | None
    error: str = ""


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value)


def digest_of(inputs: object) -> str:
    """Digest of declared inputs (JSON-like, dates and enums allowed); equal inputs give equal digests anywhere."""
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=_plain)
    # a file name on the share may hold bytes that are no text: they come as lone surrogates
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
