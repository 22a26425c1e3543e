"""The time of day as plant people type it behind a date: 14:20, 14点20分, 下午2点半, PM 2:20."""

from __future__ import annotations

import re
from datetime import time

_BEFORE_NOON = "上午|早上|早晨|清晨|早|am|a\\.m\\."
_AFTER_NOON = "下午|傍晚|午后|pm|p\\.m\\."
_PERIOD = rf"{_BEFORE_NOON}|{_AFTER_NOON}|中午|晚上|夜里|夜间|晚|凌晨|半夜"
_FRACTIONS = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45, "整": 0}
_CLOCK = re.compile(
    rf"(?P<before>{_PERIOD})?\s*"
    r"(?:(?P<hour>\d{1,2})\s*(?:"
    r":\s*(?P<minute>\d{1,2})(?:\s*:\s*(?P<second>\d{1,2})(?:\.\d+)?)?\s*(?:分|时)?"
    r"|[点时]钟?\s*(?:(?P<minute_word>\d{1,2})\s*分?|(?P<fraction>半|[一1三3]刻|整))?"
    r"))?"
    rf"\s*(?P<after>{_PERIOD})?"
    r"\s*(?P<zone>z|[+-]\d{2}:?\d{2})?"
)
_PLANT_OFFSETS = frozenset({"+08:00", "+0800"})


class NoClock(Exception):
    """The text is no time of day; holds the reason in Chinese for the caller's ``ValueProblem``."""


def read_clock(text: str) -> time | None:
    """The time of day in ``text`` (half-width, lower case, numerals as digits), to the minute.

    ``None`` when there is none, or only a part of the day ("下午"): then the day is all that is known. The same for
    "00:00:00", which is how spreadsheets write out a date without a time; "0:00" is midnight. Raises ``NoClock``.
    """
    if not (match := _CLOCK.fullmatch(text)):
        raise NoClock("中的时间看不懂")
    if match["zone"] and match["zone"] not in _PLANT_OFFSETS:
        raise NoClock("带有其他时区")
    if match["hour"] is None:
        return None
    hour, second = int(match["hour"]), int(match["second"] or 0)
    minute = _FRACTIONS[match["fraction"]] if match["fraction"] else int(match["minute"] or match["minute_word"] or 0)
    if minute > 59 or second > 59:
        raise NoClock("中的时间不存在")
    if match["before"] and match["after"]:
        raise NoClock("中的时间看不懂")
    hour = _in_24_hours(hour, match["before"] or match["after"] or "")
    if match["second"] and not (hour or minute or second):
        return None
    return time(hour, minute)


def _in_24_hours(hour: int, period: str) -> int:
    if hour == 24:
        raise NoClock("中的 24 点应算作次日 0 点")
    if hour > 24:
        raise NoClock("中的时间不存在")
    if not period:
        return hour
    if re.fullmatch(_AFTER_NOON, period):
        fits, shift = 1 <= hour <= 23, 12 if hour < 12 else 0
    elif period == "中午":
        fits, shift = hour in {11, 12, 13, 1, 2}, 12 if hour <= 2 else 0
    elif period in {"晚上", "夜里", "夜间", "晚"}:
        fits, shift = 5 <= hour <= 11 or hour >= 17, 12 if hour < 12 else 0  # "晚上1点" may be either side of midnight
    elif period in {"凌晨", "半夜", "am", "a.m."}:
        fits, shift = hour <= 12, -12 if hour == 12 else 0
    else:
        fits, shift = hour <= 12, 0
    if not fits:
        raise NoClock("中的上下午与钟点不符")
    return hour + shift
