"""What a weekly meeting saw of a complaint, kept compactly, and what has changed since (第n次滚动)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline.rules.action_facts import is_done
from schemas.case import Case
from schemas.columns import SheetRow
from schemas.decisions import ClockName, Decisions
from schemas.deck import ShownItem
from schemas.effects import digest_of
from schemas.workbook import Row

_STATUS, _LEVEL, _MEASURES, _REPORTS = "状态", "等级", "措施完成", "报告"
#: Groups of facts of which only the digest is kept, and what is said when it differs.
_SENTENCES = {
    "问题": "更新了问题描述或数量",
    "围堵": "更新了紧急措施或围堵结果",
    "变化点": "更新了变化点调查",
    "原因": "更新了原因分析",
    "措施": "更新了措施内容、日期或验证",
    "会议": "更新了会议情况",
    "回访": "更新了跟踪回访",
    "时限": "客户或结案要求日有调整",
    "暂停": "暂停情况有变化",
}
_PROBLEM = ("phenomenon", "defects", "lot", "lot_size", "rate", "failure_class", "product", "part_number")
_CAUSES = ("occurrence_cause", "escape_cause", "cause_rank", "process", "reproduced", "reproduction", "liability")
_LASTING = ("lasting_actions", "break_point_day", "break_point_lot")
_DUE = ("d3_due", "d5_due", "d8_due", "close_due", "customer_agreed_day")
_SHORT = 12  # hexadecimal digits


def _short(inputs: object) -> str:
    return digest_of(inputs)[:_SHORT]


def _columns(case: Case, names: tuple[str, ...]) -> list[str]:
    return [str(getattr(case.complaint, name) or "") for name in names]


def _rows(rows: Sequence[Row[SheetRow]]) -> list[list[str]]:
    records = (row.record.model_dump(mode="json", exclude={"number"}, exclude_none=True) for row in rows)
    return [[f"{name}={value}" for name, value in sorted(record.items()) if value] for record in records]


def facts_of(case: Case, decisions: Decisions, today: date) -> Mapping[str, str]:
    """The facts of a complaint that a meeting would call news; a measure dated ahead counts as done on its day."""
    complaint, rows = case.complaint, case.rows
    done = sum(is_done(row.record, today) for row in rows.actions)
    reports = [
        name for name, sent in ((ClockName.D3, complaint.d3_sent), (ClockName.D5, complaint.d5_sent),
                                (ClockName.D8, complaint.d8_sent)) if sent is not None
    ]
    return {
        _STATUS: complaint.status.value if complaint.status else "",
        _LEVEL: decisions.level.level.value,
        _MEASURES: f"{done}/{len(rows.actions)}" if rows.actions else "",
        _REPORTS: "、".join(name.value for name in reports),
        "问题": _short(_columns(case, _PROBLEM)),
        "围堵": _short([_columns(case, ("containment", "contained_at", "interim_actions")), _rows(rows.containments)]),
        "变化点": _short(_rows(rows.change_points)),
        "原因": _short([_columns(case, _CAUSES), _rows(rows.whys)]),
        "措施": _short([_columns(case, _LASTING), _rows(rows.actions)]),
        "会议": _short(_rows(rows.meetings)),
        "回访": _short(_rows(rows.callbacks)),
        "时限": _short(_columns(case, _DUE)),
        "暂停": _short(_columns(case, ("paused_because",))),
    }


def changes_since(before: ShownItem, facts: Mapping[str, str]) -> Iterator[str]:
    """What has changed since a complaint was shown, as short sentences, the weightiest first."""
    old = before.facts
    for name in (_STATUS, _LEVEL):
        if old.get(name, "") != facts[name]:
            yield f"{name}：{old.get(name) or '未填'} → {facts[name] or '未填'}"
    if facts[_REPORTS] != old.get(_REPORTS, ""):
        earlier = old.get(_REPORTS, "").split("、")
        sent = [name for name in facts[_REPORTS].split("、") if name and name not in earlier]
        yield f"{'、'.join(sent)} 已提交" if sent else "报告提交日有更正"
    counted = facts[_MEASURES] != old.get(_MEASURES, "")
    if counted:
        yield f"措施完成：{old.get(_MEASURES) or '0/0'} → {facts[_MEASURES] or '0/0'}"
    for name, sentence in _SENTENCES.items():
        if facts[name] != old.get(name, "") and not (counted and name == "措施"):
            yield sentence


def shown_item(case: Case, facts: Mapping[str, str], times: int) -> ShownItem:
    """What to remember of a complaint that the deck of this week shows; ``times`` counts this meeting as well."""
    return ShownItem(case.case_id, case.number, times, facts)
