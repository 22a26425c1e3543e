"""Mails that a case calls for, through whole passes: escalation, signed minutes, penalty proposals, missing answers."""

from __future__ import annotations

import io
from email.message import EmailMessage
from pathlib import Path

from docx import Document
from openpyxl import load_workbook

from tests.functional.plant_folder import COMPLAINTS, LEDGER, PlantFolder, complaint, empty_plant, headings
from tests.functional.test_convergence import MEETING, late_measure, penalties_on


def sent(plant: PlantFolder, word: str) -> list[EmailMessage]:
    """The mails whose subject holds a word."""
    return [mail for mail in plant.mails() if word in str(mail["Subject"])]


def people(mail: EmailMessage) -> list[str]:
    return sorted(f"{mail['To']}, {mail['Cc'] or ''}".replace(" ", "").strip(",").split(","))


def case_folder(plant: PlantFolder) -> Path:
    (folder,) = (plant.share / "客诉资料" / "2026").iterdir()
    return folder


def test_a_serious_complaint_goes_to_the_superior_once_it_is_released(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(功能失效="是"))
    plant.settled()
    assert sent(plant, "客诉升级") == []
    plant.retype(COMPLAINTS, 0, 状态="调查")
    plant.once("08:20")
    plant.once("08:25")
    (mail,) = sent(plant, "客诉升级")
    assert people(mail) == ["han@example.com"]
    assert mail["Reply-To"] == "zhou@example.com"
    assert "功能失效" in str(mail["Subject"])


def test_a_late_d3_goes_up_once_and_a_date_long_past_at_first_sight_does_not(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(
        COMPLAINTS, complaint(客诉编号="K-1", 状态="调查", 客户要求8D="是"),
        complaint(客诉编号="K-2", 状态="调查", 客户要求8D="是", 接诉时间="2026-11-16 08:00", 不良现象="旧的一件"),
    )
    plant.settled()
    plant.once("08:20", day="2026-11-27")
    plant.once("09:20", day="2026-11-27")
    assert [str(mail["Subject"]) for mail in sent(plant, "客诉升级")] == [
        "【客诉升级】K-1 星河汽车 冷却水管 D3要求2026-11-27 08:00前完成，已逾期"
    ]
    round_mails = [mail.get_body(("plain",)) for mail in plant.mails() if "客诉升级" not in str(mail["Subject"])]
    assert any("K-2" in body.get_content() for body in round_mails if body), "long past: it stands in a round's mail"


def test_signed_minutes_go_to_every_department_that_took_part(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客诉编号="K-1", 状态="分析"))
    plant.type("会议", {**MEETING, "状态": "已召开", "实到": "罗文斌、周启航", "结论": "修模"})
    plant.settled()
    assert sent(plant, "会议纪要") == []
    (case_folder(plant) / "会议纪要-第1次-签字版.pdf").write_bytes(b"%PDF-1.4 scan")
    plant.once("09:00")
    plant.once("09:10")
    (mail,) = sent(plant, "会议纪要")
    assert people(mail) == ["luo@example.com", "zhou@example.com"]
    assert [part.get_filename() for part in mail.iter_attachments()] == ["会议纪要-第1次-签字版.pdf"]


def test_a_penalty_proposal_reaches_two_people_and_never_the_share(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    penalties_on(plant)
    plant.configure(quality_manager="韩立川")
    late_measure(plant)
    plant.settled()
    plant.once("08:40")
    plant.once("08:45")
    (mail,) = sent(plant, "处罚建议")
    assert people(mail) == ["han@example.com", "zhou@example.com"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "不良现象：接头泄漏" in body.get_content()
    (paper,) = mail.iter_attachments()
    text = "".join(node.text or "" for node in Document(io.BytesIO(paper.get_content())).element.iter() if node.text)
    assert "客诉管理规定第5条" in text
    assert "罗文斌" not in text, "a proposal names a department, no person"
    assert "处罚" not in plant.board()
    assert not [name for name in plant.files() if "处罚" in name]


def test_missing_answers_lie_in_the_folder_ready_to_send(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint())
    plant.settled()
    draft = case_folder(plant) / "询问清单-草稿.txt"
    first = draft.read_bytes()
    assert first.startswith("\N{BYTE ORDER MARK}【草稿，批准后发送】\r\n".encode())
    assert "照片或视频" in first.decode("utf-8-sig")
    (case_folder(plant) / "附件" / "现场照片.jpg").write_bytes(b"jpeg")
    plant.once("09:00")
    assert "照片或视频" not in draft.read_text(encoding="utf-8-sig")


def dated_lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith(("UID", "DTSTART"))]


def test_calendar_files_remind_case_and_people_and_follow_the_dates(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    late_measure(plant)
    plant.settled()
    of_case, of_person = case_folder(plant) / "提醒.ics", plant.share / "日历提醒" / "罗文斌.ics"
    entries = dated_lines(of_person)
    assert "DTSTART;VALUE=DATE:20261120" in entries
    assert "TRIGGER:PT510M" in of_case.read_text(encoding="utf-8")
    plant.retype("措施跟踪", 0, 计划完成日="2026-12-04")
    plant.once("09:30")
    later = [line.replace("20261120", "20261204") for line in entries]
    assert dated_lines(of_person) == later, "the same entry on another day"
    plant.retype("措施跟踪", 0, 实际完成日="2026-11-26", 审核结论="通过")
    plant.once("09:45")
    assert "VEVENT" not in of_person.read_text(encoding="utf-8"), "nothing left to remind of"


def test_a_changed_question_list_is_a_persons_and_stays(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint())
    plant.settled()
    draft = case_folder(plant) / "询问清单-草稿.txt"
    draft.write_text("我已打电话问过了", encoding="utf-8")
    plant.retype(COMPLAINTS, 0, 不良批次="C0820")
    plant.once("09:00")
    plant.once("09:15")
    assert draft.read_text(encoding="utf-8") == "我已打电话问过了"


def plant_with_a_personal_ledger(tmp_path: Path, *rows: dict[str, object]) -> PlantFolder:
    """A plant in which complaints were typed into the ledger of one engineer, and a pass saw it settle."""
    plant, own = empty_plant(tmp_path / "plant"), empty_plant(tmp_path / "own")
    for row in rows:
        own.type(COMPLAINTS, row)
    text = plant.config.read_text(encoding="utf-8")
    entry = f"  - file: {LEDGER}\n"
    personal = "  - file: 周启航台账.xlsx\n    kind: personal\n    owner: 周启航\n"
    plant.config.write_text(text.replace(entry, personal + entry), encoding="utf-8")
    (plant.share / "周启航台账.xlsx").write_bytes(empty_plant(tmp_path / "blank").ledger.read_bytes())
    plant.once("08:00")
    (plant.share / "周启航台账.xlsx").write_bytes(own.ledger.read_bytes())
    plant.settled()
    return plant


def test_a_personal_ledger_stays_off_the_page_that_everybody_opens(tmp_path: Path) -> None:
    plant = plant_with_a_personal_ledger(tmp_path, complaint(状态="调查", 不良现象="只在个人台账上", 不良数量="很多"))
    assert sent(plant, "KS-202611-001"), "the department is told of it"
    assert "只在个人台账上" not in plant.board()
    assert "KS-202611-001" not in plant.board()
    assert plant.rows() == []


def test_a_row_without_identity_on_a_personal_ledger_hides_nothing_that_concerns_no_case(tmp_path: Path) -> None:
    twice = (complaint(客诉编号="KS-9"), complaint(客诉编号="KS-9", 不良现象="另一件"))
    plant = plant_with_a_personal_ledger(tmp_path, *twice)
    plant.type(COMPLAINTS, complaint(状态="调查", 不良现象="公共台账上"))
    plant.once("08:40")
    plant.once("09:00")
    assert f"台账 {LEDGER} 写入" in plant.board()


def test_a_personal_row_is_registered_once_and_the_shared_row_goes_on(tmp_path: Path) -> None:
    plant = plant_with_a_personal_ledger(tmp_path, complaint(状态="调查", 信息来源="营销部"))
    for time in ("08:20", "08:40", "08:45", "09:10"):
        assert plant.once(time).code == 0
    (row,) = plant.rows()
    assert (row["客诉编号"], row["状态"], row["信息来源"]) == ("KS-202611-001", "调查", "营销部")
    assert "KS-202611-001" in plant.board()
    assert "8D报告" in plant.board(), "its papers from before are linked"
    assert len(sent(plant, "KS-202611-001")) == 1, "nobody is told a second time"
    own = load_workbook(plant.share / "周启航台账.xlsx")[COMPLAINTS]
    feedback = headings(own)["系统校验"]
    assert any(str(cells[feedback - 1].value).startswith("已登公共台账") for cells in own.iter_rows())
