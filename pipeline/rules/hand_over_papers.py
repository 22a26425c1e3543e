"""Which papers a complaint's folder has to hold at the month-end, and which of them are not there (process step 12).

Source: DOMAIN "What the archive for marketing holds".
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.rules.hand_over import Lacking
from pipeline.rules.restart import eight_d_version
from pipeline.rules.state import is_dismissed
from schemas.archive import Expected
from schemas.case import ATTACHMENTS, STANDARDS, Case
from schemas.decisions import Decisions
from schemas.errors import KesuError
from schemas.ports import Documents
from schemas.values import MeetingState, Status

_PICTURES = ("*.jpg", "*.jpeg", "*.png", "*.bmp", "*.gif", "*.heic", "*.webp", "*.tif", "*.tiff")


def _pattern(documents: Documents, kind: str, round_number: int | None, fallback: str) -> str:
    try:
        name = documents.file_name(kind, round_number)
    except KesuError:
        name = fallback  # the fault in kind.yaml is told where the document is made
    return f"{name.rsplit('.', 1)[0]}*"


def _anywhere(*patterns: str) -> tuple[str, ...]:
    """A pattern that holds in the folder and in any folder below it, in capital letters too."""
    found = [variant for pattern in patterns for variant in (pattern, pattern.upper())]
    return tuple(form for variant in dict.fromkeys(found) for form in (variant, f"*/{variant}"))


def expected_papers(case: Case, decisions: Decisions, documents: Documents) -> tuple[Expected, ...]:
    """The papers of DOMAIN "What the archive for marketing holds", as far as the case has come."""
    return tuple(_expected(case, decisions, documents))


def internal_papers(case: Case, documents: Documents) -> tuple[str, ...]:
    """Patterns of what stays within the plant: the internal version of every 8D so far, drafts beside it among them."""
    versions = (None, *range(2, eight_d_version(case.complaint) + 1))
    return tuple(dict.fromkeys(_pattern(documents, "eight_d_internal", number, "8D内部版") for number in versions))


def _expected(case: Case, decisions: Decisions, documents: Documents) -> Iterator[Expected]:
    complaint = case.complaint
    if is_dismissed(complaint) or decisions.form is None:
        return
    engineer = complaint.engineer or ""
    if decisions.form.full_8d:
        yield Expected("8D报告", _anywhere(_pattern(documents, "eight_d", None, "8D报告"), "*8D*"), engineer)
    else:
        yield Expected("客诉处理单", _anywhere(_pattern(documents, "slip", None, "客诉处理单"), "*处理单*"), engineer)
    for row in case.rows.meetings:
        meeting = row.record
        if meeting.state in {MeetingState.HELD, MeetingState.SIGNED}:
            pattern = _pattern(documents, "minutes", meeting.round, "会议纪要")
            yield Expected(f"第{meeting.round or 1}次会议纪要", _anywhere(pattern), engineer)
    if decisions.form.full_8d and complaint.status in {Status.TRACKING, Status.CLOSED}:
        yield Expected("固化文件", ("固化文件/*",), engineer)
    yield Expected("不良照片", _anywhere(*_PICTURES), engineer)


def lacking_in_folder(case: Case, decisions: Decisions, documents: Documents) -> tuple[Lacking, ...]:
    """The expected papers that lie neither in the folder nor in its 附件 and 固化文件; () where it was not looked into.

    The archive looks again, into every folder below, when it is made.
    """
    files = case.files
    if files is None:
        return ()
    paths = [*files.own, *(f"{ATTACHMENTS}/{name}" for name in files.attachments),
             *(f"{STANDARDS}/{name}" for name in files.standards)]
    return tuple(
        Lacking(f"资料夹里没有{paper.what}", paper.person)
        for paper in expected_papers(case, decisions, documents) if not paper.is_among(paths)
    )
