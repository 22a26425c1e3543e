"""kesu status: what is open, due, failed, waiting, uncertain; reads only."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

from pipeline.commands.clock import moment
from pipeline.commands.output import say, say_json
from pipeline.rules.sending_policy import holds
from schemas.board import BoardView
from schemas.effects import EffectKey, EffectRecord, EffectState

_SHOWN = 15
_WORDS = {EffectState.INTENDED: "等待", EffectState.RUNNING: "正在确认", EffectState.UNCERTAIN: "结果不明",
          EffectState.DONE: "已完成"}
_MAIL_WORDS = {**_WORDS, EffectState.INTENDED: "等待发送", EffectState.DONE: "已发出"}


def record_json(record: EffectRecord, waits: Mapping[EffectKey, str] = MappingProxyType({})) -> dict[str, object]:
    """One remembered effect for ``--json``; times in ISO form."""
    return {
        "kind": record.key.kind, "subject": record.key.subject, "occasion": record.key.occasion,
        "revision": record.key.revision, "title": record.title, "state": shown_state(record),
        "intended": record.intended.isoformat(), "finished": record.finished.isoformat() if record.finished else None,
        "attempts": record.attempts, "path": record.outcome.path if record.outcome else "",
        "text": record.outcome.text if record.outcome else "", "error": record.error,
        "waits": waits.get(record.key, ""),
    }


def shown_state(record: EffectRecord) -> str:
    """The state in the outbox's words for mails (pending, sending, sent, uncertain), else pending, done, uncertain."""
    if record.key.kind.startswith("mail.") and record.state is EffectState.DONE:
        return "sent"
    return record.state.value


def state_word(record: EffectRecord, past: Collection[EffectKey] = ()) -> str:
    """The state for people; mails in ``past`` are those that no rule wants any longer."""
    if record.key in past:
        return "没有发出，已不再需要"
    words = _MAIL_WORDS if record.key.kind.startswith("mail.") else _WORDS
    return words[record.state]


def told(record: EffectRecord, past: Collection[EffectKey], waits: Mapping[EffectKey, str]) -> str:
    """An effect without an outcome, and why: what it waits for, else what went wrong the last time."""
    return f"{record.title} {'' if record.key in past else waits.get(record.key) or record.error}".rstrip()


def _lines(
    view: BoardView, open_effects: list[EffectRecord], past: Collection[EffectKey], waits: Mapping[EffectKey, str]
) -> Iterator[str]:
    levels = Counter(case.level for case in view.cases)
    counts = "、".join(f"{level} {count}" for level, count in levels.most_common())
    yield f"{view.site} {view.day}：未关闭 {len(view.cases)} 件" + (f"({counts})" if counts else "")
    if view.baseline:
        yield f"上线前存量 {len(view.baseline)} 件（只列出，不处理）"
    for alert in view.alerts:
        yield f"! {alert}"
    late = [duty for duty in view.duties if duty.days_late > 0]
    yield f"逾期 {len(late)} 项，即将到期 {len(view.duties) - len(late)} 项"
    for duty in view.duties[:_SHOWN]:
        when = f"逾期{duty.days_late}天" if duty.days_late > 0 else f"{duty.due:%m-%d}到期"
        yield f"  {when} {duty.person or '(未填责任人)'} {duty.label} {duty.what}"
    if len(view.duties) > _SHOWN:
        yield f"  …另有 {len(view.duties) - _SHOWN} 项，见看板"
    yield f"待处理 {len(open_effects)} 项" if open_effects else "没有失败、等待或结果不明的事项"
    for record in open_effects[:_SHOWN]:
        yield f"  [{state_word(record, past)}] {told(record, past, waits)}"
    yield f"台账问题 {len(view.problems)} 处"


def run(arguments: argparse.Namespace) -> int:
    """0 always when the site can be opened; any ``--now`` may be asked, since nothing is written."""
    from pipeline.app import open_site
    from pipeline.tick import observe, overtaken, plan_pass, view_of

    with open_site(Path(arguments.config), moment(arguments.now), write=False) as opened:
        site, now = opened.site, opened.now
        snapshot = observe(site, now)
        memory = site.journal.memory()
        planned = plan_pass(site, snapshot, memory, now)
        view = view_of(planned, snapshot, memory, site, now, {}, rehearsal=opened.rehearsal)
        past = overtaken(planned, snapshot, memory)
        waits = holds(memory.effects, now, site.settings.mail.sending)
    unfinished = [record for record in memory.effects.values() if record.state is not EffectState.DONE]
    if arguments.json:
        say_json({
            "site": view.site, "now": now.isoformat(), "rehearsal": opened.rehearsal, "alerts": list(view.alerts),
            "open": [{"number": case.number, "level": case.level, "status": case.status, "engineer": case.engineer,
                      "department": case.department, "overdue": list(case.overdue), "waiting": list(case.waiting)}
                     for case in view.cases],
            "duties": [{**asdict(duty), "due": duty.due.isoformat()} for duty in view.duties],
            "effects": [record_json(record, waits) for record in unfinished],
        })
    else:
        for line in _lines(view, unfinished, past, waits):
            say(line)
    return 0
