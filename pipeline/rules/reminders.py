"""Calendar files with alarms: everything dated of one case, and of one person over all cases (process step 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from pipeline.rules.history import History
from schemas.case import Case, Directory
from schemas.decisions import Decisions, Duty
from schemas.effects import Effect, EffectKey, digest_of
from schemas.meetings import CalendarEntry
from schemas.payloads import WriteReminders
from schemas.settings import Settings

CASE_FILE = "提醒.ics"
_ALARM = timedelta(hours=8, minutes=30)  # on the day itself; an entry without a time begins at midnight


def _entry(case: Case, duty: Duty, site: str) -> CalendarEntry:
    """A duty's entry; its identity stays when the day moves, so that opening the file again moves it."""
    uid = f"{EffectKey(site, 'reminder', case.number, duty.key).digest}@kesu"
    who = " ".join(word for word in (duty.department, duty.person) if word)
    lines = [f"责任：{who}" if who else "", f"资料夹：{case.folder}" if case.folder else ""]
    description = "\n".join(line for line in lines if line)
    return CalendarEntry(uid, f"{duty.what}：{case.label}", duty.due, description=description, alarm=_ALARM)


def _file(
    history: History, kind: str, subject: str, folder: str, file_name: str, entries: Sequence[CalendarEntry],
    case_id: str = "",
) -> Iterator[Effect]:
    """The file once there is something to remind of, and again whenever that changes, down to nothing left."""
    if not entries and history.latest(kind, subject) is None:
        return
    ordered = tuple(sorted(entries, key=lambda entry: (entry.start, entry.uid)))
    inputs = digest_of([[entry.uid, entry.summary, entry.start, entry.description] for entry in ordered])
    key = history.revised(kind, subject, "", inputs)
    if key is not None:
        payload = WriteReminders(folder, file_name, f"客诉提醒 {subject}", ordered)
        yield Effect(key, f"{subject} 日历提醒", inputs, payload, case_id)


def entries_of(case: Case, decisions: Decisions, settings: Settings) -> Iterator[CalendarEntry]:
    """An entry for everything dated that is still owed for a case, in the order of its agenda."""
    return (_entry(case, duty, settings.site) for duty in decisions.agenda)


def case_calendar(case: Case, entries: Sequence[CalendarEntry], history: History) -> Iterator[Effect]:
    """The file in the folder of a managed case."""
    return _file(history, "calendar.case", case.number, case.folder, CASE_FILE, entries, case.case_id)


def person_calendars(
    matters: Iterable[tuple[Case, Decisions, Sequence[CalendarEntry]]], directory: Directory, settings: Settings,
    history: History, safe_name: Callable[[str], str],
) -> Iterator[Effect]:
    """One file per person of 通讯录 who owes something; ``matters`` are managed cases with their ``entries_of``.

    Until a row is released its engineer alone is reminded of it. ``safe_name`` makes a file name of what was typed.
    """
    owed: defaultdict[str, list[CalendarEntry]] = defaultdict(list)
    for case, decisions, entries in matters:
        engineer = case.complaint.engineer or ""
        for duty, entry in zip(decisions.agenda, entries, strict=True):
            people = {engineer, duty.person} if decisions.released else {engineer}
            for person in sorted(people & directory.contacts.keys()):
                owed[person].append(entry)
    for person in sorted(directory.contacts):
        yield from _file(
            history, "calendar.person", person, settings.reminders_folder, f"{safe_name(person)}.ics", owed[person]
        )
