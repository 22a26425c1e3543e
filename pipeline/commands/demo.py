"""kesu demo: build a believable plant and run the real pipeline over several rehearsed days, as a timeline."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.clock import moment
from pipeline.commands.init import make_plant
from pipeline.commands.output import own_command, say, typed_path
from schemas.errors import KesuError

if TYPE_CHECKING:
    from pipeline.app import Opened
    from pipeline.demo.plant import Plant

_BEFORE_PASS = timedelta(minutes=5)  # people save their edits a little before the pass sees them
_INTERRUPTED = 130
UNFINISHED = "演示未完成-请看这里.txt"


class DemoExists(KesuError):
    """The folder holds a demo already, or one that was broken off."""

    def __init__(self, root: Path, *, unfinished: bool) -> None:
        state = "有一次没有做完的演示" if unfinished else "已有演示工厂"
        super().__init__(
            f"{root} 中{state}，本次不做任何改动。请删除该文件夹后重新运行，"
            f"或换一个目录：{own_command()} demo 新目录"
        )


def demo_config(day_off: date | None = None) -> str:
    """The sample configuration under the demo plant's invented name; ``day_off`` is a Friday on which it rests."""
    from pipeline.demo.inbox import ADDRESS_BOOK

    text = resources.files("templates").joinpath("config.yaml").read_text(encoding="utf-8")
    named = text.replace("示例工厂", "演示工厂").replace("  address_book: {} ", f"  address_book: {ADDRESS_BOOK} ")
    named = named.replace('quality_manager: ""', "quality_manager: 沈国梁")
    named = named.replace("marketing: []", "marketing: [叶知秋]")
    if day_off is not None:
        named = named.replace("extra_holidays: []", f"extra_holidays: [{day_off}]  # 盘点放假：这一周的周报日提前")
    return named.replace("示例汽车零部件有限公司", "启衡汽车零部件有限公司（演示，虚构）")


def _play(opened: Opened, plant: Plant, ledger: Path) -> None:
    from pipeline.demo.timeline import day_line, moment_lines
    from pipeline.demo.typist import Typist
    from pipeline.tick import tick

    site = opened.site
    typist = Typist(ledger, opened.share.root / site.settings.cases_folder, plant.identities)
    before = opened.now
    for day in plant.story_days():
        first = datetime.combine(day.day, day.moments[0].at, tzinfo=site.settings.zone)
        _unattended(opened, before, first, plant.today)
        before = datetime.combine(day.day, day.moments[-1].at, tzinfo=site.settings.zone)
        say(day_line(day.day))
        for played in day.moments:
            at = datetime.combine(day.day, played.at, tzinfo=site.settings.zone)
            saved = at - _BEFORE_PASS
            made = typist.type(played.edits, saved).made
            title = (played.title or "补填了先前等待编号的行") if made else ""
            for line in moment_lines(saved, title, at, tick(site, at, rehearsal=True).performed):
                say(line)
            sys.stdout.flush()


def _receive(opened: Opened, plant: Plant, inbox: Path) -> None:
    """Mails come in at the end of the last day; minutes later their rows stand in the ledger, numbered and filed."""
    from pipeline.demo.inbox import TITLE, write_inbox
    from pipeline.demo.timeline import moment_lines
    from pipeline.tick import tick

    last = plant.story_days()[-1]
    came = datetime.combine(last.day, last.moments[-1].at, tzinfo=opened.site.settings.zone) + timedelta(minutes=5)
    write_inbox(inbox, came)
    for minutes in (1, 2, 14):
        at = came + timedelta(minutes=minutes)
        title = TITLE if minutes == 1 else ""
        for line in moment_lines(came, title, at, tick(opened.site, at, rehearsal=True).performed):
            say(line)


def _review(opened: Opened, plant: Plant, into: Path) -> None:
    """The review of the month before, as somebody asks for it after the last moment of the story."""
    from pipeline.commands.summary import counted, write_review

    month = plant.today.replace(day=1) - timedelta(days=1)
    now = datetime.combine(plant.today, time(18), tzinfo=opened.site.settings.zone)
    workbook, deck, _ = write_review(counted(opened.site, f"{month:%Y-%m}", now), opened.site, into, now)
    files = "、".join(placed.path.name for placed in (workbook, deck) if placed is not None)
    say(f"{now:%H:%M} [人]   总结 {month:%Y-%m}：{files}")


def _unattended(opened: Opened, since: datetime, until: datetime, today: date) -> None:
    """The weekly days and the month-end between two story days: nobody types, the plant is served all the same."""
    from pipeline.demo.runs_between import unattended_between
    from pipeline.demo.timeline import day_line, moment_lines
    from pipeline.tick import tick

    site, now = opened.site, datetime.combine(today, time(), tzinfo=opened.site.settings.zone)
    shown = None
    for moment_of in unattended_between(since, until, now, site.calendar, site.settings):
        if shown != moment_of.at.date():
            shown = moment_of.at.date()
            say(day_line(shown))
        performed = tick(site, moment_of.at, rehearsal=True).performed
        say(f"{moment_of.at:%H:%M} [{moment_of.title}]")
        for line in moment_lines(moment_of.at, "", moment_of.at, performed):
            say(line)
        sys.stdout.flush()


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Fewer runs of the garbage collector: three months of passes leave little garbage and cost a tenth in looking."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _refuse_existing(root: Path) -> None:
    unfinished = (root / UNFINISHED).exists()
    if unfinished or (root / "config.yaml").exists():
        raise DemoExists(root, unfinished=unfinished)


def _build(root: Path, now: datetime) -> None:
    from pipeline.app import open_site
    from pipeline.demo.plant import Plant
    from pipeline.demo.runs_between import day_off
    from pipeline.tick import tick

    plant = Plant(now.date())
    first = plant.story_days()[0]
    opening = datetime.combine(first.day, first.moments[0].at, tzinfo=now.tzinfo) - timedelta(minutes=40)
    rest = day_off(plant.today, [day.day for day in plant.story_days()])
    config = make_plant(root, opening.isoformat(), demo_config(rest))
    say(f"演示工厂建在 {root}。以下是几个工作日里，人做了什么、系统随后做了什么（路径从公共盘 share 起）：")
    with open_site(config, opening, quiet_seconds=0) as opened:  # the demo's typist has finished saving
        tick(opened.site, opening, rehearsal=True)  # the empty ledger: from here on every row is new
        _play(opened, plant, root / "share" / "客诉台账.xlsx")
        _receive(opened, plant, root / "mail" / "inbox")
        _review(opened, plant, root / "share" / "总结")


def _say_where(root: Path) -> None:
    command, config = own_command(), typed_path(root / "config.yaml")
    say()
    say("现在看一看：")
    say(f"  看板   {root / 'share' / '客诉看板.html'}（用浏览器打开）")
    say(f"  台账   {root / 'share' / '客诉台账.xlsx'}")
    say(f"  资料   {root / 'share' / '客诉资料'}（8D报告、会议通知、会议纪要）")
    say(f"  周报   {root / 'share' / '品质例会'}（每周例会的 PPT）")
    say(f"  总结   {root / 'share' / '总结'}（上个月的工作簿和汇报 PPT）")
    say(f"  邮件   {root / 'mail' / 'outbox'}（.eml，未真正发出）")
    say(f"  待办   {command} status -c {config}")
    say()
    say("继续实时运行（改台账、保存，几秒后看结果；Ctrl-C 停止）：")
    say(f"  {command} run -c {config}")


def run(arguments: argparse.Namespace) -> int:
    """0 when the plant was built and its days were played, 130 when a person broke it off.

    Raises DemoExists for a folder that holds a plant or half of one; a note in the folder says so until the demo ends.
    """
    root = Path(arguments.dir)
    _refuse_existing(root)
    root.mkdir(parents=True, exist_ok=True)
    note = root / UNFINISHED
    note.write_text(
        "这个演示工厂没有做完（运行中被中断），内容不完整。\n"
        f"请删除整个文件夹，再运行：{own_command()} demo {typed_path(root)}\n", encoding="utf-8",
    )
    try:
        with _seldom_collected():
            _build(root, moment(arguments.now))
    except KeyboardInterrupt:
        say(f"已中断，{root} 中的演示不完整。请删除该文件夹后重新运行：{own_command()} demo {typed_path(root)}")
        return _INTERRUPTED
    note.unlink()
    _say_where(root)
    return 0
