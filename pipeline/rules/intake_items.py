"""Whether a letter numbers several complaints in its prose: what stands in one of the items holds for no other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from pipeline.rules.intake_defects import names_defect, sentences
from pipeline.rules.intake_lines import labelled

_MARK = re.compile(
    r"(?:^|(?<=[\n:：;；。，,、\s]))\s*(?:[(（]?(?P<digits>\d{1,2})(?:[)）、]|[.．](?!\d))"
    r"|[(（]?(?P<chinese>[一二三四五六七八九十])[)）、]|(?P<ringed>[①-⑩])|第(?P<named>[一二三四五六七八九十])[、，,:：是个])"
)
_CHINESE = "一二三四五六七八九十"
#: Clauses about what is to be done, or was done, with the complaint; a defect they name is no further one.
_NOT_A_COMPLAINT = re.compile(
    r"请|要求|需要?|烦|麻烦|希望|务必|立即|尽快|已|原因|分析|措施|8D|3D|全检|排查|挑选|隔离|围堵|返工|更换|换货|退货|提供|提交|回复"
    r"|未发现|没有|未见|无不良|是否|如果|防止|避免|标准|库存", re.IGNORECASE
)
_SUBJECT_FIELDS = frozenset({"phenomenon", "part_number", "product"})


def complaint_items(text: str, sent: date) -> tuple[tuple[str, ...], str]:
    """The items of a numbered list that seem to be complaints of their own, and the text outside the whole list.

    () unless two items or more each name a defect, or each label a product, part number or defect of their own. An
    item may be no more than a second sign of the same fault: so this is reason to ask a person, never to split.
    """
    items, outside = numbered(text)
    complaints = tuple(item for item in items if names_complaint(item, sent))
    fields = Counter(field for item in items for field in {found.field for found in labelled(item, sent)})
    repeated = {field for field in _SUBJECT_FIELDS if fields[field] > 1}
    if len(complaints) < 2 and repeated:
        complaints = tuple(item for item in items if repeated & {found.field for found in labelled(item, sent)})
    return (complaints, outside) if len(complaints) > 1 else ((), text)


def numbered(text: str) -> tuple[list[str], str]:
    """Items numbered from one on, as many as follow each other, and what stands before and behind them."""
    marks: list[re.Match[str]] = []
    for mark in _MARK.finditer(text):
        if _number(mark) == len(marks) + 1:
            marks.append(mark)
    if len(marks) < 2:
        return [], text
    blank = text.find("\n\n", marks[-1].end())
    end = len(text) if blank < 0 else blank
    ends = [*(mark.start() for mark in marks[1:]), end]
    items = [text[mark.end() : stop].strip() for mark, stop in zip(marks, ends, strict=True)]
    return items, f"{text[: marks[0].start()]}\n{text[end:]}"


def names_complaint(item: str, sent: date) -> bool:
    """Whether a clause of an item, labels and requests aside, names a defect."""
    return any(names_defect(clause) and not asks_or_explains(clause) for clause in _clauses(item, sent))


def asks_or_explains(text: str) -> bool:
    """Whether a text is about what is to be done or was done, or why, so that a defect in it is no complaint."""
    return _NOT_A_COMPLAINT.search(text) is not None


def _number(mark: re.Match[str]) -> int:
    if mark["digits"]:
        return int(mark["digits"])
    if mark["ringed"]:
        return ord(mark["ringed"]) - ord("①") + 1
    return _CHINESE.index(mark["chinese"] or mark["named"]) + 1


def _clauses(item: str, sent: date) -> Iterator[str]:
    """The clauses of an item without those that a label explains, which are read as labelled values."""
    for sentence in sentences(item):
        for clause in re.split(r"[，,]", sentence):
            if not any(True for _ in labelled(clause, sent)):
                yield clause
