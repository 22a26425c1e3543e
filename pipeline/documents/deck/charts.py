"""Native charts that people edit in PowerPoint, each under its one message: trend, ageing, rates, Pareto."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.util import Pt

from pipeline.documents.deck.combined import LABEL_SIZE, pareto_line, trend_line
from pipeline.documents.deck.drawing import Area, Canvas, Words
from pipeline.documents.deck.figures import card_height, draw_figures
from pipeline.documents.deck.measure import fitted, line_height, readable, wrap
from pipeline.documents.deck.page import Extra, Sheet, body_of
from pipeline.documents.deck.palette import HEAD, QUIET
from pipeline.documents.deck.template import Pages
from schemas.deck import Chart, ChartKind, ChartsSlide

if TYPE_CHECKING:
    from pptx.slide import Slide

_MESSAGE_SIZE, _NOTE_SIZE = 16, 12
_GAP = 24.0
_LONGEST_LABEL = 12
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
    if chart.kind is ChartKind.TREND:
        trend_line(native, chart.series)
    elif chart.kind is ChartKind.PARETO:
        pareto_line(native, chart.series, room.height)


def _dress(native: Any, chart: Chart) -> None:
    native.font.size, native.font.color.theme_color = Pt(LABEL_SIZE), MSO_THEME_COLOR.TEXT_1
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
    labels.font.size, labels.position, labels.show_value = Pt(LABEL_SIZE), XL_LABEL_POSITION.OUTSIDE_END, True
    labels.number_format, labels.number_format_is_linked = "0%" if chart.kind is ChartKind.RATES else "0;-0;", False
    value, category = native.value_axis, native.category_axis
    value.visible, value.has_major_gridlines, value.minimum_scale = False, False, 0
    if chart.kind is ChartKind.RATES:
        value.maximum_scale = 1.15
        category.reverse_order = True
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    category.format.line.color.theme_color = MSO_THEME_COLOR.ACCENT_6
    category.has_major_gridlines = False
