"""Where the papers of a complaint lie on the share; a folder is never renamed (DESIGN, identity of a row)."""

from __future__ import annotations

from pipeline.files.names import safe_name
from schemas.case import ATTACHMENTS, STANDARDS, Case
from schemas.settings import Settings

#: The fixed subfolders.
SUBFOLDERS = (ATTACHMENTS, STANDARDS)


def folder_for(number: str, case: Case, settings: Settings) -> str:
    """``客诉资料/<year>/<number> <customer> <product>``, safe on Windows and Linux; the year is that of 接诉时间."""
    complaint = case.complaint
    year = complaint.received.day.year if complaint.received else case.first_seen.year
    words = [word for word in (complaint.customer, complaint.product or complaint.part_number) if word]
    name = " ".join([safe_name(number), *(safe_name(word, 24) for word in words)])
    return f"{settings.cases_folder}/{year}/{name}"
