"""Dates of the demo story: relative to today in working days, spelled the many ways in which people type them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Protocol

from pipeline.demo.edits import CellValue

_TOKEN = re.compile(r"<([+-]?\d+)(?: (\d{1,2}:\d{2}))?(?: (\w+))?>")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")

SPELLINGS: Mapping[str, Callable[[date], str]] = {
    "横": lambda day: day.isoformat(),
    "斜": lambda day: f"{day.year}/{day.month}/{day.day}",
    "点": lambda day: f"{day.year}.{day.month}.{day.day}",
    "短": lambda day: f"{day.year % 100}/{day.month}/{day.day}",
    "月日": lambda day: f"{day.month}月{day.day}日",
    "中文": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "紧凑": lambda day: f"{day:%Y%m%d}",
    "全角": lambda day: day.isoformat().translate(_FULL_WIDTH),
    "坏月": lambda day: f"{day.year}-13-{day.day:02}",  # a slip of the finger, wrong on purpose
    "批": lambda day: f"{day:%y%m%d}",  # as it stands in lot numbers
    "号": lambda day: f"KS-{day:%Y%m}",  # as it starts the complaint numbers that people gave out in advance
}


class WorkingDays(Protocol):
    """The part of the plant calendar that the story needs."""

    def is_workday(self, day: date) -> bool:
        """Whether the plant works on ``day``."""


class StoryDates:
    """Turns ``<-12>``, ``<-12 14:20>``, ``<-12 点>`` into dates relative to ``today`` (negative: working days before).

    A cell that is nothing but a token without a spelling becomes a real date or datetime, as Excel stores what it
    recognised; every other token becomes text.
    """

    def __init__(self, today: date, working_days: WorkingDays) -> None:
        self._working_days = working_days
        self._known = {0: today}

    def day(self, offset: int) -> date:
        """The working day ``offset`` working days from today; 0 is today itself, worked or not."""
        step = 1 if offset > 0 else -1
        for index in range(step, offset + step, step) if offset else ():
            if index not in self._known:
                self._known[index] = self._neighbour(self._known[index - step], step)
        return self._known[offset]

    def _neighbour(self, day: date, step: int) -> date:
        day += timedelta(days=step)
        while not self._working_days.is_workday(day):
            day += timedelta(days=step)
        return day

    def cell(self, value: str | float | bool | None) -> CellValue:
        """A cell of the story with its date tokens resolved.

        Raises ValueError for a spelling that is not in SPELLINGS.
        """
        if not isinstance(value, str):
            return value
        whole = _TOKEN.fullmatch(value)
        if whole and not whole[3]:
            day = self.day(int(whole[1]))
            return datetime.combine(day, time.fromisoformat(whole[2].zfill(5))) if whole[2] else day
        return _TOKEN.sub(self._spelled, value)

    def _spelled(self, token: re.Match[str]) -> str:
        spelling = SPELLINGS.get(token[3] or "横")
        if spelling is None:
            raise ValueError(f"unknown spelling in {token[0]}")
        text = spelling(self.day(int(token[1])))
        return f"{text} {token[2]}" if token[2] else text
