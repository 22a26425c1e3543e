"""Two invented customer mails for the demo's mail/inbox; nothing reads them before mail intake exists."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

_MAILS = (
    (
        "customer-1",
        "卢静宜 <lujingyi@yuanrong.example.com>",
        "【质量反馈】冷却水管CW-2217接头渗漏 3件",
        "方工您好:\n\n今早总装三线发现冷却水管CW-2217(批次见箱签)接头处渗漏3件,已隔离库存260件。\n"
        "请安排驻线确认,并于明日12点前回复D3。\n\n卢静宜\n远嵘新能源 宁州基地 质量部\n",
    ),
    (
        "customer-2",
        "简明 <jianming@suihe.example.com>",
        "卡扣KC-318装配手感偏紧,请确认",
        "贺工:\n\n新到一批KC-318员工反映插入偏紧,实测插入力63~66 N(要求不大于60 N),抽检20件有6件超差。\n"
        "目前不影响生产,请确认是否与上次镶件有关。\n\n简明\n穗禾汽车 西区总装\n",
    ),
)


def write_inbox(folder: Path, at: datetime) -> tuple[Path, ...]:
    """Write the mails as .eml into ``folder``, dated shortly before ``at`` (aware); writing again changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for index, (name, sender, subject, text) in enumerate(_MAILS):
        mail = EmailMessage(policy=SMTP)
        mail["From"] = sender
        mail["To"] = "客诉 <kesu@example.com>"
        mail["Subject"] = subject
        mail["Date"] = format_datetime(at - timedelta(minutes=35 - 10 * index))
        mail["Message-ID"] = f"<{name}@example.com>"
        mail.set_content(text, cte="base64")
        path = folder / f"{name}.eml"
        path.write_bytes(mail.as_bytes())
        written.append(path)
    return tuple(written)
