"""Which days a period of review covers (process step 13: per month, quarter, half-year, year)."""

from __future__ import annotations

import calendar
import re
from datetime import date

from schemas.errors import KesuError
from schemas.review import Period

_FORM = re.compile(r"(\d{4})(?:-?([QH])([1-4])|-(\d{1,2}))?", re.IGNORECASE)
_NUMERALS = "一二三四"


class PeriodUnreadable(KesuError):
    """``--period`` is none of the four forms."""

    def __init__(self, text: str) -> None:
        super().__init__(f"期间“{text}”无法识别。请写成 2026-11（月）、2026Q4（季）、2026H2（半年）或 2026（年）。")


def period_of(text: str) -> Period:
    """The period that a person typed; raises ``PeriodUnreadable``."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise PeriodUnreadable(text)
    year, letter, part, month = int(match[1]), (match[2] or "").upper(), match[3], match[4]
    if not letter and month is None:
        return _span(f"{year}", f"{year} 年", year, 1, 12)
    if month is not None:
        if not 1 <= int(month) <= 12:
            raise PeriodUnreadable(text)
        return _span(f"{year}-{int(month):02}", f"{year} 年 {int(month)} 月", year, int(month), 1)
    number = int(part)
    if letter == "Q":
        return _span(f"{year}Q{number}", f"{year} 年第{_NUMERALS[number - 1]}季度", year, 3 * number - 2, 3)
    if number > 2:
        raise PeriodUnreadable(text)
    return _span(f"{year}H{number}", f"{year} 年{'上' if number == 1 else '下'}半年", year, 6 * number - 5, 6)


def _span(name: str, title: str, year: int, month: int, months: int) -> Period:
    last = month + months - 1
    return Period(name, title, date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1]))
