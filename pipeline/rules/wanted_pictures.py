"""Pictures that stand in a complaint's rows are filed in its folder, where documents, deck and archive find them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import PurePosixPath

from pipeline.rules.history import History
from schemas.case import ATTACHMENTS, Case
from schemas.effects import Effect
from schemas.payloads import FilePicture
from schemas.workbook import LedgerPicture

FILED = "ledger.picture"
_NAME = "台账图片"


def pictures_of(case: Case) -> tuple[LedgerPicture, ...]:
    """The pictures of the complaint's row, then those of the rows that name it, each once."""
    rows = case.rows
    named = chain(
        (rows.complaint,), rows.containments, rows.change_points, rows.whys, rows.actions, rows.meetings,
        rows.callbacks,
    )
    return tuple(dict.fromkeys(picture for row in named for picture in row.pictures))


def wanted_pictures(case: Case, history: History) -> Iterator[Effect]:
    """One effect a picture, once: a file that a person deletes from 附件 afterwards stays away."""
    for picture in pictures_of(case):
        mark = f"{picture.crc:08x}"
        key = history.once(FILED, case.number, f"{mark}-{picture.size}")
        if key is not None:
            name = f"{_NAME}-{mark}{PurePosixPath(picture.part).suffix.lower()}"
            payload = FilePicture(case.case_id, picture, f"{case.folder}/{ATTACHMENTS}", name)
            yield Effect(key, f"{case.number} {name}", "", payload, case.case_id)
