"""A clean deck of five slides, and flaws for it."""

from __future__ import annotations

import copy
import io
from typing import Any

from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.util import Emu, Inches, Pt

from tests.pages.seeds.seed import Seed

#: Slides by what they show.
TITLE, TABLE, PICTURES, CHART, FLOW = range(5)


def _photo(colour: str = "#8899aa") -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (160, 120), colour).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def _title(deck: Any, layout: int, text: str) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text = text
    return slide


def text_box(slide: Any, text: str, at: tuple[float, float, float, float], points: float = 14) -> Any:
    """A text box; ``at`` is left, top, width, height in inches."""
    shape = slide.shapes.add_textbox(*(Inches(value) for value in at))
    shape.text_frame.word_wrap = True
    shape.text_frame.text = text
    for run in shape.text_frame.paragraphs[0].runs:
        run.font.size = Pt(points)
    return shape


def _table(slide: Any) -> Any:
    frame = slide.shapes.add_table(5, 4, Inches(0.6), Inches(1.8), Inches(8.8), Inches(2.5))
    for row in range(5):
        for column in range(4):
            cell = frame.table.cell(row, column)
            cell.text = ("客户", "问题", "责任部门", "计划完成")[column] if row == 0 else f"内容{row}{column}"
            run = cell.text_frame.paragraphs[0].runs[0]
            run.font.size, run.font.bold = Pt(14), row == 0
    return frame


def clean_deck() -> Any:
    """A deck without flaws: title, table, pictures with captions, chart, flow of filled boxes with arrows."""
    deck = Presentation()
    first = _title(deck, 0, "品质例会 2026-11-27")
    first.placeholders[1].text = "本周客诉 3 件"
    table = _title(deck, 5, "未结事项")
    _table(table)
    text_box(table, "说明：红色为逾期。", (0.6, 5.6, 6, 0.5))
    pictures = _title(deck, 5, "不良照片")
    for place in range(3):
        left = 0.5 + place * 3.1
        pictures.shapes.add_picture(_photo(), Inches(left), Inches(1.8), Inches(2.8), Inches(2.1))
        text_box(pictures, f"照片{place + 1}：O形圈切边", (left, 4.0, 2.8, 0.6))
    chart = _title(deck, 5, "不良率趋势")
    data = CategoryChartData()
    data.categories = ["9月", "10月", "11月"]
    data.add_series("不良率", (0.6, 0.4, 0.1))
    chart.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(0.6), Inches(1.8), Inches(8.5), Inches(4), data)
    _flow(_title(deck, 5, "处理经过"))
    return deck


def _flow(slide: Any) -> None:
    panel = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(0.4), Inches(2.4), Inches(9.2), Inches(1.8))
    panel.fill.solid()
    panel.fill.fore_color.rgb = RGBColor(0xF2, 0xF2, 0xF2)
    for place, text in enumerate(("接诉", "围堵", "分析", "关闭")):
        box = slide.shapes.add_shape(
            MSO_SHAPE.ROUNDED_RECTANGLE, Inches(0.6 + place * 2.35), Inches(2.8), Inches(1.7), Inches(0.9)
        )
        box.fill.solid()
        box.fill.fore_color.rgb = RGBColor(0x1F, 0x3A, 0x5F)
        box.text_frame.text = text
        box.text_frame.paragraphs[0].runs[0].font.size = Pt(18)
        if place:
            right = 0.6 + place * 2.35
            slide.shapes.add_connector(
                MSO_CONNECTOR.STRAIGHT, Inches(right - 0.65), Inches(3.25), Inches(right), Inches(3.25)
            )


def _shape(deck: Any, slide: int, name: str) -> Any:
    return next(shape for shape in deck.slides[slide].shapes if shape.name.startswith(name))


def _sized(shape: Any, points: float) -> None:
    for paragraph in shape.text_frame.paragraphs:
        for run in paragraph.runs:
            run.font.size = Pt(points)


def _long(deck: Any, slide: int, name: str, text: str) -> None:
    shape = _shape(deck, slide, name)
    shape.text_frame.text = text
    _sized(shape, 14)


def _coloured(shape: Any, rgb: str) -> None:
    shape.text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor.from_string(rgb)


def _cell(deck: Any, row: int, column: int) -> Any:
    return _shape(deck, TABLE, "Table").table.cell(row, column)


def _shrunk(deck: Any) -> None:
    shape = _shape(deck, PICTURES, "TextBox")
    _long(deck, PICTURES, "TextBox", "自动缩小的文字：" + "接头注塑飞边割伤O形圈" * 8)
    shape.text_frame.auto_size = MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE


def _unwrapped(deck: Any) -> None:
    _long(deck, PICTURES, "TextBox", "不换行的一长段照片说明文字，宽度超出文本框很多")
    _shape(deck, PICTURES, "TextBox").text_frame.word_wrap = False


def _small_run(deck: Any) -> None:
    run = _shape(deck, TABLE, "TextBox").text_frame.paragraphs[0].add_run()
    run.text, run.font.size = "小字", Pt(8)


def _vertical(deck: Any) -> None:
    shape = text_box(deck.slides[CHART], "竖排的说明文字放不下这么多内容", (9.3, 2, 0.5, 1.2))
    shape.text_frame._txBody.bodyPr.set("vert", "eaVert")


def _grouped_off(deck: Any) -> None:
    group = deck.slides[TABLE].shapes.add_group_shape()
    shape = group.shapes.add_textbox(Inches(8), Inches(6), Inches(3), Inches(0.5))
    shape.text_frame.text = "组合里的文字"


def _turned(deck: Any) -> None:
    shape = text_box(deck.slides[CHART], "转过来的说明", (8.2, 5.9, 3.4, 0.5))
    shape.left, shape.rotation = Inches(7), 90


def _tall_table(deck: Any) -> None:
    for row in range(1, 5):
        cell = _cell(deck, row, 1)
        cell.text = "很长的问题描述" * 14
        cell.text_frame.paragraphs[0].runs[0].font.size = Pt(14)


def _crossing(deck: Any) -> None:
    deck.slides[PICTURES].shapes.add_connector(
        MSO_CONNECTOR.STRAIGHT, Inches(0.2), Inches(3.9), Inches(3.5), Inches(4.5)
    )


def _covering(deck: Any) -> None:
    shape = deck.slides[PICTURES].shapes.add_shape(
        MSO_SHAPE.RECTANGLE, Inches(0.6), Inches(2), Inches(2), Inches(1)
    )
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor(0xFF, 0xFF, 0xFF)


def _empty_table(deck: Any) -> None:
    for row in _shape(deck, TABLE, "Table").table.rows:
        for cell in row.cells:
            cell.text = ""


def _straddling(deck: Any) -> None:
    text_box(deck.slides[FLOW], "跨在底板边上的说明文字", (0.6, 4.0, 3, 0.5))


def _theme_grey(deck: Any) -> None:
    run = _shape(deck, TABLE, "TextBox").text_frame.paragraphs[0].runs[0]
    run.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
    run.font.color.brightness = -0.25


def _broken_order(deck: Any) -> None:
    properties = _shape(deck, FLOW, "Rounded").element.spPr
    properties.insert(0, copy.deepcopy(properties.find("{*}solidFill")))


SEEDS: tuple[Seed[Any], ...] = (
    Seed("box over the right edge", "bounds", lambda d: setattr(_shape(d, TABLE, "TextBox"), "left", Inches(6))),
    Seed("box over the bottom", "bounds", lambda d: setattr(_shape(d, TABLE, "TextBox"), "top", Inches(7.3))),
    Seed("box at a negative place", "bounds", lambda d: setattr(_shape(d, PICTURES, "Picture"), "left", Emu(-200_000))),
    Seed("box of a group over the edge", "bounds", _grouped_off),
    Seed("turned box over the bottom", "bounds", _turned),
    Seed("table grows over the bottom", "bounds", _tall_table),
    Seed("two text boxes at one place", "overlap",
         lambda d: text_box(d.slides[TABLE], "另一段说明文字", (0.6, 5.7, 4, 0.5))),
    Seed("picture over a caption", "overlap",
         lambda d: setattr(_shape(d, PICTURES, "Picture"), "top", Inches(2.4))),
    Seed("two pictures on each other", "overlap",
         lambda d: d.slides[PICTURES].shapes.add_picture(_photo("red"), Inches(1), Inches(2), Inches(1), Inches(1))),
    Seed("text over the table", "overlap", lambda d: setattr(_shape(d, TABLE, "TextBox"), "top", Inches(3.8))),
    Seed("line through a caption", "overlap", _crossing),
    Seed("white box over a picture", "overlap", _covering),
    Seed("text across the edge of a panel", "overlap", _straddling),
    Seed("text over the chart", "overlap",
         lambda d: text_box(d.slides[CHART], "盖在图上的说明", (3, 3, 3, 0.5))),
    Seed("caption too long", "fit", lambda d: _long(d, PICTURES, "TextBox", "照片：" + "O形圈切边" * 20)),
    Seed("auto-fit hides too much text", "fit", _shrunk),
    Seed("title too long", "fit", lambda d: _long(d, CHART, "Title", "不良率趋势与措施" * 40)),
    Seed("filled box too small for its word", "fit",
         lambda d: _long(d, FLOW, "Rounded", "Incomprehensibilities-X2026")),
    Seed("line that does not wrap", "fit", _unwrapped),
    Seed("vertical text too long", "fit", _vertical),
    Seed("long number in a table column", "fit", lambda d: setattr(_cell(d, 1, 0), "text", "LQ3302A1" * 5)),
    Seed("text of 10 points", "size", lambda d: _sized(_shape(d, TABLE, "TextBox"), 10)),
    Seed("table cell of 9 points", "size", lambda d: _sized(_cell(d, 2, 2), 9)),
    Seed("title of 11 points", "size", lambda d: _sized(_shape(d, CHART, "Title"), 11)),
    Seed("one run of 8 points", "size", _small_run),
    Seed("placeholder left empty", "empty", lambda d: setattr(d.slides[TITLE].placeholders[1], "text", "")),
    Seed("empty text box", "empty", lambda d: text_box(d.slides[CHART], "", (1, 6.2, 3, 0.5))),
    Seed("empty table", "empty", _empty_table),
    Seed("empty slide", "empty", lambda d: d.slides.add_slide(d.slide_layouts[6])),
    Seed("picture of no height", "empty", lambda d: setattr(_shape(d, PICTURES, "Picture"), "height", Emu(0))),
    Seed("None in a cell", "leftover", lambda d: _cell(d, 1, 1).text_frame.paragraphs[0].runs[0].__setattr__(
        "text", "None")),
    Seed("nan in a text", "leftover", lambda d: _long(d, TABLE, "TextBox", "不良率 nan%")),
    Seed("tag in a title", "leftover", lambda d: setattr(d.slides[FLOW].shapes.title, "text", "{{ title }}")),
    Seed("statement in the notes", "leftover", lambda d: setattr(
        d.slides[FLOW].notes_slide.notes_text_frame, "text", "{% if x %}")),
    Seed("grey on white", "contrast", lambda d: _coloured(_shape(d, TABLE, "TextBox"), "BBBBBB")),
    Seed("dark on dark", "contrast", lambda d: _coloured(_shape(d, FLOW, "Rounded"), "203040")),
    Seed("white in a pale cell", "contrast", lambda d: _cell(d, 2, 1).text_frame.paragraphs[0].runs[0].font.color
         .__setattr__("rgb", RGBColor(0xFF, 0xFF, 0xFF))),
    Seed("shaded theme colour", "contrast", _theme_grey),
    Seed("element out of order", "schema", _broken_order),
)
