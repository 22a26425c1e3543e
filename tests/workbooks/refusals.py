"""Workbooks that must not be written, or not at the place in question, with words of the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.workbooks.parts import (
    BOOK,
    EMPTY_RELS,
    SHEET_RELS,
    Change,
    also,
    cell,
    in_utf16,
    on_sheet,
    put_after_data,
    renamed,
)
from tests.workbooks.sample import SHEET_PART, Sample, package_of, parts_of


def _dtd(xml: bytes) -> bytes:
    return re.sub(rb"(<(?:worksheet|workbook|sst)\b)", rb'<!DOCTYPE x [<!ENTITY e "lol">]>\1', xml, count=1)


def _doubled(xml: bytes) -> bytes:
    return re.sub(rb'(<row\b[^>]*\br="5".*?</row>)', rb"\1\1", xml, flags=re.DOTALL)


_MERGE = b'<mergeCells count="1"><mergeCell ref="%b"/></mergeCells>'


def _merged(area: bytes) -> Change:
    def changed(xml: bytes) -> bytes:
        return put_after_data(_MERGE % area)(re.sub(rb"<mergeCells.*?</mergeCells>", b"", xml))

    return on_sheet(changed)


#: The change, what becomes of our cells and of a new row, and words of the reason.
REFUSED: Mapping[str, tuple[Change, str, str, str]] = {
    "our cell under a merge": (_merged(b"H4:H6"), "refused", "written", "合并"),
    "our cell a formula": (on_sheet(cell("H6", b'<c r="H6"><f>A1</f><v>1</v></c>')), "refused", "written", "公式"),
    "our cell in an array": (
        on_sheet(cell("H5", b'<c r="H5"><f t="array" ref="H5:H7">F3:F5</f><v>1</v></c>')),
        "refused",
        "written",
        "数组公式",
    ),
    "our cell a picture": (
        on_sheet(cell("H6", b'<c r="H6" t="e" vm="1"><v>#VALUE!</v></c>')),
        "refused",
        "written",
        "富数据",
    ),
    "our cell a dynamic array": (
        on_sheet(cell("H6", b'<c r="H6" cm="1"><v>1</v></c>')),
        "refused",
        "written",
        "动态数组",
    ),
    "a person's text in our cell": (
        on_sheet(cell("A5", b'<c r="A5"><v>77</v></c>')),
        "refused",
        "written",
        "单元格现为",
    ),
    "a row twice": (on_sheet(_doubled), "refused", "either", ""),
    "cells out of order": (
        on_sheet(
            lambda xml: re.sub(
                rb'(<row\b[^>]*\br="5"[^>]*>)(<c\b.*?</c>)(<c\b.*?(?:</c>|/>))', rb"\1\3\2", xml, flags=re.DOTALL
            )
        ),
        "refused",
        "either",
        "",
    ),
    "a cell twice": (
        on_sheet(lambda xml: re.sub(rb'(<c r="C5".*?</c>)', rb"\1\1", xml, flags=re.DOTALL)),
        "refused",
        "either",
        "",
    ),
    "a cell of another prefix": (
        on_sheet(
            lambda xml: re.sub(
                rb'(<c r="H4".*?</c>)',
                lambda match: re.sub(rb"<(/?)(\w+)", rb"<\1o:\2", match[1]).replace(
                    b"<o:c ", b'<o:c xmlns:o="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
                ),
                xml,
                flags=re.DOTALL,
            )
        ),
        "refused",
        "either",
        "",
    ),
    "a broken row": (
        on_sheet(lambda xml: re.sub(rb'(<row\b[^>]*\br="5"[^>]*>)', rb"\1<c><v></c>", xml)),
        "refused",
        "refused",
        "",
    ),
    "a broken row elsewhere": (
        on_sheet(lambda xml: re.sub(rb'(<row\b[^>]*\br="7"[^>]*>)', rb"\1<v>", xml)),
        "refused",
        "refused",
        "",
    ),
    "a sheet without its end": (on_sheet(lambda xml: xml[: xml.rindex(b"</worksheet>")]), "refused", "refused", ""),
    "a shared string that is not there": (
        on_sheet(cell("H4", b'<c r="H4" t="s"><v>99999</v></c>')),
        "refused",
        "written",
        "",
    ),
    "a shared string that is no number": (
        on_sheet(cell("H4", b'<c r="H4" t="s"><v>x</v></c>')),
        "refused",
        "written",
        "",
    ),
    "a row that is no number": (
        on_sheet(lambda xml: re.sub(rb'(<row\b[^>]*\br=)"5"', rb'\1"05x"', xml)),
        "refused",
        "refused",
        "",
    ),
    "a document type": (on_sheet(_dtd), "refused", "refused", "DTD"),
    "a document type in the workbook part": (
        lambda parts: {**parts, BOOK: _dtd(parts[BOOK])},
        "refused",
        "refused",
        "DTD",
    ),
    "UTF-16": (in_utf16(SHEET_PART), "refused", "refused", "UTF-8"),
    "relationships of the sheet in UTF-16": (
        also(lambda parts: {SHEET_RELS: EMPTY_RELS, **parts}, in_utf16(SHEET_RELS)),
        "refused",
        "either",
        "",
    ),
    "a signature": (lambda parts: {**parts, "_xmlsignatures/sig1.xml": b"<a/>"}, "refused", "refused", "签名"),
    "revisions": (lambda parts: {**parts, "xl/revisions/revisionHeaders.xml": b"<a/>"}, "refused", "refused", "修订"),
    "no such sheet": (renamed(b"other"), "refused", "refused", "找不到"),
    "no sheet part": (
        lambda parts: {name: content for name, content in parts.items() if name != SHEET_PART},
        "refused",
        "refused",
        "",
    ),
    "no workbook": (
        lambda parts: {name: content for name, content in parts.items() if name != "_rels/.rels"},
        "refused",
        "refused",
        "",
    ),
    "something right below": (
        on_sheet(
            lambda xml: xml.replace(
                b"</sheetData>",
                b'<row r="9"><c r="A9" t="inlineStr"><is><t>\xe5\x90\x88\xe8\xae\xa1</t></is></c></row></sheetData>',
            )
        ),
        "written",
        "refused",
        "已有",
    ),
    "a hidden row below": (
        on_sheet(lambda xml: xml.replace(b"</sheetData>", b'<row r="9" hidden="1"/></sheetData>')),
        "written",
        "refused",
        "隐藏",
    ),
    "a merge below": (_merged(b"A9:C10"), "written", "refused", "合并"),
}


def forbidden(base: Sample) -> Iterator[Sample]:
    """The base spoilt in each way."""
    held = parts_of(base.data)
    for name, (change, cells, row, why) in REFUSED.items():
        try:
            parts = change(held)
        except (KeyError, AssertionError):
            continue
        if parts != held:
            yield replace(base, name=f"{base.name}, {name}", data=package_of(parts), cells=cells, row=row, why=why)  # type: ignore[arg-type]  # words of Outcome
