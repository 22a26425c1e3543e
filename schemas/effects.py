"""What a pass makes true: effects under unique keys, each with the payload that its performer needs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

from schemas.payloads import (
    AddSupplement,
    AppendRow,
    FileDropped,
    FileMail,
    FilePicture,
    MakeArchive,
    MakeFolder,
    MarkRefused,
    MarkRound,
    ReserveNumber,
    SendMail,
    SetAside,
    TakeMail,
    WriteCells,
    WriteDeck,
    WriteDocument,
    WriteReminders,
)


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
