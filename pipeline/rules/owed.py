"""Everything that each person owes, worst first, with who waits for it (process step 10, DOMAIN "Who hears what")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pipeline.rules.standing_in import Reader, reader_for
from schemas.case import Case, Directory, Standing
from schemas.decisions import Decisions, Duty

NOBODY = ""  # whose address is not known at all: told to the quality manager


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty with the case it stands in; ``waiting`` names who waits, ``note`` why another person is told.

    ``absent`` is the colleague on leave for whom the person told stands in, "" when nobody does.
    """

    case: Case
    duty: Duty
    waiting: str
    note: str = ""
    absent: str = ""

    @property
    def is_late(self) -> bool:
        """Overdue, as opposed to due soon."""
        return self.duty.days_late > 0


def _waiting(case: Case, duty: Duty) -> str:
    """The customer waits for reports, call-backs and closure; for a measure and its verification the engineer does."""
    complaint = case.complaint
    if duty.key.startswith(("措施:", "验证:")) and complaint.engineer and complaint.engineer != duty.person:
        return f"质量工程师 {complaint.engineer}"
    return f"客户 {complaint.customer}" if complaint.customer else "客户"


def _reader(case: Case, decisions: Decisions, duty: Duty, directory: Directory, today: date) -> Reader:
    """Who is told of a duty, and why when that is not the person who owes it."""
    engineer = case.complaint.engineer or ""
    # until a row is released its engineer alone hears of it
    if duty.person and decisions.released and (found := reader_for(duty.person, directory, today)):
        return found
    note = ""
    if duty.person and duty.person != engineer:
        why = "通讯录中没有其邮箱" if decisions.released else "状态为待确认，未通知本人"
        note = f"责任人 {duty.person}（{why}）"
    reader = reader_for(engineer, directory, today) or Reader(NOBODY)
    return replace(reader, note="；".join(word for word in (note, reader.note) if word))


def owed_by_person(
    cases: Iterable[tuple[Case, Decisions]], directory: Directory, today: date
) -> Mapping[str, tuple[Owed, ...]]:
    """What is overdue or due soon in managed open cases, by the person who is told ``today``, worst first."""
    found: dict[str, list[Owed]] = defaultdict(list)
    for case, decisions in cases:
        if case.standing is not Standing.MANAGED or not decisions.is_open:
            continue
        for duty in decisions.duties:
            reader = _reader(case, decisions, duty, directory, today)
            found[reader.name].append(Owed(case, duty, _waiting(case, duty), reader.note, reader.absent))
    return {
        person: tuple(sorted(owed, key=lambda entry: (-entry.duty.days_late, entry.case.name, entry.duty.key)))
        for person, owed in found.items()
    }
