"""到期的运行: which weekly and month-end errands are due, from the table ``runs.yaml``."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rules.history import History
from pipeline.rules.runs import BEFORE_START, coming_week, due_runs, mark_kind, mark_of, starting_marks
from pipeline.workdays import Workdays
from schemas.effects import EffectKey, EffectRecord, EffectState
from schemas.schedule import DueRun, Errand, MonthEndSetting, WeeklySetting
from schemas.settings import LedgerSetting, Settings
from tests.spec.ledger_tables import LEDGER, at
from tests.spec.rule_tables import load, row_id

RULE = load("runs")
WORDS = {Errand.WEEKLY: "周报", Errand.MONTH_END: "月末", Errand.ARCHIVE: "归档"}
SETTINGS = Settings(version=1, site="测试厂", ledgers=(LedgerSetting(file=LEDGER),))
Row = dict[str, Any]


def remembered(*keys: EffectKey) -> History:
    then = datetime(2020, 1, 1, tzinfo=UTC)
    records = {key: EffectRecord(key, EffectState.DONE, "", "", "", then, then, 1, None) for key in keys}
    return History("测试厂", records)


def done(row: Row) -> History:
    held = row["给"].get("做过", {})
    return remembered(*(
        EffectKey("测试厂", mark_kind(errand), "run", held[word]) for errand, word in WORDS.items() if word in held
    ))


def shown(run: DueRun) -> str:
    return f"{'补 ' if run.late else ''}{WORDS[run.errand]} {run.period}"


def settings_of(row: Row) -> Settings:
    off = row["给"].get("关闭", ())
    return SETTINGS.model_copy(update={"weekly": WeeklySetting(overdue_mail="周报" not in off)})


@pytest.mark.parametrize("row", RULE.rows("何时做哪一期"), ids=row_id)
def test_what_is_due(row: Row) -> None:
    calendar = Workdays(extra_holidays=row["给"].get("放假", ()))
    runs = due_runs(at(row["给"]["现在"]), calendar, settings_of(row), done(row))
    assert [shown(run) for run in runs] == row["得"]


@settings(deadline=None, max_examples=30)  # time is what a busy machine lacks
@given(st.datetimes(datetime(2025, 1, 2), datetime(2026, 12, 30)), st.integers(1, 60))  # noqa: DTZ001 - zone is put on below
def test_from_a_journal_s_start_every_run_is_due_exactly_once(start: datetime, days: int) -> None:
    calendar, now = Workdays(), start.replace(tzinfo=SETTINGS.zone, microsecond=0)
    marks = [effect.key for effect in starting_marks(now, calendar, SETTINGS, remembered())]
    assert {key.kind for key in marks} == {mark_kind(errand) for errand in Errand}
    for _ in range(days * 2):
        now += timedelta(hours=12)
        found = due_runs(now, calendar, SETTINGS, remembered(*marks))
        keys = [mark_of("测试厂", run).key for run in found]
        assert not set(keys) & set(marks)
        assert all(run.at <= now for run in found)
        marks += keys
        assert due_runs(now, calendar, SETTINGS, remembered(*marks)) == ()


def test_a_first_pass_marks_what_lies_before_it() -> None:
    marks = list(starting_marks(at("2026-11-26T10:00"), Workdays(), SETTINGS, remembered()))
    assert [(mark.key.kind, mark.key.occasion, mark.inputs) for mark in marks] == [
        ("round.weekly", "2026-W48", BEFORE_START), ("round.month_end", "2026-10", BEFORE_START),
        ("round.archive", "2026-10", BEFORE_START),
    ]
    assert list(starting_marks(at("2026-11-27T10:00"), Workdays(), SETTINGS, remembered(*(m.key for m in marks)))) == []


def test_the_moments_of_the_coming_week() -> None:
    week = coming_week(at("2026-09-28T16:00"), Workdays(), SETTINGS)
    assert week is not None
    assert (week.period, week.meeting) == ("2026-W40", date(2026, 9, 30))
    assert week.noted == at("2026-09-28T15:00")
    assert [week.drafted, week.overdue, week.reminded, week.frozen] == [
        at(f"2026-09-29T{hour}:00") for hour in ("09", "09", "15", "17")
    ]
    later = coming_week(at("2026-09-29T17:01"), Workdays(), SETTINGS)
    assert later is not None
    assert later.period == "2026-W41"


def test_a_plant_that_never_works_owes_nothing() -> None:
    years = [date(2025, 1, 1) + timedelta(days=offset) for offset in range(1500)]
    closed = Workdays(extra_holidays=years)
    assert due_runs(at("2026-11-26T09:00"), closed, SETTINGS, remembered()) == ()
    assert coming_week(at("2026-11-26T09:00"), closed, SETTINGS) is None


def test_the_month_end_mail_can_be_switched_off() -> None:
    quiet = SETTINGS.model_copy(update={"month_end": MonthEndSetting(mail=False, archive=False)})
    held = done({"给": {"做过": {"周报": "2026-W48", "月末": "2026-10", "归档": "2026-10"}}})
    assert due_runs(at("2026-11-30T18:00"), Workdays(), quiet, held) == ()
    assert len(due_runs(at("2026-11-30T18:00"), Workdays(), SETTINGS, held)) == 2
