"""All proposals and findings on one complaint, put together (process steps 3, 7 to 11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from pipeline.rules.acceptance import score
from pipeline.rules.actions import review_actions
from pipeline.rules.causes import find_cause_faults
from pipeline.rules.closure import closure_gate
from pipeline.rules.completeness import decide_inquiry
from pipeline.rules.dispatch import propose_dispatch
from pipeline.rules.meetings import propose_meeting
from pipeline.rules.penalty import propose_penalties
from pipeline.rules.recurrence import EarlierCases, find_recurrences
from pipeline.rules.restart import restart_of
from schemas.advice import Advice
from schemas.case import Case, Directory
from schemas.decisions import Decisions
from schemas.follow_up import Evidence
from schemas.rows import SheetKind
from schemas.settings import Settings


def advise(
    case: Case, decisions: Decisions, columns: Mapping[SheetKind, frozenset[str]], kept: Collection[str],
    earlier: EarlierCases, directory: Directory, settings: Settings, now: datetime,
) -> Advice:
    """Advice on one complaint as of ``now`` (aware, the plant's zone). Pure.

    ``columns`` are the fields of each sheet kind that the ledger has, ``kept`` those of the complaint's own sheet,
    ``earlier`` all complaints of the site. Files in the case folder are not looked at here: what depends on them is
    left open and said so.
    """
    complaint = case.complaint
    clocks = settings.clocks_for(complaint.customer)
    full_8d = decisions.form is not None and decisions.form.full_8d
    findings = find_cause_faults(case, settings.causes, full_8d=full_8d)
    review = review_actions(case, decisions.form, clocks, {}, now.date())
    inquiry = decide_inquiry(complaint, kept, settings.inquiry)
    evidence = Evidence(columns=columns)
    return Advice(
        inquiry=inquiry,
        dispatch=propose_dispatch(
            case, inquiry.questions, decisions.level, directory, None, settings.dispatch, now
        ),
        meeting=propose_meeting(
            case, decisions.level, directory, meeting_setting=settings.meetings, team_setting=settings.team, now=now,
            kept=frozenset(columns),
        ),
        causes=findings,
        actions=review,
        acceptance=score(
            case, decisions, findings, setting=settings.acceptance, causes=settings.causes,
            effectiveness=settings.effectiveness,
        ),
        gate=closure_gate(case, decisions.form, review, evidence, settings.effectiveness, now.date()),
        restart=restart_of(case, None),
        recurrences=find_recurrences(case, earlier, settings.recurrence),
        penalties=propose_penalties(case, review, settings.penalty, settings.mail.quality_manager),
    )
