"""kesu health: one look for a monitor - is the plant being served, and does anything wait for a person? Reads only."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.clock import moment
from pipeline.commands.outbox import overtaken_now
from pipeline.commands.output import say, say_json
from schemas.effects import EffectState
from schemas.errors import KesuError

if TYPE_CHECKING:
    from pipeline.app import Opened

_WAITING_HOURS = 24
_BACKUP_DAYS = 4  # a long weekend without a first pass of the day is no fault
_LOW, _FULL = 1_000_000_000, 200_000_000  # bytes free


class Grade(IntEnum):
    """How bad a finding is; the worst one is the exit code, as monitors of the Nagios family expect."""

    FINE = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name for machines, how bad it is, and a sentence."""

    name: str
    grade: Grade
    text: str


def _last_pass(opened: Opened, within: int) -> Finding:
    last = opened.journal.last_pass
    if last is None:
        return Finding("last_pass", Grade.CRITICAL, "还没有跑过一轮：请启动 kesu run 或计划任务")
    age = opened.now - last
    told = f"上一轮 {last.astimezone(opened.now.tzinfo):%Y-%m-%d %H:%M}"
    if age > timedelta(minutes=within):
        minutes = int(age.total_seconds() // 60)
        return Finding("last_pass", Grade.CRITICAL, f"{told}，已 {minutes} 分钟没有运行：请检查 kesu run 是否还在")
    return Finding("last_pass", Grade.FINE, told)


def _effects(opened: Opened) -> Iterator[Finding]:
    records = list(opened.journal.memory().effects.values())
    uncertain = [record for record in records if record.state is EffectState.UNCERTAIN]
    limit = opened.now - timedelta(hours=_WAITING_HOURS)
    stuck = [record for record in records
             if record.state in {EffectState.INTENDED, EffectState.RUNNING} and record.intended < limit]
    if stuck:
        past = overtaken_now(opened)
        stuck = [record for record in stuck if record.key not in past]  # nobody waits for them
    if uncertain:
        yield Finding("uncertain", Grade.WARNING, f"{len(uncertain)} 项结果不明，需要人核对：{uncertain[0].title}")
    if stuck:
        shown = f"{stuck[0].title} {stuck[0].error}".strip()
        yield Finding("stuck", Grade.WARNING, f"{len(stuck)} 项等了一天以上：{shown}")


def _templates(opened: Opened) -> Iterator[Finding]:
    """What goes on with a last sound version waits for somebody to mend it."""
    from pipeline.commands.doctor_checks import Mark, templates

    for found in templates(opened):
        if found.mark is Mark.WRONG:
            yield Finding("templates", Grade.WARNING, found.text)


def _ledgers(opened: Opened) -> Iterator[Finding]:
    from pipeline.tick import observe

    unreadable = observe(opened.site, opened.now).unreadable
    for name, reason in unreadable.items():
        yield Finding("ledger", Grade.WARNING, f"台账 {name} 读不到：{reason}")


def _runs(opened: Opened) -> Iterator[Finding]:
    from pipeline.rules.history import History
    from pipeline.rules.runs import due_runs

    history = History(opened.site.settings.site, opened.journal.memory().effects)
    for run in due_runs(opened.now, opened.site.calendar, opened.site.settings, history):
        if opened.now - run.at > timedelta(hours=1):
            yield Finding("run", Grade.WARNING, f"{run.errand.value} {run.period}（{run.at:%m-%d %H:%M}）到时未做")


def _disks(opened: Opened) -> Iterator[Finding]:
    for name, folder in (("share", opened.share.root), ("state", opened.state)):
        free = shutil.disk_usage(folder).free
        if free < _LOW:
            grade = Grade.CRITICAL if free < _FULL else Grade.WARNING
            yield Finding(f"disk_{name}", grade, f"{folder} 所在磁盘只剩 {free / 1e6:,.0f} MB")


def _journal(opened: Opened, kept: Path) -> Iterator[Finding]:
    if opened.journal.is_restored:
        yield Finding("restored", Grade.WARNING, "日志是从备份恢复的：恢复之后的事项请人工核对")
    newest = max((path.stem[-8:] for path in (kept / "backups").glob("*-[0-9]*.db")), default="")
    if newest and newest < f"{opened.now - timedelta(days=_BACKUP_DAYS):%Y%m%d}":
        yield Finding("backup", Grade.WARNING, f"最近的日志备份是 {newest}：kesu run 每天第一轮会备份，请检查")


def _findings(config: Path, now: datetime, within: int) -> Iterator[Finding]:
    from pipeline.app import open_site, resolve

    try:
        with open_site(config, now, write=False) as opened:
            opened.share.check_ours(opened.journal.journal_id, opened.journal.progress)
            yield _last_pass(opened, within)
            yield from _effects(opened)
            yield from _ledgers(opened)
            yield from _templates(opened)
            yield from _runs(opened)
            yield from _disks(opened)
            yield from _journal(opened, resolve(config, opened.site.settings.journal).parent)
            if warning := opened.site.calendar.warning(opened.now.date()):
                yield Finding("calendar", Grade.WARNING, warning)
    except (KesuError, OSError) as error:
        # the very thing a monitor asks about: configuration, share or journal cannot be had
        yield Finding("site", Grade.CRITICAL, str(error))


def run(arguments: argparse.Namespace) -> int:
    """0 all well, 1 something waits for a person, 2 the plant is not being served."""
    found = list(_findings(Path(arguments.config), moment(arguments.now), arguments.within))
    worst = max((finding.grade for finding in found), default=Grade.FINE)
    if arguments.json:
        say_json({"state": worst.name.lower(), "findings": [
            {"name": finding.name, "state": finding.grade.name.lower(), "text": finding.text} for finding in found
        ]})
        return int(worst)
    word = {Grade.FINE: "正常", Grade.WARNING: "需要注意", Grade.CRITICAL: "故障"}[worst]
    shown = [finding for finding in found if finding.grade is worst]
    say(f"kesu {word}：{'；'.join(finding.text for finding in shown)}")
    for finding in found:
        if finding.grade is not worst:
            say(f"  {finding.text}")
    return int(worst)
