"""Generated and spoilt mails: what transport, broken programs and ill will make of the corpus."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.intake_corpus import PEOPLE, entries, written
from tests.mail_clients import PROGRAMS
from tests.mail_containers import outlook_msg, winmail

_CHARSETS = (b"gb2312", b"GBK", b"utf-8", b"iso-8859-1", b"us-ascii", b"big5", b"x-unknown", b"utf-16", b"utf-7",
             b"\x00", b"hz-gb-2312", b"iso-2022-jp", b"")
_LINES = (
    b"Content-Type: multipart/mixed; boundary=", b"Content-Type: text/html; charset=gbk\r\n", b"X: " + b"a" * 5_000,
    b"From: other <other@evil.example>\r\n", b"Content-Transfer-Encoding: x-uuencode\r\n", b"Subject: =?gbk?B?",
    b"Content-Disposition: attachment; filename*0*=utf-8''%FF; filename*99=x\r\n", b"Date: 99 Foo 0000 99:99 +9999\r\n",
    b"Content-Type: message/rfc822\r\n", b"References: " + b"<a@b> " * 500 + b"\r\n", b"\r\n\r\n", b"--",
    b"\xff\xfe\x00", b"Content-Type: application/ms-tnef; name=winmail.dat\r\n",
    b"\xe2\x80\xae", b"MIME-Version: 1.0\r\n",
    b"<table><tr><td rowspan=99999 colspan=99999>" * 30, b"=?utf-8?Q?=0D=0AX-Kesu-Key:_1?=",
)
Mutation = Callable[[bytes, random.Random], bytes]


def _flip(raw: bytes, rng: random.Random) -> bytes:
    spoilt = bytearray(raw)
    for _ in range(rng.randint(1, 12)):
        if spoilt:
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
    return bytes(spoilt)


def _cut(raw: bytes, rng: random.Random) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def _drop(raw: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(raw) + 1)
    return raw[:start] + raw[start + rng.randint(1, 400):]


def _double(raw: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(raw) + 1)
    piece = raw[start : start + rng.randint(1, 600)]
    return raw[:start] + piece * rng.randint(2, 5) + raw[start:]


def _drop_line(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\r\n")
    del lines[rng.randrange(min(len(lines), 40))]
    return b"\r\n".join(lines)


def _swap_lines(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\r\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\r\n".join(lines)


def _insert(raw: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(raw) + 1)
    return raw[:start] + rng.choice(_LINES) + raw[start:]


def _relabel(raw: bytes, rng: random.Random) -> bytes:
    for label in (b"gb18030", b"GB2312", b"GBK", b"utf-8"):
        if label in raw and rng.random() < 0.7:
            raw = raw.replace(label, rng.choice(_CHARSETS), rng.randint(1, 4))
    return raw


def _line_ends(raw: bytes, rng: random.Random) -> bytes:
    return raw.replace(b"\r\n", rng.choice((b"\n", b"\r", b"\r\r\n", b"\r\n ")))


def _nest(raw: bytes, rng: random.Random) -> bytes:
    head = b"From: <lujingyi@yuanrong.example.com>\r\nSubject: fw\r\nMIME-Version: 1.0\r\n"
    for level in range(rng.randint(1, 30)):
        boundary = b"B%d" % level
        raw = (head + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n--' + boundary
               + b"\r\nContent-Type: message/rfc822\r\n\r\n" + raw + b"\r\n--" + boundary + b"--\r\n")
        if len(raw) > 400_000:
            break
    return raw


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _cut, _drop, _double, _drop_line, _swap_lines, _insert, _relabel, _line_ends, _nest,
)


def _attachments(rng: random.Random) -> list[tuple[str, bytes]]:
    photo = b"\xff\xd8\xff\xe0" + rng.randbytes(200)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("现场/一.jpg", photo)
    choices = [
        ("不良照片.jpg", photo), ("..\\..\\CON.xlsx", b"PK\x03\x04" + rng.randbytes(60)),
        ("照片.zip", packed.getvalue()), ("winmail.dat", winmail("见附件", [("照片.jpg", photo)])),
        ("客户来信.msg", outlook_msg("投诉", "不良数量：5", [("a.jpg", photo)])),
        ("a\u202egpj.exe", b"MZ"), ("名" * 200 + ".pdf", b"%PDF-1.7"), ("", b"x"), ("周报.docx", b"not a package"),
    ]
    return rng.sample(choices, rng.randint(0, 4))


def generated(count: int, seed: int) -> Iterator[bytes]:
    """``count`` mails: every third as its program writes it, the others spoilt once or several times."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    corpus = [*entries("complaint_mails.yaml"), *entries("held_out_mails.yaml")]
    programs = [name for name in PROGRAMS if name != "raw_gbk"]
    for index in range(count):
        entry = rng.choice(corpus)
        name, address, _ = PEOPLE[rng.choice(list(PEOPLE))]
        mail = replace(written(entry), name=name, address=address, message_id=f"{index}.{seed}@generated.example",
                       files=_attachments(rng))
        raw = PROGRAMS[rng.choice(programs)](mail)
        if index % 3:
            for _ in range(rng.choice((1, 1, 1, 2, 4))):
                raw = rng.choice(MUTATIONS)(raw, rng)
        yield raw
