"""Boxes of a form that a confident reader would fill wrongly: each is asked about, and its plain neighbour is not."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.meanings import packaged_meanings
from pipeline.documents.forms.proposal import FormProposal
from pipeline.documents.forms.understanding import understand

_SURE = 0.8
_HEAD = [
    ["8D报告"], ["客户投诉单号", "", "客户", ""], ["零件号", "", "产品名称", ""], ["不良数量", "", "投诉日期", ""],
]


def understood(rows: Sequence[Sequence[str]]) -> FormProposal:
    """A sheet of the head above and ``rows``, all drawn; a row of one text lies over the whole width."""
    lines = [*_HEAD, *rows]
    width = max(len(line) for line in lines)
    boxes = [
        Box(row, column, row, width - 1 if len(line) == 1 else column, text, framed=True)
        for row, line in enumerate(lines, start=1) for column, text in enumerate(line)
    ]
    return understand([Grid("8D", boxes)], packaged_meanings())


def sure(found: FormProposal) -> dict[str, str]:
    """Label → address of the single boxes that would be filled unasked."""
    return {cell.label: cell.address for cell in found.cells if cell.sure}


def test_what_our_customer_fills_in_itself_is_asked_about() -> None:
    answer = [["效果验证", "", "批准", ""], ["编制", "", "审核", ""]]
    ours = sure(understood([["以下由贵司填写"], *answer]))
    theirs = sure(understood([["以下由我司填写"], *answer]))
    assert {"效果验证", "批准", "编制"} <= set(ours)
    assert set(theirs) & {"效果验证", "批准", "编制", "审核"} == set()


def test_a_measure_of_another_kind_is_no_measure_of_the_part_it_stands_in() -> None:
    found = sure(understood([["D5 Corrective Actions"], ["Preventive Action / Similar Products", "", "", ""]]))
    assert found.get("Preventive Action / Similar Products") != "corrective_text"


def test_a_second_table_of_one_list_in_a_part_is_asked_about() -> None:
    table = [["措施", "责任人", "计划完成日", "实际完成日"], *[["", "", "", ""]] * 2]
    found = understood([["D5 永久措施"], *table, ["小结", "", "备注", ""], *table])
    first, second = found.tables
    assert (first.table, second.table) == ("corrective", "corrective")
    assert first.confidence >= _SURE > second.confidence
    apart = understood([["D5 永久措施"], *table, ["D6 实施与确认"], *table])
    assert [table.confidence >= _SURE for table in apart.tables] == [True, True]


def test_columns_of_a_containment_under_a_check_of_the_effect_are_asked_about() -> None:
    table = [["地点", "检查数量", "不良数量", "检查人"], *[["", "", "", ""]] * 2]
    inside, outside = (understood([[part], *table]).tables for part in ("D3 围堵措施", "D6 效果验证"))
    assert inside[0].table == "containments"
    assert inside[0].confidence >= _SURE
    assert all(column.confidence < _SURE for found in outside for column in found.columns)


def test_a_containment_turned_on_its_side_is_read_and_a_line_that_is_no_column_is_left() -> None:
    found = understood([
        ["D3 围堵措施"], ["", "客户处", "在途", "成品库"],
        ["库存数量", "", "", ""], ["不良数", "", "", ""], ["批次", "", "", ""], ["完成时间", "", "", ""],
    ])
    by_place = {cell.area: cell.address for cell in found.cells if cell.sure and "[" in cell.address}
    assert by_place == {
        f"{column}{row}": f"containments[{place}].{name}"
        for column, place in (("B", "客户产线"), ("C", "在途"), ("D", "成品库存"))
        for row, name in ((7, "quantity"), (8, "defects"), (10, "done"))
    }
    assert not any(cell.area in {"B9", "C9", "D9"} for cell in found.cells)


def test_two_lines_of_a_turned_table_that_say_the_same_are_asked_about() -> None:
    found = understood([
        ["D3 围堵措施"], ["", "客户处", "在途", "成品库"], ["不良数", "", "", ""], ["不合格数量", "", "", ""],
    ])
    defects = [cell for cell in found.cells if cell.address.endswith("].defects")]
    assert len(defects) == 6
    assert not any(cell.sure for cell in defects)
