"""Native charts of the review workbook: one message each, readable in print and on a projector."""

from __future__ import annotations

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.legend import Legend
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)
from openpyxl.worksheet.worksheet import Worksheet

FONT, FALLBACK = "微软雅黑", "宋体"
BLUE, ORANGE, GREY, GREEN = "2F5597", "C55A11", "A6A6A6", "548235"
_WIDTH_CM, _HEIGHT_CM = 24, 11
_POINTS = 1100  # hundredths of a point
_PERCENT = "0%"


def _text(points: int = _POINTS, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(
        sz=points, b=bold, latin=Font(typeface=FONT), ea=Font(typeface=FONT), cs=Font(typeface=FALLBACK)
    )


def _rich(points: int = _POINTS) -> RichText:
    properties = ParagraphProperties(defRPr=_text(points))
    return RichText(bodyPr=RichTextProperties(), p=[Paragraph(pPr=properties, endParaRPr=_text(points))])


def _dress(chart: BarChart | LineChart, title: str, unit: str) -> None:
    bold = _text(1400, bold=True)
    words = Paragraph(pPr=ParagraphProperties(defRPr=bold), r=[RegularTextRun(rPr=bold, t=title)])
    chart.title = Title(tx=Text(rich=RichText(bodyPr=RichTextProperties(), p=[words])), overlay=False)
    chart.width, chart.height = _WIDTH_CM, _HEIGHT_CM
    chart.legend = Legend()
    chart.legend.position, chart.legend.txPr = "b", _rich()
    for axis in (chart.x_axis, chart.y_axis):
        axis.txPr = _rich()
        axis.delete = False  # Excel hides axes that do not say so
    chart.y_axis.title = unit
    chart.y_axis.number_format = chart.y_axis.number_format or "0"
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="E7E6E6")))


def _fill(chart: BarChart, colours: list[str]) -> None:
    for series, colour in zip(chart.series, colours, strict=False):
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.solidFill = colour
    chart.gapWidth = 60


def _labels(points: int = _POINTS) -> DataLabelList:
    labels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False)
    labels.txPr = _rich(points)
    return labels


def columns_and_line(
    sheet: Worksheet, at: str, title: str, rows: int, heading_row: int, *, line_column: int, columns: tuple[int, int],
    unit: str = "件",
) -> None:
    """Columns for counts and a line for what stands at the end, over the names in the first column."""
    first, last = heading_row, heading_row + rows
    names = Reference(sheet, min_col=1, min_row=first + 1, max_row=last)
    chart = BarChart()
    chart.type = "col"
    counts = Reference(sheet, min_col=columns[0], max_col=columns[1], min_row=first, max_row=last)
    chart.add_data(counts, titles_from_data=True)
    chart.set_categories(names)
    _dress(chart, title, unit)
    _fill(chart, [BLUE, GREEN])
    line = LineChart()
    line.add_data(Reference(sheet, min_col=line_column, min_row=first, max_row=last), titles_from_data=True)
    line.series[0].graphicalProperties.line = LineProperties(solidFill=ORANGE, w=28575)
    line.series[0].smooth = False
    chart += line
    sheet.add_chart(chart, at)
    sheet.page_setup.fitToHeight = 1  # table and chart on one page


def pareto_chart(sheet: Worksheet, at: str, title: str, rows: int, heading_row: int, total: int) -> None:
    """Bars in falling order and the cumulated share on a second axis; columns: name, count, share, cumulated.

    ``total`` of all bars is as high as 100 %, so that the line begins on top of the first bar.
    """
    first, last = heading_row, heading_row + rows
    names = Reference(sheet, min_col=1, min_row=first + 1, max_row=last)
    chart = BarChart()
    chart.type = "col"
    chart.add_data(Reference(sheet, min_col=2, min_row=first, max_row=last), titles_from_data=True)
    chart.set_categories(names)
    _dress(chart, title, "件")
    _fill(chart, [BLUE])
    chart.dataLabels = _labels()
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, total
    line = LineChart()
    line.add_data(Reference(sheet, min_col=4, min_row=first, max_row=last), titles_from_data=True)
    line.series[0].graphicalProperties.line = LineProperties(solidFill=ORANGE, w=28575)
    line.series[0].marker.symbol = "circle"
    line.series[0].smooth = False
    line.y_axis.axId = 200
    line.y_axis.title = "累计"
    line.y_axis.number_format = _PERCENT
    line.y_axis.scaling.min, line.y_axis.scaling.max = 0, 1
    line.y_axis.majorGridlines = None
    line.y_axis.crosses = "max"
    line.y_axis.delete = False
    line.y_axis.txPr = _rich()
    chart += line
    sheet.add_chart(chart, at)
    sheet.page_setup.fitToHeight = 1  # table and chart on one page


def bars(sheet: Worksheet, at: str, title: str, rows: int, heading_row: int, columns: tuple[int, int], unit: str,
         colours: list[str], *, stacked: bool = False) -> None:
    """Columns over the names in the first column; ``stacked`` puts them on each other."""
    first, last = heading_row, heading_row + rows
    chart = BarChart()
    chart.type = "col"
    chart.grouping = "stacked" if stacked else "clustered"
    chart.overlap = 100 if stacked else None
    data = Reference(sheet, min_col=columns[0], max_col=columns[1], min_row=first, max_row=last)
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=first + 1, max_row=last))
    _dress(chart, title, unit)
    _fill(chart, colours)
    chart.dataLabels = _labels()
    if columns[0] == columns[1]:
        chart.legend = None
    chart.layout = Layout(manualLayout=ManualLayout(x=0.08, y=0.15, w=0.88, h=0.62, xMode="edge", yMode="edge"))
    sheet.add_chart(chart, at)
    sheet.page_setup.fitToHeight = 1  # table and chart on one page
