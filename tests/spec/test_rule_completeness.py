"""询问客诉信息: which answers are asked of whom and when, from the table ``completeness.yaml``; and the message."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.rules.completeness import decide_inquiry, missing_answers, questions_text
from schemas.decisions import Question
from schemas.inquiry import FailureQuestions, Inquiry, InquirySetting
from schemas.rows import Complaint
from tests.spec.proposal_cases import ALL_FIELDS, case_and_directory
from tests.spec.rule_tables import load, row_id

RULE = load("completeness")
HEADINGS = {field.column.heading: field.name for field in Complaint.fields()}


def inquiry_of(given: dict[str, Any], setting: InquirySetting | None = None) -> Inquiry:
    cells = {heading: value for heading, value in given.items() if heading not in {"附件", "没有的列"}}
    case, _ = case_and_directory(cells)
    kept = ALL_FIELDS - {HEADINGS[heading] for heading in given.get("没有的列", ())}
    return decide_inquiry(case.complaint, kept, setting or InquirySetting(), given.get("附件"))


ASKED = [row for name in ("缺什么", "按失效类别", "什么时候问", "照片和视频") for row in RULE.rows(name)]


@pytest.mark.parametrize("row", ASKED, ids=row_id)
def test_what_is_asked(row: dict[str, Any]) -> None:
    inquiry = inquiry_of(row["给"])
    assert [question.heading for question in inquiry.questions] == row["得"]["询问"]
    for words in row["得"].get("理由", ()):
        assert any(words in reason for reason in inquiry.reasons), inquiry.reasons


@pytest.mark.parametrize("row", RULE.rows("问谁、怎么问"), ids=row_id)
def test_who_is_asked_and_how(row: dict[str, Any]) -> None:
    inquiry = inquiry_of(row["给"])
    assert [question.text for question in inquiry.questions] == [row["得"]["问句"]]
    assert inquiry.addressee.value == row["得"]["问谁"]


def test_the_short_form_asks_the_same() -> None:
    case, _ = case_and_directory({"不良批次": None})
    questions = missing_answers(case.complaint, ALL_FIELDS)
    assert [question.heading for question in questions] == ["不良批次"]


def test_a_plant_adds_its_own_class_of_failure() -> None:
    own = InquirySetting(failures=(FailureQuestions(words=("异响",), ask=("班次", "车型/项目")),))
    asked = inquiry_of({"不良现象": "路试异响"}, own).questions
    case, _ = case_and_directory({"不良现象": "路试异响"})
    assert asked == missing_answers(case.complaint, ALL_FIELDS, own) == (
        Question("车型/项目", "请问用在哪个车型（项目）？"), Question("班次", "请补充“班次”。"),
    )


def test_a_column_that_is_no_column_is_refused() -> None:
    with pytest.raises(ValidationError, match="没有“安装方法”这一列"):
        FailureQuestions(words=("难装",), ask=("安装方法",))


MESSAGE = """\
【草稿，批准后发送】

尊敬的宋立群：您好！
感谢您反馈冷却水管 CW-2104“插不进”问题（投诉单号 QY-71），给您带来不便，请谅解。为尽快查明情况，烦请协助提供以下信息：

【产品与数量】
1. 请提供不良品的批次号（标签照片即可）。
【现象与安装】
2. 请问现场如何装配（人工、机器或工装）？
3. 请提供所配管子的管径实测尺寸。

如有暂时无法确认的，可先回复已知的部分，也可电话告知，由我们来记录。谢谢！

周启航
"""


def test_the_message_is_ready_to_send() -> None:
    case, _ = case_and_directory(
        {"不良现象": "插不进", "不良批次": None, "客户投诉单号": "QY-71", "安装孔径": "φ16", "客诉等级": "严重"}
    )
    questions = missing_answers(case.complaint, ALL_FIELDS)
    assert questions_text(case, questions) == MESSAGE


OPENINGS = [
    ({"信息来源": "驻线"}, "您好！",
     "关于星河汽车反馈的冷却水管 CW-2104“表面发白”问题，请协助到现场确认以下信息，并拍照发回："),
    ({"信息来源": "营销部", "产品编号": None, "客户": None, "客户投诉单号": "QY-71"}, "营销部同事：您好！",
     "关于客户反馈的冷却水管“表面发白”问题（投诉单号 QY-71），烦请协助向客户了解以下信息："),
    ({"反馈人": None, "产品名称": None, "产品编号": None, "不良现象": None}, "尊敬的星河汽车：您好！",
     "感谢您反馈我司产品问题，给您带来不便，请谅解。为尽快查明情况，烦请协助提供以下信息："),
]


@pytest.mark.parametrize(("cells", "greeting", "request_line"), OPENINGS)
def test_the_message_speaks_to_whoever_answers(cells: dict[str, object], greeting: str, request_line: str) -> None:
    case, _ = case_and_directory(cells)
    lines = questions_text(case, [Question("不良批次", "请提供批次。")]).splitlines()
    assert lines[2:4] == [greeting, request_line]


def test_the_reasons_name_the_type_of_problem_as_it_was_typed() -> None:
    assert inquiry_of({"不良批次": None}).reasons == ("问题类型为质量问题",)
    assert inquiry_of({"问题类型": None, "不良批次": None}).reasons == ("问题类型为质量问题（问题类型未填，按此询问）",)


def test_nothing_to_ask_makes_no_message() -> None:
    case, _ = case_and_directory({})
    assert questions_text(case, ()) == ""


def test_a_question_of_no_topic_stands_last_and_a_long_phenomenon_is_cut() -> None:
    case, _ = case_and_directory({"不良现象": "长" * 80, "质量工程师": None})
    text = questions_text(case, [Question("班次", "请补充“班次”。"), Question("不良批次", "请提供批次。")])
    assert "【产品与数量】\n1. 请提供批次。\n【其他】\n2. 请补充“班次”。" in text
    assert f"“{'长' * 60}…”" in text
    exactly, _ = case_and_directory({"不良现象": "长" * 60})
    assert f"“{'长' * 60}”" in questions_text(exactly, [Question("班次", "请补充“班次”。")])
    assert text.endswith("\n质量工程师\n")
