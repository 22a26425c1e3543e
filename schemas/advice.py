"""What the rules propose and find on one complaint beyond level, clocks and duties; a person decides on all of it."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.causes import Acceptance, Finding
from schemas.follow_up import ActionReview, Gate, PenaltyProposal, Recurrence
from schemas.inquiry import DispatchProposal, Inquiry
from schemas.meetings import Distribution, MeetingProposal


@dataclass(frozen=True, slots=True)
class Advice:
    """Proposals and findings of one complaint, each with its reasons."""

    inquiry: Inquiry
    dispatch: DispatchProposal | None
    meeting: MeetingProposal
    minutes: tuple[Distribution, ...]        # signed minutes and whom they go to
    orphaned_minutes: tuple[str, ...]        # sentences on signed minutes whose meeting the ledger does not know
    causes: tuple[Finding, ...]
    actions: ActionReview
    acceptance: Acceptance
    gate: Gate
    recurrences: tuple[Recurrence, ...]
    penalties: tuple[PenaltyProposal, ...]
