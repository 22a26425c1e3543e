"""Which heading texts mean which column of 客诉台账: standard words, aliases, synonyms, guesses, and false friends."""

# ruff: noqa: E501 - tables of wide characters stay on one line

from __future__ import annotations

import pytest

from pipeline.ledger.headings import Confidence, HeadingPath, Vocabulary, map_headings
from schemas.rows import MODELS, SheetKind

COMPLAINTS = Vocabulary(SheetKind.COMPLAINTS)

SURE = [
    # (heading, field)
    ("客诉编号", "number"), ("投诉编号", "number"), ("抱怨编号", "number"), ("客诉单号", "number"), ("*客诉编号", "number"),
    ("接诉时间", "received"), ("接诉\n时间", "received"), ("投诉日期", "received"), ("客户投诉日期", "received"),
    ("客户反馈日期", "received"), ("抱怨时间:", "received"), ("接诉日期(年/月/日)", "received"),
    ("客户", "customer"), (" 客 户 ", "customer"), ("顾客名称", "customer"), ("客户/主机厂", "customer"),
    ("客户名称(简称)", "customer"), ("【客户】", "customer"), ("1.客户", "customer"), ("客户Customer", "customer"),
    ("客户\nCustomer", "customer"), ("CUSTOMER", "customer"),
    ("零件号", "part_number"), ("产品编号(零件号)", "part_number"), ("零件号/图号", "part_number"), ("P/N", "part_number"),
    ("问题描述", "phenomenon"), ("异常现象", "phenomenon"), ("故障描述", "phenomenon"), ("客户反馈问题", "phenomenon"),
    ("投诉问题描述", "phenomenon"), ("缺陷内容", "phenomenon"),
    ("不良数量(件)", "defects"), ("不良数量(件)", "defects"), ("不合格品数量", "defects"), ("缺陷数", "defects"),
    ("批次号", "lot"), ("产品批号", "lot"), ("生产批号", "lot"),
    ("不良率", "rate"), ("不良率(PPM)", "rate"), ("不合格率 %", "rate"), ("PPM", "rate"),
    ("品质工程师", "engineer"), ("负责工程师", "engineer"), ("责任单位", "department"), ("负责部门", "department"),
    ("状态", "status"), ("处理状态", "status"), ("是否闭环", "status"), ("投诉级别", "level"), ("严重程度", "level"),
    ("客户投诉单号", "customer_ref"), ("客户联系人", "reporter"), ("流出原因", "escape_cause"),
    ("D3要求日", "d3_due"), ("8D要求提交日期", "d8_due"), ("8D回复时间", "d8_sent"), ("D4/D5要求日", "d5_due"),
    ("计划完成日期", "close_due"), ("预计完成时间", "close_due"), ("完成日期(计划)", "close_due"), ("实际完成日期", "closed"),
    ("结案日期", "closed"), ("闭环时间", "closed"), ("长期对策", "lasting_actions"), ("停线/甩车风险", "line_stop"),
]
GUESSES = [
    ("不良现像", "phenomenon"), ("责任部们", "department"), ("品质负责人", "engineer"), ("产品名称/图号", "product"),
    ("产品明称", "product"), ("供应商名称", "supplier"), ("客户联系电话", "reporter_contact"),
]
FALSE_FRIENDS = [
    "序号", "项次", "责任人", "负责人", "责任部门负责人", "客户代码", "客户签字", "客户确认", "不良图片", "不良原因", "数量", "良品数量",
    "返工数量", "退货数量", "验证日期", "验证结果", "发现日期", "预防措施", "临时措施状态", "关闭率", "月份", "年份", "录入人", "附件",
    "产品图片", "供应商编号", "客户产品名称", "平均关闭天数", "超期天数", "8D状态", "订单号", "客户要求回复日期", "生产线", "发货日期",
]


@pytest.mark.parametrize(("heading", "field"), SURE)
def test_known_words(heading: str, field: str) -> None:
    match = COMPLAINTS.match(HeadingPath((), heading))
    assert match is not None
    assert match.field == field


@pytest.mark.parametrize(("heading", "field"), GUESSES)
def test_close_matches_are_only_guesses(heading: str, field: str) -> None:
    assert COMPLAINTS.match(HeadingPath((), heading)) is None
    match = COMPLAINTS.guess(heading)
    assert match is not None
    assert (match.field, match.confidence) == (field, Confidence.GUESS)


@pytest.mark.parametrize("heading", FALSE_FRIENDS)
def test_false_friends_stay_unmapped(heading: str) -> None:
    assert COMPLAINTS.match(HeadingPath((), heading)) is None
    assert COMPLAINTS.guess(heading) is None


@pytest.mark.parametrize(("groups", "text", "field"), [
    (("产品信息",), "名称", "product"), (("客户信息",), "名称", "customer"), (("不良",), "现象", "phenomenon"),
    (("D3",), "要求日", "d3_due"), (("8D报告",), "提交日", "d8_sent"), (("客诉信息",), "编号", "number"),
    (("责任",), "部门", "department"), (("基本信息",), "接诉时间", "received"), (("计划",), "完成日期", "close_due"),
    (("D3",), "完成日期", "d3_sent"),
    (("围堵",), "完成日期", None), (("效果验证",), "日期", None), (("长期措施",), "责任人", None), (("会议",), "时间", None),
])
def test_groups_over_headings(groups: tuple[str, ...], text: str, field: str | None) -> None:
    match = COMPLAINTS.match(HeadingPath(groups, text))
    assert (match.field if match else None) == field


def test_one_field_once_and_the_best_match_wins() -> None:
    paths = {column: HeadingPath((), text) for column, text in enumerate(["日期", "接诉时间", "投诉日期", "产品", "产品名称"])}
    assert map_headings(COMPLAINTS, paths).columns == {"received": 1, "product": 4}


@pytest.mark.parametrize("kind", SheetKind)
def test_every_standard_heading_and_alias_finds_its_own_field(kind: SheetKind) -> None:
    vocabulary = Vocabulary(kind)
    for field in MODELS[kind].fields():
        for word in (field.column.heading, *field.column.aliases):
            match = vocabulary.match(HeadingPath((), word))
            assert match is not None
            assert match.field == field.name, word
