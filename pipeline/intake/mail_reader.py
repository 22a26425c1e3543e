"""The port ``MailReader``: any mail as bytes to an ``IncomingMail``, damage said in words and never raised."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import PurePosixPath

from pipeline.intake.charset import one_line
from pipeline.intake.encoded_words import header_text, octets_of
from pipeline.intake.parts import MailParts, field_of, gather
from pipeline.intake.quotation import is_forward, passed_on, split_quotation
from schemas.incoming import AttachedFile, CallSheet, FileReader, IncomingMail, PassedOn, TextTable
from schemas.values import ascii_address

log = logging.getLogger(__name__)

_ANGLED = re.compile(rb"<\s*([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190})\s*>")
_BARE = re.compile(rb"(?<![\w.@+-])([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190})(?![A-Za-z0-9@])")
_WIDE = re.compile("<\\s*([^<>\\s@\ufffd]{1,64}@[^<>\\s@\ufffd]{1,190})\\s*>")
_ID = re.compile(r"<([^<>\s]{1,300})>")
_AUTOMATIC_SUBJECT = re.compile(
    r"^\s*(?:自动回复|自動回覆|自动答复|automatic reply|auto(?:matic)?[ -]?reply|out of office|退信通知|系统退信"
    r"|undeliver(?:ed|able)|delivery status notification|mail delivery failed)", re.IGNORECASE
)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_OPENED = 10  # attached files whose content is read; each takes a process of its own
_NOT_A_MAIL = "不是一封完整的邮件（没有发件人）"


class MimeMailReader:
    """Reads mails; ``file_readers`` (by file ending) read attached workbooks and Word files."""

    def __init__(self, file_readers: Mapping[str, FileReader] | None = None) -> None:
        self._file_readers = file_readers or {}

    def read(self, mail_id: str, raw: bytes) -> IncomingMail:
        """The mail. Whatever a stranger's bytes do to the parser becomes ``damage``; the caller keeps the bytes."""
        try:
            return self._read(mail_id, raw)
        except Exception as error:  # noqa: BLE001 - FIELD_FACTS: the standard parser raises anything on hostile mail
            log.warning("mail not readable: %s", type(error).__name__)
            digest = hashlib.sha256(raw).hexdigest()[:32]
            return IncomingMail(mail_id, digest, damage="邮件结构无法识读")

    def _read(self, mail_id: str, raw: bytes) -> IncomingMail:
        message = BytesParser(policy=compat32).parsebytes(raw)
        sender, doubt = _sender(message)
        head = IncomingMail(
            mail_id=mail_id, digest="", message_id=_message_id(message), references=_references(message),
            sender=sender, sender_name=_sender_name(message), subject=header_text(field_of(message, "Subject")),
            sent=_sent(message), own_key=header_text(field_of(message, "X-Kesu-Key")),
        )
        parts = gather(message)
        return self._with_content(head, message, parts, doubt)

    def _with_content(self, head: IncomingMail, message: Message, parts: MailParts, doubt: str) -> IncomingMail:
        text, history, tables, origin = _body(parts, head.subject)
        files = tuple(parts.files)
        return IncomingMail(
            mail_id=head.mail_id, digest=_identity(head, text, history, files), message_id=head.message_id,
            references=head.references, sender=head.sender, sender_name=head.sender_name, subject=head.subject,
            sent=head.sent, text=text, history=history, passed_on=origin, tables=tables, files=files,
            automatic=_automatic(message, parts, head.subject), own_key=head.own_key,
            damage=doubt or _damage(message, parts, text, files), notes=tuple(dict.fromkeys(parts.notes)),
        )

    def open_files(self, mail: IncomingMail) -> IncomingMail:
        """The mail with what its attached workbooks and Word files hold; at most ``_MOST_OPENED`` are opened."""
        tables, sheets = list(mail.tables), list(mail.call_sheets)
        readable = ((file, self._file_readers.get(PurePosixPath(file.name.casefold()).suffix)) for file in mail.files)
        for file, reader in islice(((file, reader) for file, reader in readable if reader is not None), _MOST_OPENED):
            content = reader(file.name, file.content)
            tables.extend(content.tables)
            if content.call_sheet is not None:
                sheets.append(content.call_sheet)
        return replace(mail, tables=tuple(tables), call_sheets=tuple(sheets))

    def can_open(self, name: str) -> bool:
        """Whether there is a reader for a file with this name."""
        return PurePosixPath(name.casefold()).suffix in self._file_readers

    def call_sheet(self, name: str, content: bytes) -> CallSheet | None:
        """The call sheet that a file is; None for one that is none, or not filled in."""
        reader = self._file_readers.get(PurePosixPath(name.casefold()).suffix)
        return reader(name, content).call_sheet if reader else None


def _sender(message: Message) -> tuple[str, str]:
    """(address in lower case, why it is in doubt); taken from the raw field, which encoded words cannot imitate."""
    fields = [str(value) for key, value in message.raw_items() if key.casefold() == "from"]
    octets = b",".join(octets_of(value) for value in fields)
    found = list(dict.fromkeys(match.decode("ascii").casefold() for match in _ANGLED.findall(octets)))
    found = found or list(dict.fromkeys(match.decode("ascii").casefold() for match in _BARE.findall(octets)))
    found = found or _international(octets)
    if not found:
        return "", _NOT_A_MAIL
    return found[0], "发件人不止一个" if len(found) > 1 else ""


def _international(octets: bytes) -> list[str]:
    """Addresses with letters beyond ASCII (RFC 6532), which stand in the field as raw UTF-8; the domain as IDNA."""
    found = []
    for address in _WIDE.findall(octets.decode("utf-8", "replace")):
        if not address.isprintable():
            continue  # control characters, or what turns the direction of writing: damage, nobody's address
        try:
            found.append(ascii_address(address.casefold()))
        except ValueError:
            continue  # no domain that anybody could have
    return list(dict.fromkeys(found))


def _sender_name(message: Message) -> str:
    name = re.sub(r"<[^<>]*>?\s*$", "", header_text(field_of(message, "From")))
    return name.strip(" \"'").strip()[:80]


def _message_id(message: Message) -> str:
    match = _ID.search(one_line(field_of(message, "Message-ID")))
    return match[1] if match else ""


def _references(message: Message) -> tuple[str, ...]:
    """Message ids this mail answers, the nearest first."""
    answered = _ID.findall(one_line(field_of(message, "In-Reply-To")))
    thread = _ID.findall(one_line(field_of(message, "References")))
    return tuple(dict.fromkeys([*answered, *reversed(thread[-50:])]))


def _sent(message: Message) -> datetime | None:
    received = field_of(message, "Received").rpartition(";")[2]
    for raw in (field_of(message, "Date"), received):
        try:
            moment = parsedate_to_datetime(header_text(raw))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        try:
            if aware.astimezone(UTC) > _EARLIEST:
                return aware
        except OverflowError:
            continue
    return None


def _automatic(message: Message, parts: MailParts, subject: str) -> str:
    """Why a machine must have sent this mail (RFC 3834 and what mail programs add); "" for a person's mail."""
    submitted = header_text(field_of(message, "Auto-Submitted")).casefold()
    precedence = header_text(field_of(message, "Precedence")).casefold()
    no_return = any(key.casefold() == "return-path" and header_text(str(value)) in {"<>", ""}
                    for key, value in message.raw_items())
    answers = field_of(message, "X-Autoreply") or field_of(message, "X-Autorespond")
    signs = (
        (submitted and not submitted.startswith("no"), "自动发出的邮件（Auto-Submitted）"),
        (no_return, "退信或系统通知（回执地址为空）"),
        (precedence in {"bulk", "list", "junk", "auto_reply"}, "群发邮件（Precedence）"),
        (field_of(message, "List-Id") or field_of(message, "List-Unsubscribe"), "邮件列表"),
        (parts.is_report, "退信或回执（multipart/report）"),
        (answers or _AUTOMATIC_SUBJECT.match(subject), "自动回复"),
    )
    return next((why for sign, why in signs if sign), "")


def _body(
    parts: MailParts, subject: str
) -> tuple[str, str, tuple[TextTable, ...], PassedOn | None]:
    """(what was written, history, tables, the mail passed on): HTML where there is some, plain versions lose tables."""
    pages = [page for page in parts.pages if page.text.strip()]
    whole = "\n".join(page.text for page in pages) if pages else "\n".join(parts.plain)
    text, history = split_quotation(whole)
    quoted = [table for page in pages for table in page.tables if history and _stands_in(table, history)
              and not _stands_in(table, text)]
    mails = parts.passed_on
    if is_forward(subject) or (not text.strip() and history):
        mails, quoted = [*passed_on(history), *mails], []
    text = "\n".join(piece for piece in (text, *(mail.text for mail in mails)) if piece.strip())
    tables = [TextTable(table, "正文") for page in pages for table in page.tables if table not in quoted]
    origin = mails[-1] if mails else None
    return text.strip("\n"), history, (*tables, *parts.inner_tables), origin


def _stands_in(table: tuple[tuple[str, ...], ...], text: str) -> bool:
    line = "\t".join(cell.replace("\n", " ") for cell in table[0]).strip()
    return line in text


def _damage(message: Message, parts: MailParts, text: str, files: tuple[AttachedFile, ...]) -> str:
    if parts.encrypted:
        return "邮件已加密，无法识读"
    if parts.damaged:
        return "邮件正文损坏，或文字编码无法识别"
    broken = {type(defect).__name__ for part in message.walk() for defect in part.defects}
    if broken & {"StartBoundaryNotFoundDefect", "NoBoundaryInMultipartDefect", "MultipartInvariantViolationDefect"}:
        return "邮件结构损坏（分段标记不对）"
    if not text.strip() and not files:
        return "邮件没有可识读的内容"
    return ""


def _identity(head: IncomingMail, text: str, history: str, files: tuple[AttachedFile, ...]) -> str:
    """The same for every copy of a mail: servers change transport headers and encodings, not what was said."""
    said = [head.message_id, head.sender, head.subject, head.sent.isoformat() if head.sent else "", text, history,
            *(file.sha256 for file in files)]
    return hashlib.sha256("\x1f".join(said).encode("utf-8", "replace")).hexdigest()[:32]
