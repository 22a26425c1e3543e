"""Changes of a package's parts: what the variations of the collection are put together from."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.workbooks.sample import SHEET_PART, Parts

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MS = "http://schemas.microsoft.com/office"
TYPES, BOOK, BOOK_RELS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHEET_RELS = "xl/worksheets/_rels/sheet1.xml.rels"
EMPTY_RELS = b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
Change = Callable[[Parts], Parts]


def with_part(name: str, content: bytes, content_type: str, relation: str = "", rels: str = BOOK_RELS) -> Change:
    """A part of that type, led to from a relationships part."""

    def changed(parts: Parts) -> Parts:
        override = f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'.encode()
        made = {**parts, name: content, TYPES: parts[TYPES].replace(b"</Types>", override)}
        if relation:
            line = (
                f'<Relationship Id="rIdMore{len(made)}" Type="{relation}" Target="/{name}"/></Relationships>'.encode()
            )
            held = parts.get(rels, EMPTY_RELS)
            made[rels] = re.sub(rb"</Relationships>|/>\s*$", line, held) if b"</Relationships>" in held else held
        return made

    return changed


def on_sheet(change: Callable[[bytes], bytes]) -> Change:
    """A change of the first sheet's XML."""
    return lambda parts: {**parts, SHEET_PART: change(parts[SHEET_PART])}


def also(*changes: Change) -> Change:
    """One change after the other."""

    def changed(parts: Parts) -> Parts:
        for change in changes:
            parts = change(parts)
        return parts

    return changed


def put_after_data(element: bytes) -> Callable[[bytes], bytes]:
    """An element right behind the rows, where the schema has it."""
    return lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + element, 1)


def put_last(element: bytes) -> Callable[[bytes], bytes]:
    """An element at the end of the sheet, before its list of extensions."""

    def changed(xml: bytes) -> bytes:
        at = next(
            (match.start() for match in re.finditer(rb"<tableParts|<extLst", xml[xml.index(b"</sheetData>") :])), None
        )
        at = xml.rindex(b"</worksheet>") if at is None else at + xml.index(b"</sheetData>")
        return xml[:at] + element + xml[at:]

    return changed


def cell(reference: str, element: bytes) -> Callable[[bytes], bytes]:
    """The cell replaced or put in by its place; its row is there."""
    letters, number = re.sub(r"\d", "", reference), re.sub(r"\D", "", reference).encode()

    def changed(xml: bytes) -> bytes:
        at = reference.encode()
        if re.search(rb'<c r="' + at + rb'"', xml):
            return re.sub(
                rb'<c r="' + at + rb'"[^>]*?(?:/>|>.*?</c>)', lambda _: element, xml, count=1, flags=re.DOTALL
            )
        row = re.search(rb'(<row\b[^>]*\br="' + number + rb'"[^>]*>)(.*?)(</row>)', xml, re.DOTALL)
        assert row is not None
        later = (
            found.start()
            for found in re.finditer(rb'<c r="([A-Z]+)', row[2])
            if (len(found[1]), found[1].decode()) > (len(letters), letters)
        )
        place = row.start(2) + next(later, len(row[2]))
        return xml[:place] + element + xml[place:]

    return changed


def in_utf16(name: str) -> Change:
    """The part in another encoding."""

    def changed(parts: Parts) -> Parts:
        text = re.sub(r'encoding="[^"]*"', 'encoding="UTF-16"', parts[name].decode("utf-8-sig"))
        if not text.startswith("<?xml"):
            text = '<?xml version="1.0" encoding="UTF-16"?>' + text
        return {**parts, name: text.encode("utf-16")}

    return changed


def renamed(name: bytes) -> Change:
    """The first sheet under another name (escaped)."""

    def changed(parts: Parts) -> Parts:
        return {**parts, BOOK: re.sub(rb'(<sheet [^>]*?name=")[^"]*', rb"\g<1>" + name, parts[BOOK], count=1)}

    return changed
