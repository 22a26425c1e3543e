"""A customer's own form: adopted once, then the 8D of that customer's complaints; nothing of the form is lost."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from pipeline.documents.fault import TemplateFault
from pipeline.documents.gateway import TemplateDocuments
from tests.forms.build_form import build
from tests.forms.foreign_form import HELD_OUT, KNOWN, load
from tests.functional import documents_cases as cases
from tests.functional.customer_form_files import write_form
from tests.functional.plant_folder import PlantFolder, empty_plant, kesu

CUSTOMER = "星岚汽车"


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    return empty_plant(tmp_path / "plant")


def adopted(tmp_path: Path, form: Path, customer: str = CUSTOMER) -> TemplateDocuments:
    """Documents of a plant that adopted a form with ``--yes``."""
    folder = tmp_path / "templates"
    (tmp_path / "config.yaml").write_text(
        f"version: 1\nsite: 一厂\ntemplates: {folder.name}\nledgers:\n- file: 台账.xlsx\n", encoding="utf-8"
    )
    said = kesu("templates", "adopt", form, "--customer", customer, "-c", tmp_path / "config.yaml", "--yes")
    assert said.code == 0, said.err
    return TemplateDocuments([folder])


def render(documents: TemplateDocuments) -> bytes:
    return documents.render("eight_d", documents.context("eight_d", *cases.full(), None), cases.NOW)


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_form_is_filled_and_everything_else_of_it_stays(tmp_path: Path) -> None:
    form = write_form(tmp_path / "空表.xlsx")
    content = render(adopted(tmp_path, form))
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert (sheet["B2"].value, sheet["D2"].value, sheet["B3"].value, sheet["D3"].value) == (
        "星岚汽车", "XL-QN-20261103-04", "冷却水管总成", "12件"
    )
    assert sheet["A7"].value == "梁致远"
    assert str(sheet["A12"].value).startswith("整车下线检测时")
    assert sheet["A16"].value == "修复M12镶件，复装间隙用塞尺确认(≤0.02mm)并记录"
    before, after = members(form.read_bytes()), members(content)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]
    empty = load_workbook(form).worksheets[0]
    assert (sheet.print_area, sheet.page_setup.orientation, sheet.row_dimensions[12].height) == (
        empty.print_area, "landscape", 60
    )
    assert sheet.merged_cells.ranges == empty.merged_cells.ranges
    assert sheet["F2"].value == "=LEN(D2)"


def test_equal_cases_give_equal_bytes(tmp_path: Path) -> None:
    documents = adopted(tmp_path, write_form(tmp_path / "空表.xlsx"))
    assert render(documents) == render(documents)


def test_rows_beyond_the_form_are_told_in_its_last_line_and_to_the_board(tmp_path: Path) -> None:
    documents = adopted(tmp_path, write_form(tmp_path / "空表.xlsx"))
    context = documents.context("eight_d", *cases.full(), None)
    sheet = load_workbook(io.BytesIO(documents.render("eight_d", context, cases.NOW))).worksheets[0]
    team, measures = str(sheet["A9"].value), str(sheet["A17"].value)
    assert "韩听雨" in team
    assert "陆问渠" in team
    assert "其余 2 项" in team
    assert "责任工序检验班长" not in team, "the form asks for no duties"
    assert "气密工装密封垫每月更换，列入点检表" in measures
    remarks = "；".join(documents.remarks("eight_d", context))
    assert "小组：表样只有 3 行，其余 2 项写在 8D!A9" in remarks
    assert "永久措施：表样只有 2 行，其余 1 项写在 8D!A17" in remarks


def test_text_longer_than_the_highest_row_is_told(tmp_path: Path) -> None:
    documents = adopted(tmp_path, write_form(tmp_path / "空表.xlsx"))
    context = documents.context("eight_d", *cases.full(), None)
    long = {**context, "phenomenon": str(context["phenomenon"]) * 40}
    assert "8D!A12" in documents.remarks("eight_d", long)[-1]
    assert "加大行高" in documents.remarks("eight_d", long)[-1]
    assert not any("8D!A12 " in remark for remark in documents.remarks("eight_d", {**context, "phenomenon": "渗水"}))


def rated(tmp_path: Path, form: Path, *more: object) -> dict[str, tuple[str, bool]]:
    """What ``--json`` proposes: box → (field, whether it is sure)."""
    (tmp_path / "config.yaml").write_text("version: 1\nsite: 一厂\ntemplates: t\nledgers:\n- file: a.xlsx\n")
    said = kesu("templates", "adopt", form, "--customer", "甲", "-c", tmp_path / "config.yaml", "--json", *more)
    assert said.code == 1, said.err
    return {cell["cell"]: (cell["field"], cell["sure"]) for cell in said.json["cells"]}


def test_a_filled_sample_confirms_and_doubts(tmp_path: Path) -> None:
    foreign = next(form for form in load(HELD_OUT) if form.name == "53_commercial_vehicle")
    form = build(foreign, tmp_path)
    before = rated(tmp_path, form)
    sample = build(foreign, tmp_path, {
        "B2": "ZK-2026-118", "D2": "总装二厂", "F2": "2026-11-02", "B14": "同类软管已排查", "D4": "见附件", "F9": "",
    })
    after = rated(tmp_path, form, "--sample", sample)
    assert before["D4"] == ("defects", True)
    assert after["D4"] == ("defects", False)  # no digit in it: no quantity
    assert after["B2"] == ("customer_ref", True)
    assert {cell for cell, (_, sure) in after.items() if sure} >= {"B2", "F2"}


class TypedAnswers(io.StringIO):
    """Standard input of somebody at a terminal who types these lines."""

    def isatty(self) -> bool:
        return True


def test_doubts_are_asked_about_at_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    form = build(next(form for form in load(HELD_OUT) if form.name == "62_plant_quality_order"), tmp_path)
    doubts = [cell for cell, (_, sure) in rated(tmp_path, form).items() if not sure]
    assert len(doubts) >= 3
    answers = ["", "n", "custmer", "客户投诉单号", *[""] * (len(doubts) - 3), *["产品名称"] * 9]
    monkeypatch.setattr("sys.stdin", TypedAnswers("\n".join(answers)))
    said = kesu("templates", "adopt", form, "--customer", "甲", "-c", tmp_path / "config.yaml")
    assert said.code == 0, said.err
    assert "没有名为 custmer 的字段，是否应为 customer" in said.out
    text = (tmp_path / "t" / "eight_d" / "甲.对照表.yaml").read_text(encoding="utf-8")
    taken = text[: text.index("# 待确认")] if "# 待确认" in text else text
    cells = [cell.partition(":")[0] for cell in doubts]
    assert sum(f'"整改通知书!{cell}"' not in taken for cell in cells) == 1
    assert taken.count("customer_ref") >= 2
    assert "不认得的栏目" in said.out
    assert '"整改通知书!B4": product' in taken  # 涉及零件, in nobody's list of words


def test_text_from_a_customer_stays_text(tmp_path: Path) -> None:
    documents = adopted(tmp_path, write_form(tmp_path / "空表.xlsx"), cases.NASTY)
    case, decisions = cases.nasty()
    content = documents.render("eight_d", documents.context("eight_d", case, decisions, None), cases.NOW)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    value = str(sheet["A12"].value)
    assert "<b>&amp;</b> {{ id }} {% raw %} ]]>" in value
    assert "\ue000" not in value
    assert "\u202e" not in value


def test_formula_like_text_is_no_formula(tmp_path: Path) -> None:
    documents = adopted(tmp_path, write_form(tmp_path / "空表.xlsx"))
    context = {**documents.context("eight_d", *cases.full(), None), "phenomenon": "=cmd|' /C calc'!A1"}
    sheet = load_workbook(io.BytesIO(documents.render("eight_d", context, cases.NOW))).worksheets[0]
    assert (sheet["A12"].value, sheet["A12"].data_type) == ("=cmd|' /C calc'!A1", "s")


def test_protected_and_hidden_sheets_are_handled_and_told(tmp_path: Path) -> None:
    form = write_form(tmp_path / "空表.xlsx", protected=True, hidden=True)
    content = render(adopted(tmp_path, form))
    book = load_workbook(io.BytesIO(content))
    assert book["8D"].protection.sheet
    assert book["8D"]["B2"].value == "星岚汽车"
    assert book["列表"].sheet_state == "hidden"
    said = kesu("templates", "adopt", form, "--customer", "另一家", "-c", tmp_path / "config.yaml")
    assert said.code == 1
    assert "设有保护" in said.out
    assert "隐藏的工作表“列表”" in said.out


def test_word_form_keeps_its_lines_and_grows(tmp_path: Path) -> None:
    form = build(next(form for form in load(KNOWN) if form.name == "11_word_8d"), tmp_path)
    content = render(adopted(tmp_path, form))
    table = Document(io.BytesIO(content)).tables[0]
    texts = [
        ["".join(node.text or "" for node in cell._tc.iter(qn("w:t"))) for cell in row.cells] for row in table.rows
    ]  # python-docx leaves out what stands in content controls
    assert texts[1][1] == "星岚汽车"
    assert [row[0] for row in texts[5:10]] == ["梁致远", "周启航", "苏念安", "韩听雨", "陆问渠"]  # one more than lines
    measures = next(index for index, row in enumerate(texts) if row[0].startswith("措施"))
    assert texts[measures + 1][0].startswith("修复M12镶件")
    assert len(table.rows) == len(Document(str(form)).tables[0].rows) + 1


def test_what_people_write_into_a_word_form_is_read_back(tmp_path: Path) -> None:
    form = build(next(form for form in load(KNOWN) if form.name == "11_word_8d"), tmp_path)
    documents = adopted(tmp_path, form)
    present = documents.read_back("eight_d", render(documents))
    assert present["customer"] == "星岚汽车"
    assert present["occurrence_cause"] == "接头注塑飞边割伤O形圈，压装时密封面被切边"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("旧表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("旧表.xls", ".xls 格式无法填写", "另存为 .xlsx")),
        ("坏表.xlsx", b"not a workbook", ("坏表.xlsx", "不是")),
        ("加密.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), ("设有打开密码",)),
        ("坏表.docx", b"PK\x03\x04", ("坏表.docx", "另存为 .docx")),
        ("图片.pdf", b"%PDF", ("图片.pdf", "不认识 .pdf")),
    ],
)
def test_files_that_cannot_be_forms_are_refused_in_words(
    tmp_path: Path, name: str, content: bytes, words: tuple[str, ...]
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "config.yaml").write_text("version: 1\nsite: 一厂\ntemplates: t\nledgers:\n- file: a.xlsx\n")
    said = kesu("templates", "adopt", tmp_path / name, "--customer", "甲", "-c", tmp_path / "config.yaml", "--yes")
    assert said.code == 2
    assert all(word in said.err for word in words), said.err
    assert not (tmp_path / "t").exists()


def test_a_form_is_not_replaced_unasked(tmp_path: Path) -> None:
    form = write_form(tmp_path / "空表.xlsx")
    adopted(tmp_path, form)
    said = kesu("templates", "adopt", form, "--customer", CUSTOMER, "-c", tmp_path / "config.yaml", "--yes")
    assert said.code == 2
    assert "已经存在" in said.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('"8D!B2": custmer', ("8D!B2", "没有名为 custmer 的字段", "是否应为 customer")),
        ('"8D!F2": customer', ("8D!F2", "公式")),
        ('"8D!D7": customer', ("8D!D7", "C7:D7", "8D!C7")),
        ('"8D!A2": customer', ("8D!A2", "已有文字“客户名称”")),
        ('"9D!A2": customer', ("9D!A2", "没有可见的工作表“9D”")),
        ('"8D!B2": [', ("不是有效的 YAML",)),
    ],
)
def test_a_wrong_line_of_the_map_is_named(tmp_path: Path, line: str, words: tuple[str, ...]) -> None:
    documents = adopted(tmp_path, write_form(tmp_path / "空表.xlsx"))
    beside = tmp_path / "templates" / "eight_d" / f"{CUSTOMER}.对照表.yaml"
    beside.write_text(f"版本: 1\n单元格:\n  {line}\n", encoding="utf-8")
    with pytest.raises(TemplateFault) as caught:
        render(documents)
    assert all(word in str(caught.value) for word in (beside.name, *words)), str(caught.value)


def test_people_may_write_chinese_names_and_sentences_into_the_map(tmp_path: Path) -> None:
    documents = adopted(tmp_path, write_form(tmp_path / "空表.xlsx"))
    beside = tmp_path / "templates" / "eight_d" / f"{CUSTOMER}.对照表.yaml"
    beside.write_text(
        '版本: 1\n单元格:\n  "8D!B2": 客户投诉单号\n  "8D!A12": "{{ product }}：{{ 发生原因 }}"\n', encoding="utf-8"
    )
    sheet = load_workbook(io.BytesIO(render(documents))).worksheets[0]
    assert sheet["B2"].value == "XL-QN-20261103-04"
    assert sheet["A12"].value == "冷却水管总成：接头注塑飞边割伤O形圈，压装时密封面被切边"


def test_two_forms_or_a_lost_map_stop_only_this_customers_8d(tmp_path: Path) -> None:
    documents = adopted(tmp_path, write_form(tmp_path / "空表.xlsx"))
    folder = tmp_path / "templates" / "eight_d"
    Document().save(str(folder / f"{CUSTOMER}.docx"))
    with pytest.raises(TemplateFault, match="同一客户有 2 份表样"):
        render(documents)
    (folder / f"{CUSTOMER}.docx").unlink()
    (folder / f"{CUSTOMER}.对照表.yaml").unlink()
    with pytest.raises(TemplateFault, match="缺少对照表"):
        render(documents)
    case, decisions = cases.nearly_empty()
    assert documents.render("slip", documents.context("slip", case, decisions, None), cases.NOW)


@pytest.mark.parametrize(
    "text", ["{{ ''.__class__ }}", "50% {% und {{", "{% for a in range(9) %}x{% endfor %}", "{|{ number }|}"]
)
def test_braces_in_a_customers_word_form_stay_text(tmp_path: Path, text: str) -> None:
    form = Document()
    paragraph = form.add_paragraph("8D Report ")
    for run in text.split("|"):
        paragraph.add_run(run)
    table = form.add_table(4, 2)
    for row, label in enumerate(("客户", "零件号", "问题描述", text.replace("|", ""))):
        table.cell(row, 0).text = label
    form.save(str(tmp_path / "空表.docx"))
    documents = adopted(tmp_path, tmp_path / "空表.docx")
    shown = "".join(cases.words_of(render(documents))).replace("\u2060", "")
    assert shown.count(text.replace("|", "")) == 2
    assert "星岚汽车" in shown


@pytest.mark.parametrize("name", ["94_word_scar", "182_ford_global_numbers"])
def test_a_box_for_a_role_holds_its_person_and_not_the_whole_team(tmp_path: Path, name: str) -> None:
    form = build(next(form for form in load(HELD_OUT) if form.name == name), tmp_path)
    text = b"".join(content for part, content in members(render(adopted(tmp_path, form))).items()
                    if part.endswith(".xml")).decode("utf-8")
    assert "梁致远" in text
    assert [words for words in ("表样未列出", "0000-0003") if words in text] == []
