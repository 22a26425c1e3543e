"""What would change the decisions on one complaint: which cell, filled with what (for ``kesu explain``)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.case import Case
from schemas.decisions import ClockName, Decisions
from schemas.settings import LevelSetting, Settings
from schemas.values import Level

_STOPPED_BY = {
    ClockName.CONTAINMENT: "填写紧急措施时间即停止",
    ClockName.D3: "填写D3提交日即停止，填写D3要求日则按客户的日期",
    ClockName.D5: "填写D4-D5提交日即停止，填写D4-D5要求日则按客户的日期",
    ClockName.D8: "填写8D提交日即停止，填写8D要求日则按客户的日期",
    ClockName.EFFECTIVENESS: "更改断点日期会改变这一天",
    ClockName.CLOSURE: "填写关闭日期即停止",
}


def level_changes(decisions: Decisions, setting: LevelSetting) -> Iterator[str]:
    """What raises the level, and that nobody lowers it below the rule."""
    level = decisions.level
    if level.by_rule is Level.NORMAL:
        yield (
            f"不良率不低于 {setting.serious_rate:.2%} 且不良数不少于 {setting.serious_pieces} 件、功能失效=是、"
            "重复发生或产生费用，即为严重"
        )
    if level.by_rule is not Level.URGENT:
        yield f"停线/甩车风险=是、客户良品库存不足 {setting.stock_days:g} 天用量或安全法规件，即为紧急"
    yield "客诉等级可由人改高；改得低于规则不生效，在系统校验中提示"


def form_changes(decisions: Decisions) -> Iterator[str]:
    """What makes an 8D of a slip, and back."""
    if decisions.form is not None and not decisions.form.full_8d:
        yield "客户要求8D=是、符合登公共台账的条件或等级升为严重，即改出8D报告"
    elif decisions.form is not None:
        yield "上述理由都不再成立时改为客诉处理单；已有的8D报告保留"


def registration_changes(decisions: Decisions) -> Iterator[str]:
    """What makes a complaint one for the shared ledger."""
    if not decisions.registration:
        yield "信息来源=营销部或驻线、产生费用、高层知晓且不良率较大，或等级为严重以上，即应登记"


def clock_changes(case: Case, decisions: Decisions) -> Iterator[str]:
    """What stops or moves each running clock; nothing of a complaint that is closed."""
    running = [clock for clock in decisions.clocks if clock.stopped is None and decisions.is_open]
    for clock in running:
        yield f"{clock.name.value}：{_STOPPED_BY[clock.name]}"
    if running and case.complaint.customer_agreed_day is None:
        yield "状态=暂停时内部时限停止，客户的日期照走；客户同意延期的，填写客户同意延期日"


def changes(case: Case, decisions: Decisions, settings: Settings) -> dict[str, tuple[str, ...]]:
    """By decision (等级, 报告, 登公共台账, 时限) what would change it, in sentences."""
    own = settings.for_customer(case.complaint.customer)
    return {
        "等级": tuple(level_changes(decisions, own.level)),
        "报告": tuple(form_changes(decisions)),
        "登公共台账": tuple(registration_changes(decisions)),
        "时限": tuple(clock_changes(case, decisions)),
    }
