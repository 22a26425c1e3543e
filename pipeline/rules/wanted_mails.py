"""Which mails one case calls for at once; what else is to be said waits for the digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.rules.alert_mails import containment_alert, line_stop_alert
from pipeline.rules.case_mails import CaseMails
from pipeline.rules.escalation import escalation_mails
from pipeline.rules.meeting_mails import meeting_mails, minutes_mails
from pipeline.rules.penalty_mails import penalty_mails
from pipeline.rules.release_mail import release_notice
from schemas.advice import Advice
from schemas.case import Case, Standing
from schemas.decisions import Decisions
from schemas.payloads import AttachedDocument
from schemas.values import Level


@dataclass(frozen=True, slots=True)
class MailFiles:
    """What goes with a case's mails: notice and minutes by round as paths on the share, penalty forms by action."""

    notices: Mapping[int, str] = field(default_factory=dict)
    minutes: Mapping[int, str] = field(default_factory=dict)
    penalties: Mapping[str, AttachedDocument] = field(default_factory=dict)


def add_mails(
    mails: CaseMails, case: Case, decisions: Decisions, advice: Advice | None, files: MailFiles
) -> None:
    """All mails the case calls for now; nothing goes to others before it is released and numbered."""
    switches = mails.settings.mail
    if switches.line_stop_alert:
        line_stop_alert(mails, case, decisions)
    if switches.containment_alert:
        containment_alert(mails, case, decisions)
    if case.standing is not Standing.MANAGED or not case.number or not decisions.released:
        return
    if switches.release_notice:
        release_notice(mails, case, decisions)
    if switches.escalation:
        escalation_mails(mails, case, decisions)
    if switches.meeting_notice:
        meeting_mails(mails, case, files.notices, urgent=decisions.level.level is Level.URGENT)
    if advice is not None:
        if switches.minutes:
            minutes_mails(mails, case, advice.minutes, files.minutes)
        penalty_mails(mails, case, advice.penalties, files.penalties)
