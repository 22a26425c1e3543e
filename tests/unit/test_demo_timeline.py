"""The demo's timeline: lines of a hundred columns, urgent matters first, cases and files named."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.demo.edits import AppendRow, RewordReport, SetCells
from pipeline.demo.headline import headline
from pipeline.demo.timeline import WIDTH, columns, day_line, moment_lines, wrapped
from pipeline.perform import Performed
from schemas.effects import Effect, EffectKey, EffectState, Payload
from schemas.payloads import ReserveNumber, SendMail, WriteDocument

AT = datetime(2026, 11, 20, 8, 20, tzinfo=ZoneInfo("Asia/Shanghai"))


def _done(title: str, payload: Payload, path: str = "", state: EffectState = EffectState.DONE) -> Performed:
    return Performed(Effect(EffectKey("演示", title, "x"), title, "", payload), state, "台账正在使用中", path)


def _told(*performed: Performed) -> list[str]:
    return list(moment_lines(AT, "", AT, performed))


@pytest.mark.parametrize("text", [
    "登记客诉：" + "启岳汽车 快插接头（周启航）、" * 9,
    "停线预警！" + "客户良品库存 280 件，不足 1 天用量（640 件/天）；" * 4,
])
def test_lines_fit_and_lose_nothing(text: str) -> None:
    lines = list(wrapped(text, "08:15 [人]   "))
    assert len(lines) > 1
    assert all(columns(line) <= WIDTH for line in lines)
    assert all(line.startswith(" " * 13) and not line[13].isspace() for line in lines[1:])
    assert not any(line.strip()[0] in "、，;:)。" for line in lines[1:])
    assert "".join(lines).replace(" ", "").removeprefix("08:15[人]") == text.replace(" ", "")


def test_a_day_line_is_as_wide_as_the_text() -> None:
    assert day_line(date(2026, 11, 20)).startswith("── 2026-11-20 星期五 ──")
    assert columns(day_line(date(2026, 11, 20))) <= WIDTH


def test_a_line_stop_stands_before_numbers() -> None:
    number = _done("编号", ReserveNumber("c1", "KS-202611-012"))
    mail = SendMail("line_stop", ("a@example.com",), (), {"reasons": ["停线风险=是"]})
    alert = _done("停线预警 启岳汽车 快插接头", mail)
    lines = _told(number, alert)
    assert lines[0] == "08:20 [系统] 停线预警！启岳汽车 快插接头(停线风险=是) → 邮件 1 人"
    assert "编号 KS-202611-012" in lines[1]


@pytest.mark.parametrize(("extra", "word"), [
    ({}, "会议通知"), ({"changed": True}, "会议改期"), ({"cancelled": True}, "会议取消"),
])
def test_a_meeting_names_its_case(extra: dict[str, bool], word: str) -> None:
    context = {"number": "KS-202611-007", "customer": "启岳汽车", "product": "冷却水管", "round": 2,
               "time": "2026-11-25 09:00", **extra}
    (line,) = _told(_done("会议", SendMail("meeting", ("a@example.com",), ("b@example.com",), context)))
    assert line.startswith(f"08:20 [系统] {word}：KS-202611-007 启岳汽车 冷却水管 第2次")
    assert line.endswith("→ 邮件 2 人")


def test_a_draft_beside_a_persons_file_names_case_and_path() -> None:
    folder = "客诉资料/2026/KS-1 远嵘 阀"
    payload = WriteDocument("c1", "eight_d", folder, "8D报告.docx", {})
    text = "".join(line[13:] for line in _told(_done("KS-1 8D报告.docx", payload, f"{folder}/8D报告(新草稿 1).docx")))
    assert "KS-1 远嵘 阀 的 8D报告.docx" in text
    assert text.replace(" ", "").count("新草稿在旁→客诉资料/2026/KS-1远嵘阀/8D报告(新草稿1).docx") == 1


def test_what_waits_is_told_with_its_reason() -> None:
    (line,) = _told(_done("台账", ReserveNumber("c1", "KS-1"), state=EffectState.INTENDED))
    assert line == "08:20 [等待] 台账：台账正在使用中"


def test_a_headline_names_the_news_once_and_counts_the_routine() -> None:
    names = {"stop": "启岳汽车 快插接头", "cap": "远嵘新能源 通气阀"}
    edits = (
        SetCells("客诉台账", "cap", {"状态": "跟踪"}), RewordReport("cap", "批注"),
        AppendRow("客诉台账", {"客户": "启岳汽车"}, "stop"), SetCells("客诉台账", "stop", {"紧急措施时间": AT}),
        SetCells("会议", "stop", {"状态": "改期"}), AppendRow("围堵", {"地点": "成品库"}, "stop"),
    )
    assert headline(edits, names) == (
        "登记客诉：启岳汽车 快插接头；紧急措施已定：启岳汽车 快插接头；改写8D报告：远嵘新能源 通气阀；"
        "会议改期：启岳汽车 快插接头；填写围堵 1 行"
    )
    assert headline((), names) == ""
