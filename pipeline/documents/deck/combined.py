"""Columns with a line in one native chart: the trend, and the Pareto chart with its cumulated share from 0 to 100 %.

python-pptx draws one kind per chart; the workbook behind stays the same, so people edit it as any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from pptx.enum.chart import XL_LABEL_POSITION
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml import parse_xml
from pptx.util import Pt

from schemas.deck import Series

LABEL_SIZE = 12
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_NS = f'xmlns:c="{_C}" xmlns:a="{_A}"'
_TREND, _SHARE = "1F3864", "B3261E"
_AXES = ("50990001", "50990002")
_LEGEND = 42.0  # points: the legend above the columns, and the label on top of the last point below it


def _top(series: Series) -> float:
    return max((value for value in series.values if value is not None), default=0)


def trend_line(native: Any, series: Sequence[Series]) -> None:
    """The last series as a line above the columns: the labels of neither hide the other; axes without numbers."""
    native.value_axis.maximum_scale = 2.1 * max(1, *(_top(entry) for entry in series[:-1]))
    top = _top(series[-1]) or 1
    _last_as_line(native, _TREND, "0", "")
    _second_axes(native, -1.25 * top, 1.25 * top, _BARE)


def pareto_line(native: Any, series: Sequence[Series], height: float) -> None:
    """The cumulated share as a line from 0 to 100 % on the right; the whole of all columns is as high as 100 %.

    So the line begins on top of the first column, whose own label stands inside; ``height`` of the chart in points.
    """
    counts = series[0].values
    columns = native.plots[0]
    native.value_axis.maximum_scale = max(1, sum(value or 0 for value in counts))
    columns.gap_width = 35
    _label_first_inside(columns)
    first = '<c:dLbl><c:idx val="0"/><c:delete val="1"/></c:dLbl>'  # it would stand on the column's own
    _last_as_line(native, _SHARE, "0%", first)
    _second_axes(native, 0, 1, _PERCENT)
    _room_for_legend(native, _LEGEND / height)


def _label_first_inside(plot: Any) -> None:
    plot.series[0].format.fill.fore_color.theme_color = MSO_THEME_COLOR.TEXT_2  # dark in every theme, for a white label
    labels = plot.series[0].data_labels
    labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(LABEL_SIZE)
    labels.number_format, labels.number_format_is_linked = "0", False
    inside = plot.series[0].points[0].data_label
    inside.position = XL_LABEL_POSITION.INSIDE_END
    inside.font.size, inside.font.bold = Pt(LABEL_SIZE), True
    inside.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1


def _last_as_line(native: Any, colour: str, form: str, first_label: str) -> None:
    """Take the last series out of the columns and draw it as a line, as Excel's combined charts do."""
    columns = native._chartSpace.chart.plotArea.find(f"{{{_C}}}barChart")
    series = columns.findall(f"{{{_C}}}ser")[-1]
    columns.remove(series)
    for name in ("invertIfNegative", "spPr", "dLbls"):
        for element in series.findall(f"{{{_C}}}{name}"):
            series.remove(element)
    looks = parse_xml(
        f'<c:root {_NS}><c:spPr><a:ln w="28575"><a:solidFill><a:srgbClr val="{colour}"/>'
        '</a:solidFill></a:ln></c:spPr><c:marker><c:symbol val="circle"/><c:size val="6"/><c:spPr><a:solidFill>'
        f'<a:srgbClr val="{colour}"/></a:solidFill></c:spPr></c:marker>{_labels(form, first_label)}</c:root>'
    )
    at = series.index(series.find(f"{{{_C}}}tx")) + 1
    for offset, element in enumerate(list(looks)):
        series.insert(at + offset, element)
    series.append(parse_xml(f'<c:smooth xmlns:c="{_C}" val="0"/>'))
    line = parse_xml(
        f'<c:lineChart xmlns:c="{_C}"><c:grouping val="standard"/><c:varyColors val="0"/><c:marker val="1"/>'
        f'<c:axId val="{_AXES[0]}"/><c:axId val="{_AXES[1]}"/></c:lineChart>'
    )
    line.insert(2, series)
    columns.addnext(line)


def _labels(form: str, first: str) -> str:
    return (
        f'<c:dLbls>{first}<c:numFmt formatCode="{form}" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr><c:txPr>'
        f'<a:bodyPr/><a:p><a:pPr><a:defRPr sz="{LABEL_SIZE * 100}" b="1"/></a:pPr><a:endParaRPr lang="zh-CN"/></a:p>'
        '</c:txPr><c:dLblPos val="t"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
        '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )


#: Elements of the second value axis from its number format to its text, in the schema's order.
_BARE = (
    '<c:numFmt formatCode="0" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
    '<c:tickLblPos val="none"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>'
)
_PERCENT = (
    '<c:numFmt formatCode="0%" sourceLinked="0"/><c:majorTickMark val="out"/><c:minorTickMark val="none"/>'
    '<c:tickLblPos val="nextTo"/><c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="A6A6A6"/></a:solidFill></a:ln>'
    f'</c:spPr><c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{LABEL_SIZE * 100}"/></a:pPr>'
    '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
)


def _second_axes(native: Any, low: float, high: float, looks: str) -> None:
    """A hidden category axis and a value axis on the right for the line.

    The value axis is never deleted: a deleted axis loses its own scale in some programs.
    """
    area = native._chartSpace.chart.plotArea
    category = deepcopy(area.find(f"{{{_C}}}catAx"))
    category.find(f"{{{_C}}}axId").set("val", _AXES[0])
    category.find(f"{{{_C}}}crossAx").set("val", _AXES[1])
    category.find(f"{{{_C}}}delete").set("val", "1")
    step = '<c:majorUnit val="0.2"/>' if looks is _PERCENT else ""
    value = parse_xml(
        f'<c:valAx {_NS}><c:axId val="{_AXES[1]}"/><c:scaling><c:orientation val="minMax"/><c:max val="{high:.6g}"/>'
        f'<c:min val="{low:.6g}"/></c:scaling><c:delete val="0"/><c:axPos val="r"/>{looks}'
        f'<c:crossAx val="{_AXES[0]}"/><c:crosses val="max"/><c:crossBetween val="between"/>{step}</c:valAx>'
    )
    area.findall(f"{{{_C}}}valAx")[-1].addnext(value)
    value.addnext(category)


def _room_for_legend(native: Any, share: float) -> None:
    """The columns with their names below the legend, so that the label at 100 % does not stand in it."""
    area = native._chartSpace.chart.plotArea
    for layout in area.findall(f"{{{_C}}}layout"):
        area.remove(layout)
    area.insert(0, parse_xml(
        f'<c:layout xmlns:c="{_C}"><c:manualLayout><c:layoutTarget val="outer"/><c:xMode val="edge"/>'
        f'<c:yMode val="edge"/><c:x val="0.01"/><c:y val="{share:.4f}"/><c:w val="0.98"/><c:h val="{1 - share:.4f}"/>'
        '</c:manualLayout></c:layout>'
    ))
