"""Every document and mail kind rendered from its example, a nearly empty case, a full one and one of nasty text."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from pipeline.documents.filling import BLANK_FILL
from pipeline.documents.gateway import KINDS, TemplateDocuments
from pipeline.documents.mails import MAIL_KINDS
from templates.build import TEMPLATES, built
from tests.functional import documents_cases as cases

TEMPLATE_FOLDER = Path(__file__).parents[2] / "templates"
LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}|\ue000")


@pytest.fixture(scope="module")
def documents() -> TemplateDocuments:
    return TemplateDocuments()


#: Fields of the 8D's shared action lines that not every table of the packaged template shows.
UNSHOWN = {"无飞边流入", "小泄漏不报警", "同类接头", "飞边割伤"}


def example(*parts: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(TEMPLATE_FOLDER.joinpath(*parts, "example.json").read_text(encoding="utf-8"))
    return loaded


def text_of(content: bytes) -> str:
    """All text of body, headers and footers, line breaks as they are."""
    document = Document(io.BytesIO(content))  # raises when the package is not valid
    section = document.sections[0]
    roots = (document.element.body, section.header._element, section.footer._element)
    pieces: list[str] = []
    for root in roots:
        for element in root.iter(qn("w:t"), qn("w:br"), qn("w:p")):
            pieces.append(element.text or "" if element.tag == qn("w:t") else "\n")
    return "".join(pieces)


def blanks_of(content: bytes) -> int:
    document = Document(io.BytesIO(content))
    fills = [shade.get(qn("w:fill")) for shade in document.element.body.iter(qn("w:shd"))]
    return fills.count(BLANK_FILL)


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield str(value)


def shape(value: object) -> object:
    """The keys of a context, without the number of rows."""
    if isinstance(value, Mapping):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


@pytest.mark.parametrize("kind", KINDS)
def test_example_shows_every_value_and_has_the_shape_of_a_context(documents: TemplateDocuments, kind: str) -> None:
    shown = text_of(documents.render(kind, example(kind), cases.NOW))
    flat = shown.replace("\n", "")
    missing = {leaf for leaf in leaves(example(kind)) if leaf.replace("\n", "") not in flat} - UNSHOWN
    assert not missing
    assert not LEFTOVER.search(shown)
    assert shape(documents.context(kind, *cases.full(), 1)) == shape(example(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_readme_names_every_field(kind: str) -> None:
    readme = (TEMPLATE_FOLDER / "README.md").read_text(encoding="utf-8")

    def keys(value: object) -> Iterator[str]:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                yield key
                yield from keys(inner)
        elif isinstance(value, list):
            yield from (key for inner in value for key in keys(inner))

    unnamed = {key for key in keys(example(kind)) if not re.search(rf"`(five_w\.)?{key}`", readme)} - {"extras"}
    assert not unnamed


@pytest.mark.parametrize("kind", KINDS)
def test_nearly_empty_case_gives_a_form_of_marked_blanks(documents: TemplateDocuments, kind: str) -> None:
    content = documents.render(kind, documents.context(kind, *cases.nearly_empty(), 1), cases.NOW)
    shown = text_of(content)
    assert "接头处渗水" in shown
    assert blanks_of(content) == shown.count("待填写") >= 8
    assert not LEFTOVER.search(shown)
    assert "None" not in shown


@pytest.mark.parametrize("kind", KINDS)
def test_nasty_text_stands_in_the_document_as_typed(documents: TemplateDocuments, kind: str) -> None:
    content = documents.render(kind, documents.context(kind, *cases.nasty(), 1), cases.NOW)
    shown = text_of(content)
    assert "<b>&amp;</b> {{ id }} {% raw %} ]]>" in shown
    assert "😀 R&D < 5\n第二行" in shown
    assert "长" * 600 in shown
    assert "KS-<1>&" in shown
    assert not re.search("[\x07\x0b\u202e\ue000]", shown)


def test_every_section_of_the_8d_has_its_bilingual_heading(documents: TemplateDocuments) -> None:
    shown = text_of(documents.render("eight_d", documents.context("eight_d", *cases.full(), None), cases.NOW))
    for heading in (
        "D0 问题征兆与紧急响应  Symptom & Emergency Response", "D1 成立小组  Team", "D2 问题描述  Problem Description",
        "措施  Interim Containment", "D4 根本原因与流出原因  Root Cause & Escape Point",
        "D5 永久纠正措施的选择与验证  Chosen Permanent Corrective Actions", "D6 实施与确认  Implement & Validate",
        "D7 预防再发生  Prevent Recurrence", "D8 结案确认与团队表彰  Closure & Recognition", "草稿 DRAFT",
    ):
        assert heading in shown


def test_8d_for_the_customer_holds_nothing_internal(documents: TemplateDocuments) -> None:
    shown = text_of(documents.render("eight_d", documents.context("eight_d", *cases.full(), None), cases.NOW))
    assert "加强员工培训" not in shown  # rejected by the engineer
    assert "我司" not in shown
    assert "3200" not in shown


def test_equal_arguments_give_equal_bytes_and_now_is_the_only_time_in_them(documents: TemplateDocuments) -> None:
    context = documents.context("slip", *cases.full(), None)
    first = documents.render("slip", context, cases.NOW)
    assert first == TemplateDocuments().render("slip", context, cases.NOW)
    assert first != documents.render("slip", context, cases.NOW + timedelta(days=1))
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {info.date_time for info in package.infolist()} == {(2026, 11, 23, 9, 30, 0)}
        assert b"2026-11-23T09:30:00Z" in package.read("docProps/core.xml")


def test_rendering_again_is_quick(documents: TemplateDocuments) -> None:
    context = documents.context("eight_d", *cases.full(), None)
    documents.render("eight_d", context, cases.NOW)
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        documents.render("eight_d", context, cases.NOW)
        spent.append(time.perf_counter() - started)
    assert min(spent) < 0.1  # about 0.01 on an idle machine; compiling again would cost more than this


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_committed_template_is_what_build_makes(name: str) -> None:
    with zipfile.ZipFile(TEMPLATE_FOLDER / name) as committed, zipfile.ZipFile(io.BytesIO(built(name))) as fresh:
        assert committed.namelist() == fresh.namelist()
        assert all(committed.read(part) == fresh.read(part) for part in fresh.namelist())


#: What a plant's own wording may show and the packaged one leaves out: what is due soon is named, its place is not.
LEFT_OUT = {
    "overdue": {"2026-07-31", "客诉台账.xlsx 客诉台账 第16行", "客诉资料/2026/KS-202607-011 云峰汽车 软管"},
}
#: Shown in the plain text only where there is no link to it.
BEHIND_A_LINK = {"overdue": {"客诉台账.xlsx 客诉台账 第12行"}}


@pytest.mark.parametrize("kind", MAIL_KINDS)
def test_mail_example_shows_every_value_in_text_and_html(documents: TemplateDocuments, kind: str) -> None:
    context = example("mails", kind)
    subject, text, html = documents.render_mail(kind, context)
    assert "\n" not in subject
    unshown = {"True", "False", "0", "-2", "逾期", "level"}
    for leaf in set(leaves(context)) - unshown - LEFT_OUT.get(kind, set()) - {""}:
        assert leaf in subject + text or leaf in BEHIND_A_LINK.get(kind, set()), leaf
        assert leaf in subject + html, leaf
    assert not LEFTOVER.search(subject + text + html)
    assert "\n\n\n" not in text


def test_mail_escapes_in_html_only(documents: TemplateDocuments) -> None:
    nasty = {"phenomenon": "<script>x</script> & {{ id }}\x07", "label": "A\r\nBcc: x"}
    context = {**example("mails", "line_stop"), **nasty}
    subject, text, html = documents.render_mail("line_stop", context)
    assert "<script>x</script> & {{ id }}" in text
    assert "&lt;script&gt;x&lt;/script&gt; &amp; {{ id }}" in html
    assert "\x07" not in text + html
    assert subject == subject.strip()
    assert "\n" not in subject
    assert "\r" not in subject


@pytest.mark.parametrize("kind", ["eight_d", "eight_d_internal"])
def test_the_end_of_an_8d_stays_on_one_page(kind: str) -> None:
    follow_up, closing = Document(str(TEMPLATE_FOLDER / kind / "template.docx")).tables[-2:]
    lines = [row.cells[0].paragraphs[0] for row in (*follow_up.rows, *closing.rows)]
    loose = [line.text for line in lines if not line.paragraph_format.keep_with_next and not line.text.startswith("{%")]
    assert loose == ["关闭日期 Closed"]
