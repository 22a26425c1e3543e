"""kesu summary: the review of a month, quarter, half-year or year as a workbook and a short deck; reads the ledgers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.clock import moment
from pipeline.commands.output import busy, say, say_json
from schemas.errors import KesuError

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.files.placed import Placed
    from pipeline.site import Site
    from schemas.review import Review


def counted(site: Site, period_name: str, now: datetime) -> Review:
    """The review of a period over the shared ledgers: what stands on a personal one only is its engineer's."""
    from pipeline.rules.period import period_of
    from pipeline.rules.period_review import review
    from pipeline.tick import observe, plan_pass

    period = period_of(period_name)
    planned = plan_pass(site, observe(site, now), site.journal.memory(), now)
    shared = site.settings.shared_ledgers
    cases = [(case, planned.decisions[case.handle]) for case in planned.cases if case.ledger in shared]
    return review(cases, site.settings.site, period, site.calendar, now)


def write_review(found: Review, site: Site, into: Path, now: datetime) -> tuple[Placed, Placed | None, str]:
    """Workbook and deck in ``into``; the deck is None with a sentence when its template cannot be used.

    Idempotent on one day; a file that somebody changed stays, ours goes beside it.
    """
    from pipeline.files.placed import place
    from pipeline.review.workbook import review_workbook
    from pipeline.rules.review_deck import review_deck

    name, label = f"客诉总结-{found.period.name}", f"{now:%Y%m%d-%H%M}"
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)  # the same figures on the same day: the same bytes
    workbook = place(into / f"{name}.xlsx", review_workbook(found, day), None, label)
    try:
        deck = site.documents.render_deck(review_deck(found), None, (), site.share.read, day)
    except KesuError as fault:
        return workbook, None, str(fault)
    return workbook, place(into / f"{name}.pptx", deck.content, None, label), ""


def run(arguments: argparse.Namespace) -> int:
    """0 when both were written, 1 when the deck's template is at fault, 2 when period or site cannot be read.

    A file of the name that somebody changed stays; ours then goes beside it. Any ``--now`` may be asked.
    """
    from pipeline.app import open_site

    with open_site(Path(arguments.config), moment(arguments.now), write=False) as opened, busy("统计中"):
        found = counted(opened.site, arguments.period, opened.now)
        workbook, deck, fault = write_review(found, opened.site, Path(arguments.into), opened.now)
    if arguments.json:
        say_json({
            "period": found.period.name, "file": str(workbook.path), "deck": str(deck.path) if deck else "",
            "received": found.received, "closed": found.closed, "open_at_end": found.open_at_end, "cost": found.cost,
            "punctuality": {line.clock: line.rate for line in found.punctuality}, "fault": fault,
        })
        return 1 if fault else 0
    counts = f"接诉 {found.received} 件，关闭 {found.closed} 件，期末未关闭 {found.open_at_end} 件"
    say(f"{found.period.title}：{counts}")
    for placed in filter(None, (workbook, deck)):
        say(f"已写：{placed.path}" + ("（原有文件内容不同，保持不动）" if placed.beside else ""))
    if fault:
        say(f"汇报 PPT 未生成：{fault}")
    return 1 if fault else 0
