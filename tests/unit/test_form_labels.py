"""Labels with marks, explanations and questions are read for what they ask; what says two things is asked about."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.documents.forms.field_meanings import HEAD, sure_of
from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.label import asked, folded
from pipeline.documents.forms.meanings import packaged_meanings
from pipeline.documents.forms.proposal import CellProposal
from pipeline.documents.forms.questions import packaged_questions
from pipeline.documents.forms.understanding import understand


def understood(rows: Sequence[Sequence[str | None]]) -> dict[str, CellProposal]:
    """What a sheet of framed cells (None: the one before goes on) is understood to ask for, by first cell."""
    boxes: list[Box] = []
    for row, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts):
            if text is None:
                last = boxes.pop()
                boxes.append(Box(row, last.column, row, column, last.text, framed=True))
            else:
                boxes.append(Box(row, column, row, column, text, framed=True))
    found = understand([Grid("8D", boxes)], packaged_meanings())
    return {cell.area.partition(":")[0]: cell for cell in found.cells}


@pytest.mark.parametrize(
    ("label", "read"),
    [
        ("1.6 Product no.: * (必填)", "product no"), ("*零件名称（必填）", "零件名称"), ("D4-1 原因", "原因"),
        ("3.2 原因", "原因"), ("3b. Root cause", "root cause"), ("Q3: Lot no.", "lot no"), ("客户（如有）", "客户"),
        ("Fehlerbeschreibung\n(Was wurde beobachtet? Keine Vermutungen.)", "fehlerbeschreibung"),
        ("反向验证\n（把原因装回去，故障是否重现）", "反向验证"), ("故障现象\n请写清部位和现象。", "故障现象"),
    ],
)
def test_marks_numbers_and_explanations_do_not_count(label: str, read: str) -> None:
    assert folded(asked(label)) == read


@pytest.mark.parametrize("label", ["零件号（我司）", "Root cause (occurrence)", "Customer\nreport no."])
def test_what_says_which_or_whose_stays(label: str) -> None:
    assert asked(label) == label


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("问题是哪天发生的？", "five_w.when"), ("谁发现的？", "five_w.who"), ("客户是谁？", "customer"),
        ("什么件？", "product"), ("零件号是多少？", "part_number"), ("为什么会发生？", "occurrence_cause"),
        ("一共多少件、坏了多少件？", "lot_size+defects"), ("为什么没有发现？", "escape_cause"),
        ("马上做了什么？", "containment_text"), ("哪天、哪批开始改的？", "break_point_day+break_point_lot"),
        ("还有哪些产品会有同样问题？", "deployment_text"), ("谁写的？", "prepared_by"), ("哪天关闭？", "closed"),
        ("怎么知道有效？", "implemented_text"), ("原因是怎样证实的？", "reproduction"),
        ("How is the customer protected until then?", "containment_text"), ("Could it be reproduced?", "reproduction"),
        ("From which batch on are the parts good?", "break_point_lot"), ("How many parts are bad?", "defects"),
        ("Detection failure (why was it not found?)", "escape_cause"), ("Did it work?", "implemented_text"),
        ("造成的损失由谁承担？", ""), ("好的货怎么认出来？", ""), ("上一次是什么时候发生的？", ""),
        ("以前发生过吗？", ""),
        ("Which documents were revised?", ""), ("Why was it not predicted?", ""), ("发生原因", ""), ("Customer", ""),
    ],
)
def test_a_question_asks_for_what_its_words_say(question: str, field: str) -> None:
    assert packaged_questions().field(question) == field


def test_a_question_is_proposed_and_asked_about() -> None:
    found = understood([["质量问题说明函", None], ["是哪家客户提出的？", ""], ["一共交付了多少件？", ""]])
    assert {place: cell.address for place, cell in found.items()} == {"B2": "customer", "B3": "lot_size"}
    assert not any(cell.sure for cell in found.values())


def test_a_sentence_between_a_label_and_its_box_is_passed_over() -> None:
    found = understood([["8D报告"], ["一、我们马上做了什么？"], ["包括客户现场、在途和厂内的货。"], [""]])
    assert {place: cell.address for place, cell in found.items()} == {"A4": "containment_text"}


def test_what_happened_asked_alone_is_the_problem() -> None:
    alone = understood([["8D报告", None], ["发生了什么", ""], ["客户", ""]])
    among = understood([["8D报告", None], ["发生了什么", ""], ["何处", ""], ["何时", ""], ["问题描述", ""]])
    assert (alone["B2"].address, alone["B2"].sure) == ("phenomenon", False)
    assert among["B2"].address == "five_w.what"


def test_a_short_label_is_read_with_the_head_of_its_row_or_the_label_before_it() -> None:
    found = understood([
        ["8D报告", *[None] * 4], ["断点", "日", "", "批", ""], ["纳入", "数", "", "日", ""],
        ["应急", "", None, "时间", ""],
    ])
    assert {place: cell.address for place, cell in found.items()} == {
        "C2": "break_point_day", "E2": "break_point_lot", "C3": "lot_size", "B4": "response", "E4": "response_time",
    }
    assert not any(found[place].sure for place in ("C2", "E2", "C3", "E4"))


@pytest.mark.parametrize(
    ("label", "section", "field"),
    [
        ("Root cause (why the process made it)", "D4", "occurrence_cause"),  # which of the two: by words within others
        ("8D No. (assigned by us)", HEAD, "customer_ref"),  # whose number it is
        ("用户抱怨", HEAD, "phenomenon"),  # 客户反馈 only by synonyms of both words
        ("Wagen-Nr.\nCar no.", HEAD, "customer_ref"),  # one half unread
        ("Car no.", HEAD, "customer_ref"),  # corrective action request, or a car
        ("Kennung\nPart no.", HEAD, "part_number"), ("根本性办法", "D5", "corrective_text"),  # by synonyms only
        ("失效机理", "D4", "root_cause"), ("审", "D8", "reviewed_by"),
    ],
)
def test_what_a_label_says_by_the_way_is_asked_about(label: str, section: str, field: str) -> None:
    found = packaged_meanings().field(label, section)
    assert found is not None
    assert (found.field, sure_of(found) < 0.8) == (field, True)


@pytest.mark.parametrize(
    ("label", "section", "field"),
    [
        ("Root cause (why was it not detected)", "D4", "escape_cause"), ("Date of complaint", HEAD, "received"),
        ("Nachweis der Wirksamkeit\nValidation result", "D6", "implemented_text"),
        ("Freigabe Lieferant", "D8", "approved_by"),
        ("主要原因/次要原因", "D4", "cause_rank"), ("缺陷数/检验数", HEAD, "five_w.how_many"),
    ],
)
def test_what_a_label_says_exactly_is_sure(label: str, section: str, field: str) -> None:
    meanings = packaged_meanings()
    found = meanings.field(label, section)
    several = meanings.several(label, section)
    single = found.field if found is not None and found.score >= 0.95 else ""
    assert (several or single) == field


@pytest.mark.parametrize(
    ("label", "section"),
    [
        ("验证人情况", "D8"), ("审核情况", "D8"), ("请推广到所有其他车间的料号", "D7"),
        ("VIN No", "D4"), ("order no", HEAD),
    ],
)
def test_labels_that_only_end_like_a_word_of_ours_are_left_alone(label: str, section: str) -> None:
    assert packaged_meanings().field(label, section) is None


def test_who_holds_a_post_signs_and_tells_nothing() -> None:
    found = packaged_meanings().field("供应商质量经理对效果的验证", "D6")
    assert found is None or found.field == "reviewed_by"


def test_a_measure_of_another_part_does_not_name_the_box_under_a_heading() -> None:
    found = understood([["8D报告", None], ["客户", ""], ["二、应急处理（遏制）", None], ["", None]])
    assert found["A4"].address == "containment_text"


@pytest.mark.parametrize(
    ("label", "section", "field"),
    [
        ("Consignee plant", HEAD, "customer_site"), ("発生事業所", HEAD, "customer_site"),
        ("Plant quality contact", HEAD, "reporter"), ("异常单编号", HEAD, "customer_ref"),
        ("Deviating quantity", HEAD, "defects"), ("Observed deviation", "D2", "phenomenon"),
        ("Your lot number", HEAD, "lot"), ("Article code", HEAD, "part_number"),
        ("原因复现结论", "D4", "reproduction"), ("再現テスト結果", "D4", "reproduction"),
        ("Good parts from date", "D6", "break_point_day"), ("改善品适用LOT", "D6", "break_point_lot"),
        ("Sorting withdrawn on", "D6", "containment_lifted"), ("Changes to the system", "D7", "prevention_text"),
        ("Wiederholung verhindern", "D7", "prevention_text"), ("横展产品/产线", "D7", "deployment_text"),
        ("Übertragung auf ähnliche Produkte", "D7", "deployment_text"),
    ],
)
def test_labels_of_many_customers_are_known(label: str, section: str, field: str) -> None:
    found = packaged_meanings().field(label, section)
    assert found is not None
    assert (found.field, sure_of(found) >= 0.8) == (field, True)


@pytest.mark.parametrize(("label", "field"), [
    ("用户单位", "customer"), ("Vendor part no.", "part_number"), ("Contact person", "reporter"),
    ("Werk", "customer_site"), ("Quantity concerned", "defects"),
])
def test_a_word_that_may_name_somebody_else_is_asked_about(label: str, field: str) -> None:
    found = packaged_meanings().field(label, HEAD)
    assert found is not None
    assert (found.field, sure_of(found) < 0.8) == (field, True)


def test_a_measure_meant_to_last_is_none_of_the_interim_ones() -> None:
    found = understood([["8D報告書", None], ["D3 暫定対策", None], ["対策", ""], ["恒久対策", ""]])
    assert found["B3"].address == "containment_text"
    assert found["B4"].address == "corrective_text"


def test_a_cause_beside_that_of_the_escape_is_of_the_occurrence_and_asked_about() -> None:
    labels = ["Root cause found", "", "Root cause of non-detection", ""]
    found = understood([["8D report", *[None] * 3], labels])
    assert {place: cell.address for place, cell in found.items()} == {"B2": "occurrence_cause", "D2": "escape_cause"}
    assert not found["B2"].sure
