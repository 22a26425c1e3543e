"""What the performer of each kind of effect needs to carry it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from schemas.archive import ArchivedCase
from schemas.deck import DeckView, ShownItem
from schemas.incoming import IncomingMail
from schemas.intake import KnownMail
from schemas.meetings import CalendarEntry, Invitation
from schemas.rows import SheetKind
from schemas.values import Moment
from schemas.workbook import LedgerPicture


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
    it speaks of; answers go to ``reply_to``, who need no copy then. ``urgent`` ignores quiet hours and the rate;
    ``external`` says that nothing in it is internal, so that it may go to addresses outside that the plant allows.
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
    urgent: bool = False
    external: bool = False


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
    """File a kept mail and what came with it in a case's 附件 folder; a file that stands there is never replaced.

    ``mail`` and ``raw`` are given in the pass that reads the mail; a later one reads what was kept.
    """

    case_id: str
    digest: str
    folder: str
    mail: IncomingMail | None = None
    raw: bytes = b""


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
