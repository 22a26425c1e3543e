"""Which photos of a case's folder a report shows, and what stands below them."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from pipeline.documents.photos import SUFFIXES
from schemas.case import ATTACHMENTS, Case

MOST_PHOTOS = 12
#: What we put before or behind a name when we file it: the day and digest of a mail, the checksum of a picture.
_FILED_AS = re.compile(r"^\d{4}-[0-9a-f]{4} (?=.)|-[0-9a-f]{8}$")


def pictures(case: Case) -> dict[str, Any]:
    """Photos from 附件, two in a row, by name; the first twelve, the rest are counted; none leaves a blank to fill."""
    files = case.files.attachments if case.files else ()
    names = [name for name in files if PurePath(name).suffix.casefold() in SUFFIXES] if case.folder else []
    shown = names[:MOST_PHOTOS]
    cells = [(f"{case.folder}/{ATTACHMENTS}/{name}", _FILED_AS.sub("", PurePath(name).stem)) for name in shown]
    cells += [("", "")] * (len(cells) % 2)
    rows = [
        {"left": left[0], "left_caption": left[1], "right": right[0], "right_caption": right[1]}
        for left, right in zip(cells[::2], cells[1::2], strict=True)
    ]
    more = len(names) - len(shown)
    return {
        "picture_rows": rows,
        "more_photos": f"另有 {more} 张照片，见资料夹“{ATTACHMENTS}”" if more else "",
        "photos": f"现场照片 {len(shown)} 张，见上" if shown else "",
    }
