"""kesu calendar: the weekly, meeting, month-end and summary runs of the coming five weeks, each with its reason."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from pipeline.commands.clock import moment
from pipeline.commands.output import say, say_json
from pipeline.rules.schedule import WINDOW_DAYS, runs_from, weekday_name
from schemas.schedule import Run, RunKind

_LABELS = {RunKind.WEEKLY: "周报截止", RunKind.MEETING: "品质例会", RunKind.MONTH_END: "月末归档"}
_SUMMARIES = {"Q": "季度总结", "H": "半年总结"}
_NO_DAY = "不安排" + " " * 9  # as wide as a date with its weekday


def _label(run: Run) -> str:
    """Four characters each, so that columns align in any font."""
    if run.kind is not RunKind.SUMMARY:
        return _LABELS[run.kind]
    _, _, part = run.period.partition("-")
    return _SUMMARIES.get(part[:1], "月度总结" if part else "年度总结")


def _lines(site: str, today: date, runs: Sequence[Run]) -> Iterator[str]:
    yield f"{site} 运行日历：{today}（{weekday_name(today)}）起 {WINDOW_DAYS} 天"
    for run in runs:
        when = f"{run.day} {weekday_name(run.day)}" if run.day else _NO_DAY
        yield f"  {when}  {_label(run)}  {run.period:<8}  {run.reason}"
    yield "上班、放假与实际不符时，请改 config.yaml 的 calendar（或其 file 指明的工厂日历）后再看。"


def run(arguments: argparse.Namespace) -> int:
    """0 always when the configuration can be read; needs neither share nor journal, and writes nothing."""
    from pipeline.app import calendar_of
    from pipeline.configuration import load_settings

    config = Path(arguments.config)
    settings = load_settings(config)
    calendar = calendar_of(settings, config)
    today = moment(arguments.now, settings.zone).date()
    runs = runs_from(today, calendar)
    if warning := calendar.warning(today):
        print(warning, file=sys.stderr)
    if arguments.json:
        say_json([
            {"kind": run.kind.value, "date": run.day.isoformat() if run.day else None, "period": run.period,
             "reason": run.reason}
            for run in runs
        ])
    else:
        for line in _lines(settings.site, today, runs):
            say(line)
    return 0
