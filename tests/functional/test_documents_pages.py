"""Every document kind passes the page checker for the shortest, an ordinary and the longest case."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image

from pipeline.documents.gateway import KINDS, TemplateDocuments
from schemas.case import Case, CaseFiles
from schemas.columns import SheetRow
from schemas.decisions import Decisions
from schemas.workbook import Row
from tests.functional import documents_cases as cases
from tests.pages import check_file

M = TypeVar("M", bound=SheetRow)
_LONG = "接头注塑飞边割伤O形圈，压装时密封面被切边，气密检测未能发现。" * 6
_SENTENCES = frozenset({
    "phenomenon", "containment", "occurrence_cause", "escape_cause", "reproduction", "customer_request", "disposition",
    "change", "impact", "question", "answer", "content", "verified", "conclusion", "materials", "usage",
})


def _lengthened(row: Row[M]) -> Row[M]:
    """Every sentence of a row as long as people have written them; numbers, names and places stay."""
    fields = {name: _LONG for name in _SENTENCES if getattr(row.record, name, None)}
    return Row(row.place, row.record.model_copy(update=fields), row.typed, row.extras)


def longest() -> tuple[Case, Decisions]:
    """Long sentences everywhere, three times the rows of a full case, and a team that is reached by mail."""
    case, decisions = cases.full()
    rows = case.rows
    team = tuple(replace(member, contact="zhang.xiaoming@ningbo-moulding.example") for member in decisions.team)
    return replace(case, rows=replace(
        rows, complaint=_lengthened(rows.complaint), containments=tuple(map(_lengthened, rows.containments)) * 3,
        change_points=tuple(map(_lengthened, rows.change_points)) * 3, whys=tuple(map(_lengthened, rows.whys)),
        actions=tuple(map(_lengthened, rows.actions)) * 3, meetings=tuple(map(_lengthened, rows.meetings)),
        callbacks=tuple(map(_lengthened, rows.callbacks)) * 3,
    )), replace(decisions, team=team)


def photo() -> bytes:
    """A landscape photo."""
    packed = io.BytesIO()
    Image.new("RGB", (800, 600), "grey").save(packed, "JPEG")
    return packed.getvalue()


CASES = {"shortest": cases.nearly_empty, "ordinary": cases.full, "longest": longest}


@pytest.mark.parametrize("length", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_without_flaws(tmp_path: Path, kind: str, length: str) -> None:
    documents = TemplateDocuments()
    context = documents.context(kind, *CASES[length](), 1)
    path = tmp_path / f"{kind}.docx"
    path.write_bytes(documents.render(kind, context, cases.NOW))
    assert check_file(path) == []


@pytest.mark.parametrize(("kind", "length"), [("eight_d", "ordinary"), ("eight_d_internal", "longest")])
def test_twelve_photos_leave_the_pages_without_flaws(tmp_path: Path, length: str, kind: str) -> None:
    case, decisions = CASES[length]()
    names = tuple(f"照片{number}.jpg" for number in range(1, 13))
    case = replace(case, folder="客诉资料/2026/KS-1", files=CaseFiles((), names, ()))
    documents = TemplateDocuments([], lambda _path: photo())
    context = documents.context(kind, case, decisions, None)
    path = tmp_path / f"{kind}.docx"
    path.write_bytes(documents.render(kind, context, cases.NOW))
    with zipfile.ZipFile(path) as package:
        assert sum(name.startswith("word/media/") for name in package.namelist()) >= 1
    assert "现场照片 12 张，见上" in cases.words_of(path.read_bytes())
    assert check_file(path) == []


def test_blank_forms_are_without_flaws(tmp_path: Path) -> None:
    for name, content in TemplateDocuments().blank_forms().items():
        path = tmp_path / name
        path.write_bytes(content)
        assert check_file(path) == [], name
