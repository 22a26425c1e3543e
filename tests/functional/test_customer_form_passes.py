"""A customer's form in the passes of a plant: made, kept up to date around people's changes, and read back."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.rules.report_counted import counted
from pipeline.rules.report_typed import with_documents
from schemas.report import DocumentReading
from tests.functional import documents_cases as cases
from tests.functional.customer_form_files import write_form
from tests.functional.plant_folder import PlantFolder, complaint, empty_plant, kesu
from tests.functional.test_customer_forms import CUSTOMER, adopted


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    return empty_plant(tmp_path / "plant")


def test_pass_makes_the_customers_form_and_spares_a_persons_changes(plant: PlantFolder, tmp_path: Path) -> None:
    form = write_form(tmp_path / "空表.xlsx")
    said = kesu("templates", "adopt", form, "--customer", "星河汽车", "-c", plant.config, "--yes")
    assert said.code == 0, said.err
    plant.type("客诉台账", complaint(客户要求8D="是"), complaint(客户="别家汽车", 客户要求8D="是", 产品名称="卡扣"))
    plant.settled()
    made = {name.rsplit("/", 1)[1]: name for name in plant.files("8D报告*")}
    assert sorted(made) == ["8D报告.docx", "8D报告.xlsx"]
    path = plant.share / "客诉资料" / made["8D报告.xlsx"]
    assert load_workbook(path).worksheets[0]["B3"].value == "冷却水管"
    number = plant.rows()[0]["客诉编号"]
    passed = {"客诉编号": number, "措施类别": "长期", "审核结论": "通过"}
    plant.type("措施跟踪", *({**passed, "措施内容": f"措施{item}"} for item in "甲乙丙"))
    plant.settled(first="08:30", second="08:45")
    assert "措施丙" in str(load_workbook(path).worksheets[0]["A17"].value)
    assert "永久措施：表样只有 2 行，其余 1 项写在 8D!A17" in plant.board()
    book = load_workbook(path)
    book.worksheets[0]["D2"] = "客户给的编号"
    book.save(path)
    plant.retype("客诉台账", 0, 不良现象="接头泄漏，已确认为飞边")
    plant.settled(first="09:00", second="09:15")
    sheet = load_workbook(path).worksheets[0]
    assert (sheet["D2"].value, sheet["A12"].value) == ("客户给的编号", "接头泄漏，已确认为飞边")
    assert not [name for name in plant.files("8D报告*") if "新草稿" in name]
    before = plant.snapshot()
    plant.once("09:15")
    assert plant.snapshot() == before


def test_moved_rows_of_a_customers_form_are_left_to_the_person(plant: PlantFolder, tmp_path: Path) -> None:
    form = write_form(tmp_path / "空表.xlsx")
    assert kesu("templates", "adopt", form, "--customer", "星河汽车", "-c", plant.config, "--yes").code == 0
    plant.type("客诉台账", complaint(客户要求8D="是"))
    plant.settled()
    path = plant.share / "客诉资料" / plant.files("8D报告*.xlsx")[0]
    book = load_workbook(path)
    book.worksheets[0].insert_rows(2)
    book.save(path)
    mine = path.read_bytes()
    plant.retype("客诉台账", 0, 不良现象="接头泄漏，已确认为飞边")
    plant.settled(first="09:00", second="09:15")
    assert path.read_bytes() == mine
    assert len([name for name in plant.files("8D报告*.xlsx") if "新草稿" in name]) == 1


def test_a_form_that_comes_later_makes_new_drafts_of_open_cases_only(plant: PlantFolder, tmp_path: Path) -> None:
    closed = complaint(客户要求8D="是", 状态="关闭", 关闭日期="2026-11-26", 不良数量=3)
    plant.type("客诉台账", closed, complaint(客户要求8D="是", 状态="分析", 不良数量=3, 产品名称="卡扣"))
    plant.settled()
    assert [name.rsplit("/", 1)[1] for name in plant.files("8D报告*")] == ["8D报告.docx"] * 2
    form = write_form(tmp_path / "空表.xlsx")
    assert kesu("templates", "adopt", form, "--customer", "星河汽车", "-c", plant.config, "--yes").code == 0
    plant.once("08:30")
    assert [name.split("/")[1] for name in plant.files("8D报告*.xlsx")] == ["KS-202611-002 星河汽车 卡扣"]


def test_what_is_typed_into_a_customers_workbook_counts_and_approval_takes_the_draft_mark_away(
    plant: PlantFolder, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "8D"
    for row, text in enumerate(("供应商8D报告", "客户名称", "发生原因", "批准", "不良批次"), start=1):
        sheet.cell(row, 1, text)
    book.save(tmp_path / "空表.xlsx")
    said = kesu("templates", "adopt", tmp_path / "空表.xlsx", "--customer", "星河汽车", "-c", plant.config, "--yes")
    assert said.code == 0, said.err
    beside = plant.root / "templates" / "eight_d" / "星河汽车.对照表.yaml"
    assert "草稿标记" in beside.read_text(encoding="utf-8")
    title = '"8D!A1": "供应商8D报告　{{ draft }}"'
    beside.write_text("版本: 1\n单元格:\n  " + title + "\n  8D!B2: customer\n  8D!B3: occurrence_cause\n"
                      "  8D!B4: approved_by\n  8D!B5: lot\n", encoding="utf-8")
    plant.type("客诉台账", complaint(客户要求8D="是", 状态="分析", 不良批次="L-1", 不良数量=3))
    plant.settled()
    path = plant.share / "客诉资料" / plant.files("8D报告.xlsx")[0]
    assert "草稿 DRAFT" in str(load_workbook(path).worksheets[0]["A1"].value)
    book = load_workbook(path)
    for place, text in {"B3": "顶针磨损产生飞边", "B4": "韩立川", "B5": "L-7"}.items():
        book.worksheets[0][place] = text
    book.save(path)
    plant.once("08:30")
    sheet = load_workbook(path).worksheets[0]
    assert [sheet[place].value for place in ("A1", "B3", "B5")] == ["供应商8D报告", "顶针磨损产生飞边", "L-7"]
    assert "台账为“L-1”，文件中为“L-7”" in plant.board()


def test_what_is_typed_into_the_tables_of_a_customers_workbook_counts(tmp_path: Path) -> None:
    """A line is known by what it still says, a new line is a measure of its own, a date may be a real one."""
    documents = adopted(tmp_path, write_form(tmp_path / "空表.xlsx"))
    case, decisions = cases.full()
    first = next(row for row in case.rows.actions if row.record.action_number == "C2")
    first = replace(first, record=first.record.model_copy(update={"due": None}))
    case = replace(case, folder="客诉资料/K", rows=replace(case.rows, actions=(first,)))
    context = documents.context("eight_d", case, decisions, None)
    ours = documents.render("eight_d", context, cases.NOW)
    book = load_workbook(io.BytesIO(ours))
    sheet = book.worksheets[0]
    assert (sheet["A16"].value, sheet["C16"].value, sheet["D16"].value) == (first.record.content, "许长庚", None)
    sheet["D16"], sheet["C16"], sheet["A7"] = datetime(2026, 12, 20), "彭小满", "梁致近"  # noqa: DTZ001 - as in a cell
    sheet["A16"] = "修镶件"  # nothing of the line is ours any more: it is the row at its place
    sheet["A17"], sheet["C17"], sheet["D17"] = "每班首件检查飞边", "彭小满", "2026.12.22"
    theirs = io.BytesIO()
    book.save(theirs)
    fields = documents.read_back("eight_d", theirs.getvalue())
    typed = documents.changed("eight_d", fields, documents.written("eight_d", ours))
    path = f"客诉资料/K/{documents.file_name('eight_d', None, CUSTOMER)}"
    seen = with_documents(case, decisions, documents, {path: DocumentReading(path, "eight_d", fields, typed)})
    assert {(item.field, item.in_ledger, item.in_document) for item in seen.disagreements} == {
        ("永久措施·C2·责任人", "许长庚", "彭小满"), ("永久措施·C2·措施内容", first.record.content, "修镶件"),
        ("小组·梁致远·姓名", "梁致远", "梁致近"),
    }
    actions = [row.record for row in counted(seen).rows.actions]
    assert [(action.content, action.person, action.due) for action in actions] == [
        (first.record.content, "许长庚", date(2026, 12, 20)), ("每班首件检查飞边", "彭小满", date(2026, 12, 22)),
    ]
