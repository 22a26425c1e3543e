"""Answers written behind the questions of a mail of ours: 坏了几件，一共挑了多少？——6件，挑了480件."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pipeline.rules.intake_days import DAY, day_in
from pipeline.rules.intake_defects import plain
from pipeline.rules.intake_labels import without_item_number
from pipeline.rules.intake_value import without_note
from schemas.intake import Found

_ANSWERED = re.compile(r"^(?P<asked>[^?？]{2,60})[?？]\s*(?:[-—–:：→=]+|(?:答|A)\s*[:：])\s*(?P<answer>\S.*)$")
_WHEN = "(?:什么时候|何时|几号|哪天|when)"
#: What a question asks for; the first that fits.
_TOPICS = tuple((field, re.compile(pattern, re.IGNORECASE)) for field, pattern in (
    ("d3_due", rf"(?:D3|3D|围堵|临时措施).*{_WHEN}"),
    ("d8_due", rf"8D.*{_WHEN}"),
    ("line_stop", "停线|停产"),
    ("lot", "批次|批号|lot|batch"),
    ("lot_size", "(?:挑选?|检查?|查|抽|投入|来料|到货)了?(?:几|多少)|how many .*(?:checked|inspected|delivered)"),
    ("defects", "(?:坏|不良|不合格|缺陷|有问题的?)了?(?:几|多少)|how many"),
    ("phenomenon", "什么(?:问题|现象|不良|故障|毛病)|what is (?:wrong|the problem)"),
))
_BETWEEN = re.compile(r"[，,、;；]")
_LOT = re.compile(r"(?<![A-Za-z0-9-])(?=[A-Za-z-]*\d)[A-Za-z0-9][A-Za-z0-9-]{4,24}(?![A-Za-z0-9-])")
_COUNT = re.compile(r"\d[\d,]*")


def answered(text: str, sent: date) -> Iterator[Found]:
    """What answers on the line of their question say, each for what is asked; never certain.

    Of several questions in one line each has to have its own answer, or nobody can tell which is which.
    """
    for line in text.split("\n"):
        match = _answer(line)
        if match is None:
            continue
        asked = [_topic(question) for question in _BETWEEN.split(plain(match["asked"]))]
        answers = [match["answer"]] if len(asked) == 1 else _BETWEEN.split(match["answer"])
        for field, answer in zip(asked, answers, strict=True) if len(asked) == len(answers) else ():
            value = _value(field, answer.strip(), sent)
            if value:
                yield Found(field, value, line.strip()[:120], "正文", certain=False)


def without_answers(text: str) -> str:
    """A text without the lines that answer questions: all are about one complaint, however they are numbered."""
    return "\n".join(line for line in text.split("\n") if _answer(line) is None)


def _answer(line: str) -> re.Match[str] | None:
    return _ANSWERED.match(without_item_number(line).strip())


def _topic(question: str) -> str:
    return next((field for field, pattern in _TOPICS if pattern.search(question)), "")


def _value(field: str, answer: str, sent: date) -> str:
    """The one value of its kind that an answer holds, "" for none or several."""
    if field == "phenomenon":
        return answer
    if field == "line_stop":
        return without_note(field, answer, sent)
    if field in {"d3_due", "d8_due"}:
        days = [day for match in DAY.finditer(plain(answer)) if (day := day_in(match, sent))]
        return days[0].isoformat() if len(days) == 1 else ""
    held = {"lot": _LOT, "defects": _COUNT, "lot_size": _COUNT}
    values = held[field].findall(plain(answer)) if field in held else []
    return values[0] if len(values) == 1 else ""
