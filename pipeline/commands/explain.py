"""kesu explain: every decision on one complaint with its reasons and what would change it; reads only."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from pipeline.commands.clock import moment
from pipeline.commands.log import NumberUnknown
from pipeline.commands.output import say
from schemas.advice import Advice
from schemas.case import Case
from schemas.decisions import Clock, Decisions
from schemas.settings import Settings


def _block(title: str, lines: Iterable[str]) -> Iterator[str]:
    shown = [line for line in lines if line]
    if shown:
        yield f"【{title}】"
        yield from (f"  {line}" for line in shown)


def _shown(at: datetime) -> str:
    """A day that was typed without an hour stands for its end (``pipeline.rules.clocks``): shown as it was typed."""
    return f"{at:%Y-%m-%d}" if (at.hour, at.minute) == (23, 59) else f"{at:%Y-%m-%d %H:%M}"


def _clock_line(clock: Clock) -> str:
    stopped = f"，已于 {_shown(clock.stopped)} 停止" if clock.stopped else "，在计时"
    return f"{clock.name.value}：{_shown(clock.due)} 前{stopped}{'（要求日由人填写）' if clock.by_hand else ''}"


def _would_change(sentences: Iterable[str]) -> Iterator[str]:
    return (f"会改变：{sentence}" for sentence in sentences)


def _decided(case: Case, decisions: Decisions, settings: Settings) -> Iterator[str]:
    from pipeline.rules.changes import changes

    level, change = decisions.level, changes(case, decisions, settings)
    raised = f"（按规则为{level.by_rule.value}）" if level.level is not level.by_rule else ""
    reasons = (f"因为：{reason}" for reason in level.reasons)
    yield from _block("等级", [f"{level.level.value}{raised}", *reasons, *_would_change(change["等级"])])
    if decisions.form is None:
        yield from _block("报告", ["不出报告：非质量问题，或已不成立、作废、合并"])
    else:
        name = "8D报告" if decisions.form.full_8d else "客诉处理单"
        reasons = (f"因为：{reason}" for reason in decisions.form.reasons)
        yield from _block("报告", [name, *reasons, *_would_change(change["报告"])])
    found = decisions.registration or ("不需要：①–⑤ 都不符合",)
    yield from _block("登公共台账", [*found, *_would_change(change["登公共台账"])])
    yield from _block("停线预警", decisions.line_stop)
    yield from _block("时限", [*map(_clock_line, decisions.clocks), *_would_change(change["时限"])])
    yield from _block("应办", (
        f"{duty.person or '未填责任人'}：{duty.what}，{duty.due:%Y-%m-%d}（"
        + (f"逾期 {duty.days_late} 天" if duty.days_late > 0 else f"还有 {-duty.days_late} 天") + "）"
        for duty in decisions.duties
    ))
    yield from _block("需核对", [*(str(issue) for issue in case.issues), *decisions.findings])
    if not decisions.released:
        yield from _block("通知", ["未放行：状态仍为待确认。把状态改为调查，或“发送”填“是”，才通知别人"])


def _advised(decisions: Decisions, advice: Advice) -> Iterator[str]:
    yield from _block("待补充", (f"{question.heading}：{question.text}" for question in advice.inquiry.questions))
    if advice.dispatch is not None:
        who = advice.dispatch.person or "人选请指定"
        yield from _block("派人建议", [f"{advice.dispatch.trip.value}：{who}", *advice.dispatch.reasons])
    people = [
        f"{member.name or '（待定）'} {member.department} {member.why}" for member in advice.meeting.participants
    ]
    meeting_round = f"第{advice.meeting.round}次" if advice.meeting.round else ""
    yield from _block("会议", [f"{advice.meeting.need.value}{meeting_round}", *advice.meeting.reasons, *people])
    yield from _block("原因与措施的检查", (f"{fault.severity.value}：{fault.sentence}" for fault in advice.causes))
    actions = [sentence for action in advice.actions.actions for sentence in action.sentences]
    yield from _block("措施", [*actions, *advice.actions.sentences])
    yield from _block("8D评分", _score_lines(advice))
    gate = advice.gate
    verdict = "可以关闭" if gate.allowed else "还不能关闭" if not gate.closed_too_early else "已关闭，但还缺"
    unchecked = (f"无法核对：{sentence}" for sentence in gate.unchecked)
    yield from _block("关闭条件", [verdict, *gate.missing, *unchecked, *gate.on_closing])
    if decisions.restart is not None:
        yield from _block("重新启动", [*decisions.restart.notes, *decisions.restart.missing])
    yield from _block("复发", (
        f"{found.kind.value}：{found.sentence}（{'；'.join([*found.reasons, *found.ask])}）"
        for found in advice.recurrences
    ))
    yield from _block("处罚建议（仅质量工程师与品质经理可见）", (entry.sentence for entry in advice.penalties))


def _score_lines(advice: Advice) -> Iterator[str]:
    acceptance = advice.acceptance
    if acceptance.note:
        yield acceptance.note
        return
    yield f"{acceptance.total}/{acceptance.possible}"
    for step in acceptance.steps:
        points = "未到" if step.points is None else f"{step.points} 分"
        yield f"{step.step.value}：{points}" + (f"。{''.join(step.remarks)}" if step.remarks else "")


def run(arguments: argparse.Namespace) -> int:
    """0 with the explanation; 2 when no complaint has that number. Any ``--now`` may be asked."""
    from pipeline.app import open_site
    from pipeline.tick import observe, plan_pass

    with open_site(Path(arguments.config), moment(arguments.now), write=False) as opened:
        site, now = opened.site, opened.now
        snapshot = observe(site, now, asked=arguments.number)
        planned = plan_pass(site, snapshot, site.journal.memory(), now, asked=arguments.number)
    found = [case for case in planned.cases if case.number == arguments.number]
    if not found:
        raise NumberUnknown(arguments.number)
    for case in found:
        decisions, advice = planned.decisions[case.handle], planned.advice[case.handle]
        status = case.complaint.status.value if case.complaint.status else "状态未填"
        say(f"{case.label}  {status}  {case.standing.value}")
        differing = _block("文件与台账不一致", (entry.sentence for entry in case.disagreements))
        for line in (*_decided(case, decisions, site.settings), *differing, *_advised(decisions, advice)):
            say(line)
    return 0
