"""What may be deleted after its time: of complaints long closed, finished, and not needed to know what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.rules.history import History
from pipeline.rules.intake_letters import Letters
from pipeline.rules.state import is_current
from pipeline.rules.wanted_dropped import DROPPED
from pipeline.rules.wanted_intake import FILE, ROW, TAKE, group_of
from schemas.case import Case
from schemas.effects import digest_of
from schemas.intake import KnownMail, Verdict
from schemas.memory import Memory

_RECENT = timedelta(days=45)  # a row that vanished may come back, as a closed one may be closed by mistake


@dataclass(frozen=True, slots=True)
class Needed:
    """The complaints that are open or were closed a short while ago, and the mails (by digest) that belong to them.

    ``case_ids`` also names the groups of effects of those mails.
    """

    case_ids: frozenset[str]
    numbers: frozenset[str]
    mails: frozenset[str]


def needed_by(cases: Iterable[Case], memory: Memory, now: datetime) -> Needed:
    """What stays whatever its age. A known complaint without a row counts as open until it has been gone for long."""
    rows = {case.case_id: case for case in cases if case.case_id}
    current = [case for case in rows.values() if is_current(case.complaint, now.date())]
    gone = [known for known in memory.cases.values() if known.case_id not in rows
            and (known.vanished is None or now - known.vanished < _RECENT)]
    numbers = {case.number for case in current if case.number} | {known.number for known in gone if known.number}
    letters = Letters(memory.mails)
    origins = (letters.origin(case.complaint) for case in current)
    mails = {origin[0].digest for origin in origins if origin is not None}
    mails |= {mail.digest for mail in memory.mails.values() if numbers.intersection(mail.numbers)}
    mails |= {mail.digest for mail in memory.mails.values() if mail.belongs_to in mails}
    case_ids = {case.case_id for case in current} | {known.case_id for known in gone}
    case_ids |= {group_of(memory.mails[digest]) for digest in mails}
    return Needed(frozenset(case_ids), frozenset(numbers), frozenset(mails))


def mails_past(memory: Memory, history: History, needed: Needed, now: datetime, days: int) -> Iterator[KnownMail]:
    """Mails taken in more than ``days`` days ago with nothing left to do and no open complaint; none for 0 days."""
    for mail in memory.mails.values():
        is_old = days and now - mail.taken > timedelta(days=days)
        if is_old and mail.digest not in needed.mails and _is_finished(mail, history):
            yield mail


def _is_finished(mail: KnownMail, history: History) -> bool:
    if mail.verdict is Verdict.SHEET:
        filed = all(history.is_settled(DROPPED, number, digest_of(mail.mail_id)) for number in mail.numbers)
    else:
        filed = history.is_settled(TAKE, mail.digest) and all(
            history.is_settled(FILE, number, mail.digest) for number in mail.numbers
        )
    return filed and all(history.is_settled(ROW, mail.digest, str(place + 1)) for place in range(len(mail.rows)))
