"""Line-stop risk (停线/甩车): the one matter that alerts at once, from the first save on (process step 3)."""

from __future__ import annotations

from schemas.rows import Complaint
from schemas.settings import LevelSetting


def line_stop_reasons(complaint: Complaint, setting: LevelSetting) -> tuple[str, ...]:
    """Why the customer's line may stop; empty when nothing says so."""
    reasons = []
    if complaint.line_stop:
        reasons.append("停线/甩车风险=是")
    usage, stock = complaint.daily_usage, complaint.good_stock
    if usage and stock is not None and stock < usage * setting.stock_days:
        reasons.append(f"客户良品库存 {stock} 件，不足 {setting.stock_days:g} 天用量（{usage} 件/天）")
    return tuple(reasons)
