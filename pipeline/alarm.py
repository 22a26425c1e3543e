"""The alarm when no ledger could be read for minutes: without reading, every clock and reminder stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.perform import Performed, Performer
from pipeline.rules.cases import directory_of
from pipeline.site import Site
from schemas.effects import Effect, EffectKey, digest_of
from schemas.payloads import SendMail


@dataclass
class ReadingWatch:
    """Notices an outage and tells of it once; ``last_read`` starts as the time the watch began (aware)."""

    patience: timedelta
    last_read: datetime
    told: bool = False

    def read(self, now: datetime) -> None:
        """At least one ledger could be read."""
        self.last_read, self.told = now, False

    def outage_since(self, now: datetime) -> datetime | None:
        """Since when nothing could be read, once it has lasted too long; None before, and after it was told."""
        if self.told or now - self.last_read < self.patience:
            return None
        self.told = True
        return self.last_read


def raise_alarm(site: Site, since: datetime, now: datetime, reasons: Sequence[str]) -> tuple[str, Performed | None]:
    """Mail the quality manager that nothing is read since ``since``; gives the sentence for the log as well.

    At most once per outage: its beginning is in the key. The share is not needed, addresses come from the ledgers as
    last read. No address: nothing is sent, and the sentence says so.
    """
    minutes = int((now - since).total_seconds() // 60)
    because = "；".join(reasons) or "公共盘没有响应"
    sentence = f"已连续 {minutes} 分钟读不到任何台账（自 {since:%m-%d %H:%M}）：{because}"
    known = (site.ledgers.last_good(setting, now.date()) for setting in site.settings.ledgers)
    directory = directory_of([reading for reading in known if reading is not None])
    address = directory.mail_of(site.settings.mail.quality_manager)
    if address is None:
        nobody = "没有人收到邮件：请在 config.yaml 的 mail.quality_manager 填写品质经理，并在通讯录填其邮箱"
        return f"{sentence}。{nobody}。", None
    context = {"since": f"{since:%Y-%m-%d %H:%M}", "minutes": minutes, "reasons": list(reasons),
               "share": str(site.share.root)}
    key = EffectKey(site.settings.site, "mail.alarm", site.settings.mail.quality_manager, f"{since:%Y-%m-%dT%H:%M}")
    effect = Effect(key, "读不到台账的警报", digest_of(context), SendMail("alarm", (address,), (), context))
    (done,) = Performer(site, now).perform_all([effect])
    return f"{sentence}。", done
