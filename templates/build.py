"""Builds the packaged Word templates, so that they can be reviewed as text; run it after changing a build_* module.

``python -m templates.build`` writes the .docx files beside their kind.yaml. A test proves that the committed files
are what this builds. Plants never run it: they edit the Word files.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from docx.document import Document

from templates import build_eight_d, build_meetings, build_slip

#: Kind, file and builder of every Word template.
TEMPLATES: dict[str, Callable[[], Document]] = {
    "eight_d/template.docx": build_eight_d.build,
    "slip/template.docx": build_slip.build,
    "notice/template.docx": build_meetings.build_notice,
    "minutes/template.docx": build_meetings.build_minutes,
}
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
    packed = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name_inside in sorted(source.namelist(), key=lambda part: (part != "[Content_Types].xml", part)):
            entry = zipfile.ZipInfo(name_inside, _MADE.timetuple()[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(entry, source.read(name_inside))
    return packed.getvalue()


def write_all(folder: Path) -> None:
    """Write every template below ``folder``; idempotent."""
    for name in TEMPLATES:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(built(name))


if __name__ == "__main__":
    write_all(Path(__file__).parent)
