"""Chinese numerals as they occur beside a unit: 三, 十五, 二十一, 两百, 二〇二六."""

from __future__ import annotations

NUMERAL_CHARACTERS = "〇零一二两三四五六七八九十百千"

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def numeral_value(text: str) -> int:
    """The value of ``text``, which holds only ``NUMERAL_CHARACTERS``; digits without units read as places."""
    if not any(character in _UNITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total = digit = 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit
