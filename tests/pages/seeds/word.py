"""A clean Word document, and flaws for it."""

from __future__ import annotations

import copy
import io
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from PIL import Image

from tests.pages.seeds.seed import Seed

_FLOATING = """<w:r {ns}><w:drawing><wp:anchor behindDoc="0" simplePos="0" relativeHeight="2" locked="0"
 layoutInCell="1" allowOverlap="1" distT="0" distB="0" distL="0" distR="0"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="page"><wp:posOffset>{x}</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="page"><wp:posOffset>{y}</wp:posOffset></wp:positionV>
<wp:extent cx="1800000" cy="{high}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>
<wp:docPr id="{number}" name="文本框 {number}"/><wp:cNvGraphicFramePr/>
<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData
 uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:cNvSpPr txBox="1"/><wps:spPr/>
<wps:txbx><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp>
</a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"""


def _photo() -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (160, 120), "#8899aa").save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def clean_word() -> Any:
    """A report of two pages without flaws: heading, table with a shaded head, picture, page break, footer."""
    document: Any = Document()
    document.styles["Normal"].font.size = Pt(10.5)
    document.add_paragraph("8D报告 8D Report")
    table = document.add_table(4, 3, style="Table Grid")
    for row in range(4):
        for column in range(3):
            cell = table.cell(row, column)
            cell.width = Cm(5)
            cell.text = ("地点", "数量", "处置")[column] if row == 0 else f"内容{row}{column}"
    for cell in table.rows[0].cells:
        _shade(cell, "1F3A5F")
        cell.paragraphs[0].runs[0].font.color.rgb = RGBColor(255, 255, 255)
    document.add_paragraph("不良照片：O形圈切边")
    document.add_picture(_photo(), width=Cm(6))
    document.add_paragraph("以下为附件").runs[0].add_break(WD_BREAK.PAGE)
    document.add_paragraph("第二页的内容")
    document.sections[0].footer.paragraphs[0].text = "客诉编号 KS-202611-007"
    return document


def _shade(cell: Any, fill: str) -> None:
    properties = cell._tc.get_or_add_tcPr()
    for old in properties.findall(qn("w:shd")):
        properties.remove(old)
    properties.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>'))


def _float(document: Any, text: str, *, x: int = 2_000_000, y: int = 2_000_000, high: int = 900_000) -> None:
    number = 50 + len(document.element.findall(f".//{qn('wp:anchor')}"))
    namespaces = nsdecls("w", "wp")
    run = _FLOATING.format(ns=namespaces, x=x, y=y, high=high, number=number, text=text)
    document.add_paragraph()._p.append(parse_xml(run))


def _wide(document: Any) -> None:
    for column in document.tables[0]._tbl.tblGrid:
        column.set(qn("w:w"), "4500")


def _fixed_row(document: Any) -> None:
    row = document.tables[0].rows[1]
    row.height, row.height_rule = Cm(0.5), WD_ROW_HEIGHT_RULE.EXACTLY
    row.cells[0].text = "固定行高里放了好几行的处置说明文字，" * 4


def _tight(document: Any) -> None:
    format_ = document.paragraphs[0].paragraph_format
    format_.line_spacing_rule, format_.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(6)


def _run(document: Any, text: str, **font: Any) -> None:
    run = document.add_paragraph().add_run(text)
    for name, value in font.items():
        setattr(run.font, name, value)


def _coloured(document: Any, rgb: str) -> None:
    document.add_paragraph().add_run("看不清的文字").font.color.rgb = RGBColor.from_string(rgb)


def _emptied(document: Any) -> None:
    for cell in document.tables[0]._cells:
        cell.text = ""


def _pale_cell(document: Any) -> None:
    _shade(document.tables[0].cell(0, 0), "DDEEFF")  # its letters are white


def _style_size(document: Any) -> None:
    document.styles["Normal"].font.size = Pt(6)


def _two_breaks(document: Any) -> None:
    for _ in range(2):
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("空白页之后")


def _prompt(document: Any) -> None:
    document.add_paragraph("客户确认：单击或点击此处输入文字。")


def _floats(document: Any) -> None:
    _float(document, "第一个框")
    _float(document, "第二个框", x=2_300_000, y=2_200_000)


def _bad_order(document: Any) -> None:
    properties = document.tables[0].cell(1, 1)._tc.get_or_add_tcPr()
    properties.insert(0, OxmlElement("w:vAlign"))
    properties.insert(0, copy.deepcopy(properties[0]))


def _new_section(document: Any) -> None:
    document.add_section(WD_SECTION.NEW_PAGE)
    document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)


SEEDS: tuple[Seed[Any], ...] = (
    Seed("table wider than the page", "bounds", _wide),
    Seed("picture wider than the page", "bounds", lambda d: d.add_picture(_photo(), width=Cm(25))),
    Seed("picture higher than the page", "bounds", lambda d: d.add_picture(_photo(), width=Cm(10), height=Cm(28))),
    Seed("picture wider than its cell", "bounds",
         lambda d: d.tables[0].cell(1, 1).paragraphs[0].add_run().add_picture(_photo(), width=Cm(9))),
    Seed("two floating boxes at one place", "overlap", _floats),
    Seed("fixed row too low", "fit", _fixed_row),
    Seed("line spacing below the letters", "fit", _tight),
    Seed("long word in a narrow cell", "fit",
         lambda d: setattr(d.tables[0].cell(2, 1), "text", "Incomprehensibilities-LQ3302A1-20261028-B-0001")),
    Seed("text box too low", "fit", lambda d: _float(d, "文本框里的长说明，" * 20)),
    Seed("letters of 5 points", "size", lambda d: _run(d, "很小的文字", size=Pt(5))),
    Seed("small letters by style", "size", _style_size),
    Seed("small letters in the footer", "size",
         lambda d: setattr(d.sections[0].footer.paragraphs[0].runs[0].font, "size", Pt(4))),
    Seed("empty table", "empty", _emptied),
    Seed("empty text box", "empty", lambda d: _float(d, "")),
    Seed("two page breaks", "empty", _two_breaks),
    Seed("page break at the end", "empty", lambda d: d.add_paragraph().add_run().add_break(WD_BREAK.PAGE)),
    Seed("empty section at the end", "empty", _new_section),
    Seed("tag left", "leftover", lambda d: d.add_paragraph("责任人 {{ person }}")),
    Seed("statement left in a cell", "leftover",
         lambda d: setattr(d.tables[0].cell(1, 0), "text", "{%tr endfor %}")),
    Seed("None left", "leftover", lambda d: d.add_paragraph("断点批次：None")),
    Seed("nan in the footer", "leftover",
         lambda d: setattr(d.sections[0].footer.paragraphs[0], "text", "不良率 nan")),
    Seed("prompt of a content control left", "leftover", _prompt),
    Seed("grey letters", "contrast", lambda d: _coloured(d, "C0C0C0")),
    Seed("white letters on a pale cell", "contrast", _pale_cell),
    Seed("elements out of order", "schema", _bad_order),
)
