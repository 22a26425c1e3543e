"""Word templates as users of other engines write them: one without a fault renders, one with a fault says where."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph

from pipeline.documents.engine import WordEngine
from pipeline.documents.fault import TemplateFault
from pipeline.documents.field_names import FieldNames
from pipeline.documents.word_check import check_word
from tests.functional import documents_cases as cases

EXAMPLE = {
    "number": "KS-1", "customer": "星岚", "flag": "是", "five_w": {"what": "漏水"}, "lines": ["一", "二"],
    "fishbone": None, "rows": [{"name": "甲", "qty": "3", "sub": [{"x": "1"}]}, {"name": "乙", "qty": "", "sub": []}],
}
NAMES = FieldNames.model_validate({
    "fields": {"number": "客诉编号", "customer": "客户", "five_w.what": "什么问题"},
    "rows": {"rows": {"name": "行", "key": ["name"], "fields": {"name": "名称", "qty": "数量"}}},
})
#: Paragraphs (runs of one paragraph between |) → what the check says, "" for a template that renders.
PARAGRAPHS = {
    "{{ num|ber }} {|{ customer }|}": "", "{% if| flag %}是{% en|dif %}": "", "{{ lines\u00a6join(‘、’) }}": "",
    "{% for k, v in five_w.items() %}{{ k }}{{ v }}{% endfor %}": "", "{% raw %}{{ kein feld }}{% endraw %}": "",
    "{# note {{ x }} #}{{ number }}": "", "{% with a = number %}{{ a }}{% endwith %}": "",
    "{% for r in rows if r.qty %}{{ r.name }}{% else %}无{% endfor %}": "",
    "{{ rows[0]['name'] }}{{ rows[0].qty }}": "",
    "{% if foo is defined %}{{ foo }}{% endif %}{{ nix\u00a6default('') }}": "", "{{ extras.物流单号 }}": "",
    "{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(number) }}": "", "{number} {#rows}{name}{/rows} «number»": "",
    "{%- if flag -%} x {%- endif -%}": "", "+++FOR p IN rows+++": "", "{_{ number }_}": "",
    "{{ 客户 }}": "是否应为 customer", "{{ five_w['wat'] }}": "是否应为 what", "{{r number }}": "请写成 {{ number }}",
    "{{@photo}}": "写法有误", "{{#each rows}}": "写法有误", "{{ loop.index }}": "没有名为 loop",
    "{{ rows[9].name }}": "没有名为 9", "{{ fishbone.drawing }}": "没有名为 drawing", "{{}}": "写法有误",
    "{% for i in range(1000000000) %}x{% endfor %}": "Range too big", "{% include 'x' %}": "不认识的语句",
    "{%p for r in rows %}{{ r.name }}{%p endfor %}": "各占一段", "{{ number|": "没有成对",
    "{{ " + "(" * 5000 + "number" + ")" * 5000 + " }}": "套得过深", "{% %}": "不认识的语句",
    "{{ ''.__class__ }}": "已拒绝", "{{ 'a' * 99999999 }}": "已拒绝",
}


def packed(document: WordDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def etree_of(paragraph: Paragraph) -> Any:  # python-docx types its elements too narrowly to be put together
    return paragraph._p


def outcome(content: bytes) -> tuple[list[str], list[str]]:
    """What the check says, and what filling says with and without content controls."""
    said = []
    for names in (None, NAMES):
        try:
            template = WordEngine().template("模板", content, names)
            template.render({**EXAMPLE, "extras": dict.fromkeys(template.columns, "")}, cases.NOW)
        except TemplateFault as fault:
            said.append(str(fault))
    return [str(fault) for fault in check_word("模板", content, EXAMPLE, NAMES)], said


def agree(content: bytes, expected: str) -> None:
    faults, said = outcome(content)
    if not expected:
        assert (faults, said) == ([], [])
        return
    assert len(faults) == 1, faults
    assert expected in faults[0]
    assert len(said) == 2 or "富文本" in faults[0]


@pytest.mark.parametrize("text", PARAGRAPHS, ids=lambda text: text[:30])
def test_paragraphs(text: str) -> None:
    document = Document()
    paragraph = document.add_paragraph()
    for run in text.split("|"):
        paragraph.add_run(run.replace("\u00a6", "|"))
    agree(packed(document), PARAGRAPHS[text])


def inner_box(paragraph: str, text: str) -> WordDocument:
    document = Document()
    xml = (
        f'<w:r {nsdecls("w")}><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent><w:p><w:r><w:t>'
        f"{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>"
    )
    found = document.add_paragraph(paragraph)
    etree_of(found).append(parse_xml(xml))
    return document


def table(*rows: str, nested: bool = False) -> WordDocument:
    document = Document()
    cell = document.add_table(1, 1).cell(0, 0) if nested else None
    made = cell.add_table(len(rows), 1) if cell is not None else document.add_table(len(rows), 1)
    for index, row in enumerate(rows):
        made.cell(index, 0).text = row
    return document


def in_header(text: str) -> WordDocument:
    document = Document()
    document.sections[0].header.paragraphs[0].text = text
    return document


LOOP = ("{%tr for r in rows %}", "{{ r.name }}", "{%tr endfor %}")
STRUCTURES: dict[str, tuple[Callable[[], WordDocument], str]] = {
    "table": (lambda: table(*LOOP), ""),
    "nested table": (lambda: table(*LOOP, nested=True), ""),
    "loop in loop": (
        lambda: table(LOOP[0], "{{ r.name }}", "{%tr for s in r.sub %}", "{{ s.x }}", LOOP[2], LOOP[2]), "",
    ),
    "loop in one row": (lambda: table("{%tr for r in rows %}{{ r.name }}{%tr endfor %}"), "各占一行"),
    "row without end": (lambda: table(*LOOP[:2]), "没有对应的 endfor"),
    "unknown in a row": (lambda: table(LOOP[0], "{{ r.nam }}", LOOP[2]), "是否应为 name"),
    "unknown in a row, in Chinese": (lambda: table(LOOP[0], "{{ r.数量 }}", LOOP[2]), "是否应为 qty"),
    "header": (lambda: in_header("{{ customr }}"), "是否应为 customer"),
    "header without end": (lambda: in_header("{% if flag %}"), "没有对应的 endif"),
    "text box": (lambda: inner_box("", "{{ number }}"), ""),
    "text box in a loop": (lambda: inner_box("{% if flag %}{% endif %}", "{{ nummer }}"), "是否应为 number"),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_structures(name: str) -> None:
    make, expected = STRUCTURES[name]
    agree(packed(make()), expected)


@pytest.mark.parametrize(("xml", "expected"), [
    ('<w:hyperlink {} w:anchor="x"><w:r><w:t>ber }}}}</w:t></w:r></w:hyperlink>', "请接受修订"),
    ('<w:ins {} w:id="1" w:author="x"><w:r><w:t>ber }}}}</w:t></w:r></w:ins>', "请接受修订"),
    ('<w:r {}><w:t>ber }}}}</w:t></w:r>', ""),
], ids=["link", "tracked insertion", "run"])
def test_tags_torn_over_other_elements(xml: str, expected: str) -> None:
    document = Document()
    etree_of(document.add_paragraph("{{ num")).append(parse_xml(xml.format(nsdecls("w"))))
    agree(packed(document), expected)


def test_what_was_struck_out_is_filled_no_more() -> None:
    document = Document()
    struck = f'<w:del {nsdecls("w")} w:id="1" w:author="x"><w:r><w:delText>{{{{ alt }}}}</w:delText></w:r></w:del>'
    etree_of(document.add_paragraph("{{ number }}")).append(parse_xml(struck))
    agree(packed(document), "")


@pytest.mark.parametrize(("text", "expected"), [("{{ number }}", ""), ("{{ nummer }}", "是否应为 number")])
def test_footnotes_are_checked_too(text: str, expected: str) -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    with zipfile.ZipFile(io.BytesIO(packed(Document()))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/footnotes.xml"] = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:id="1"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    ).encode()
    for part, end, entry in (
        ("[Content_Types].xml", b"</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/>'),
        ("word/_rels/document.xml.rels", b"</Relationships>",
         f'<Relationship Id="rIdF" Type="{base}" Target="footnotes.xml"/>'),
    ):
        parts[part] = parts[part].replace(end, entry.encode() + end)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    agree(out.getvalue(), expected)


@pytest.mark.parametrize("content", [b"", b"hello", packed(Document())[:900]], ids=["empty", "text", "cut"])
def test_what_is_no_word_file_says_so(content: bytes) -> None:
    assert "另存为 .docx" in outcome(content)[0][0]
