"""Whether a text can stand in a ledger field as it is: the ledger's own reading decides."""

from __future__ import annotations

import re
from datetime import date

from pipeline.rules.intake_days import with_absolute_day
from pipeline.rules.intake_defects import quantities
from pipeline.rules.intake_labels import FIELDS, unit_of
from schemas.cell_value import value_of
from schemas.rows import Complaint
from schemas.values import clean_text
from schemas.values.text import half_width, plain_text
from schemas.values.traditional import simplified

_LONGEST = 400
_TRAILING = re.compile(r"[\s;；,，。.、]+$")
_ID_WITH_SEVERAL = re.compile(r"[/、,，;；]|\s和\s|及")
_PHONE_BEHIND = re.compile(r"(?<=[^\d\s])[\s,，/、]*(?:电话|手机|tel)?[.:：\s]*(?P<phone>[\d+][\d\s-]{6,})$",
                           re.IGNORECASE)
_NOTE_BEHIND = re.compile(r"\s*[(（][^()（）]*[)）]$")
_FURTHER_LABEL = re.compile(r"\d\D*[:：]")
_BARE = re.compile(r"\d[\d,]*(?:\.\d+)?")
#: Units of a heading that change what a bare number below it is; 件 and 元 are what the ledger counts in anyway.
_UNITS = {
    "rate": re.compile(r"%|‰|d?ppm", re.IGNORECASE),
    "quantity": re.compile(r"[千万](?:件|个|只|支|根|套)?|箱|盒|包|袋|托|卷|捆|k?g|吨|米|m|k", re.IGNORECASE),
    "money": re.compile(r"[千万]元?|(?:美|欧|日|港)[元币]|美金|usd|eur|jpy|hkd|[$€]", re.IGNORECASE),
}
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,8}|[A-Za-z][A-Za-z.'-]*(?: [A-Za-z.'-]+){0,3}")
_NO_PERSON = (*"部科室处课厂车线组", "公司", "基地", "集团", "中心")
_DIALLED = re.compile(r"\d[\d-]{6,}")
_ANSWER = re.compile(r"(?P<no>没有?停|未停|不停|没有?影响|没有?|未)|(?P<yes>停了|已停|是|有)")
_IN_ENGLISH = re.compile(r"(?<=[\u4e00-\u9fff])\s*[/(（]?\s*(?P<answer>yes|no)\s*[)）]?$", re.IGNORECASE)
_EMPTY_BOX = re.compile(r"[□☐○〇]")
_TICKED = re.compile(r"(?:(?<![^\s□☐○〇])[☑✓√■●✔☒]\s*([^\W\d_]+)|([^\W\d_]+)\s*[☑✓√■●✔☒](?![^\W\d_]))")
_MEASURED = frozenset({"quantity", "rate", "money", "day", "moment"})
_WITH_GRAMMAR = _MEASURED | {"id", "yes_no"}
#: What stands where the value will be one day: says nothing, not even in words.
_PENDING = re.compile(
    r"(?:[待未]|尚未|暂未|还没|正在|目前)[^\d]{0,12}(?:定|查|确认|统计|清点|盘点|核实|核对|核算|补充|提供|反馈|判定|分析|检|挑选)"
    r"|[^\d]{0,12}(?:[没未]看[清到见]|看不[清到见]|不清楚|不详|不明|后补|补报)[^\d]{0,12}"
    r"|[^\d]{0,8}(?:统计|清点|盘点|确认|核实|核算|排查|全检|挑选|分析|检测|更新)中"
    r"|(?:to be|not yet) [a-z ]{3,30}|t\.?b\.?[acd]\.?|pending|unknown|open|under [a-z ]{3,20}|in progress|n\.?/?a\.?",
    re.IGNORECASE,
)


#: What numbers the complaints of a form (不合格项一, 问题2, Item 3), where a name or a description is asked for.
_ORDINAL = re.compile(
    r"第?(?:不合格|不良|问题|异常|缺陷|投诉|客诉|质量|抱怨)*[项条件点例案]?目?[一二三四五六七八九十①-⑩]|第[一二三四五六七八九十\d]{1,2}[项条件点例案]?"
    r"|(?:不合格|不良|问题|异常|缺陷|投诉|客诉|项目?|质量)+[项条件点例案]?[\dA-E]{1,2}"
    r"|(?:item|issue|case|complaint|problem|defect)\s*(?:no\.?)?\s*[#\dA-E]{1,3}", re.IGNORECASE
)
_COUNTED_UP = re.compile(r"\d{1,2}")
_MAY_COUNT_UP = frozenset({"defects", "lot_size", "daily_usage", "good_stock"})


def is_pending(field: str, text: str) -> bool:
    """Whether a text says nothing of a field: its number, amount or day is not known yet, or it only counts up."""
    typed = _TRAILING.sub("", half_width(text))
    if field not in _MAY_COUNT_UP and _ORDINAL.fullmatch(typed):
        return True
    if field == "phenomenon" and plain_text(typed) is None:
        return True
    if field == "customer_ref" and _COUNTED_UP.fullmatch(typed):
        return True
    return FIELDS[field].kind.name in _WITH_GRAMMAR and _PENDING.fullmatch(typed) is not None


def with_unit(label: str, field: str, text: str) -> str:
    """``text`` with the unit of its label or heading, where a number stands alone and the unit changes what it is."""
    kind, unit = FIELDS[field].kind.name, unit_of(label)
    counts = kind in _UNITS and _BARE.fullmatch(half_width(text)) and _UNITS[kind].fullmatch(unit)
    return f"{half_width(text)}{unit}" if counts else text


def value_under(label: str, field: str, text: str, sent: date, *, shown: bool = True) -> str | None:
    """``readable`` for a value under its label or heading.

    ``shown`` says that the text is what a reader sees; a cell of a workbook holds 0.03 and may show 3%. A share
    that nobody gave a unit, or not for certain, is not read.
    """
    whole = with_unit(label, field, text)
    if FIELDS[field].kind.name == "rate" and _BARE.fullmatch(half_width(text)):
        has_unit, below_one = whole != text, half_width(text).startswith("0")
        if (shown and not has_unit) or (not shown and has_unit and below_one):
            return None
    return readable(field, whole, sent)


def readable(field: str, text: str, sent: date) -> str | None:
    """``text`` as it would be typed into the cell, None when the ledger would not read it for certain.

    Days relative to the mail are written in digits. Several part numbers in one value are not one part number, and
    words without a digit are no identifier for certain.
    """
    kind = FIELDS[field].kind.name
    typed = _TRAILING.sub("", clean_text(text[:_LONGEST]) or "").strip()
    if not typed:
        return None
    if kind in {"day", "moment"}:
        typed = with_absolute_day(typed, sent)
    if kind in _UNITS:
        typed = simplified(typed)
    if kind == "yes_no":
        typed = _in_one_language(_ticked(typed))
    if kind == "id" and _is_no_identifier(field, typed):
        return None
    if field == "reporter":
        typed = _NOTE_BEHIND.sub("", _PHONE_BEHIND.sub("", typed))
        if not _NAME.fullmatch(typed):
            return None
    if field == "reporter_contact" or kind == "yes_no":
        typed = _NOTE_BEHIND.sub("", typed)
    if _holds_more(field, typed):
        return None
    return None if value_of(Complaint, field, typed, sent) is None else typed


def _is_no_identifier(field: str, typed: str) -> bool:
    """Whether words stand where an identifier should, or several part numbers."""
    several = field == "part_number" and (_ID_WITH_SEVERAL.search(typed) or re.search(r"[\u4e00-\u9fff]", typed))
    return bool(several) or says_no_number(field, typed)


def _holds_more(field: str, typed: str) -> bool:
    """Whether a value holds a span of days, or more than the telephone: words and a colon behind one name something
    else, whatever it is."""
    if field == "reporter_contact":
        return _FURTHER_LABEL.search(typed) is not None or len(_DIALLED.findall(typed)) > 1
    return FIELDS[field].kind.name in {"day", "moment"} and "～" in typed


def without_note(field: str, text: str, sent: date) -> str:
    """A number, amount or day without the note in brackets behind it; the one count, or name, among other words.

    "" where that is not what was written. What the note says (累计, 其中两件待确认) may change the value: good for a
    proposal, never for certain.
    """
    if field == "reporter":
        names = [word for word in _PHONE_BEHIND.sub("", text.strip()).split()
                 if _NAME.fullmatch(word) and not word.endswith(_NO_PERSON)]
        return names[0] if len(names) == 1 else ""
    if field == "defects" and (counted := {found.text for found in quantities(text) if found.field == field}):
        return counted.pop() if len(counted) == 1 else ""
    if field == "line_stop" and (answer := _ANSWER.match(simplified(text.strip()))):
        return "否" if answer["no"] else "是"
    if FIELDS[field].kind.name not in _MEASURED or not _NOTE_BEHIND.search(text.strip()):
        return ""
    return readable(field, _NOTE_BEHIND.sub("", text.strip()), sent) or ""


def _ticked(text: str) -> str:
    """The one option that is ticked (□是 √否, 是□ 否■), the text itself where there are no boxes."""
    ticked = [before or behind for before, behind in _TICKED.findall(text)]
    return ticked[0] if len(ticked) == 1 and _EMPTY_BOX.search(text) else text


def _in_one_language(text: str) -> str:
    """A Chinese answer without the English one behind it (无 No); both where they differ."""
    english = _IN_ENGLISH.search(text)
    chinese = text[: english.start()] if english else ""
    agree = english and (chinese in {"是", "有", "要", "需要"}) == (english["answer"].casefold() == "yes")
    return chinese if agree else text


def says_no_number(field: str, text: str) -> bool:
    """Whether a text holds no digit, where the field is a number or an identifier."""
    return FIELDS[field].kind.name in _WITH_GRAMMAR and not any(character.isdecimal() for character in text)


def phone_behind(text: str) -> str:
    """The telephone number written behind a name, "" for none."""
    match = _PHONE_BEHIND.search(_TRAILING.sub("", text.strip()))
    return match["phone"].strip() if match else ""
