"""A site with a real journal on which single mails are sent through any mailbox, for tests and for bench/."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.app import open_site
from pipeline.perform import Performed, Performer
from pipeline.site import Site
from schemas.effects import Effect, EffectKey, EffectState
from schemas.mail_ports import Mailbox, Robot
from schemas.mail_settings import MailSetting
from schemas.payloads import SendMail
from tests.functional.plant_folder import PlantFolder, empty_plant

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CONTEXT = {"label": "KS-202611-012 远帆汽车 线束支架", "reasons": ["客户良品库存不足1天用量"], "phenomenon": "卡扣断裂",
           "customer": "远帆汽车", "received": "2026-11-23 08:50", "engineer": "周启航", "ask": []}


def mail_effect(
    number: int = 1, *, kind: str = "mail.release", to: tuple[str, ...] = ("周启航 <zhou@example.com>",),
    attachments: tuple[str, ...] = (),
) -> Effect:
    """One mail to be sent; the text is that of a line-stop alert whatever the kind."""
    key = EffectKey("示例工厂", kind, f"c{number:06d}")
    return Effect(key, f"通知 {number}", f"inputs-{number}", SendMail("line_stop", to, (), CONTEXT, attachments))


@contextmanager
def mail_site(
    plant: PlantFolder, mailbox: Mailbox, *, mail: MailSetting | None = None, robot: Robot | None = None
) -> Iterator[Site]:
    """The plant's site with another mailbox and other mail settings."""
    with open_site(plant.config, NOW) as opened:
        settings = opened.site.settings.model_copy(update={"mail": mail or opened.site.settings.mail})
        from pipeline.composing import composer

        yield replace(opened.site, mailbox=mailbox, settings=settings, robot=robot,
                      compose=composer(settings, opened.site.documents, opened.share))


def plant_of(root: Path) -> PlantFolder:
    """An empty plant."""
    return empty_plant(root / "plant")


def passed(site: Site, effects: list[Effect], minutes: float = 0) -> list[Performed]:
    """What one pass makes of mails, so many minutes after ``NOW``."""
    performer = Performer(site, NOW + timedelta(minutes=minutes))
    done = performer.perform_all(effects)
    performer.settle_left_over(effects)
    return done


def state_of(site: Site, effect: Effect) -> EffectState:
    """Where a mail stands in the journal."""
    return site.journal.memory().effects[effect.key].state
