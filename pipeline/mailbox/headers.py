"""Header fields of outgoing mail: encoded, folded, and free of anything that could end the line or mislead the eye."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable
from email.header import Header
from pathlib import PurePosixPath
from urllib.parse import quote

from schemas.values import ascii_address

CRLF = "\r\n"
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190}")
_NAMED = re.compile(r"(?s)(.*)<([^<>]*)>\s*")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,500}>")
_PLAIN_LENGTH = 60      # longer ASCII text is encoded as well: only encoded words can be folded anywhere
_NAME_BYTES = 240       # of an attachment's name in UTF-8: what file systems take, and < 998 when percent-encoded
_BYTES_PER_WORD = 42    # 56 letters of base64, so that an encoded word stays below its limit of 75


class BadAddress(ValueError):
    """An address that no mail system would take; the text is the address."""


def one_line(text: str) -> str:
    """The text without control, bidi and other invisible characters; line breaks and tabs become a space."""
    spaced = re.sub(r"\s+", " ", text)
    return "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE).strip()


def subject_field(subject: str) -> str:
    """An encoded and folded subject (RFC 2047), without its name."""
    return _encoded(one_line(subject), "Subject")


def _encoded(text: str, field: str) -> str:
    if text.isascii() and len(text) <= _PLAIN_LENGTH and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name=field, maxlinelen=75).encode(linesep=CRLF)


def address_field(people: Iterable[str], field: str) -> str:
    """Addresses, one a line; each is ``name <address>`` or a bare address. Raises ``BadAddress``."""
    return f",{CRLF} ".join(_mailbox(person, field) for person in people)


def bare_address(person: str) -> str:
    """The address of ``name <address>``, a Chinese domain in its ASCII form. Raises ``BadAddress``."""
    match = _NAMED.fullmatch(person)
    try:
        address = ascii_address((match[2] if match else person).strip())
    except ValueError as error:
        raise BadAddress(one_line(person)) from error
    if not _ADDRESS.fullmatch(address):
        raise BadAddress(one_line(person))
    return address


def _mailbox(person: str, field: str) -> str:
    address = bare_address(person)
    match = _NAMED.fullmatch(person)
    name = one_line(match[1]).strip('"').strip() if match else ""
    if not name:
        return address
    if name.isascii() and len(name) <= _PLAIN_LENGTH and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_encoded(name, field)}{CRLF} <{address}>"


def message_id_or_none(text: str | None) -> str | None:
    """A message id fit for In-Reply-To; a malformed one (strangers send such) is left out, the reply still goes."""
    cleaned = one_line(text or "")
    return cleaned if _MESSAGE_ID.fullmatch(cleaned) else None


def attachment_name(name: str) -> str:
    """A file name without path separators, wildcards and invisible characters, its ending kept when shortened."""
    cleaned = re.sub(r'[\\/:*?"<>|]', "_", one_line(name)).strip(" .") or "附件"
    if len(cleaned.encode()) <= _NAME_BYTES:
        return cleaned
    path = PurePosixPath(cleaned)
    ending = path.suffix if len(path.suffix.encode()) <= 10 else ""
    stem = cleaned.removesuffix(ending).encode()[: _NAME_BYTES - len(ending.encode())]
    return stem.decode(errors="ignore") + ending


def name_parameter(name: str) -> str:
    """``name=`` of Content-Type as encoded words in quotes: no standard, but what old Outlook and QQ mail read."""
    if name.isascii():
        return f'name="{name}"'
    return f'name="{f"{CRLF} ".join(_words(name))}"'


def filename_parameter(name: str) -> str:
    """``filename`` of Content-Disposition, extended (RFC 2231) where needed, which all current programs read."""
    if name.isascii():
        return f'filename="{name}"'
    return f"filename*=utf-8''{quote(name, safe='')}"


def _words(text: str) -> Iterable[str]:
    chunk = b""
    for char in text:
        octets = char.encode()
        if len(chunk) + len(octets) > _BYTES_PER_WORD:
            yield f"=?utf-8?B?{base64.b64encode(chunk).decode()}?="
            chunk = b""
        chunk += octets
    yield f"=?utf-8?B?{base64.b64encode(chunk).decode()}?="
