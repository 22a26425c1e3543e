"""Answers to the questions of a mail of ours: behind them (坏了几件，一共挑了多少？——6件，挑了480件), or by number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pipeline.rules.intake_days import DAY, day_in
from pipeline.rules.intake_defects import plain
from pipeline.rules.intake_items import numbered
from pipeline.rules.intake_labels import without_item_number
from pipeline.rules.intake_value import without_note
from schemas.intake import Found

_ANSWERED = re.compile(r"^(?P<asked>[^?？]{2,60})[?？]\s*(?:[-—–:：→=]+|(?:答|A)\s*[:：])\s*(?P<answer>\S.*)$")
_WHEN = "(?:什么时候|何时|几号|哪天|when)"
#: What a question asks for; the first that fits.
_FIELDS = tuple((field, re.compile(pattern, re.IGNORECASE)) for field, pattern in (
    ("d3_due", rf"(?:D3|3D|围堵|临时措施).*{_WHEN}"),
    ("d8_due", rf"8D.*{_WHEN}"),
    ("wants_8d", "(?:要不要|是否|需不需要|要|是不是).*8D|8D.*(?:要不要|吗)"),
    ("line_stop", "停线|停产"),
    ("lot", "批次|批号|lot|batch"),
    ("lot_size", "(?:挑选?|检查?|查|抽|投入|来料|到货)了?(?:几|多少|数)|how many .*(?:checked|inspected|delivered)"),
    ("defects", "(?:坏|不良|不合格|缺陷|有问题的?)了?(?:几|多少|数)|how many"),
    ("phenomenon", "什么(?:问题|现象|不良|故障|毛病)|what is (?:wrong|the problem)"),
))
_BETWEEN = re.compile(r"[，,、;；]|和|及")
_ASKED_WHEN = re.compile(_WHEN, re.IGNORECASE)
_WANTED = re.compile(r"(?P<no>不用|不需要?|不必|无需|不要|否|no)|(?P<yes>需要|要|是|yes)", re.IGNORECASE)
_LOT = re.compile(r"(?<![A-Za-z0-9-])(?=[A-Za-z-]*\d)[A-Za-z0-9][A-Za-z0-9-]{4,24}(?![A-Za-z0-9-])")
_COUNT = re.compile(r"\d[\d,]*")
_Answer = tuple[str, str, str]  # what was asked, what is answered, and the words of it


def answered(text: str, history: str, sent: date) -> Iterator[Found]:
    """What answers say, each for what is asked, on the line of their question or under its number; never certain.

    Of several questions in one each has to have its own answer, or nobody can tell which is which.
    """
    for asked, answer, words in _behind(text) or _by_number(text, history):
        topics = list(_topics(plain(asked)))
        answers = [answer] if len(topics) == 1 else _BETWEEN.split(answer)
        for field, own in zip(topics, answers, strict=True) if len(topics) == len(answers) else ():
            value = _value(field, own.strip(), sent)
            if value:
                yield Found(field, value, words.strip()[:120], "正文", certain=False)


def without_answers(text: str, history: str) -> str:
    """A text without the lines that answer questions: all are about one complaint, however they are numbered."""
    if _by_number(text, history):
        return numbered(text)[1]
    return "\n".join(line for line in text.split("\n") if _answer(line) is None)


def _behind(text: str) -> list[_Answer]:
    return [(match["asked"], match["answer"], line) for line in text.split("\n") if (match := _answer(line))]


def _by_number(text: str, history: str) -> list[_Answer]:
    """The answers of a letter that numbers its points as the mail below it numbered its questions."""
    questions, answers = ([item.split("\n")[0] for item in numbered(part)[0]] for part in (history, text))
    alike = len(questions) == len(answers) and all(question.rstrip().endswith(("?", "？")) for question in questions)
    return list(zip(questions, answers, answers, strict=True)) if alike else []


def _answer(line: str) -> re.Match[str] | None:
    return _ANSWERED.match(without_item_number(line).strip())


def _topics(asked: str) -> Iterator[str]:
    """What each part of a question asks for; 何时要 behind 要不要8D is the day of the 8D."""
    before = ""
    for question in _BETWEEN.split(asked):
        topic = _topic(question)
        before = "d8_due" if not topic and before == "wants_8d" and _ASKED_WHEN.search(question) else topic
        yield before


def _topic(question: str) -> str:
    return next((field for field, pattern in _FIELDS if pattern.search(question)), "")


def _value(field: str, answer: str, sent: date) -> str:
    """The one value of its kind that an answer holds, "" for none or several."""
    if field == "phenomenon":
        return answer
    if field == "wants_8d":
        wanted = _WANTED.match(plain(answer))
        return ("否" if wanted["no"] else "是") if wanted else ""
    if field == "line_stop":
        return without_note(field, answer, sent)
    if field in {"d3_due", "d8_due"}:
        days = [day for match in DAY.finditer(plain(answer)) if (day := day_in(match, sent))]
        return days[0].isoformat() if len(days) == 1 else ""
    held = {"lot": _LOT, "defects": _COUNT, "lot_size": _COUNT}
    values = held[field].findall(plain(answer)) if field in held else []
    return values[0] if len(values) == 1 else ""
