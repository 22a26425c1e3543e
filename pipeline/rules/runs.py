"""Which weekly and month-end errands are due, which are caught up late, and which are done already.

Source: DOMAIN "Dates and clocks" and "Weekly day": a run missed because the machine was off is caught up once, not
once per miss. What the journal marks as done is never due again, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from pipeline.rules.history import History
from pipeline.workdays import CalendarWithoutWorkdays, WeeklyRun, Workdays, is_before
from schemas.effects import Effect, EffectKey
from schemas.payloads import MarkRound
from schemas.schedule import DueRun, Errand, WeekTimes
from schemas.settings import Settings

SUBJECT = "run"
BEFORE_START = "启用前"  # inputs of the mark on runs that lie before the journal's first pass
_WEEKS_AHEAD, _WEEKS_BACK, _MONTHS = 9, 53, 13
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


def mark_kind(errand: Errand) -> str:
    """The effect kind of the mark that an errand was done."""
    return f"round.{errand.value}"


def _weeks(now: datetime, calendar: Workdays) -> Iterator[WeeklyRun]:
    """The weeks around ``now`` that have a meeting, latest first."""
    monday = now.date() - _DAY * now.weekday()
    for offset in range(_WEEKS_AHEAD, -_WEEKS_BACK, -1):
        try:
            run = calendar.weekly(monday + _WEEK * offset)
        except CalendarWithoutWorkdays:
            continue  # a plant that rests for a year has no weekly day
        if run is not None:
            yield run


def times_of(run: WeeklyRun, calendar: Workdays, settings: Settings) -> WeekTimes:
    """The moments of one week in the plant's zone; raises ``CalendarWithoutWorkdays`` in a plant without work."""
    setting, zone = settings.weekly, settings.zone

    def at(day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=zone)

    return WeekTimes(
        run.week, run.meeting, at(calendar.previous_workday(run.weekly_day), setting.note_at),
        at(run.weekly_day, setting.draft_at), at(run.weekly_day, setting.overdue_at),
        at(run.weekly_day, setting.reminder_at), at(run.weekly_day, setting.freeze_at),
    )


def coming_week(now: datetime, calendar: Workdays, settings: Settings) -> WeekTimes | None:
    """The week whose freeze comes next; None when none is in sight."""
    coming = None
    for run in _weeks(now, calendar):
        frozen = datetime.combine(run.weekly_day, settings.weekly.freeze_at, tzinfo=settings.zone)
        if frozen < now:
            break
        coming = run
    return times_of(coming, calendar, settings) if coming is not None else None


def drafted_week(now: datetime, calendar: Workdays, settings: Settings) -> WeekTimes | None:
    """The latest week whose draft deck is due by ``now``; None when there is none in the past year."""
    for run in _weeks(now, calendar):
        if datetime.combine(run.weekly_day, settings.weekly.draft_at, tzinfo=settings.zone) <= now:
            return times_of(run, calendar, settings)
    return None


def _weekly_runs(now: datetime, calendar: Workdays, settings: Settings) -> Iterator[DueRun]:
    for run in _weeks(now, calendar):
        at = datetime.combine(run.weekly_day, settings.weekly.overdue_at, tzinfo=settings.zone)
        yield DueRun(Errand.WEEKLY, run.week, run.weekly_day, at, run.weekly_day < now.date())


def _month_ends(now: datetime, calendar: Workdays) -> Iterator[tuple[str, date]]:
    """The months up to the present one with their last working day, latest first."""
    year, month = now.year, now.month
    for _ in range(_MONTHS):
        with suppress(CalendarWithoutWorkdays):  # a month without work ends without hand-over; kesu calendar says so
            yield f"{year}-{month:02}", calendar.last_of_month(year, month)
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


def _month_runs(errand: Errand, now: datetime, calendar: Workdays, settings: Settings) -> Iterator[DueRun]:
    for period, day in _month_ends(now, calendar):
        clock = settings.month_end.archive_at
        if errand is Errand.MONTH_END:
            weekly = calendar.weekly(day), calendar.weekly(day + _WEEK)
            both = any(run is not None and run.weekly_day == day for run in weekly)
            clock = settings.weekly.overdue_at if both else settings.month_end.mail_at  # coinciding: one mail
        yield DueRun(errand, period, day, datetime.combine(day, clock, tzinfo=settings.zone), day < now.date())


def runs_of(errand: Errand, now: datetime, calendar: Workdays, settings: Settings) -> Iterator[DueRun]:
    """The runs of an errand around ``now``, latest first, some of them still to come."""
    if errand is Errand.WEEKLY:
        return _weekly_runs(now, calendar, settings)
    return _month_runs(errand, now, calendar, settings)


def latest_run(errand: Errand, now: datetime, calendar: Workdays, settings: Settings) -> DueRun | None:
    """The last run whose time has come by ``now`` (aware), done or not."""
    return next((run for run in runs_of(errand, now, calendar, settings) if run.at <= now), None)


def next_run(errand: Errand, now: datetime, calendar: Workdays, settings: Settings) -> DueRun | None:
    """The first run whose time is still to come; None beyond the weeks looked at, and beyond this month."""
    coming = list(takewhile(lambda run: run.at > now, runs_of(errand, now, calendar, settings)))
    return coming[-1] if coming else None


def _is_held_back(now: datetime, calendar: Workdays, settings: Settings) -> bool:
    """Whether catching up waits: outside working days and hours, or for a run that is due later today."""
    if not calendar.is_workday(now.date()) or is_before(now, settings.mail.digest_at):
        return True
    coming = (next_run(errand, now, calendar, settings) for errand in (Errand.WEEKLY, Errand.MONTH_END))
    return any(run is not None and run.day == now.date() for run in coming)


def is_switched_on(errand: Errand, settings: Settings) -> bool:
    """Whether the plant wants the errand at all."""
    return {
        Errand.WEEKLY: settings.weekly.overdue_mail, Errand.MONTH_END: settings.month_end.mail,
        Errand.ARCHIVE: settings.month_end.archive,
    }[errand]


def due_runs(now: datetime, calendar: Workdays, settings: Settings, history: History) -> tuple[DueRun, ...]:
    """The errands to do now (aware, plant's zone): of each the latest run whose time has come, unless it is marked.

    A journal that has no mark of an errand yet owes nothing from before its start, see ``starting_marks``. A late run
    waits for working hours and, on the day of another run, for that one, so that people get one mail.
    """
    found = []
    for errand in Errand:
        run = latest_run(errand, now, calendar, settings)
        marked = history.occasions(mark_kind(errand))
        if run is None or not marked or run.period in marked or not is_switched_on(errand, settings):
            continue
        if not (run.late and _is_held_back(now, calendar, settings)):
            found.append(run)
    return tuple(found)


def mark_of(site: str, run: DueRun, inputs: str = "") -> Effect:
    """The mark that a run was held; ``inputs`` names what was held together."""
    kind = mark_kind(run.errand)
    return Effect(EffectKey(site, kind, SUBJECT, run.period), f"{kind} {run.period}", inputs, MarkRound())


def starting_marks(now: datetime, calendar: Workdays, settings: Settings, history: History) -> Iterator[Effect]:
    """At a journal's first pass: the latest run of each errand counts as past, since nothing old is sent (DOMAIN)."""
    for errand in Errand:
        run = latest_run(errand, now, calendar, settings)
        if run is not None and not history.occasions(mark_kind(errand)):
            yield mark_of(settings.site, run, BEFORE_START)
