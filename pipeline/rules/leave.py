"""Who is away on a day, as 请假起止 in 通讯录 tells it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from schemas.rows import Contact

_DATE = re.compile(
    r"(?<!\d)(?:(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?|(\d{4})(\d{2})(\d{2}))(?!\d)"
)
_TO = r"(?:[-~\u2010-\u2015\u2212\u301c]+|至|到)"
_LAST_DAY_ONLY = re.compile(rf"\s*{_TO}\s*(\d{{1,2}})\s*[日号]?(?!\d)")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)")
_OPEN_END = re.compile(rf"\s*(?:{_TO}|起|开始)\s*(?:今|待定|未定|另行通知)?\s*")
_BESIDE = re.compile(
    rf"{_TO}|[\s:;,、()]|请假|年假|病假|事假|婚假|产假|探亲假|调休|休假|出差|自|从|起|止|上午|下午|全天"
)
_NEXT_PERIOD = re.compile(r"[;,、\n]|和|及")


@dataclass(frozen=True, slots=True)
class Leave:
    """One period away, both days included; ``date.max`` when no end was typed."""

    first: date
    last: date

    def __str__(self) -> str:
        end = "未写止期" if self.last == date.max else f"{self.last:%m-%d}"
        return f"{self.first:%m-%d} 至 {end}" if self.first != self.last else f"{self.first:%m-%d}"


def _dated(match: re.Match[str], near: date, not_before: date = date.min) -> date | None:
    """The day meant; without a year the one nearest to ``near`` that is not earlier than ``not_before``."""
    year, month, day = (match[1] or match[4]), int(match[2] or match[5]), int(match[3] or match[6])
    found = []
    for candidate in (int(year),) if year else (near.year - 1, near.year, near.year + 1):
        try:
            found.append(date(candidate, month, day))
        except ValueError:  # 02-30, or 02-29 in a common year
            continue
    possible = (candidate for candidate in found if candidate >= not_before)
    return min(possible, key=lambda candidate: abs(candidate - near), default=None)


def _last(first: date, dates: list[re.Match[str]], rest: str) -> date | None:
    """The last day of the period whose ``rest`` follows its first date; None when it cannot be read."""
    if len(dates) == 2:
        return _dated(dates[1], near=first, not_before=first)
    if shortened := _LAST_DAY_ONLY.fullmatch(rest):
        try:
            return first.replace(day=int(shortened[1]))
        except ValueError:  # 11-20~31
            return None
    if _OPEN_END.fullmatch(rest):
        return date.max
    return first if not _BESIDE.sub("", rest) else None


def _period(text: str, near: date) -> Leave | None:
    dates = list(_DATE.finditer(text))
    if not dates:
        return None
    rest = text[dates[0].end():]
    between = text[dates[0].end(): dates[1].start()] + text[dates[1].end():] if len(dates) == 2 else ""
    if _BESIDE.sub("", text[: dates[0].start()] + between):
        return None  # a word that may say the opposite, such as 已销假
    first = _dated(dates[0], near)
    last = _last(first, dates, rest) if first else None
    return Leave(first, last) if first and last and first <= last else None


def leave_periods(typed: str | None, near: date) -> tuple[Leave, ...] | None:
    """The periods typed, e.g. "2026-11-20~2026-11-25", "11/20-11/25", "2026.11.20 至 11.25", "11月20日-25日".

    A first day without a year is the one nearest to ``near``; several periods are parted by ; or 、. Half days count
    as whole ones. () when blank, None when it cannot be read: then nobody is taken to be away.
    """
    text = _CLOCK.sub(" ", unicodedata.normalize("NFKC", typed or "")).strip()
    if text in {"无", "-", "否", "没有"}:
        return ()
    periods = []
    for part in _NEXT_PERIOD.split(text):
        if part.strip():
            period = _period(part.strip(), near)
            if period is None:
                return None
            periods.append(period)
    return tuple(periods)


def leave_on(contact: Contact, day: date) -> Leave | None:
    """The period of leave that covers ``day``, None when the contact is there or the cell cannot be read."""
    covering = (period for period in leave_periods(contact.leave, day) or () if period.first <= day <= period.last)
    return next(covering, None)


def is_leave_unreadable(contact: Contact, day: date) -> bool:
    """Whether 请假起止 holds something that cannot be read."""
    return leave_periods(contact.leave, day) is None
