"""The building blocks of the packaged Word templates: page, headings, tables of facts, tables with a loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

PAGE_WIDTH, PAGE_HEIGHT, SIDE, TOP, BOTTOM = 21.0, 29.7, 1.8, 2.0, 1.7
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE
BLUE, BAND, LABEL_FILL, LINE = "1F3864", "DCE6F2", "F2F5F9", "A6A6A6"
TEXT_FONT, HEAD_FONT, LATIN_FONT = "宋体", "微软雅黑", "Arial"


@dataclass(frozen=True)
class Column:
    """One column of a looped table: heading, width in parts of the text width, and the tag of its cells.

    ``points`` sets smaller type where one long word (a mail address) has to stay in one piece.
    """

    heading: str
    width: float
    tag: str
    centred: bool = False
    points: float = 0


def _element(tag: str, **attributes: str) -> Any:  # python-docx types raw elements too narrowly to be put together
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _font(style: ParagraphStyle, east_asian: str, size: float, *, bold: bool = False, colour: str = "") -> None:
    font = style.font
    font.name, font.size, font.bold = LATIN_FONT, Pt(size), bold
    if colour:
        font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)  # a theme font would win over the one named here
    fonts.set(qn("w:eastAsia"), east_asian)


def _style(document: DocumentObject, name: str) -> ParagraphStyle:
    style = document.styles[name]
    if not isinstance(style, ParagraphStyle):
        raise TypeError(name)
    return style


def new_document(header: str, *, mark: str = "草稿 DRAFT", compact: bool = False) -> DocumentObject:
    """An A4 page with our styles, ``header`` and the draft ``mark`` at the top, page numbers at the bottom.

    ``compact`` sets smaller type and gaps for a form that has to fit one page.
    """
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(PAGE_WIDTH), Cm(PAGE_HEIGHT)
    section.left_margin = section.right_margin = Cm(SIDE)
    section.top_margin, section.bottom_margin = Cm(TOP), Cm(BOTTOM)
    section.header_distance, section.footer_distance = Cm(0.9), Cm(0.8)
    _styles(document, compact=compact)
    _header(section.header.paragraphs[0], header, mark)
    _footer(section.footer.paragraphs[0])
    return document


def _styles(document: DocumentObject, *, compact: bool) -> None:
    language = document.styles.element.find(f".//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:eastAsia"), "zh-CN")
    normal = _style(document, "Normal")
    _font(normal, TEXT_FONT, 9 if compact else 9.5)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.line_spacing = 1.0 if compact else 1.08
    _font(_style(document, "Title"), HEAD_FONT, 17, bold=True, colour=BLUE)
    _font(_style(document, "Heading 1"), HEAD_FONT, 11, bold=True, colour=BLUE)
    _font(_style(document, "Heading 2"), HEAD_FONT, 9.5, bold=True, colour="404040")
    _font(_style(document, "Header"), TEXT_FONT, 8.5, colour="595959")
    _font(_style(document, "Footer"), TEXT_FONT, 8.5, colour="595959")
    _drop(_style(document, "Header").element, "w:tabs")
    title = _style(document, "Title").paragraph_format
    title.alignment, title.space_after, title.space_before = WD_ALIGN_PARAGRAPH.CENTER, Pt(6), Pt(0)
    _drop(_style(document, "Title").element, "w:pBdr")
    _drop(_style(document, "Title").element, "w:spacing")  # python-docx's title squeezes its letters
    title.space_after = Pt(6)
    heading = _style(document, "Heading 1").paragraph_format
    heading.space_before, heading.space_after = (Pt(6), Pt(3)) if compact else (Pt(11), Pt(4))
    heading.keep_with_next = True
    sub = _style(document, "Heading 2").paragraph_format
    sub.space_before, sub.space_after, sub.keep_with_next = Pt(7), Pt(2.5), True


def _drop(element: Any, tag: str) -> None:
    for found in list(element.iter(qn(tag))):
        found.getparent().remove(found)


def _header(paragraph: Paragraph, text: str, mark: str) -> None:
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Cm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(f"{text}\t")
    run = paragraph.add_run(mark)
    run.bold, run.font.size, run.font.color.rgb = True, Pt(12), RGBColor(0xC0, 0, 0)
    _borders(paragraph, bottom=(LINE, 4))


def _footer(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, code in (("第 ", "PAGE"), (" 页  共 ", "NUMPAGES")):
        paragraph.add_run(text)
        for kind in ("begin", "", "separate", "1", "end"):
            run = paragraph.add_run()
            if kind in ("begin", "separate", "end"):
                element = _element("w:fldChar", fldCharType=kind)
            else:
                element = _element("w:t" if kind else "w:instrText")
                element.text = kind or f" {code} "
            run._r.append(element)  # python-docx has no call for fields
    paragraph.add_run(" 页")


def _borders(paragraph: Paragraph, **sides: tuple[str, int]) -> None:
    properties = paragraph._p.get_or_add_pPr()
    frame = _element("w:pBdr")
    for side, (colour, size) in sides.items():
        space = "4" if side == "left" else "1"
        frame.append(_element(f"w:{side}", val="single", sz=str(size), space=space, color=colour))
    properties.insert_element_before(frame, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _shade(properties: Any, fill: str, *later: str) -> None:
    properties.insert_element_before(_element("w:shd", val="clear", color="auto", fill=fill), *later)


def title(document: DocumentObject, chinese: str, english: str = "") -> None:
    """The document's title, English smaller behind the Chinese."""
    paragraph = document.add_paragraph(chinese, style="Title")
    if english:
        small = paragraph.add_run(f"  {english}")
        small.font.size, small.bold = Pt(12), False


def section(document: DocumentObject, text: str, english: str = "") -> None:
    """A main heading as a band that stays with what follows."""
    paragraph = document.add_paragraph(text, style="Heading 1")
    if english:
        paragraph.add_run(f"  {english}").font.size = Pt(9.5)
    _borders(paragraph, left=(BLUE, 24))
    _shade(paragraph._p.get_or_add_pPr(), BAND, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    paragraph.paragraph_format.left_indent = Cm(0.15)


def heading(document: DocumentObject, text: str) -> None:
    """A sub-heading that stays with what follows."""
    document.add_paragraph(text, style="Heading 2")


def gap(document: DocumentObject, points: float = 4, *, together: bool = False) -> None:
    """A little air between two tables, which would grow together otherwise; ``together`` keeps both on one page."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = together or None
    paragraph.paragraph_format.line_spacing = Pt(points)


def table_of(document: DocumentObject, widths: Sequence[float]) -> Table:
    """An empty table over the text width, its columns in proportion to ``widths``."""
    table: Table = document.add_table(rows=0, cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    properties = table._tbl.tblPr
    edges = _element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        edges.append(_element(f"w:{side}", val="single", sz="4", space="0", color=LINE))
    margins = _element("w:tblCellMar")
    for side, twips in (("top", "35"), ("left", "70"), ("bottom", "35"), ("right", "70")):
        margins.append(_element(f"w:{side}", w=twips, type="dxa"))
    properties.insert_element_before(edges, "w:tblLayout", "w:tblCellMar", "w:tblLook")
    properties.insert_element_before(margins, "w:tblLook")
    total = sum(widths)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(TEXT_WIDTH * width / total)
    return table


def row_of(table: Table, widths: Sequence[float], *, whole: bool = True) -> _Row:
    """One more row; ``whole`` keeps it on one page."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]  # python-docx left it without types
    total = sum(widths)
    for cell, width in zip(row.cells, widths, strict=True):
        cell.width = Cm(TEXT_WIDTH * width / total)
    if whole:
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
    return row


def _label(cell: _Cell, text: str, *, centred: bool = False, stay: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Pt(9)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), HEAD_FONT)
    paragraph.paragraph_format.keep_with_next = stay
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _shade(cell._tc.get_or_add_tcPr(), LABEL_FILL, "w:noWrap", "w:tcMar", "w:textDirection", "w:vAlign")
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def value_in(cell: _Cell, tag: str, *, centred: bool = False, least: float = 0, points: float = 0) -> None:
    """A tag or text in a cell; ``least`` is the air above and below it, ``points`` its size when not the usual (pt)."""
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(tag)
    if points:
        run.font.size = Pt(points)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if least:
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(least)


def facts(document: DocumentObject, lines: Sequence[Sequence[tuple[str, str]]], label: float = 2.3) -> None:
    """Lines of label and tag, equally many in each line; ``label`` is a label's width in cm."""
    count = len(lines[0])
    widths = [label, TEXT_WIDTH / count - label] * count
    table = table_of(document, widths)
    for line in lines:
        row = row_of(table, widths)
        for position, (name, tag) in enumerate(line):
            _label(row.cells[2 * position], name)
            value_in(row.cells[2 * position + 1], tag)


def fields(
    document: DocumentObject, lines: Sequence[tuple[str, str]], label: float = 3.4, *, together: bool = False
) -> None:
    """One label and one tag a line, for longer texts; rows may run over a page, ``together`` lets none go alone."""
    widths = [label, TEXT_WIDTH - label]
    table = table_of(document, widths)
    for number, (name, tag) in enumerate(lines, start=1):
        row = row_of(table, widths, whole=False)
        _label(row.cells[0], name, stay=together and number < len(lines))
        value_in(row.cells[1], tag)


def form_rows(document: DocumentObject, lines: Sequence[tuple[str, str, str, int]]) -> None:
    """Rows to write in by hand, all on one page: label, what stands there already, how to ask, the room in lines."""
    widths = [2.6, 8.4, TEXT_WIDTH - 11.0]
    table = table_of(document, widths)
    for number, (name, printed, ask, room) in enumerate(lines, start=1):
        row = row_of(table, widths)
        row.height = Cm(0.62 * room)
        _label(row.cells[0], name)
        value_in(row.cells[1], printed)
        value_in(row.cells[2], ask)
        hint = row.cells[2].paragraphs[0].runs[0]
        hint.font.size, hint.font.color.rgb = Pt(8), RGBColor(0x59, 0x59, 0x59)
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = number < len(lines) or None


def looped(
    document: DocumentObject, loop: str, columns: Sequence[Column], *, air: float = 0, together: bool = False
) -> None:
    """A table with a repeated heading row and one row for each item of ``loop`` ("row in rows").

    ``air`` widens the rows for signing (pt); ``together`` keeps a short table on one page.
    """
    widths = [column.width for column in columns]
    table = table_of(document, widths)
    head = row_of(table, widths)
    head._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    for cell, column in zip(head.cells, columns, strict=True):
        _label(cell, column.heading, centred=True, stay=True)
    row_of(table, widths).cells[0].paragraphs[0].add_run(f"{{%tr for {loop} %}}")
    line = row_of(table, widths)
    for cell, column in zip(line.cells, columns, strict=True):
        value_in(cell, column.tag, centred=column.centred, least=air, points=column.points)
        cell.paragraphs[0].paragraph_format.keep_with_next = together or None
    row_of(table, widths).cells[0].paragraphs[0].add_run("{%tr endfor %}")


def bullets(document: DocumentObject, loop: str, tag: str) -> None:
    """A numbered paragraph for each item of ``loop``."""
    document.add_paragraph(f"{{%p for {loop} %}}")
    paragraph = document.add_paragraph(f"{{{{ loop.index }}}}. {tag}")
    paragraph.paragraph_format.left_indent = Cm(0.9)
    paragraph.paragraph_format.first_line_indent = Cm(-0.5)
    paragraph.paragraph_format.space_after = Pt(2)
    document.add_paragraph("{%p endfor %}")


def text(document: DocumentObject, words: str, *, after: float = 4) -> None:
    """A plain paragraph."""
    document.add_paragraph(words).paragraph_format.space_after = Pt(after)
