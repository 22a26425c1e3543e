"""The decisions of process step 7: who takes part, whether to meet, to whom the minutes go; and a calendar entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from schemas.decisions import TeamMember
from schemas.section import Section
from schemas.values import Level


class TeamSetting(Section):
    """Who joins the team beyond the responsible department, and the words by which 通讯录 tells them."""

    senior_from: Level = Level.SERIOUS
    adviser_words: tuple[str, ...] = (
        "难装", "装不进", "泄漏", "泄露", "渗漏", "断裂", "开裂", "变形", "异响", "干涉", "超差", "设计", "匹配",
    )
    undecided_words: tuple[str, ...] = ("不能决策", "无决策权", "无权决策", "不参与决策")


class MeetingSetting(Section):
    """When a meeting is called, and the words in 结论 that say there was none."""

    at_once_from: Level = Level.SERIOUS
    open_conclusions: tuple[str, ...] = (
        "无", "无结论", "没有结论", "暂无", "暂无结论", "待定", "待议", "再议", "未定", "未形成结论", "未达成一致",
        "下次再议", "另行讨论",
    )


class MeetingNeed(Enum):
    """Whether a complaint calls for a meeting now."""

    NONE = "不需要"
    NOT_YET = "待现状调查"
    PENDING = "已有会议待办"     # a row of sheet 会议 waits for its confirmation or its result
    PROPOSED = "建议召开"
    AT_ONCE = "建议立即召开"


@dataclass(frozen=True, slots=True)
class MeetingProposal:
    """The need, the round it is about, whom to invite, and the reasons; a person types it into sheet 会议 or not."""

    need: MeetingNeed
    round: int | None
    participants: tuple[TeamMember, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Distribution:
    """Signed minutes of one round: every department that took part, and whom the mail goes to there.

    ``unreached`` are departments and people without an address; ``scan`` is the signed file, "" when the ledger's
    纪要已签 alone says so.
    """

    round: int
    departments: tuple[str, ...]
    recipients: tuple[str, ...]
    unreached: tuple[str, ...]
    scan: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a calendar entry."""

    name: str
    mail: str


class CalendarMethod(Enum):
    """What an iCalendar mail does to its entry (RFC 5546): put or change it, cancel it, or take single people off."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    UNINVITE = "UNINVITE"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry: ``start`` aware, or a day for an entry without a time; ``alarm`` relative to the start.

    ``length`` counts for entries with a time; ``uid`` stays the same through changes and cancellation.
    """

    uid: str
    summary: str
    start: datetime | date
    length: timedelta = timedelta(hours=1)
    place: str = ""
    description: str = ""
    alarm: timedelta | None = timedelta(minutes=-15)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What goes with a meeting mail so that calendars put, change or cancel the meeting.

    ``sequence`` rises with every change of the meeting: a calendar ignores what is older than what it shows.
    """

    entry: CalendarEntry
    organizer: Person
    attendees: tuple[Person, ...]
    method: CalendarMethod
    sequence: int
