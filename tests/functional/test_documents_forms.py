"""Blank forms and the penalty proposal: what people print, fill in and send back, and what only two people see."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from pipeline.cli import main
from pipeline.documents.gateway import CALL_SHEET, TemplateDocuments
from schemas.follow_up import PenaltyProposal
from schemas.rows import Complaint
from templates.build import WORKBOOK, built_workbook
from templates.build_call_questions import GROUPS, MANNERS
from tests.functional import documents_cases as cases

TEMPLATE_FOLDER = Path(__file__).parents[2] / "templates"
ASKED = [asked for _, questions in GROUPS for asked in questions]


def answer_cells(content: bytes) -> dict[str, tuple[str, str]]:
    """Field → the label beside the cell that its defined name points at, and the cell's address."""
    book = load_workbook(io.BytesIO(content))
    found = {}
    for name, defined in book.defined_names.items():
        if name.startswith("kesu_") and name != "kesu_call_sheet":
            (sheet, address), = defined.destinations
            cell = book[sheet][address.replace("$", "")]
            found[name.removeprefix("kesu_")] = (str(book[sheet].cell(cell.row, cell.column - 1).value), address)
    return found


def test_questions_are_columns_of_the_ledger_with_its_headings_and_choices() -> None:
    columns = {field.name: field for field in Complaint.fields()}
    for asked in ASKED:
        column = columns[asked.field]
        assert asked.heading == column.column.heading
        assert asked.choices == (column.kind.choices if column.kind.name != "yes_no" else ("是", "否"))
    assert len({asked.field for asked in ASKED}) == len(ASKED)


def test_every_answer_cell_has_its_name_right_of_its_label() -> None:
    found = answer_cells(TemplateDocuments().blank_forms(CALL_SHEET)["客诉信息收集表.xlsx"])
    assert {field: label for field, (label, _) in found.items()} == {asked.field: asked.heading for asked in ASKED}


def test_the_form_to_print_asks_the_same_and_says_how_to_speak() -> None:
    document = Document(io.BytesIO(TemplateDocuments().blank_forms(CALL_SHEET)["客诉信息收集表.docx"]))
    labels = [row.cells[0].text for table in document.tables for row in table.rows]
    assert labels == [asked.heading for asked in ASKED]
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert all(manner in words for manner in MANNERS)


def test_committed_workbook_is_what_build_makes() -> None:
    with zipfile.ZipFile(TEMPLATE_FOLDER / WORKBOOK) as committed, zipfile.ZipFile(io.BytesIO(built_workbook())) as new:
        assert {name: committed.read(name) for name in committed.namelist()} == {
            name: new.read(name) for name in new.namelist()}


def test_names_survive_a_save_by_libreoffice(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    original = TEMPLATE_FOLDER / WORKBOOK
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path), str(original)],
        check=True, capture_output=True, timeout=120,
    )
    assert answer_cells((tmp_path / "template.xlsx").read_bytes()) == answer_cells(original.read_bytes())


def test_command_writes_the_forms_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "call-sheet", "--into", str(tmp_path)]) == 0
    mine = tmp_path / "客诉信息收集表.xlsx"
    mine.write_bytes(b"half filled in")
    assert main(["templates", "call-sheet", "--into", str(tmp_path)]) == 0
    assert mine.read_bytes() == b"half filled in"
    assert "未改动" in capsys.readouterr().out


def test_new_plant_finds_the_forms_on_its_share(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "厂"), "--now", "2026-11-26T09:00+08:00"]) == 0
    assert sorted(path.name for path in (tmp_path / "厂/share/空白表单").iterdir()) == [
        "客诉信息收集表.docx", "客诉信息收集表.xlsx"]


def test_penalty_proposal_names_department_clause_and_action_but_no_person() -> None:
    case, decisions = cases.full()
    action = case.rows.actions[1].record
    proposal = PenaltyProposal(
        case.case_id, f"措施:{action.action_number}", "注塑车间", ("未完成，已逾期4天（计划2026-11-20）",),
        ("客诉管理规定 5.3",), ("周启航",), "处罚建议",
    )
    documents = TemplateDocuments()
    name, context = documents.penalty(case, decisions, proposal)
    assert name == f"处罚建议单-{action.action_number}.docx"
    assert context.keys() == json.loads((TEMPLATE_FOLDER / "penalty" / "example.json").read_text("utf-8")).keys()
    content = documents.render("penalty", context, cases.NOW)
    document = Document(io.BytesIO(content))
    shown = "\n".join([*(p.text for p in document.paragraphs), *(c.text for t in document.tables for c in t._cells)])
    for words in ("注塑车间", "客诉管理规定 5.3", "已逾期4天", str(action.content), "由有权的人决定"):
        assert words in shown
    assert action.person
    assert action.person not in shown


def test_action_without_number_gives_a_name_windows_takes() -> None:
    case, decisions = cases.full()
    proposal = PenaltyProposal(case.case_id, "措施:更换 A/B 模具:*?", "注塑车间", (), (), (), "")
    assert TemplateDocuments().penalty(case, decisions, proposal)[0] == "处罚建议单-更换 A_B 模具___.docx"
