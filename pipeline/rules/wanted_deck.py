"""Whether the weekly deck is to be made or brought up to date now, and for which meeting (DOMAIN "Dates and clocks").

From the draft time of the weekly day to the freeze, whenever what it shows has changed. After the freeze only a deck
that was due and never got finished: missed because the machine was off, or held open in PowerPoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from pipeline.rules.deck_items import DeckMatter
from pipeline.rules.deck_view import DeckWeek, deck_view
from pipeline.rules.deck_wording import month_day
from pipeline.rules.history import History
from pipeline.rules.runs import BEFORE_START, SUBJECT, drafted_week, mark_kind
from pipeline.workdays import CalendarWithoutWorkdays, Workdays
from schemas.case import Standing
from schemas.deck import ShownItem
from schemas.effects import Effect, digest_of
from schemas.payloads import WriteDeck
from schemas.schedule import Errand, WeekTimes
from schemas.settings import Settings
from schemas.workbook import WorkbookReading

KIND, NAME = "deck", "品质例会"
_WEEKS_BACK = 53
_WEEK = timedelta(days=7)


def deck_name(period: str) -> str:
    """The file of a week's deck: ``2026-W48-品质例会.pptx``."""
    return f"{period}-{NAME}.pptx"


def open_week(now: datetime, calendar: Workdays, settings: Settings, history: History) -> WeekTimes | None:
    """The week whose deck may be written now (aware, plant's zone); None when there is none."""
    if not settings.weekly.deck:
        return None
    times = drafted_week(now, calendar, settings)
    if times is None or now <= times.frozen:
        return times
    record = history.latest(KIND, NAME, times.period)
    if record is not None:
        return None if history.is_settled(KIND, NAME, times.period) else times
    mark = history.latest(mark_kind(Errand.WEEKLY), SUBJECT, times.period)
    before_start = mark is not None and mark.inputs == BEFORE_START
    return None if before_start or not history.occasions(mark_kind(Errand.WEEKLY)) else times


def last_meeting(period: str, shown_at: str, calendar: Workdays) -> date:
    """The day of the meeting before ``period``: the one that was shown a deck last, else the calendar's last one."""
    year, _, week = (shown_at or period).partition("-W")
    monday = date.fromisocalendar(int(year), int(week), 1)
    for back in range(0 if shown_at else 1, _WEEKS_BACK):
        try:
            run = calendar.weekly(monday - _WEEK * back)
        except CalendarWithoutWorkdays:
            continue
        if run is not None:
            return run.meeting
    return monday - _WEEK


def _before(meetings: Mapping[str, Mapping[str, ShownItem]], period: str) -> tuple[str, Mapping[str, ShownItem]]:
    """The last meeting before ``period`` that was shown anything, with its list."""
    earlier = max((week for week in meetings if week < period), default="")
    return earlier, meetings.get(earlier, {})


def week_of(
    times: WeekTimes, meetings: Mapping[str, Mapping[str, ShownItem]], readings: Iterable[WorkbookReading],
    calendar: Workdays, settings: Settings, now: datetime,
) -> tuple[DeckWeek, Mapping[str, ShownItem]]:
    """The meeting that a deck is for, and what the one before was shown."""
    shown_at, shown = _before(meetings, times.period)
    late = ""
    if now.date() > times.frozen.date():
        late = f"补做：原定 {month_day(times.frozen.date())}，因停机或文件被占用推迟"
    stale = tuple(f"{reading.ledger} 暂时读不到，内容为上次读取" for reading in readings if reading.stale_because)
    last = last_meeting(times.period, shown_at, calendar)
    return DeckWeek(times.period, times.meeting, last, settings.company, settings.site, late, stale=stale), shown


@dataclass(frozen=True, slots=True)
class DeckFacts:
    """What a pass knows that a deck is made from: the complaints of the shared ledgers, and earlier meetings."""

    matters: Sequence[DeckMatter]
    readings: Sequence[WorkbookReading]
    meetings: Mapping[str, Mapping[str, ShownItem]]


def wanted_deck(
    facts: DeckFacts, calendar: Workdays, settings: Settings, history: History, now: datetime
) -> Iterator[Effect]:
    """The effect that writes the deck of an open week, when what it shows has changed since it was written.

    None while all complaints are from before the start: these are listed, and nothing is made of them (baseline).
    """
    times = open_week(now, calendar, settings, history)
    if times is None or not any(matter.case.standing is Standing.MANAGED for matter in facts.matters):
        return
    week, shown = week_of(times, facts.meetings, facts.readings, calendar, settings, now)
    view, remembered = deck_view(facts.matters, shown, week, now)
    inputs = digest_of(asdict(view))
    key = history.revised(KIND, NAME, times.period, inputs)
    if key is not None:
        payload = WriteDeck(times.period, settings.weekly.folder, deck_name(times.period), view, remembered)
        yield Effect(key, f"例会周报 {deck_name(times.period)}", inputs, payload)
