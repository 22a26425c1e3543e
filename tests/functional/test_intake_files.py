"""What attached workbooks and Word files give: the call sheet read exactly, weekly reports row by row."""

from __future__ import annotations

import io
from dataclasses import replace
from importlib import resources

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook

from pipeline.ledger.attached import read_attached
from schemas.rows import Complaint
from tests.functional.plant_folder import PlantFolder
from tests.functional.test_intake import CUSTOMER, arrive, plant
from tests.mail_clients import foxmail, outlook, qq

__all__ = ["plant"]  # the fixture

ANSWERS: dict[str, str | float] = {
    "接诉时间": "2026-11-26 07:40", "信息来源": "电话", "质量工程师": "周启航", "问题类型": "质量问题",
    "客户": "星河汽车", "客户基地": "临江基地", "反馈人": "宋立群", "联系方式": "000-2222-3333",
    "产品名称": "冷却水管", "产品编号": "CW-2217", "不良批次": "CW20261118D、CW20261119D", "不良数量": 12,
    "不良率": 0.006, "不良现象": "接头渗漏", "停线/甩车风险": "否", "备注": "客户语气较急",
}
HEADINGS = ("客户", "产品名称", "零件号", "问题描述", "不良数量")
ROWS = (("星河汽车", "卡扣", "KC-318", "断脚", "4"), ("星河汽车", "真空管", "VH-440", "起皮", "6"))


def call_sheet(*, named: bool = True, inserted: int = 0) -> bytes:
    """The packaged call sheet, filled in; with rows inserted on top, or its defined names lost."""
    template = resources.files("templates").joinpath("call_sheet/template.xlsx").read_bytes()
    book = load_workbook(io.BytesIO(template))
    sheet = book.active
    assert sheet is not None
    labels = {str(sheet.cell(row, 1).value): row for row in range(1, sheet.max_row + 1)}
    for heading, answer in ANSWERS.items():
        sheet.cell(labels[heading], 2).value = answer
    if not named:
        for name in list(book.defined_names):
            del book.defined_names[name]
    if inserted:  # as a person does in Excel: names follow their cells
        sheet.insert_rows(2, inserted)
        for name, defined in book.defined_names.items():
            cell = defined.attr_text.rpartition("$")
            if name != "kesu_call_sheet":
                defined.attr_text = f"{cell[0]}${int(cell[2]) + inserted}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("named", "inserted"), [(True, 0), (True, 3), (False, 0)])
def test_a_call_sheet_is_read_exactly(named: bool, inserted: int) -> None:
    content = read_attached("客诉信息收集表.xlsx", call_sheet(named=named, inserted=inserted))
    assert content.call_sheet is not None
    headings = {field.name: field.column.heading for field in Complaint.fields()}
    read = {headings[name]: text for name, text in content.call_sheet.answers.items()}
    assert read == {heading: str(answer) for heading, answer in ANSWERS.items()}


def test_a_blank_call_sheet_and_other_files_give_nothing() -> None:
    blank = resources.files("templates").joinpath("call_sheet/template.xlsx").read_bytes()
    assert read_attached("a.xlsx", blank).call_sheet is None
    for content in (b"", b"PK\x03\x04 damaged", b"\xd0\xcf\x11\xe0 old"):
        assert read_attached("a.xlsx", content) == read_attached("b.xlsx", b"nothing")


def test_a_mailed_call_sheet_becomes_its_row(plant: PlantFolder) -> None:
    mail = replace(CUSTOMER, subject="客诉信息收集表", lines=["请登记"], files=[("客诉信息收集表.xlsx", call_sheet())])
    arrive(plant, "1.eml", qq(mail))
    plant.once("08:05")
    row, = plant.rows()
    exact = [name for name in ANSWERS if name not in {"接诉时间", "不良率", "备注"}]
    assert {name: row[name] for name in exact} == {name: ANSWERS[name] for name in exact}
    assert str(row["接诉时间"]).startswith("2026-11-26 07:40")
    assert row["不良率"] in {0.006, "0.6%"}
    assert str(row["备注"]).endswith("客诉信息收集表.xlsx；客户语气较急")
    assert row["状态"] == "待确认"


def test_an_answer_that_cannot_be_read_stays_as_it_was_typed(plant: PlantFolder) -> None:
    sheet = load_workbook(io.BytesIO(call_sheet()))
    place = sheet.defined_names["kesu_defects"].attr_text.rpartition("!")[2].replace("$", "")
    assert sheet.active is not None
    sheet.active[place] = "约12件"
    out = io.BytesIO()
    sheet.save(out)
    mail = replace(CUSTOMER, subject="信息收集表", lines=["x"], files=[("表.xlsx", out.getvalue())])
    arrive(plant, "1.eml", qq(mail))
    for time in ("08:05", "08:06", "08:20"):
        plant.once(time)
    row, = plant.rows()
    assert row["不良数量"] == "约12件"
    assert "约12件" in str(row["系统校验"])


def workbook() -> bytes:
    """A weekly report as people make it: a title, headings below, a sheet of something else."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "驻线周报 第48周"
    for row in (HEADINGS, *ROWS):
        sheet.append(list(row))
    book.create_sheet("出差计划").append(["日期", "地点", "人员"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def word_file() -> bytes:
    """The same report as a Word table."""
    document = Document()
    document.add_paragraph("本周客诉")
    table = document.add_table(rows=0, cols=len(HEADINGS))
    for row in (HEADINGS, *ROWS):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "content", "write"), [
    ("周报.xlsx", workbook(), foxmail), ("周报.docx", word_file(), outlook),
])
def test_an_attached_report_gives_a_row_for_each_complaint(
    plant: PlantFolder, name: str, content: bytes, write: object
) -> None:
    assert callable(write)
    arrive(plant, "1.eml", write(replace(CUSTOMER, subject="质量周报", lines=["见附件"], files=[(name, content)])))
    plant.once("08:05")
    found = [(row["产品名称"], row["产品编号"], row["不良现象"], row["不良数量"]) for row in plant.rows()]
    assert found == [("卡扣", "KC-318", "断脚", 4), ("真空管", "VH-440", "起皮", 6)]

