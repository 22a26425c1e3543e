"""Mail addresses as people type them: one address, its domain in the form that every mail system carries."""

from __future__ import annotations

import re

from schemas.values.problem import ValueProblem
from schemas.values.text import parse_id

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190}")
_NAMED = re.compile(r"(?s)(?:.*<\s*)?(?:mailto:\s*)?([^<>\s]+)\s*>?")


def ascii_domain(domain: str) -> str:
    """A domain with Chinese labels in its ASCII form (IDNA: 例子.公司 is xn--fsqu00a.xn--55qx5d); others as they are.

    Raises ``ValueError`` for what is no domain.
    """
    if domain.isascii():
        return domain
    return domain.replace("。", ".").encode("idna").decode("ascii")  # UnicodeError is a ValueError


def ascii_address(address: str) -> str:
    """The address with its domain in ASCII; what stands before the @ is not changed. Raises ``ValueError``."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{ascii_domain(domain)}"


def parse_mail_address(value: object) -> str | None:
    """One address, also as ``姓名 <地址>`` or ``mailto:``; full-width letters become plain ones.

    A Chinese domain is turned into its ASCII form. Chinese letters before the @ raise ``ValueProblem``: few mail
    systems carry them (RFC 6531), and one such address would keep a mail from everybody else it is meant for.
    """
    text = parse_id(value)
    if text is None:
        return None
    named = _NAMED.fullmatch(text)
    bare = named[1] if named else text
    if not bare.rpartition("@")[0].isascii():
        raise ValueProblem(text, "@ 之前有汉字,多数邮件系统收不到", "请改用字母或数字的邮箱地址(域名可以是中文)")
    try:
        address = ascii_address(bare)
    except ValueError:
        address = ""
    if not _ADDRESS.fullmatch(address):
        raise ValueProblem(text, "不是一个邮箱地址", "请只填一个邮箱地址,如 zhang@example.com")
    return address
