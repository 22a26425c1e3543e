"""kesu summary: the review of a month, quarter, half-year or year as a workbook; reads the ledgers, writes one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.clock import moment
from pipeline.commands.output import busy, say, say_json


def run(arguments: argparse.Namespace) -> int:
    """0 when the workbook was written, 2 when the period or the site cannot be read.

    A file of the name that somebody changed stays; ours then goes beside it. Any ``--now`` may be asked.
    """
    from pipeline.app import open_site
    from pipeline.files.placed import place
    from pipeline.review.workbook import review_workbook
    from pipeline.rules.period import period_of
    from pipeline.rules.period_review import review
    from pipeline.tick import observe, plan_pass

    period = period_of(arguments.period)
    with open_site(Path(arguments.config), moment(arguments.now), write=False) as opened, busy("统计中"):
        site, now = opened.site, opened.now
        planned = plan_pass(site, observe(site, now), site.journal.memory(), now)
        cases = [(case, planned.decisions[case.handle]) for case in planned.cases]
        found = review(cases, site.settings.site, period, site.calendar, now)
    content = review_workbook(found, now)
    placed = place(Path(arguments.into) / f"客诉总结-{period.name}.xlsx", content, None, f"{now:%Y%m%d-%H%M}")
    if arguments.json:
        say_json({
            "period": period.name, "file": str(placed.path), "received": found.received, "closed": found.closed,
            "open_at_end": found.open_at_end, "cost": found.cost,
            "punctuality": {line.clock: line.rate for line in found.punctuality},
        })
        return 0
    say(f"{period.title}：接诉 {found.received} 件，关闭 {found.closed} 件，期末未关闭 {found.open_at_end} 件")
    say(f"已写：{placed.path}" + ("（原有文件内容不同，保持不动）" if placed.beside else ""))
    return 0
