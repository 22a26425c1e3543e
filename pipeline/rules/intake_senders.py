"""Who sent a mail: a customer of the address book, a colleague of 通讯录, somebody allowed, or a stranger."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.case import Directory
from schemas.effects import digest_of
from schemas.intake import Correspondent, IntakeSetting
from schemas.rows import Contact
from schemas.values import ascii_address

_RESIDENT, _MARKETING = ("驻线", "驻厂", "驻场"), ("营销", "销售", "市场")


class Senders:
    """The correspondents of a site; a domain stands for all addresses at it and below it."""

    def __init__(self, setting: IntakeSetting, directory: Directory) -> None:
        self._setting = setting
        self._colleagues = {
            contact.mail.casefold(): contact for contact in directory.contacts.values() if contact.mail
        } if setting.colleagues else {}
        #: Changes when another answer is possible: mails ignored before are then looked at again.
        self.digest = digest_of([setting.model_dump(mode="json"), sorted(self._colleagues)])

    def of(self, address: str, name: str) -> Correspondent | None:
        """The correspondent with an address (lower case); None for a stranger."""
        colleague = self._colleagues.get(address)
        if colleague is not None:
            return _colleague(colleague)
        for customer, known in self._setting.address_book.items():
            if _matches(address, known.senders):
                return Correspondent(name, customer)
        return Correspondent(name) if _matches(address, self._setting.senders) else None


def _matches(address: str, patterns: Iterable[str]) -> bool:
    domain = address.rpartition("@")[2]
    for pattern in patterns:
        wanted = _plain(pattern.strip().casefold().lstrip("@*."))
        if wanted in {address, domain} or ("@" not in wanted and domain.endswith(f".{wanted}")):
            return True
    return False


def _plain(pattern: str) -> str:
    """An address or domain with Chinese labels in the form that mails carry; a mistyped one matches nobody."""
    try:
        return ascii_address(pattern)
    except ValueError:
        return pattern


def _colleague(contact: Contact) -> Correspondent:
    duties = f"{contact.position or ''}{contact.role or ''}"
    source = "邮件"
    if any(word in duties for word in _RESIDENT):
        source = "驻线"
    elif any(word in (contact.department or "") for word in _MARKETING):
        source = "营销部"
    return Correspondent(contact.name or "", "", True, source, contact.scope or "")
