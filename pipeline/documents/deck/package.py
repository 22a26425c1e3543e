"""Writes a deck to equal bytes for equal content: parts in order, times from the pass, media stored, not deflated."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pptx.opc.packuri import PackURI
from pptx.opc.serialized import PackageWriter

if TYPE_CHECKING:
    from pptx.opc.package import Part
    from pptx.presentation import Presentation as Deck

#: Packed already: deflating a photo again costs half the time of a deck and gains nothing.
_STORED = (".jpg", ".jpeg", ".png", ".gif", ".mp4", ".mov", ".xlsx")
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")
_PACKED_QUICKLY = 6


class _Zip:
    """The writer that python-pptx hands its parts to."""

    def __init__(self, archive: zipfile.ZipFile, at: datetime) -> None:
        self._archive, self._at = archive, at

    def write(self, pack_uri: PackURI, blob: bytes) -> None:
        """One part, stamped with the time of the pass."""
        name = pack_uri.membername
        entry = zipfile.ZipInfo(name, self._at.timetuple()[:6])
        stored = name.lower().endswith(_STORED)
        entry.compress_type, entry.create_system = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED, 0
        self._archive.writestr(entry, blob, compresslevel=_PACKED_QUICKLY)


def _stamp_workbooks(deck: Deck, at: datetime, kept: Collection[Part]) -> None:
    """The workbooks behind charts say when they were made: at the time of the pass, not by this machine's clock."""
    stamp = f"{at:%Y-%m-%dT%H:%M:%S}Z".encode()
    for part in deck.part.package.iter_parts():
        if part in kept or not str(part.partname).startswith("/ppt/embeddings/") or part.partname.ext != "xlsx":
            continue
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(part.blob)) as source, zipfile.ZipFile(out, "w") as target:
            for entry in source.infolist():
                content = source.read(entry)
                if entry.filename == "docProps/core.xml":
                    content = _TIMES.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
                named = zipfile.ZipInfo(entry.filename, at.timetuple()[:6])
                named.compress_type, named.create_system = zipfile.ZIP_DEFLATED, 0
                target.writestr(named, content)
        part._blob = out.getvalue()


def packed(deck: Deck, at: datetime, kept: Collection[Part] = frozenset()) -> bytes:
    """The deck's bytes with ``at`` (aware) as every time stamp; the parts ``kept`` were there before and stay."""
    deck.part.rename_slide_parts([entry.rId for entry in deck.slides._sldIdLst])
    package: Any = deck.part.package
    _stamp_workbooks(deck, at, kept)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # the library writes to a zip of its own making only; its steps are used one by one to keep them in its order
        writer: Any = PackageWriter(out, package._rels, tuple(package.iter_parts()))
        target = _Zip(archive, at)
        writer._write_content_types_stream(target)
        writer._write_pkg_rels(target)
        writer._write_parts(target)
    return out.getvalue()
