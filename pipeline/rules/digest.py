"""The daily digest: at most one mail per person and working day, only when it holds something new (DOMAIN)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from pipeline.rules.history import History
from pipeline.rules.standing_in import reader_for
from pipeline.rules.weekly_inputs import WeeklyLines
from pipeline.workdays import Workdays, is_before
from schemas.case import Case, Directory, Standing
from schemas.decisions import Decisions, Duty
from schemas.effects import Effect, EffectRecord, EffectState, digest_of
from schemas.payloads import MarkRound, SendMail
from schemas.remarks import Remark, Shown
from schemas.settings import Settings

ROUND = "round.digest"
#: What is due in a week is a line of a digest that goes anyway; from the last day on it calls for one.
_LAST_REMINDER_DAYS = 1


@dataclass(frozen=True, slots=True)
class DigestMatter:
    """One case with its decisions, the remarks on it, and the sentences about mails that wait."""

    case: Case
    decisions: Decisions
    remarks: Sequence[Remark] = ()
    pending: Sequence[str] = ()


@dataclass(slots=True)
class PersonsNews:
    """What concerns one person: lines to show, and in ``fresh`` the keys by which a later digest knows it was told.

    A digest goes out when it is ``worth_a_mail``; what is merely nice to know waits for a digest that goes anyway.
    """

    cases: list[dict[str, object]] = field(default_factory=list)
    duties: list[dict[str, object]] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)
    drafts: list[dict[str, str]] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    weekly: tuple[str, ...] = ()  # what the coming weekly report still needs
    fresh: set[str] = field(default_factory=set)
    worth_a_mail: bool = False
    case_ids: set[str] = field(default_factory=set)


def _about_case(case: Case, decisions: Decisions) -> tuple[str, list[str]]:
    if case.standing is Standing.HALF_TYPED:
        return f"half:{case.origin}", ["填写中：请补全接诉时间、客户、产品、不良现象"]
    if case.standing is Standing.AMBIGUOUS:
        return f"ambiguous:{case.handle}", ["无法确定是哪一件，见系统校验"]
    lines = [f"等级：{decisions.level.level.value}"]
    if decisions.level.reasons:
        lines[0] += f"({'、'.join(decisions.level.reasons)})"
    if not decisions.released:
        lines.append("状态为待确认：核对后请改状态，随后才会通知责任部门")
    if decisions.questions:
        lines.append("待补充：" + "、".join(question.heading for question in decisions.questions))
    return f"case:{case.origin}:{decisions.released}", lines


def _duty_line(duty: Duty, absent: str) -> dict[str, object]:
    what = f"{duty.what}（代 {absent}）" if absent else duty.what
    return {
        "label": duty.case_label, "what": what, "due": f"{duty.due:%Y-%m-%d}", "days_late": duty.days_late,
        "lateness": duty.lateness.value,
    }


class _Newsroom:
    """Gathers the news of every person from the matters of one pass; only what was never told counts as new."""

    def __init__(self, directory: Directory, told: Collection[tuple[str, str]], stand_in: str, day: date) -> None:
        self._directory = directory
        self._told = told
        self._stand_in = stand_in
        self._day = day
        self.of: dict[str, PersonsNews] = defaultdict(PersonsNews)

    def _is_new(self, person: str, key: str, *, worth_a_mail: bool = True) -> bool:
        if (person, key) in self._told:
            return False
        news = self.of[person]
        news.fresh.add(key)
        news.worth_a_mail = news.worth_a_mail or worth_a_mail
        return True

    def present(self, person: str) -> str:
        """The person, or on leave who stands in for them: what the 代理人 was told is news to them on their return."""
        reader = reader_for(person, self._directory, self._day)
        return reader.name if reader else person

    def reader_of(self, case: Case) -> str:
        """Who hears of a complaint: its engineer; nobody can reach them: for a managed one who stands in, else ""."""
        engineer = case.complaint.engineer or ""
        if self._directory.mail_of(engineer):
            return self.present(engineer)
        reachable = case.standing is Standing.MANAGED and self._directory.mail_of(self._stand_in)
        return self.present(self._stand_in) if reachable else ""

    def _why(self, case: Case) -> str:
        """Why another than the engineer hears of a complaint."""
        engineer = case.complaint.engineer or ""
        reader = reader_for(engineer, self._directory, self._day)
        if reader is not None:
            return reader.note
        named = f"质量工程师 {engineer} 没有邮箱" if engineer else "质量工程师未填"
        return f"{named}，请在台账或通讯录中补上；在此之前由您代收"

    def add(self, matter: DigestMatter) -> None:
        reader = self.reader_of(matter.case)
        if reader:
            if matter.decisions.is_open:
                self._add_case(reader, matter)
            self._add_remarks(reader, matter)
        if matter.case.standing is Standing.MANAGED:
            self._tell_superior(matter)
            self._add_duties(reader, matter)

    def _tell_superior(self, matter: DigestMatter) -> None:
        """The direct superior hears of every released quality complaint (process step 5); of a serious one at once."""
        case, decisions = matter.case, matter.decisions
        engineer = case.complaint.engineer
        superior = self._directory.superior_of(engineer)
        if superior is None or not superior.name or not (decisions.released and decisions.is_open and decisions.form):
            return
        reader = self.present(superior.name)
        if self._is_new(reader, f"superior:{case.origin}"):
            line = f"{engineer}处理，责任部门{case.complaint.department or '未填'}，等级{decisions.level.level.value}"
            self.of[reader].cases.append({"label": case.label, "lines": [line]})
            self.of[reader].case_ids.add(case.case_id)

    def _add_case(self, engineer: str, matter: DigestMatter) -> None:
        case = matter.case
        news = self.of[engineer]
        key, lines = _about_case(case, matter.decisions)
        if engineer != case.complaint.engineer:
            lines.insert(0, self._why(case))
        # released by the engineer's own hand: no news to the engineer
        known = (engineer, f"case:{case.origin}:{False}") in self._told
        if self._is_new(engineer, key, worth_a_mail=not known):
            news.cases.append({"label": case.label, "lines": lines})
        for issue in case.issues:
            if self._is_new(engineer, f"issue:{case.origin}:{issue.field}:{digest_of(issue.value)}"):
                place = f"{issue.sheet} {issue.cell}"
                news.problems.append({"place": place, "value": issue.value, "message": issue.message})
        news.case_ids.add(case.case_id)

    def _add_remarks(self, engineer: str, matter: DigestMatter) -> None:
        case, news = matter.case, self.of[engineer]
        for remark in matter.remarks:
            key = f"remark:{case.origin}:{digest_of(remark.key)}"
            told = Shown.DIGEST in remark.shown
            if told and self._is_new(engineer, key, worth_a_mail=not remark.can_wait):
                news.pending.append(f"{case.label}：{remark.sentence}")
                news.case_ids.add(case.case_id)
        for sentence in matter.pending:
            if self._is_new(engineer, f"pending:{case.origin}:{digest_of(sentence)}"):
                news.pending.append(f"{case.label}：{sentence}")
                news.case_ids.add(case.case_id)

    def _add_duties(self, engineer: str, matter: DigestMatter) -> None:
        for duty in matter.decisions.duties:
            # until a row is released its engineer alone hears of it
            people = {engineer, duty.person} if matter.decisions.released else {engineer}
            readers = {self.present(person): person for person in sorted(people & self._directory.contacts.keys())}
            for person, meant in readers.items():
                # listed in an earlier digest that went anyway, it still gets its last reminder
                if duty.days_late >= -_LAST_REMINDER_DAYS:
                    self._is_new(person, f"duty:{matter.case.origin}:{duty.key}:{duty.due}:{duty.lateness.value}")
                self.of[person].duties.append(_duty_line(duty, "" if person == meant else meant))
                self.of[person].case_ids.add(duty.case_id)

    def add_drafts(self, matters: Iterable[DigestMatter], records: Iterable[EffectRecord]) -> None:
        owner = {matter.case.case_id: self.reader_of(matter.case) for matter in matters}
        newest: dict[tuple[str, str], dict[str, str]] = {}  # a draft written twice since yesterday is one piece of news
        for record in records:
            person = owner.get(record.case_id, "")
            if person not in self.of or record.state is not EffectState.DONE or record.outcome is None:
                continue
            if not record.key.kind.startswith("doc."):
                continue
            # the link to its folder stands in the row; only a draft that somebody has to merge by hand calls for a mail
            key = f"draft:{record.key.digest}"
            if self._is_new(person, key, worth_a_mail=record.outcome.beside):
                newest[person, record.outcome.path] = {"title": record.title, "path": record.outcome.path}
        for (person, _), draft in newest.items():
            self.of[person].drafts.append(draft)


@dataclass(frozen=True)
class Newsdesk:
    """The news of one pass, gathered once and only when a mail is due that tells them.

    ``told`` holds what every person was told before; ``weekly`` today's lines about the coming weekly report;
    ``stand_in`` hears of complaints whose engineer no mail reaches; who is on leave on ``day`` is stood in for.
    """

    matters: Sequence[DigestMatter]
    records: Iterable[EffectRecord]
    told: Collection[tuple[str, str]]
    directory: Directory
    weekly: WeeklyLines
    day: date
    stand_in: str = ""

    @cached_property
    def owing(self) -> Mapping[str, tuple[str, ...]]:
        """Today's lines about the weekly report by who reads them: a heading, then what is owed."""
        room = _Newsroom(self.directory, self.told, self.stand_in, self.day)
        found: dict[str, tuple[str, ...]] = {}
        for person, lines in self.weekly.lines.items():
            reader = room.present(person)
            found[reader] = (*found.get(reader, lines[:1]), *lines[1:])
        return found

    @cached_property
    def news(self) -> Mapping[str, PersonsNews]:
        """What concerns each person, by name."""
        room = _Newsroom(self.directory, self.told, self.stand_in, self.day)
        for matter in self.matters:
            room.add(matter)
        for person, lines in self.owing.items():
            room.of[person].weekly = lines
        room.add_drafts(self.matters, self.records)
        return room.of


def _digest_mail(person: str, address: str, day: str, news: PersonsNews, board: str) -> SendMail:
    duties = sorted(news.duties, key=lambda duty: str(duty["due"]))
    context = {
        "person": person, "day": day, "weekly": list(news.weekly), "new": news.cases, "duties": duties,
        "problems": news.problems, "drafts": news.drafts, "pending": news.pending, "board": board,
    }
    return SendMail(
        "digest", (address,), (), context, (), tuple(sorted(news.case_ids)), tuple(sorted(news.fresh))
    )


def wanted_digests(
    desk: Newsdesk, replaced: Callable[[], Collection[str]], settings: Settings, calendar: Workdays,
    history: History, now: datetime,
) -> Iterator[Effect]:
    """Digests due now (a working day, at or after the set time, once that day), and the mark that the round was held.

    What comes up after the round waits for the next working day, so nobody gets a second digest. Whom ``replaced``
    names gets another mail today, which holds the digest's news. When the hour of the weekly report's note has come,
    those who owe something for it and got no digest this morning get theirs now.
    """
    day = f"{now.date():%Y-%m-%d}"
    if not settings.mail.digest or not calendar.is_workday(now.date()) or is_before(now, settings.mail.digest_at):
        return
    held = history.is_settled(ROUND, "digest", day)
    insisted = desk.owing.keys() if desk.weekly.insist else frozenset[str]()
    owing = any(history.latest("mail.digest", person, day) is None for person in insisted)
    if held and not owing and not history.has_unfinished("mail.digest", day):
        return
    elsewhere = replaced()
    for person, news in sorted(desk.news.items()):
        begun = history.latest("mail.digest", person, day) is not None  # in the round, but not sent yet
        key, address = history.once("mail.digest", person, day), desk.directory.mail_of(person)
        due = begun or person in insisted or (news.worth_a_mail and not held)
        if due and key is not None and address is not None and person not in elsewhere:
            payload = _digest_mail(person, address, day, news, settings.board)
            yield Effect(key, f"每日摘要 {person}", digest_of([sorted(news.fresh), news.weekly]), payload)
    mark = None if held else history.once(ROUND, "digest", day)
    if mark is not None:
        yield Effect(mark, f"每日摘要 {day}", "", MarkRound())
