"""Whether a complaint calls for a meeting, which round, with whom (process step 7)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from pipeline.rules.participants import each_once, member_of, propose_team
from pipeline.rules.state import is_open, is_paused, is_quality
from schemas.case import Case, Directory
from schemas.decisions import LevelDecision, TeamMember
from schemas.meetings import MeetingNeed, MeetingProposal, MeetingSetting, TeamSetting
from schemas.rows import Complaint, Meeting, SheetKind
from schemas.values import Level, MeetingState, Status

_ORDER = tuple(Level)  # from mild to urgent
_PENDING = frozenset({None, MeetingState.PROPOSED, MeetingState.CONFIRMED, MeetingState.MOVED})
_TOOK_PLACE = frozenset({MeetingState.HELD, MeetingState.SIGNED})
_BEFORE_MEASURES = frozenset({None, Status.UNCONFIRMED, Status.INVESTIGATING, Status.RESTARTED})
_ENDING = " 。.,,;;!!"
_STATUS_FOR_MEETING = frozenset({Status.ANALYSING})

Need = tuple[MeetingNeed, int | None, tuple[str, ...]]


def rounds(case: Case) -> tuple[tuple[int, Meeting], ...]:
    """The meetings by number, the last one last; a row without 第几次 is the next after those above it.

    Where two rows name one round (the old date left standing), the lower row counts.
    """
    numbered: dict[int, Meeting] = {}
    for row in case.rows.meetings:
        numbered[row.record.round or max(numbered, default=0) + 1] = row.record
    return tuple(sorted(numbered.items()))


def has_conclusion(meeting: Meeting, setting: MeetingSetting) -> bool:
    """Whether the meeting concluded; words such as 待定 or 再议 say that it did not."""
    text = (meeting.conclusion or "").strip(_ENDING)
    return bool(text) and text not in setting.open_conclusions


def _excluded(complaint: Complaint, kept: Collection[SheetKind]) -> str:
    """Why no meeting is proposed whatever else holds; "" when nothing speaks against it."""
    if not is_quality(complaint):
        return "不是质量问题，不召开小组会议"
    if not is_open(complaint):
        return f"状态为{complaint.status.value if complaint.status else '已关闭'}，不再召开会议"
    if is_paused(complaint):
        return "已暂停，恢复后再召开"
    if (complaint.lead_or_part or "").startswith("从"):
        return f"从属客诉，随主客诉 {complaint.related or '（关联客诉编号未填）'} 开会"
    if SheetKind.MEETINGS not in kept:
        return "台账没有“会议”工作表，无法记录会议，不作建议"
    return ""


def _pending_reasons(number: int, meeting: Meeting, now: datetime) -> Iterator[str]:
    name, time = f"第{number}次会议", meeting.time
    if meeting.state in {None, MeetingState.PROPOSED}:
        yield f"{name}尚未确认，请确认时间和人员后将状态改为“已确认”"
    elif time is None:
        yield f"{name}{meeting.state.value if meeting.state else ''}，但没有时间，请填写"
    elif time.at(now.tzinfo) < now if time.known and now.tzinfo else time.day < now.date():
        yield f"{name}时间（{time}）已过，请填写实到和结论，并将状态改为“已召开”"
    else:
        yield f"{name}已安排在 {time}"


def _change_points(case: Case, kept: Collection[SheetKind]) -> str:
    """What the preliminary survey still lacks; "" when every change point is assessed."""
    if SheetKind.CHANGE_POINTS not in kept:
        return ""
    rows = [row.record for row in case.rows.change_points]
    if not rows:
        return "变化点尚未登记"
    missing = [row.factor.value if row.factor else "未分类" for row in rows if row.verdict is None]
    return f"变化点 {len(rows)} 条中 {len(missing)} 条未判定（{'、'.join(missing)}）" if missing else ""


def _first_need(
    case: Case, level: LevelDecision, kept: Collection[SheetKind], setting: MeetingSetting, number: int
) -> Need:
    """The need while no meeting has been held since the start or restart."""
    status = case.complaint.status
    if status not in _BEFORE_MEASURES | _STATUS_FOR_MEETING:
        return MeetingNeed.NONE, None, (f"状态已到“{status.value if status else ''}”，不再建议首次会议",)
    if _ORDER.index(level.level) >= _ORDER.index(setting.at_once_from):
        fired = f"（{'、'.join(level.reasons)}）" if level.reasons else ""
        hurry = "不等现状调查，立即开会" if status in _BEFORE_MEASURES else "立即开会"
        return MeetingNeed.AT_ONCE, number, (f"等级为{level.level.value}{fired}，{hurry}",)
    if status in _BEFORE_MEASURES:
        return MeetingNeed.NOT_YET, None, ("先做现状调查；状态改为“分析”且变化点都有判定后建议开会",)
    if lacking := _change_points(case, kept):
        return MeetingNeed.NOT_YET, None, (f"{lacking}，判定完后建议开会",)
    return MeetingNeed.PROPOSED, number, ("现状调查已完成，变化点均已判定",)


def _need(
    case: Case, level: LevelDecision, kept: Collection[SheetKind], setting: MeetingSetting, now: datetime
) -> Need:
    complaint, known = case.complaint, rounds(case)
    if excluded := _excluded(complaint, kept):
        return MeetingNeed.NONE, None, (excluded,)
    held = [entry for entry in known if entry[1].state in _TOOK_PLACE]
    last = held[-1][0] if held else 0
    if pending := [entry for entry in known if entry[1].state in _PENDING and entry[0] > last]:
        return MeetingNeed.PENDING, pending[-1][0], tuple(_pending_reasons(*pending[-1], now))
    restarted_after = complaint.closed if complaint.status is Status.RESTARTED or complaint.restarts else None
    if restarted_after:
        held = [entry for entry in held if entry[1].time is None or entry[1].time.day > restarted_after]
    if held:
        return _later_need(complaint, *held[-1], known[-1][0] + 1, setting)
    number = known[-1][0] + 1 if known else 1  # a cancelled round keeps its number
    need, proposed, reasons = _first_need(case, level, kept, setting, number)
    if restarted_after and last:
        reasons = (f"{restarted_after} 关闭后重新启动，此前的会议不算", *reasons)
    elif known and proposed:
        reasons = (*reasons, f"第{'、'.join(str(entry[0]) for entry in known)}次会议已取消")
    return need, proposed, reasons


def _later_need(complaint: Complaint, last: int, meeting: Meeting, number: int, setting: MeetingSetting) -> Need:
    """The need after a meeting that took place: the next one while there is no conclusion (process step 7)."""
    if not has_conclusion(meeting, setting):
        typed = f"（结论栏为“{meeting.conclusion}”）" if meeting.conclusion else ""
        return MeetingNeed.PROPOSED, number, (f"第{last}次会议没有结论{typed}；补填结论后不再建议",)
    if complaint.status is Status.RESTARTED and complaint.closed is None:
        return MeetingNeed.NONE, None, ("关闭日期未填，无法判断以往会议是否在重新启动之前，请自行决定是否开会",)
    return MeetingNeed.NONE, None, (f"第{last}次会议已有结论",)


def _earlier(case: Case, directory: Directory) -> Iterator[TeamMember]:
    """Whoever came to the last meeting that took place."""
    held = [entry for entry in rounds(case) if entry[1].state in _TOOK_PLACE]
    if not held:
        return
    number, meeting = held[-1]
    for name in meeting.attended or meeting.invited:
        contact, why = directory.contacts.get(name), f"第{number}次会议的{'参会人' if meeting.attended else '应到人'}"
        yield member_of(contact, why) if contact else TeamMember(name, "", "", "", f"{why}（通讯录中没有此人）")


def propose_meeting(
    case: Case, level: LevelDecision, directory: Directory, *, meeting_setting: MeetingSetting,
    team_setting: TeamSetting, now: datetime, kept: Collection[SheetKind] = frozenset(SheetKind),
) -> MeetingProposal:
    """The need for a meeting with its reasons, the round, and whom to invite.

    A serious case meets at once, any other after the preliminary survey: status 分析 with every change point
    assessed. A meeting held without 结论 calls for the next. ``kept`` are the sheets the ledger has; ``now`` is
    aware, in the plant's zone. Proposed people are replaced while on leave on the day of the meeting (else today).
    """
    need, number, reasons = _need(case, level, kept, meeting_setting, now)
    if number is None:
        return MeetingProposal(need, None, (), reasons)
    typed = dict(rounds(case)).get(number)
    day = typed.time.day if typed and typed.time else now.date()
    team = propose_team(case.complaint, level, directory, setting=team_setting, day=day)
    people = each_once([*team, *_earlier(case, directory)]) if directory.contacts else ()
    return MeetingProposal(need, number, people, reasons)
