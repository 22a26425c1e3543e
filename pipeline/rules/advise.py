"""All proposals and findings on one complaint, put together (process steps 3, 7 to 11)."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.rules.acceptance import score
from pipeline.rules.actions import review_actions
from pipeline.rules.causes import find_cause_faults
from pipeline.rules.closure import closure_gate
from pipeline.rules.completeness import decide_inquiry
from pipeline.rules.dispatch import propose_dispatch
from pipeline.rules.meetings import propose_meeting
from pipeline.rules.minutes_distribution import distributions, orphaned_scans
from pipeline.rules.penalty import propose_penalties
from pipeline.rules.report_counted import counted, documents_in_report
from pipeline.rules.report_typed import paths_in_report, whys_in_report
from schemas.advice import Advice
from schemas.case import Case, Directory
from schemas.decisions import Decisions
from schemas.follow_up import Evidence, Recurrence
from schemas.rows import SheetKind
from schemas.settings import Settings


@dataclass(frozen=True, slots=True)
class Around:
    """What advice on one complaint needs besides the complaint itself.

    ``columns`` are the fields of each sheet kind that its ledger has, ``kept`` those of its own sheet; ``recurrences``
    what it may be a recurrence of, ``recurred`` the later complaints found to be recurrences of it (number → day);
    ``known`` the 客诉编号 that exist.
    """

    columns: Mapping[SheetKind, frozenset[str]]
    kept: frozenset[str]
    recurrences: Sequence[Recurrence] = ()
    recurred: Mapping[str, date] = field(default_factory=dict)
    known: Container[str] | None = None


def advise(
    case: Case, decisions: Decisions, around: Around, directory: Directory, settings: Settings, now: datetime
) -> Advice:
    """Advice on one complaint as of ``now`` (aware, the plant's zone). Pure."""
    complaint, files = case.complaint, case.files
    clocks = settings.clocks_for(complaint.customer)
    full_8d = decisions.form is not None and decisions.form.full_8d
    complete = counted(case)
    findings = find_cause_faults(complete, settings.causes, full_8d=full_8d, extra_whys=whys_in_report(case))
    review = review_actions(case, decisions.form, clocks, case.trail.due_days, now.date())
    attachments = files.attachments if files else None
    inquiry = decide_inquiry(complaint, around.kept, settings.inquiry, attachments)
    evidence = Evidence(
        standards=files.standards if files else None, columns=around.columns, restarted=case.trail.restarted,
        recurred=around.recurred, known=around.known, whys_in_report=paths_in_report(case),
    )
    return Advice(
        inquiry=inquiry,
        dispatch=propose_dispatch(
            case, inquiry.questions, decisions.level, directory, attachments, settings.dispatch, now
        ),
        meeting=propose_meeting(
            case, decisions.level, directory, meeting_setting=settings.meetings, team_setting=settings.team, now=now,
            kept=frozenset(around.columns),
        ),
        minutes=distributions(case, directory, files.own if files else ()),
        orphaned_minutes=orphaned_scans(case, files.own if files else ()),
        causes=findings,
        actions=review,
        acceptance=score(
            complete, decisions, findings, documents_in_report(case), setting=settings.acceptance,
            causes=settings.causes,
            effectiveness=settings.effectiveness,
        ),
        gate=closure_gate(case, decisions.form, review, evidence, settings.effectiveness, now.date()),
        recurrences=tuple(around.recurrences),
        penalties=propose_penalties(case, review, settings.penalty, settings.mail.quality_manager),
    )
