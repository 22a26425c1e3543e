"""How whys, causes, actions and results are worded: what says the same, what blames a person, what is a result."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemas.causes import CauseSetting
from schemas.values.text import half_width, plain_text

_PUNCTUATION = re.compile(r"[\W_]+")
_ASKING = re.compile(
    r"^(?:第?[一二三四五1-9](?:问|why)?[::.、\s]*)?(?:请问)?(?:那么?)?"
    r"(?:是?(?:为什么|为何|为啥|怎么会?|何以|什么原因(?:导致|造成)?(?:了|的)?)|why)(?:会|是)?"
)
_ASKING_LAST = re.compile(r"(?:是?(?:为什么|为何|什么原因)|的?原因是?什么?|呢)?[??\s]*$")
_CLAUSES = re.compile(r"[,,;;。、\n]+|并且|同时|以及|(?<!合)并(?![联行入排案发列])")
#: A question about what did not happen may take its subject from the whole answer: 为什么没有发现.
_ELLIPTIC = ("没", "未", "不", "无", "能", "可以", "会")
_NOT_REPRODUCED = re.compile(r"(?:未|不|没|无法)[^,,。;;]{0,3}[再复]现|无法确认")


def folded(text: str) -> str:
    """``text`` for comparison: half-width, lower case, without blanks and punctuation."""
    return _PUNCTUATION.sub("", half_width(text).casefold())


def asked_about(question: str) -> str:
    """What a question asks about, without 为什么 and the like, folded."""
    plain = half_width(question).casefold()
    return folded(_ASKING_LAST.sub("", _ASKING.sub("", plain, count=1), count=1))


def names_a_subject(question: str) -> bool:
    """Whether a question (as ``asked_about`` gives it) says what it asks about, so that it can be compared."""
    return bool(question) and not question.startswith(_ELLIPTIC)


def likeness(one: str, other: str) -> float:
    """How alike two texts are as wholes, 0–100."""
    from rapidfuzz import fuzz

    return fuzz.ratio(folded(one), folded(other))


def closeness(one: str, others: Iterable[str]) -> float:
    """How far ``one`` is found inside the closest of ``others``, 0–100; a text shorter than ``one`` covers only a part.

    Order of words within ``one`` counts, so that 没有检具 and 检具没有 are close, not equal.
    """
    from rapidfuzz import fuzz

    text = folded(one)
    if not text:
        return 0.0
    found = (other for other in map(folded, others) if other)
    return max((fuzz.partial_ratio(text, other) * min(1.0, len(other) / len(text)) for other in found), default=0.0)


def is_answer(text: str | None) -> bool:
    """Whether a cell answers anything: not blank, 待查, 不详, 无 and the like."""
    return plain_text(text) is not None


def blames_a_person(text: str | None, setting: CauseSetting) -> bool:
    """Whether a cause ends at somebody's error and names nothing in the system that allowed it."""
    plain = half_width(text or "").casefold()
    blamed = any(word.casefold() in plain for word in setting.operator_words)
    return blamed and not any(word.casefold() in plain for word in setting.system_words)


def acts_on_people_only(text: str | None, setting: CauseSetting) -> bool:
    """Whether an action consists of training, admonishing or penalties and changes nothing else.

    Every clause has to speak of people: "更换治具,并培训操作员" changes something.
    """
    clauses = [clause for clause in _CLAUSES.split(half_width(text or "")) if clause.strip()]
    return bool(clauses) and all(any(word in clause for word in setting.people_words) for clause in clauses)


def is_reproduced(conclusion: str | None) -> bool:
    """Whether 故障再现结论 says that the failure was brought about again."""
    plain = plain_text(conclusion) or ""
    return ("再现" in plain or "复现" in plain) and not _NOT_REPRODUCED.search(plain)
