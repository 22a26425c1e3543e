"""Whether a text can stand in a ledger field as it is: the ledger's own reading decides."""

from __future__ import annotations

import re
from datetime import date

from pipeline.rules.intake_days import with_absolute_day
from pipeline.rules.intake_labels import FIELDS
from schemas.cell_value import value_of
from schemas.rows import Complaint
from schemas.values import clean_text

_LONGEST = 400
_TRAILING = re.compile(r"[\s;；,，。.、]+$")
_ID_WITH_SEVERAL = re.compile(r"[/、,，;；]|\s和\s|及")
_PHONE_BEHIND = re.compile(r"(?<=[^\d\s])[\s,，/、]*(?:电话|手机|tel)?[.:：\s]*[\d+][\d\s-]{6,}$", re.IGNORECASE)
_NOTE_BEHIND = re.compile(r"\s*[(（][^()（）]*[)）]$")


def readable(field: str, text: str, sent: date) -> str | None:
    """``text`` as it would be typed into the cell, None when the ledger would not read it for certain.

    Days relative to the mail are written in digits. Several part numbers in one value are not one part number.
    """
    kind = FIELDS[field].kind.name
    typed = _TRAILING.sub("", clean_text(text[:_LONGEST]) or "").strip()
    if not typed:
        return None
    if kind in {"day", "moment"}:
        typed = with_absolute_day(typed, sent)
    if field == "part_number" and (_ID_WITH_SEVERAL.search(typed) or re.search(r"[\u4e00-\u9fff]", typed)):
        return None
    if field == "reporter":
        typed = _PHONE_BEHIND.sub("", typed)
    if field == "reporter_contact" or kind == "yes_no":
        typed = _NOTE_BEHIND.sub("", typed)
    if kind in {"day", "moment"} and "～" in typed:
        return None
    return None if value_of(Complaint, field, typed, sent) is None else typed

