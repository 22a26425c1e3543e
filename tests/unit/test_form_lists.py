"""Lists of a form: which list a table belongs to, whose whys its rows are, what its rows and columns ask for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.meanings import packaged_meanings
from pipeline.documents.forms.proposal import FormProposal, TableProposal
from pipeline.documents.forms.understanding import understand

_HEAD: list[list[str | None]] = [
    ["8D报告", None, None, None], ["客户投诉单号", "", "客户", ""], ["零件号", "", "产品名称", ""],
    ["不良数量", "", "投诉日期", ""],
]
_MEASURES: list[list[str | None]] = [["内容", "责任人", "计划日期", "完成日期"], ["", "", "", ""], ["", "", "", ""]]


def boxes_of(rows: Sequence[Sequence[str | None]]) -> list[Box]:
    """Framed boxes; None is a cell that belongs to the box at its left."""
    found: list[Box] = []
    for number, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts):
            if text is None:
                last = found.pop()
                found.append(Box(last.row, last.column, last.bottom, column, last.text, framed=True))
            else:
                found.append(Box(number, column, number, column, text, framed=True))
    return found


def understood(rows: Sequence[Sequence[str | None]], over: str = "") -> FormProposal:
    return understand([Grid("8D", boxes_of(rows), over)], packaged_meanings())


def addresses(found: FormProposal) -> dict[str, str]:
    """Cell → address of the single boxes that are filled unasked."""
    return {cell.area: cell.address for cell in found.cells if cell.sure}


def is_sure(table: TableProposal) -> bool:
    return all(column.sure for column in table.columns)


@pytest.mark.parametrize(("heading", "table"), [
    ("Protective steps agreed with the production manager on the phone", "corrective"),
    ("Sofortmaßnahmen innerhalb 48 h / Immediate actions within 48 h", "interim"),
    ("临时措施（24小时内填写）", "interim"), ("永久措施", "corrective"), ("横向展开", "deployment"),
    ("D7 防错", "error_proofing"), ("预防措施", "preventive"),
])
def test_the_heading_tells_which_list_of_measures_a_table_is(heading: str, table: str) -> None:
    for found in (understood([*_HEAD, [heading, None, None, None], *_MEASURES]), understood(_MEASURES, heading)):
        (read,) = found.tables
        assert read.table == table
        assert is_sure(read) == (not heading.startswith("Protective"))


def test_a_day_of_completion_beside_a_planned_one_is_the_actual_day() -> None:
    (both,) = understood([["永久措施", None, None], ["措施", "完成日期", "计划日期"], ["", "", ""]]).tables
    (alone,) = understood([["永久措施", None, None], ["措施", "完成日期", "责任人"], ["", "", ""]]).tables
    assert [column.column for column in both.columns] == ["content", "done", "due"]
    assert [column.column for column in alone.columns] == ["content", "due", "person"]
    assert is_sure(both)


def test_measures_that_no_heading_and_no_word_tells_apart_are_asked_about() -> None:
    def read(words: str, *before: list[str | None]) -> tuple[str, bool]:
        (table,) = understood([*_HEAD, *before, [words, *_MEASURES[0][1:]], *_MEASURES[1:]]).tables
        return table.table, is_sure(table)

    assert [read(words) for words in ("永久措施", "临时措施", "措施", "对策", "内容")] == [
        ("corrective", True), ("interim", True), ("corrective", False), ("corrective", False), ("corrective", False),
    ]
    assert read("措施", ["四、永久措施及导入", None, None, None]) == ("corrective", True)
    assert read("措施", ["遗留问题跟踪", None, None, None]) == ("corrective", False)
    assert read("措施", ["短期措施与长期措施", None, None, None]) == ("corrective", False)
    assert read("措施", ["临时措施/永久措施", None, None, None]) == ("interim", False)
    protective = "Protective steps agreed with the production manager on the phone"
    known: list[list[str | None]] = [["D5 永久措施", None, None, None], ["完成情况", "", "备注", ""]]
    assert read("措施", *known, [protective, None, None, None]) == ("corrective", False)
    assert read("纠正措施", ["D8 结案", None, None, None]) == ("corrective", False)
    assert read("纠正措施", ["D3 临时措施", None, None, None]) == ("interim", True)


def test_whys_under_two_halves_belong_to_the_leg_of_their_half() -> None:
    found = understood([
        *_HEAD, ["暂定处置", None, None, None], ["临时措施", "", "", ""],
        ["5．发生要因", None, "6．流出要因", None], ["なぜ1", "", "なぜ1", ""],
        ["なぜ2", "", "なぜ2", ""], ["真因", "", "真因", ""],
    ])
    assert {area: address for area, address in addresses(found).items() if int(area[1:]) > 7} == {
        "B8": "occurrence_whys[1].answer", "D8": "escape_whys[1].answer", "B9": "occurrence_whys[2].answer",
        "D9": "escape_whys[2].answer", "B10": "occurrence_cause", "D10": "escape_cause",
    }


def test_the_heading_of_its_measures_tells_a_second_table_of_a_part() -> None:
    first, second = understood([
        *_HEAD, ["D7 预防", None, None, None], ["预防措施", *_MEASURES[0][1:]], *_MEASURES[1:],
        ["横向展开", *_MEASURES[0][1:]], *_MEASURES[1:],
    ]).tables
    assert [(table.table, is_sure(table)) for table in (first, second)] == [("preventive", True), ("deployment", True)]


def test_whys_beside_a_leg_that_stands_over_several_rows_belong_to_it() -> None:
    legs = ("发生", "流出", "体系")
    lines = [["为什么1", ""], ["为什么2", ""], ["根本原因", ""]]
    boxes = [Box(3 * number + 1, 0, 3 * number + 3, 0, leg, framed=True) for number, leg in enumerate(legs)]
    boxes += [
        Box(3 * number + row, column, 3 * number + row, column, text, framed=True) for number in range(3)
        for row, texts in enumerate(lines, start=1) for column, text in enumerate(texts, start=1)
    ]
    found = addresses(understand([Grid("8D", boxes)], packaged_meanings()))
    assert found == {
        "C1": "occurrence_whys[1].answer", "C2": "occurrence_whys[2].answer", "C3": "occurrence_cause",
        "C4": "escape_whys[1].answer", "C5": "escape_whys[2].answer", "C6": "escape_cause",
    }


def test_numbered_rows_under_two_legs_are_whys_where_the_headings_ask_why() -> None:
    def asked(occurrence: str, escape: str) -> dict[str, str]:
        return addresses(understood([["", occurrence, escape], ["1", "", ""], ["2", "", ""], ["根因", "", ""]]))

    assert asked("为什么会做出不良品", "为什么会流到客户") == {
        "B2": "occurrence_whys[1].answer", "C2": "escape_whys[1].answer", "B3": "occurrence_whys[2].answer",
        "C3": "escape_whys[2].answer", "B4": "occurrence_cause", "C4": "escape_cause",
    }
    assert set(asked("发生原因的对策", "流出原因的对策")) & {"B2", "C2", "B3", "C3"} == set()


def test_tables_of_whys_belong_to_the_leg_that_the_line_over_them_asks_about() -> None:
    table: list[list[str | None]] = [["层次", "为什么", "因为"], ["1", "", ""], ["2", "", ""]]
    legs = ("为什么会做出不良品", "为什么不良品会流到用户手里", "为什么管理体系没有预先防住")
    found = understood([row for leg in legs for row in ([leg, None, None], *table)])
    assert [(read.table, is_sure(read)) for read in found.tables] == [
        ("occurrence_whys", True), ("escape_whys", True), ("occurrence_whys", False),
    ]


def test_outside_the_parts_a_table_is_the_list_that_reads_most_of_its_headings() -> None:
    found = understood([
        *_HEAD, ["排查情况", None, None, None], ["要素", "变化内容", "变化时间", "判定"],
        ["人", "", "", ""], ["机", "", "", ""],
    ])
    assert {cell.area: cell.address for cell in found.cells if "change_points" in cell.address} == {
        "B7": "change_points[人].change", "C7": "change_points[人].changed", "D7": "change_points[人].verdict",
        "B8": "change_points[机].change", "C8": "change_points[机].changed", "D8": "change_points[机].verdict",
    }


def test_a_heading_counted_as_a_step_is_read_in_both_its_languages() -> None:
    assert packaged_meanings().section("第5步 预防 Prevent")[0] == "D7"
    found = understood([
        *_HEAD, ["第5步 预防 Prevent", None, None, None], ["文件", "更改内容 Change", None, "完成日 Date"],
        ["控制计划", "", None, ""], ["操作指导书", "", None, ""],
    ])
    assert {area: address for area, address in addresses(found).items() if "standards" in address} == {
        "B7:C7": "standards[控制计划].change", "D7": "standards[控制计划].done",
        "B8:C8": "standards[作业指导书].change", "D8": "standards[作业指导书].done",
    }


def test_tick_boxes_with_an_option_that_may_be_a_known_one_are_asked_about() -> None:
    def sure(last: str) -> bool:
        (tick,) = understood([["文件更新", f"□FMEA □控制计划 □作业指导书 □{last}"]]).ticks
        return tick.sure

    assert sure("图纸")
    assert sure("检查标准书")
    assert not sure("来料检验指导书")


@pytest.mark.parametrize("counted", ["措施{}", "Action {}", "对策（{}）"])
def test_measures_side_by_side_are_read_by_their_number(counted: str) -> None:
    heads = [counted.format(number) for number in (1, 2)]
    lines: list[list[str | None]] = [["措施内容", "", ""], ["完成日期", "", ""], ["计划日期", "", ""], ["备注", "", ""]]
    for heading, table in (("临时措施", "interim"), ("D5 永久措施", "corrective"), ("横向展开", "deployment")):
        assert addresses(understood([[heading, None, None], ["项目", *heads], *lines])) == {
            f"{column}{row}": f"{table}[{number}].{name}"
            for number, column in ((1, "B"), (2, "C")) for row, name in ((3, "content"), (4, "done"), (5, "due"))
        }
    choice = [heading.replace("措施", "方案") for heading in heads]
    if choice != heads:
        assert addresses(understood([["D5 永久措施", None, None], ["项目", *choice], *lines])) == {}
    for heading in ("D7 预防措施", "丙类事项"):  # of a list that mixes two kinds, or of none that is known
        assert addresses(understood([["8D报告", None, None], [heading, None, None], ["项目", *heads], *lines])) == {}


def test_the_line_of_a_counted_measure_holds_its_person_and_day() -> None:
    found = addresses(understood([
        ["临时措施1：____  责任人：____  日期：____"], ["纠正措施2：____  责任人：____  完成期限：____"],
        ["确认人：____  责任人：____"],
    ]))
    by_line = understood([["纠正措施2：____  责任人：____  完成期限：____  审批：____"]]).cells
    assert found.keys() == {"A1", "A2"}
    assert [cell.address for cell in by_line] == ["corrective[2].content", "corrective[2].person", "corrective[2].due"]


def test_places_are_named_by_their_owner() -> None:
    found = addresses(understood([
        ["D3 围堵", None, None], ["地点", "数量", "不良数"], ["我司仓库", "", ""], ["贵司成品仓", "", ""],
        ["供方在制", "", ""], ["贵司食堂", "", ""],
    ]))
    assert found == {
        f"{column}{row}": f"containments[{place}].{name}"
        for row, place in ((3, "客户产线"), (4, "成品库存"), (5, "半成品"))
        for column, name in (("B", "quantity"), ("C", "defects"))
    }


def test_the_heading_of_its_measures_tells_the_part_of_a_table() -> None:
    table: list[list[str | None]] = [["恒久对策", "担当", "限", "毕"], ["", "", "", ""]]
    (told,) = understood([*_HEAD, ["现象", None, None, None], ["", None, None, None], *table]).tables
    (untold,) = understood([
        *_HEAD, ["现象", None, None, None], ["", None, None, None], ["对策内容", *table[0][1:]], table[1],
    ]).tables
    assert (told.table, [column.column for column in told.columns]) == (
        "corrective", ["content", "person", "due", "done"]
    )
    assert is_sure(told)
    assert not is_sure(untold)


def test_headings_of_two_levels_that_nobody_merged_are_read() -> None:
    found = addresses(understood([
        ["D3 围堵", None, None, None, None], ["地点", "数量", None, None, "日期"], ["", "总数", "已检", "不良", ""],
        ["客户处", "", "", "", ""], ["在途", "", "", "", ""],
    ]))
    assert found == {
        f"{column}{row}": f"containments[{place}].{name}" for row, place in ((4, "客户产线"), (5, "在途"))
        for column, name in zip("BCDE", ("quantity", "checked", "defects", "done"), strict=True)
    }


def test_boxes_wider_than_the_heading_beside_bare_cells_are_its_column() -> None:
    boxes = [
        Box(1, 0, 1, 4, "D7 预防再发生", framed=True), Box(2, 0, 2, 0, "文件名称", framed=True),
        Box(2, 2, 2, 2, "文件编号", framed=True), Box(2, 3, 2, 3, "新版本", framed=True),
        Box(2, 4, 2, 4, "修改内容", framed=True),
        *(Box(3, left, 3, right, framed=True) for left, right in ((0, 1), (2, 2), (3, 3), (4, 4))),
    ]
    (table,) = understand([Grid("8D", boxes)], packaged_meanings()).tables
    assert [(column.area, column.column) for column in table.columns][:2] == [("A3:B3", "name"), ("C3", "number")]


_D5: list[list[str | None]] = [*_HEAD, ["D5 永久措施", None, None, None]]


def columns_of(found: FormProposal) -> dict[str, tuple[str, bool]]:
    """Heading → column and whether it is filled unasked, of the one table."""
    (table,) = found.tables
    return {column.label: (column.column, column.sure) for column in table.columns}


@pytest.mark.parametrize(("heading", "column"), [("D3 临时措施", "done"), ("D5 永久措施", "due")])
def test_a_day_of_completion_without_a_planned_one_is_asked_about(heading: str, column: str) -> None:
    table: list[list[str | None]] = [["措施内容", None, "责任人", "完成日期"], ["", None, "", ""]]
    found = understood([*_HEAD, [heading, None, None, None], *table])
    assert columns_of(found) == {"措施内容": ("content", True), "责任人": ("person", True), "完成日期": (column, False)}


@pytest.mark.parametrize(("day", "column"), [("Planned date", "proof"), ("Implemented on", "result")])
def test_proof_of_effectiveness_is_a_forecast_until_the_measures_are_done(day: str, column: str) -> None:
    found = understood([*_D5, ["Action", "Responsible", day, "Proof of effectiveness"], ["", "", "", ""]])
    assert columns_of(found)["Proof of effectiveness"] == (column, False)


def test_lines_of_measures_that_name_a_leg_are_lines_of_the_list_and_asked_about() -> None:
    found = understood([*_D5, ["区分", "措施内容", "责任人", "计划日期"], ["发生", "", "", ""], ["流出", "", "", ""]])
    (table,) = found.tables
    assert (table.table, table.rows, is_sure(table)) == ("corrective", (7, 8), False)


def test_places_and_columns_of_a_containment_in_plain_english_are_read() -> None:
    found = understood([
        *_HEAD, ["How our plants are protected", None, None, None], ["Where", "How many", "Bad units", "Finished on"],
        ["OEM plant", "", "", ""], ["On the water", "", "", ""], ["Vendor's finished goods", "", "", ""],
    ])
    expected = {
        f"{letter}{row}": f"containments[{place}].{column}"
        for row, place in ((7, "客户产线"), (8, "在途"), (9, "成品库存"))
        for letter, column in (("B", "quantity"), ("C", "defects"), ("D", "done"))
    }
    assert {cell.area: cell.address for cell in found.cells if cell.area in expected} == expected
