"""Three invented mails in the demo's mailbox: a customer's complaint, a weekly report, and one that is none of ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from pathlib import Path

from pipeline.demo.pictures import schematic_png

#: The address book under which the demo's customers are heard.
ADDRESS_BOOK = "{远嵘新能源: {senders: [yuanrong.example.com]}, 穗禾汽车: {senders: [suihe.example.com]}}"
TITLE = "收件箱来了三封邮件：远嵘的投诉、驻线彭浩然的周报、一封会展广告"

_REPORT = (
    ("序号", "客户", "产品名称", "零件号", "问题描述", "不良数量", "批次"),
    ("1", "远嵘新能源", "快插接头", "QC-0816", "卡环装反，来料检发现", "2", "QC-1120A"),
    ("2", "远嵘新能源", "通气阀", "VT-212", "防水膜起泡", "4", "VT-1117B"),
)


def _mail(name: str, sender: str, subject: str, at: datetime, text: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, "客诉 <kesu@example.com>", subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{name}@example.com>"
    mail.set_content(text, cte="base64")
    return mail


def _complaint(at: datetime) -> EmailMessage:
    mail = _mail("customer-1", "卢静宜 <lujingyi@yuanrong.example.com>", "【质量反馈】冷却水管CW-2217接头渗漏", at, (
        "方工您好:\n\n今天下午总装三线发现冷却水管接头处渗漏,请安排驻线确认。\n\n产品编号：CW-2217\n"
        "不良现象：接头处渗漏，水检冒泡\n不良数量：3件\n不良批次：CW-1118D\n客户良品库存：260件\n"
        "请于明天12点前回复D3围堵措施。\n\n卢静宜\n远嵘新能源 宁州基地 质量部\n电话：000-1234-5678\n"
    ))
    mail.add_attachment(schematic_png(), maintype="image", subtype="png", filename="渗漏位置.png")
    return mail


def _report(at: datetime) -> EmailMessage:
    mail = _mail("resident-1", "彭浩然 <penghaoran@example.com>", "驻线周报：远嵘宁州基地本周客诉", at,
                 "各位好，本周客户端新增两项，见表。\n")
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in _REPORT)
    page = f"<p>各位好，本周客户端新增两项：</p><table border=1>{rows}</table><p>彭浩然</p>"
    mail.add_alternative(page, subtype="html", cte="base64")
    return mail


def _advertisement(at: datetime) -> EmailMessage:
    return _mail("advertisement-1", "会展 <news@fair.example.org>", "邀请函：汽车管路展", at, "诚邀莅临。\n")


def write_inbox(folder: Path, at: datetime) -> tuple[Path, ...]:
    """Write the mails as .eml into ``folder``, dated shortly before ``at`` (aware); writing again changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    mails = (_complaint(at - timedelta(minutes=3)), _report(at - timedelta(minutes=2)),
             _advertisement(at - timedelta(minutes=1)))
    written = []
    for mail in mails:
        path = folder / f"{str(mail['Message-ID']).strip('<>').partition('@')[0]}.eml"
        path.write_bytes(_stable(mail))
        written.append(path)
    return tuple(written)


def _stable(mail: EmailMessage) -> bytes:
    """The mail's bytes with boundaries of our own, so that writing it again gives the same."""
    for index, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_demo_{index}")
    return mail.as_bytes()
