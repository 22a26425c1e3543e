"""Mails come into the folder mailbox and become rows, files and sentences; nothing happens twice."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.app import open_site
from pipeline.mailbox.folder import FolderMailbox
from pipeline.tick import tick
from schemas.effects import EffectState
from schemas.mail_settings import ImapSmtpSetting, ServerSetting
from tests.functional.plant_folder import COMPLAINTS, PlantFolder, complaint, empty_plant, kesu
from tests.mail_clients import Written, foxmail, netease, outlook, phone, qq

PHOTO = b"\xff\xd8\xff\xe0" + b"photo" * 4000
CUSTOMER = Written(
    "【质量反馈】冷却水管CW-2217接头渗漏",
    ["周工：", "零件名称：冷却水管", "零件号：CW-2217", "不良现象：接头处渗漏", "不良数量：3件", "批次号：CW20261118D",
     "卢静宜"],
    address="lujingyi@xinghe.example.com", files=[("不良照片.jpg", PHOTO), ("..\\..\\evil.xlsx", b"not a workbook")],
    sent=datetime.fromisoformat("2026-11-26T08:02:00+08:00"), message_id="first@xinghe.example.com",
)


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    made = empty_plant(tmp_path / "plant")
    made.configure(address_book="{星河汽车: {senders: [xinghe.example.com], engineer: 周启航}}")
    return made


def arrive(plant: PlantFolder, name: str, raw: bytes) -> None:
    (plant.root / "mail" / "inbox" / name).write_bytes(raw)


def inbox(plant: PlantFolder) -> list[str]:
    return sorted(path.name for path in (plant.root / "mail" / "inbox").glob("*.eml"))


def processed(plant: PlantFolder) -> list[str]:
    return sorted(path.name for path in (plant.root / "mail" / "inbox" / "已处理").glob("*.eml"))


def test_a_mail_becomes_a_row_with_its_files(plant: PlantFolder) -> None:
    arrive(plant, "1.eml", foxmail(CUSTOMER))
    plant.once("08:05")
    row, = plant.rows()
    wanted = {
        "客户": "星河汽车", "产品名称": "冷却水管", "产品编号": "CW-2217", "不良现象": "接头处渗漏", "不良数量": 3,
        "不良批次": "CW20261118D", "质量工程师": "周启航", "状态": "待确认", "信息来源": "邮件", "反馈人": "卢静宜",
    }
    assert {name: row[name] for name in wanted} == wanted
    assert str(row["接诉时间"]).startswith("2026-11-26 08:02")
    assert (inbox(plant), processed(plant)) == ([], ["1.eml"])
    plant.settled(first="08:06", second="08:20")
    plant.once("08:21")
    row, = plant.rows()
    assert row["客诉编号"] == "KS-202611-001"
    assert "不良数量←“不良数量：3件”" in str(row["系统校验"])
    files = [name.split("/附件/")[1].split(" ", 1)[1] for name in plant.files() if "/附件/" in name]
    assert files == ["evil.xlsx", "不良照片.jpg", "来信 【质量反馈】冷却水管CW-2217接头渗漏.eml"]
    kept = next(path for path in plant.share.rglob("*来信*.eml"))
    assert kept.read_bytes() == foxmail(CUSTOMER)
    history = kesu("log", "KS-202611-001", "-c", plant.config).out
    assert "附件 2 个、来信原件 1 份存入" in history


def test_when_all_is_done_nothing_more_happens(plant: PlantFolder) -> None:
    arrive(plant, "1.eml", qq(CUSTOMER))
    for time in ("08:05", "08:20", "08:20"):
        plant.once(time)
    before = plant.snapshot()
    said = plant.once("08:20")
    changed = {name for name in before if plant.snapshot()[name] != before[name]}
    assert changed <= {"state/journal.db", "state/journal.db-wal", "state/journal.db-shm"}, said.out
    assert len(plant.rows()) == 1


def test_confirming_the_row_takes_the_evidence_away(plant: PlantFolder) -> None:
    arrive(plant, "1.eml", qq(CUSTOMER))
    plant.once("08:05")
    plant.once("08:20")
    plant.once("08:21")
    assert "←" in str(plant.rows()[0]["系统校验"])
    plant.retype(COMPLAINTS, 0, 状态="调查")
    plant.settled(first="08:25", second="08:40")
    assert "←" not in str(plant.rows()[0]["系统校验"])


def test_the_same_mail_twice_does_nothing(plant: PlantFolder) -> None:
    arrive(plant, "1.eml", qq(CUSTOMER))
    plant.once("08:05")
    arrive(plant, "2.eml", b"Received: from elsewhere; Thu, 26 Nov 2026 08:04:00 +0800\r\n" + qq(CUSTOMER))
    plant.once("08:06")
    assert len(plant.rows()) == 1
    assert (inbox(plant), processed(plant)) == ([], ["1.eml", "2.eml"])


def numbered(plant: PlantFolder) -> None:
    """One complaint with number and folder."""
    plant.type(COMPLAINTS, complaint(客诉编号="KS-202611-007", 客户="星河汽车", 产品编号="CW-2217", 状态="调查"))
    plant.settled()


@pytest.mark.parametrize("reply", [
    replace(CUSTOMER, subject="回复：[KS-202611-007] 冷却水管渗漏", message_id="r1@x.example"),
    replace(CUSTOMER, subject="回复：渗漏", in_reply_to="OURS", message_id="r2@x.example"),
], ids=["number in the subject", "answer to a mail of ours"])
def test_a_reply_goes_to_its_case(plant: PlantFolder, reply: Written) -> None:
    numbered(plant)
    about = (mail for mail in plant.mails() if "KS-202611-007" in str(mail["Subject"]))
    ours = str(next(about)["Message-ID"]).strip("<>")
    sent = replace(reply, in_reply_to=ours if reply.in_reply_to else "",
                   sent=datetime.fromisoformat("2026-11-26T08:20:00+08:00"))
    arrive(plant, "1.eml", netease(sent))
    plant.once("08:21")
    assert [name for name in plant.files() if name.endswith("不良照片.jpg")]  # at once, since the folder is there
    plant.once("08:22")
    assert len(plant.rows()) == 1
    assert f"来信“{sent.subject}”（11-26 08:20）已存入附件" in plant.board()
    assert "存入 KS-202611-007" in kesu("log", "KS-202611-007", "-c", plant.config).out


def test_a_reply_to_a_mail_whose_row_has_no_number_yet(plant: PlantFolder) -> None:
    # in one pass with what it answers, found before it, and saying nothing by itself
    at_once = replace(CUSTOMER, subject="回复：渗漏", lines=["见附件"], message_id="third@x.example",
                      in_reply_to=CUSTOMER.message_id, sent=CUSTOMER.sent + timedelta(minutes=1),
                      files=[("当场.jpg", PHOTO + b"3")])
    arrive(plant, "0.eml", qq(at_once))
    arrive(plant, "1.eml", qq(CUSTOMER))
    plant.once("08:05")
    more = replace(CUSTOMER, subject="补充照片", lines=["见附件"], message_id="second@x.example",
                   in_reply_to=CUSTOMER.message_id, files=[("补充.jpg", PHOTO + b"2")])
    arrive(plant, "2.eml", phone(more))
    for time in ("08:06", "08:20", "08:21", "08:22"):
        plant.once(time)
    assert len(plant.rows()) == 1
    photos = {name.rpartition(" ")[2] for name in plant.files() if name.endswith(".jpg")}
    assert photos == {"不良照片.jpg", "当场.jpg", "补充.jpg"}


def test_a_weekly_report_gives_a_row_for_each_complaint(plant: PlantFolder) -> None:
    plant.type("通讯录", {"姓名": "田野", "部门": "品质部", "岗位": "驻线工程师", "邮箱": "tian@example.com"})
    table = (("序号", "客户", "反馈日期", "产品名称", "零件号", "问题描述", "不良数量"),
             ("1", "星河汽车", "11月24日", "冷却水管", "CW-2217", "接头渗漏", "3"),
             ("2", "星河汽车", "11月25日", "真空管", "VH-440", "起皮", "6"))
    report = Written("驻线周报 第48周", ["本周如下：", table], "田野", "tian@example.com",
                     datetime.fromisoformat("2026-11-26T08:01:00+08:00"), "weekly@example.com")
    arrive(plant, "1.eml", outlook(report))
    plant.once("08:05")
    rows = plant.rows()
    assert [(row["产品编号"], row["不良数量"], row["信息来源"], row["质量工程师"]) for row in rows] == [
        ("CW-2217", 3, "驻线", "周启航"), ("VH-440", 6, "驻线", "周启航")
    ]
    for time in ("08:06", "08:20"):
        plant.once(time)
    assert len(plant.files("*.eml")) == 2


def test_strangers_machines_and_ourselves_are_left_alone(plant: PlantFolder) -> None:
    arrive(plant, "stranger.eml", qq(replace(CUSTOMER, address="x@elsewhere.example", message_id="s@x")))
    arrive(plant, "absent.eml", qq(replace(CUSTOMER, subject="自动回复：渗漏", message_id="a@x")))
    arrive(plant, "ours.eml", qq(replace(CUSTOMER, extra=["X-Kesu-Key: 00112233445566778899"], message_id="o@x")))
    plant.once("08:05")
    assert plant.rows() == []
    assert inbox(plant) == ["absent.eml", "ours.eml", "stranger.eml"]
    before = plant.journal.read_bytes()
    plant.once("08:05")
    assert plant.journal.read_bytes() == before  # judged once


def test_a_sender_allowed_later_is_heard(plant: PlantFolder) -> None:
    arrive(plant, "1.eml", qq(replace(CUSTOMER, address="x@elsewhere.example")))
    plant.once("08:05")
    plant.configure(senders="[elsewhere.example]")
    plant.once("08:06")
    assert [row["产品编号"] for row in plant.rows()] == ["CW-2217"]


def test_what_cannot_be_read_is_put_aside_as_it_came(plant: PlantFolder) -> None:
    raw = (b"From: <lujingyi@xinghe.example.com>\r\nSubject: x\r\nDate: Thu, 26 Nov 2026 08:00:00 +0800\r\n"
           b"Content-Type: text/plain; charset=gbk\r\n\r\n" + b"\xff\xff\x81" * 40)
    arrive(plant, "1.eml", raw)
    plant.once("08:05")
    kept, = (plant.share / "待归属" / "无法识读").iterdir()
    assert kept.read_bytes() == raw
    assert "无法识读" in plant.board()
    assert (plant.rows(), processed(plant)) == ([], ["1.eml"])


def test_a_flood_from_one_sender_waits(plant: PlantFolder) -> None:
    plant.configure(per_sender_day=2)
    for count in range(4):
        mail = replace(CUSTOMER, message_id=f"{count}@x", lines=[f"零件号：CW-{count}", "不良现象：渗漏"], files=[])
        arrive(plant, f"{count}.eml", qq(mail))
    plant.once("08:05")
    assert len(plant.rows()) == 2
    assert inbox(plant) == ["2.eml", "3.eml"]
    assert "留在收件箱" in plant.board()
    plant.once("08:05", day="2026-11-27")
    assert len(plant.rows()) == 4


def test_mails_older_than_the_start_are_history(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.configure(address_book="{星河汽车: {senders: [xinghe.example.com]}}")
    arrive(plant, "old.eml", qq(replace(CUSTOMER, sent=datetime.fromisoformat("2026-11-20T08:00:00+08:00"))))
    # the plant's first pass has looked into the empty mailbox already: start anew
    plant.journal.unlink()
    (plant.share / ".kesu-site.json").unlink()
    plant.once("08:05")
    assert (plant.rows(), inbox(plant)) == ([], ["old.eml"])


def test_a_ledger_in_use_makes_the_row_wait(plant: PlantFolder) -> None:
    owner = plant.share / "~$客诉台账.xlsx"
    owner.write_bytes(b"\x06user" + b" " * 160)
    arrive(plant, "1.eml", qq(CUSTOMER))
    plant.once("08:05")
    assert plant.rows() == []
    assert "等待" in plant.board()
    assert processed(plant) == ["1.eml"]
    owner.unlink()
    plant.once("08:10")
    assert len(plant.rows()) == 1


def test_files_in_the_unfiled_folder_go_where_their_name_says(plant: PlantFolder) -> None:
    numbered(plant)
    dropped = plant.share / "待归属"
    (dropped / "KS-202611-007 现场.jpg").write_bytes(PHOTO)
    (dropped / "无名.jpg").write_bytes(b"2")
    plant.once("08:21")
    assert [path.name for path in dropped.iterdir()] == ["无名.jpg"]
    moved, = plant.share.rglob("KS-202611-007 现场.jpg")
    assert hashlib.sha256(moved.read_bytes()).hexdigest() == hashlib.sha256(PHOTO).hexdigest()
    assert "无名.jpg" in plant.board()


def test_a_dry_run_shows_the_mail_and_moves_nothing(plant: PlantFolder) -> None:
    arrive(plant, "1.eml", qq(CUSTOMER))
    before = plant.snapshot()
    said = plant.once("08:05", "--dry-run")
    assert f"将要：来信 {CUSTOMER.subject}" in said.out
    assert plant.snapshot() == before


def test_a_mail_server_is_asked_every_so_often_and_by_once_at_once(plant: PlantFolder) -> None:
    plant.configure(every_seconds=60)
    asked: list[float] = []

    class Counting(FolderMailbox):
        def fetch(self, known: Container[str] = frozenset()) -> Iterator[tuple[str, bytes]]:
            asked.append(seconds)
            return super().fetch(known)

    begun = datetime.fromisoformat("2026-11-26T08:05:00+08:00")
    with open_site(plant.config, begun, quiet_seconds=0) as opened:
        described = ImapSmtpSetting(user="x", imap=ServerSetting(host="x"), smtp=ServerSetting(host="x"))
        mail = opened.site.settings.mail.model_copy(update={"backend": "imap_smtp", "imap_smtp": described})
        settings = opened.site.settings.model_copy(update={"mail": mail})
        box = Counting(plant.root / "mail" / "inbox", plant.outbox)
        site = replace(opened.site, settings=settings, mailbox=box)
        for seconds in (0, 5, 30, 59, 60, 65, 119, 120):
            tick(site, begun + timedelta(seconds=seconds), rehearsal=True)
    assert asked == [0, 60, 120]
    with open_site(plant.config, begun + timedelta(seconds=121), quiet_seconds=0) as opened:  # a process of its own
        seconds = 121
        tick(replace(opened.site, settings=settings, mailbox=box), begun + timedelta(seconds=121), rehearsal=True)
    assert asked[-1] == 121


def test_a_mail_that_cannot_be_put_aside_does_not_hold_up_those_beside_it(plant: PlantFolder) -> None:
    numbered(plant)
    for number in range(3):
        arrive(plant, f"{number}.eml", foxmail(replace(
            CUSTOMER, subject="回复：[KS-202611-007] 补充", lines=[f"补充 {number}"], message_id=f"{number}@x")))

    class Stubborn(FolderMailbox):
        def mark_processed(self, mail_id: str) -> None:
            if mail_id == "1.eml" and stubborn:
                raise OSError(errno.EIO, "Input/output error")
            super().mark_processed(mail_id)

    begun = datetime.fromisoformat("2026-11-26T08:45:00+08:00")
    with open_site(plant.config, begun, quiet_seconds=0) as opened:
        site = replace(opened.site, mailbox=Stubborn(plant.root / "mail" / "inbox", plant.outbox))
        stubborn = True
        tick(site, begun, rehearsal=True)
        assert (inbox(plant), processed(plant)) == (["1.eml"], ["0.eml", "2.eml"])
        assert [record.key.kind for record in opened.journal.listing(EffectState.INTENDED)] == ["intake.mail"]
        stubborn = False
        for seconds in (5, 10):
            tick(site, begun + timedelta(seconds=seconds), rehearsal=True)
        assert not opened.journal.listing(EffectState.INTENDED)
    assert inbox(plant) == []
    assert len([name for name in plant.files() if "来信" in name]) == 3
    assert len([name for name in plant.files() if "不良照片" in name]) == 3
