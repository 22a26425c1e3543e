"""Tells what a sender wrote now from the history quoted below it."""

from __future__ import annotations

import re

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
_FORWARD = re.compile(r"^\s*(?:转发|转寄|轉寄|fw|fwd|forward)\s*[:：]", re.IGNORECASE)
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


def quoted_content(history: str) -> str:
    """The words of the first mail in a history, without marks and without its head; for mails passed on."""
    lines = [re.sub(r"^(?:\s*>)+ ?", "", line) for line in history.split("\n")]
    start = 0
    for index, line in enumerate(lines[:16]):
        if _DIVIDER.match(line) or _WROTE.match(line) or _FROM.match(line) or (
            _OTHER_FIELD.match(line) and index <= start + 1
        ):
            start = index + 1
    first, _ = split_quotation("\n".join(lines[start:]))
    return first


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
