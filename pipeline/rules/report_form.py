"""Full 8D or one-page 客诉处理单 (DOMAIN "Full 8D")."""

from __future__ import annotations

from pipeline.rules.state import is_dismissed, is_quality
from schemas.decisions import Form, LevelDecision
from schemas.rows import Complaint
from schemas.values import Level


def decide_form(complaint: Complaint, level: LevelDecision, registration: tuple[str, ...]) -> Form | None:
    """The report a complaint gets, with the reasons; None when it is no quality matter or was dismissed."""
    if not is_quality(complaint) or is_dismissed(complaint):
        return None
    reasons = []
    if registration:
        reasons.append("需登录公共台账：" + "；".join(registration))
    if level.level in {Level.SERIOUS, Level.URGENT}:
        reasons.append(f"等级为{level.level.value}")
    if complaint.wants_8d:
        reasons.append("客户要求8D")
    return Form(full_8d=bool(reasons), reasons=tuple(reasons) or ("一般质量问题",))
