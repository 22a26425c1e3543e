"""Which ledger field a label of a letter, or the heading of a table's column, names, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from pipeline.rules.intake_words import CARRIERS, LOOSE, MORE, NOT_FROM_MAIL, NOT_IN_LETTERS, OTHER_LABELS, TABLE_ONLY
from schemas.columns import SheetField
from schemas.rows import Complaint
from schemas.values.text import half_width
from schemas.values.traditional import simplified

_ITEM = re.compile(
    r"^\s*(?:[(（\[【]?(?:\d{1,2}|[一二三四五六七八九十]{1,2}|[a-z])[)）\].】、．]+)?[\s\-•·●▪■◆*※>]*", re.IGNORECASE
)
_UNIT = re.compile(r"(?:[(（]([^()（）]{0,8})[)）]|(?<=.)[/／]?([%‰％]))$")
_PUNCTUATION = str.maketrans("", "", "._")
_BETWEEN_NAMES = re.compile(r"\s*[/／|｜]\s*")
#: A Chinese name beside the English one, with nothing between them.
_LANGUAGES = re.compile(r"(?<=[\u4e00-\u9fff])\s*[(（]?(?=[A-Za-z])|(?<=[A-Za-z.])[)）]?\s*(?=[\u4e00-\u9fff])")
#: One cell for both: 件号/名称, 零件图号及名称.
_NUMBER_AND_NAME = re.compile(
    r"(?:产品|零件|部件|零部件|物料)?(?:图号|件号|料号|零件号|编号)[/、及和与](?:产品|零件|部件|物料)?(?:名称|品名)"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NO_NAME = re.compile(r"(?<!D)\d(?!D)|[:：]", re.IGNORECASE)  # 8D and D3 are names


def folded(label: str) -> str:
    """A label as it is compared: half-width, simplified, without numbering, brackets, blanks and units."""
    text = simplified(half_width(label).casefold())
    text = _UNIT.sub("", text.strip(" *【】[]「」『』:：").strip())
    return "".join(text.split())


def unit_of(label: str) -> str:
    """The unit that stands behind a label or heading, as in 不良率(%); "" for none."""
    match = _UNIT.search(half_width(label).casefold().strip(" *【】[]「」『』:："))
    named = (match[1] or match[2] or "").strip() if match else ""
    return named or ("ppm" if folded(label).endswith("ppm") else "")


def _key(label: str) -> str:
    return folded(label).translate(_PUNCTUATION)


FIELDS: dict[str, SheetField] = {field.name: field for field in Complaint.fields()}


def _vocabulary() -> dict[str, str]:
    words: dict[str, str] = {}
    banned = {_key(word) for word in NOT_IN_LETTERS}
    for name, field in FIELDS.items():
        if name in NOT_FROM_MAIL:
            continue
        for word in (field.column.heading, *field.column.aliases, *MORE.get(name, ())):
            key = _key(word)
            if key not in banned and key not in _LOOSE:
                words.setdefault(key, name)
    return words


def _keyed(words: Mapping[str, str]) -> dict[str, str]:
    return {_key(word): field for word, field in words.items()}


_LOOSE, _TABLE_ONLY = _keyed(LOOSE), _keyed(TABLE_ONLY)
_WORDS = _vocabulary()
_OTHER_LABELS = frozenset(_key(word) for word in (*NOT_IN_LETTERS, *TABLE_ONLY, *OTHER_LABELS, *CARRIERS, *(
    word for name in NOT_FROM_MAIL for word in (FIELDS[name].column.heading, *FIELDS[name].column.aliases)
)))
_CARRIERS = frozenset(map(_key, CARRIERS))
_LONGEST = max(len(word) for word in (*_WORDS, *_LOOSE))


@lru_cache(maxsize=4096)  # a letter repeats its labels, and is asked about each line several times
def field_of_label(label: str) -> tuple[str, bool] | None:
    """(field, whether the label leaves no choice) of a line's label; None for words that name no field."""
    if len(label) > 2 * _LONGEST:
        return None
    bare = _ITEM.sub("", label, count=1)
    return _named(bare) or _named(label) or _in_two_languages(bare)


def fields_of_pair(label: str) -> tuple[str, str] | None:
    """The two fields that a label such as 不良数/检查数 names for a value of two numbers; None for any other label."""
    names = _BETWEEN_NAMES.split(_without_translation(_ITEM.sub("", label, count=1)))
    if len(names) != 2 or _named(label):
        return None
    first, second = _named(names[0]), _named(names[1])
    return (first[0], second[0]) if first and second and first[0] != second[0] else None


def _without_translation(label: str) -> str:
    """The Chinese name of a label that has an English one beside it: 缺陷数/检查数 NG/Checked."""
    names = _LANGUAGES.split(label)
    chinese = [name for name in names if _HAN.search(name)]
    return chinese[0] if len(names) == 2 and len(chinese) == 1 else label


def _named(label: str) -> tuple[str, bool] | None:
    key = _key(label)
    if key in _WORDS:
        return _WORDS[key], True
    if _NUMBER_AND_NAME.fullmatch(key):
        return "part_number", True
    return (_LOOSE[key], False) if key in _LOOSE else None


def _in_two_languages(label: str) -> tuple[str, bool] | None:
    """The field of 到货数量 / Delivered Qty or 零件号Part No.: the Chinese name decides, if not contradicted.

    Of a Chinese name that is not known the English one beside it is only a guess.
    """
    apart = _BETWEEN_NAMES.split(label)
    names = apart if len(apart) == 2 else _LANGUAGES.split(label)
    chinese = [name for name in names if _HAN.search(name)]
    if len(names) != 2 or len(chinese) != 1 or _NO_NAME.search(label):
        return None
    ours = _named(chinese[0])
    if ours is None and _key(chinese[0]) in _OTHER_LABELS:
        return None
    theirs = _named(next(name for name in names if name not in chinese))
    if ours and theirs and ours[0] != theirs[0]:
        return None
    return ours or ((theirs[0], False) if theirs and names is apart else None)


def field_of_heading(heading: str) -> tuple[str, bool] | None:
    """The same for a column of a table, whose words may be shorter since their neighbours explain them."""
    found = field_of_label(heading)
    if found is not None:
        return found[0], True
    name = _TABLE_ONLY.get(_key(heading), "")
    return (name, True) if name else None


def of_carrier(label: str) -> bool:
    """Whether a label names who receives or carries goods, or where they go."""
    return _key(without_item_number(label)) in _CARRIERS


@lru_cache(maxsize=4096)
def is_label(text: str) -> bool:
    """Whether a text is a label at all, be it of a field that letters do not decide."""
    if len(text) > 2 * _LONGEST:
        return False
    return field_of_label(text) is not None or fields_of_pair(text) is not None or _key(text) in _OTHER_LABELS


def without_item_number(line: str) -> str:
    """A line without the numbering or bullet in front."""
    return _ITEM.sub("", line, count=1)
