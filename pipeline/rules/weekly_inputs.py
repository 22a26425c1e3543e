"""What the weekly report still needs from each engineer, as lines of the day's digest (DOMAIN "Dates and clocks").

The note is due the working day before the weekly day, the last reminder on the weekly day; both are lines of whatever
mail a person gets that day, and a mail of their own only for those who get none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.rules.action_facts import is_action_open, is_replaced
from pipeline.rules.completeness import photos_missing
from pipeline.rules.hand_over import is_registered
from pipeline.rules.stage import Stage, stage_of
from schemas.case import Case, Directory
from schemas.decisions import Decisions
from schemas.inquiry import PHOTOS
from schemas.schedule import WeekTimes
from schemas.settings import Settings
from schemas.values import CausePath
from schemas.values.text import plain_text

_NAMED = 4  # questions named in a line; the digest and the cell hold them all


@dataclass(frozen=True, slots=True)
class WeeklyLines:
    """Lines by person for today's digest; ``insist`` when they are reason enough for a digest of their own."""

    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    insist: bool = False


def _causes(case: Case) -> Iterator[str]:
    complaint = case.complaint
    for path, typed in ((CausePath.OCCURRENCE, complaint.occurrence_cause), (CausePath.ESCAPE, complaint.escape_cause)):
        if plain_text(typed) is None and not any(plain_text(why.answer) for why in case.rows.chain(path)):
            yield f"{path.value}原因"


def missing_inputs(case: Case, decisions: Decisions) -> tuple[str, ...]:
    """What an open complaint's page in the weekly report lacks, asked for from the stage on in which it is due."""
    stage = stage_of(case)
    if stage is None or not decisions.is_open:
        return ()
    headings = [question.heading for question in decisions.questions if question.heading != PHOTOS]
    found = headings[:_NAMED] + ([f"等{len(headings)}项信息"] if len(headings) > _NAMED else [])
    if photos_missing(case.complaint, case.files.attachments if case.files else None):
        found.append(PHOTOS)
    if plain_text(case.complaint.containment) is None and not case.rows.containments:
        found.append("紧急措施")
    if stage >= Stage.MEASURES:
        found += _causes(case)
        if not case.rows.actions and plain_text(case.complaint.lasting_actions) is None:
            found.append("措施（责任人、计划完成日）")
    rows = case.rows.actions
    waiting = [row.record for row in rows if is_action_open(row.record) and not is_replaced(row, rows)]
    if any(action.due is None or not action.person for action in waiting):
        found.append("措施的责任人或计划完成日")
    return tuple(dict.fromkeys(found))


def _opening(week: WeekTimes, now: datetime) -> tuple[str, bool] | None:
    """The line above the list, and whether its hour has come; None when today asks for nothing."""
    named = f"周报 {week.period}（例会 {week.meeting:%m-%d}）"
    if now.date() == week.noted.date():
        ahead = (week.reminded.date() - week.noted.date()).days
        day = "明天" if ahead == 1 else f"{week.reminded:%m-%d}"
        return f"{named}：以下资料请在{day} {week.reminded:%H:%M} 前补进台账", now >= week.noted
    if now.date() == week.frozen.date() and now < week.frozen:
        hours = f"{week.reminded:%H:%M} 前补进台账，{week.frozen:%H:%M} 定稿"
        return f"{named}最后提醒：以下资料请在今天 {hours}，之后的变化列入下一期", now >= week.reminded
    return None


def weekly_lines(
    cases: Iterable[tuple[Case, Decisions]], week: WeekTimes | None, directory: Directory, settings: Settings,
    now: datetime,
) -> WeeklyLines:
    """Today's lines about the coming weekly report, by engineer; empty on other days."""
    opening = _opening(week, now) if week is not None else None
    if week is None or opening is None:
        return WeeklyLines()
    text, insist = opening
    found: dict[str, list[str]] = defaultdict(list)
    for case, decisions in cases:
        engineer = case.complaint.engineer or ""
        if engineer in directory.contacts and is_registered(case, decisions, settings):
            missing = missing_inputs(case, decisions)
            if missing:
                found[engineer].append(f"{case.label}：缺 {'、'.join(missing)}")
    return WeeklyLines({person: (text, *lines) for person, lines in found.items()}, insist)
