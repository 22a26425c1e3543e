"""Who reports: the sender's name, telephone and department from the signature at the end of a letter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.rules.intake_labels import field_of_label
from schemas.intake import Correspondent, Found

_TAIL_LINES = 8
_PHONE = re.compile(
    r"(?<![\dA-Za-z-])(?:\+?86[- ]?)?(1[3-9]\d{9}|0\d{2,3}-\d{3,8}(?:-\d{1,8})?|\d{3,4}-\d{7,8})(?![\d-])"
)
_DEPARTMENT = re.compile(r"(?<![\w一-龥])([\u4e00-\u9fff]{2,8}(?:部|科|室|处|课|中心))(?![\u4e00-\u9fff])")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[A-Za-z][A-Za-z .]{2,30}")


def from_sender(who: Correspondent, address: str, text: str) -> Iterator[Found]:
    """Name and contact of a customer who wrote; nothing for colleagues, who report what somebody else said."""
    if who.colleague:
        return
    if who.name and _NAME.fullmatch(who.name):
        yield Found("reporter", who.name, f"{who.name} <{address}>", "发件人", certain=True)
    tail = [line for line in text.split("\n") if line.strip()][-_TAIL_LINES:]
    phones = {match[0]: line for line in tail for match in _PHONE.finditer(line)}
    if len(phones) == 1:
        phone, line = next(iter(phones.items()))
        yield Found("reporter_contact", phone, line.strip()[:120], "签名", certain=who.name in line or len(tail) > 1)
    departments = {
        match[1]: line for line in tail[-5:] for match in _DEPARTMENT.finditer(line)
        if field_of_label(match[1]) is None  # the word 部门科室 of a form is no department
    }
    if len(departments) == 1:
        department, line = next(iter(departments.items()))
        yield Found("reporter_department", department, line.strip()[:120], "签名", certain=False)
