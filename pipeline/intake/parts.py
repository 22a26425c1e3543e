"""The MIME parts of a mail: its text in plain and HTML form and its files, containers opened, nothing trusted."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Final

from pipeline.intake.charset import decode, visible
from pipeline.intake.encoded_words import header_text
from pipeline.intake.html_text import HtmlPage, read_html
from pipeline.intake.logos import is_decorative
from pipeline.intake.outlook_msg import NotMsg, read_msg
from pipeline.intake.parameters import bare_file_name, parameters
from pipeline.intake.quotation import author_of
from pipeline.intake.tnef import NotTnef, read_tnef
from pipeline.intake.zipped import LeftPacked, unpack
from schemas.incoming import AttachedFile, PassedOn, TextTable

_MOST_PARTS: Final = 400
_DEEPEST: Final = 12
_MOST_FILES: Final = 300
_MOST_OCTETS: Final = 300 << 20
_ENCRYPTED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
_OFFICE_ZIPS = (".xlsx", ".docx", ".pptx", ".xlsm", ".docm", ".pptm", ".et", ".wps", ".dps", ".odt", ".ods", ".vsdx",
                ".apk", ".jar", ".xmind", ".3mf")


@dataclass(slots=True)
class MailParts:
    """What a mail is made of; ``passed_on`` holds the mails attached to it, ``notes`` sentences for people."""

    plain: list[str] = field(default_factory=list)
    pages: list[HtmlPage] = field(default_factory=list)
    files: list[AttachedFile] = field(default_factory=list)
    passed_on: list[PassedOn] = field(default_factory=list)
    inner_tables: list[TextTable] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    encrypted: bool = False
    damaged: bool = False
    is_report: bool = False


def field_of(message: Message, name: str) -> str:
    """The first header field of a name, as the parser kept it (surrogate escapes for raw octets), "" when absent."""
    wanted = name.casefold()
    return next((str(value) for key, value in message.raw_items() if key.casefold() == wanted), "")


def media_type(message: Message) -> str:
    """``type/subtype`` in lower case; text/plain when missing or malformed."""
    declared = field_of(message, "Content-Type").partition(";")[0].strip().casefold()
    kind, slash, subtype = declared.partition("/")
    return declared if slash and kind and subtype and declared.isascii() else "text/plain"


def payload_of(message: Message) -> bytes:
    """The decoded octets of a leaf part; broken transfer encodings give what can be had."""
    try:
        payload = message.get_payload(decode=True)
    except (ValueError, LookupError, binascii.Error, TypeError, AttributeError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def gather(message: Message) -> MailParts:
    """Walk a parsed message; bounded in parts, depth, files and octets."""
    found = MailParts()
    leaves = list(_leaves(message, found, 0))
    shown = {picture for _, page in leaves if page is not None for picture in page.pictures}
    for part, page in leaves:
        if page is None:
            _add_leaf(part, found, shown)
    if len(found.files) > _MOST_FILES:
        found.notes.append(f"附件超过 {_MOST_FILES} 个，其余只在原邮件中")
        del found.files[_MOST_FILES:]
    return found


def _leaves(message: Message, found: MailParts, depth: int) -> Iterator[tuple[Message, HtmlPage | None]]:
    """The parts that hold something, pages of HTML read already (they say which pictures stand in the text)."""
    kind = media_type(message)
    payload = message.get_payload()
    if kind == "multipart/report":
        found.is_report = True
    if kind == "multipart/encrypted":
        found.encrypted = True
    if isinstance(payload, list) and kind != "message/rfc822":
        if depth >= _DEEPEST:
            found.notes.append("邮件嵌套过深，里层只在原邮件中")
            return
        for part in payload[:_MOST_PARTS]:
            if isinstance(part, Message):
                yield from _leaves(part, found, depth + 1)
        return
    page = None
    if kind == "text/html" and not _file_name(message) and not _is_attachment(message):
        text, lost = decode(payload_of(message), _charset(message))
        found.damaged = found.damaged or lost
        page = read_html(text)
        found.pages.append(page)
    yield message, page


def _charset(message: Message) -> str:
    return parameters(";" + field_of(message, "Content-Type").partition(";")[2]).get("charset", "")


def _is_attachment(message: Message) -> bool:
    return field_of(message, "Content-Disposition").strip().casefold().startswith("attachment")


def _file_name(message: Message) -> str:
    disposition = parameters(field_of(message, "Content-Disposition")).get("filename", "")
    named = parameters(field_of(message, "Content-Type")).get("name", "")
    names = [bare_file_name(name) for name in (disposition, named)]
    clean = [name for name in names if name and "\ufffd" not in name]
    return (clean or [name for name in names if name] or [""])[0]


def _add_leaf(part: Message, found: MailParts, shown: set[str]) -> None:
    kind, name = media_type(part), _file_name(part)
    if kind in _SIGNATURES:
        return
    if kind in _ENCRYPTED and "signed" not in field_of(part, "Content-Type").casefold():
        found.encrypted = True
        return
    if kind == "message/rfc822":
        _add_nested(part, name, found)
        return
    if kind == "text/plain" and not name and not _is_attachment(part):
        text, lost = decode(payload_of(part), _charset(part))
        found.damaged = found.damaged or lost
        found.plain.append(_unflowed(visible(text), field_of(part, "Content-Type")))
        return
    if kind.startswith("multipart/"):
        found.damaged = True  # declared as a container, and holds none: the boundary is broken
        return
    content = payload_of(part)
    content_id = header_text(field_of(part, "Content-ID")).strip("<>").casefold()
    if not content:
        if name:
            found.notes.append(f"附件“{name}”是空的")
        return
    _add_file(name or _named_after(kind, len(found.files) + 1), content, kind, found, inside_text=content_id in shown)


def _named_after(kind: str, count: int) -> str:
    endings = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "application/pdf": ".pdf",
               "text/calendar": ".ics", "text/html": ".html", "video/mp4": ".mp4"}
    return f"附件{count}{endings.get(kind, '.bin')}"


def _add_file(name: str, content: bytes, kind: str, found: MailParts, *, inside_text: bool = False) -> None:
    lowered = name.casefold()
    if sum(len(file.content) for file in found.files) + len(content) > _MOST_OCTETS:
        found.notes.append(f"附件“{name}”过大，只在原邮件中")
        return
    if kind in _TNEF or lowered == "winmail.dat":
        _open_tnef(name, content, found)
        return
    decorative = kind.startswith("image/") and is_decorative(content, inside_text=inside_text)
    if content.startswith(b"PK\x03\x04") and not lowered.endswith(_OFFICE_ZIPS):
        _open_zip(name, content, kind, found)
        return
    found.files.append(AttachedFile(name, content, kind, decorative=decorative))
    if lowered.endswith(".msg") or kind == "application/vnd.ms-outlook":
        _open_msg(name, content, found)


def _open_zip(name: str, content: bytes, kind: str, found: MailParts) -> None:
    try:
        members = unpack(content)
    except LeftPacked as reason:
        found.notes.append(f"附件“{name}”：{reason}")
        found.files.append(AttachedFile(name, content, kind))
        return
    found.files.extend(AttachedFile(inner, octets, "application/octet-stream", name) for inner, octets in members)


def _open_tnef(name: str, content: bytes, found: MailParts) -> None:
    try:
        opened = read_tnef(content)
    except NotTnef:
        found.notes.append(f"附件“{name}”无法解开，按原样保存")
        found.files.append(AttachedFile(name, content, "application/ms-tnef"))
        return
    for inner, octets in opened.files:
        found.files.append(AttachedFile(bare_file_name(inner) or "未命名", octets, "application/octet-stream", name))
    if not found.plain and not found.pages:
        found.plain.append(opened.text or read_html(opened.html).text)


def _open_msg(name: str, content: bytes, found: MailParts) -> None:
    try:
        opened = read_msg(content)
    except NotMsg:
        found.notes.append(f"附件“{name}”无法打开，按原样保存")
        return
    page = read_html(opened.html)
    found.passed_on.append(PassedOn("", "", opened.text or page.text))
    found.inner_tables.extend(TextTable(rows, f"附件 {name}") for rows in page.tables)
    for inner, octets in opened.files:
        found.files.append(AttachedFile(bare_file_name(inner) or "未命名", octets, "application/octet-stream", name))


def _add_nested(part: Message, name: str, found: MailParts) -> None:
    """A mail attached to the mail: kept as a file, its text and files taken as well."""
    inner = part.get_payload()
    nested = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else None
    if nested is None:
        found.damaged = True
        return
    shown = name or f"{header_text(field_of(nested, 'Subject'))[:40] or '转来的邮件'}.eml"
    try:
        content = nested.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError, KeyError, UnicodeError):
        content = b""  # the parser understood what its own generator cannot write; the raw mail holds it
        found.notes.append(f"附件“{shown}”只在原邮件中")
    if content:
        found.files.append(AttachedFile(bare_file_name(shown) or "转来的邮件.eml", content, "message/rfc822"))
    opened = gather(nested) if not found.passed_on else MailParts()  # one level: deeper ones are in the file
    text = "\n".join(opened.plain) or "\n".join(page.text for page in opened.pages)
    found.passed_on.append(PassedOn(*author_of(header_text(field_of(nested, "From"))), text))
    found.inner_tables.extend(TextTable(rows, f"附件 {shown}") for page in opened.pages for rows in page.tables)
    found.files.extend(
        AttachedFile(file.name, file.content, file.media_type, shown, file.decorative) for file in opened.files
    )
    found.notes.extend(opened.notes)


def _unflowed(text: str, content_type: str) -> str:
    """Paragraphs of format=flowed (RFC 3676) put together again."""
    given = parameters(content_type)
    if given.get("format", "").casefold() != "flowed":
        return text
    glue = given.get("delsp", "").casefold() == "yes"
    paragraphs: list[str] = []
    joins = False
    for line in text.split("\n"):
        unstuffed = line.removeprefix(" ")
        if joins:
            paragraphs[-1] += unstuffed
        else:
            paragraphs.append(unstuffed)
        joins = unstuffed.endswith(" ") and unstuffed != "-- "
        if joins and glue:
            paragraphs[-1] = paragraphs[-1][:-1]
    return "\n".join(paragraphs)
