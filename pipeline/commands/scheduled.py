"""kesu weekly, kesu month-end: a pass for Task Scheduler or cron, told from the point of view of the run it is for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.clock import NowOnRealJournal, moment
from pipeline.commands.output import busy, say, say_json
from pipeline.commands.performed import effect_json, lines_of
from schemas.effects import EffectState
from schemas.errors import KesuError
from schemas.schedule import Errand

if TYPE_CHECKING:
    from pipeline.app import Opened
    from pipeline.tick import PassReport

_PASSES = 3  # an archive is handed over by the pass after the one that made it
_ERRANDS = {"weekly": (Errand.WEEKLY,), "month-end": (Errand.MONTH_END, Errand.ARCHIVE)}
_NAMES = {Errand.WEEKLY: "周报日邮件", Errand.MONTH_END: "月末邮件", Errand.ARCHIVE: "月末归档"}


def _standing(opened: Opened, errand: Errand) -> dict[str, object]:
    """How an errand stands: the last run and whether it was held, and when the next one comes."""
    from pipeline.rules.history import History
    from pipeline.rules.runs import BEFORE_START, is_switched_on, latest_run, mark_kind, next_run

    settings, calendar, now = opened.site.settings, opened.site.calendar, opened.now
    history = History(settings.site, opened.site.journal.memory().effects)
    last, coming = latest_run(errand, now, calendar, settings), next_run(errand, now, calendar, settings)
    mark = history.latest(mark_kind(errand), "run", last.period) if last else None
    state = "none" if last is None else "missed" if mark is None else "done"
    if mark is not None and mark.inputs == BEFORE_START:
        state = "before_start"
    if not is_switched_on(errand, settings):
        state = "off"
    return {
        "errand": errand.value, "period": last.period if last else "", "day": last.day.isoformat() if last else "",
        "state": state, "held": mark.intended.astimezone(now.tzinfo).isoformat() if mark else "",
        "next": coming.at.isoformat() if coming else "", "next_period": coming.period if coming else "",
    }


def _sentence(standing: dict[str, object]) -> str:
    name = _NAMES[Errand(str(standing["errand"]))]
    held = f"{datetime.fromisoformat(str(standing['held'])):%m-%d %H:%M}" if standing["held"] else ""
    told = {
        "none": "日历中没有日期", "missed": f"{standing['period']}（原定 {standing['day']}）尚未做，等到工作时间补做",
        "done": f"{standing['period']} 已于 {held} 做过", "before_start": f"{standing['period']} 在启用以前，不补",
        "off": "在 config.yaml 中已关闭",
    }[str(standing["state"])]
    coming = ""
    if standing["next"] and standing["state"] != "off":
        at = datetime.fromisoformat(str(standing["next"]))
        coming = f"；下一次 {standing['next_period']}：{at:%Y-%m-%d %H:%M}"
    return f"{name}：{told}{coming}。"


class MonthUnreadable(KesuError):
    """``--period`` names no month."""

    def __init__(self, text: str) -> None:
        super().__init__(f"--period 的写法“{text}”无法识别。请写成 2026-09 这样的月份。")


class MonthNotOver(KesuError):
    """The archive of a month is asked for before its time."""

    def __init__(self, period: str) -> None:
        super().__init__(f"{period} 的归档时间还没到，到月末日会自动做；--period 只用来补做错过的月份。")


def _month_asked(text: str, opened: Opened) -> str:
    """The past month whose archive a person asks for, "" for none; raises ``MonthUnreadable``, ``MonthNotOver``."""
    from pipeline.rules.runs import latest_run

    if not text:
        return ""
    try:
        period = f"{date.fromisoformat(f'{text}-01'):%Y-%m}"
    except ValueError as error:
        raise MonthUnreadable(text) from error
    last = latest_run(Errand.ARCHIVE, opened.now, opened.site.calendar, opened.site.settings)
    if last is None or period > last.period:
        raise MonthNotOver(period)
    return period


def _archive_sentence(opened: Opened, period: str) -> str:
    """Where the archive stands that a person asked for, or why there is none."""
    from pipeline.rules.archives import ARCHIVE

    made = [record for record in opened.site.journal.memory().effects.values()
            if record.key.kind == ARCHIVE and record.key.subject == period]
    if not made:
        return f"归档 {period}：台账中没有那个月的已登记客诉，不做归档。"
    outcome = made[-1].outcome
    if outcome is None or not outcome.path:
        return f"归档 {period}：没有做成，原因见上；下一轮再试。"
    return f"归档 {period}：{outcome.path}（{outcome.text}）。"


def _passes(opened: Opened, month: str) -> Iterator[PassReport]:
    """Passes until nothing is left to do."""
    from pipeline.tick import tick

    for _ in range(_PASSES):
        report = tick(opened.site, opened.now, rehearsal=opened.rehearsal, month=month)
        yield report
        if not any(done.state is EffectState.DONE for done in report.performed):
            return


@dataclass(frozen=True, slots=True)
class _Told:
    """What a command says of its passes."""

    effects: list[dict[str, object]]
    lines: list[str]
    failed: bool = False


def _planned(opened: Opened, month: str) -> _Told:
    from pipeline.tick import observe, plan_pass

    snapshot = observe(opened.site, opened.now)
    planned = plan_pass(opened.site, snapshot, opened.site.journal.memory(), opened.now, month=month)
    shown = [effect.title for effect in planned.effects if not effect.key.kind.startswith(("round.", "refused"))]
    effects = [effect_json(effect, "planned", "") for effect in planned.effects]
    return _Told(effects, [f"将要：{title}" for title in shown])


def _performed(opened: Opened, month: str) -> _Told:
    with busy("处理中"):
        reports = list(_passes(opened, month))
    done = [result for report in reports for result in report.performed]
    failed = bool(reports[-1].snapshot.unreadable) or any(
        result.state is not EffectState.DONE and not result.deferred for result in reports[-1].performed
    )
    effects = [effect_json(result.effect, result.state.value, result.text) for result in done]
    return _Told(effects, [line for report in reports for line in lines_of(report)], failed)


def run(arguments: argparse.Namespace) -> int:
    """0 when the run was held, was held already, or is not due; 1 when something failed or a ledger cannot be read.

    Does what any pass does, so that it can be called daily or hourly: the calendar, not the caller, decides the day.
    With ``--period`` also the archive of a past month that was never made, once; 2 for what is no past month.
    """
    from pipeline.app import open_site

    with open_site(Path(arguments.config), moment(arguments.now), write=not arguments.dry_run) as opened:
        if not arguments.dry_run:
            if arguments.now is not None and not opened.rehearsal:
                raise NowOnRealJournal
            opened.journal.check_time(opened.now)
        month = _month_asked(arguments.period, opened)
        told = _planned(opened, month) if arguments.dry_run else _performed(opened, month)
        standings = [_standing(opened, errand) for errand in _ERRANDS[arguments.command]]
        asked = [_archive_sentence(opened, month)] if month and not arguments.dry_run else []
    if arguments.json:
        say_json({
            "now": opened.now.isoformat(), "dry_run": arguments.dry_run, "runs": standings, "effects": told.effects,
        })
    else:
        for line in [*told.lines, *asked, *(_sentence(standing) for standing in standings)]:
            say(line)
    return 1 if told.failed else 0
