"""Outgoing mail as MIME bytes, the same for every backend: equal arguments give equal bytes.

Loop protection follows RFC 3834 (Auto-Submitted) and Exchange's X-Auto-Response-Suppress. Text is UTF-8 in base64, so
that no line, charset or trailing blank depends on a relay.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from pathlib import PurePosixPath

from pipeline.mailbox.headers import (
    CRLF,
    BadAddress,
    address_field,
    attachment_name,
    bare_address,
    filename_parameter,
    message_id_or_none,
    name_parameter,
    subject_field,
)
from schemas.effects import EffectKey
from schemas.errors import MailRefused

KEY_FIELD = "X-Kesu-Key"

# our own table: the platform's differs between machines, and equal arguments must give equal bytes
_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html", ".ics": "text/calendar", ".jpeg": "image/jpeg", ".jpg": "image/jpeg",
    ".pdf": "application/pdf", ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".zip": "application/zip",
}


def compose(
    *, sender: str, to: Sequence[str], cc: Sequence[str], subject: str, text: str, html: str,
    attachments: Sequence[tuple[str, bytes]], key: EffectKey, at: datetime, in_reply_to: str | None = None,
    calendar: str | None = None, reply_to: Sequence[str] = (),
) -> bytes:
    """One mail as bytes. People are ``name <address>`` or bare addresses; ``at`` is aware; ``calendar`` is iCalendar.

    The Message-ID and the boundaries come from ``key``. Raises ``MailRefused`` for an address that cannot be one, or
    when nobody would receive it, and ``ValueError`` for a naive time.
    """
    if at.tzinfo is None:
        raise ValueError("the Date of a mail needs an aware time")
    if not [*to, *cc]:
        raise MailRefused(key.digest, "没有收件人,请在通讯录填写邮箱")
    fields = _fields(sender, to, cc, reply_to, subject, key, at, in_reply_to)
    boundary = f"=_kesu_{key.digest}"
    versions = [_text_part("plain", text), _text_part("html", html)]
    if calendar is not None:
        versions.append(_calendar_part(calendar))
    body = _multipart("alternative", f"{boundary}_a", versions)
    if attachments:
        parts = [body, *(_attachment_part(name, content) for name, content in attachments)]
        body = _multipart("mixed", f"{boundary}_m", parts)
    return "".join(f"{name}: {value}{CRLF}" for name, value in fields).encode("ascii") + body


def message_id_of(key_digest: str, sender: str) -> str:
    """The Message-ID of the mail with this key from ``sender``. Raises ``BadAddress``."""
    return f"<kesu.{key_digest}@{bare_address(sender).rpartition('@')[2]}>"


def _fields(
    sender: str, to: Sequence[str], cc: Sequence[str], reply_to: Sequence[str], subject: str, key: EffectKey,
    at: datetime, in_reply_to: str | None,
) -> list[tuple[str, str]]:
    try:
        fields = [("From", address_field([sender], "From"))]
        named = (("To", to), ("Cc", cc), ("Reply-To", reply_to))
        fields += [(name, address_field(people, name)) for name, people in named if people]
        message_id = message_id_of(key.digest, sender)
    except BadAddress as error:
        raise MailRefused(key.digest, f"邮箱地址“{error}”不正确,请在通讯录或 config.yaml 中改正") from error
    fields += [
        ("Subject", subject_field(subject)),
        ("Date", format_datetime(at)),
        ("Message-ID", message_id),
    ]
    answered = message_id_or_none(in_reply_to)
    if answered is not None:
        fields += [("In-Reply-To", answered), ("References", answered)]
    return [
        *fields,
        (KEY_FIELD, key.digest),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("MIME-Version", "1.0"),
    ]


def _part(fields: Sequence[str], content: bytes) -> bytes:
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    head = CRLF.join([*fields, "Content-Transfer-Encoding: base64", "", ""])
    return head.encode("ascii") + encoded


def _text_bytes(text: str) -> bytes:
    # a lone surrogate, as broken mails and cells bring them, must not stop a mail
    return re.sub(r"\r\n|\r|\n", CRLF, text).encode("utf-8", "replace")


def _text_part(subtype: str, text: str) -> bytes:
    return _part([f"Content-Type: text/{subtype}; charset=utf-8"], _text_bytes(text))


def _calendar_part(calendar: str) -> bytes:
    method = re.search(r"(?mi)^METHOD:([A-Z]+)\s*$", calendar)
    kind = f"Content-Type: text/calendar; charset=utf-8; method={method[1].upper() if method else 'PUBLISH'}"
    return _part([kind], _text_bytes(calendar))


def _attachment_part(name: str, content: bytes) -> bytes:
    cleaned = attachment_name(name)
    kind = _TYPES.get(PurePosixPath(cleaned).suffix.lower(), "application/octet-stream")
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return _part(
        [
            f"Content-Type: {kind}{charset};{CRLF} {name_parameter(cleaned)}",
            f"Content-Disposition: attachment;{CRLF} {filename_parameter(cleaned)}",
        ],
        content,
    )


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    # base64 never holds "_", so that no part can contain the boundary
    head = f'Content-Type: multipart/{subtype};{CRLF} boundary="{boundary}"{CRLF}{CRLF}'.encode("ascii")
    opened = b"".join(f"--{boundary}{CRLF}".encode("ascii") + part for part in parts)
    return head + opened + f"--{boundary}--{CRLF}".encode("ascii")
