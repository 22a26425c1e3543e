"""Outlook's .msg files (MS-OXMSG in a compound file): text and attached files, read through olefile."""

from __future__ import annotations

import io

from pipeline.intake.charset import decode, visible
from pipeline.intake.html_text import read_html
from pipeline.intake.tnef import TnefContent, rich_text

_MOST_ATTACHMENTS = 100
_LARGEST_STREAM = 100 << 20
_SUBJECT, _BODY, _RTF, _HTML, _LONG_NAME, _SHORT_NAME, _DATA = (
    "0037", "1000", "1009", "1013", "3707", "3704", "3701"
)


class NotMsg(ValueError):
    """The bytes are no Outlook message, or a damaged one."""


def read_msg(octets: bytes) -> TnefContent:
    """Text, HTML and files of an Outlook message; its subject is the first line of the text. Raises ``NotMsg``."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(octets)) as compound:
            return _content(_Streams(compound))
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
        # whatever olefile stumbles over in a stranger's bytes: the file itself is filed, unopened
        raise NotMsg(type(error).__name__) from error


class _Streams:
    """The property streams of one compound file; ``name`` is the property's four hexadecimal digits."""

    def __init__(self, compound: object) -> None:
        self._compound = compound

    def folders(self) -> list[str]:
        listing: list[list[str]] = self._compound.listdir(streams=True, storages=False)  # type: ignore[attr-defined]  # olefile has no types
        names = {path[0] for path in listing if len(path) > 1 and path[0].startswith("__attach_version1.0_")}
        return sorted(names)[:_MOST_ATTACHMENTS]

    def binary(self, name: str, folder: str = "") -> bytes:
        path = f"{folder}/__substg1.0_{name}0102" if folder else f"__substg1.0_{name}0102"
        return self._read(path)

    def text(self, name: str, folder: str = "") -> str:
        prefix = f"{folder}/" if folder else ""
        wide = self._read(f"{prefix}__substg1.0_{name}001F")
        if wide:
            return visible(wide.decode("utf-16-le", "replace").rstrip("\x00"))
        return visible(decode(self._read(f"{prefix}__substg1.0_{name}001E").rstrip(b"\x00"))[0])

    def _read(self, path: str) -> bytes:
        if not self._compound.exists(path):  # type: ignore[attr-defined]  # olefile has no types
            return b""
        stream = self._compound.openstream(path)  # type: ignore[attr-defined]  # olefile has no types
        return bytes(stream.read(_LARGEST_STREAM))


def _content(streams: _Streams) -> TnefContent:
    files = []
    for index, folder in enumerate(streams.folders(), 1):
        name = streams.text(_LONG_NAME, folder) or streams.text(_SHORT_NAME, folder) or f"附件{index}"
        content = streams.binary(_DATA, folder)
        if content:
            files.append((name, content))
    body, html = streams.text(_BODY), decode(streams.binary(_HTML))[0]
    if not body and not html:
        body, html = rich_text(streams.binary(_RTF))
    body = body or read_html(html).text
    text = "\n".join(part for part in (streams.text(_SUBJECT), body) if part)
    return TnefContent(text, html, tuple(files))
