"""kesu go-live: end the rehearsal; shows the list first, --yes starts a real journal with a baseline."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.clock import moment
from pipeline.commands.output import own_command, say, typed_path
from pipeline.commands.performed import lines_of
from schemas.case import Standing
from schemas.errors import KesuError


class AlreadyLive(KesuError):
    """The journal is a real one already."""

    def __init__(self) -> None:
        super().__init__("已经正式启用，无需再次启用。要接管另一台电脑的公共盘请用 kesu adopt。")


def _show_list(config: Path, *, include_open: bool) -> None:
    from pipeline.app import open_site
    from pipeline.rules.state import is_open
    from pipeline.tick import observe, plan_pass

    with open_site(config, moment(None), write=False) as opened:
        opened.share.check_owner(opened.journal.journal_id)
        if not opened.rehearsal:
            raise AlreadyLive
        site, now = opened.site, opened.now
        snapshot = observe(site, now)
        planned = plan_pass(site, snapshot, site.journal.memory(), now)
        running = [case for case in planned.cases if is_open(case.complaint)]
        say(f"台账中未关闭的客诉 {len(running)} 件：")
        for case in running:
            half = "（填写中）" if case.standing is Standing.HALF_TYPED else ""
            say(f"  {case.label}  {case.complaint.engineer or '未填质量工程师'}{half}")
    if include_open:
        say("启用后，以上各件静置后即纳入管理：建资料夹、起草文件、开始计时，并按状态发出通知。")
    else:
        say("启用后，以上各件作为存量只列出，给每位负责人一封清单；某行“纳入管理”填“是”才开始处理。")
        say("要一次全部纳入，请加 --include-open。之后新增的行照常处理。")


def run(arguments: argparse.Namespace) -> int:
    """0 after showing the list, or after the real journal was made and its first pass done."""
    from pipeline.app import open_site, replace_journal
    from pipeline.tick import tick

    config = Path(arguments.config)
    _show_list(config, include_open=arguments.include_open)
    if not arguments.yes:
        say("以上仅为清单，什么也没有改变。确认启用请加 --yes。")
        return 0
    kept = replace_journal(config)
    with open_site(config, moment(None)) as opened:
        site, now = opened.site, opened.now
        if arguments.include_open:
            site.journal.complete_pass(now, [ledger.file for ledger in site.settings.ledgers])
        for line in lines_of(tick(site, now, rehearsal=False)):
            say(line)
    say(f"已正式启用。演练日志保存为 {kept}。常驻运行：{own_command()} run -c {typed_path(config)}")
    return 0
