"""kesu log: the history of one complaint, every effect with time, result, file or mail; reads only."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.clock import moment
from pipeline.commands.output import say, say_json
from pipeline.commands.status import record_json, state_word
from pipeline.rules.digest import ROUND
from schemas.effects import EffectRecord
from schemas.errors import KesuError

_RECENT = 50


class NumberUnknown(KesuError):
    """The journal knows no complaint of that number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"日志中没有编号 {number}。请核对编号；未编号的客诉可用 kesu status 查看。")


def _line(record: EffectRecord, zone_text: str) -> str:
    result = record.outcome.text if record.outcome else record.error
    path = record.outcome.path if record.outcome and record.outcome.path != result else ""
    return "  ".join(part for part in (zone_text, f"[{state_word(record)}]", record.title, result, path) if part)


def run(arguments: argparse.Namespace) -> int:
    """0 with the history, oldest first; without a number the newest effects of the site."""
    from pipeline.app import open_site

    with open_site(Path(arguments.config), moment(None), write=False) as opened:
        zone = opened.site.settings.zone
        journal = opened.journal
        if arguments.number:
            records = journal.case_history(arguments.number)
        else:
            shown = (record for record in journal.memory().effects.values() if record.key.kind != ROUND)
            records = sorted(shown, key=lambda record: (record.intended, record.key))[-_RECENT:]
    if arguments.number and not records:
        raise NumberUnknown(arguments.number)
    if arguments.json:
        say_json([record_json(record) for record in records])
        return 0
    for record in records:
        at = (record.finished or record.intended).astimezone(zone)
        say(_line(record, f"{at:%Y-%m-%d %H:%M}"))
    return 0
