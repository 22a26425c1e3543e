"""The short deck of a period review: what was counted, one message a chart, lessons as people wrote them (step 13).

Facts only: nothing here judges a person, a department or a cause.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence

from pipeline.rules.deck_wording import NOTHING, cell, figure, number
from pipeline.rules.pareto import pareto_chart
from schemas.deck import (
    BlocksSlide,
    Chart,
    ChartKind,
    ChartsSlide,
    CoverSlide,
    DeckView,
    Figure,
    Series,
    Slide,
    TableBlock,
    TableColumn,
    TableRow,
)
from schemas.review import Review, closing_classes

_FIRST = 5  # lines of a list; the workbook holds all
_SOURCES = ("资料来源：公共台账；同名工作簿里有全部数据和明细。图表可以直接编辑数据。",)
_PHENOMENON = 40
#: Which Pareto charts stand together, in the order of the deck.
_PARETOS = (("失效类别",), ("产品", "客户"), ("责任部门", "责任工序"))
Ranked = tuple[str | int | float, ...]


def _median(found: Review) -> str:
    days = found.days_to_close
    return f"{statistics.median(days):g} 天" if days else NOTHING


def _cover(found: Review) -> CoverSlide:
    period = found.period
    lines = (found.site, f"{period.first:%Y-%m-%d} 至 {period.last:%Y-%m-%d}，{found.made:%Y-%m-%d} 按台账统计")
    figures = (
        figure("接诉", found.received), figure("关闭", found.closed), figure("期末未关闭", found.open_at_end),
        Figure("结案用时（中位）", _median(found)), Figure("费用（元）", number(found.cost)),
    )
    return CoverSlide("cover", f"{period.title}客诉总结", lines, figures, _SOURCES)


def _trend(found: Review) -> ChartsSlide:
    chart = Chart(
        ChartKind.TREND,
        f"接诉 {found.received} 件、关闭 {found.closed} 件，期末未关闭 {found.open_at_end} 件",
        tuple(month.month for month in found.trend),
        (Series("接诉", tuple(month.received for month in found.trend)),
         Series("关闭", tuple(month.closed for month in found.trend)),
         Series("月末未关闭", tuple(month.open_at_end for month in found.trend))),
        "按接诉日和关闭日；不成立、作废、合并的不计",
    )
    levels = tuple(figure(f"接诉：{level}", count) for level, count in found.levels.items())
    return ChartsSlide("trend", "件数与趋势", levels, (chart,), _SOURCES)


def _paretos(found: Review) -> Iterator[ChartsSlide]:
    counted = f"{found.period.title}接诉"
    for names in _PARETOS:
        charts = tuple(pareto_chart(found.paretos[name], name, counted) for name in names)
        yield ChartsSlide(f"pareto-{names[0]}", f"问题集中在哪里：{'、'.join(names)}", (), charts, _SOURCES)


def _on_time(found: Review) -> Chart:
    due = [line for line in found.punctuality if line.due]
    worst = min(due, key=lambda line: line.rate or 0.0, default=None)
    if worst is None:
        message = "期内没有到期的时限"
    elif worst.rate == 1:
        message = "期内到期的时限全部按时"
    else:
        message = f"{worst.clock}按时率最低：{worst.rate:.0%}（{worst.due} 件中 {worst.in_time} 件按时）"
    return Chart(
        ChartKind.RATES, message, tuple(f"{line.clock}（{line.in_time}/{line.due}）" for line in due),
        (Series("按时率", tuple(round(line.rate or 0.0, 4) for line in due)),), "期内到期的时限",
    )


def _closing(found: Review) -> Chart:
    days = found.days_to_close
    message = f"关闭 {len(days)} 件，中位 {_median(found)}，最长 {days[-1]} 天" if days else "期内没有关闭的客诉"
    classes = closing_classes(days) if days else ()
    series = (Series("件数", tuple(count for _, count in classes)),)
    names = tuple(name for name, _ in classes)
    return Chart(ChartKind.COLUMNS, message, names, series, "期内关闭的客诉，接诉到关闭的日历天")


def _slide(key: str, title: str, *tables: TableBlock) -> BlocksSlide:
    return BlocksSlide(key, title, tables, _SOURCES)


def _repeats(found: Review) -> TableBlock:
    columns = (TableColumn("产品", 1.6), TableColumn("失效类别", 1.2), TableColumn("次数", 0.7, centred=True),
               TableColumn("客诉编号", 5))
    rows = tuple(
        (cell(entry.part), cell(entry.failure), cell(str(len(numbers)), bold=True), cell("、".join(numbers)))
        for entry in found.repeats for numbers in (entry.numbers,)
    )
    heading = "重复发生（截至期末的十二个月内，同一产品、同一失效类别两次以上）"
    return TableBlock(heading, columns, rows, "没有重复发生的客诉。")


def _ranking(heading: str, unit: str, lines: Sequence[Ranked], empty: str,
             shown: Callable[[str | int | float], str] = str) -> TableBlock:
    """The first few of a list that the workbook holds in full."""
    columns = (TableColumn("客诉编号", 1.5), TableColumn("客户", 1.2), TableColumn("产品", 1.6),
               TableColumn("不良现象", 3.6), TableColumn(unit, 0.9, centred=True))
    rows = tuple(_ranked(line, shown) for line in lines[:_FIRST])
    more = f"（前 {_FIRST} 件）" if len(lines) > _FIRST else ""
    return TableBlock(f"{heading}{more}", columns, rows, empty)


def _ranked(line: Ranked, shown: Callable[[str | int | float], str]) -> TableRow:
    name, customer, product, phenomenon, value = line
    flat = " ".join(str(phenomenon).split())
    text = flat if len(flat) <= _PHENOMENON else f"{flat[: _PHENOMENON - 1]}…"
    return cell(str(name)), cell(str(customer)), cell(str(product)), cell(text), cell(shown(value), bold=True)


def _hardest(found: Review) -> BlocksSlide:
    longest = found.hardest[0] if found.hardest else None
    title = f"历时最久：{longest[0]}，{longest[-1]} 天" if longest else "历时最久：无"
    return _slide(
        "hardest", title,
        _ranking("历时最久（到期末或关闭为止）", "天数", found.hardest, "期内没有历时一天以上的客诉。"),
        _ranking("滚动最多（未关闭时经过的品质例会）", "例会", found.rolled, "期内没有滚动的客诉。"),
    )


def _again(found: Review) -> BlocksSlide:
    title = f"重复发生 {len(found.repeats)} 组，重新启动 {found.restarts} 件"
    restarted = _ranking("重新启动", "重开次数", found.restarted, "期内没有重新启动的客诉。")
    return _slide("again", title, _repeats(found), restarted)


def _cost_and_lessons(found: Review) -> BlocksSlide:
    columns = (TableColumn("客诉编号", 1.3), TableColumn("产品", 1.5), TableColumn("原文", 6))
    rows = tuple((cell(name), cell(product), cell(text)) for name, product, text in found.lessons)
    return _slide(
        "lessons", f"费用合计 {number(found.cost)} 元；经验教训 {len(rows)} 条",
        _ranking("费用", "元", found.costly, "台账没有填写费用金额。", lambda value: f"{float(value):,.0f}"),
        TableBlock("经验教训（台账原文）", columns, rows, "期内的客诉没有填写经验教训。"),
    )


def review_deck(found: Review) -> DeckView:
    """The deck of a review; pure, equal reviews give equal decks."""
    title = f"{found.period.title}客诉总结"
    slides: tuple[Slide, ...] = (
        _cover(found), _trend(found), *_paretos(found),
        ChartsSlide("ontime", "时限与结案用时", (), (_on_time(found), _closing(found)), _SOURCES),
        _hardest(found), _again(found), _cost_and_lessons(found),
    )
    return DeckView(title, f"{found.site} · {title} · {found.made:%Y-%m-%d} 统计", slides)
