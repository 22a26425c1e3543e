"""The text of rich-text bodies as Outlook packs them: compressed (MS-OXRTFCP), plain RTF or HTML wrapped in it."""

from __future__ import annotations

import re
import struct

from pipeline.intake.charset import decode, visible

_PACKED, _UNPACKED = b"LZFu", b"MELA"
_LARGEST = 20 << 20
_HEAD = 400  # octets in which an RTF says what it was made from
#: What the window holds at the start, by the specification.
_PRIMED = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" b"\r\n" rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
#: Groups that hold no text of the mail.
_ASIDE = frozenset({
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"listtable",
    b"listoverridetable", b"rsidtbl", b"generator", b"themedata", b"colorschememapping", b"latentstyles", b"datastore",
    b"xmlnstbl", b"mmathPr",
})
_SPACING = {b"par": "\n", b"line": "\n", b"row": "\n", b"cell": "\t", b"tab": "\t", b"emdash": "—", b"endash": "–",
            b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•"}

_SYMBOLS = {b"~": " ", b"_": "-", b"\r": "\n", b"\n": "\n"}


class NotRtf(ValueError):
    """The octets are no rich text, or end in the middle of it."""


def unpacked(octets: bytes) -> bytes:
    """The RTF of a compressed body. Raises ``NotRtf``; the result is bounded whatever the header claims."""
    if len(octets) < 16:
        raise NotRtf("truncated")
    size, raw_size, kind = struct.unpack("<II4s", octets[:12])
    body = octets[16 : size + 4]
    if kind == _UNPACKED:
        return body[:raw_size]
    if kind != _PACKED or raw_size > _LARGEST:
        raise NotRtf("kind or size")
    return _decompressed(body, raw_size)


def _decompressed(body: bytes, raw_size: int) -> bytes:
    window = bytearray(_PRIMED.ljust(_WINDOW, b"\0"))
    write, at, found = len(_PRIMED), 0, bytearray()
    while at < len(body) and len(found) < raw_size:
        flags, at = body[at], at + 1
        for bit in range(8):
            if flags >> bit & 1:
                if at + 2 > len(body):
                    return bytes(found)
                reference, at = (body[at] << 8) | body[at + 1], at + 2
                start, length = reference >> 4, (reference & 15) + 2
                if start == write:
                    return bytes(found)  # the mark of the end
                piece = bytes(_from_window(window, start, length, write))
            elif at < len(body):
                piece, at = body[at : at + 1], at + 1
            else:
                return bytes(found)
            for octet in piece:
                window[write] = octet
                write = (write + 1) % _WINDOW
            found += piece
    return bytes(found)


def _from_window(window: bytearray, start: int, length: int, write: int) -> bytearray:
    """Octets of the window; a run that reaches what is being written repeats itself, as the packer meant it."""
    piece = bytearray()
    for offset in range(length):
        place = (start + offset) % _WINDOW
        ahead = (place - write) % _WINDOW
        piece.append(piece[ahead] if ahead < len(piece) else window[place])
    return piece


def read_rtf(octets: bytes) -> tuple[str, str]:
    """(text, HTML) of a compressed body, one of them "": the HTML where some is wrapped in it (MS-OXRTFEX).

    Raises ``NotRtf``.
    """
    rtf = unpacked(octets)
    if not rtf.lstrip().startswith(b"{\\rtf"):
        raise NotRtf("beginning")
    html = b"\\fromhtml1" in rtf[:_HEAD]
    reader = _Reader(html=html)
    for match in _TOKEN.finditer(rtf):
        reader.take(match)
    return ("", reader.finished()) if html else (reader.finished(), "")


class _Reader:
    """Collects text; a group set aside is skipped, and of wrapped HTML its tags are taken and its rendering is not."""

    def __init__(self, *, html: bool) -> None:
        self._html = html
        self._pieces: list[str] = []
        self._octets = bytearray()
        self._codepage = ""
        self._stack: list[tuple[bool, int]] = []
        self._skips, self._after_unicode, self._left = False, 1, 0
        self._opening = False  # right behind a brace: \* sets the group aside

    def take(self, match: re.Match[bytes]) -> None:
        """One token of the RTF."""
        word, number, octet, symbol, brace, text = match.groups()
        opening, self._opening = self._opening, False
        if brace:
            self._brace(brace)
        elif word:
            self._word(word, number, opening=opening)
        elif octet:
            self._letters(bytes([int(octet, 16)]))
        elif symbol == b"*":
            self._skips = True
            self._opening = True
        elif symbol in {b"{", b"}", b"\\"}:
            self._letters(symbol)
        elif symbol in _SYMBOLS:
            self._put(_SYMBOLS[symbol])
        elif text:
            self._letters(text)

    def finished(self) -> str:
        """The whole text."""
        self._flush()
        # characters beyond the first plane come as two halves
        joined = "".join(self._pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return visible(joined)

    def _brace(self, brace: bytes) -> None:
        self._flush()
        if brace == b"{":
            self._stack.append((self._skips, self._after_unicode))
            self._opening = True
        elif self._stack:
            self._skips, self._after_unicode = self._stack.pop()

    def _word(self, word: bytes, number: bytes | None, *, opening: bool) -> None:
        if word == b"u" and number:
            self._put(_character(int(number)))
            self._left = self._after_unicode
        elif word == b"uc" and number:
            self._after_unicode = int(number)
        elif word == b"ansicpg" and number:
            self._codepage = f"cp{int(number)}"
        elif word == b"htmltag" and self._html:
            self._skips = False  # stands in a group of its own, behind \*
        elif word == b"htmlrtf" and self._html:
            self._skips = number != b"0"
        elif opening and word in _ASIDE:
            self._skips = True
        elif word in _SPACING:
            self._put(_SPACING[word])

    def _letters(self, octets: bytes) -> None:
        """Octets of the text; those that stand in for a character given as Unicode are passed over."""
        passed, self._left = min(self._left, len(octets)), max(self._left - len(octets), 0)
        if not self._skips:
            self._octets += octets[passed:]

    def _put(self, text: str) -> None:
        self._flush()
        if not self._skips:
            self._pieces.append(text)

    def _flush(self) -> None:
        if self._octets:
            self._pieces.append(_decoded(bytes(self._octets), self._codepage))
            self._octets.clear()


def _decoded(octets: bytes, codepage: str) -> str:
    """Rich text says its code page and is never UTF-8; only western ones stand over Chinese letters by mistake."""
    if codepage == "cp936":
        try:
            return octets.decode("gb18030")
        except UnicodeError:
            pass  # cut in the middle of a character, or another label's letters: as good as it can be read
    return decode(octets, codepage)[0]


def _character(number: int) -> str:
    return chr(number & 0xFFFF)
