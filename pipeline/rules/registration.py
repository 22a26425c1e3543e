"""The registration rule ①–⑤: what belongs on the shared ledger and in Friday's meeting (process step 12)."""

from __future__ import annotations

from pipeline.rules.severity import is_large_rate
from schemas.decisions import LevelDecision
from schemas.rows import Complaint
from schemas.settings import LevelSetting
from schemas.values import Level, Source


def registration_reasons(complaint: Complaint, level: LevelDecision, setting: LevelSetting) -> tuple[str, ...]:
    """The reasons for registration in the order of the rule; empty when none holds."""
    reasons = []
    if complaint.source is Source.MARKETING:
        reasons.append("①由营销部反馈（高层已知晓）")
    if complaint.management_knows and is_large_rate(complaint, setting):
        reasons.append("②不良率较大且影响较大（高层已知晓）")
    if (complaint.cost or 0) > 0:
        reasons.append("③产生退货、返工、请人跟线等费用")
    if complaint.source is Source.RESIDENT:
        reasons.append("④驻线书面反馈")
    if level.level in {Level.SERIOUS, Level.URGENT}:
        reasons.append(f"⑤等级为{level.level.value}")
    return tuple(reasons)
