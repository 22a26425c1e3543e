"""Collects the mails that single cases call for, each under its key, and sentences about those that wait."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.rules.history import History
from pipeline.workdays import Workdays
from schemas.case import Case, Directory
from schemas.effects import Effect, digest_of
from schemas.payloads import SendMail
from schemas.rows import Complaint
from schemas.settings import Settings


def shown(value: object) -> str:
    """A value as mail templates print it: nothing for what is not known."""
    return "" if value is None else str(value)


def product_of(complaint: Complaint) -> str:
    """What people call the product: its name, else its number."""
    return complaint.product or complaint.part_number or ""


@dataclass(slots=True)
class CaseMails:
    """The mails of one pass, case by case, and sentences about mails that wait for an address.

    ``pending`` holds those sentences by ``Case.handle``; each mail's key makes it go out once per occasion. ``told`` is
    what the journal holds of mails already sent: of a meeting's mails (客诉编号, who was invited to which round).
    """

    directory: Directory
    settings: Settings
    history: History
    calendar: Workdays
    now: datetime
    told: Container[tuple[str, str]] = frozenset()
    effects: list[Effect] = field(default_factory=list)
    pending: dict[str, list[str]] = field(default_factory=dict)

    def hold(self, case: Case, sentence: str) -> None:
        """Remember a sentence about something that waits, for board and digest."""
        self.pending.setdefault(case.handle, []).append(sentence)

    def addresses(self, *names: str | None) -> tuple[str, ...]:
        """The mail addresses of these people as far as 通讯录 knows them, each once."""
        found = (self.directory.mail_of(name) for name in names)
        return tuple(dict.fromkeys(address for address in found if address))

    def copies(self, to: Iterable[str], *names: str | None) -> tuple[str, ...]:
        """The addresses of these people, without those that get the mail anyway."""
        there = set(to)
        return tuple(address for address in self.addresses(*names) if address not in there)

    def superior(self, complaint: Complaint) -> str | None:
        """The engineer's direct superior, None when 通讯录 does not know."""
        superior = self.directory.superior_of(complaint.engineer)
        return superior.name if superior else None

    def send(self, case: Case, title: str, payload: SendMail, *, subject: str, occasion: str = "") -> None:
        """Want this mail, once for kind, subject and occasion."""
        key = self.history.once(f"mail.{payload.kind}", subject, occasion)
        if key is not None:
            self.effects.append(Effect(key, title, digest_of(payload.context), payload, case.case_id))
