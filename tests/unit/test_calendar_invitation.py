"""Calendar entries as iCalendar text, read back by a small parser that knows RFC 5545 but not our writer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mailbox.calendar import CalendarAddressWrong, entry_uid, invitation, reminder_file
from pipeline.mailbox.compose import compose
from schemas.effects import EffectKey
from schemas.meetings import CalendarEntry, CalendarMethod, Person

ZONE = ZoneInfo("Asia/Shanghai")
STAMP = datetime(2026, 11, 26, 9, 0, tzinfo=ZONE)
ENGINEER = Person("周启航", "zhou@example.com")
GUESTS = (Person("罗文斌", "luo@example.com"), Person("彭小满", "peng@example.com"))
ENTRY = CalendarEntry(
    uid=entry_uid("meeting", "一厂", "KS-202611-001", "1"), summary="KS-202611-001 第1次小组会议", place="一号会议室",
    start=datetime(2026, 11, 27, 14, 0, tzinfo=ZONE), length=timedelta(minutes=90),
    description="请携带:变化点清单;\n不良样件,照片",
)


@dataclass
class Block:
    """A component with its properties as (name, parameters, value) and its inner components."""

    name: str
    properties: list[tuple[str, str, str]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def value(self, name: str) -> str:
        (found,) = self.values(name)
        return found

    def values(self, name: str) -> list[str]:
        return [value for known, _, value in self.properties if known == name]

    def parameters(self, name: str) -> list[str]:
        return [parameters for known, parameters, _ in self.properties if known == name]

    def of(self, name: str) -> list[Block]:
        return [block for block in self.blocks if block.name == name]


_LINE = re.compile(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', re.DOTALL)


def parse(text: str) -> Block:
    """The calendar in ``text``; fails on what RFC 5545 forbids."""
    assert text.endswith("\r\n")
    physical = text.removesuffix("\r\n").split("\r\n")
    assert all(len(line.encode()) <= 75 for line in physical)
    assert not any("\n" in line or "\r" in line for line in physical)
    stack = [Block("")]
    for line in text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n"):
        match = _LINE.fullmatch(line)
        assert match, line
        name, parameters, value = match.groups()
        if name == "BEGIN":
            stack[-1].blocks.append(Block(value))
            stack.append(stack[-1].blocks[-1])
        elif name == "END":
            assert stack.pop().name == value
        else:
            stack[-1].properties.append((name, parameters, value))
    (root,) = stack
    (calendar,) = root.blocks
    return calendar


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)


def request(entry: CalendarEntry = ENTRY, guests: Sequence[Person] = GUESTS, sequence: int = 0) -> str:
    return invitation(entry, ENGINEER, guests, method=CalendarMethod.REQUEST, sequence=sequence, stamp=STAMP)


def event_of(text: str) -> Block:
    (event,) = parse(text).of("VEVENT")
    return event


def test_an_invitation_says_what_when_where_and_who() -> None:
    calendar = parse(request())
    assert [calendar.value(name) for name in ("VERSION", "METHOD", "CALSCALE")] == ["2.0", "REQUEST", "GREGORIAN"]
    (event,) = calendar.of("VEVENT")
    assert event.value("UID") == ENTRY.uid
    assert event.value("DTSTAMP") == "20261126T010000Z"
    assert (event.parameters("DTSTART"), event.value("DTSTART")) == ([";TZID=Asia/Shanghai"], "20261127T140000")
    assert event.value("DTEND") == "20261127T153000"
    assert unescaped(event.value("SUMMARY")) == ENTRY.summary
    assert event.value("LOCATION") == "一号会议室"
    assert unescaped(event.value("DESCRIPTION")) == ENTRY.description
    assert event.value("ORGANIZER") == "mailto:zhou@example.com"
    assert event.values("ATTENDEE") == ["mailto:luo@example.com", "mailto:peng@example.com"]
    assert event.parameters("ATTENDEE")[0] == ';CN="罗文斌";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE'
    assert (event.value("SEQUENCE"), event.value("STATUS")) == ("0", "CONFIRMED")


def test_the_time_zone_named_is_defined() -> None:
    (zone,) = parse(request()).of("VTIMEZONE")
    assert zone.value("TZID") == "Asia/Shanghai"
    (standard,) = zone.of("STANDARD")
    assert (standard.value("TZOFFSETFROM"), standard.value("TZOFFSETTO")) == ("+0800", "+0800")
    assert standard.value("DTSTART") < "20000101T000000"


def test_the_alarm_rings_before_the_meeting() -> None:
    (alarm,) = event_of(request()).of("VALARM")
    assert (alarm.value("ACTION"), alarm.value("TRIGGER")) == ("DISPLAY", "-PT15M")
    assert alarm.value("DESCRIPTION")
    assert event_of(request(replace(ENTRY, alarm=None))).of("VALARM") == []


def test_a_change_is_the_same_entry_with_a_higher_sequence() -> None:
    moved = replace(ENTRY, start=datetime(2026, 11, 30, 9, 30, tzinfo=ZONE))
    event = event_of(request(moved, sequence=1))
    assert (event.value("UID"), event.value("SEQUENCE")) == (ENTRY.uid, "1")
    assert event.value("DTSTART") == "20261130T093000"


@pytest.mark.parametrize(
    ("method", "status"), [(CalendarMethod.CANCEL, ["CANCELLED"]), (CalendarMethod.UNINVITE, [])]
)
def test_what_is_called_off_names_the_entry_and_rings_no_more(method: CalendarMethod, status: list[str]) -> None:
    calendar = parse(invitation(ENTRY, ENGINEER, GUESTS[:1], method=method, sequence=2, stamp=STAMP))
    (event,) = calendar.of("VEVENT")
    assert calendar.value("METHOD") == "CANCEL"
    assert (event.value("UID"), event.value("SEQUENCE"), event.values("STATUS")) == (ENTRY.uid, "2", status)
    assert event.values("ATTENDEE") == ["mailto:luo@example.com"]
    assert event.parameters("ATTENDEE") == [';CN="罗文斌";ROLE=REQ-PARTICIPANT']
    assert event.of("VALARM") == []


def test_a_meeting_without_a_time_takes_the_day() -> None:
    calendar = parse(request(replace(ENTRY, start=date(2026, 12, 31))))
    (event,) = calendar.of("VEVENT")
    assert (event.parameters("DTSTART"), event.value("DTSTART")) == ([";VALUE=DATE"], "20261231")
    assert event.value("DTEND") == "20270101"
    assert calendar.of("VTIMEZONE") == []


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=8))])
def test_another_zone_is_written_as_utc(zone: timezone | ZoneInfo) -> None:
    start = datetime(2026, 11, 27, 14, 0, tzinfo=zone)
    calendar = parse(request(replace(ENTRY, start=start)))
    (event,) = calendar.of("VEVENT")
    assert event.value("DTSTART") == f"{start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    assert event.parameters("DTSTART") == [""]
    assert calendar.of("VTIMEZONE") == []


@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=200))
def test_any_text_comes_back(text: str) -> None:
    event = event_of(request(replace(ENTRY, summary=text, description=text, place=text)))
    wanted = re.sub("[\u2028\u2029]", "\n", text)
    assert unescaped(event.value("SUMMARY")) == wanted
    assert event.values("DESCRIPTION") == ([event.value("SUMMARY")] if text else [])


@given(name=st.text(max_size=60))
def test_no_text_or_name_adds_a_property(name: str) -> None:
    event = event_of(request(replace(ENTRY, summary=name), [Person(name, "a@example.com")]))
    names = [known for known, _, _ in event_of(request(guests=GUESTS[:1])).properties]
    assert [known for known, _, _ in event.properties] == names


def test_quotes_in_a_name_are_kept_as_rfc_6868_says() -> None:
    event = event_of(request(guests=[Person('小"彭"^;,:', "peng@example.com")]))
    assert event.parameters("ATTENDEE")[0].startswith(""";CN="小^'彭^'^^;,:";ROLE""")


def test_a_guest_without_a_name_is_called_by_the_address() -> None:
    assert ';CN="a@example.com"' in event_of(request(guests=[Person("", "a@example.com")])).parameters("ATTENDEE")[0]


def test_control_characters_vanish() -> None:
    event = event_of(request(replace(ENTRY, summary="a\x00b\x1bc\td\r\ne\ud800f\x85g")))
    assert unescaped(event.value("SUMMARY")) == "abc d\nef\ng"


@pytest.mark.parametrize("address", ["", "luo.example.com", "a@b.com\r\nX-EVIL:1", "罗@example.com"])
def test_a_wrong_address_is_named(address: str) -> None:
    with pytest.raises(CalendarAddressWrong, match=r"罗文斌 的邮箱.*请在通讯录"):
        request(guests=[Person("罗文斌", address)])


def test_nobody_and_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="somebody"):
        request(guests=[])
    with pytest.raises(ValueError, match="aware"):
        request(replace(ENTRY, start=datetime(2026, 11, 27, 14, 0)))  # noqa: DTZ001 - the naive time is the case


def test_the_identity_depends_on_every_part() -> None:
    assert entry_uid("meeting", "一厂", "KS-1", "1") == entry_uid("meeting", "一厂", "KS-1", "1")
    uids = {entry_uid(*parts) for parts in (("a", "b"), ("ab",), ("a", "b", ""), ("b", "a"), ('a", "b',))}
    assert len(uids) == 5
    assert all(re.fullmatch(r"[0-9a-f]{32}@kesu", uid) for uid in uids)


def test_equal_arguments_give_equal_text() -> None:
    assert request() == request()


def test_a_reminder_file_holds_entries_with_alarms_and_invites_nobody() -> None:
    entries = [
        CalendarEntry(entry_uid("action", day), f"措施到期 {day}", date.fromisoformat(day), alarm=timedelta(hours=8))
        for day in ("2026-12-01", "2026-12-02")
    ]
    calendar = parse(reminder_file(entries, stamp=STAMP, name="周启航的客诉提醒"))
    assert (calendar.value("METHOD"), calendar.value("X-WR-CALNAME")) == ("PUBLISH", "周启航的客诉提醒")
    assert [event.value("DTSTART") for event in calendar.of("VEVENT")] == ["20261201", "20261202"]
    for event in calendar.of("VEVENT"):
        assert event.values("ATTENDEE") == event.values("ORGANIZER") == []
        assert event.value("TRANSP") == "TRANSPARENT"
        (alarm,) = event.of("VALARM")
        assert alarm.value("TRIGGER") == "PT480M"


def test_the_mail_carries_it_with_its_method() -> None:
    mime = compose(
        sender="客诉助手 <kesu@example.com>", to=["luo@example.com"], cc=[], subject="会议", text="会议",
        html="<p>会议</p>", attachments=[], key=EffectKey("一厂", "mail.meeting", "KS-1", "1", 0), at=STAMP,
        calendar=request(),
    )
    assert b"Content-Type: text/calendar; charset=utf-8; method=REQUEST" in mime
