"""Ways to spell one sheet: other prefixes, missing references, comments - the same cells for every reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tests.workbooks.sample import Sample, package_of, parts_of, with_sheet

Change = Callable[[bytes], bytes]

_TRANSITIONAL = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    (b"http://schemas.openxmlformats.org/drawingml/2006/", b"http://purl.oclc.org/ooxml/drawingml/"),
)


def in_cells(change: Change) -> Change:
    """The change made between the tags of sheetData only."""

    def changed(xml: bytes) -> bytes:
        start, end = xml.index(b"<sheetData>") + 11, xml.index(b"</sheetData>")
        return xml[:start] + change(xml[start:end]) + xml[end:]

    return changed


def _sub(pattern: bytes, new: bytes, count: int = 0) -> Change:
    return lambda xml: re.sub(pattern, new, xml, count=count)


def prefixed(prefix: bytes) -> Change:
    """Every element of the main namespace under a prefix."""

    def changed(xml: bytes) -> bytes:
        xml = re.sub(rb"<(/?)([A-Za-z]\w*)(?=[\s/>])", rb"<\1" + prefix + rb":\2", xml)
        return xml.replace(b"xmlns=", b"xmlns:" + prefix + b"=", 1)

    return changed


def _reversed_attributes(xml: bytes) -> bytes:
    def turned(match: re.Match[bytes]) -> bytes:
        pairs = re.findall(rb'[\w:]+="[^"]*"', match[2])
        return b"<" + match[1] + b"\n " + b"\r\n\t".join(reversed(pairs)) + b" " + match[3]

    return re.sub(rb"<(c|row)((?:\s[\w:]+=\"[^\"]*\")+)\s*(/?>)", turned, xml)


def _single_quotes(xml: bytes) -> bytes:
    return re.sub(rb'="([^"\']*)"', rb"='\1'", xml)


def _pretty(xml: bytes) -> bytes:
    return re.sub(rb"(</?(?:row|c|f)\b[^>]*>)(?=<)", b"\\1\r\n    ", xml)


def _commented(xml: bytes) -> bytes:
    xml = xml.replace(b"</row>", b"<!-- <c r='A1'/></row > --></row>")
    return re.sub(rb"<row (?=r=|s)", b"<!-- </row><row r='1'> <c> --><?odd </row>?><row ", xml)


def _in_cdata(xml: bytes) -> bytes:
    return re.sub(rb"<v>(\d+)</v>", rb"<v><![CDATA[\1]]></v>", xml)


def _without_references(xml: bytes) -> bytes:
    """No r= where counting gives the same; gaps are filled with empty cells."""

    def bare(row: re.Match[bytes]) -> bytes:
        cells = re.findall(rb"<c\b[^>]*?(?:/>|>.*?</c>)", row[2], re.DOTALL)
        places = [_column(cell) for cell in cells]
        known = dict(zip(places, cells, strict=True))
        filled = (
            known.get(at, b"<c/>") for at in range(max(places, default=-1) + 1 if max(places, default=0) < 40 else 0)
        )
        body = b"".join(re.sub(rb'\sr="\w+"', b"", cell, count=1) for cell in filled) or row[2]
        return row[1] + body + b"</row>"

    return re.sub(rb"(<row\b[^>]*[^/]>)(.*?)</row>", bare, xml, flags=re.DOTALL)


def _column(cell: bytes) -> int:
    match = re.search(rb'\sr="([A-Z]+)', cell)
    assert match is not None
    index = 0
    for letter in match[1]:
        index = index * 26 + letter - 64
    return index - 1


def _rows_without_numbers(xml: bytes) -> bytes:
    """Cells without references in rows that stand without a gap."""
    return re.sub(rb'(<row\b[^>]*?)\sr="\d+"', rb"\1", _without_references(xml))


def _self_closing_rows(xml: bytes) -> bytes:
    return xml + b'<row r="400"/><row r="401" ht="3"></row>'


def _far_corner(xml: bytes) -> bytes:
    return xml + b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'


def _odd_row_attributes(xml: bytes) -> bytes:
    return xml.replace(b"<row ", b'<row xmlns:q="urn:q" q:note="a &gt; b" ph="1" thickBot="1" ')


def _entities(xml: bytes) -> bytes:
    return (
        xml.replace(b' r="A5"', b' r="&#65;5"').replace(b"<v>3</v>", b"<v>&#51;</v>").replace(b' r="C', b' r="&#x43;')
    )


def _blank_targets(xml: bytes) -> bytes:
    """Cells of ours that are there, empty, and styled or typed."""
    xml = re.sub(rb'<c r="(?:A5|H5|H6|I5)"[^>]*?(?:/>|>.*?</c>)', b"", xml)
    xml = re.sub(rb'(<row [^>]*\br="5"[^>]*>)', rb'\1<c r="A5" s="0" t="s"></c>', xml)
    return re.sub(
        rb'(<c r="G6".*?</c>)',
        rb'\1<c r="H6" t="str"><v></v><extLst><ext uri="{x}"/></extLst></c>',
        xml,
        flags=re.DOTALL,
    )


CELLS: Mapping[str, Change] = {
    "attributes the other way round": _reversed_attributes,
    "pretty printed": _pretty,
    "comments and instructions": _commented,
    "values in CDATA": _in_cdata,
    "cells without r": _without_references,
    "rows and cells without r": _rows_without_numbers,
    "rows without cells": _self_closing_rows,
    "a cell in the last corner": _far_corner,
    "attributes of strangers": _odd_row_attributes,
    "character references": _entities,
    "blank cells of ours": _blank_targets,
    "no spans": _sub(rb' spans="[^"]*"', b""),
    "spans too short": lambda xml: re.sub(rb' spans="[^"]*"|(<row)', rb"\1", xml).replace(
        b"<row ", b'<row spans="1:2" '
    ),
    "lower-case references": lambda xml: re.sub(
        rb' r="([A-Z]+)(\d+)"', lambda m: b' r="%b%b"' % (m[1].lower(), m[2]), xml
    ),
    "closing tags with blanks": lambda xml: xml.replace(b"</c>", b"</c  >").replace(b"</row>", b"</row\n>"),
    "empty rows between": lambda xml: (
        xml + b"".join(b'<row r="%d" hidden="1"/>' % number for number in range(500, 560))
    ),
}


def _no_dimension(xml: bytes) -> bytes:
    return re.sub(rb"<dimension\b[^>]*/>", b"", xml)


def _dimension(reference: bytes) -> Change:
    def changed(xml: bytes) -> bytes:
        element = b'<dimension ref="' + reference + b'"/>'
        return re.sub(
            rb"(<worksheet\b[^>]*>(?:<sheetPr\b[^>]*?(?:/>|>.*?</sheetPr>))?)",
            rb"\1" + element,
            _no_dimension(xml),
            flags=re.DOTALL,
        )

    return changed


def _moved_default(xml: bytes) -> bytes:
    """Declarations nobody needs, as converters add them."""
    return re.sub(
        rb"<worksheet ",
        b'<worksheet xmlns:main="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        b'xmlns:et="http://www.wps.cn/officeDocument/2017/etCustomData" et:note="&lt;row r=&quot;1&quot;/&gt;" ',
        xml,
        count=1,
    )


SHEETS: Mapping[str, Change] = {
    "prefix x": prefixed(b"x"),
    "prefix ns0": prefixed(b"ns0"),
    "prefix with a dot and a dash": prefixed(b"a.b-c"),
    "no dimension": _no_dimension,
    "dimension A1": _dimension(b"A1"),
    "dimension of columns": _dimension(b"A:J"),
    "dimension beyond": _dimension(b"A1:XFD1048576"),
    "a byte order mark": lambda xml: b"\xef\xbb\xbf" + xml,
    "no declaration": lambda xml: re.sub(rb"^<\?xml[^>]*\?>\s*", b"", xml) + b"\n",
    "single quotes": _single_quotes,
    "a comment at the end": lambda xml: xml + b"<!-- </worksheet> <sheetData> --><?end?>",
    "a comment at the beginning": lambda xml: re.sub(
        rb"(<worksheet)", rb"<!-- <sheetData><row/></sheetData> -->\1", xml, count=1
    ),
    "more declarations": _moved_default,
    "huge column widths": lambda xml: re.sub(rb"<cols>.*?</cols>", b"", xml, flags=re.DOTALL).replace(
        b"<sheetData", b'<cols><col min="1" max="16384" width="255" customWidth="1"/></cols><sheetData', 1
    ),
    "whitespace in the root": lambda xml: re.sub(rb"(<sheetData)", rb"\n\t \1", xml, count=1).replace(
        b"</sheetData>", b"</sheetData>\n\n"
    ),
}


def _strict(data: bytes) -> bytes:
    parts = parts_of(data)
    for name in parts:
        if name.endswith((".xml", ".rels")):
            for old, new in _TRANSITIONAL:
                parts[name] = parts[name].replace(old, new)
    return package_of(parts)


def spelled(base: Sample) -> Iterator[Sample]:
    """The base in every spelling that changes it."""
    changes = {name: in_cells(change) for name, change in CELLS.items()} | dict(SHEETS)
    for name, change in changes.items():
        try:
            data = with_sheet(base.data, change)
        except ValueError:
            continue  # the producer writes it so anyway
        yield replace(base, name=f"{base.name}, {name}", data=data)
    yield replace(base, name=f"{base.name}, Strict", data=_strict(base.data))
