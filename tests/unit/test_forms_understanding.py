"""Foreign forms are understood: at least four fields of five right on each, and nothing wrong that looks sure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.documents.forms.grid import Grid
from pipeline.documents.forms.meanings import packaged_meanings
from pipeline.documents.forms.understanding import understand
from pipeline.documents.forms.word_grid import read_word
from pipeline.documents.forms.workbook_grid import read_workbook
from tests.forms.build_form import build
from tests.forms.compare import compare
from tests.forms.foreign_form import HELD_OUT, KNOWN, ForeignForm, load

FORMS = [*load(KNOWN), *load(HELD_OUT)]


def grids_of(path: Path) -> Sequence[Grid]:
    return read_word(path).grids if path.suffix == ".docx" else read_workbook(path).grids


def test_there_are_forms_of_many_styles() -> None:
    assert len(load(KNOWN)) >= 14
    assert len(load(HELD_OUT)) >= 6
    assert {form.made_with for form in FORMS} == {"openpyxl", "xlsxwriter", "docx"}


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_form_is_understood(tmp_path: Path, form: ForeignForm) -> None:
    score = compare(form, understand(grids_of(build(form, tmp_path)), packaged_meanings()))
    assert score.wrong_sure == []
    assert score.right >= 0.8 * score.asked, score.missed


@pytest.mark.parametrize(
    ("label", "section", "field"),
    [
        ("顾客抱怨号", "head", "customer_ref"),
        ("Defect Q'ty", "head", "defects"),
        ("零件名称/编号", "head", "product+part_number"),
        ("供应商名称", "head", None),
        ("供方代码 Vendor code", "head", None),
        ("日期 Date", "D3", None),
        ("未探测到的根本原因", "D4", "escape_cause"),
        ("なぜ流出したか", "D4", "escape_cause"),
        ("随机的一句话", "head", None),
    ],
)
def test_label_is_read_by_its_meaning(label: str, section: str, field: str | None) -> None:
    meanings = packaged_meanings()
    reading = meanings.field(label, section)
    found = meanings.several(label, section) or (reading.field if reading and reading.score >= 0.8 else None)
    assert found == field
