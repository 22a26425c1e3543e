"""All decisions on one complaint, put together for documents, mails, cells and board."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from pipeline.rules.clocks import closure_clock, containment_clock, effectiveness_clock, report_clocks
from pipeline.rules.completeness import missing_answers
from pipeline.rules.line_stop import line_stop_reasons
from pipeline.rules.overdue import decide_agenda, pressing
from pipeline.rules.participants import people_named, propose_team
from pipeline.rules.pause import pause_faults
from pipeline.rules.registration import registration_reasons
from pipeline.rules.report_form import decide_form
from pipeline.rules.restart import restart_of
from pipeline.rules.severity import decide_level
from pipeline.rules.state import is_open, is_released
from pipeline.workdays import Workdays
from schemas.case import Case, Directory
from schemas.decisions import Decisions, LevelDecision
from schemas.settings import Settings


def _findings(case: Case, level: LevelDecision) -> Iterator[str]:
    typed = case.complaint.level
    if level.lowered and typed is not None:
        why = "、".join(level.reasons)
        yield f"等级填为{typed.value}，按规则应为{level.by_rule.value}({why})，请核对"
    yield from pause_faults(case)


def decide(
    case: Case, kept: Collection[str], directory: Directory, settings: Settings, calendar: Workdays, now: datetime
) -> Decisions:
    """Decide on one complaint as of ``now`` (aware, the plant's zone); ``kept`` are the fields its ledger has."""
    complaint = case.complaint
    settings = settings.for_customer(complaint.customer)
    level = decide_level(complaint, settings.level)
    registration = registration_reasons(complaint, level, settings.level)
    form = decide_form(complaint, registration)
    running, restart = is_open(complaint), restart_of(case, case.trail.restarted)
    attachments = case.files.attachments if case.files else None
    candidates = (
        containment_clock(complaint, kept, settings.clocks, settings.zone),
        *report_clocks(complaint, kept, form, settings.clocks, calendar, settings.zone, restart),
        effectiveness_clock(complaint, form, settings.effectiveness, settings.zone, restart),
        closure_clock(complaint, settings.zone, restart),
    )
    clocks = tuple(clock for clock in candidates if clock is not None)
    agenda = decide_agenda(case, clocks, settings.clocks, now) if running else ()
    return Decisions(
        level=level,
        form=form,
        is_open=running,
        released=is_released(complaint),
        line_stop=line_stop_reasons(complaint, settings.level) if running else (),
        clocks=clocks,
        agenda=agenda,
        duties=pressing(agenda, settings.clocks),
        questions=missing_answers(complaint, kept, settings.inquiry, attachments) if running else (),
        findings=tuple(_findings(case, level)),
        team=propose_team(complaint, level, directory, setting=settings.team),
        people=people_named(case, directory),
        registration=registration,
        restart=restart,
    )
