"""kesu check: the heading map and every problem by sheet and cell; writes nothing."""

from __future__ import annotations

import argparse
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.commands.clock import moment
from pipeline.commands.output import busy, say, say_json
from schemas.errors import KesuError
from schemas.workbook import WorkbookReading


class NothingToCheck(KesuError):
    """Neither a ledger nor a configuration was named."""

    def __init__(self) -> None:
        super().__init__("请写明要检查的台账，或用 -c 指明 config.yaml。例如：kesu check 客诉台账.xlsx")


def read_ledger(path: Path, aliases: dict[str, tuple[str, ...]], zone: ZoneInfo, now: datetime) -> WorkbookReading:
    """Read one workbook through a temporary copy; raises ``LedgerUnreadable``."""
    from pipeline.ledger.gateway import LedgerGateway
    from schemas.settings import LedgerSetting

    path = path.absolute()  # links are left to the reading, which can say what is wrong with one
    with tempfile.TemporaryDirectory(prefix="kesu-") as folder:
        gateway = LedgerGateway(share=path.parent, state=Path(folder), aliases=aliases, zone=zone, quiet_seconds=0)
        with busy(f"读取 {path.name}"):
            return gateway.read(LedgerSetting(file=path.name), now.date())


def _readings(arguments: argparse.Namespace) -> list[WorkbookReading]:
    if arguments.config is None:
        if arguments.ledger is None:
            raise NothingToCheck
        zone = ZoneInfo("Asia/Shanghai")
        return [read_ledger(Path(arguments.ledger), {}, zone, moment(arguments.now, zone))]
    from pipeline.app import resolve
    from pipeline.configuration import load_settings

    config = Path(arguments.config)
    settings = load_settings(config)
    now = moment(arguments.now, settings.zone)
    share = resolve(config, settings.share)
    paths = [Path(arguments.ledger)] if arguments.ledger else [share / ledger.file for ledger in settings.ledgers]
    return [read_ledger(path, settings.aliases, settings.zone, now) for path in paths]


def run(arguments: argparse.Namespace) -> int:
    """0 clean, 1 problems, 2 unreadable."""
    from pipeline.ledger.report import as_json, as_text

    readings = _readings(arguments)
    if arguments.json:
        reports = [as_json(reading) for reading in readings]
        say_json(reports[0] if len(reports) == 1 else reports)
    else:
        for reading in readings:
            say(as_text(reading))
    return 1 if any(reading.issues for reading in readings) else 0
