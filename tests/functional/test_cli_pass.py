"""From a typed row to number, folder, documents and mails through ``kesu once``; what status, log and --json tell."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.functional.plant_folder import (
    COMPLAINTS,
    PlantFolder,
    complaint,
    digest,
    empty_plant,
    kesu,
)

OURS = {"客诉编号", "系统校验", "资料链接"}
FIRST = "2026/KS-202611-001 星河汽车 冷却水管"


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    return empty_plant(tmp_path / "plant")


def parts(workbook: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(workbook) as package:
        return {name: package.read(name) for name in package.namelist()}


def only(mails: list[EmailMessage], word: str) -> EmailMessage:
    (found,) = [mail for mail in mails if word in str(mail["Subject"])]
    return found


def test_a_row_first_settles_and_is_numbered_ten_minutes_later(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint())
    assert plant.once("08:05").code == 0
    assert plant.rows()[0]["客诉编号"] is None
    assert plant.files() == []
    said = plant.once("08:14")
    assert (said.code, "编号" in said.out) == (0, False)
    assert "编号 KS-202611-001" in plant.once("08:15").out
    assert plant.rows()[0]["客诉编号"] == "KS-202611-001"


def test_only_our_cells_change_in_the_ledger(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(不良数量="五十件左右"), complaint(产品名称="卡扣"))
    before, bytes_before = plant.rows(), parts(plant.ledger)
    plant.settled()
    after, bytes_after = plant.rows(), parts(plant.ledger)
    for old, new in zip(before, after, strict=True):
        assert {heading for heading in old if old[heading] != new[heading]} <= OURS
    assert [row["客诉编号"] for row in after] == ["KS-202611-001", "KS-202611-002"]
    assert "五十件左右" in str(after[0]["系统校验"])
    assert after[1]["资料链接"] == "打开 KS-202611-002"
    assert bytes_before.keys() <= bytes_after.keys()
    changed = {name for name in bytes_after if bytes_before.get(name) != bytes_after[name]}
    assert [name for name in changed if "worksheets" not in name] == []
    assert len([name for name in changed if name.endswith(".xml")]) == 1


def test_folder_documents_and_their_place(plant: PlantFolder) -> None:
    meeting = {"第几次": 1, "时间": "2026-11-27 14:00", "应到": "罗文斌、彭小满", "主持人": "周启航"}
    plant.type(COMPLAINTS, complaint(状态="调查"), complaint(产品名称="卡扣", 客户要求8D="是", 状态="调查"))
    plant.settled()
    plant.type("会议", {"客诉编号": "KS-202611-001", "状态": "已确认", **meeting},
               {"客诉编号": "KS-202611-002", "状态": "已召开", "结论": "修模", **meeting})
    plant.once("08:30")
    second = "2026/KS-202611-002 星河汽车 卡扣"
    assert plant.files() == sorted([
        f"{FIRST}/会议通知-第1次.docx", f"{FIRST}/客诉处理单.docx", f"{FIRST}/询问清单-草稿.txt",
        f"{second}/8D内部版.docx", f"{second}/8D报告.docx", f"{second}/会议纪要-第1次.docx",
        f"{second}/询问清单-草稿.txt", f"{second}/提醒.ics",
    ])
    folder = plant.share / "客诉资料" / FIRST
    assert sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) == ["固化文件", "附件"]
    for name in plant.files("*.docx"):
        assert zipfile.is_zipfile(plant.share / "客诉资料" / name)


def test_mails_have_the_headers_that_people_and_mail_systems_need(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(状态="调查"))
    plant.settled()
    plant.type("会议", {"客诉编号": "KS-202611-001", "第几次": 1, "状态": "已确认", "时间": "2026-11-27 14:00",
                        "应到": "罗文斌"})
    plant.once("08:31")
    mails = plant.mails()
    assert len({mail["Message-ID"] for mail in mails}) == len({mail["X-Kesu-Key"] for mail in mails}) == len(mails) == 4
    for mail in mails:
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Auto-Response-Suppress"] == "All"
        assert mail["Date"].datetime.utcoffset().total_seconds() == 8 * 3600
        assert {part.get_content_type() for part in mail.walk()} >= {"text/plain", "text/html"}
    release = only(mails, "客诉一般")
    assert release["To"] == "luo@example.com"
    assert (release["Cc"], release["Reply-To"]) == (None, "zhou@example.com")
    assert only(mails, "韩立川")["To"] == "han@example.com", "the superior reads it in the digest"
    body = release.get_body(("plain",))
    assert body is not None
    assert "现状调查" in body.get_content()
    meeting = only(mails, "会议")
    attached = [part.get_filename() for part in meeting.iter_attachments()]
    assert attached == ["会议通知-第1次.docx"]
    notice = next(iter(meeting.iter_attachments())).get_payload(decode=True)
    assert notice == (plant.share / "客诉资料" / FIRST / "会议通知-第1次.docx").read_bytes()


def test_status_tells_what_is_open_and_due(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(接诉时间="2026-11-20 08:00", 状态="调查", 客户要求8D="是"))
    plant.settled()
    said = kesu("status", "-c", plant.config, "--now", "2026-11-26T09:00+08:00")
    assert said.code == 0
    assert "未关闭 1 件" in said.out
    assert "KS-202611-001" in said.out
    told = kesu("status", "-c", plant.config, "--now", "2026-11-26T09:00+08:00", "--json").json
    assert [case["number"] for case in told["open"]] == ["KS-202611-001"]
    assert any(duty["days_late"] > 0 for duty in told["duties"])
    assert told["effects"] == []


def test_log_tells_the_history_of_one_complaint(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(状态="调查"), complaint(产品名称="卡扣"))
    plant.settled()
    lines = kesu("log", "KS-202611-001", "-c", plant.config).out.splitlines()
    assert all(line.startswith("2026-11-26 08:16") for line in lines)
    assert any("客诉处理单.docx" in line for line in lines)
    assert any("[已发出]" in line and "通知注塑车间" in line for line in lines)
    assert not any("KS-202611-002" in line for line in lines)
    records = kesu("log", "KS-202611-001", "-c", plant.config, "--json").json
    assert [record["kind"] for record in records] == ["number", "folder", "doc.inquiry", "doc.slip", "mail.release"]
    unknown = kesu("log", "KS-1999-1", "-c", plant.config)
    assert (unknown.code, unknown.out) == (2, "")
    assert "KS-1999-1" in unknown.err


def test_once_in_json_lists_the_effects(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint())
    plant.once("08:05")
    planned = plant.once("08:16", "--dry-run", "--json").json
    done = plant.once("08:16", "--json").json
    assert planned["dry_run"] is True
    assert [effect["kind"] for effect in planned["effects"]] == ["number", "folder", "doc.inquiry", "doc.slip", "cells"]
    assert {effect["state"] for effect in planned["effects"]} == {"planned"}
    assert [effect["title"] for effect in done["effects"]] == [effect["title"] for effect in planned["effects"]]
    assert {effect["state"] for effect in done["effects"]} == {"done"}
    assert done["now"] == "2026-11-26T08:16:00+08:00"


LOOKING = [("once", "--dry-run", "--now"), ("status", "--now"), ("log",), ("check", "--now"), ("go-live",), ("adopt",)]


@pytest.mark.parametrize("command", LOOKING, ids=lambda command: command[0])
def test_looking_writes_nothing_at_all(plant: PlantFolder, command: tuple[str, ...]) -> None:
    plant.type(COMPLAINTS, complaint())
    plant.once("08:05")
    plant.type(COMPLAINTS, complaint(产品名称="卡扣", **{"停线/甩车风险": "是"}))
    before = plant.snapshot()
    now = ("2026-11-26T08:16+08:00",) if command[-1] == "--now" else ()
    assert kesu(command[0], "-c", plant.config, *command[1:], *now).code == 0
    assert plant.snapshot() == before


def test_a_dry_run_before_there_is_a_journal_makes_none(plant: PlantFolder) -> None:
    plant.journal.unlink()
    (plant.share / ".kesu-site.json").unlink()
    before = plant.snapshot()
    said = plant.once("08:05", "--dry-run")
    assert (said.code, "kesu init" in said.err) == (2, True)
    assert plant.snapshot() == before


def test_line_stop_alert_does_not_wait_for_settling(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(**{"停线/甩车风险": "是"}))
    plant.once("08:05")
    (alert,) = plant.mails()
    assert alert["To"] == "zhou@example.com, han@example.com"
    assert plant.rows()[0]["客诉编号"] is None


def test_half_typed_rows_stay_private(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint())
    plant.settled()
    plant.once("08:31")
    assert [mail["To"] for mail in plant.mails()] == ["zhou@example.com"]


def test_the_board_page_is_written_only_when_it_changes(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(客户="<b>星河</b>汽车"))
    plant.settled()
    plant.once("08:17")
    board = plant.share / "客诉看板.html"
    stamp, content = board.stat().st_mtime_ns, digest(board)
    plant.once("08:18")
    assert (board.stat().st_mtime_ns, digest(board)) == (stamp, content)
    assert "<b>星河" not in plant.board()
    assert "KS-202611-001" in plant.board()
