"""Foreign forms are understood: at least four fields of five right on each, and nothing wrong that looks sure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import tests.forms
from pipeline.documents.forms.adoption import adopt
from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.label import folded, pieces
from pipeline.documents.forms.meanings import packaged_meanings
from pipeline.documents.forms.parts import Parts
from pipeline.documents.forms.proposal import CellProposal
from pipeline.documents.forms.singles import SingleReader
from pipeline.documents.forms.understanding import understand
from pipeline.documents.forms.word_grid import read_word
from pipeline.documents.forms.workbook_grid import read_workbook
from tests.forms.build_form import build
from tests.forms.compare import compare
from tests.forms.foreign_form import HELD_OUT, KNOWN, OWN_WORDS, ForeignForm, load
from tests.functional.documents_cases import words_of

NEAR_WORDS = Path(tests.forms.__file__).with_name("near_words.txt")
TEMPLATES = Path(__file__).parents[2] / "templates"
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


def our_words() -> set[str]:
    """Every heading and label of our own 8D templates, each language by itself."""
    texts = {
        text for kind in ("eight_d", "eight_d_internal")
        for text in words_of((TEMPLATES / kind / "template.docx").read_bytes()) if "{" not in text
    }
    return {folded(piece) for text in texts for piece in pieces(text)}


def test_a_form_without_any_heading_word_of_ours_is_asked_about_and_never_misfilled(tmp_path: Path) -> None:
    form = next(form for form in load(OWN_WORDS) if form.name == "110_plain_english")
    labels = [str(text) for text in form.content["labels"].values()]
    assert {piece for label in labels for piece in pieces(label)} & our_words() == set()
    adoption = adopt(build(form, tmp_path), "某客户")
    assert [cell.address for cell in adoption.sure] in ([], ["draft"])
    asked = {cell.label for cell in (*adoption.doubtful, *adoption.found.unread)}
    assert {"What went wrong", "How come it was made that way", "Who filled this in"} <= asked
    assert any("--sample" in remark for remark in adoption.found.remarks)


@pytest.mark.parametrize("form", load(OWN_WORDS), ids=str)
def test_a_form_in_its_own_words_gets_nothing_wrong_that_looks_sure(tmp_path: Path, form: ForeignForm) -> None:
    score = compare(form, understand(grids_of(build(form, tmp_path)), packaged_meanings()))
    assert score.wrong_sure == []


def test_words_near_to_ours_are_never_filled_unasked() -> None:
    """Each beside a box, in the head of a form and in each of its parts."""
    words = NEAR_WORDS.read_text(encoding="utf-8").splitlines()[1:]
    sure = []
    for part in ("", "D2 问题描述", "D3 临时措施", "D4 根本原因", "D5 永久措施", "D7 预防再发生", "D8 结案"):
        boxes = [Box(1, 0, 1, 1, "8D报告", framed=True), Box(2, 0, 2, 1, part, framed=True)]
        for row, word in enumerate(words, start=3):
            boxes += [Box(row, 0, row, 0, word, framed=True), Box(row, 1, row, 1, framed=True)]
        sure += [(part, cell.label, cell.address) for cell in understood_singly(boxes) if cell.sure]
    assert len(words) > 500
    assert sure == []


def understood_singly(boxes: list[Box]) -> list[CellProposal]:
    """The single answers of a sheet, each for itself: without what a whole form of unknown words makes doubtful."""
    grid, meanings = Grid("8D", boxes), packaged_meanings()
    singles = SingleReader(grid, Parts(grid, meanings), meanings, ())
    singles.read()
    return singles.cells


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
        ("①问题现象 What happened", "head", "phenomenon"),
        ("检验数", "head", None),
        ("缺陷数/检验数", "head", "five_w.how_many"),
        ("用户描述", "head", None),
        ("客户 Supplier", "head", None),
        ("横展開", "D7", "deployment_text"),
    ],
)
def test_label_is_read_by_its_meaning(label: str, section: str, field: str | None) -> None:
    meanings = packaged_meanings()
    reading = meanings.field(label, section)
    found = meanings.several(label, section) or (reading.field if reading and reading.score >= 0.8 else None)
    assert found == field
