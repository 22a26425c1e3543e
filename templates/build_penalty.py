"""The template of the penalty proposal (处罚建议单): on a department, decided by people."""

from __future__ import annotations

from docx.document import Document

from templates.build_layout import bullets, facts, fields, gap, new_document, section, text, title


def build() -> Document:
    """The whole template."""
    document = new_document("处罚建议单   编号 {{ number }}", mark="建议 待决定")
    title(document, "处罚建议单")
    text(document, "依据客诉管理规定提出，只针对责任部门，不针对个人；是否处罚、如何处罚由有权的人决定。"
                   "仅供质量工程师与质量经理阅，请勿转发。")
    facts(document, [
        [("客诉编号", "{{ number }}"), ("责任部门", "{{ department }}")],
        [("客户", "{{ customer }}"), ("产品", "{{ product }}")],
        [("质量工程师", "{{ engineer }}"), ("客诉等级", "{{ level }}")],
    ], label=2.4)
    section(document, "一、措施")
    fields(document, [("措施编号", "{{ action }}"), ("措施内容", "{{ content }}")], label=2.4)
    facts(document, [
        [("计划完成日", "{{ due }}"), ("实际完成日", "{{ done|optional }}"), ("验证结果", "{{ result|optional }}")],
    ], label=2.4)
    section(document, "二、建议理由")
    bullets(document, "reason in reasons", "{{ reason }}")
    section(document, "三、规定条款")
    bullets(document, "clause in clauses", "{{ clause }}")
    section(document, "四、责任部门说明")
    fields(document, [("情况说明", "{{ statement }}"), ("部门负责人", "{{ head }}")], label=2.4)
    section(document, "五、决定")
    fields(document, [("处理决定", "{{ decision }}"), ("决定理由", "{{ grounds }}")], label=2.4)
    gap(document)
    facts(document, [
        [("建议人", "{{ engineer }}"), ("质量经理", "{{ quality_manager }}"), ("日期", "{{ day }}")],
    ], label=2.0)
    return document
