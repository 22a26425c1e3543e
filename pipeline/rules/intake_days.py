"""Days and times as letters say them: relative to the mail, or in digits inside a sentence."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_RELATIVE = {
    "今天": 0, "今日": 0, "今早": 0, "今晨": 0, "今晚": 0, "当天": 0, "当日": 0, "昨天": -1, "昨日": -1, "昨晚": -1,
    "昨夜": -1, "前天": -2, "前日": -2, "明天": 1, "明日": 1, "明早": 1, "后天": 2, "后日": 2,
}
_WORDS = "|".join(sorted(_RELATIVE, key=len, reverse=True))
_WEEKDAY = r"(?P<week>本|这|上|下)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
_DIGITS = (r"(?:(?P<year>20\d\d)\s*[-/.年]\s*)?(?P<month>1[0-2]|0?[1-9])\s*[-/.月]\s*"
           r"(?P<day>3[01]|[12]\d|0?[1-9])\s*[日号]?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = ("(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
          "|nov(?:ember)?|dec(?:ember)?)")
_ENGLISH = (rf"(?<![a-z])(?P<month_first>{_NAMED})\.?\s*(?P<day_behind>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d%])"
            rf"(?:,?\s*(?P<year_behind>20\d\d))?"
            rf"|(?<![\d.-])(?P<day_before>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:\s+of)?[\s-]*"
            rf"(?P<month_behind>{_NAMED})(?![a-z])\.?(?:[\s,-]*(?P<year_last>20\d\d))?")
_OF_MONTH = r"(?P<of>本|这个?|上个?|下个?)月\s*(?P<date>3[01]|[12]\d|0?[1-9])\s*[日号]|(?P<end>本?月(?:底|末))"
DAY = re.compile(
    rf"(?P<word>{_WORDS})|{_WEEKDAY}|{_OF_MONTH}|(?<![\d.-]){_DIGITS}(?![\d%]|\.\d)|{_ENGLISH}", re.IGNORECASE
)


def relative_day(text: str, sent: date) -> date | None:
    """The day that ``text`` (a whole value) names relative to the day of the mail; None when it names none."""
    word = next((known for known in _RELATIVE if text.strip().startswith(known)), None)
    return sent + timedelta(days=_RELATIVE[word]) if word else None


def with_absolute_day(text: str, sent: date) -> str:
    """``text`` with a relative day at its start written in digits, what follows (a time of day) kept."""
    day = relative_day(text, sent)
    if day is None:
        return text
    word = next(known for known in _RELATIVE if text.strip().startswith(known))
    rest = text.strip().removeprefix(word).strip()
    part = "早上" if word in {"今早", "明早", "今晨"} else "晚上" if word in {"今晚", "昨晚", "昨夜"} else ""
    if part and not rest.startswith("上午"):
        rest = rest.removeprefix("上")  # 今早上8点
    spoken = part if rest and not rest.startswith(("上", "下", "早", "晚")) else ""
    return f"{day.isoformat()} {spoken}{rest}".strip()


def day_in(match: re.Match[str], sent: date) -> date | None:
    """The day of a match of ``DAY``: a weekday without 上/下 is the coming one, a day without a year the nearest."""
    if word := match["word"]:
        return sent + timedelta(days=_RELATIVE[word])
    if weekday := match["weekday"]:
        monday = sent - timedelta(days=sent.weekday())
        wanted = "一二三四五六日".find("日" if weekday == "天" else weekday)
        offset = {"上": -7, "下": 7}.get(match["week"] or "", 0)
        day = monday + timedelta(days=wanted + offset)
        return day + timedelta(days=7) if not match["week"] and day < sent else day
    if match["end"]:
        return date(sent.year, sent.month, monthrange(sent.year, sent.month)[1])
    if of := match["of"]:
        months = sent.year * 12 + sent.month - 1 + {"上": -1, "下": 1}.get(of[0], 0)
        year, month = divmod(months, 12)
        number = int(match["date"])
        return date(year, month + 1, number) if number <= monthrange(year, month + 1)[1] else None
    if name := match["month_first"] or match["month_behind"]:
        month = _MONTHS.index(name[:3].casefold()) + 1
        day_of_month = int(match["day_behind"] or match["day_before"])
        return _nearest(match["year_behind"] or match["year_last"], month, day_of_month, sent)
    return _nearest(match["year"], int(match["month"]), int(match["day"]), sent)


def _nearest(typed_year: str | None, month: int, day: int, sent: date) -> date | None:
    years = [int(typed_year)] if typed_year else [sent.year - 1, sent.year, sent.year + 1]
    candidates = []
    for year in years:
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    return min(candidates, key=lambda candidate: abs((candidate - sent).days), default=None)
