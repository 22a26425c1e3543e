"""Full 8D or one-page 客诉处理单 (DOMAIN "Full 8D")."""

from __future__ import annotations

from pipeline.rules.state import is_dismissed, is_quality
from schemas.decisions import Form
from schemas.rows import Complaint


def decide_form(complaint: Complaint, registration: tuple[str, ...]) -> Form | None:
    """The report a complaint gets, with the reasons; None when it is no quality matter or was dismissed.

    严重 and 紧急 get the full 8D through ``registration``, whose reason ⑤ they are.
    """
    if not is_quality(complaint) or is_dismissed(complaint):
        return None
    reasons = []
    if registration:
        reasons.append("需登公共台账：" + "；".join(registration))
    if complaint.wants_8d:
        reasons.append("客户要求8D")
    return Form(full_8d=bool(reasons), reasons=tuple(reasons) or ("一般质量问题",))
