"""What stands in the boxes of customers' forms: prompts, tables within a box, tick boxes, photos under a label."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import Workbook, load_workbook

from schemas.report import DocumentReading
from tests.forms.build_form import build
from tests.forms.foreign_form import HELD_OUT, load
from tests.functional import documents_cases as cases
from tests.functional.customer_form_files import FRAME
from tests.functional.test_customer_forms import adopted, render
from tests.functional.test_form_photos import NAMES, filled, with_photos


def foreign(name: str, folder: Path) -> Path:
    return build(next(form for form in load(HELD_OUT) if form.name == name), folder)


def test_prompts_in_boxes_give_way_to_what_is_filled_in(tmp_path: Path) -> None:
    form = foreign("193_prompts_in_boxes", tmp_path)
    sheet = load_workbook(io.BytesIO(render(adopted(tmp_path, form)))).worksheets[0]
    assert (sheet["B3"].value, sheet["B4"].value) == ("冷却水管总成", "12件")
    assert str(sheet["B9"].value).startswith("1. 修复M12镶件")


def test_prompts_and_numbers_in_a_word_box_leave_nothing_behind(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(3, 2, style="Table Grid")
    for (row, column), text in {
        (0, 0): "客户名称", (0, 1): "<请填写全称>", (1, 0): "永久纠正措施", (1, 1): "1.\n2.\n3.", (2, 0): "批准",
    }.items():
        table.cell(row, column).text = text
    table.cell(0, 1).add_paragraph("（请与图纸一致）")
    document.save(str(tmp_path / "空表.docx"))
    made = Document(io.BytesIO(render(adopted(tmp_path, tmp_path / "空表.docx"))))
    boxes = ["".join(text.text or "" for text in row._tr.iter(qn("w:t"))) for row in made.tables[0].rows]
    assert boxes[0] == "客户名称星岚汽车"
    assert boxes[1].startswith("永久纠正措施1. 修复M12镶件")
    assert "1.2.3." not in boxes[1]


def test_every_line_to_write_on_within_a_word_box_gives_way_with_its_unit_or_date(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("供应商8D报告")
    table = document.add_table(2, 1, style="Table Grid")
    table.cell(0, 0).text = "不合格数：______件   生产日期：____年__月__日"
    table.cell(1, 0).text = "客户名称：__________  零件名称：__________"
    document.save(str(tmp_path / "空表.docx"))
    made = Document(io.BytesIO(render(adopted(tmp_path, tmp_path / "空表.docx"))))
    first, second = ("".join(text.text or "" for text in row._tr.iter(qn("w:t"))) for row in made.tables[0].rows)
    assert first == "不合格数：12件  生产日期：2026-10-28"
    assert second == "客户名称：星岚汽车  零件名称：冷却水管总成"


def test_tables_within_a_word_table_are_filled_as_part_of_the_row_they_lie_in(tmp_path: Path) -> None:
    made = Document(io.BytesIO(render(adopted(tmp_path, foreign("189_word_nested_cn", tmp_path)))))
    team, stock, measures = (
        "".join(made.tables[0].cell(row, 1).tables[0]._tbl.itertext()) for row in (6, 7, 9)
    )
    assert "梁致远" in team
    assert "在途" in stock
    assert "修复M12镶件" in measures


def test_a_document_is_ticked_when_its_change_is_told(tmp_path: Path) -> None:
    documents = adopted(tmp_path, foreign("190_ticks_standards_cn", tmp_path))
    context = documents.context("eight_d", *cases.full(), None)
    told = [{**dict(row), "number": "", "new": "", "change": "", "done": ""} for row in context["standards"]]
    told[0]["change"] = "增加塞尺确认"
    content = documents.render("eight_d", {**context, "standards": told}, cases.NOW)
    assert str(load_workbook(io.BytesIO(content)).worksheets[0]["B14"].value).count("☑") == 1


def test_photos_stand_under_their_label_within_the_same_box_with_space_between(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(3, 2, style="Table Grid")
    for (row, column), text in {(0, 0): "客户名称", (1, 0): "不良照片：", (2, 0): "编制"}.items():
        table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(1, 1))
    document.save(str(tmp_path / "空表.docx"))
    made = Document(io.BytesIO(filled(with_photos(tmp_path, tmp_path / "空表.docx"), *NAMES)))
    lines = made.tables[0].cell(1, 0).paragraphs
    assert lines[0].text == "不良照片："
    shown = [line for line in lines if next(line._p.iter(qn("wp:extent")), None) is not None]
    assert [len(list(line._p.iter(qn("wp:extent")))) for line in shown] == [2, 2, 1]
    assert all(line.paragraph_format.space_after for line in shown)


@pytest.mark.parametrize(
    ("typed", "part"),
    [("检具加防错销", "error_proofing"), ("水平展开到同类水管", "deployment"), ("每月复查一次", None)],
)
def test_a_new_line_of_a_list_of_both_belongs_where_its_words_say(
    tmp_path: Path, typed: str, part: str | None
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "8D"
    for row, texts in {1: ("8D报告", None), 2: ("客户名称", None), 3: ("零件号", None),
                       4: ("D7 预防再发生", None), 5: ("措施内容", "责任人")}.items():
        for column, text in enumerate(texts, start=1):
            sheet.cell(row, column, text)
    sheet.merge_cells("A4:B4")
    for row in range(2, 12):
        for column in (1, 2):
            sheet.cell(row, column).border = FRAME
    book.save(tmp_path / "空表.xlsx")
    documents = adopted(tmp_path, tmp_path / "空表.xlsx")
    ours = load_workbook(io.BytesIO(render(documents)))
    written = ours.worksheets[0]
    line = next(row for row in range(6, 12) if not written.cell(row, 1).value)
    written.cell(line, 1, typed)
    theirs = io.BytesIO()
    ours.save(theirs)
    reading = DocumentReading("a.xlsx", "eight_d", documents.read_back("eight_d", theirs.getvalue()), frozenset())
    fields = documents.understood(reading, documents.context("eight_d", *cases.full(), None)).fields
    found = {field.split("/")[0] for field, value in fields.items() if value == typed}
    assert found == ({part} if part else set())


def test_counted_measures_are_filled_by_their_place_and_read_back(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "8D"
    for row, texts in enumerate((
        ("8D报告", None, None), ("客户名称", None, None), ("D5 永久措施", None, None), ("项目", "措施1", "措施2"),
        ("措施内容", None, None), ("责任人", None, None),
    ), start=1):
        for column, text in enumerate(texts, start=1):
            sheet.cell(row, column, text).border = FRAME
    sheet.merge_cells("A3:C3")
    book.save(tmp_path / "空表.xlsx")
    documents = adopted(tmp_path, tmp_path / "空表.xlsx")
    context = documents.context("eight_d", *cases.full(), None)
    first, second = context["corrective"][:2]
    ours = load_workbook(io.BytesIO(render(documents)))
    written = ours.worksheets[0]
    assert (written["B5"].value, written["B6"].value) == (first["content"], first["person"])
    assert str(written["C5"].value).startswith(second["content"])
    written["B6"] = "王小明"
    theirs = io.BytesIO()
    ours.save(theirs)
    reading = DocumentReading("a.xlsx", "eight_d", documents.read_back("eight_d", theirs.getvalue()), frozenset())
    fields = documents.understood(reading, context).fields
    assert [field for field, value in fields.items() if value == "王小明"] == [f"corrective/{first['number']}/person"]


def test_measures_side_by_side_in_word_are_filled_and_those_beyond_told(tmp_path: Path) -> None:
    documents = adopted(tmp_path, foreign("172_word_measures_across_cn", tmp_path))
    context = documents.context("eight_d", *cases.full(), None)
    measures = [{**context["corrective"][0], "content": f"第{number}条措施"} for number in range(1, 5)]
    made = Document(io.BytesIO(documents.render("eight_d", {**context, "corrective": measures}, cases.NOW)))
    first, second, third = (made.tables[0].cell(16, column).text for column in (1, 2, 3))
    assert (first, second, third[:5]) == ("第1条措施", "第2条措施", "第3条措施")
    assert "第4条措施" in third
