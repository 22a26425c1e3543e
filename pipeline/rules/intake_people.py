"""Who reports: the sender's name, telephone and department from the signature at the end of a letter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.rules.intake_labels import field_of_label
from schemas.incoming import IncomingMail
from schemas.intake import Correspondent, Found

_TAIL_LINES = 8
_PHONE = re.compile(
    r"(?<![\dA-Za-z-])(?:\+?86[- ]?)?(1[3-9]\d{9}|0\d{2,3}-\d{3,8}(?:-\d{1,8})?|\d{3,4}-\d{7,8})(?![\d-])"
)
_DEPARTMENT = re.compile(r"(?<![\w一-龥])([\u4e00-\u9fff]{2,8}(?:部|科|室|处|课|中心))(?![\u4e00-\u9fff])")
_CARRIER = re.compile(
    r"[收送发提取交]货|[收取寄]件|寄[到往给]|送到|司机|物流|快递|deliver|ship to|driver|consignee", re.IGNORECASE
)
_FAX = re.compile(r"(?:传真|傳真|传真号|fax|facsimile)\s*(?:no\.?)?\s*[:：]?\s*$", re.IGNORECASE)
#: So many Chinese characters beside a telephone make a sentence, which may be about anybody.
_SENTENCE = 15
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[A-Za-z][A-Za-z .]{2,30}")


def from_sender(who: Correspondent, address: str, text: str) -> Iterator[Found]:
    """Name and contact of a customer who wrote; nothing for colleagues, who report what somebody else said."""
    if not who.colleague:
        yield from _signed(who.name, f"{who.name} <{address}>", text, certain=True)


def from_author(mail: IncomingMail, known: Correspondent | None) -> Iterator[Found]:
    """Who reports in a mail that a colleague passes on: whoever of outside wrote the innermost one.

    ``known`` is who the address book says the author is. Somebody it does not know may be a customer as well as a
    carrier: good for a proposal.
    """
    origin = mail.passed_on
    if origin is None or not is_outside(mail, known):
        return
    words = f"{origin.name} <{origin.address}>"
    customer = known.customer if known else ""
    if customer:
        yield Found("customer", customer, words, "发件人", certain=True)
    yield from _signed(origin.name, words, origin.text, certain=bool(customer))


def is_outside(mail: IncomingMail, known: Correspondent | None) -> bool:
    """Whether the mail passed on was written by somebody of another house than who passes it on."""
    if mail.passed_on is None or not mail.passed_on.address or (known and known.colleague):
        return False
    return mail.passed_on.address.rpartition("@")[2] != mail.sender.rpartition("@")[2]


def _phones(line: str) -> Iterator[str]:
    """The telephones of a line of a signature: no fax, and none behind words for who receives or carries goods."""
    for match in _PHONE.finditer(line):
        before = line[: match.start()]
        if not _FAX.search(before) and not _CARRIER.search(before):
            yield match[0]


def _signed(name: str, words: str, text: str, *, certain: bool) -> Iterator[Found]:
    """A writer's name, and the one telephone and department that stand at the end of what he wrote."""
    if name and _NAME.fullmatch(name):
        yield Found("reporter", name, words, "发件人", certain)
    tail = [line for line in text.split("\n") if line.strip()][-_TAIL_LINES:]
    phones = {phone: line for line in tail for phone in _phones(line)}
    if len(phones) == 1:
        phone, line = next(iter(phones.items()))
        own = name in line or (len(tail) > 1 and "。" not in line and len(_HAN.findall(line)) < _SENTENCE)
        yield Found("reporter_contact", phone, line.strip()[:120], "签名", certain and own)
    departments = {
        match[1]: line for line in tail[-5:] for match in _DEPARTMENT.finditer(line)
        if field_of_label(match[1]) is None  # the word 部门科室 of a form is no department
    }
    if len(departments) == 1:
        department, line = next(iter(departments.items()))
        yield Found("reporter_department", department, line.strip()[:120], "签名", certain=False)
