"""Tells by the bytes of a workbook which of its rows changed since it was last looked at; parses nothing.

Only for sheets as spreadsheet programs write them: rows that state their numbers, shared texts by index, no comments.
For anything else, and whenever more than rows changed (styles, sheets, merged cells), it says that it cannot tell.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_WORKBOOK, _LINKS, _STYLES, _STRINGS = (
    "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml")
_NEEDED = frozenset({"[Content_Types].xml", "_rels/.rels", _WORKBOOK, _LINKS, _STYLES, _STRINGS})
_SHEET_PARTS = "xl/worksheets/sheet"
_SHEETS = re.compile(rb"<sheets>.*?</sheets>", re.DOTALL)
_SETTINGS = re.compile(rb"<workbookPr\b[^>]*>")
_SINCE_1904 = re.compile(rb"\bdate1904=[\"']([^\"']*)")
_ROW = re.compile(rb"<row (?:[^>\"]*\"[^\"]*\")*?[^>\"]*?(?<![:\w])r=\"(\d{1,7})\"")
_MERGED = re.compile(rb"<mergeCells\b.*?</mergeCells>", re.DOTALL)
_MOST_TEXTS = 50      # changed shared texts whose rows are looked for one by one
_MOST_SHARE = 0.25    # of the rows; beyond it the whole is read as fast

Parts = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class RowSpan:
    """A row in the bytes of its sheet, from ``<row`` to the next one; ``number`` stands at ``at`` to ``behind``."""

    number: int
    first: int
    after: int
    at: int
    behind: int


@dataclass(frozen=True, slots=True)
class SheetBytes:
    """One sheet: a digest of each row by its number (from 1), where it stands, and the merged cells."""

    rows: Mapping[int, bytes]
    merged: bytes


@dataclass(frozen=True, slots=True)
class WorkbookBytes:
    """What a workbook looked like: its sheets by part name, its shared texts, and all that says how they are read."""

    sheets: Mapping[str, SheetBytes]
    texts: tuple[bytes, ...]
    frame: tuple[bytes, ...]


def is_looked_at(name: str) -> bool:
    """Whether the content of a part matters here."""
    return name in _NEEDED or name.startswith(_SHEET_PARTS)


def spans(xml: bytes) -> list[RowSpan] | None:
    """The rows of a sheet in rising order; None for a sheet that is written in another way."""
    start, end = xml.find(b"<sheetData>"), xml.rfind(b"</sheetData>")
    if start < 0 or end < 0:
        return [] if b"<sheetData/>" in xml and not _is_odd(xml) else None
    if _is_odd(xml[:start]) or _is_odd(xml[end:]):
        return None
    found = [*_ROW.finditer(xml, start, end)]
    firsts = [match.start() for match in found]
    rows = [RowSpan(int(match[1]), first, after, *match.span(1))
            for match, first, after in zip(found, firsts, [*firsts[1:], end], strict=True)]
    rising = all(one.number < other.number for one, other in pairwise(rows))
    before = xml[start + len(b"<sheetData>") : firsts[0] if firsts else end]
    return rows if rising and not before.strip() else None


def _is_odd(xml: bytes) -> bool:
    """Whether there is more than elements: a comment, a CDATA section, an instruction."""
    return b"<!" in xml or b"<?" in xml.removeprefix(b"<?")


def is_plain(row: bytes) -> bool:
    """Whether these bytes from ``<row`` on are one row and nothing else."""
    return row.count(b"<row") == 1 and row.rstrip().endswith((b"</row>", b"/>")) and not _is_odd(row)


def bytes_of(parts: Parts, *, known: bool) -> WorkbookBytes | None:
    """What the parts of a workbook look like; None where its changes could not be told.

    ``known``: it was looked at through and through before, so that changed rows alone remain to be looked at so.
    """
    workbook, strings = parts.get(_WORKBOOK, b""), parts.get(_STRINGS, b"")
    named, settings = _SHEETS.search(workbook), _SETTINGS.search(workbook)
    if named is None or not _NEEDED - {_STRINGS} <= parts.keys():
        return None
    sheets = {}
    for name, xml in parts.items():
        if name.startswith(_SHEET_PARTS):
            rows = spans(xml)
            if rows is None or not (known or (not _is_odd(xml) and xml.count(b"<row ") == len(rows))):
                return None
            sheets[name] = _sheet(xml, rows)
    texts = strings.rpartition(b"</sst>")[0].split(b"<si>")[1:]
    if strings.count(b"<si") != len(texts) + strings.count(b"<si/"):
        return None
    since = _SINCE_1904.search(settings[0]) if settings else None
    frame = named[0], since[1] if since else b"", parts[_LINKS], parts[_STYLES]
    return WorkbookBytes(sheets, tuple(texts), frame)


def _sheet(xml: bytes, rows: Sequence[RowSpan]) -> SheetBytes:
    view, digest = memoryview(xml), hashlib.blake2b
    digests = {row.number: digest(view[row.first : row.after], digest_size=16).digest() for row in rows}
    merged = _MERGED.search(xml, rows[-1].after if rows else 0)
    return SheetBytes(digests, merged[0] if merged else b"")


def changed_rows(before: WorkbookBytes, now: WorkbookBytes, parts: Parts) -> dict[str, list[int]] | None:
    """By part name, the numbers of rows that were changed, added or removed; None when it is not rows alone."""
    same = before.frame == now.frame and before.sheets.keys() == now.sheets.keys()
    if not same or any(now.sheets[name].merged != sheet.merged for name, sheet in before.sheets.items()):
        return None
    replaced = _replaced(before.texts, now.texts)
    if replaced is None:
        return None
    changed = {}
    for name, sheet in now.sheets.items():
        was, rows = before.sheets[name].rows, sheet.rows
        numbers = {number for number, digest in rows.items() if was.get(number) != digest} | (was.keys() - rows.keys())
        if replaced:
            telling = _rows_with(parts[name], replaced)
            if telling is None:
                return None
            numbers.update(telling)
        if len(numbers) > max(1, len(rows) * _MOST_SHARE):
            return None
        changed[name] = sorted(numbers)
    return changed


def _replaced(before: tuple[bytes, ...], now: tuple[bytes, ...]) -> list[int] | None:
    """The indexes of shared texts that say something else now; None when they are too many to be looked for.

    Programs that number the texts anew with every save shift them all when one is added in the middle.
    """
    if now[: len(before)] == before:
        return []
    found = [index for index, text in enumerate(before) if index >= len(now) or now[index] != text]
    return found if len(found) <= _MOST_TEXTS else None


def _rows_with(xml: bytes, texts: Sequence[int]) -> Iterable[int] | None:
    """The rows that hold one of these shared texts; None when cells refer to them in an unusual spelling."""
    if xml.count(b't="s"><v>') != xml.count(b't="s"') or b"t='s'" in xml:
        return None
    wanted = re.compile(rb"<v>(?:%s)</v>" % b"|".join(b"%d" % index for index in texts))
    return [row.number for row in spans(xml) or () if wanted.search(xml, row.first, row.after)]
