"""The template of the one-page 客诉处理单."""

from __future__ import annotations

from docx.document import Document

from templates.build_layout import Column, facts, fields, gap, looped, new_document, section, title


def build() -> Document:
    """The whole template."""
    document = new_document("客诉处理单   编号 {{ number }}", compact=True)
    title(document, "客诉处理单")
    facts(document, [
        [("客诉编号", "{{ number }}"), ("接诉时间", "{{ received }}"), ("信息来源", "{{ source }}")],
        [("客户", "{{ customer }}"), ("反馈人", "{{ reporter }}"), ("客户单号", "{{ customer_ref }}")],
        [("产品名称", "{{ product }}"), ("零件号", "{{ part_number }}"), ("不良批次", "{{ lot }}")],
        [("生产日期", "{{ produced }}"), ("模具/穴号", "{{ mould_cavity }}"), ("客诉等级", "{{ level }}")],
        [("责任部门", "{{ department }}"), ("责任工序", "{{ process }}"), ("责任判定", "{{ liability }}")],
    ], label=2.0)
    section(document, "一、问题与紧急处理")
    fields(document, [
        ("不良现象", "{{ phenomenon }}"), ("等级理由", "{{ level_reasons }}"), ("紧急措施", "{{ containment }}"),
    ], label=2.4)
    facts(document, [[("不良数量", "{{ quantities }}"), ("紧急措施时间", "{{ contained_at }}")]], label=2.4)
    fields(document, [("围堵结果", "{{ containments }}")], label=2.4)
    section(document, "二、原因")
    fields(document, [("发生原因", "{{ occurrence_cause }}"), ("流出原因", "{{ escape_cause }}")], label=2.4)
    section(document, "三、措施与验证")
    looped(document, "a in actions", [
        Column("措施内容", 5.6, "{{ a.content }}"), Column("责任部门", 2.1, "{{ a.department }}", centred=True),
        Column("责任人", 1.5, "{{ a.person }}", centred=True), Column("计划完成", 2.1, "{{ a.due }}", centred=True),
        Column("实际完成", 2.1, "{{ a.done }}", centred=True), Column("验证结果", 4.0, "{{ a.result }}"),
    ])
    section(document, "四、跟踪与结案")
    fields(document, [("回访情况", "{{ verification }}")], label=2.4)
    facts(document, [[("断点", "{{ break_point }}"), ("关闭日期", "{{ closed }}")]], label=2.4)
    gap(document)
    facts(document, [
        [("编制", "{{ engineer }}"), ("审核", "{{ reviewed_by }}"), ("批准", "{{ approved_by }}")],
    ], label=2.0)
    return document
