"""kesu try: any plant's ledger, read-only, into drafts, an overdue list and a board page."""

from __future__ import annotations

import argparse
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.commands.check import read_ledger
from pipeline.commands.clock import moment
from pipeline.commands.output import say, with_progress


def run(arguments: argparse.Namespace) -> int:
    """0 when the ledger was read and the drafts written; 2 when it cannot be read."""
    from pipeline.app import calendar_of, documents_of
    from pipeline.trial import run_trial, summary_lines
    from schemas.settings import CONFIG_VERSION, LedgerSetting, Settings

    ledger, into = Path(arguments.ledger), Path(arguments.into)
    zone = ZoneInfo("Asia/Shanghai")
    now = moment(arguments.now, zone)
    reading = read_ledger(ledger, {}, zone, now)
    one_ledger = (LedgerSetting(file=ledger.name),)
    settings = Settings(version=CONFIG_VERSION, site=ledger.stem[:40] or "试用", ledgers=one_ledger)
    result = run_trial(
        reading, into, settings, documents_of(settings, None), calendar_of(settings, None), now,
        lambda effects: with_progress(effects, "生成草稿"),
    )
    for line in summary_lines(result, reading):
        say(line)
    return 2 if result.failures and not result.drafts else 0
