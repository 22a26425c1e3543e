"""The year of dates typed without one, and days that are spread over columns 年, 月, 日."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from pipeline.ledger import wording
from pipeline.ledger.headings import Confidence, HeadingMap, HeadingPath, Match
from pipeline.ledger.workbook_process import Cell, RawSheet
from schemas.values import Moment, ValueProblem, parse_moment

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)\s*年?")
_HAS_YEAR = re.compile(r"\d{4}|年")
_LONGEST = 24
#: Fields that have happened when they are written down, and fields that may lie ahead.
_HAPPENED = frozenset({"contained_at", "d3_sent", "d5_sent", "d8_sent", "closed"})
_AHEAD = frozenset({"d3_due", "d5_due", "d8_due", "close_due", "customer_agreed_day"})
_BESIDE = _HAPPENED | _AHEAD | {"produced"}
#: Fields of a complaint whose dates get their year here.
DATED = _BESIDE | {"received"}
DAY_PARTS = {"年": "year", "年份": "year", "月": "month", "月份": "month", "日": "day"}


def year_of(sheet: RawSheet, heading_top: int) -> int | None:
    """The one year that the sheet's name, else the texts above its headings, speak of."""
    titles = " ".join(str(value) for row in sheet.cells[:heading_top] for value in row if isinstance(value, str))
    for text in (sheet.name, titles):
        if len(years := set(_YEAR.findall(text))) == 1:
            return int(years.pop())
    return None


class Years:
    """Gives the dates of one complaint row their year: 接诉时间 has happened, the other days follow it.

    ``year`` is the year the sheet is kept for, when it names one.
    """

    def __init__(self, today: date, year: int | None) -> None:
        self._today = today
        self._latest = min(today + timedelta(days=1), date(year, 12, 31)) if year else today + timedelta(days=1)

    def settle(self, values: dict[str, Cell]) -> None:
        """Put the year into the yearless dates of ``values``, by field; what is unclear stays as typed."""
        received = self._moment(values.get("received", ""))
        if received and self.yearless(values["received"]):
            received = self._placed(received, not_after=self._latest) or received
            values["received"] = str(received)
        if received is None:
            return
        for name, value in list(values.items()):
            if name in _BESIDE and self.yearless(value):
                moment = self._moment(value)
                if moment and (found := self._beside(received.day, name, moment)):
                    values[name] = str(found)

    def _beside(self, received: date, name: str, moment: Moment) -> Moment | None:
        if name == "produced":
            return self._placed(moment, not_after=received)
        found = self._placed(moment, not_before=received)
        unhappened = found and name in _HAPPENED and found.day > self._today + timedelta(days=1)
        return None if unhappened else found

    def _moment(self, value: Cell) -> Moment | None:
        try:
            return parse_moment(value, self._today)
        except ValueProblem:
            return None

    @staticmethod
    def yearless(value: Cell) -> bool:
        """Whether a typed text names a day and no year (26.3.5 has one)."""
        if not isinstance(value, str) or len(value) > _LONGEST or _HAS_YEAR.search(value):
            return False
        found = set()
        for today in (date(2012, 6, 15), date(2018, 6, 15)):
            try:
                moment = parse_moment(value, today)
            except ValueProblem:
                return False
            found.add(moment.day.year if moment else 0)
        return len(found) == 2

    @staticmethod
    def _placed(moment: Moment, not_before: date | None = None, not_after: date | None = None) -> Moment | None:
        """The nearest year that keeps the bound."""
        bound = not_before or not_after
        if bound is None:
            return None
        for shift in (0, 1) if not_before else (0, -1):
            try:
                day = moment.day.replace(year=bound.year + shift)
            except ValueError:  # 02-29 in a common year
                continue
            if (not_before and day >= not_before) or (not_after and day <= not_after):
                return Moment(day, moment.clock)
        return None


def day_columns(paths: Mapping[int, HeadingPath], headings: HeadingMap) -> dict[str, int]:
    """Columns 月 and 日 (and 年) that stand together and give the day of receipt; empty when there are none."""
    if "received" in headings.columns:
        return {}
    parts: dict[str, int] = {}
    for column in sorted(paths):
        part = DAY_PARTS.get(wording.plain(paths[column].text))
        if part and column not in headings.confidence:
            parts.setdefault(part, column)
    together = "month" in parts and parts.get("day") == parts["month"] + 1
    if not together:
        return {}
    if parts.get("year", parts["month"] - 1) != parts["month"] - 1:
        del parts["year"]
    return parts


def with_day_columns(headings: HeadingMap, parts: Mapping[str, int]) -> HeadingMap:
    """The heading map with the columns of a spread day read as 接诉时间."""
    if not parts:
        return headings
    spread = {column: Match("received", Confidence.ALIAS, 60.0) for column in parts.values()}
    return HeadingMap({**headings.columns, "received": parts["day"]}, {**headings.confidence, **spread})


def joined_day(sheet: RawSheet, row: int, parts: Mapping[str, int]) -> str:
    """The day of one row as text (2026年3月5日); "" when month or day is missing."""
    found = {}
    for part, column in parts.items():
        digits = re.sub(r"\D", "", re.sub(r"\.0$", "", str(sheet.at(row, column))))
        found[part] = digits
    if not found["month"] or not found["day"]:
        return ""
    year = f"{found['year']}年" if found.get("year") else ""
    return f"{year}{found['month']}月{found['day']}日"
