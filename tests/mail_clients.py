"""Builds mails byte by byte as the programs write them that plants and car makers use: test material, no adapter."""

from __future__ import annotations

import base64
import html
import quopri
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

CRLF = "\r\n"


@dataclass(frozen=True)
class Written:
    """What a person writes: the same content is sent through any program.

    ``lines`` are paragraphs; a tuple of tuples among them is a table. ``answered`` is (sender, time, lines) of the mail
    quoted below. ``files`` are (name, content).
    """

    subject: str
    lines: Sequence[str | tuple[tuple[str, ...], ...]]
    name: str = "卢静宜"
    address: str = "lujingyi@yuanrong.example.com"
    sent: datetime = field(default_factory=lambda: datetime.fromisoformat("2026-11-26T08:10:00+08:00"))
    message_id: str = "1126.0810@yuanrong.example.com"
    in_reply_to: str = ""
    answered: tuple[str, datetime, Sequence[str]] | None = None
    files: Sequence[tuple[str, bytes]] = ()
    logo: bytes = b""
    extra: Sequence[str] = ()


def wrapped(octets: bytes) -> str:
    """Base64 in lines of 76."""
    return base64.encodebytes(octets).decode("ascii").replace("\n", CRLF)


def printable(octets: bytes) -> str:
    """Quoted-printable."""
    return quopri.encodestring(octets).decode("ascii").replace("\n", CRLF)


def word(text: str, charset: str, codec: str, step: int = 0) -> str:
    """Encoded words; with ``step`` the octets are cut every so many, in the middle of characters too."""
    octets = text.encode(codec, "replace")
    step = step or len(octets) or 1
    pieces = [octets[at : at + step] for at in range(0, len(octets), step)] or [b""]
    return f"{CRLF} ".join(f"=?{charset}?B?{base64.b64encode(piece).decode()}?=" for piece in pieces)


def plain_of(mail: Written) -> str:
    """The plain version as web mail makes it: each table cell on a line of its own."""
    lines: list[str] = []
    for entry in mail.lines:
        if isinstance(entry, str):
            lines.append(entry)
        else:
            lines += [cell for row in entry for cell in row]
    return CRLF.join(lines)


def table_html(rows: tuple[tuple[str, ...], ...], cell: str = "<td>{}</td>") -> str:
    """A table as HTML, each text through ``cell``."""
    body = "".join("<tr>" + "".join(cell.format(html.escape(text)) for text in row) + "</tr>" for row in rows)
    return f'<table border="1" cellspacing="0">{body}</table>'


def html_of(mail: Written, paragraph: str, cell: str = "<td>{}</td>") -> str:
    """The content as HTML, each line through ``paragraph``."""
    return "".join(
        paragraph.format(html.escape(entry) or "<br>") if isinstance(entry, str) else table_html(entry, cell)
        for entry in mail.lines
    )


def _fields(mail: Written, charset: str, codec: str, step: int, more: Sequence[str]) -> list[str]:
    fields = [
        f'From: "{word(mail.name, charset, codec)}" <{mail.address}>',
        f'To: "{word("客诉", charset, codec)}" <kesu@example.com>',
        f"Subject: {word(mail.subject, charset, codec, step)}",
        f"Date: {format_datetime(mail.sent)}",
        f"Message-ID: <{mail.message_id}>",
        "MIME-Version: 1.0",
    ]
    if mail.in_reply_to:
        fields += [f"In-Reply-To: <{mail.in_reply_to}>", f"References: <{mail.in_reply_to}>"]
    return [*fields, *more, *mail.extra]


def _file_part(name_field: str, disposition: str, content: bytes, kind: str = "application/octet-stream") -> str:
    return CRLF.join([
        f"Content-Type: {kind};", f"\t{name_field}", "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {disposition}", "", wrapped(content),
    ])


def multipart(kind: str, boundary: str, parts: Sequence[str], preamble: str = "") -> str:
    """A multipart body with its Content-Type field in front."""
    opened = "".join(f"--{boundary}{CRLF}{part}{CRLF}" for part in parts)
    head = f'Content-Type: multipart/{kind};{CRLF}\tboundary="{boundary}"{CRLF}{CRLF}'
    return f"{head}{preamble}{opened}--{boundary}--{CRLF}"


def text_part(kind: str, text: str, charset: str, codec: str, transfer: str) -> str:
    """One text part in base64, quoted-printable or as it is (8bit, marked by surrogates until the end)."""
    octets = text.encode(codec, "replace")
    shown = {"base64": wrapped, "quoted-printable": printable}.get(transfer, _raw)(octets)
    return CRLF.join([f"Content-Type: text/{kind};", f'\tcharset="{charset}"', f"Content-Transfer-Encoding: {transfer}",
                      "", shown])


def _raw(octets: bytes) -> str:
    return octets.decode("ascii", "surrogateescape")


def octets(text: str) -> bytes:
    """The finished mail as bytes, raw octets restored."""
    return text.encode("ascii", "surrogateescape")


def _quoted(mail: Written, divider: str) -> str:
    """The quoted history as HTML behind ``divider``, which takes sender, time and subject."""
    if mail.answered is None:
        return ""
    who, when, lines = mail.answered
    head = divider.format(who=html.escape(who), when=f"{when:%Y-%m-%d %H:%M:%S}", subject=html.escape(mail.subject))
    return head + "".join(f"<div>{html.escape(line)}</div>" for line in lines)


def qq(mail: Written) -> bytes:
    """QQ mail in the browser: everything gb18030 in base64."""
    divider = ('<div style="font-size: 12px;">------------------&nbsp;原始邮件&nbsp;------------------</div>'
               '<div style="font-size:12px;background:#efefef;padding:8px;"><div><b>发件人:</b>&nbsp;"{who}";</div>'
               "<div><b>发送时间:</b>&nbsp;{when}</div><div><b>收件人:</b>&nbsp;客诉;</div>"
               "<div><b>主题:</b>&nbsp;{subject}</div></div><div><br></div>")
    page = f'<div>{html_of(mail, "<div>{}</div>")}</div><div><br></div>' + _quoted(mail, divider)
    body = multipart("alternative", "----=_NextPart_6560A1C8_0F2E3A10", [
        text_part("plain", plain_of(mail), "gb18030", "gb18030", "base64"),
        text_part("html", page, "gb18030", "gb18030", "base64"),
    ], "This is a multi-part message in MIME format." + CRLF + CRLF)
    if mail.files:
        names = [word(name, "gb18030", "gb18030") for name, _ in mail.files]
        body = multipart("mixed", "----=_NextPart_6560A1C8_1B2E3A10", [body, *(
            _file_part(f'charset="gb18030";{CRLF}\tname="{name}"', f'attachment; filename="{name}"', content)
            for name, (_, content) in zip(names, mail.files, strict=True))],
            "This is a multi-part message in MIME format." + CRLF + CRLF)
    more = ["X-Priority: 3", "X-QQ-MIME: TCMime 1.0 by Tencent", "X-Mailer: QQMail 2.x"]
    return octets(CRLF.join(_fields(mail, "gb18030", "gb18030", 0, more)) + CRLF + body)


def foxmail(mail: Written) -> bytes:
    """Foxmail: says GB2312 and writes GBK; long subjects are cut between octets, not characters."""
    divider = ('<div><br></div><hr style="width: 210px; height: 1px;" color="#b5c4df" size="1" align="left"/>'
               "<div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
               "<div><b>发件人：</b>&nbsp;{who}</div><div><b>发送时间：</b>&nbsp;{when}</div>"
               "<div><b>收件人：</b>&nbsp;kesu</div><div><b>主题：</b>&nbsp;{subject}</div></div>")
    page = (f'<html><head><meta http-equiv="content-type" content="text/html; charset=GB2312"><style>body {{ }}</style>'
            f'</head><body>{html_of(mail, "<div><span></span>{}</div>")}{_quoted(mail, divider)}</body></html>')
    body = multipart("alternative", "----=_001_NextPart517012346512_=----", [
        text_part("plain", plain_of(mail), "GB2312", "gb18030", "base64"),
        text_part("html", page, "GB2312", "gb18030", "quoted-printable"),
    ], "This is a multi-part message in MIME format." + CRLF + CRLF)
    if mail.files:
        body = multipart("mixed", "----=_002_NextPart727612346512_=----", [body, *(
            _file_part(f'name="{word(name, "GB2312", "gb18030", 30)}"',
                       f'attachment;{CRLF}\tfilename="{word(name, "GB2312", "gb18030", 30)}"', content)
            for name, content in mail.files)])
    more = ["X-Priority: 3", "X-Has-Attach: no", "X-Mailer: Foxmail 7.2.25.375[cn]"]
    return octets(CRLF.join(_fields(mail, "GB2312", "gb18030", 33, more)) + CRLF + body)


def netease(mail: Written) -> bytes:
    """NetEase web mail (Coremail): GBK, answers above ``在 … 写道：`` and a block quote."""
    page = f'<div style="line-height:1.7;color:#000000;font-size:14px">{html_of(mail, "<p>{}</p>")}</div>'
    if mail.answered is not None:
        who, when, lines = mail.answered
        quoted = "".join(f"<div>{html.escape(line)}</div>" for line in lines)
        page += (f'<p>在 {when:%Y-%m-%d %H:%M:%S}，"{html.escape(who)}" &lt;kesu@example.com&gt; 写道：</p>'
                 f'<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex">{quoted}</blockquote>')
    body = multipart("alternative", '----=_Part_48210_1520881.1795680001', [
        text_part("plain", plain_of(mail), "GBK", "gbk", "base64"),
        text_part("html", page, "GBK", "gbk", "base64"),
    ])
    if mail.files:
        named = [(word(name, "GBK", "gbk"), content) for name, content in mail.files]
        body = multipart("mixed", "----=_Part_48211_1520882.1795680002", [body, *(
            _file_part(f'name="{name}"', f'attachment; filename="{name}"', content) for name, content in named)])
    more = ["X-Priority: 3", "X-Mailer: Coremail Webmail Server Version XT5.0.14"]
    return octets(CRLF.join(_fields(mail, "GBK", "gbk", 45, more)) + CRLF + body)


def outlook(mail: Written) -> bytes:
    """Outlook: utf-8 words, MsoNormal paragraphs, quoted-printable, a logo in the signature by content id."""
    divider = ("<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>"
               "<b><span>发件人:</span></b> {who} <br><b>发送时间:</b> {when}<br><b>收件人:</b> 客诉<br>"
               "<b>主题:</b> {subject}<o:p></o:p></p></div>")
    picture = '<p class=MsoNormal><img width=96 height=40 src="cid:image001.png@01DC5E9A"></p>' if mail.logo else ""
    page = ('<html xmlns:o="urn:schemas-microsoft-com:office:office">'
            "<head><style><!-- p.MsoNormal {margin:0cm;} --></style>"
            "</head><body lang=ZH-CN><div class=WordSection1>"
            + html_of(mail, "<p class=MsoNormal><span>{}</span><o:p></o:p></p>",
                      "<td width=120 style='border:solid 1pt'><p class=MsoNormal><span>{}</span><o:p></o:p></p></td>")
            + picture + _quoted(mail, divider) + "</div></body></html>")
    body = multipart("alternative", "_000_SY4P282MB0000AUSP282_", [
        text_part("plain", plain_of(mail), "utf-8", "utf-8", "base64"),
        text_part("html", page, "utf-8", "utf-8", "quoted-printable"),
    ])
    if mail.logo:
        inline = f'inline; filename="image001.png"{CRLF}Content-ID: <image001.png@01DC5E9A>'
        logo = _file_part('name="image001.png"', inline, mail.logo, "image/png")
        body = multipart("related", "_004_SY4P282MB0000AUSP282_", [body, logo])
    if mail.files:
        named = [(word(name, "utf-8", "utf-8", 39), content) for name, content in mail.files]
        body = multipart("mixed", "_005_SY4P282MB0000AUSP282_", [body, *(
            _file_part(f'name="{name}"', f'attachment;{CRLF}\tfilename="{name}"; size={len(content)}', content)
            for name, content in named)])
    more = ["Accept-Language: zh-CN, en-US", "Content-Language: zh-CN", "Thread-Index: Adxem0l2Zk1PQ0tFVEQ="]
    return octets(CRLF.join(_fields(mail, "utf-8", "utf-8", 45, more)) + CRLF + body)


def phone(mail: Written) -> bytes:
    """A telephone's mail program: plain utf-8, format=flowed, RFC 2231 file names."""
    lines = [line for entry in mail.lines
             for line in ([entry] if isinstance(entry, str) else [" ".join(row) for row in entry])]
    flowed = [part for line in lines for part in _flowed(line)]
    text = CRLF.join([*flowed, "", "发自我的手机"])
    if mail.answered is not None:
        who, when, quoted = mail.answered
        text += CRLF * 2 + f"> 在 {when:%Y年%m月%d日}，{when:%H:%M}，{who} <kesu@example.com> 写道：" + CRLF
        text += CRLF.join(f"> {line}" for line in quoted)
    body = CRLF.join(["Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes",
                      "Content-Transfer-Encoding: base64", "", wrapped(text.encode())])
    if mail.files:
        body = multipart("mixed", "Apple-Mail-52C0A6D1", [body, *(
            _file_part(f"name*={name}", f"attachment;{CRLF}\tfilename*={name}", content, "image/jpeg")
            for name, content in [(_extended(name), content) for name, content in mail.files])])
    return octets(CRLF.join(_fields(mail, "utf-8", "utf-8", 0, ["X-Mailer: iPhone Mail (22B91)"])) + CRLF + body)


def _flowed(line: str) -> list[str]:
    pieces = [line[at : at + 30] for at in range(0, len(line), 30)] or [""]
    return [piece + " " if index < len(pieces) - 1 else piece.rstrip() for index, piece in enumerate(pieces)]


def _extended(name: str) -> str:
    return "utf-8''" + "".join(f"%{octet:02X}" for octet in name.encode())


def raw_gbk(mail: Written) -> bytes:
    """An old program or a scanner's mailer: GBK octets in the header and the body, nothing encoded or declared."""
    head = [f'From: "{mail.name}" <{mail.address}>', "To: kesu@example.com", f"Subject: {mail.subject}",
            f"Date: {format_datetime(mail.sent)}", f"Message-ID: <{mail.message_id}>", *mail.extra]
    if mail.in_reply_to:
        head.append(f"In-Reply-To: <{mail.in_reply_to}>")
    if not mail.files:
        return (CRLF.join(head) + CRLF * 2 + plain_of(mail)).encode("gbk")
    parts = [f"Content-Type: text/plain{CRLF}{CRLF}{plain_of(mail)}"]
    parts += [_file_part(f'name="{name}"', f'attachment; filename="{name}"', content) for name, content in mail.files]
    return (CRLF.join(head) + CRLF + multipart("mixed", "=====003_Dragon", parts)).encode("gbk")


PROGRAMS: dict[str, Callable[[Written], bytes]] = {
    "qq": qq, "foxmail": foxmail, "netease": netease, "outlook": outlook, "phone": phone, "raw_gbk": raw_gbk,
}


def minutes_before(moment: datetime, minutes: int) -> datetime:
    """A little earlier, for quoted mails."""
    return moment - timedelta(minutes=minutes)
