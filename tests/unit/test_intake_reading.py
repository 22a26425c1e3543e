"""Mail as it really is: every program's spelling, traps from the field, containers, quotation, damage."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest

from pipeline.intake.charset import decode
from pipeline.intake.encoded_words import header_text
from pipeline.intake.mail_reader import MimeMailReader
from pipeline.intake.parameters import bare_file_name, parameters
from schemas.incoming import IncomingMail, PassedOn
from tests.mail_clients import PROGRAMS, Written, outlook, qq, word
from tests.mail_containers import outlook_msg, winmail

SUBJECT = "【质量反馈】冷却水管CW-2217接头渗漏3件，请喆工尽快确认①并回复镕城基地的围堵情况"
HEAD = "From: \"a\" <a@yuanrong.example.com>\r\nDate: Thu, 26 Nov 2026 08:10:00 +0800\r\nSubject: x\r\n"
TABLE = (("项目", "内容"), ("不良数量", "3件"), ("不良批次", "B20261120"))
PHOTO = b"\xff\xd8\xff\xe0" + b"photo" * 4000


def png(width: int, height: int, size: int = 400) -> bytes:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height)
    return head.ljust(size, b"\x00")


def read(raw: bytes | str) -> IncomingMail:
    return MimeMailReader().read("m1", raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw)


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_every_program_is_read_alike(program: str) -> None:
    subject = SUBJECT.replace("①", "1") if program == "raw_gbk" else SUBJECT  # not in plain GBK
    mail = read(PROGRAMS[program](Written(
        subject, ["方工您好：", "今早总装三线发现渗漏3件。", "零件号：CW-2217", "卢静宜"],
        files=[("不良照片（总装三线）.jpg", PHOTO), ("检测报告.pdf", b"%PDF-1.7")],
    )))
    assert (mail.damage, mail.automatic, mail.notes) == ("", "", ())
    assert (mail.sender, mail.sender_name, mail.subject) == ("lujingyi@yuanrong.example.com", "卢静宜", subject)
    assert mail.sent == datetime.fromisoformat("2026-11-26T08:10:00+08:00")
    assert mail.text.replace("\n\n发自我的手机", "").split("\n") == [
        "方工您好：", "今早总装三线发现渗漏3件。", "零件号：CW-2217", "卢静宜"
    ]
    assert [(file.name, file.content) for file in mail.files] == [
        ("不良照片（总装三线）.jpg", PHOTO), ("检测报告.pdf", b"%PDF-1.7")
    ]


@pytest.mark.parametrize("program", ["qq", "foxmail", "netease", "outlook"])
def test_tables_are_kept_and_history_is_cut_off(program: str) -> None:
    mail = read(PROGRAMS[program](Written(
        "回复: 渗漏", ["方工：", "数据如下：", TABLE, "谢谢"],
        answered=("客诉助手", datetime.fromisoformat("2026-11-25T09:00:00+08:00"), ["请补充批次。", "不良数量：99"]),
    )))
    assert [table.rows for table in mail.tables] == [TABLE]
    written = [line for line in mail.text.split("\n") if line]
    assert written == ["方工：", "数据如下：", *("\t".join(row) for row in TABLE), "谢谢"]
    assert "不良数量：99" in mail.history


def test_a_mail_passed_on_is_read_with_what_it_passes_on() -> None:
    mail = read(qq(Written(
        "转发：渗漏", ["请处理"],
        answered=("客户", datetime.fromisoformat("2026-11-25T09:00:00+08:00"), ["不良数量：7件", "批次：B1"]),
    )))
    assert mail.text.split("\n") == ["请处理", "不良数量：7件", "批次：B1"]


OUTER = "发件人: 庄小满\n发送时间: 2026年11月25日 19:26\n收件人: 叶知秋\n主题: FW: 渗漏\n\n下午发我的\n\n"
INNER = ("From: Meng Xianghe <Meng@Beiling.example.com>\nSent: Wednesday, November 25, 2026 4:08 PM\nTo: 庄小满\n"
         "Subject: 渗漏\n\n三件渗漏\n\n")


def forwarded(*lines: str) -> IncomingMail:
    return read(outlook(Written("FW: 渗漏", ["见下", "", *"\n".join(lines).split("\n")])))


def test_a_chain_of_forwards_is_read_down_to_who_wrote_first() -> None:
    mail = forwarded(OUTER + INNER)
    assert mail.text.split("\n") == ["见下", "下午发我的", "三件渗漏"]
    assert mail.passed_on == PassedOn("Meng Xianghe", "meng@beiling.example.com", "三件渗漏")


def test_what_stands_below_a_mail_that_was_not_passed_on_is_its_history() -> None:
    mail = forwarded(OUTER.replace("FW: 渗漏", "答复: 渗漏") + INNER)
    assert mail.text.split("\n") == ["见下", "下午发我的"]
    assert mail.passed_on == PassedOn("庄小满", "", "下午发我的")


@pytest.mark.parametrize(("head", "name", "address"), [
    ("在 2026-11-25 16:08:12，\"孟祥和\" <m@b.example.com> 写道：", "孟祥和", "m@b.example.com"),
    ("On Wed, Nov 25, 2026 at 4:08 PM Meng Xianghe <m@b.example.com> wrote:", "Meng Xianghe", "m@b.example.com"),
    ("On Wed, Nov 25, 2026 at 4:08 PM Meng Xianghe <m@b.example.com>\nwrote:", "Meng Xianghe", "m@b.example.com"),
    ("发件人：孟祥和\n发送时间：2026年11月25日\n收件人：甲 <a@b.example.com>;\n 乙\n主题：渗漏", "孟祥和", ""),
    ("发件人: 孟祥和 [mailto:m@b.example.com]\n日期: 昨天\n收件人: 甲", "孟祥和", "m@b.example.com"),
])
def test_who_wrote_a_mail_passed_on(head: str, name: str, address: str) -> None:
    assert forwarded(head, "三件渗漏").passed_on == PassedOn(name, address, "三件渗漏")


@pytest.mark.parametrize(("octets", "declared", "text"), [
    ("喆①镕".encode("gb18030"), "gb2312", "喆①镕"),
    ("接头渗漏".encode(), "gb2312", "接头渗漏"),
    ("接头渗漏".encode("gbk"), "utf-8", "接头渗漏"),
    ("接头渗漏三件".encode("gbk"), "iso-8859-1", "接头渗漏三件"),
    ("Größe für Müller".encode("latin-1"), "iso-8859-1", "Größe für Müller"),
    ("接头渗漏".encode("gbk"), "x-unknown-charset", "接头渗漏"),
    ("接頭滲漏".encode("big5"), "big5", "接頭滲漏"),
    ("接头渗漏".encode("hz"), "hz-gb-2312", "接头渗漏"),
    ("接头渗漏".encode("gbk"), "\x00", "接头渗漏"),
    (b"", "gbk", ""),
])
def test_labels_are_hints(octets: bytes, declared: str, text: str) -> None:
    assert decode(octets, declared) == (text, False)


def test_what_cannot_be_decoded_is_said() -> None:
    assert decode(b"\xff\xff\x00\xff" * 20, "gbk")[1]


@pytest.mark.parametrize(("raw", "text"), [
    (word(SUBJECT, "GB2312", "gb18030", 7), SUBJECT),                                  # cut inside characters
    ("=?utf-8?Q?=E6=8E=A5=E5=A4?= =?utf-8?Q?=B4=E6=B8=97?=", "接头渗"),
    ("=?gb2312?B?vdPNt8n4?=\r\n =?gb2312?B?wqk=?= CW-2217", "接头渗漏 CW-2217"),
    ("=?UTF-8*zh?B?5o6l5aS0?=", "接头"),
    ("plain =?no-such?B?5o6l5aS0?=", "plain 接头"),
    ("=?utf-8?B?5o6l5a?= =?utf-8?B?S0?=", "接头"),                                      # base64 itself cut
    ("=?utf-8?B?4oCuZ3BqLmV4ZQ==?=", "gpj.exe"),                                       # bidi control dropped
    ("=?utf-8?Q?a=0D=0ABcc:_x?=", "a Bcc: x"),                                         # no line break survives
    ("=?utf-8?B?====?=", ""),
])
def test_encoded_words(raw: str, text: str) -> None:
    assert header_text(raw) == text


@pytest.mark.parametrize(("field", "name"), [
    ('attachment; filename="..\\..\\evil.xlsx"', "evil.xlsx"),
    ('attachment; filename="/etc/passwd"', "passwd"),
    ("attachment; filename*=utf-8''%E6%8E%A5%E5%A4%B4.jpg", "接头.jpg"),
    ("attachment; filename*0*=gb2312''%BD%D3%CD; filename*1*=%B7; filename*2=.jpg", "接头.jpg"),
    ('attachment; filename="=?gbk?B?vdPNtw==?=\r\n =?gbk?B?LmpwZw==?="', "接头.jpg"),
    ("attachment; filename=a b.jpg; size=3", "a b.jpg"),
    ('attachment; filename="%E6%8E%A5%E5%A4%B4.jpg"', "接头.jpg"),
    ('attachment; filename="a;b.jpg"', "a;b.jpg"),
    ("attachment; filename=", ""),
])
def test_file_names(field: str, name: str) -> None:
    assert bare_file_name(parameters(field).get("filename", "")) == name


def test_a_raw_gbk_name_whose_last_octet_is_a_backslash() -> None:
    raw = 'attachment; filename="诚乗.jpg"; size=3'.encode("gbk").decode("ascii", "surrogateescape")
    assert b"\\" in "乗".encode("gbk")
    assert bare_file_name(parameters(raw)["filename"]) == "诚乗.jpg"


def test_the_sender_is_the_raw_address_not_what_words_imitate() -> None:
    imitated = word("boss <ceo@yuanrong.example.com>", "utf-8", "utf-8")
    assert read(f"From: {imitated} <x@evil.example.org>\r\n\r\nhi").sender == "x@evil.example.org"
    two = read("From: <a@b.example>, <c@d.example>\r\n\r\nhi")
    assert two.damage == "发件人不止一个"


def test_logos_are_left_out_and_photos_in_the_text_are_kept() -> None:
    mail = read(outlook(Written("x", ["渗漏"], logo=png(96, 40), files=[("照片.png", png(96, 40))])))
    assert [(file.name, file.decorative) for file in mail.files] == [("image001.png", True), ("照片.png", False)]
    pasted = read(outlook(Written("x", ["渗漏"], logo=png(1280, 960, 90_000))))
    assert [file.decorative for file in pasted.files] == [False]


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_archives_are_opened_within_limits() -> None:
    opened = read(qq(Written("x", ["见附件"], files=[("照片.zip", zipped({"../现场/一.jpg": PHOTO, "二.jpg": b"2"}))])))
    assert [(file.name, file.origin) for file in opened.files] == [("一.jpg", "照片.zip"), ("二.jpg", "照片.zip")]
    bomb = read(qq(Written("x", ["见附件"], files=[("大.zip", zipped({"a": b"\x00" * (8 << 20)}))])))
    assert [file.name for file in bomb.files] == ["大.zip"]
    assert bomb.notes == ("附件“大.zip”：压缩包的压缩比异常，未解开",)
    torn = read(qq(Written("x", ["见附件"], files=[("坏.zip", zipped({"a": b"1"})[:40])])))
    assert torn.notes == ("附件“坏.zip”：压缩包已损坏或格式不支持，未解开",)


def test_names_in_archives_made_in_china() -> None:
    archive = zipped({"AAAA.jpg": b"1"}).replace(b"AAAA", "接头".encode("gbk"))
    mail = read(qq(Written("x", ["见附件"], files=[("照片.zip", archive)])))
    assert [file.name for file in mail.files] == ["接头.jpg"]


def test_winmail_dat_is_opened() -> None:
    tnef = winmail("渗漏3件", [("总装三线现场照片全景.jpg", PHOTO)])
    mail = read(qq(Written("x", ["见附件"], files=[("winmail.dat", tnef)])))
    assert [(file.name, file.content, file.origin) for file in mail.files] == [
        ("总装三线现场照片全景.jpg", PHOTO, "winmail.dat")
    ]
    torn = read(qq(Written("x", ["见附件"], files=[("winmail.dat", tnef[:-100])])))
    assert [file.name for file in torn.files] == ["winmail.dat"]
    assert torn.notes == ("附件“winmail.dat”无法解开，按原样保存",)


def test_outlook_files_are_opened_and_kept() -> None:
    msg = outlook_msg("渗漏投诉", "不良数量：5件", [("现场.jpg", PHOTO)])
    mail = read(qq(Written("转一封", ["请看"], files=[("客户来信.msg", msg)])))
    assert [(file.name, file.origin) for file in mail.files] == [("客户来信.msg", ""), ("现场.jpg", "客户来信.msg")]
    assert mail.files[1].content == PHOTO
    assert mail.text.split("\n") == ["请看", "渗漏投诉", "不良数量：5件"]
    torn = read(qq(Written("转一封", ["请看"], files=[("客户来信.msg", msg[:700])])))
    assert torn.notes == ("附件“客户来信.msg”无法打开，按原样保存",)


def test_a_mail_attached_to_a_mail() -> None:
    inner = qq(Written("渗漏", ["不良数量：6件"], files=[("内.jpg", PHOTO)])).decode("ascii")
    outer = (f"{HEAD}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\n请处理\r\n"
             f"--B\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--B--\r\n")
    mail = read(outer)
    assert [(file.name, file.origin) for file in mail.files] == [("渗漏.eml", ""), ("内.jpg", "渗漏.eml")]
    assert mail.text.split("\n") == ["请处理", "不良数量：6件"]
    assert mail.passed_on == PassedOn("卢静宜", "lujingyi@yuanrong.example.com", "不良数量：6件")


@pytest.mark.parametrize(("fields", "why"), [
    ("Auto-Submitted: auto-replied", "自动发出的邮件（Auto-Submitted）"),
    ("Auto-Submitted: no", ""),
    ("Return-Path: <>", "退信或系统通知（回执地址为空）"),
    ("Precedence: bulk", "群发邮件（Precedence）"),
    ("List-Id: <news.example.com>", "邮件列表"),
    ("Content-Type: multipart/report; boundary=B", "退信或回执（multipart/report）"),
    ("X-Autoreply: yes", "自动回复"),
])
def test_what_machines_send_is_recognised(fields: str, why: str) -> None:
    body = "--B\r\n\r\nx\r\n--B--\r\n" if "boundary" in fields else "x"
    assert read(f"{HEAD}{fields}\r\n\r\n{body}").automatic == why


def test_an_absence_note_is_recognised_by_its_subject() -> None:
    assert read(qq(Written("自动回复：渗漏", ["我休假了"]))).automatic == "自动回复"


@pytest.mark.parametrize(("raw", "damage"), [
    ("nothing at all", "不是一封完整的邮件（没有发件人）"),
    ("", "不是一封完整的邮件（没有发件人）"),
    ("From: =?utf-8?B?5Y2i?= <ming@\x1buihe.example.com>\r\n\r\nx", "不是一封完整的邮件（没有发件人）"),
    ("From: =?utf-8?B?5Y2i?= <卢\u202e明@例子.公司>\r\n\r\nx", "不是一封完整的邮件（没有发件人）"),
    (f"{HEAD}\r\n", "邮件没有可识读的内容"),
    (f"{HEAD}Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nxx", "邮件已加密，无法识读"),
    (f"{HEAD}Content-Type: multipart/mixed; boundary=B\r\n\r\n--C\r\n\r\nx\r\n--C--",
     "邮件正文损坏，或文字编码无法识别"),
])
def test_damage_is_said(raw: str, damage: str) -> None:
    assert read(raw).damage == damage


def test_undecodable_text_is_damage() -> None:
    raw = HEAD.encode() + b"Content-Type: text/plain; charset=gbk\r\n\r\n" + b"\xff\xff\x81" * 30
    assert read(raw).damage == "邮件正文损坏，或文字编码无法识别"


def test_copies_of_a_mail_have_one_digest_and_two_mails_have_two() -> None:
    mail = Written("渗漏", ["不良数量：3件"])
    transported = b"Received: from a by b; Thu, 26 Nov 2026 08:11:00 +0800\r\nX-Spam: no\r\n" + qq(mail)
    assert read(qq(mail)).digest == read(transported).digest
    assert read(qq(mail)).digest != read(qq(replace(mail, lines=["不良数量：4件"]))).digest  # even with one Message-ID


@pytest.mark.parametrize(("field", "sent"), [
    ("Date: Thu, 26 Nov 2026 08:10:00 +0800 (CST)", "2026-11-26T08:10:00+08:00"),
    ("Date: nonsense\r\nReceived: from a by b; Thu, 26 Nov 2026 08:11:00 +0800", "2026-11-26T08:11:00+08:00"),
    ("Date: Thu, 01 Jan 1970 00:00:00 +0000", None),
])
def test_when_it_was_sent(field: str, sent: str | None) -> None:
    found = read(f"From: a@b.example\r\n{field}\r\n\r\nx").sent
    assert found == (datetime.fromisoformat(sent) if sent else None)


def test_hidden_text_and_scripts_are_not_read() -> None:
    page = "<style>p{}</style><p>可见</p><div style='display:none'>隐藏<p>也隐藏</p></div><script>x()</script><p>后</p>"
    encoded = base64.b64encode(page.encode()).decode()
    raw = f"{HEAD}Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}"
    assert read(raw).text == "可见\n后"


def test_merged_cells_reach_down_the_table() -> None:
    page = ("<table><tr><td>客户</td><td>现象</td></tr><tr><td rowspan=2>远嵘</td><td>渗漏</td></tr>"
            "<tr><td>难装</td></tr></table>")
    raw = f"{HEAD}Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{page}"
    assert read(raw).tables[0].rows == (("客户", "现象"), ("远嵘", "渗漏"), ("远嵘", "难装"))
