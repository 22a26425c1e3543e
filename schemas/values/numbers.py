"""Quantities, rates and amounts of money as plant people type them."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal

from schemas.values.numerals import NUMERAL_CHARACTERS, numeral_value
from schemas.values.problem import ValueProblem
from schemas.values.text import clean_text, plain_text

_PIECES = "件|个|只|支|根|套|台|条|片|块|枚|pieces|piece|pcs|pc|ea|sets|set"
_PACKS = "箱|盒|包|袋|托|托盘|板|卷|捆|批|车|筐|桶|米|m|kg|公斤|千克|吨|g|克|升|l"
_VAGUE = re.compile(r"约|大概|大约|左右|上下|以上|以下|不到|超过|至少|多|余|几|近|[+~±<>≥≤≈]")
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|-?\.\d+")
_AMOUNT = rf"(?P<number>(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?|[{NUMERAL_CHARACTERS}]+)"
_SCALED = rf"{_AMOUNT}\s*(?P<scale>[万千w]?)"
_QUANTITY = re.compile(rf"(?:共|共计|合计|总计|计)?\s*{_SCALED}\s*(?P<unit>[a-z\u4e00-\u9fff]*)\.?")
_PLACE_BEHIND = re.compile(r"\s*[(\[【](?:在)?(?:客户|现场|厂内|产线|线上|售后|仓库|库存|在途|主机厂)[端处]?[)\]】]$")
_PIECE_UNIT, _PACK_UNIT = re.compile(_PIECES), re.compile(_PACKS)
_RATIO = re.compile(rf"(\d[\d,]*(?:\.\d+)?)\s*(?:{_PIECES})?\s*/\s*(\d[\d,]*(?:\.\d+)?)\s*(?:{_PIECES})?")
_SHARE = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(%|‰|d?ppm)")
_WORDED_SHARE = re.compile(rf"(百|千|万|百万)分之\s*(\d+(?:\.\d+)?|[{NUMERAL_CHARACTERS}]+)")
_BASE = {"%": 100, "‰": 1000, "ppm": 10**6, "dppm": 10**6, "百": 100, "千": 1000, "万": 10**4, "百万": 10**6}
_YUAN = "¥|rmb|cny|人民币"
_MONEY = re.compile(rf"(?:{_YUAN}|共|共计|合计)*\s*{_SCALED}\s*(?:元整|元|块|圆|{_YUAN})?")
_FOREIGN = re.compile(r"\$|€|£|usd|eur|jpy|hkd|gbp|美元|美金|欧元|日元|港币|英镑")
_SCALE = {"": 1, "千": 10**3, "万": 10**4, "w": 10**4}
_QUANTITY_LIMIT, _MONEY_LIMIT = 10**9, 10**12
_SURELY_BELOW_ONE = 0.999  # whatever rounding does
_LENGTH_LIMIT = 40  # nobody types a longer number; keeps arithmetic small

_ASK_QUANTITY = "请只写件数,如 50"
_ASK_RATE = "请写成 3%、3/1000 或 3000PPM 这样的比率"
_ASK_MONEY = "请写成人民币元的金额,如 1200 或 1.2万元"


def parse_quantity(value: object) -> int | None:
    """A whole number of pieces: 50, "50件", "1,200 PCS", "1.2万". Raises ``ValueProblem``.

    Pack, length and weight units, estimates ("约50", "50+"), fractions, rates and negative numbers are problems,
    for the rules compare exact numbers of pieces.
    """
    if type(value) is float and 0 <= value <= _QUANTITY_LIMIT and value.is_integer():
        return int(value)  # as nearly all cells hold it
    typed = _typed(value, "数量", _ASK_QUANTITY)
    if typed is None:
        return None
    number = typed if isinstance(typed, Decimal) else _quantity_in(typed)
    shown = clean_text(value) or ""
    if number < 0:
        raise ValueProblem(shown, "是负数,不能作为数量", _ASK_QUANTITY)
    if number != number.to_integral_value():
        raise ValueProblem(shown, "不是整数,不能作为件数", _ASK_QUANTITY)
    if number > _QUANTITY_LIMIT:
        raise ValueProblem(shown, "数量过大", "请核对后重新填写件数")
    return int(number)


def parse_rate(value: object) -> float | None:
    """A share from 0 to 1: 0.03, "3%", "3‰", "3/1000", "3000PPM", "百分之三". Raises ``ValueProblem``.

    A number above 1 without a unit is a problem. So is exactly 1: a cell formatted as a percentage holds 1 for
    100 %, a plain cell holds 1 where somebody means 1 %, and the two differ a hundredfold; text "100%" is clear.
    """
    if type(value) is float and 0 <= value < _SURELY_BELOW_ONE:
        return float(clean_text(value) or 0)  # rounded as below
    typed = _typed(value, "比率", _ASK_RATE)
    if typed is None:
        return None
    shown = clean_text(value) or ""
    bare = typed if isinstance(typed, Decimal) else _bare_number(typed)
    share = _share_in(str(typed)) if bare is None else bare
    if share < 0:
        raise ValueProblem(shown, "是负数,不能作为比率", _ASK_RATE)
    if bare == 1:
        raise ValueProblem(shown, "分不清是 1% 还是 100%", "请将单元格设为文本格式后写成 1% 或 100%")
    if bare is not None and bare > 1:
        remedy = f"请写成 {shown}%(百分比)或 {shown}PPM" if bare <= 100 else _ASK_RATE
        raise ValueProblem(shown, "没有单位,看不出是百分比还是 PPM", remedy)
    if share > 1:
        raise ValueProblem(shown, "大于 100%,不能作为比率", _ASK_RATE)
    return float(share)


def parse_money(value: object) -> float | None:
    """Yuan: 1200, "¥1,200.50", "1.2万元", "3000 RMB". Raises ``ValueProblem``, also for foreign currencies."""
    if type(value) is float and 0 <= value <= _MONEY_LIMIT:
        return float(clean_text(value) or 0)  # rounded as below
    typed = _typed(value, "金额", _ASK_MONEY)
    if typed is None:
        return None
    shown = clean_text(value) or ""
    number = typed if isinstance(typed, Decimal) else _money_in(typed)
    if number < 0:
        raise ValueProblem(shown, "是负数,不能作为费用金额", _ASK_MONEY)
    if number > _MONEY_LIMIT:
        raise ValueProblem(shown, "金额过大", "请核对后重新填写")
    return float(number)


def _typed(value: object, what: str, remedy: str) -> Decimal | str | None:
    """The cell's number, or its folded text, or ``None`` when blank."""
    if isinstance(value, bool):
        raise ValueProblem(clean_text(value) or "", f"不是{what}", remedy)
    if isinstance(value, date | time | timedelta):
        raise ValueProblem(clean_text(value) or "", f"是日期或时间,不是{what}", f"请将单元格设为常规格式,{remedy}")
    text = plain_text(value)
    if text is None:
        return None
    if isinstance(value, int | float | Decimal):
        return Decimal(text)  # rounded to Excel's 15 digits, so 0.1 + 0.2 is 0.3
    if len(text) > _LENGTH_LIMIT:
        raise ValueProblem(text, f"太长,不是{what}", remedy)
    return " ".join(text.casefold().split())


def _bare_number(text: str) -> Decimal | None:
    return Decimal(text.replace(",", "")) if _NUMBER.fullmatch(text) and text.isascii() else None


def _amount(match: re.Match[str]) -> Decimal:
    digits = match["number"].replace(",", "")
    number = Decimal(digits) if digits[0].isdecimal() else Decimal(numeral_value(digits))
    return number * _SCALE[match["scale"]]


def _quantity_in(text: str) -> Decimal:
    bare = _bare_number(text)
    if bare is not None:
        return bare
    if _VAGUE.search(text):
        raise ValueProblem(text, "是约数", "请写确切的件数,如 50")
    text = _PLACE_BEHIND.sub("", text)
    if "%" in text or "‰" in text or "ppm" in text or _RATIO.fullmatch(text):
        raise ValueProblem(text, "看起来是比率,不是数量", "请在此填件数,比率填到不良率一栏")
    if not (match := _QUANTITY.fullmatch(text)):
        raise ValueProblem(text, "不能读作数量", _ASK_QUANTITY)
    unit = match["unit"]
    if _PACK_UNIT.fullmatch(unit):
        raise ValueProblem(text, f"的单位是“{unit}”,不是件数", "请换算成件数后填写,如 50")
    if unit and not _PIECE_UNIT.fullmatch(unit):
        raise ValueProblem(text, f"中的“{unit}”不是认识的数量单位", _ASK_QUANTITY)
    return _amount(match)


def _share_in(text: str) -> Decimal:
    if _VAGUE.search(text):
        raise ValueProblem(text, "是约数", "请写确切的比率,如 3%")
    if match := _SHARE.fullmatch(text):
        return _decimal(match[1]) / _BASE[match[2]]
    if match := _WORDED_SHARE.fullmatch(text):
        part = Decimal(match[2]) if match[2][0].isdecimal() else Decimal(numeral_value(match[2]))
        return part / _BASE[match[1]]
    if match := _RATIO.fullmatch(text):
        part, whole = _decimal(match[1]), _decimal(match[2])
        if whole == 0:
            raise ValueProblem(text, "的分母是 0", _ASK_RATE)
        return part / whole
    raise ValueProblem(text, "不能读作比率", _ASK_RATE)


def _money_in(text: str) -> Decimal:
    bare = _bare_number(text)
    if bare is not None:
        return bare
    if _VAGUE.search(text):
        raise ValueProblem(text, "是约数", "请写确切的金额,如 1200")
    if _FOREIGN.search(text):
        raise ValueProblem(text, "不是人民币", "请折算成人民币元后填写,如 1200")
    if not (match := _MONEY.fullmatch(text)):
        raise ValueProblem(text, "不能读作金额", _ASK_MONEY)
    return _amount(match)


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))
