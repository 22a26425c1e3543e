"""Days and moments as plant people type them, or as Excel stores them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from schemas.values.clock_text import NoClock, read_clock
from schemas.values.moment import Moment
from schemas.values.numerals import NUMERAL_CHARACTERS, numeral_value
from schemas.values.problem import ValueProblem
from schemas.values.text import clean_text, half_width, plain_text

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_EXCEL_EPOCH = date(1899, 12, 30)  # puts serial 61 on 1900-03-01, past Excel's day 60 that never was
_SERIALS = range(30000, 80000)
_LENGTH_LIMIT = 60
_COMPACT_LENGTHS = {6, 8}  # 260305 and 20260305, which Excel stores as numbers
_AHEAD = 60
_YEARS_BACK, _YEARS_ON = 10, 3  # how far from today a year of two digits may lie

_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}
_MONTH = (r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
          r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)")
_SAME_SIGN = str.maketrans({"\u2236": ":", **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")})
_GAP = r"\s*[-/.。,、\\·]\s*"
_THREE_NUMBERS = re.compile(rf"(\d{{1,4}})(?:{_GAP}|\s*年\s*)(\d{{1,2}})(?:{_GAP}|\s*月\s*)(\d{{1,4}})(?!\d)\s*[日号]?")
_TWO_NUMBERS = re.compile(rf"(\d{{1,2}})(?:{_GAP}|\s*月\s*)(\d{{1,2}})(?![\d:点时年])\s*[日号]?")
_COMPACT = re.compile(r"(\d{14}|\d{12}|\d{8}|\d{6})(?![\d.])")
_SERIAL_TEXT = re.compile(r"\d{5}(?:\.\d+)?")
_ORDINAL = "(?:st|nd|rd|th)?"
_DAY_MONTH = re.compile(
    rf"(\d{{1,2}}){_ORDINAL}[-\s/.]*{_MONTH}(?![a-z])\.?(?:[-\s/.,]*(\d{{4}}|\d{{2}})(?![\d:点时]))?"
)
_MONTH_DAY = re.compile(rf"{_MONTH}(?![a-z])[-\s/.]*(\d{{1,2}}){_ORDINAL}(?!\d)(?:[-\s/.,]+(\d{{4}})(?!\d))?")
_WEEKDAY = re.compile(r"\(?\s*(?:(?:周|星期|礼拜)\s*([一二三四五六日天])|(?<=\()([一二三四五六日天])(?=\)))\s*\)?"
                      r"|\(?\s*(?<![a-z])(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?(?![a-z])[.,]?\s*\)?")
_WEEKDAYS = {**{name: index for index, name in enumerate("一二三四五六日")}, "天": 6,
             **{name: index for index, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}}
_NUMERAL_UNIT = re.compile(rf"([{NUMERAL_CHARACTERS}]+)\s*(?=[年月日号点时分])")
_DUE = re.compile(r"\s*(?:之前|以前|前|截止|止)?\s*(?:完成|关闭)?\s*[。.,;]?$")
_MORE_DAYS = re.compile(r"\s*[-~/.、,和及至到;&+]\s*\d[^:点时]*$")
_VAGUE = re.compile(r"左右|前后|大约|约|上旬|中旬|下旬|[月年]?[底初末]|以后|之后|后|起|或|至|到|~|\d\s*-\s*\d+月")


def parse_moment(value: object, today: date, ahead: int = _AHEAD) -> Moment | None:
    """When something happened or is due: a day, with the time of day where one was typed.

    Reads date cells, Excel serials (also as text), year-first dates with any usual separator, 20260305, 260305,
    Chinese and English month names, and a time after the date; weekdays are checked against the day. A date-time
    cell at midnight is a day, as Excel does not tell the two apart. A day without a year takes the year that brings
    it nearest to ``today`` without lying more than ``ahead`` days after it: what is written down has mostly
    happened. A year of two digits stands first and lies within ten years before and three after ``today``.

    Raises ``ValueProblem`` for impossible or ambiguous dates ("5/3/2026", "3月底") and years outside 2000-2100.
    """
    if isinstance(value, Moment):
        return value
    if isinstance(value, datetime):
        return _stored(value)
    shown = clean_text(value) or ""
    if isinstance(value, date):
        return Moment(_in_range(value, shown))
    if isinstance(value, bool):
        raise _problem(shown, "不是日期")
    if isinstance(value, time | timedelta):
        raise _problem(shown, "没有日期")
    text = plain_text(value)
    if text is None:
        return None
    if isinstance(value, int | float | Decimal) and len(text) not in _COMPACT_LENGTHS:
        return _numbered(Decimal(text), shown)
    if len(text) > _LENGTH_LIMIT:
        raise _problem(shown, "太长,不是日期")
    return _typed(shown, today, ahead)


def parse_day(value: object, today: date, ahead: int = _AHEAD) -> date | None:
    """``parse_moment`` without the time of day."""
    moment = parse_moment(value, today, ahead)
    return None if moment is None else moment.day


def _problem(shown: str, reason: str, example: str = "2026-03-05") -> ValueProblem:
    return ValueProblem(shown, reason, f"请写成 {example}")


def _in_range(day: date, shown: object) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise _problem(str(shown), f"的年份不在 {_FIRST_YEAR}—{_LAST_YEAR} 之间")
    return day


def _stored(value: datetime) -> Moment:
    """A cell's date-time to the minute; Excel's binary fractions end a hair before the second they mean."""
    if not value.microsecond:  # a full second, as nearly all are
        midnight = not (value.hour or value.minute or value.second)
        return Moment(_in_range(value.date(), value), None if midnight else time(value.hour, value.minute))
    try:
        exact = value.replace(tzinfo=None) + timedelta(milliseconds=500)
    except OverflowError:
        exact = value.replace(tzinfo=None)
    clock = exact.time().replace(second=0, microsecond=0)
    midnight = exact.time() < time(0, 0, 1)
    return Moment(_in_range(exact.date(), value), None if midnight else clock)


def _numbered(number: Decimal, shown: str) -> Moment:
    """The moment an Excel serial stands for."""
    if int(number) in _SERIALS:
        days, fraction = divmod(number, 1)
        start = datetime.combine(_EXCEL_EPOCH, time()) + timedelta(days=int(days))
        return _stored(start + timedelta(seconds=round(float(fraction) * 86400)))
    if 0 <= number < 1:
        raise _problem(shown, "没有日期")
    raise _problem(shown, "是数字,看不出是哪一天")


def _day(year: int, month: int, day: int, shown: str) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise _problem(shown, "不是有效日期") from None
    return _in_range(found, shown)


@lru_cache(maxsize=4096)  # a ledger repeats its days, and a pass reads it again and again
def _typed(shown: str, today: date, ahead: int) -> Moment:
    text = " ".join(half_width(shown).casefold().translate(_SAME_SIGN).split())
    return _TypedDate(shown, today, ahead).read(text)


class _TypedDate:
    """One typed date being read: what was typed for messages, and the day it was read on."""

    def __init__(self, shown: str, today: date, ahead: int) -> None:
        self.shown, self.today, self.ahead = shown, today, ahead

    def read(self, text: str) -> Moment:
        """The moment in the folded ``text``."""
        if _SERIAL_TEXT.fullmatch(text):
            return _numbered(Decimal(text), self.shown)
        text, weekday = self._without_weekday(text)
        text = _NUMERAL_UNIT.sub(lambda match: str(numeral_value(match[1])), text)
        text = _DUE.sub("", text).strip()
        day, rest, digits = self._leading_day(text)
        if weekday is not None and day.weekday() != weekday:
            raise _problem(self.shown, f"的日期与星期不符({day} 是星期{'一二三四五六日'[day.weekday()]})", str(day))
        try:
            clock = read_clock(digits or rest.lstrip(" ,.;t-"))
        except NoClock as error:
            if _MORE_DAYS.match(rest):
                raise _problem(self.shown, "不止一个日期", str(day)) from None
            if _VAGUE.search(rest):
                raise _problem(self.shown, "不是确切的一天") from None
            raise _problem(self.shown, str(error), f"{day} 14:20") from None
        return Moment(day, clock)

    def _without_weekday(self, text: str) -> tuple[str, int | None]:
        match = _WEEKDAY.search(text)
        if not match:
            return text, None
        name = match[1] or match[2] or match[3]
        return f"{text[: match.start()]} {text[match.end():]}".strip(), _WEEKDAYS[name]

    def _leading_day(self, text: str) -> tuple[date, str, str]:
        """The day at the start of ``text``, what follows it, and a clock that was glued on as bare digits."""
        if match := _THREE_NUMBERS.match(text):
            return self._three_numbers(match), text[match.end():], ""
        if match := _COMPACT.match(text):
            day, clock = self._compact(match[1])
            return day, text[match.end():], clock
        if match := _DAY_MONTH.match(text):
            return self._named_month(match[2], match[1], match[3]), text[match.end():], ""
        if match := _MONTH_DAY.match(text):
            return self._named_month(match[1], match[2], match[3]), text[match.end():], ""
        if match := _TWO_NUMBERS.match(text):
            return self._without_year(int(match[1]), int(match[2])), text[match.end():], ""
        if _VAGUE.search(text) or re.fullmatch(r"(?:\d{4}\s*[-/.年]\s*)?\d{1,2}\s*月?份?|\d{4}年?", text):
            raise _problem(self.shown, "没有写到具体哪一天")
        raise _problem(self.shown, "看不出是哪一天")

    def _three_numbers(self, match: re.Match[str]) -> date:
        first, month, last = match[1], int(match[2]), match[3]
        if len(first) == 4 and len(last) <= 2:
            return _day(int(first), month, int(last), self.shown)
        if len(first) == 2 and len(last) <= 2 and self._plausible(2000 + int(first)):
            return _day(2000 + int(first), month, int(last), self.shown)
        if len(first) <= 2 and len(last) in {2, 4}:
            year = int(last) if len(last) == 4 else 2000 + int(last)
            raise _problem(self.shown, "的年月日顺序不明", self._year_first(year, int(first), month))
        raise _problem(self.shown, "看不出是哪一天")

    def _year_first(self, year: int, one: int, other: int) -> str:
        readings = dict.fromkeys((f"{year}-{one:02}-{other:02}", f"{year}-{other:02}-{one:02}"))
        return " 或 ".join(text for text in readings if int(text[5:7]) <= 12) or "2026-03-05"

    def _compact(self, digits: str) -> tuple[date, str]:
        if len(digits) == 6:
            if 1 <= int(digits[4:]) <= 12 and self._plausible(int(digits[:4])):
                raise _problem(self.shown, "可能只写了年月")
            if not self._plausible(2000 + int(digits[:2])):
                raise _problem(self.shown, "看不出是哪一天")
            digits = f"20{digits}"
        day = _day(int(digits[:4]), int(digits[4:6]), int(digits[6:8]), self.shown)
        return day, ":".join(re.findall("..", digits[8:]))

    def _named_month(self, name: str, day: str, year: str | None) -> date:
        month = _MONTHS[name[:3]]
        if year is None:
            return self._without_year(month, int(day))
        return _day(int(year) if len(year) == 4 else 2000 + int(year), month, int(day), self.shown)

    def _plausible(self, year: int) -> bool:
        return self.today.year - _YEARS_BACK <= year <= self.today.year + _YEARS_ON

    def _without_year(self, month: int, day: int) -> date:
        latest = self.today.toordinal() + self.ahead
        candidates = []
        for year in (self.today.year - 1, self.today.year, self.today.year + 1):
            try:
                candidate = date(year, month, day)
            except ValueError:  # 02-29 in a common year, or no such day at all
                continue
            if candidate.toordinal() <= latest:
                candidates.append(candidate)
        if not candidates:
            raise _problem(self.shown, "不是有效日期")
        return _in_range(max(candidates), self.shown)
