"""What the board page shows after a pass: open cases, who owes what, problems by cell, newest events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from itertools import islice

from pipeline.rules.state import is_open
from schemas.advice import Advice
from schemas.board import BoardCase, BoardDuty, BoardEvent, BoardProblem, BoardView, LedgerAge, Tally
from schemas.case import Case, Standing
from schemas.decisions import Decisions, Duty, Lateness
from schemas.effects import EffectRecord, EffectState
from schemas.remarks import Remark, Shown
from schemas.values import Level, Status
from schemas.workbook import WorkbookReading

_EVENTS = 40
_SHOWN_KINDS = ("doc.", "deck", "mail.", "number", "folder", "cells", "row.")
#: Seen by their audience and by the operator (kesu status), never on a page that everybody opens.
_CONFIDENTIAL = frozenset({"mail.penalty"})
_URGENCY = {Level.URGENT.value: 0, Level.SERIOUS.value: 1, Level.NORMAL.value: 2}


@dataclass(frozen=True, slots=True)
class BoardMatter:
    """One case with its decisions, the remarks on it, its 8D score and sentences about what waits."""

    case: Case
    decisions: Decisions
    remarks: Sequence[Remark] = ()
    score: str = ""
    note: str = ""
    pending: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BoardState:
    """The rest of what the page needs: readings, ledgers not readable (why, since when), effects, vanished rows.

    ``records_of`` gives the effects of a case in the order of intent; ``troubled`` are those that somebody may have to
    look at, ``done`` those that were done, latest first, as many of them as are asked for.
    """

    site: str
    readings: Sequence[WorkbookReading]
    unreadable: Mapping[str, str]
    records_of: Callable[[str], Iterable[EffectRecord]]
    troubled: Iterable[EffectRecord]
    done: Iterable[EffectRecord]
    vanished: Sequence[str]
    rehearsal: bool
    deferred: Mapping[str, str]
    calendar_warning: str = ""
    unreadable_since: Mapping[str, datetime] = field(default_factory=dict)
    more_alerts: Sequence[str] = ()
    template_faults: Sequence[str] = ()


def _by_topic(remarks: Sequence[Remark]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The sentences by topic, topics in the order of their first sentence."""
    found: dict[str, list[str]] = {}
    for remark in remarks:
        if Shown.BOARD in remark.shown:
            found.setdefault(remark.topic.value, []).append(remark.sentence)
    return tuple((topic, tuple(sentences)) for topic, sentences in found.items())


def score_text(advice: Advice | None) -> str:
    """The acceptance score of the 8D as points of possible points; "" when nothing is scored."""
    return f"{advice.acceptance.total}/{advice.acceptance.possible}" if advice and advice.acceptance.possible else ""


def _next_step(matter: BoardMatter) -> str:
    case, decisions = matter.case, matter.decisions
    if case.standing is Standing.AMBIGUOUS:
        return "核对编号或补全本行，使其能与先前的行区分"
    if case.standing is Standing.HALF_TYPED:
        return "补全接诉时间、客户、产品、不良现象"
    if case.standing is Standing.SETTLING:
        return "等待编号（填写稳定后自动进行）"
    if not decisions.released:
        return "核对后修改状态（待确认 → 调查）"
    if case.complaint.status is Status.RESTARTED:
        return "检讨原因，重新调查"
    running = sorted((clock for clock in decisions.clocks if clock.stopped is None), key=lambda clock: clock.due)
    return f"{running[0].name.value}：{running[0].due:%m-%d}前" if running else "跟踪验证，满足条件后关闭"


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _documents_of(records: Iterable[EffectRecord]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Links to each document, and where a person changed it to our newer draft beside it, with notes."""
    remarks: dict[tuple[str, str], str] = {}
    links: dict[tuple[str, str], str] = {}
    beside: dict[tuple[str, str], str] = {}
    for record in sorted(records, key=lambda entry: entry.key.revision):
        outcome = record.outcome
        if outcome is None or record.state is not EffectState.DONE or not record.key.kind.startswith("doc."):
            continue
        slot = (record.key.kind, record.key.occasion)
        remarks[slot] = "" if outcome.beside or outcome.text == _name(outcome.path) else outcome.text
        if outcome.beside:
            beside[slot] = outcome.path
        else:
            links[slot] = outcome.path
            beside.pop(slot, None)
    notes = tuple(f"原文件已由人修改，保持不动；新草稿在旁：{_name(path)}" for path in beside.values())
    notes += tuple(remark for remark in remarks.values() if remark)
    return tuple((_name(path), path) for path in (*links.values(), *beside.values())), notes


def _board_case(matter: BoardMatter, records: Iterable[EffectRecord], today: date) -> BoardCase:
    case, decisions, complaint = matter.case, matter.decisions, matter.case.complaint
    documents, notes = _documents_of(records)
    overdue = [f"{duty.what} 逾期{duty.days_late}天" for duty in decisions.duties if duty.lateness is Lateness.OVERDUE]
    received = complaint.received
    waiting = [note for note in (matter.note,) if note]
    waiting += matter.pending
    if decisions.questions:
        waiting.append("待补充：" + "、".join(question.heading for question in decisions.questions))
    return BoardCase(
        number=case.name,
        customer=complaint.customer or "",
        product=complaint.product or complaint.part_number or "",
        phenomenon=complaint.phenomenon or "",
        level=decisions.level.level.value,
        level_reasons=decisions.level.reasons,
        status=complaint.status.value if complaint.status else "",
        standing=case.standing.value,
        engineer=complaint.engineer or "",
        department=complaint.department or "",
        received=str(received or ""),
        age_days=(today - received.day).days if received else None,
        link=case.folder,
        next_step=_next_step(matter),
        overdue=tuple(overdue),
        waiting=tuple(waiting),
        documents=documents,
        notes=(*notes, *(entry.sentence for entry in case.disagreements)),
        remarks=_by_topic(matter.remarks),
        score=matter.score,
    )


def _tallies(cases: Sequence[BoardCase], name_of: Callable[[BoardCase], str]) -> tuple[Tally, ...]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for case in cases:
        count = counts[name_of(case) or "未指定"]
        count[0] += 1
        count[1] += bool(case.overdue)
        count[2] += bool(case.waiting)
    ordered = sorted(counts.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))
    return tuple(Tally(name, *count) for name, count in ordered)


def _board_duties(matters: Iterable[BoardMatter]) -> tuple[BoardDuty, ...]:
    found: list[tuple[Duty, str]] = []
    for matter in matters:
        found.extend((duty, matter.case.folder) for duty in matter.decisions.duties)
    found.sort(key=lambda pair: (-pair[0].days_late, pair[0].case_label, pair[0].key))
    return tuple(
        BoardDuty(duty.case_label, duty.what, duty.person, duty.department, duty.due, duty.days_late, link)
        for duty, link in found
    )


def _ages(state: BoardState, zone: tzinfo | None) -> tuple[LedgerAge, ...]:
    since = {name: at.astimezone(zone) for name, at in state.unreadable_since.items() if name in state.unreadable}
    ages = [
        LedgerAge(reading.ledger, reading.saved, since.get(reading.ledger), reading.stale_because,
                  state.deferred.get(reading.ledger, ""))
        for reading in state.readings
    ]
    known = {reading.ledger for reading in state.readings}
    ages.extend(LedgerAge(name, None, since.get(name), reason) for name, reason in state.unreadable.items()
                if name not in known)
    return tuple(ages)


def _alerts(state: BoardState, records: Iterable[EffectRecord]) -> tuple[str, ...]:
    alerts = [*([state.calendar_warning] if state.calendar_warning else []), *state.template_faults]
    alerts += [f"台账暂时读不到：{reason}" for reason in state.unreadable.values()]
    alerts += [warning for reading in state.readings for warning in reading.warnings]
    alerts += [f"编号 {number} 的行不见了：提醒已停，资料夹保留；若是误删请恢复" for number in state.vanished]
    waiting = tuple(state.deferred.values())  # shown beside the ledger, with since when
    for record in records:
        if record.key.kind.startswith("row.") and any(text.endswith(record.error) for text in waiting if record.error):
            continue
        if record.state is EffectState.UNCERTAIN:
            alerts.append(f"{record.title}：{record.error or '结果不明,请人工核对'}")
        elif record.error and record.state is EffectState.INTENDED and record.key.kind != "cells":
            alerts.append(f"{record.title} 未完成：{record.error}")
        elif record.key.kind == "refused" and record.outcome is not None:
            alerts.append(record.outcome.text)
    return tuple(dict.fromkeys([*alerts, *state.more_alerts]))


def _events(done: Iterable[EffectRecord], now: datetime) -> tuple[BoardEvent, ...]:
    shown = (record for record in done if record.key.kind.startswith(_SHOWN_KINDS) and _is_for_all(record))
    events = []
    for record in islice(shown, _EVENTS):
        path = record.outcome.path if record.outcome else ""
        link = path if record.key.kind.startswith(("doc.", "deck", "folder")) else ""
        if record.finished is not None:
            events.append(BoardEvent(record.finished.astimezone(now.tzinfo), record.title, link))
    return tuple(events)


def _is_for_all(record: EffectRecord) -> bool:
    return record.key.kind not in _CONFIDENTIAL


def board_view(matters: Sequence[BoardMatter], state: BoardState, now: datetime) -> BoardView:
    """The page for the day of ``now``; the same facts give the same page all day long."""
    running = [matter for matter in matters if is_open(matter.case.complaint)]
    managed = [matter for matter in running if matter.case.standing is not Standing.BASELINE]
    today = now.date()
    cases = [
        _board_case(matter, filter(_is_for_all, state.records_of(matter.case.case_id)), today) for matter in managed
    ]
    cases.sort(key=lambda case: (_URGENCY.get(case.level, 3), not case.overdue, -(case.age_days or 0), case.number))
    engineer_of = {
        (case.ledger, case.place.sheet, case.place.row): case.complaint.engineer or ""
        for case in (matter.case for matter in matters)
    }
    problems = [
        BoardProblem(f"{reading.ledger} {issue.sheet}!{issue.cell}", issue.value, issue.message,
                     engineer_of.get((reading.ledger, issue.sheet, _row_of(issue.cell)), ""))
        for reading in state.readings for issue in reading.issues
    ]
    old = [_board_case(matter, (), today) for matter in running if matter.case.standing is Standing.BASELINE]
    return BoardView(
        site=state.site, day=today, ledgers=_ages(state, now.tzinfo),
        alerts=_alerts(state, filter(_is_for_all, state.troubled)),
        by_engineer=_tallies(cases, lambda case: case.engineer),
        by_department=_tallies(cases, lambda case: case.department),
        cases=tuple(cases), duties=_board_duties(managed), problems=tuple(problems),
        hints=tuple(dict.fromkeys(hint for reading in state.readings for hint in reading.hints)),
        events=_events(state.done, now), baseline=tuple(old),
        closed_count=sum(1 for matter in matters if not is_open(matter.case.complaint)), rehearsal=state.rehearsal,
    )


def _row_of(cell: str) -> int:
    digits = "".join(character for character in cell if character.isdigit())
    return int(digits) if digits else 0
