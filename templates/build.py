"""Builds the packaged templates, so that they can be reviewed as text; run it after changing a build_* module.

``python -m templates.build`` writes the .docx and .xlsx files beside their kind.yaml. A test proves that the committed
files are what this builds. Plants never run it: they edit the files.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from docx.document import Document

from templates import build_call_sheet, build_eight_d, build_meetings, build_penalty, build_slip

#: File and builder of every Word template.
TEMPLATES: dict[str, Callable[[], Document]] = {
    "call_sheet/template.docx": build_call_sheet.build,
    "eight_d/template.docx": build_eight_d.build,
    "eight_d_internal/template.docx": build_eight_d.build_internal,
    "slip/template.docx": build_slip.build,
    "notice/template.docx": build_meetings.build_notice,
    "minutes/template.docx": build_meetings.build_minutes,
    "penalty/template.docx": build_penalty.build,
}
#: The workbook that people fill in.
WORKBOOK = "call_sheet/template.xlsx"
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_MADE = datetime(2026, 11, 23, tzinfo=UTC)


def built(name: str) -> bytes:
    """The template's bytes; equal on every run."""
    document = TEMPLATES[name]()
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "kesu", "", ""
    properties.created = properties.modified = _MADE.replace(tzinfo=None)
    properties.last_modified_by, properties.revision = "kesu", 1
    for key, relation in list(document.part.package.rels.items()):  # python-docx ships a picture of an empty page
        if relation.reltype.endswith("/thumbnail"):
            del document.part.package.rels[key]
    raw = io.BytesIO()
    document.save(raw)
    return _packed(raw)


def built_workbook() -> bytes:
    """The workbook's bytes; equal on every run."""
    book = build_call_sheet.build_workbook()
    book.properties.creator = book.properties.lastModifiedBy = "kesu"
    raw = io.BytesIO()
    book.save(raw)
    return _packed(raw)


def _packed(raw: io.BytesIO) -> bytes:
    """The package with its members in a fixed order and one fixed time in all of them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda part: (part != "[Content_Types].xml", part)):
            entry = zipfile.ZipInfo(name, _MADE.timetuple()[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>" + f"{_MADE:%Y-%m-%dT%H:%M:%SZ}".encode(), content)
            target.writestr(entry, content)
    return packed.getvalue()


def write_all(folder: Path) -> None:
    """Write every template below ``folder``; idempotent."""
    for name in TEMPLATES:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(built(name))
    (folder / WORKBOOK).write_bytes(built_workbook())


if __name__ == "__main__":
    write_all(Path(__file__).parent)
