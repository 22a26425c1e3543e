"""When the month's archive and its supplements are made, what they hold, and who is told (process step 12).

An archive is made once, after work on the month-end day. On every weekly day after that, what came for complaints
that no later archive will hold becomes a numbered supplement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.rules.hand_over import belongs_to_month, is_registered, lacking_in_ledger, month_of
from pipeline.rules.hand_over_papers import expected_papers, internal_papers
from pipeline.rules.history import History
from pipeline.rules.runs import due_runs, latest_run, mark_of
from pipeline.rules.share_links import share_link
from pipeline.workdays import Workdays
from schemas.archive import ArchivedCase, Owing
from schemas.case import Case, Directory
from schemas.decisions import Decisions
from schemas.effects import Effect, EffectRecord, EffectState, digest_of
from schemas.payloads import AddSupplement, MakeArchive, SendMail
from schemas.ports import Documents
from schemas.schedule import Errand
from schemas.settings import Settings

ARCHIVE, SUPPLEMENT, HAND_OVER = "archive", "archive.supplement", "mail.hand_over"
_MONTHS_SUPPLEMENTED = 3
_TOLD_WITHIN = timedelta(days=7)  # naming somebody in config.yaml does not send last year's hand-overs
Decided = tuple[Case, Decisions]


@dataclass(frozen=True, slots=True)
class ArchiveFacts:
    """What the archives are planned from; ``asked`` is the month that a person wants archived, "" for none."""

    cases: Sequence[Decided]
    documents: Documents
    directory: Directory
    settings: Settings
    calendar: Workdays
    history: History
    now: datetime
    asked: str = ""


def _facts(case: Case, decisions: Decisions) -> dict[str, str]:
    complaint = case.complaint
    form = decisions.form
    texts = {
        "客户": complaint.customer, "产品": complaint.product or complaint.part_number,
        "不良现象": complaint.phenomenon, "接诉时间": complaint.received,
        "状态": complaint.status.value if complaint.status else "",
        "客诉等级": decisions.level.level.value, "责任部门": complaint.department, "质量工程师": complaint.engineer,
        "关闭日期": complaint.closed, "报告": "" if form is None else "8D" if form.full_8d else "处理单",
        "登记理由": "；".join(decisions.registration),
    }
    return {name: "" if value is None else str(value) for name, value in texts.items()}


def archived_case(case: Case, decisions: Decisions, documents: Documents) -> ArchivedCase:
    """One complaint as the archive needs it."""
    owing = tuple(Owing(lacking.what, lacking.person) for lacking in lacking_in_ledger(case, decisions))
    expected, internal = expected_papers(case, decisions, documents), internal_papers(case, documents)
    return ArchivedCase(case.number, case.folder, _facts(case, decisions), owing, expected, internal)


def _of_month(facts: ArchiveFacts, period: str) -> Iterator[Decided]:
    for case, decisions in facts.cases:
        if is_registered(case, decisions, facts.settings) and belongs_to_month(case, period):
            yield case, decisions


def _archived(facts: ArchiveFacts, cases: Iterable[Decided]) -> tuple[ArchivedCase, ...]:
    ordered = sorted(cases, key=lambda pair: pair[0].number)
    return tuple(archived_case(case, decisions, facts.documents) for case, decisions in ordered)


def _archives(facts: ArchiveFacts) -> Iterator[Effect]:
    """The archive that is due, the one asked for, and one that an earlier pass could not finish; each month once."""
    due = [run for run in due_runs(facts.now, facts.calendar, facts.settings, facts.history)
           if run.errand is Errand.ARCHIVE]
    waiting = [record.key.subject for record in facts.history.of_kind(ARCHIVE)
               if record.state not in {EffectState.DONE, EffectState.UNCERTAIN}]
    asked = [facts.asked] if facts.asked else []
    for period in dict.fromkeys([*waiting, *asked, *(run.period for run in due)]):
        cases = _archived(facts, _of_month(facts, period))
        key = facts.history.once(ARCHIVE, period)
        if cases and key is not None:
            yield Effect(key, f"归档 {period}（{len(cases)} 件）", "", MakeArchive(period, period, cases))
    yield from (mark_of(facts.settings.site, run) for run in due)


def _next_month(period: str) -> str:
    return f"{month_of(period)[1] + timedelta(days=1):%Y-%m}"


def _supplements(facts: ArchiveFacts) -> Iterator[Effect]:
    """On the weekly day: what came since for complaints of the last months that no later archive holds."""
    week = latest_run(Errand.WEEKLY, facts.now, facts.calendar, facts.settings)
    made = [record for record in facts.history.of_kind(ARCHIVE)
            if record.state is EffectState.DONE and record.outcome and record.outcome.path]
    for record in made[-_MONTHS_SUPPLEMENTED:]:
        period = record.key.subject
        finished = record.finished.astimezone(facts.now.tzinfo).date() if record.finished else None
        if week is None or finished is None or finished >= week.day:
            continue
        key = facts.history.once(SUPPLEMENT, period, week.period)
        ended = [pair for pair in _of_month(facts, period) if not belongs_to_month(pair[0], _next_month(period))]
        if key is not None and ended:
            order = AddSupplement(period, period, _archived(facts, ended))
            yield Effect(key, f"归档补充 {period}（{week.period}）", "", order)


def _readers(facts: ArchiveFacts) -> list[str]:
    """Who is told of a hand-over: marketing as configured, else the quality manager."""
    names = facts.settings.month_end.marketing or (facts.settings.mail.quality_manager,)
    return [name for name in dict.fromkeys(names) if facts.directory.mail_of(name)]


def _hand_over(facts: ArchiveFacts, record: EffectRecord) -> Iterator[Effect]:
    outcome = record.outcome
    fresh = record.finished is not None and facts.now <= record.finished + _TOLD_WITHIN
    if outcome is None or not outcome.path or record.state is not EffectState.DONE or not fresh:
        return
    name = outcome.path.rsplit("/", 1)[-1]
    for person in _readers(facts):
        key, address = facts.history.once(HAND_OVER, person, name), facts.directory.mail_of(person)
        if key is None or address is None:
            continue
        base = facts.settings.share_link
        context = {
            "person": person, "name": name, "period": record.key.subject, "counts": outcome.text,
            "supplement": record.key.kind == SUPPLEMENT, "folder": outcome.path,
            "folder_link": share_link(base, outcome.path),
            "index": f"{outcome.path}/归档索引.xlsx", "index_link": share_link(base, f"{outcome.path}/归档索引.xlsx"),
            "zip": f"{outcome.path}.zip" if facts.settings.month_end.zip else "", "sha256": outcome.sha256,
        }
        payload = SendMail("hand_over", (address,), (), context)
        yield Effect(key, f"归档移交 {name} {person}", digest_of(context), payload)


def wanted_archives(facts: ArchiveFacts) -> Iterator[Effect]:
    """The archive and supplements that are due, and the mail about each that was made."""
    yield from _archives(facts)
    yield from _supplements(facts)
    for record in (*facts.history.of_kind(ARCHIVE), *facts.history.of_kind(SUPPLEMENT)):
        yield from _hand_over(facts, record)

