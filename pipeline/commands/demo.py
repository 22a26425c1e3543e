"""kesu demo: build a believable plant and run the real pipeline over several rehearsed days, as a timeline."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.clock import moment
from pipeline.commands.init import make_plant
from pipeline.commands.output import say
from schemas.effects import Effect, EffectState, MakeFolder, ReserveNumber, SendMail, WriteCells, WriteDocument

if TYPE_CHECKING:
    from pipeline.app import Opened
    from pipeline.demo.edits import StoryMoment
    from pipeline.demo.plant import Plant
    from pipeline.perform import Performed
    from pipeline.tick import PassReport

_WEEKDAYS = "一二三四五六日"
_MAIL_NAMES = {
    "line_stop": "停线预警", "containment": "紧急措施提醒", "release": "责任部门通知", "meeting": "会议通知",
    "digest": "每日摘要", "baseline": "上线清单",
}
_SHOWN_NUMBERS = 6
_BEFORE_PASS = timedelta(minutes=5)  # people save their edits a little before the pass sees them


def demo_config() -> str:
    """The sample configuration under the demo plant's invented name."""
    text = resources.files("templates").joinpath("config.yaml").read_text(encoding="utf-8")
    return text.replace("示例工厂", "演示工厂").replace("示例汽车零部件有限公司", "启衡汽车零部件有限公司(演示,虚构)")


def _kinds_line(done: list[Performed]) -> Iterator[str]:
    numbers = [item.effect.payload.number for item in done if isinstance(item.effect.payload, ReserveNumber)]
    if numbers:
        more = f" 等 {len(numbers)} 件" if len(numbers) > _SHOWN_NUMBERS else ""
        yield f"编号 {'、'.join(numbers[:_SHOWN_NUMBERS])}{more}"
    folders = sum(isinstance(item.effect.payload, MakeFolder) for item in done)
    if folders:
        yield f"资料夹 {folders} 个"
    files = Counter(item.path.rsplit("/", 1)[-1] for item in done if isinstance(item.effect.payload, WriteDocument))
    for name, count in files.items():
        yield f"{name} {count} 份" if count > 1 else name
    mails = Counter(item.effect.payload.kind for item in done if isinstance(item.effect.payload, SendMail))
    for kind, count in mails.items():
        yield f"邮件:{_MAIL_NAMES.get(kind, kind)} {count} 封"
    for item in done:
        if isinstance(item.effect.payload, WriteCells):
            yield item.text


def _tell(at: datetime, typed: int, title: str, report: PassReport) -> None:
    done = [item for item in report.performed if item.state is EffectState.DONE]
    if typed:
        say(f"{at:%H:%M}  [人]   {title}")
    parts = list(_kinds_line(done))
    if parts:
        say(f"{at:%H:%M}  [系统] {';'.join(parts)}")
    for item in report.performed:
        if item.state is not EffectState.DONE:
            say(f"{at:%H:%M}  [等待] {item.effect.title}:{item.text}")
        elif isinstance(item.effect.payload, WriteDocument) and "保持不动" in item.text:
            say(f"{at:%H:%M}  [保留] {_folder_of(item.effect)}:{item.text}")
    sys.stdout.flush()


def _folder_of(effect: Effect) -> str:
    return effect.payload.folder.rsplit("/", 1)[-1] if isinstance(effect.payload, WriteDocument) else ""


def _play(opened: Opened, plant: Plant, ledger: Path) -> None:
    from pipeline.demo.typist import Typist
    from pipeline.tick import tick

    site = opened.site
    typist = Typist(ledger, opened.share.root / site.settings.cases_folder, plant.identities)
    for day in plant.story_days():
        say(f"── {day.day} 星期{_WEEKDAYS[day.day.weekday()]} ──")
        for played in day.moments:
            at = datetime.combine(day.day, played.at, tzinfo=site.settings.zone)
            made = typist.type(played.edits, at - _BEFORE_PASS).made
            _tell(at, made, _title(played), tick(site, at, rehearsal=True))


def _title(played: StoryMoment) -> str:
    return played.title or "补填了先前等待编号的行"


def run(arguments: argparse.Namespace) -> int:
    """0 when the plant was built and its days were played; 2 when the folder holds a plant already."""
    from pipeline.app import open_site
    from pipeline.demo.inbox import write_inbox
    from pipeline.demo.plant import Plant
    from pipeline.tick import tick

    root = Path(arguments.dir)
    now = moment(arguments.now)
    plant = Plant(now.date())
    first = plant.story_days()[0]
    opening = datetime.combine(first.day, first.moments[0].at, tzinfo=now.tzinfo) - timedelta(minutes=40)
    config = make_plant(root, opening.isoformat(), demo_config())
    ledger = root / "share" / "客诉台账.xlsx"
    say(f"演示工厂建在 {root}。以下是几个工作日里,人做了什么、系统随后做了什么:")
    with open_site(config, opening, quiet_seconds=0) as opened:  # the demo's typist has finished saving
        tick(opened.site, opening, rehearsal=True)  # the empty ledger: from here on every row is new
        _play(opened, plant, ledger)
        write_inbox(root / "mail" / "inbox", now)
    say("")
    say(f"台账   {ledger}")
    say(f"看板   {root / 'share' / '客诉看板.html'}(用浏览器打开)")
    say(f"资料   {root / 'share' / '客诉资料'}")
    say(f"邮件   {root / 'mail' / 'outbox'}(.eml,未真正发出)")
    say("")
    say("继续实时运行(改台账、保存,几秒后看结果;Ctrl-C 停止):")
    say(f"  kesu run -c {config}")
    return 0
