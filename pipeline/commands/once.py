"""kesu once: one pass, or with --dry-run the list of what a pass would do."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.clock import NowOnRealJournal, moment
from pipeline.commands.output import busy, say, say_json
from pipeline.commands.performed import effect_json, lines_of
from schemas.effects import EffectState


def run(arguments: argparse.Namespace) -> int:
    """0 when all is done or waits its turn, 1 when something failed or is uncertain or a ledger cannot be read."""
    from pipeline.app import open_site
    from pipeline.tick import observe, plan_pass, tick, with_arrivals

    with open_site(Path(arguments.config), moment(arguments.now), write=not arguments.dry_run) as opened:
        site, now = opened.site, opened.now
        if arguments.dry_run:
            memory = site.journal.memory()
            snapshot = with_arrivals(site, observe(site, now), memory, now)
            planned = plan_pass(site, snapshot, memory, now)
            effects = [effect_json(effect, "planned", "") for effect in planned.effects]
            unreadable = dict(snapshot.unreadable)
            lines = [f"将要：{effect.title}" for effect in planned.effects] or ["没有要做的事。"]
            failed = False
        else:
            if arguments.now is not None and not opened.rehearsal:
                raise NowOnRealJournal
            opened.journal.check_time(now)
            with busy("处理中"):
                report = tick(site, now, rehearsal=opened.rehearsal)
            effects = [effect_json(done.effect, done.state.value, done.text) for done in report.performed]
            unreadable = dict(report.snapshot.unreadable)
            lines = list(lines_of(report)) or ["没有要做的事。"]
            failed = any(
                done.state is EffectState.UNCERTAIN or (done.state is EffectState.INTENDED and not done.deferred)
                for done in report.performed
            )
    if arguments.json:
        say_json({"now": now.isoformat(), "dry_run": arguments.dry_run, "effects": effects, "unreadable": unreadable})
    else:
        for line in [*lines, *(f"台账读不到：{reason}" for reason in unreadable.values())]:
            say(line)
    return 1 if failed or unreadable else 0
