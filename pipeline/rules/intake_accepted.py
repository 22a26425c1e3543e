"""Whether a row of a list of deliveries or inspections tells of parts that were accepted: that is no complaint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.rules.intake_defects import says_fine
from pipeline.rules.intake_labels import folded
from schemas.cell_value import value_of
from schemas.intake import Found
from schemas.rows import Complaint
from schemas.values.text import plain_text

#: Columns that say what became of the parts.
_VERDICT_COLUMNS = frozenset({
    "判定", "判定结果", "检验判定", "最终判定", "检验结论", "结论", "检验结果", "检查结果",
    "结果", "处理结果", "处置", "处置结果", "处理", "处理方式", "状态",
    "result", "judgement", "judgment", "decision", "disposition", "verdict", "status",
})
#: Let in as they are; 让步接收 and 特采 are not, for something was wrong.
_ACCEPTED = frozenset({
    "合格", "ok", "pass", "passed", "接收", "允收", "放行", "已放行", "通过", "正常", "入库", "已入库", "收货",
    "accept", "accepted",
    "released", "good", "良", "良好", "无异常", "没问题", "acc", "ac", "√",
})


def accepted(cells: Mapping[str, str], found: Sequence[Found], sent: date) -> bool:
    """Whether the row with ``cells`` by heading was accepted: the verdict says so, or nothing was wrong or counted.

    A number of defects above none, or a verdict against the parts, makes it a complaint whatever else it says.
    """
    counts = [value_of(Complaint, "defects", item.text, sent) for item in found if item.field == "defects"]
    if any(counts) or None in counts:
        return False
    told = {folded(heading): folded(cell) for heading, cell in cells.items() if plain_text(cell)}
    verdicts = {cell for heading, cell in told.items() if heading in _VERDICT_COLUMNS}
    wrong = any(item.field == "phenomenon" and not says_fine(item.text) for item in found)
    if verdicts:
        return verdicts <= _ACCEPTED and (bool(counts) or not wrong)
    return bool(counts) and not wrong
