"""Native charts that people edit in PowerPoint, each under its one message: trend, ageing, rates, Pareto."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml import parse_xml
from pptx.util import Pt

from pipeline.documents.deck.drawing import Area, Canvas, Words
from pipeline.documents.deck.figures import card_height, draw_figures
from pipeline.documents.deck.measure import fitted, line_height, readable, wrap
from pipeline.documents.deck.page import Extra, Sheet, body_of
from pipeline.documents.deck.palette import HEAD, QUIET
from pipeline.documents.deck.template import Pages
from schemas.deck import Chart, ChartKind, ChartsSlide, Series

if TYPE_CHECKING:
    from pptx.slide import Slide

_MESSAGE_SIZE, _NOTE_SIZE, _LABEL_SIZE = 16, 12, 12
_GAP = 24.0
_LONGEST_LABEL = 12
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_COLOURS = (MSO_THEME_COLOR.ACCENT_1, MSO_THEME_COLOR.ACCENT_6, MSO_THEME_COLOR.ACCENT_5)


def sheets(view: ChartsSlide, pages: Pages) -> Iterator[Sheet]:
    """The one page: figures on top, charts side by side below."""
    canvas, body = Canvas(), body_of(pages.inner)
    used = card_height(24) + 12 if view.figures else 0
    draw_figures(canvas, Area(body.left, body.top, body.width, card_height(24)), view.figures, 24)
    rest = body.below(used)
    width = (rest.width - _GAP * (len(view.charts) - 1)) / max(len(view.charts), 1)
    extras = [
        _draw(canvas, Area(rest.left + position * (width + _GAP), rest.top, width, rest.height), chart)
        for position, chart in enumerate(view.charts)
    ]
    yield Sheet(f"{view.key}/1", pages.inner, view.title, canvas, extras=extras, notes=view.sources)


def _draw(canvas: Canvas, area: Area, chart: Chart) -> Extra:
    lines = wrap(readable(chart.message), _MESSAGE_SIZE, area.width, bold=True)[:2]
    message = Area(area.left, area.top, area.width, 2 * line_height(_MESSAGE_SIZE))
    canvas.text("图表结论", message, [Words("".join(lines), _MESSAGE_SIZE, bold=True, colour=HEAD)])
    note = Area(area.left, area.bottom - line_height(_NOTE_SIZE), area.width, line_height(_NOTE_SIZE))
    canvas.text("统计口径", note, [Words(fitted(chart.note, _NOTE_SIZE, area.width), _NOTE_SIZE, colour=QUIET)])
    room = Area(area.left, message.bottom + 4, area.width, note.top - message.bottom - 8)
    if not chart.categories:
        canvas.box("图表", room, [Words("本期没有数据", 14, colour=QUIET, align="ctr")])
        return lambda _slide: None
    return lambda slide: _native(slide, room, chart)


def _label(text: str) -> str:
    """A category as its axis shows it; a leading = would become a formula in the chart's workbook."""
    flat = " ".join(readable(text).split()) or "未填写"
    flat = f"＝{flat[1:]}" if flat[0] == "=" else f"｛＝{flat[2:]}" if flat.startswith("{=") else flat
    return flat if len(flat) <= _LONGEST_LABEL else f"{flat[: _LONGEST_LABEL - 1]}…"


def _native(slide: Slide, room: Area, chart: Chart) -> None:
    data = CategoryChartData(number_format="0%" if chart.kind is ChartKind.RATES else "0")
    data.categories = [_label(name) for name in chart.categories]
    for series in chart.series:
        percent = chart.kind is ChartKind.PARETO and series is chart.series[-1]
        data.add_series(series.name, series.values, "0%" if percent else None)
    kind = XL_CHART_TYPE.BAR_CLUSTERED if chart.kind is ChartKind.RATES else XL_CHART_TYPE.COLUMN_CLUSTERED
    shapes: Any = slide.shapes  # typed as returning the chart, while it is the frame around it
    frame = shapes.add_chart(kind, Pt(room.left), Pt(room.top), Pt(room.width), Pt(room.height), data)
    frame.name = "图表"
    native = frame.chart
    _dress(native, chart)
    if chart.kind in {ChartKind.TREND, ChartKind.PARETO}:
        # columns below, line above: the labels of neither hide the other
        native.value_axis.maximum_scale = 2.1 * max(1, *(_top(series) for series in chart.series[:-1]))
        _last_as_line(native, _top(chart.series[-1]), percent=chart.kind is ChartKind.PARETO)


def _top(series: Series) -> float:
    return max((value for value in series.values if value is not None), default=0)


def _dress(native: Any, chart: Chart) -> None:
    native.font.size, native.font.color.theme_color = Pt(_LABEL_SIZE), MSO_THEME_COLOR.TEXT_1
    native.has_title = False
    native.has_legend = len(chart.series) > 1
    if native.has_legend:
        native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 60, -5
    for position, series in enumerate(plot.series):
        series.format.fill.solid()
        series.format.fill.fore_color.theme_color = _COLOURS[position % len(_COLOURS)]
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.font.size, labels.position, labels.show_value = Pt(_LABEL_SIZE), XL_LABEL_POSITION.OUTSIDE_END, True
    labels.number_format, labels.number_format_is_linked = "0%" if chart.kind is ChartKind.RATES else "0;-0;", False
    value, category = native.value_axis, native.category_axis
    value.visible, value.has_major_gridlines, value.minimum_scale = False, False, 0
    if chart.kind is ChartKind.RATES:
        value.maximum_scale = 1.15
        category.reverse_order = True
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    category.format.line.color.theme_color = MSO_THEME_COLOR.ACCENT_6
    category.has_major_gridlines = False


def _last_as_line(native: Any, top: float, *, percent: bool) -> None:
    """Take the last series out of the columns and draw it as a line on axes of its own, as Excel's combined charts do.

    python-pptx draws one kind per chart; the workbook behind stays the same, so people edit it as any other.
    """
    area = native._chartSpace.chart.plotArea
    columns = area.find(f"{{{_C}}}barChart")
    series = columns.findall(f"{{{_C}}}ser")[-1]
    columns.remove(series)
    for name in ("invertIfNegative", "spPr", "dLbls"):
        for element in series.findall(f"{{{_C}}}{name}"):
            series.remove(element)
    colour = "B3261E" if percent else "1F3864"
    looks = parse_xml(
        f'<c:root xmlns:c="{_C}" xmlns:a="{_A}"><c:spPr><a:ln w="28575"><a:solidFill><a:srgbClr val="{colour}"/>'
        '</a:solidFill></a:ln></c:spPr><c:marker><c:symbol val="circle"/><c:size val="6"/><c:spPr><a:solidFill>'
        f'<a:srgbClr val="{colour}"/></a:solidFill></c:spPr></c:marker>{_line_labels(percent=percent)}</c:root>'
    )
    at = series.index(series.find(f"{{{_C}}}tx")) + 1
    for offset, element in enumerate(list(looks)):
        series.insert(at + offset, element)
    etree_smooth = parse_xml(f'<c:smooth xmlns:c="{_C}" val="0"/>')
    series.append(etree_smooth)
    line = parse_xml(
        f'<c:lineChart xmlns:c="{_C}"><c:grouping val="standard"/><c:varyColors val="0"/><c:marker val="1"/>'
        '<c:axId val="50990001"/><c:axId val="50990002"/></c:lineChart>'
    )
    line.insert(2, series)
    columns.addnext(line)
    _second_axes(area, top or 1)


def _line_labels(*, percent: bool) -> str:
    form = "0%" if percent else "0"
    return (
        f'<c:dLbls><c:numFmt formatCode="{form}" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr><c:txPr><a:bodyPr/>'
        f'<a:p><a:pPr><a:defRPr sz="{_LABEL_SIZE * 100}" b="1"/></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
        '<c:dLblPos val="t"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
        '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )


def _second_axes(area: Any, top: float) -> None:
    category, value = deepcopy(area.find(f"{{{_C}}}catAx")), deepcopy(area.find(f"{{{_C}}}valAx"))
    for axis, own, other in ((category, "50990001", "50990002"), (value, "50990002", "50990001")):
        axis.find(f"{{{_C}}}axId").set("val", own)
        axis.find(f"{{{_C}}}crossAx").set("val", other)
    category.find(f"{{{_C}}}delete").set("val", "1")
    value.find(f"{{{_C}}}delete").set("val", "0")  # a deleted axis loses its own scale in some programs: shown bare
    value.find(f"{{{_C}}}crosses").set("val", "max")
    for name in ("majorTickMark", "minorTickMark", "tickLblPos"):
        value.find(f"{{{_C}}}{name}").set("val", "none")
    value.find(f"{{{_C}}}tickLblPos").addnext(parse_xml(
        f'<c:spPr xmlns:c="{_C}" xmlns:a="{_A}"><a:ln><a:noFill/></a:ln></c:spPr>'
    ))
    scaling = value.find(f"{{{_C}}}scaling")
    for name, limit in (("max", 1.25 * top), ("min", -1.25 * top)):
        for element in scaling.findall(f"{{{_C}}}{name}"):
            scaling.remove(element)
        scaling.append(parse_xml(f'<c:{name} xmlns:c="{_C}" val="{limit:.6g}"/>'))
    last = area.findall(f"{{{_C}}}valAx")[-1]
    last.addnext(value)
    value.addnext(category)
