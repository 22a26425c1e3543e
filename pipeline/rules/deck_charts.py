"""The deck's chart pages: each chart with the one message that its figures carry, counted from the shared ledgers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pipeline.rules.deck_items import DeckMatter
from pipeline.rules.deck_statistics import ages, oldest, on_time, weeks, within_a_year
from pipeline.rules.pareto import pareto, pareto_chart
from schemas.deck import Chart, ChartKind, ChartsSlide, Figure, Series

_YEAR = "近 12 个月接诉的公共台账客诉"
_BARS = 8  # two charts stand side by side


def _trend(matters: Sequence[DeckMatter], now: datetime) -> Chart:
    counted = weeks(matters, now.date())
    last, before = counted[-1], counted[-2]
    more = last.open - before.open
    told = f"比上周{'增加' if more > 0 else '减少'} {abs(more)} 件" if more else "与上周持平"
    return Chart(
        ChartKind.TREND, f"未关闭 {last.open} 件，{told}；本周新增 {last.opened} 件、关闭 {last.closed} 件",
        tuple(f"第{week.week}周" for week in counted),
        (Series("新增", tuple(week.opened for week in counted)), Series("关闭", tuple(week.closed for week in counted)),
         Series("未关闭", tuple(week.open for week in counted))),
        "公共台账，按接诉日和关闭日；本周截至资料当日",
    )


def _ages(matters: Sequence[DeckMatter], now: datetime) -> Chart:
    counted = ages(matters, now.date())
    old = sum(count for name, count in counted[-2:])
    message = "没有超过 30 天未关闭的客诉"
    if old:
        message = f"{old} 件超过 30 天未关闭，最长 {oldest(matters, now.date())} 天"
    series = (Series("件数", tuple(count for _, count in counted)),)
    names = tuple(name for name, _ in counted)
    return Chart(ChartKind.COLUMNS, message, names, series, "未关闭客诉，从接诉日算起的日历天")


def _rates(matters: Sequence[DeckMatter], now: datetime) -> Chart:
    found = on_time(within_a_year(matters, now.date()), now)
    worst = min(found, key=lambda entry: entry.rate, default=None)
    if worst is None:
        message = "还没有到期的节点"
    elif worst.rate == 1:
        message = "各节点全部按期"
    else:
        message = f"{worst.clock.value} 按期率最低：{worst.rate:.0%}（{worst.due} 件中 {worst.kept} 件按期）"
    return Chart(
        ChartKind.RATES, message, tuple(f"{entry.clock.value}（{entry.kept}/{entry.due}）" for entry in found),
        (Series("按期率", tuple(round(entry.rate, 4) for entry in found)),), f"{_YEAR}，已到期或已提交的节点",
    )


def chart_slides(matters: Sequence[DeckMatter], figures: tuple[Figure, ...], now: datetime) -> Iterator[ChartsSlide]:
    """Overview with trend and age; on-time rate beside the failure classes and departments behind it."""
    sources = ("统计来自公共台账的接诉时间、关闭日期、要求日与提交日、失效类别、责任部门；图表可以直接编辑数据。",)
    yield ChartsSlide("overview", "本周概览", figures, (_trend(matters, now), _ages(matters, now)), sources)
    year = within_a_year(matters, now.date())
    classes = pareto((matter.case.complaint.failure_class for matter in year), _BARS)
    departments = pareto((matter.case.complaint.department for matter in year), _BARS)
    charts = (pareto_chart(classes, "失效类别", _YEAR), pareto_chart(departments, "责任部门", _YEAR))
    yield ChartsSlide("pareto", "问题集中在哪里", (), charts, sources)
    yield ChartsSlide("ontime", "各节点是否按期", (), (_rates(matters, now),), sources)
