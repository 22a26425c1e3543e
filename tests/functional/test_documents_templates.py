"""A plant edits its templates: own copies win, own columns show, and every slip of the pen is named at its place."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.text.run import Run

from pipeline.documents.fault import TemplateFault
from pipeline.documents.gateway import TemplateDocuments
from tests.functional import documents_cases as cases


def own_slip(folder: Path, *paragraphs: str) -> TemplateDocuments:
    """Documents of a plant whose 处理单 is a few paragraphs."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    (folder / "slip").mkdir(exist_ok=True)
    document.save(str(folder / "slip" / "template.docx"))
    return TemplateDocuments([folder])


def render(documents: TemplateDocuments) -> str:
    content = documents.render("slip", documents.context("slip", *cases.full(), None), cases.NOW)
    return "\n".join(cases.words_of(content))


def test_own_copy_wins_and_the_rest_comes_from_the_package(tmp_path: Path) -> None:
    documents = own_slip(tmp_path, "本厂格式 {{ number }}")
    assert render(documents) == "本厂格式 KS-202611-007"
    assert documents.file_name("slip", None) == "客诉处理单.docx"
    assert documents.render("notice", documents.context("notice", *cases.full(), 1), cases.NOW)


def test_changed_template_is_compiled_again(tmp_path: Path) -> None:
    documents = own_slip(tmp_path, "旧 {{ number }}")
    render(documents)
    own_slip(tmp_path, "新 {{ number }}")
    assert render(documents) == "新 KS-202611-007"


def test_only_own_columns_that_are_named_enter_the_context(tmp_path: Path) -> None:
    documents = own_slip(tmp_path, "{{ extras.物流单号 }}/{{ extras['没有 的列'] }}/{{ extras.备用|optional }}.")
    extras = documents.context("slip", *cases.full(), None)["extras"]
    assert extras == {"物流单号": "WL-88123", "没有 的列": "", "备用": ""}
    assert render(documents) == "WL-88123/待填写/."
    assert TemplateDocuments().context("slip", *cases.full(), None)["extras"] == {}


@pytest.mark.parametrize(
    ("paragraph", "place", "words"),
    [
        ("由 {{ departmnt }} 负责", "“由 {{ departmnt }} 负责”处的标签 {{ departmnt }}", ("是否应为 department",)),
        ("编号 {{ number }", "“编号 {{ number }”处", ("没有成对",)),
        ("循环 {% for a in actions %}{{ a.content }}", "“循环 {% for a in actions %}{{ a.content }}”处", ("endfor",)),
        ("多余 {% endif %}", "“多余 {% endif %}”处", ("多余的 endif",)),
        ("生僻 {% inclde 'x' %}", "“生僻 {% inclde 'x' %}”处", ("不认识的标签 inclde",)),
        ("筛选 {{ number|datum }}", "“筛选 {{ number|datum }}”处", ("没有名为 datum 的筛选",)),
        ("行 {% for a in actions %}{{ a.caus }}{% endfor %}", "{{ a.caus }}", ("caus",)),
        ("执行 {{ ''.__class__.__mro__ }}", "“执行 {{ ''.__class__.__mro__ }}”处", ("已拒绝",)),
        ("执行 {{ number.__init__.__globals__ }}", "“执行", ("已拒绝",)),
        ("撑大 {{ 'x' * 1000000000 }}", "“撑大", ("已拒绝",)),
        ("引用 {% include 'x' %}", "“引用 {% include 'x' %}”处", ("计算出错",)),
        ("除零 {{ 1 / 0 }}", "“除零 {{ 1 / 0 }}”处", ("计算出错",)),
    ],
)
def test_fault_names_file_place_and_remedy(tmp_path: Path, paragraph: str, place: str, words: tuple[str, ...]) -> None:
    documents = TemplateDocuments([tmp_path])
    own_slip(tmp_path, "客户 {{ customer }}", paragraph, "产品 {{ product }}")
    with pytest.raises(TemplateFault) as caught:
        render(documents)
    message = str(caught.value)
    assert str(tmp_path / "slip" / "template.docx") in message
    assert place in message
    assert all(word in message for word in words)


def test_faulty_template_stops_rendering_but_not_planning(tmp_path: Path) -> None:
    documents = own_slip(tmp_path, "{{ number }")
    context = documents.context("slip", *cases.full(), None)
    assert context["number"] == "KS-202611-007"
    with pytest.raises(TemplateFault):
        documents.render("slip", context, cases.NOW)


def test_tags_that_tear_a_table_apart_are_reported(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(rows=2, cols=1)
    table.cell(0, 0).text = "{%tr for a in actions %}"
    table.cell(1, 0).text = "{{ a.content }}{% endfor %}"
    (tmp_path / "slip").mkdir()
    document.save(str(tmp_path / "slip" / "template.docx"))
    documents = TemplateDocuments([tmp_path])
    with pytest.raises(TemplateFault, match="打乱了段落或表格"):
        render(documents)


def test_cell_left_without_text_stays_valid(tmp_path: Path) -> None:
    document = Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.paragraphs[0].text = "{%p if not number %}"
    cell.add_paragraph("空")
    cell.add_paragraph("{%p endif %}")
    (tmp_path / "slip").mkdir()
    document.save(str(tmp_path / "slip" / "template.docx"))
    documents = TemplateDocuments([tmp_path])
    content = documents.render("slip", documents.context("slip", *cases.full(), None), cases.NOW)
    assert Document(io.BytesIO(content)).tables[0].cell(0, 0).paragraphs[0].text == ""


def test_blank_keeps_the_look_of_its_run(tmp_path: Path) -> None:
    document = Document()
    run = document.add_paragraph().add_run("前{{ approved_by }}后")
    run.bold, run.font.name = True, "Arial"
    (tmp_path / "slip").mkdir()
    document.save(str(tmp_path / "slip" / "template.docx"))
    documents = TemplateDocuments([tmp_path])
    content = documents.render("slip", documents.context("slip", *cases.full(), None), cases.NOW)
    paragraph = Document(io.BytesIO(content)).paragraphs[0]
    runs = [Run(element, paragraph) for element in paragraph._p.xpath(".//w:r")]
    assert [(piece.text, piece.bold, piece.font.name) for piece in runs] == [
        ("前", True, "Arial"), ("待填写", True, "Arial"), ("后", True, "Arial")]


@pytest.mark.parametrize("content", [b"", b"no zip", b"\xd0\xcf\x11\xe0old doc"])
def test_file_that_is_no_word_document(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "slip").mkdir()
    (tmp_path / "slip" / "template.docx").write_bytes(content)
    with pytest.raises(TemplateFault, match=r"另存为 \.docx"):
        render(TemplateDocuments([tmp_path]))


def test_workbook_named_docx(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
    (tmp_path / "slip").mkdir()
    (tmp_path / "slip" / "template.docx").write_bytes(packed.getvalue())
    with pytest.raises(TemplateFault, match="不是有效的 Word 文档"):
        render(TemplateDocuments([tmp_path]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: 单\nfile_name: ../单.docx\nmade: x\n", "file_name 填写有误"),
        ("title: 单\nfile_name: 单.docx\nmade: x\nnmae: y\n", "nmae 填写有误"),
        ("title: [\n", "不是有效的 YAML 文件"),
    ],
)
def test_faulty_kind_sheet(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "slip").mkdir()
    (tmp_path / "slip" / "kind.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(TemplateFault, match=words):
        TemplateDocuments([tmp_path]).file_name("slip", None)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("text.txt", "您好\n{{ labl }}\n", "第2行“{{ labl }}”"),
        ("body.html", "<p>\n\n{% if %}\n", "第3行“{% if %}”"),
        ("subject.txt", "{{ label.__class__.__base__ }}", "已拒绝"),
    ],
)
def test_mail_fault_names_file_and_line(tmp_path: Path, file: str, text: str, words: str) -> None:
    folder = tmp_path / "mails" / "line_stop"
    folder.mkdir(parents=True)
    (folder / file).write_text(text, encoding="utf-8")
    context = dict.fromkeys(("label", "phenomenon", "customer", "received", "engineer"), "x")
    documents = TemplateDocuments([tmp_path])
    subject, text, html = documents.render_mail("line_stop", {**context, "reasons": ["x"], "ask": []})
    (said,) = documents.faults()
    assert words in said
    assert file in said
    assert "labl" not in subject + text + html, "the packaged text stands in"


def test_unknown_mail_kind_is_a_missing_template() -> None:
    with pytest.raises(TemplateFault, match="找不到这个模板"):
        TemplateDocuments().render_mail("nothing", {})
