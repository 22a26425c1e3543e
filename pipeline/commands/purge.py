"""kesu purge: what was kept long enough is listed and deleted; open complaints and the keys of the journal stay."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.clock import NowOnRealJournal, moment
from pipeline.commands.output import say, say_json
from schemas.errors import KesuError

if TYPE_CHECKING:
    from pipeline.app import Opened
    from pipeline.commands.purge_heaps import Heap
    from pipeline.journal.old_texts import PastTexts, TextCounts


class OpenUnknown(KesuError):
    """A ledger cannot be read, so that nobody can tell which complaints are open."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        told = "；".join(reasons.values())
        super().__init__(f"有台账读不到，无法判断哪些客诉还未关闭，本次不清理：{told}。请待台账可读后再运行。")


def run(arguments: argparse.Namespace) -> int:
    """0 when done, or listed; what is deleted is deleted file by file, and an interrupted run goes on the next time."""
    from pipeline.app import open_site

    with open_site(Path(arguments.config), moment(arguments.now), write=not arguments.dry_run) as opened:
        if arguments.now is not None and not opened.rehearsal and not arguments.dry_run:
            raise NowOnRealJournal
        with nullcontext() if arguments.dry_run else opened.journal.pass_lock():
            return _purged(opened, Path(arguments.config), dry_run=arguments.dry_run, as_json=arguments.json)


def _purged(opened: Opened, config: Path, *, dry_run: bool, as_json: bool) -> int:
    from pipeline.app import resolve
    from pipeline.commands.purge_heaps import Places, file_heaps
    from pipeline.rules.history import History
    from pipeline.rules.retention import mails_past, needed_by
    from pipeline.tick import observe, plan_pass

    site, now, memory = opened.site, opened.now, opened.journal.memory()
    snapshot = observe(site, now)
    if snapshot.unreadable:
        raise OpenUnknown(snapshot.unreadable)
    needed = needed_by(plan_pass(site, snapshot, memory, now).cases, memory, now)
    history = History(site.settings.site, memory.effects)
    past = tuple(mails_past(memory, history, needed, now, site.settings.retention.mails_days))
    places = Places(resolve(config, site.settings.journal), resolve(config, site.settings.mail.outbox))
    heaps = list(file_heaps(opened, past, needed, places))
    texts = _past_texts(opened, [mail.digest for mail in past], needed.case_ids)
    counts = opened.journal.forget_texts(texts, really=False)
    _tell(heaps, counts, dry_run=dry_run, as_json=as_json)
    if not dry_run:
        for heap in heaps:
            heap.delete()
        if counts.mails or counts.strangers or counts.effects:
            opened.journal.forget_texts(texts, really=True)
    return 0


def _past_texts(opened: Opened, mails: list[str], needed: Iterable[str]) -> PastTexts:
    from pipeline.journal.old_texts import PastTexts

    def before(days: int) -> datetime | None:
        return opened.now - timedelta(days=days) if days else None

    keep = opened.site.settings.retention
    return PastTexts(mails, before(keep.strangers_days), before(keep.history_days), frozenset(needed))


def _tell(heaps: list[Heap], counts: TextCounts, *, dry_run: bool, as_json: bool) -> None:
    words = {"mail_texts": counts.mails, "stranger_subjects": counts.strangers, "history_texts": counts.effects}
    if as_json:
        files = {heap.name: {"files": [str(path) for path in heap.paths], "octets": heap.octets} for heap in heaps}
        say_json({"dry_run": dry_run, "files": files, "texts": words})
        return
    verb = "将删除" if dry_run else "删除"
    lines = [f"{verb} {heap.what} {len(heap.paths)} 个，{heap.octets / 1e6:.1f} MB" for heap in heaps if heap.paths]
    named = {"mail_texts": "封来信的主题和文字", "stranger_subjects": "封未登记来信的主题",
             "history_texts": "项旧事项的标题和结果"}
    lines += [f"{verb}日志中 {count} {named[name]}（标识保留，不会重复处理）" for name, count in words.items() if count]
    for line in lines or ["没有超过保留期的内容。"]:
        say(line)
