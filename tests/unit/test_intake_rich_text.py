"""Bodies that come as rich text only: unpacked by the specification, read as text or as the HTML wrapped in them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.mail_reader import MimeMailReader
from pipeline.intake.rtf import NotRtf, read_rtf, unpacked
from tests.mail_clients import Written, qq
from tests.mail_containers import outlook_msg_of_rich_text, winmail_of_rich_text

#: The two examples of the specification (MS-OXRTFCP 3.1 and 3.2).
HELLO = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3"
                      "2068656c090020627705b06c647d0a800fa0")
REPEATED = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
GBK = "".join(f"\\'{octet:02x}" for octet in "接头处渗漏".encode("gbk"))
LETTER = ("{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fnil 宋体;}}{\\*\\generator Riched20;}\\uc1 "
          f"不良现象：{GBK}\\par \\u19981?\\u33391?数量：\\b 3\\b0 件\\par 图{{\\pict\\wmetafile8 0102}}\\{{1\\}}}}")
WRAPPED = ("{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0 Arial;}}{\\*\\htmltag64 <p>}"
           f"\\htmlrtf {{\\htmlrtf0 {GBK}{{\\*\\htmltag84 &nbsp;}}"
           "\\htmlrtf \\'a0\\htmlrtf0 \\htmlrtf\\par}\\htmlrtf0 {\\*\\mhtmltag64 <q>}"
           "{\\*\\htmltag72 </p>}{\\*\\htmltag64 <table><tr><td>}3{\\*\\htmltag64 </td><td>}\\u20214?{\\*\\htmltag64 "
           "</td></tr></table>}}")


def stored(rtf: str) -> bytes:
    """Rich text as Outlook packs it without compression."""
    raw = rtf.encode("gbk")
    return struct.pack("<II4sI", len(raw) + 12, len(raw), b"MELA", 0) + raw


def test_the_examples_of_the_specification() -> None:
    assert unpacked(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked(REPEATED) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert read_rtf(HELLO) == ("hello world", "")


def test_a_chinese_letter_with_everything_around_it_left_out() -> None:
    assert read_rtf(stored(LETTER)) == ("不良现象：接头处渗漏\n不良数量：3件\n图{1}", "")


def test_html_that_is_wrapped_in_it() -> None:
    text, html = read_rtf(stored(WRAPPED))
    assert (text, html) == ("", "<p>接头处渗漏&nbsp;</p><table><tr><td>3</td><td>件</td></tr></table>")


@pytest.mark.parametrize("packed", [HELLO, REPEATED, stored(LETTER)])
def test_a_torn_body_never_breaks_the_reading(packed: bytes) -> None:
    for length in range(len(packed)):
        try:
            read_rtf(packed[:length])
        except NotRtf:
            continue


@given(st.binary(max_size=200))
def test_whatever_octets_come(octets: bytes) -> None:
    for packed in (octets, HELLO[:16] + octets, stored("{\\rtf1 ")[:16] + b"{\\rtf1 " + octets):
        try:
            read_rtf(packed)
        except NotRtf:
            continue


def test_a_size_that_only_claims_to_be_large_is_refused() -> None:
    with pytest.raises(NotRtf):
        read_rtf(HELLO[:4] + struct.pack("<I", 1 << 31) + HELLO[8:])


def test_a_mail_whose_whole_text_lies_in_winmail_dat() -> None:
    raw = (b"From: <a@xinghe.example.com>\r\nSubject: x\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"
           b"Content-Transfer-Encoding: 8bit\r\n\r\n" + winmail_of_rich_text(stored(LETTER)))
    mail = MimeMailReader().read("1", raw)
    assert mail.text.split("\n") == ["不良现象：接头处渗漏", "不良数量：3件", "图{1}"]
    assert mail.damage == ""


def test_an_outlook_file_whose_text_is_rich_only() -> None:
    msg = outlook_msg_of_rich_text("渗漏投诉", stored(WRAPPED).ljust(4096, b"\0"))
    mail = MimeMailReader().read("1", qq(Written("转一封", ["请看"], files=[("来信.msg", msg)])))
    assert mail.text.split("\n")[:3] == ["请看", "渗漏投诉", "接头处渗漏"]
