"""周报各页写什么: every line of the pages of a weekly deck and of a period review, from ``deck_pages.yaml``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.rules.deck_facts import changes_since, facts_of, shown_item
from pipeline.rules.deck_item_page import item_slide
from pipeline.rules.deck_items import deck_items
from pipeline.rules.deck_view import DeckWeek, deck_view
from pipeline.rules.deck_wording import (
    full_day,
    month_day,
    number,
    percent,
    short_day,
    short_moment,
    week_name,
)
from pipeline.rules.history import History
from pipeline.rules.review_deck import review_deck
from pipeline.rules.runs import SUBJECT, mark_kind
from pipeline.rules.wanted_deck import KIND, NAME, DeckFacts, last_meeting, wanted_deck
from pipeline.workdays import Workdays
from schemas.cell_value import value_of
from schemas.deck import CoverSlide, ItemSlide
from schemas.effects import Effect, EffectKey, EffectRecord, EffectState
from schemas.payloads import WriteDeck
from schemas.rows import Complaint
from schemas.schedule import Errand
from tests.spec.deck_pages import LAST_MEETING, NOW, SETTINGS, lines_of, matters, shown_before
from tests.spec.ledger_tables import at, ledger
from tests.spec.rule_tables import load, row_id
from tests.spec.test_rule_period_review import reviewed

RULE = load("deck_pages")
TODAY = NOW.date()
FOUR_YEARS = [date(2024, 1, 1) + timedelta(days=number) for number in range(4 * 365)]
WEEK = DeckWeek("2026-W48", date(2026, 11, 27), LAST_MEETING, "", "测试厂")


@pytest.mark.parametrize("row", RULE.rows("一件客诉的单页"), ids=row_id)
def test_what_the_page_of_a_complaint_says(row: dict[str, Any]) -> None:
    given = [row["给"]]
    (item,) = deck_items(matters(given), shown_before(given), LAST_MEETING, TODAY)
    assert lines_of(item_slide(item, TODAY)) == row["得"]


@pytest.mark.parametrize("row", RULE.rows("周报各页"), ids=row_id)
def test_what_the_other_pages_say(row: dict[str, Any]) -> None:
    given = row["给"]["客诉"]
    week = replace(WEEK, **row["给"].get("周", {}))
    view, _ = deck_view(matters(given), shown_before(given), week, NOW)
    told = [line for slide in view.slides if slide.key.partition("/")[0] in row["给"]["页"] for line in lines_of(slide)]
    assert told == row["得"]


@pytest.mark.parametrize("row", RULE.rows("期间总结各页"), ids=row_id)
def test_what_the_pages_of_a_review_say(row: dict[str, Any]) -> None:
    view = review_deck(reviewed(row["给"]["客诉"], row["给"]["期间"]))
    told = [line for slide in view.slides if slide.key in row["给"]["页"] for line in lines_of(slide)]
    assert told == row["得"]


@pytest.mark.parametrize("row", RULE.rows("日期和数量的写法"), ids=row_id)
def test_how_days_and_quantities_are_written(row: dict[str, Any]) -> None:
    given = row["给"]
    moment = value_of(Complaint, "received", str(given["时间"]), TODAY) if "时间" in given else None
    told = {
        "日": lambda: f"{short_day(given['日'], TODAY)}；{month_day(given['日'])}；{full_day(given['日'])}",
        "时间": lambda: short_moment(moment, TODAY),  # type: ignore[arg-type]  # the column holds moments
        "数": lambda: number(given["数"]),
        "率": lambda: percent(given["率"]),
        "周": lambda: week_name(given["周"]),
    }
    assert [told[name]() for name in given] == row["得"]


@pytest.mark.parametrize("row", RULE.rows("哪些改动算有变化"), ids=row_id)
def test_what_counts_as_news(row: dict[str, Any]) -> None:
    before = shown_before([{"状态": "调查", "上次": row["给"]["上次"]}])
    (now,) = matters([{"状态": "调查", **row["给"]["现在"]}])
    facts = facts_of(now.case, now.decisions, TODAY)
    assert list(changes_since(before[now.case.case_id], facts)) == row["得"]


@pytest.mark.parametrize("row", RULE.rows("写哪一份、与哪次例会比"), ids=row_id)
def test_which_deck_is_wanted(row: dict[str, Any]) -> None:
    given, now = row["给"], at(row["给"]["现在"])
    meetings = {week: {
        matter.case.case_id: shown_item(matter.case, facts_of(matter.case, matter.decisions, LAST_MEETING), 1)
        for matter in matters(rows)
    } for week, rows in given.get("看过", {}).items()}
    reading = replace(ledger(), stale_because="文件被占用" if given.get("读不到") else "")
    weekly = [done(mark_kind(Errand.WEEKLY), SUBJECT, "2026-W46", "")]
    written = [done(KIND, NAME, week, "") for week in given.get("写过", ())]

    def effects(rows: list[dict[str, Any]], *earlier: EffectRecord) -> list[Effect]:
        history = History(SETTINGS.site, {record.key: record for record in (*weekly, *written, *earlier)})
        facts = DeckFacts(matters(rows), [reading], meetings)
        return list(wanted_deck(facts, Workdays(), SETTINGS, history, now))

    found = effects(given["客诉"])
    if given.get("再看一次"):
        (first,) = found
        before = replace(done(KIND, NAME, first.key.occasion, first.inputs), key=first.key)
        found = effects(given.get("变成", given["客诉"]), before)
    assert [line for effect in found for line in wanted_lines(effect)] == row["得"]


def done(kind: str, subject: str, week: str, inputs: str) -> EffectRecord:
    key = EffectKey(SETTINGS.site, kind, subject, week)
    return EffectRecord(key, EffectState.DONE, "", inputs, "", NOW, NOW, 1, None)


def wanted_lines(effect: Effect) -> list[str]:
    payload = effect.payload
    assert isinstance(payload, WriteDeck)
    cover = payload.view.slides[0]
    assert isinstance(cover, CoverSlide)
    shown = "、".join(f"{item.number} 第{item.times}次" for item in payload.shown)
    pages = [line for slide in payload.view.slides if isinstance(slide, ItemSlide) for line in lines_of(slide)
             if line.startswith("与上次例会比")]
    place = f"{payload.folder}/{payload.file_name}"
    return [f"{effect.title}（第{effect.key.revision}版）→ {place}", *cover.lines, f"记住 {shown}", *pages]


@pytest.mark.parametrize("row", RULE.rows("上一次例会是哪一天"), ids=row_id)
def test_which_meeting_was_the_last(row: dict[str, Any]) -> None:
    given = row["给"]
    calendar = Workdays()
    if "只上班" in given:
        calendar = Workdays(given["只上班"], [day for day in FOUR_YEARS if day not in given["只上班"]])
    assert str(last_meeting(given["周"], given.get("看过", ""), calendar)) == row["得"]
