"""kesu run: stay, watch and pass until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipeline.commands.clock import moment
from pipeline.commands.output import say
from pipeline.commands.performed import lines_of


def _log_to(path: Path) -> None:
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=5, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)


def run(arguments: argparse.Namespace) -> int:
    """0 after a clean stop; one instance per journal, a second is refused."""
    from pipeline.app import open_site
    from pipeline.loop import run_loop

    with open_site(Path(arguments.config), moment(None)) as opened, opened.journal.instance_lock():
        _log_to(opened.state / "kesu.log")
        zone = opened.site.settings.zone
        kind = "演练" if opened.rehearsal else "正式"
        say(f"客诉助手已启动（{kind}）：{opened.share.root}。按 Ctrl-C 停止。")
        sys.stdout.flush()

        def report(result: object) -> None:
            from pipeline.tick import PassReport

            if isinstance(result, PassReport):
                for line in lines_of(result):
                    say(f"{moment(None, zone):%H:%M:%S} {line}")
                sys.stdout.flush()

        def complain(text: str) -> None:
            print(f"{moment(None, zone):%H:%M:%S} {text}", file=sys.stderr, flush=True)

        run_loop(
            opened.site, rehearsal=opened.rehearsal, clock=lambda: moment(None, zone), report=report, complain=complain,
            daily=opened.journal.daily_backup,
            check_share=lambda: opened.share.check_ours(opened.journal.journal_id, opened.journal.progress),
        )
    say("客诉助手已停止。")
    return 0
