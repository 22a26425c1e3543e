"""The templates of meeting notice (会议通知) and minutes (会议纪要)."""

from __future__ import annotations

from docx.document import Document

from templates.build_layout import (
    Column,
    bullets,
    facts,
    fields,
    gap,
    heading,
    looped,
    new_document,
    section,
    text,
    title,
)


def _subject(document: Document) -> None:
    facts(document, [
        [("客诉编号", "{{ number }}"), ("客诉等级", "{{ level }}")],
        [("客户", "{{ customer }}"), ("产品", "{{ product }}")],
    ], label=2.2)
    fields(document, [("不良现象", "{{ phenomenon }}"), ("数量", "{{ quantities }}")], label=2.2)


def build_notice() -> Document:
    """The template of the meeting notice."""
    document = new_document("会议通知   编号 {{ number }}", mark="")
    title(document, "客诉分析会议通知（第{{ round }}次）")
    document.add_paragraph("{%p if state %}")
    facts(document, [[("会议状态", "{{ state }}")]], label=2.2)
    gap(document)
    document.add_paragraph("{%p endif %}")
    facts(document, [
        [("会议时间", "{{ time }}"), ("会议地点", "{{ place }}")],
        [("主持人", "{{ chair }}"), ("联系人", "{{ engineer }}")],
    ], label=2.2)
    section(document, "一、议题")
    _subject(document)
    section(document, "二、参会人员")
    looped(document, "p in invited", [
        Column("姓名", 2.4, "{{ p.name }}", centred=True), Column("部门", 3.0, "{{ p.department }}", centred=True),
        Column("岗位", 3.6, "{{ p.position }}", centred=True), Column("邀请理由", 8.4, "{{ p.why }}"),
    ])
    section(document, "三、会前调查")
    looped(document, "t in investigate", [
        Column("由谁", 3.8, "{{ t.who }}", centred=True), Column("查清什么", 13.6, "{{ t.what }}"),
    ])
    section(document, "四、请带资料")
    bullets(document, "item in materials", "{{ item }}")
    section(document, "五、议程")
    bullets(document, "item in agenda", "{{ item }}")
    gap(document)
    text(document, "不能到会时，请委托能够决定措施的代理人参加，并事先告知联系人。")
    return document


def build_minutes() -> Document:
    """The template of the minutes."""
    document = new_document("会议纪要   编号 {{ number }}", mark="{{ draft|optional }}")
    title(document, "客诉分析会议纪要（第{{ round }}次）")
    facts(document, [
        [("会议时间", "{{ time }}"), ("会议地点", "{{ place }}")],
        [("主持人", "{{ chair }}"), ("记录人", "{{ recorder }}")],
        [("应到", "{{ invited_count }}"), ("实到", "{{ attended_count }}")],
    ], label=2.2)
    section(document, "一、议题")
    _subject(document)
    section(document, "二、出席情况")
    looped(document, "p in attendance", [
        Column("姓名", 2.6, "{{ p.name }}", centred=True), Column("部门", 3.6, "{{ p.department }}", centred=True),
        Column("岗位", 4.4, "{{ p.position }}", centred=True), Column("出席", 2.4, "{{ p.present }}", centred=True),
        Column("签到", 4.4, "{{ ''|optional }}"),
    ])
    section(document, "三、责任部门原因汇报")
    fields(document, [
        ("确认的变化点", "{{ change_points }}"), ("故障再现", "{{ reproduction }}"),
        ("发生原因追问", "{{ occurrence_whys }}"), ("发生原因", "{{ occurrence_cause }}"),
        ("流出原因追问", "{{ escape_whys }}"), ("流出原因", "{{ escape_cause }}"),
    ], label=2.8)
    section(document, "四、会议结论")
    fields(document, [("结论", "{{ conclusion }}")], label=2.8)
    section(document, "五、措施")
    looped(document, "a in actions", [
        Column("编号", 1.5, "{{ a.number }}", centred=True), Column("类别", 2.0, "{{ a.kind }}", centred=True),
        Column("措施内容", 6.9, "{{ a.content }}"), Column("责任部门", 2.6, "{{ a.department }}", centred=True),
        Column("责任人", 2.0, "{{ a.person }}", centred=True), Column("计划完成", 2.4, "{{ a.due }}", centred=True),
    ])
    section(document, "六、会签")
    looped(document, "s in signatures", [
        Column("部门", 4.0, "{{ s.department }}", centred=True), Column("意见", 6.4, "{{ s.opinion }}"),
        Column("签字", 3.8, "{{ s.person }}", centred=True), Column("日期", 3.2, "{{ s.day }}", centred=True),
    ], air=4)
    heading(document, "分发与批准")
    fields(document, [("分发部门", "{{ distribution }}")], label=2.2)
    facts(document, [[("审核", "{{ reviewed_by }}"), ("批准", "{{ approved_by }}")]], label=2.2)
    return document
