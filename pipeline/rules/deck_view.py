"""The weekly deck put together: cover, charts, list, pages, unchanged, overdue, decisions (process step 12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.rules.deck_charts import chart_slides
from pipeline.rules.deck_decisions import decisions_slide
from pipeline.rules.deck_facts import shown_item
from pipeline.rules.deck_item_page import item_slide
from pipeline.rules.deck_items import DeckItem, DeckMatter, deck_items, is_for_others
from pipeline.rules.deck_lists import list_slide, overdue_slide, unchanged_slide
from pipeline.rules.deck_wording import figure, full_day, week_name
from schemas.deck import CoverSlide, DeckView, Figure, ShownItem, Slide, Tone
from schemas.values import Level

MOST_PAGES = 150  # complaints with pages; the rest stands in the list, and the deck says so
_TITLE = "品质例会 客诉周报"


@dataclass(frozen=True, slots=True)
class DeckWeek:
    """The meeting a deck is for: its ISO week, its day, the day of the meeting before; how a late deck is marked.

    ``company`` and ``site`` name the plant, ``stale`` says which ledger could not be read now.
    """

    period: str
    meeting: date
    last_meeting: date
    company: str
    site: str
    late: str = ""
    most_pages: int = MOST_PAGES
    stale: tuple[str, ...] = ()


def _figures(items: Sequence[DeckItem], last_meeting: date) -> tuple[Figure, ...]:
    running = [item for item in items if not item.closed]
    new = sum(
        1 for item in running
        if (received := item.matter.case.complaint.received) is not None and received.day > last_meeting
    )
    grave = sum(item.matter.decisions.level.level is not Level.NORMAL for item in running)
    return (
        figure("未关闭", len(running)),
        figure("上次例会后新增", new),
        figure("上次例会后关闭", len(items) - len(running), Tone.GOOD),
        figure("紧急 / 严重", grave, Tone.WARN),
        figure("逾期事项", sum(len(item.overdue) for item in items), Tone.BAD),
    )


def _cover(week: DeckWeek, figures: tuple[Figure, ...], now: datetime) -> CoverSlide:
    lines = [
        f"{week.company or week.site}　{week_name(week.period)}",
        f"例会：{full_day(week.meeting)}　资料截至：{full_day(now.date())}",
    ]
    told = [word for word in (week.late, *week.stale) if word]
    if told:
        lines.append("；".join(told))
    return CoverSlide("cover", _TITLE, tuple(lines), figures)


def deck_view(
    matters: Sequence[DeckMatter], shown: Mapping[str, ShownItem], week: DeckWeek, now: datetime
) -> tuple[DeckView, tuple[ShownItem, ...]]:
    """The deck for a week as of the day of ``now`` (aware, plant's zone), and what to remember of what it shows.

    ``matters`` are all complaints of the shared ledgers, ``shown`` maps case ids to what the last meeting saw as open.
    Pure; the same facts at the same time give the same deck.
    """
    today = now.date()
    items = deck_items(matters, shown, week.last_meeting, today)
    figures = _figures(items, week.last_meeting)
    counted = [matter for matter in matters if is_for_others(matter)]
    paged = [item for item in items if item.why]
    slides: tuple[Slide, ...] = (
        _cover(week, figures, now), *chart_slides(counted, figures, now), list_slide(items),
        *(item_slide(item, today) for item in paged[: week.most_pages]), *unchanged_slide(items, today),
        overdue_slide(items, today), decisions_slide(items),
    )
    footer = f"{week.site} · 品质例会 {week_name(week.period)}"
    if len(paged) > week.most_pages:
        footer += f" · 单页只到第 {week.most_pages} 件，另有 {len(paged) - week.most_pages} 件见一览"
    remembered = tuple(
        shown_item(item.matter.case, item.facts, item.times + 1) for item in items if not item.closed
    )
    return DeckView(f"{_TITLE} {week.period}", footer, slides), remembered
