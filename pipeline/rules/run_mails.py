"""The mails of the weekly day and of the month-end: one a person for everything that falls due together.

Source: DOMAIN "Who hears what, when" and process step 12. Nothing overdue, nothing sent; a run caught up late says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.rules.digest import Newsdesk, PersonsNews
from pipeline.rules.hand_over import belongs_to_month, is_registered, lacking_in_ledger
from pipeline.rules.hand_over_papers import lacking_in_folder
from pipeline.rules.history import History
from pipeline.rules.owed import NOBODY, Owed, owed_by_person
from pipeline.rules.runs import BEFORE_START, due_runs, is_switched_on, mark_kind, mark_of, next_run, runs_of
from pipeline.rules.share_links import share_link
from pipeline.rules.standing_in import reader_for
from pipeline.workdays import Workdays
from schemas.case import Case
from schemas.effects import Effect, EffectRecord, digest_of
from schemas.payloads import SendMail
from schemas.ports import Documents
from schemas.schedule import DueRun, Errand
from schemas.settings import Settings

MAIL_KINDS = {Errand.WEEKLY: "mail.overdue", Errand.MONTH_END: "mail.month_end"}
TEMPLATE = "overdue"
_JOIN = "+"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the mails are made from; ``desk`` knows what today's digest would tell, ``stale`` names old ledgers."""

    desk: Newsdesk
    documents: Documents
    settings: Settings
    calendar: Workdays
    history: History
    stale: Sequence[str]
    now: datetime


@dataclass(frozen=True, slots=True)
class _Sitting:
    """Runs held together: one mail a person; ``resumed`` when mails of an earlier pass did not go out."""

    runs: tuple[DueRun, ...]
    resumed: bool = False

    @property
    def inputs(self) -> str:
        return _JOIN.join(f"{run.errand.value}:{run.period}" for run in self.runs)

    @property
    def leading(self) -> DueRun:
        """The run whose key the mails bear: the month-end, when it coincides with the weekly day."""
        return self.runs[-1]

    def period(self, errand: Errand) -> str:
        return next((run.period for run in self.runs if run.errand is errand), "")


@dataclass(frozen=True, slots=True)
class _Unfinished:
    case: Case
    what: tuple[str, ...]


class _Recipients:
    """Who gets what in one sitting."""

    def __init__(self, facts: RunFacts, sitting: _Sitting) -> None:
        cases = [(matter.case, matter.decisions) for matter in facts.desk.matters]
        self._facts, self.sitting = facts, sitting
        weekly, month = sitting.period(Errand.WEEKLY), sitting.period(Errand.MONTH_END)
        owed = owed_by_person(cases, facts.desk.directory, facts.now.date()) if weekly else {}
        self.owed = {person: entries for person, entries in owed.items() if any(entry.is_late for entry in entries)}
        self.unfinished = self._unfinished(month) if month else {}

    def _unfinished(self, month: str) -> dict[str, list[_Unfinished]]:
        facts = self._facts
        found: dict[str, dict[str, _Unfinished]] = {}
        for matter in facts.desk.matters:
            case, decisions = matter.case, matter.decisions
            if not is_registered(case, decisions, facts.settings) or not belongs_to_month(case, month):
                continue
            papers = lacking_in_folder(case, decisions, facts.documents)
            for lacking in (*lacking_in_ledger(case, decisions), *papers):
                person = self._reader(case, lacking.person, released=decisions.released)
                known = found.setdefault(person, {}).get(case.number)
                what = lacking.what if lacking.person in {person, ""} else f"{lacking.what}（{lacking.person}）"
                found[person][case.number] = _Unfinished(case, (*(known.what if known else ()), what))
        return {person: list(entries.values()) for person, entries in found.items()}

    def _reader(self, case: Case, person: str, *, released: bool) -> str:
        engineer = case.complaint.engineer or ""
        candidates = (person, engineer) if released else (engineer,)
        directory, today = self._facts.desk.directory, self._facts.now.date()
        readers = (reader_for(name, directory, today) for name in candidates)
        return next((reader.name for reader in readers if reader is not None), NOBODY)

    def people(self) -> list[str]:
        """Everybody who gets a mail, the quality manager with the summary included."""
        found = {*self.owed, *self.unfinished} - {NOBODY}
        manager = self._facts.settings.mail.quality_manager
        if (self.owed or self.unfinished) and self._facts.desk.directory.mail_of(manager):
            found.add(manager)
        return sorted(found)


def _day(text: datetime) -> str:
    return f"{text:%Y-%m-%d}"


def _owed_line(entry: Owed, settings: Settings) -> dict[str, object]:
    case, duty, place = entry.case, entry.duty, entry.case.place
    return {
        "label": duty.case_label, "what": duty.what, "due": f"{duty.due:%Y-%m-%d}", "days_late": duty.days_late,
        "waiting": entry.waiting, "note": entry.note, "folder": case.folder,
        "folder_link": share_link(settings.share_link, case.folder) if case.folder else "",
        "place": f"{case.ledger} {place.sheet} 第{place.row}行",
        "place_link": share_link(settings.share_link, case.ledger, f"{place.sheet}!A{place.row}"),
    }


def _unfinished_line(entry: _Unfinished, settings: Settings) -> dict[str, object]:
    folder = entry.case.folder
    return {
        "label": entry.case.label, "what": list(entry.what), "folder": folder,
        "folder_link": share_link(settings.share_link, folder) if folder else "",
    }


def _named(person: str, owed: Iterable[Owed]) -> str:
    """The person, with those on leave whose duties are among them."""
    absent = dict.fromkeys(entry.absent for entry in owed if entry.absent)
    return f"{person}（代 {'、'.join(absent)}）" if absent else person


def _summary(found: _Recipients) -> dict[str, object]:
    """The quality manager's overview: who is late with how much, who has unfinished papers, who cannot be reached."""
    people = []
    for person in sorted({*found.owed, *found.unfinished} - {NOBODY}):
        late = [entry for entry in found.owed.get(person, ()) if entry.is_late]
        people.append({
            "person": _named(person, found.owed.get(person, ())), "late": len(late),
            "worst": max((entry.duty.days_late for entry in late), default=0),
            "worst_of": late[0].case.label if late else "", "unfinished": len(found.unfinished.get(person, ())),
        })
    people.sort(key=lambda line: (-int(str(line["worst"])), str(line["person"])))
    nobody = [
        f"{entry.duty.case_label}：{entry.duty.what}，逾期{entry.duty.days_late}天"
        + (f"，{entry.note}" if entry.note else "")
        for entry in found.owed.get(NOBODY, ()) if entry.is_late
    ]
    nobody += [f"{entry.case.label}：{'、'.join(entry.what)}" for entry in found.unfinished.get(NOBODY, ())]
    return {"people": people, "nobody": nobody}


def _context(person: str, found: _Recipients, facts: RunFacts) -> dict[str, object]:
    settings, sitting = facts.settings, found.sitting
    news = facts.desk.news.get(person, PersonsNews())
    owed = found.owed.get(person, ())
    late = [_day(run.at) for run in sitting.runs if run.late]
    weekly, month = sitting.period(Errand.WEEKLY), sitting.period(Errand.MONTH_END)
    return {
        "person": person, "day": _day(facts.now), "weekly": weekly, "month": month,
        "late_from": "、".join(dict.fromkeys(late)),
        "overdue": [_owed_line(entry, settings) for entry in owed if entry.is_late],
        "soon": [_owed_line(entry, settings) for entry in owed if not entry.is_late],
        "unfinished": [_unfinished_line(entry, settings) for entry in found.unfinished.get(person, ())],
        "archive_at": f"{settings.month_end.archive_at:%H:%M}" if month and settings.month_end.archive else "",
        "summary": _summary(found) if person == settings.mail.quality_manager else None,
        "weekly_lines": list(news.weekly), "new": news.cases, "problems": news.problems, "drafts": news.drafts,
        "pending": news.pending, "stale": list(facts.stale), "board": settings.board,
    }


def _copies(person: str, owed: Iterable[Owed], facts: RunFacts) -> tuple[str, ...]:
    """The heads of the departments concerned, from N days late on."""
    heads = [
        head.mail
        for entry in owed if entry.duty.days_late >= facts.settings.weekly.head_copy_days
        for head in facts.desk.directory.heads_of(entry.duty.department) if head.name != person and head.mail
    ]
    return tuple(dict.fromkeys(heads))


def _mails(found: _Recipients, facts: RunFacts) -> Iterator[Effect]:
    run = found.sitting.leading
    kind = MAIL_KINDS[run.errand]
    for person in found.people():
        begun = facts.history.latest(kind, person, run.period) is not None
        key, address = facts.history.once(kind, person, run.period), facts.desk.directory.mail_of(person)
        if key is None or address is None or (found.sitting.resumed and not begun):
            continue
        context = _context(person, found, facts)
        owed, unfinished = found.owed.get(person, ()), found.unfinished.get(person, ())
        ids = {entry.case.case_id for entry in (*owed, *unfinished)}
        news = facts.desk.news.get(person, PersonsNews())
        cc = tuple(copy for copy in _copies(person, owed, facts) if copy != address)
        payload = SendMail(TEMPLATE, (address,), cc, context, (), tuple(sorted(ids | news.case_ids)),
                           tuple(sorted(news.fresh)))
        word = "月末邮件" if run.errand is Errand.MONTH_END else "逾期邮件"
        yield Effect(key, f"{word} {run.period} {person}", digest_of([found.sitting.inputs, person]), payload)


def _resumed(facts: RunFacts) -> Iterator[_Sitting]:
    """Sittings whose mails were begun and are not all settled, put together as the mark remembers."""
    for errand, kind in MAIL_KINDS.items():
        for period in facts.history.occasions(kind):
            mark = facts.history.latest(mark_kind(errand), "run", period)
            if mark is None or mark.inputs == BEFORE_START or not facts.history.has_unfinished(kind, period):
                continue
            held = dict(part.split(":", 1) for part in mark.inputs.split(_JOIN))
            runs = [
                run for name, of in held.items()
                for run in runs_of(Errand(name), facts.now, facts.calendar, facts.settings) if run.period == of
            ]
            if runs:
                yield _Sitting(tuple(runs), resumed=True)


def _later_today(facts: RunFacts) -> Iterator[_Sitting]:
    """Runs of today whose hour is still to come: who will get their mail gets no digest before it."""
    coming = (next_run(errand, facts.now, facts.calendar, facts.settings) for errand in MAIL_KINDS)
    runs = tuple(
        run for run in coming
        if run is not None and run.day == facts.now.date() and is_switched_on(run.errand, facts.settings)
        and facts.history.latest(mark_kind(run.errand), "run", run.period) is None
    )
    if runs:
        yield _Sitting(runs)


def _sent_today(records: Iterable[EffectRecord], facts: RunFacts) -> Iterator[str]:
    kinds = set(MAIL_KINDS.values())
    for record in records:
        if record.key.kind in kinds and record.intended.astimezone(facts.now.tzinfo).date() == facts.now.date():
            yield record.key.subject


def _sittings(facts: RunFacts) -> list[_Sitting]:
    """What is held in this pass: left-overs of an earlier one, and the runs that are due, together."""
    due = tuple(
        run for run in due_runs(facts.now, facts.calendar, facts.settings, facts.history) if run.errand in MAIL_KINDS
    )
    return [*_resumed(facts), *([_Sitting(due)] if due else ())]


def wanted_run_mails(facts: RunFacts) -> Iterator[Effect]:
    """The mails of the runs that are due now, and the marks that they were held."""
    for sitting in _sittings(facts):
        yield from _mails(_Recipients(facts, sitting), facts)
        if not sitting.resumed:
            yield from (mark_of(facts.settings.site, run, sitting.inputs) for run in sitting.runs)


def replaced_today(facts: RunFacts) -> frozenset[str]:
    """Whose digest of today an overdue or month-end mail stands for: sent, due now, or due later today."""
    found = set(_sent_today(facts.desk.records, facts))
    for sitting in (*_sittings(facts), *_later_today(facts)):
        found.update(_Recipients(facts, sitting).people())
    return frozenset(found)
