"""What a reviewer of an 8D looks at, and how much a remark weighs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from pipeline.rules.stage import Stage
from schemas.case import Case
from schemas.causes import AcceptanceSetting, CauseSetting, Finding
from schemas.decisions import Decisions
from schemas.follow_up import EffectivenessSetting
from schemas.rows import Complaint


class Weight(IntEnum):
    """The points that the gravest remark on a D takes from its two."""

    NONE = 0
    REMARK = 1
    REJECTED = 2


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence of the reviewer."""

    sentence: str
    weight: Weight = Weight.REMARK


@dataclass(frozen=True, slots=True)
class Subject:
    """One 8D under review."""

    case: Case
    decisions: Decisions
    findings: tuple[Finding, ...]
    documents: tuple[str, ...]
    setting: AcceptanceSetting
    causes: CauseSetting
    effectiveness: EffectivenessSetting
    stage: Stage

    @property
    def complaint(self) -> Complaint:
        """The complaint's own row."""
        return self.case.complaint
