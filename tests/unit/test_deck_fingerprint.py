"""A slide counts as changed by a person when its content differs, not when a program only saved it again."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_LEGEND_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.slide import Slide
from pptx.util import Pt

from pipeline.documents.deck.fingerprint import digest_of_slide
from tests.deck_samples import deck, item, made, photo

CONTENT = made(deck(item(1, photos=2))).content
COVER, CHARTS, LIST, ITEM = range(4)
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"


def opened(content: bytes = CONTENT) -> list[Slide]:
    return list(Presentation(io.BytesIO(content)).slides)


def saved_again(slides: list[Slide]) -> list[Slide]:
    out = io.BytesIO()
    slides[0].part.package.presentation_part.save(out)
    return opened(out.getvalue())


def as_powerpoint_saves(slide: Slide) -> None:
    """What PowerPoint adds and rearranges without anybody changing anything."""
    root: Any = slide._element
    for properties in root.iter(f"{{{A}}}rPr"):
        properties.set("dirty", "0")
        properties.set("err", "1")
        properties.set("lang", "en-US")
    for number, shape in enumerate(root.iter(f"{{{P}}}cNvPr"), 40):
        shape.set("id", str(number))
        added = '<a:ext uri="{FF2B5EF4-FFF2-40B4-BE49-F238E27FC236}"/>'
        shape.append(parse_xml(f'<a:extLst xmlns:a="{A}">{added}</a:extLst>'))
    for row in root.iter(f"{{{A}}}tr"):
        row.set("h", str(int(row.get("h")) + 12_000))
    for paragraph in root.iter(f"{{{A}}}p"):
        runs = paragraph.findall(f"{{{A}}}r")
        text = runs[0].find(f"{{{A}}}t") if runs else None
        if text is not None and len(text.text or "") > 3 and paragraph.find(f"{{{A}}}endParaRPr") is None:
            rest = parse_xml(f'<a:r xmlns:a="{A}"><a:t>{"."}</a:t></a:r>')
            rest.insert(0, parse_xml(_xml(runs[0].find(f"{{{A}}}rPr"))))
            rest[-1].text, text.text = text.text[2:], text.text[:2]
            runs[0].addnext(rest)
            paragraph.append(parse_xml(f'<a:endParaRPr xmlns:a="{A}" lang="zh-CN" sz="1800"/>'))


def _xml(element: Any) -> bytes:
    from lxml import etree

    return etree.tostring(element) if element is not None else f'<a:rPr xmlns:a="{A}"/>'.encode()


def test_saving_again_is_no_change() -> None:
    before = [digest_of_slide(slide) for slide in opened()]
    slides = opened()
    for slide in slides:
        as_powerpoint_saves(slide)
    assert [digest_of_slide(slide) for slide in saved_again(slides)] == before
    assert len(set(before)) == len(before)


def first(slide: Slide, name: str) -> Any:
    return next(shape for shape in slide.shapes if shape.name.startswith(name))


def picture_of(slide: Slide) -> Any:
    return next(shape for shape in slide.shapes if shape.name == "照片")


def other_words(slide: Slide) -> None:
    first(slide, "正文").text_frame.paragraphs[0].runs[0].text += "！"


def bolder(slide: Slide) -> None:
    first(slide, "正文").text_frame.paragraphs[0].runs[0].font.bold = True


def redder(slide: Slide) -> None:
    first(slide, "正文").text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(255, 0, 0)


def larger(slide: Slide) -> None:
    first(slide, "正文").text_frame.paragraphs[0].runs[0].font.size = Pt(18)


def in_another_font(slide: Slide) -> None:
    first(slide, "正文").text_frame.paragraphs[0].runs[0].font.name = "楷体"


def centred(slide: Slide) -> None:
    first(slide, "正文").text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER


def with_a_bullet(slide: Slide) -> None:
    paragraph = first(slide, "正文").text_frame.paragraphs[0]
    paragraph._p.get_or_add_pPr().append(parse_xml(f'<a:buChar xmlns:a="{A}" char="•"/>'))


def struck_through(slide: Slide) -> None:
    first(slide, "正文").text_frame.paragraphs[0].runs[0].font._element.set("strike", "sngStrike")


def another_cell(slide: Slide) -> None:
    first(slide, "原因").table.cell(1, 1).text = "不对，是模具温度"


def moved(slide: Slide) -> None:
    first(slide, "正文").left += Pt(5)


def wider_column(slide: Slide) -> None:
    first(slide, "原因").table.columns[0].width += Pt(20)


def one_gone(slide: Slide) -> None:
    shape = first(slide, "流程")._element
    shape.getparent().remove(shape)


def one_more(slide: Slide) -> None:
    slide.shapes.add_textbox(Pt(10), Pt(10), Pt(90), Pt(20)).text_frame.text = "请关注"


def another_photo(slide: Slide) -> None:
    picture = picture_of(slide)
    _, key = slide.part.get_or_add_image_part(io.BytesIO(photo(77)))
    picture._element.blipFill.blip.rEmbed = key


def cropped(slide: Slide) -> None:
    picture_of(slide).crop_left = 0.2


def speaker_notes(slide: Slide) -> None:
    frame = slide.notes_slide.notes_text_frame
    assert frame is not None
    frame.text += "\n先讲围堵"


def hidden(slide: Slide) -> None:
    slide._element.set("show", "0")


def animated(slide: Slide) -> None:
    slide._element.append(parse_xml(f'<p:timing xmlns:p="{P}"><p:tnLst/></p:timing>'))


def commented(slide: Slide) -> None:
    target = "https://example.com/comment"
    slide.part.rels.get_or_add_ext_rel(
        "http://schemas.microsoft.com/office/2018/10/relationships/comments", target
    )


CHANGES: list[Callable[[Slide], None]] = [
    other_words, bolder, redder, larger, in_another_font, centred, with_a_bullet, struck_through, another_cell, moved,
    wider_column, one_gone, one_more, another_photo, cropped, speaker_notes, hidden, animated, commented,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_a_person_does_is_a_change(change: Callable[[Slide], None]) -> None:
    slides = opened()
    before = digest_of_slide(slides[ITEM])
    change(slides[ITEM])
    assert digest_of_slide(slides[ITEM]) != before
    assert digest_of_slide(saved_again(slides)[ITEM]) != before


def test_another_number_in_a_chart_is_a_change() -> None:
    slides = opened()
    before = digest_of_slide(slides[CHARTS])
    data = CategoryChartData()
    data.categories = ["第47周", "第48周"]
    data.add_series("新增", (1, 9))
    frame: Any = next(shape for shape in slides[CHARTS].shapes if shape.has_chart)
    frame.chart.replace_data(data)
    assert digest_of_slide(slides[CHARTS]) != before


def test_another_colour_or_legend_in_a_chart_is_a_change() -> None:
    def recoloured(chart: Any) -> None:
        chart.plots[0].series[0].format.fill.fore_color.rgb = RGBColor(255, 0, 0)

    def legend_below(chart: Any) -> None:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM

    for change in (recoloured, legend_below):
        slides = opened()
        before = digest_of_slide(slides[CHARTS])
        frame: Any = next(shape for shape in slides[CHARTS].shapes if shape.has_chart)
        change(frame.chart)
        assert digest_of_slide(slides[CHARTS]) != before
