"""What stands in a box of a form before it is filled: lines to write on and prompts are blank, labels are not."""

from __future__ import annotations

import pytest

from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.label import is_blank
from pipeline.documents.forms.meanings import packaged_meanings
from pipeline.documents.forms.understanding import understand


@pytest.mark.parametrize(
    "text", ["", "____", "________ 件", "____%", "    年    月    日", "____年__月__日", "dd/mm/yyyy", "YYYY-MM-DD",
             "1.\n2.\n3.", "（1）\n（2）", "① ______\n② ______"],
)
def test_lines_to_write_on_are_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["1.", "件", "①", "1. 外观\n2. 尺寸", "年度", "数量：____ 件", "日期", "8D", "%"])
def test_words_are_no_blank(text: str) -> None:
    assert not is_blank(text)


def asked(rows: list[list[str | None]]) -> dict[str, str]:
    """What a sheet of framed cells (None: no cell) is understood to ask for, by cell."""
    boxes = [
        Box(row, column, row, column, text, framed=True)
        for row, texts in enumerate(rows, start=1) for column, text in enumerate(texts) if text is not None
    ]
    found = understand([Grid("8D", boxes)], packaged_meanings())
    return {cell.area: cell.address for cell in found.cells}


def test_prompts_are_boxes_to_fill_not_labels() -> None:
    assert asked([
        ["客户名称", "请填写客户全称", "零件号", "<零件图号>"],
        ["问题描述", "[描述何时何地发现]", "批次", "例：20261103A"],
    ]) == {"B1": "customer", "D1": "part_number", "B2": "phenomenon", "D2": "lot"}


def test_an_instruction_over_its_box_is_no_box() -> None:
    assert asked([["问题描述"], ["请填写发生的时间、地点和数量"], [""]]).get("A2") is None
    assert "B2" not in asked([["客户", "", "零件号"], ["问题描述", "请说明时间", ""], ["批次", "", "车型"]])


def test_a_label_in_brackets_stays_a_label() -> None:
    assert asked([["【客户名称】", "", "【零件号】", ""], ["批次", "", "车型", ""]]) == {
        "B1": "customer", "D1": "part_number", "B2": "lot", "D2": "project",
    }


def test_signatures_may_stand_over_their_labels() -> None:
    assert asked([["客户", "", "零件号", ""], ["", "", "", ""], ["编制", "审核", "批准", "日期"]]) == {
        "B1": "customer", "D1": "part_number", "A2": "prepared_by", "B2": "reviewed_by", "C2": "approved_by",
    }


def test_whys_of_a_leg_nobody_knows_are_left_to_people() -> None:
    rows: list[list[str | None]] = []
    for leg in ("Leg 1 - Why made (Occurrence)", "Leg 2 - Why shipped (Detection)", "Leg 3 - Why planned (Prediction)"):
        rows += [[leg, None], ["Why 1", ""], ["Why 2", ""], ["Root cause", ""]]
    boxes = [
        Box(number, 0, number, 1 if texts[1] is None else 0, texts[0] or "", framed=True)
        for number, texts in enumerate(rows, start=1)
    ] + [Box(number, 1, number, 1, framed=True) for number, texts in enumerate(rows, start=1) if texts[1] == ""]
    found = understand([Grid("8D", boxes)], packaged_meanings())
    assert {cell.area: cell.address for cell in found.cells if cell.sure} == {
        "B2": "occurrence_whys[1].answer", "B3": "occurrence_whys[2].answer", "B4": "occurrence_cause",
        "B6": "escape_whys[1].answer", "B7": "escape_whys[2].answer", "B8": "escape_cause",
    }


def test_headings_of_two_levels_are_read_with_the_words_above_them() -> None:
    boxes = [
        Box(1, 0, 1, 4, "纠正措施单", framed=True), Box(2, 0, 3, 0, "纠正措施", framed=True),
        Box(2, 1, 2, 2, "责任", framed=True), Box(2, 3, 2, 4, "日期", framed=True),
        *(Box(3, column, 3, column, text, framed=True)
          for column, text in enumerate(("部门", "人", "计划", "实际"), start=1)),
        *(Box(row, column, row, column, framed=True) for row in (4, 5) for column in range(5)),
    ]
    (table,) = understand([Grid("8D", boxes)], packaged_meanings()).tables
    assert (table.table, [column.column for column in table.columns]) == (
        "corrective", ["content", "department", "person", "due", "done"]
    )


def test_measures_under_a_heading_nobody_knows_are_asked_about() -> None:
    def sure(heading: str) -> bool:
        boxes = [
            Box(1, 0, 1, 3, "8D报告", framed=True), Box(2, 0, 2, 0, "客户", framed=True), Box(2, 1, 2, 1, framed=True),
            Box(2, 2, 2, 2, "零件号", framed=True), Box(2, 3, 2, 3, framed=True), Box(3, 0, 3, 3, heading, framed=True),
            *(Box(4, column, 4, column, text, framed=True)
              for column, text in enumerate(("措施", "责任部门", "责任人", "计划完成日期"))),
            *(Box(row, column, row, column, framed=True) for row in (5, 6) for column in range(4)),
        ]
        (table,) = understand([Grid("8D", boxes)], packaged_meanings()).tables
        return all(column.sure for column in table.columns)

    assert sure("D5 永久措施")
    assert not sure("丙类事项一览")


def test_lines_to_write_on_end_with_their_unit_their_day_or_a_stroke() -> None:
    text = "交货数：____件   抽检数：____件   不良率：____%　通知日期：____年__月__日\n编制/日期：____/____"
    found = understand([Grid("8D", [Box(1, 0, 1, 0, text), Box(2, 0, 2, 0, "客户：____")])], packaged_meanings()).cells
    assert [(cell.address, cell.inside[slice(*cell.span)].strip()) for cell in found if cell.inside == text] == [
        ("lot_size", "：____件"), ("rate", "：____%"), ("received", "：____年__月__日"), ("prepared_by", "：____"),
    ]


def test_short_labels_are_read_with_the_group_they_stand_in() -> None:
    assert asked([
        ["客户", "", "单号", "", "车型", "", ""], ["不良", "数", "", "率", "", "批", ""],
        ["断点", "日", "", "批", "", "票号", ""],
        ["地区", "数", "", "率", "", "批", ""],
    ]) == {
        "B1": "customer", "D1": "customer_ref", "F1": "project", "C2": "defects", "E2": "rate", "G2": "lot",
        "C3": "break_point_day", "E3": "break_point_lot",
    }


def test_a_cause_that_names_its_leg_is_the_cause_of_that_leg() -> None:
    assert asked([["客户", ""], ["根本原因（为什么做出来）", ""], ["根本原因（为什么没发现）", ""],
                  ["原因（制造部填写）", ""]]) == {
        "B1": "customer", "B2": "occurrence_cause", "B3": "escape_cause", "B4": "root_cause",
    }


def test_a_number_of_one_place_is_asked_about() -> None:
    boxes = [Box(1, 0, 1, 0, "供方成品库存不良数"), Box(1, 1, 1, 1), Box(2, 0, 2, 0, "客户"), Box(2, 1, 2, 1)]
    (stock, _) = understand([Grid("8D", boxes)], packaged_meanings()).cells
    assert (stock.address, stock.sure) == ("containments[成品库存].defects", False)
