"""The ports of a pass beside journal and mail: what tick needs from ledgers, documents, share and archives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from schemas.board import BoardView
from schemas.case import Case, CaseFiles
from schemas.decisions import Decisions
from schemas.deck import DeckEdition, DeckView, PageMark
from schemas.effects import Outcome
from schemas.follow_up import PenaltyProposal
from schemas.incoming import DroppedFile
from schemas.payloads import AddSupplement, AppendedRow, AppendRow, CellEdit, MakeArchive
from schemas.report import DocumentReading, Refreshed
from schemas.settings import LedgerSetting
from schemas.workbook import LedgerPicture, WorkbookReading


class Ledgers(Protocol):
    """Reading ledgers and writing our cells back."""

    def read(self, setting: LedgerSetting, today: date) -> WorkbookReading:
        """Read one ledger; raises ``LedgerUnreadable``. ``today`` gives dates without a year their year."""
        ...

    def last_good(self, setting: LedgerSetting, today: date) -> WorkbookReading | None:
        """The last reading that succeeded, from the local copy."""
        ...

    def write(self, setting: LedgerSetting, sha256: str, edits: Sequence[CellEdit]) -> None:
        """Patch our cells in the ledger that was read as ``sha256``; LedgerInUse, LedgerChanged, CellRefused."""
        ...

    def append(self, setting: LedgerSetting, row: AppendRow, today: date) -> AppendedRow:
        """Append a row to the ledger as last read or written here; idempotent by the fields that identify the row.

        LedgerInUse and LedgerChanged (both deferred), CellRefused.
        """
        ...

    def picture(self, setting: LedgerSetting, picture: LedgerPicture) -> bytes:
        """The bytes of a picture in a ledger, as last read; LedgerChanged (deferred), LedgerUnreadable."""
        ...


class Documents(Protocol):
    """Contexts (pure) and rendering of documents, mails and the board page."""

    def context(
        self, kind: str, case: Case, decisions: Decisions, round_number: int | None, *, own_form: bool = True
    ) -> Mapping[str, Any]:
        """The declared inputs of a document: JSON-like, no time of day of the pass inside.

        Without ``own_form`` they are those of the plant's own template, also where the customer has a form.
        """
        ...

    def file_name(self, kind: str, round_number: int | None, customer: str | None = None) -> str:
        """The file name of a document kind, e.g. 会议通知-第1次.docx; a customer's own form keeps its suffix."""
        ...

    def render(self, kind: str, context: Mapping[str, Any], now: datetime) -> bytes:
        """The document's bytes; equal arguments give equal bytes. Raises ``TemplateFault``."""
        ...

    def remarks(self, kind: str, context: Mapping[str, Any]) -> tuple[str, ...]:
        """What a person should know of a filled document, e.g. rows beyond a form's lines; raises ``TemplateFault``."""
        ...

    def faults(self) -> tuple[str, ...]:
        """Broken templates that their last sound version stands in for, each a sentence for people."""
        ...

    def edition(self) -> object:
        """Equal to an earlier one as long as equal cases give equal contexts and file names."""
        ...

    def fields(self, kind: str, context: Mapping[str, Any]) -> Mapping[str, str]:
        """What a document of ``kind`` filled from ``context`` shows, by field; "" for a blank. Pure."""
        ...

    def field_name(self, kind: str, field: str) -> str:
        """The Chinese name of a field."""
        ...

    def understood(self, reading: DocumentReading, context: Mapping[str, Any]) -> DocumentReading:
        """A reading of a customer's own workbook by field instead of by cell; any other as it is."""
        ...

    def read_back(self, kind: str, content: bytes) -> Mapping[str, str]:
        """The present text of every field of a document; {} when it has no controls of ours any more."""
        ...

    def written(self, kind: str, content: bytes) -> Mapping[str, str]:
        """Digests of the fields of a document of ours, by digest of the field's name."""
        ...

    def changed(self, kind: str, fields: Mapping[str, str], last: Mapping[str, str]) -> frozenset[str]:
        """The fields whose text is not what we last wrote (``last`` as of ``written``): a person's."""
        ...

    def refreshed(self, kind: str, present: bytes, ours: bytes, last: Mapping[str, str]) -> Refreshed | None:
        """A person's document with its untouched fields brought up to date; None when its controls are lost."""
        ...

    def penalty(self, case: Case, decisions: Decisions, proposal: PenaltyProposal) -> tuple[str, Mapping[str, Any]]:
        """File name and declared inputs of a 处罚建议单 (kind ``penalty``); its audience alone may see it."""
        ...

    def blank_forms(self, kind: str) -> Mapping[str, bytes]:
        """The blank forms of a kind by file name. Raises ``TemplateFault``."""
        ...

    def render_mail(self, kind: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
        """Subject, plain text and HTML of a mail. Raises ``TemplateFault``."""
        ...

    def render_board(self, view: BoardView) -> bytes:
        """The self-contained board page."""
        ...

    def render_deck(
        self, view: DeckView, standing: tuple[str, bytes] | None, marks: Sequence[PageMark],
        read: Callable[[str], bytes], now: datetime,
    ) -> DeckEdition:
        """The weekly deck: new, or the one that stands (name, bytes) brought up to date around what people changed.

        ``marks`` is what is remembered of its pages, ``read`` gives a photo's bytes by its path on the share. Equal
        arguments give equal bytes. Raises a ``KesuError`` for a template or a file that cannot be used.
        """
        ...


class Share(Protocol):
    """Our folders and files on the shared drive; all paths relative to the share, ``/`` separated."""

    root: Path

    def make_folder(self, folder: str, subfolders: Sequence[str]) -> bool:
        """Make a case folder; True when it was not there. Idempotent."""
        ...

    def folders(self) -> Mapping[str, str]:
        """The case folders that exist, by the number their name begins with (they are never renamed)."""
        ...

    def files(self, folder: str) -> CaseFiles | None:
        """The file names in a case folder; None when it is not there or cannot be read now."""
        ...

    def place(self, folder: str, file_name: str, content: bytes, last_sha256: str | None, label: str) -> Outcome:
        """Write a generated document; a person's changed file stays, ours goes beside it."""
        ...

    def place_all(self, files: Sequence[tuple[str, str, bytes]], label: str) -> tuple[Outcome, ...]:
        """Put files (folder, name, content) beside whatever stands there; all on the disk on return. Idempotent."""
        ...

    def dropped(self) -> tuple[DroppedFile, ...] | None:
        """The files that people dropped into 待归属, by name, without those somebody has open; None: no such folder."""
        ...

    def adopt_dropped(self, name: str, folder: str) -> Outcome:
        """Move a dropped file into a folder, beside what stands there under its name; idempotent."""
        ...

    def stamp(self, path: str) -> tuple[int, int] | None:
        """Time stamp (ns) and size of a file; None when it is not there."""
        ...

    def read(self, path: str) -> bytes:
        """A file's bytes; raises OSError."""
        ...

    def present(self, path: str) -> bytes | None:
        """A document as it stands, a swap that a crash interrupted finished first; None when it is not there."""
        ...

    def exchange(self, path: str, content: bytes, expected_sha256: str) -> None:
        """Swap a person's document for ``content`` made from it; raises FileInUse, LedgerChanged, CellRefused."""
        ...

    def write_board(self, name: str, content: bytes) -> bool:
        """Write the board page when it differs; True when written."""
        ...

    def note_progress(self, progress: int) -> None:
        """Leave on the share how far the journal has come, so that an older copy of it is recognised."""
        ...

    def standing(self, relative: str) -> bytes | None:
        """A shared file that people work on, None when it is not there; raises ``FileInUse`` while it is open."""
        ...

    def put_in_place(self, relative: str, content: bytes, expected: bytes | None) -> Outcome:
        """Put ``content`` where ``expected`` (None: nothing) stands, keeping that as a backup; never over a save.

        Raises ``FileInUse`` and ``FileChanged``, both for the next pass to try again.
        """
        ...


class Archives(Protocol):
    """The month's archives for marketing."""

    def make(self, order: MakeArchive, key: str, now: datetime) -> Outcome:
        """Make an archive whole or not at all; idempotent by ``key``. The outcome holds path and manifest's hash."""
        ...

    def supplement(self, order: AddSupplement, key: str, now: datetime) -> Outcome:
        """Make the next supplement of what came since; no path when nothing came. Idempotent by ``key``."""
        ...
