"""Who reads what is meant for a colleague: the 代理人 while 请假起止 says that the colleague is away (DOMAIN)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.rules.leave import leave_on
from schemas.case import Directory


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets a mail; ``note`` says why it is another than the one it is meant for, or that nobody stands in.

    ``absent`` is the colleague on leave for whom the reader stands in, "" when the reader is the one it is meant for.
    """

    name: str
    note: str = ""
    absent: str = ""


def reader_for(person: str, directory: Directory, day: date) -> Reader | None:
    """The colleague, or on leave the 代理人 who is there and has an address; None for whom no address is known.

    Where nobody can stand in, the colleague gets it all the same: better read late than by nobody.
    """
    contact = directory.contacts.get(person)
    if contact is None or not contact.mail:
        return None
    leave = leave_on(contact, day)
    if leave is None:
        return Reader(person)
    delegate = directory.contacts.get(contact.delegate or "")
    if delegate is not None and delegate.name and delegate.mail and leave_on(delegate, day) is None:
        return Reader(delegate.name, f"{person} 请假（{leave}），由代理人处理", person)
    why = f"代理人 {contact.delegate} 也不在" if contact.delegate else "通讯录未填代理人"
    return Reader(person, f"{person} 请假（{leave}），{why}")
