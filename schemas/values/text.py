"""Cell values as text: cleaning, blanks, identifiers and lists of people."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from schemas.values.problem import ValueProblem

# Bidi controls can make a file name or a cell read differently from its bytes; zero-width ones break comparison.
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_NONCHARACTER_PLANES = re.compile("[" + "".join(chr(plane * 0x10000 + 0xFFFE + last)
                                                for plane in range(1, 17) for last in (0, 1)) + "\ufdd0-\ufdef]")
_DASHES_ONLY = re.compile(r"[-/\\_\s\u2010-\u2015\u2212\u2500\u30fc\ufe58\uff0d\uff0f\uff3c]+")
_PENDING = frozenset({
    "无", "暂无", "没有", "待定", "未定", "不详", "未知", "待确认", "待查", "待补充", "待填写", "待审核", "未审核",
    "不清楚", "空",
    "n/a", "na", "tbd", "null", "none", "?", "??", "???",
})
_LARGEST_EXPONENT = 307  # a cell holds up to about 1.8e308
_EXACT_DIGITS = 15  # Excel keeps 15 significant digits; of a longer number the last ones are already lost
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_EXPONENT = re.compile(r"\d\.\d+E\+\d+", re.IGNORECASE)
_HAN = r"\u3400-\u9fff"
_BRACKETED = re.compile(r"[(\[【〔「][^()\[\]【】〔〕「」]*[)\]】〕」]")
_BRACKET_LEFT_OPEN = re.compile(r"[(\[【〔「].*$", re.MULTILINE)
_PHONE = re.compile(r"\d[\d-]{4,}")
_TITLE = re.compile(rf"(?<=[{_HAN}]{{2}})(?:工程师|经理|主管|班长|组长|主任|部长|科长)$")
_BETWEEN_PEOPLE = re.compile(r"[、,;/|&+。\n\t\\]+")
_SPACE_AFTER_HAN = re.compile(rf"(?<=[{_HAN}]) +| +(?=[{_HAN}])")


def clean_text(value: object) -> str | None:
    """Any cell value as the text a person sees in the cell; blank and dash-only cells are ``None``.

    Text is NFC, with line breaks as ``\\n`` and without control, bidi or zero-width characters and lone surrogates.
    Numbers show up to 15 significant digits as in Excel (12.0 is "12"); dates are ISO, a date-time at midnight
    counts as a date. "无" stays: in a text column it is an answer. Raises ``ValueProblem`` for what no cell holds.
    """
    text = value if isinstance(value, str) else _as_text(value)
    if not text.isprintable() or "\ufffc" in text or "\ufffd" in text:  # all that is cleaned away, but for these two
        text = _LINE_BREAK.sub("\n", text).replace("\t", " ")
        text = _NONCHARACTER_PLANES.sub("", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", text).strip()
    return None if not text or _DASHES_ONLY.fullmatch(text) else text


def plain_text(value: object) -> str | None:
    """``clean_text`` for values with a grammar: half-width, and words such as 无, 待定, N/A count as blank."""
    text = half_width(clean_text(value) or "")
    return None if not text or text.casefold() in _PENDING or _DASHES_ONLY.fullmatch(text) else text


def half_width(text: str) -> str:
    """``text`` with full-width and other compatibility characters in their plain form (NFKC), outer blanks off."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def parse_id(value: object) -> str | None:
    """An identifier (complaint, part, order number) as one line of half-width text, leading zeros kept.

    Numbers lose the ".0" Excel gives them; runs of blanks become one (part numbers may hold blanks), none stay
    around hyphens, and typographic hyphens become "-". Raises ``ValueProblem`` where Excel has already lost digits.
    """
    if isinstance(value, bool | date | time | timedelta):
        raise ValueProblem(_as_text(value), "不是编号", "请将单元格设为文本格式后重新输入编号")
    text = plain_text(value)
    if text is None:
        return None
    typed = " ".join(text.translate(_HYPHENS).split())
    typed = re.sub(r" ?- ?", "-", typed)
    number_too_long = isinstance(value, int | float) and len(typed.strip("-").split(".")[0]) > _EXACT_DIGITS
    if number_too_long or _EXPONENT.fullmatch(typed):
        raise ValueProblem(typed, "超过 15 位,Excel 已丢失末尾数字", "请将单元格设为文本格式后重新输入完整编号")
    return typed


def parse_people(value: object) -> tuple[str, ...]:
    """Names in the order typed, without duplicates, phone numbers, titles and what stands in brackets.

    Separators: 、 , ; / | & + line break, and a blank beside a Chinese character; "张 三" (a two-character name
    spread for looks) is one person, and so is "John Smith". Dates and times raise ``ValueProblem``.
    """
    if isinstance(value, bool | date | time | timedelta):
        raise ValueProblem(_as_text(value), "不是姓名", "请填写姓名,多人用顿号分开,如 张三、李四")
    text = plain_text(value)
    if text is None:
        return ()
    previous = None
    while previous != text:  # brackets inside brackets, innermost first
        previous, text = text, _BRACKETED.sub(" ", text)
    text = _PHONE.sub(" ", _BRACKET_LEFT_OPEN.sub("", text))
    names: dict[str, None] = {}
    for part in _BETWEEN_PEOPLE.split(text):
        for name in _names_apart(part):
            if name and not _DASHES_ONLY.fullmatch(name) and name.casefold() not in _PENDING:
                names[name] = None
    return tuple(names)


def _names_apart(part: str) -> list[str]:
    names: list[str] = []
    single_before = False
    for name in _SPACE_AFTER_HAN.split(" ".join(part.split())):
        cleaned = _TITLE.sub("", name.strip(" @.:·"))
        single = len(cleaned) == 1
        if single and single_before:
            names[-1] += cleaned
            single = False
        elif cleaned:
            names.append(cleaned)
        single_before = single
    return names


def _as_text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return str(value)
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return _float_text(value)
        case int() | Decimal():
            return _number_text(Decimal(value))
        case date() | time() | timedelta():
            return _calendar_text(value)
        case _:
            raise ValueProblem(type(value).__name__, "是无法识别的单元格内容", "请改为文字、数字或日期")


def _float_text(value: float) -> str:
    """``_number_text`` of what spreadsheets hold; the shortest form of a float is exact where it has few digits."""
    shown = repr(value)
    if len(shown) > _EXACT_DIGITS or "e" in shown or "n" in shown:  # an exponent, nan or inf
        return _number_text(Decimal(value))
    return "0" if value == 0 else shown.removesuffix(".0")


def _number_text(value: Decimal) -> str:
    if value.is_nan():  # how some readers hand over an empty cell
        return ""
    if not value.is_finite() or value.adjusted() > _LARGEST_EXPONENT:
        raise ValueProblem("数字", "超出单元格能保存的范围", "请重新输入")
    if value == value.to_integral_value():
        return str(int(value))  # a whole number beyond 15 digits was typed as text somewhere: keep every digit
    text = format(Decimal(format(value, ".15g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _calendar_text(value: date | time | timedelta) -> str:
    if isinstance(value, timedelta):
        return _duration_text(value)
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    if not isinstance(value, datetime):
        return value.isoformat()
    if not (value.hour or value.minute or value.second or value.microsecond):
        return value.date().isoformat()
    return value.replace(tzinfo=None).isoformat(" ", "seconds" if value.second else "minutes")


def _duration_text(value: timedelta) -> str:
    seconds = abs(value) // timedelta(seconds=1)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
    return f"-{text}" if value < timedelta() else text
