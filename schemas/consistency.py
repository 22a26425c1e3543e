"""Contradictions between cells of one row, between rows and between sheets: what cannot be true as it stands."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from operator import attrgetter
from typing import cast

from schemas.columns import SheetRow
from schemas.rows import MODELS, Action, CallBack, Complaint, Contact, Meeting, SheetKind
from schemas.values import MeetingState, Moment, Status, parse_people
from schemas.workbook import Issue, Row, SheetReading, WorkbookReading

_ENDED = frozenset({Status.CLOSED, Status.UNFOUNDED, Status.VOID, Status.MERGED})
_RATE_TOLERANCE = 0.1  # relative; plants round 3/1200 to 0.3 %
_HEADINGS = {kind: {field.name: field.column.heading for field in model.fields()} for kind, model in MODELS.items()}

#: Fields that name colleagues, who should stand in 通讯录.
_PERSONS: Mapping[SheetKind, tuple[str, ...]] = {
    SheetKind.COMPLAINTS: ("engineer",),
    SheetKind.ACTIONS: ("person", "verifier"),
    SheetKind.CONTAINMENTS: ("person",),
    SheetKind.MEETINGS: ("chair", "invited"),
}


def _letters(column: int) -> str:
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class _Subject:
    """One row under examination, able to report on its cells."""

    sheet: SheetReading[SheetRow]
    row: Row[SheetRow]

    def issue(self, field: str, message: str) -> Issue:
        cell = f"{_letters(self.sheet.columns[field])}{self.row.place.row}" if field in self.sheet.columns else ""
        return Issue(self.sheet.name, cell, field, self.row.typed.get(field, ""), message)

    def heading(self, field: str) -> str:
        return _HEADINGS[self.sheet.kind][field]


def _subjects(reading: WorkbookReading, kind: SheetKind) -> Iterator[_Subject]:
    for sheet in reading.sheets:
        if sheet.kind is kind:
            for row in sheet.rows:
                yield _Subject(sheet, row)


def _day(value: date | Moment | None) -> date | None:
    return value.day if isinstance(value, Moment) else value


def _earlier(one: date | Moment | None, other: date | Moment | None) -> bool:
    """Whether ``one`` is surely before ``other``: by time of day only when both are known."""
    first, second = _day(one), _day(other)
    if first is None or second is None or first > second:
        return False
    if isinstance(one, Moment) and isinstance(other, Moment) and one.clock and other.clock:
        return first < second or one.clock < other.clock
    return first < second


def _quantities(subject: _Subject, complaint: Complaint) -> Iterator[Issue]:
    defects, lot, rate = complaint.defects, complaint.lot_size, complaint.rate
    if defects is not None and lot and defects > lot:
        yield subject.issue("defects", f"不良数量 {defects} 大于批量数 {lot}，请核对后更正其中之一")
    elif rate is not None and defects is not None and lot and "rate" in subject.row.typed:
        expected = defects / lot
        # One piece more or less, or a rounded percentage, is no contradiction.
        if abs(rate - expected) > max(_RATE_TOLERANCE * max(rate, expected), 1.0 / lot, 0.00051):
            shown = f"{expected * 100:.2f}".rstrip("0").rstrip(".")
            yield subject.issue("rate", f"与不良数量 {defects} ÷ 批量数 {lot} = {shown}% 不一致，请核对；"
                                        f"若按此计算请写成 {shown}%")
    trials, reproduced = complaint.reproduction_trials, complaint.reproduced
    if trials is not None and reproduced is not None and reproduced > trials:
        yield subject.issue("reproduced", f"再现次数 {reproduced} 大于试验次数 {trials}，请更正")


#: Dates that cannot lie before 接诉时间, with what they are called in the message.
_AFTER_RECEIPT = ("contained_at", "d3_due", "d5_due", "d8_due", "close_due", "d3_sent", "d5_sent", "d8_sent", "closed")
_DAYS_AFTER_RECEIPT = cast("Callable[[Complaint], tuple[date | Moment | None, ...]]", attrgetter(*_AFTER_RECEIPT))


def _dates(subject: _Subject, complaint: Complaint, today: date) -> Iterator[Issue]:
    received = complaint.received
    if received is None:
        return
    if received.day > today + timedelta(days=1):
        yield subject.issue("received", f"接诉时间晚于今天（{today.isoformat()}），请更正年月日")
        return
    for field, value in zip(_AFTER_RECEIPT, _DAYS_AFTER_RECEIPT(complaint), strict=True):
        if value is None or (value.day if isinstance(value, Moment) else value) > received.day:
            continue  # as nearly all are
        if _earlier(value, received):
            yield subject.issue(field, f"{subject.heading(field)}早于接诉时间 {received}，请更正其中之一")
    if complaint.produced and received.day < complaint.produced:
        yield subject.issue("produced", f"生产日期晚于接诉时间 {received}，请更正其中之一")


def _closing(subject: _Subject, complaint: Complaint, dated: frozenset[str]) -> Iterator[Issue]:
    """``dated``: the sheets on which 关闭日期 is filled at all; a column nobody uses is no issue per row."""
    if complaint.status is Status.CLOSED and complaint.closed is None and not subject.row.typed.get("closed"):
        if subject.sheet.name in dated:
            yield subject.issue("closed", "状态为关闭，但没有关闭日期，请补填，例如 2026-03-05")
    elif complaint.closed and complaint.status and complaint.status not in _ENDED | {Status.RESTARTED}:
        yield subject.issue("status", f"已填关闭日期 {complaint.closed}，状态仍为“{complaint.status.value}”；"
                                      "已结束请改为 关闭，未结束请清空关闭日期")


def _complaints(reading: WorkbookReading, today: date) -> Iterator[Issue]:
    places: dict[str, _Subject] = {}
    dated = frozenset(sheet.name for sheet in reading.sheets if any("closed" in row.typed for row in sheet.rows))
    for subject in _subjects(reading, SheetKind.COMPLAINTS):
        complaint = cast("Complaint", subject.row.record)
        yield from _quantities(subject, complaint)
        yield from _dates(subject, complaint, today)
        yield from _closing(subject, complaint, dated)
        if complaint.number:
            first = places.setdefault(_key(complaint.number), subject)
            if first is not subject:
                place = first.row.place
                yield subject.issue("number", f"客诉编号与“{place.sheet}”第 {place.row} 行重复，请改为不同的编号；"
                                              "同一客诉多次登记请合并为一行")


def _key(number: str) -> str:
    return "".join(number.split()).casefold()


def _follow_ups(reading: WorkbookReading) -> Iterator[Issue]:
    """Rows of the other sheets: they name an existing complaint and do not precede it."""
    known = {_key(row.record.number): row.record for row in reading.complaints if row.record.number}
    reserved = {_key(number) for number in reading.prenumbered()}
    for kind in MODELS:
        if kind in {SheetKind.COMPLAINTS, SheetKind.CONTACTS}:
            continue
        for subject in _subjects(reading, kind):
            number = cast("str | None", getattr(subject.row.record, "number", None))
            if not number or not known:
                continue
            complaint = known.get(_key(number))
            if complaint is None and _key(number) not in reserved:
                yield subject.issue("number", "客诉台账中没有这个编号，请核对后改为已有的客诉编号")
            elif complaint is not None:
                yield from _after_receipt(subject, complaint)


def _after_receipt(subject: _Subject, complaint: Complaint) -> Iterator[Issue]:
    match subject.row.record:
        case Action(due=due, done=done):
            dated: tuple[tuple[str, date | Moment | None], ...] = (("due", due), ("done", done))
        case Meeting(time=time):
            dated = (("time", time),)
        case CallBack(day=day):
            dated = (("day", day),)
        case _:
            return
    for field, value in dated:
        if _earlier(value, complaint.received):
            yield subject.issue(field, f"{subject.heading(field)}早于该客诉的接诉时间 {complaint.received},"
                                       "请更正其中之一")


def _steps(reading: WorkbookReading) -> Iterator[Issue]:
    for subject in _subjects(reading, SheetKind.ACTIONS):
        action = cast("Action", subject.row.record)
        if action.verify_due and action.due and action.verify_due < action.due:
            yield subject.issue("verify_due", f"计划验证日早于计划完成日 {action.due}，请更正其中之一")
    for subject in _subjects(reading, SheetKind.MEETINGS):
        meeting = cast("Meeting", subject.row.record)
        held = meeting.state in {MeetingState.HELD, MeetingState.SIGNED}
        if meeting.state and (held or meeting.state is MeetingState.CONFIRMED) and not subject.row.typed.get("time"):
            yield subject.issue("time", f"会议状态为“{meeting.state.value}”，但没有时间，请补填，例如 2026-03-05 14:00")


def _contacts(reading: WorkbookReading) -> Iterator[Issue]:
    first: dict[str, _Subject] = {}
    for subject in _subjects(reading, SheetKind.CONTACTS):
        contact = cast("Contact", subject.row.record)
        if contact.name:
            earlier = first.setdefault(contact.name, subject)
            if earlier is not subject:
                yield subject.issue("name", f"与第 {earlier.row.place.row} 行同名，只有先出现的一行有效；"
                                            "同名的两人请写成 张三（品质） 这样加以区分，重复的一行请删除")
        if "mail" in subject.sheet.columns and contact.mail and not _is_mail(contact.mail):
            yield subject.issue("mail", "不是可用的邮箱地址，请写成 name@example.com")


def _is_mail(text: str) -> bool:
    name, at, host = text.strip().rpartition("@")
    return bool(at and name and "." in host and not any(char.isspace() or char in "<>,;()@" for char in name + host))


def _persons(reading: WorkbookReading) -> Iterator[Issue]:
    """People named in the sheets who are not in 通讯录, one issue per cell; silent where there is no 通讯录."""
    known = {name for row in reading.contacts for name in parse_people(row.record.name)}
    if not known:
        return
    named = cache(parse_people)  # the same few colleagues in every row
    for kind, fields in _PERSONS.items():
        for subject in _subjects(reading, kind):
            for field in fields:
                typed = subject.row.typed.get(field)
                if not typed or getattr(subject.row.record, field) in {None, ()}:
                    continue
                if strangers := [name for name in named(typed) if name not in known]:
                    yield subject.issue(field, f"通讯录中没有 {'、'.join(strangers)}，请在通讯录补一行，或更正姓名")


def find_contradictions(reading: WorkbookReading, today: date) -> tuple[Issue, ...]:
    """Everything that cannot be true together, in sheet and row order; pure.

    ``today`` is the day by which a receipt lies in the future. Only fields that could be read are compared, so a cell
    that has an issue of its own gets no second one here. Source: DOMAIN "Dates and clocks", issue 2 "Validation".
    """
    checks: tuple[Callable[[], Iterator[Issue]], ...] = (
        lambda: _complaints(reading, today), lambda: _follow_ups(reading), lambda: _steps(reading),
        lambda: _contacts(reading), lambda: _persons(reading),
    )
    order = {sheet.name: index for index, sheet in enumerate(reading.sheets)}
    by_row: defaultdict[tuple[int, int], list[Issue]] = defaultdict(list)
    for check in checks:
        for issue in check():
            row = int(issue.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)
            by_row[order[issue.sheet], row].append(issue)
    seen = Counter[Issue]()
    found = [issue for key in sorted(by_row) for issue in by_row[key]]
    return tuple(issue for issue in found if not seen.update([issue]) and seen[issue] == 1)
