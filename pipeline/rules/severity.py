"""客诉等级 一般/严重/紧急 with the reasons that fired (process step 5, level defaults)."""

from __future__ import annotations

from pipeline.rules.line_stop import line_stop_reasons
from pipeline.rules.state import is_dismissed
from schemas.decisions import LevelDecision
from schemas.rows import Complaint
from schemas.settings import LevelSetting
from schemas.values import Level, Status

_ORDER = {Level.NORMAL: 0, Level.SERIOUS: 1, Level.URGENT: 2}


def defect_rate(complaint: Complaint) -> float | None:
    """The typed 不良率, else 不良数量 / 批量数; a fraction, None when neither can be told.

    More defects than parts is a contradiction, which is reported on its cell and decides nothing.
    """
    if complaint.rate is not None:
        return complaint.rate
    if complaint.defects is not None and complaint.lot_size and complaint.defects <= complaint.lot_size:
        return complaint.defects / complaint.lot_size
    return None


def is_large_rate(complaint: Complaint, setting: LevelSetting) -> bool:
    """Rate and pieces both at or above the plant's thresholds."""
    rate = defect_rate(complaint)
    return (
        rate is not None
        and rate >= setting.serious_rate
        and complaint.defects is not None
        and complaint.defects >= setting.serious_pieces
    )


def _repeated(complaint: Complaint) -> list[str]:
    """A restarted complaint, or one whose engineer named the earlier one; 主从 says that two are one matter."""
    if complaint.status is Status.RESTARTED or (complaint.restarts or 0) > 0:
        return ["重复发生"]
    if complaint.related and not complaint.lead_or_part and not is_dismissed(complaint):
        return [f"重复发生（关联客诉编号 {complaint.related}）"]
    return []


def _serious_reasons(complaint: Complaint, setting: LevelSetting) -> list[str]:
    reasons = []
    if is_large_rate(complaint, setting):
        rate = defect_rate(complaint) or 0.0
        reasons.append(
            f"不良率 {rate:.2%} ≥ {setting.serious_rate:.2%}，"
            f"且不良数 {complaint.defects} ≥ {setting.serious_pieces} 件"
        )
    if complaint.functional_failure:
        reasons.append("功能失效")
    reasons += _repeated(complaint)
    if (complaint.cost or 0) > 0:
        reasons.append(f"已产生费用 {complaint.cost:g} 元")
    return reasons


def decide_level(complaint: Complaint, setting: LevelSetting) -> LevelDecision:
    """The level by rule and the one that holds; people may raise it, a lower one is reported and does not hold."""
    urgent = list(line_stop_reasons(complaint, setting))
    if complaint.safety_part:
        urgent.append("安全法规件")
    serious = _serious_reasons(complaint, setting)
    by_rule = Level.URGENT if urgent else Level.SERIOUS if serious else Level.NORMAL
    reasons = (*urgent, *serious)
    typed = complaint.level
    if typed is None or _ORDER[typed] == _ORDER[by_rule]:
        return LevelDecision(by_rule, by_rule, reasons)
    if _ORDER[typed] > _ORDER[by_rule]:
        return LevelDecision(typed, by_rule, (*reasons, f"台账中由人定为{typed.value}"))
    return LevelDecision(by_rule, by_rule, reasons, lowered=True)
