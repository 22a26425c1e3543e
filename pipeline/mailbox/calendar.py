"""Calendar entries as iCalendar text: invitation, change, cancellation, and files of reminders.

Written by hand, since a handful of properties needs no library: RFC 5545 for the text (escaping, folding by octets),
RFC 5546 for what a mail does to an entry (UID and SEQUENCE tie the versions together), RFC 6868 for quotes in names.
Equal arguments give equal text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from pipeline.mailbox.headers import CRLF, BadAddress, bare_address, one_line
from schemas.errors import KesuError
from schemas.meetings import CalendarEntry, CalendarMethod, Person

_SHANGHAI = "Asia/Shanghai"
_OCTETS = 75  # of a line without its end (RFC 5545 3.1)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\t": " "})
_DATED = "%Y%m%d"
_TIMED = "%Y%m%dT%H%M%S"
#: No summer time since 1991: one rule holds for every entry of ours.
_ZONE = (
    "BEGIN:VTIMEZONE", f"TZID:{_SHANGHAI}", "BEGIN:STANDARD", "DTSTART:19920101T000000", "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800", "TZNAME:CST", "END:STANDARD", "END:VTIMEZONE",
)


class CalendarAddressWrong(KesuError):
    """A person in a calendar entry whose address no mail system would take; nothing was written."""

    def __init__(self, name: str, address: str) -> None:
        super().__init__(f"会议邀请中 {name or '参会者'} 的邮箱“{address}”不正确，请在通讯录的“邮箱”一列改正。")


def entry_uid(*parts: str) -> str:
    """The lasting identity of an entry from what names it, e.g. ("meeting", site, 客诉编号, round); ASCII."""
    named = json.dumps(parts, ensure_ascii=True).encode()
    return f"{hashlib.blake2b(named, digest_size=16).hexdigest()}@kesu"


def invitation(
    entry: CalendarEntry, organizer: Person, attendees: Sequence[Person], *, method: CalendarMethod, sequence: int,
    stamp: datetime,
) -> str:
    """The text/calendar part of a meeting mail; ``compose`` takes it as ``calendar``.

    ``sequence`` rises with every change and with the cancellation (the revision of the mail's key does); ``stamp`` is
    aware. CANCEL takes the meeting off everybody's calendar, UNINVITE off that of ``attendees`` alone. Raises
    ``CalendarAddressWrong``, and ``ValueError`` for a naive time or nobody to invite.
    """
    if not attendees:
        raise ValueError("an invitation needs somebody to invite")
    wire = CalendarMethod.REQUEST if method is CalendarMethod.REQUEST else CalendarMethod.CANCEL
    lines = ["BEGIN:VEVENT", *_what(entry, stamp), f"SEQUENCE:{sequence}"]
    lines.append(f"ORGANIZER;CN={_quoted(organizer.name or organizer.mail)}:mailto:{_address(organizer)}")
    lines += [_attendee(person, asked=wire is CalendarMethod.REQUEST) for person in attendees]
    if method is CalendarMethod.REQUEST:
        lines += ["STATUS:CONFIRMED", *_alarm(entry)]
    elif method is CalendarMethod.CANCEL:
        lines.append("STATUS:CANCELLED")  # forbidden when single people are taken off (RFC 5546 3.2.5)
    return _calendar([*lines, "END:VEVENT"], wire.value, [entry])


def reminder_file(entries: Sequence[CalendarEntry], *, stamp: datetime, name: str) -> str:
    """A calendar file to be opened on PC or telephone: entries with alarms, nobody invited; ``name`` titles it."""
    lines: list[str] = []
    for entry in entries:
        what = (*_what(entry, stamp), "SEQUENCE:0", "TRANSP:TRANSPARENT", *_alarm(entry))
        lines += ["BEGIN:VEVENT", *what, "END:VEVENT"]
    return _calendar(lines, "PUBLISH", entries, name)


def _calendar(lines: Sequence[str], method: str, entries: Sequence[CalendarEntry], name: str = "") -> str:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kesu//kesu//ZH", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    if name:
        head.append(f"X-WR-CALNAME:{_text(name)}")
    zone = _ZONE if any(_is_shanghai(entry.start) for entry in entries) else ()
    return "".join(_folded(line) for line in (*head, *zone, *lines, "END:VCALENDAR"))


def _what(entry: CalendarEntry, stamp: datetime) -> Iterator[str]:
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{_utc(stamp)}"
    if isinstance(entry.start, datetime):
        yield f"DTSTART{_time(entry.start)}"
        yield f"DTEND{_time(entry.start + entry.length)}"
    else:
        yield f"DTSTART;VALUE=DATE:{entry.start:{_DATED}}"
        yield f"DTEND;VALUE=DATE:{entry.start + timedelta(days=1):{_DATED}}"  # the end is not part of the entry
    yield f"SUMMARY:{_text(entry.summary)}"
    if entry.place:
        yield f"LOCATION:{_text(entry.place)}"
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"


def _attendee(person: Person, *, asked: bool) -> str:
    answer = ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE" if asked else ""
    return f"ATTENDEE;CN={_quoted(person.name or person.mail)};ROLE=REQ-PARTICIPANT{answer}:mailto:{_address(person)}"


def _alarm(entry: CalendarEntry) -> tuple[str, ...]:
    if entry.alarm is None:
        return ()
    return (
        "BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(entry.summary)}", f"TRIGGER:{_duration(entry.alarm)}",
        "END:VALARM",
    )


def _duration(length: timedelta) -> str:
    minutes = int(abs(length).total_seconds()) // 60
    return f"{'-' if length < timedelta() else ''}PT{minutes}M"


def _is_shanghai(start: date) -> bool:
    return isinstance(start, datetime) and _zone_name(start.tzinfo) == _SHANGHAI


def _zone_name(zone: tzinfo | None) -> str:
    return str(getattr(zone, "key", ""))


def _time(moment: datetime) -> str:
    """Shanghai time with its zone; any other zone as UTC, which every calendar shows right."""
    if _zone_name(moment.tzinfo) == _SHANGHAI:
        return f";TZID={_SHANGHAI}:{moment:{_TIMED}}"
    return f":{_utc(moment)}"


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a calendar entry needs aware times")
    return f"{moment.astimezone(UTC):{_TIMED}}Z"


def _address(person: Person) -> str:
    try:
        return bare_address(person.mail)
    except BadAddress as error:
        raise CalendarAddressWrong(one_line(person.name), str(error)) from error


def _text(text: str) -> str:
    lines = re.sub(r"\r\n|\r|\x0b|\x0c|\x85|\u2028|\u2029", "\n", text)
    return _CONTROL.sub("", lines).translate(_ESCAPED)


def _quoted(name: str) -> str:
    escaped = one_line(name).replace("^", "^^").replace('"', "^'")
    return f'"{escaped}"'


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, no character cut; continuations start with a blank that counts."""
    pieces, piece, octets = [], "", 0
    for char in line:
        size = len(char.encode())
        if octets + size > _OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece, octets = piece + char, octets + size
    return CRLF.join([*pieces, piece]) + CRLF
