"""Mail that was taken in: kept as it came, its files put to the complaint they belong to under safe names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from pipeline.files.names import safe_name
from schemas.effects import Outcome
from schemas.incoming import IncomingMail, MailReader
from schemas.journal_port import Journal
from schemas.mail_ports import Mailbox, MailStore
from schemas.payloads import FileDropped, FileMail, SetAside, TakeMail
from schemas.ports import Share

_NAME_LIMIT = 60
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,7}$")


def take_mails(
    payloads: Sequence[TakeMail], now: datetime, *, store: MailStore, share: Share, journal: Journal, mailbox: Mailbox
) -> list[Outcome]:
    """Keep all, remember all, then put them aside: each step is repeated harmlessly, and only the last moves a mail.

    An unreadable mail also goes, as it is, to where people find it.
    """
    store.keep({payload.known.digest: payload.raw for payload in payloads if payload.raw})
    for payload in payloads:
        if payload.quarantine:
            folder, _, name = payload.quarantine.rpartition("/")
            share.place(folder, name, store.read(payload.known.digest), None, f"{now:%Y%m%d-%H%M}")
    journal.record_mails([payload.known for payload in payloads], [], now)
    for payload in payloads:
        mailbox.mark_processed(payload.known.mail_id)
    return [Outcome(payload.known.reason, path=payload.quarantine) for payload in payloads]


def set_aside(payload: SetAside, mailbox: Mailbox) -> Outcome:
    """A copy that came once more; idempotent like the mailbox's own move."""
    mailbox.mark_processed(payload.mail_id)
    return Outcome("同一封邮件已登记过，移开")


def file_mails(
    payloads: Sequence[FileMail], now: datetime, *, store: MailStore, reader: MailReader, share: Share
) -> list[Outcome]:
    """Everything that came with mails, and they themselves, beside whatever stands there; checksums in the outcomes.

    Idempotent: names carry the mail's digest, and equal content in place is left alone. Raises ``MailNotKept``.
    """
    mails, files, owners = [], [], []
    for index, payload in enumerate(payloads):
        raw = payload.raw or store.read(payload.digest)
        mails.append(payload.mail or reader.read("", raw))
        for name, content in named_files(mails[-1], payload.digest, raw, now):
            files.append((payload.folder, name, content))
            owners.append(index)
    placed = share.place_all(files, f"{now:%Y%m%d-%H%M}")
    filed: list[list[tuple[str, str]]] = [[] for _ in payloads]
    for index, one in zip(owners, placed, strict=True):
        filed[index].append((one.path, one.sha256))
    return list(map(_filed, payloads, mails, filed))


def _filed(payload: FileMail, mail: IncomingMail, filed: Sequence[tuple[str, str]]) -> Outcome:
    left_out = sum(file.decorative for file in mail.files)
    text = f"附件 {len(filed) - 1} 个、来信原件 1 份存入 {payload.folder}"
    if left_out:
        text += f"；签名图片 {left_out} 个未存"
    return Outcome("；".join((text, *mail.notes)), path=payload.folder, files=tuple(filed))


def file_dropped(payload: FileDropped, share: Share) -> Outcome:
    """A file that people dropped, moved to its complaint; idempotent."""
    return share.adopt_dropped(payload.name, payload.folder)


def named_files(mail: IncomingMail, digest: str, raw: bytes, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Safe file names with their contents, no two alike; the mail itself first."""
    day = (mail.sent or now).astimezone(now.tzinfo)
    lead = f"{day:%m%d}-{digest[:4]} "
    yield f"{lead}{_safe(f'来信 {mail.subject}.eml')}", raw
    used: set[str] = set()
    for file in mail.files:
        if file.decorative:
            continue
        name = _safe(file.name)
        path, count = PurePosixPath(name), 1
        while name.casefold() in used:
            count += 1
            name = f"{path.stem}-{count}{path.suffix}"
        used.add(name.casefold())
        yield f"{lead}{name}", file.content


def _safe(name: str) -> str:
    """A safe file name that keeps its ending when it is shortened."""
    match = _ENDING.search(name)
    ending = match[0] if match else ""
    return safe_name(name.removesuffix(ending) or "附件", _NAME_LIMIT) + ending
