"""The templates of the 8D report and of its internal version: D0 to D8 with bilingual headings."""

from __future__ import annotations

from docx.document import Document

from templates.build_layout import Column, facts, fields, gap, heading, looped, new_document, section, title
from templates.build_photos import photos


def build() -> Document:
    """The whole template of the report, which goes to the customer."""
    header = "8D报告 8D Report   编号 No. {{ number }}   版本 Rev. {{ version }}"
    document = new_document(header, mark="{{ draft|optional }}")
    title(document, "8D报告", "8D Report")
    _body(document)
    return document


def build_internal() -> Document:
    """The whole template of the internal version: what must not leave the plant comes first."""
    header = "8D内部版   编号 No. {{ number }}   版本 Rev. {{ version }}   {{ draft|optional }}"
    document = new_document(header, mark="内部资料 不得外发")
    title(document, "8D内部版", "Internal 8D")
    section(document, "内部信息（不得外发）")
    facts(document, [
        [("客诉等级", "{{ level }}"), ("责任判定", "{{ liability }}"), ("供应商", "{{ supplier }}")],
        [("费用金额", "{{ cost }}"), ("高层知晓", "{{ management_knows }}"), ("信息来源", "{{ source }}")],
    ], label=2.0)
    fields(document, [
        ("等级理由", "{{ level_reasons }}"), ("登公共台账的理由", "{{ registration|optional }}"),
        ("反馈人联系方式", "{{ reporter_contact }}"), ("检讨原因", "{{ review_reason|optional }}"),
        ("经验教训", "{{ lesson }}"), ("备注", "{{ note|optional }}"),
        ("尚缺信息", "{{ missing|optional }}"), ("与台账不一致", "{{ disagreements|optional }}"),
    ])
    heading(document, "措施审核")
    looped(document, "a in reviews", [
        Column("编号", 1.4, "{{ a.number }}", centred=True), Column("类别", 1.7, "{{ a.kind }}", centred=True),
        Column("对应原因", 2.3, "{{ a.cause }}"), Column("措施", 3.7, "{{ a.content }}"),
        Column("责任部门", 2.0, "{{ a.department }}", centred=True),
        Column("责任人", 1.6, "{{ a.person }}", centred=True), Column("计划", 2.5, "{{ a.due }}", centred=True),
        Column("完成", 2.5, "{{ a.done }}", centred=True), Column("审核", 1.6, "{{ a.review }}", centred=True),
    ])
    section(document, "8D 正文（与客户版相同）", "As Sent to the Customer")
    _body(document)
    return document


def _body(document: Document) -> None:
    facts(document, [
        [("编号 No.", "{{ number }}"), ("版本 Rev.", "{{ version }}"), ("接诉时间", "{{ received }}")],
        [("客户", "{{ customer }}"), ("客户基地", "{{ customer_site }}"), ("客户单号", "{{ customer_ref }}")],
        [("产品名称", "{{ product }}"), ("零件号", "{{ part_number }}"), ("车型/项目", "{{ project }}")],
        [("编制", "{{ prepared_by }}"), ("审核", "{{ reviewed_by }}"), ("批准", "{{ approved_by }}")],
    ], label=2.0)
    _d0_to_d2(document)
    _d3(document)
    _d4(document)
    _d5_d6(document)
    _d7_d8(document)


def _d0_to_d2(document: Document) -> None:
    section(document, "D0 问题征兆与紧急响应", "Symptom & Emergency Response")
    fields(document, [
        ("问题征兆 Symptom", "{{ phenomenon }}"),
        ("客户诉求 Request", "{{ customer_request }}"),
        ("紧急响应 Response", "{{ response }}"),
    ])
    facts(document, [
        [("响应时间", "{{ response_time }}"), ("客户日用量", "{{ daily_usage }}"),
        ("客户良品库存", "{{ good_stock }}")],
    ], label=2.4)
    section(document, "D1 成立小组", "Team")
    looped(document, "m in team", [
        Column("角色 Role", 2.1, "{{ m.role }}"), Column("姓名 Name", 1.7, "{{ m.name }}", centred=True),
        Column("部门 Dept.", 2.3, "{{ m.department }}", centred=True), Column("岗位 Position", 2.6, "{{ m.position }}"),
        Column("职责 Duty", 3.0, "{{ m.duty }}"), Column("联系方式 Contact", 5.7, "{{ m.contact }}", points=8),
    ])
    section(document, "D2 问题描述", "Problem Description")
    heading(document, "5W2H")
    fields(document, [
        ("什么问题 What", "{{ five_w.what }}"), ("何时 When", "{{ five_w.when }}"),
        ("何处 Where", "{{ five_w.where }}"),
        ("谁发现 Who", "{{ five_w.who }}"), ("为何成为问题 Why", "{{ five_w.why }}"),
        ("如何使用/发生 How", "{{ five_w.how }}"), ("多少 How many", "{{ five_w.how_many }}"),
    ])
    heading(document, "批次追溯 Traceability")
    facts(document, [
        [("不良批次", "{{ lot }}"), ("生产日期", "{{ produced }}"), ("生产工厂", "{{ plant }}")],
        [("模具/穴号", "{{ mould_cavity }}"), ("班次", "{{ shift }}"), ("样件", "{{ sample }}")],
    ], label=2.0)
    heading(document, "是 / 不是 Is / Is not")
    looped(document, "row in is_is_not", [
        Column("方面 Aspect", 2.4, "{{ row.aspect }}"), Column("是 Is", 5.6, "{{ row.yes }}"),
        Column("不是 Is not", 4.7, "{{ row.no }}"), Column("差异 Distinction", 4.7, "{{ row.difference }}"),
    ], together=True)
    gap(document)
    photos(document)
    fields(document, [("照片/图示 Photos", "{{ photos }}")])


def _d3(document: Document) -> None:
    section(document, "D3 临时遏制（围堵）措施", "Interim Containment")
    looped(document, "row in containments", [
        Column("地点 Location", 2.5, "{{ row.place }}"), Column("数量 Qty", 1.7, "{{ row.quantity }}", centred=True),
        Column("已检 Checked", 1.9, "{{ row.checked }}", centred=True),
        Column("不良 NG", 1.5, "{{ row.defects }}", centred=True),
        Column("处置 Disposition", 5.5, "{{ row.disposition }}"),
        Column("负责人 Owner", 1.9, "{{ row.person }}", centred=True),
        Column("完成时间 Done", 2.4, "{{ row.done }}", centred=True),
    ])
    heading(document, "临时措施 Interim Actions")
    _actions(document, "a in interim")
    gap(document)
    fields(document, [("围堵有效性 Effectiveness", "{{ containment_effect }}")], label=4.2)


def _actions(document: Document, loop: str) -> None:
    looped(document, loop, [
        Column("编号 No.", 1.5, "{{ a.number }}", centred=True), Column("措施 Action", 6.9, "{{ a.content }}"),
        Column("责任部门 Dept.", 2.6, "{{ a.department }}", centred=True),
        Column("责任人 Owner", 2.0, "{{ a.person }}", centred=True),
        Column("计划 Plan", 2.2, "{{ a.due }}", centred=True), Column("完成 Done", 2.2, "{{ a.done }}", centred=True),
    ])


def _d4(document: Document) -> None:
    section(document, "D4 根本原因与流出原因", "Root Cause & Escape Point")
    heading(document, "变化点分析 Change Points(人机料法环测)")
    looped(document, "p in change_points", [
        Column("因素 6M", 1.2, "{{ p.factor }}", centred=True), Column("变化内容 Change", 4.3, "{{ p.change }}"),
        Column("变化时间 When", 2.5, "{{ p.changed }}", centred=True), Column("影响分析 Effect", 4.1, "{{ p.impact }}"),
        Column("判定 Verdict", 1.9, "{{ p.verdict }}", centred=True), Column("证据 Evidence", 3.4, "{{ p.evidence }}"),
    ])
    document.add_paragraph("{%p if fishbone %}")
    heading(document, "鱼骨图 Fishbone")
    document.add_paragraph("{{ fishbone.drawing }}")
    document.add_paragraph("{%p endif %}")
    heading(document, "故障再现 Reproduction")
    facts(document, [[("试验次数", "{{ trials }}"), ("再现次数", "{{ reproduced }}"),
    ("责任工序", "{{ process }}")]], label=2.0)
    fields(document, [("再现结论 Conclusion", "{{ reproduction }}")])
    for name, rows, cause in (
        ("发生原因 5-Why Occurrence", "occurrence_whys", ("根本原因 Root cause", "{{ occurrence_cause }}")),
        ("流出原因 5-Why Escape", "escape_whys", ("流出原因 Escape", "{{ escape_cause }}")),
    ):
        heading(document, name)
        looped(document, f"w in {rows}", [
            Column("第几问", 1.5, "{{ w.step }}", centred=True), Column("为什么 Why", 7.2, "{{ w.question }}"),
            Column("答 Answer", 8.7, "{{ w.answer }}"),
        ])
        gap(document)
        fields(document, [cause])
    gap(document)
    fields(document, [("主因/次因 Rank", "{{ cause_rank }}")])


def _d5_d6(document: Document) -> None:
    section(document, "D5 永久纠正措施的选择与验证", "Chosen Permanent Corrective Actions")
    looped(document, "a in corrective", [
        Column("编号 No.", 1.5, "{{ a.number }}", centred=True), Column("对应原因 Cause", 3.3, "{{ a.cause }}"),
        Column("措施 Action", 4.4, "{{ a.content }}"),
        Column("责任部门 Dept.", 1.9, "{{ a.department }}", centred=True),
        Column("责任人 Owner", 1.6, "{{ a.person }}", centred=True),
        Column("计划 Plan", 2.6, "{{ a.due }}", centred=True),
        Column("选定前验证 Proof", 2.1, "{{ a.proof }}"),
    ])
    section(document, "D6 实施与确认", "Implement & Validate")
    looped(document, "a in corrective", [
        Column("编号 No.", 1.5, "{{ a.number }}", centred=True),
        Column("实际完成 Done", 2.2, "{{ a.done }}", centred=True),
        Column("验证结果 Result", 5.0, "{{ a.result }}"), Column("验证人 By", 1.7, "{{ a.verifier }}", centred=True),
        Column("验证批次 Lots", 3.5, "{{ a.lots }}"), Column("证据 Evidence", 3.5, "{{ a.evidence }}"),
    ])
    gap(document)
    facts(document, [
        [("断点日期", "{{ break_point_day }}"), ("断点批次", "{{ break_point_lot }}")],
        [("改善前不良率", "{{ rate_before }}"), ("改善后不良率", "{{ rate_after }}")],
    ], label=3.0)
    fields(document, [("围堵解除 D3 lifted", "{{ containment_lifted }}")])


def _d7_d8(document: Document) -> None:
    section(document, "D7 预防再发生", "Prevent Recurrence")
    looped(document, "s in standards", [
        Column("文件 Document", 4.4, "{{ s.name }}"), Column("编号 No.", 2.8, "{{ s.number }}", centred=True),
        Column("原版本 Old", 1.9, "{{ s.old }}", centred=True), Column("新版本 New", 1.9, "{{ s.new }}", centred=True),
        Column("修改内容 Change", 4.0, "{{ s.change }}"), Column("完成日 Done", 2.4, "{{ s.done }}", centred=True),
    ], together=True)
    for name, rows in (("防呆 Error-proofing", "error_proofing"), ("水平展开 Horizontal Deployment", "deployment")):
        heading(document, name)
        _actions(document, f"a in {rows}")
    gap(document)
    fields(document, [("培训 Training", "{{ training }}")])
    section(document, "D8 结案确认与团队表彰", "Closure & Recognition")
    heading(document, "效果跟踪 Follow-up")
    looped(document, "c in callbacks", [
        Column("日期 Date", 2.4, "{{ c.day }}", centred=True), Column("对象 Contact", 3.4, "{{ c.partner }}"),
        Column("使用情况 Usage", 6.8, "{{ c.usage }}"),
        Column("是否复发 Recurred", 2.4, "{{ c.recurred }}", centred=True),
        Column("下次回访 Next", 2.4, "{{ c.next_day }}", centred=True),
    ], together=True)
    gap(document, together=True)
    fields(document, [
        ("客户确认 Customer", "{{ customer_confirmation }}"), ("团队表彰 Thanks", "{{ recognition }}"),
        ("关闭日期 Closed", "{{ closed }}"),
    ], together=True)
