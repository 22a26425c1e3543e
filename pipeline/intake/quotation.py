"""Tells what a sender wrote now from the history quoted below it."""

from __future__ import annotations

import re

from schemas.incoming import PassedOn

_DIVIDER = re.compile(
    r"^[\s>]*[-—_=*]{2,}\s*(?:原始邮件|原邮件|转发的?邮件(?:信息)?|回复的?原?邮件|邮件原文|Original Message|Original"
    r"|Forwarded message|Forwarded by.*|Begin forwarded message)\s*[-—_=*:：]{0,}.*$", re.IGNORECASE
)
_WROTE = re.compile(r"^[\s>]*(?:在|于|On|At|\d{4}\s*[-年/]).{4,200}(?:写道|wrote|撰写)\s*[:：]?\s*$", re.IGNORECASE)
_FROM = re.compile(r"^[\s>*]*(?:发件人|寄件者|寄件人|From|发送人)\s*[:：]", re.IGNORECASE)
_OTHER_FIELD = re.compile(
    r"^[\s>*]*(?:发送时间|发送日期|发件时间|日期|时间|收件人|收件者|抄送|主题|主旨|Sent|Date|To|Cc|Subject)\*?\s*[:：]",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[\s>]*[_\-—=]{8,}\s*$")
_FORWARD = re.compile(r"^\s*(?:转发|转寄|轉寄|轉發|转|fw|fwd|forward)\s*[:：]", re.IGNORECASE)
_SUBJECT = re.compile(r"^[\s>*]*(?:主题|主旨|Subject)\*?\s*[:：]\s*(.*)$", re.IGNORECASE)
_ADDRESS = re.compile(r"<?\s*(?:mailto:)?([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190})\s*>?")
_BEFORE_NAME = re.compile(
    r"^.*(?:[,，]|(?<!\d)[:：]|\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:\s*[AP]M)?)[\s,，]*", re.IGNORECASE
)
_DEEPEST, _HEAD_LINES = 8, 40
_FIELD_LINES = 8  # lines in which the other fields of a quoted head follow its sender


def is_forward(subject: str) -> bool:
    """Whether a subject says that the mail passes on somebody else's."""
    return _FORWARD.match(subject) is not None


def split_quotation(text: str) -> tuple[str, str]:
    """(what was written now, the quoted history); lines beginning with ``>`` belong to the history."""
    lines = text.split("\n")
    cut = next((index for index in range(len(lines)) if _begins_history(lines, index)), len(lines))
    new: list[str] = []
    history = lines[cut:]
    for line in lines[:cut]:
        (history if line.lstrip().startswith(">") else new).append(line)
    while new and (not new[-1].strip() or _RULE.match(new[-1])):
        new.pop()
    return "\n".join(new).strip("\n"), "\n".join(history).strip("\n")


def passed_on(history: str) -> tuple[PassedOn, ...]:
    """The mails that a mail passes on, outermost first: the one quoted, and further in while each was passed on itself.

    What stands below a mail that nobody passed on is its history.
    """
    mails: list[PassedOn] = []
    while history.strip() and len(mails) < _DEEPEST:
        head, rest = _head(history)
        text, history = split_quotation(rest)
        name, address = _author(head)
        mails.append(PassedOn(name, address, text))
        subject = next((match[1] for line in head if (match := _SUBJECT.match(line))), "")
        if text.strip() and not is_forward(subject):
            break
    return tuple(mails)


def _head(history: str) -> tuple[list[str], str]:
    """The lines that say who wrote the first mail of a history, and all below them without marks of quotation."""
    lines = [re.sub(r"^(?:\s*>)+ ?", "", line) for line in history.split("\n")]
    end = min(len(lines), _HEAD_LINES)
    start = next((index for index in range(end) if not _of_head(lines, index)), end)
    return lines[:start], "\n".join(lines[start:])


def _of_head(lines: list[str], index: int) -> bool:
    """Whether a line belongs to the head above a quoted mail's text: a second sender begins another mail."""
    line, before = lines[index], lines[:index]
    if not line.strip() or _RULE.match(line) or _OTHER_FIELD.match(line):
        return True
    if _DIVIDER.match(line) or _FROM.match(line) or _WROTE.match(line):
        return not any(_FROM.match(other) or _WROTE.match(other) for other in before)
    if _WROTE.match(" ".join(lines[index : index + 2])) or _WROTE.match(" ".join(lines[max(0, index - 1) : index + 1])):
        return not any(map(_FROM.match, before))  # the line was folded
    folded = bool(before) and _OTHER_FIELD.match(before[-1]) and len(lines) > index + 1
    return bool(folded and _OTHER_FIELD.match(lines[index + 1]))  # a list of recipients over two lines


def _author(head: list[str]) -> tuple[str, str]:
    """(name, address) of who wrote a mail, "" for what its head does not say."""
    for index, line in enumerate(head):
        if _FROM.match(line) or _WROTE.match(line):
            return author_of(line)
        if _WROTE.match(" ".join(head[index : index + 2])):
            return author_of(" ".join(head[index : index + 2]))
    return "", ""


def author_of(field: str) -> tuple[str, str]:
    """(name, address) in a sender's field, or in a line such as 在 2026年11月25日，王芳 <w@example.com> 写道."""
    address = _ADDRESS.search(field)
    named = field[: address.start()] if address else re.sub(r"\s*(?:写道|wrote|撰写)\s*[:：]?\s*$", "", field)
    return _BEFORE_NAME.sub("", named).strip(" \"'<(（*[")[:80], address[1].casefold() if address else ""


def _begins_history(lines: list[str], index: int) -> bool:
    line = lines[index]
    if _DIVIDER.match(line) or _WROTE.match(line):
        return True
    if re.match(r"^[\s>]*(?:在|On|At)\s", line) and _WROTE.match(" ".join(lines[index : index + 2])):
        return True  # the line was folded
    if not _FROM.match(line):
        return False
    following = lines[index + 1 : index + 1 + _FIELD_LINES]
    return sum(bool(_OTHER_FIELD.match(other)) for other in following) >= 2
