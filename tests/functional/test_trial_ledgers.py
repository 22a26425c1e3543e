"""kesu try on a ledger nobody prepared: who is named, what is drafted, what the summary says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from pipeline.cli import main
from tests.unit.plant_ledgers import PlantLedger, Rows, basics, day, heads
from tests.unit.plant_ledgers_forms import one_sheet_log

NOW = "2026-11-23T15:00+08:00"


def _try(plant: PlantLedger, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    ledger = plant.save(folder / "ledger.xlsx")
    before = ledger.read_bytes()
    assert main(["try", str(ledger), "--into", str(folder / "out"), "--now", NOW]) == 0
    assert ledger.read_bytes() == before
    return capsys.readouterr().out.splitlines()


def test_a_folder_named_from_where_one_stands_gets_the_drafts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _try(one_sheet_log(), Path(), capsys)
    assert sorted(path.name for path in Path("out").iterdir() if path.is_dir()) == ["客诉资料"]


def test_a_one_sheet_log_names_its_own_people_and_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = _try(one_sheet_log(), tmp_path, capsys)
    assert lines[0] == "客诉 8 件，其中未关闭 4 件；生成草稿 4 份。"
    assert "  李晓琴：2 项" in lines  # the 责任人 column, since there is no 质量工程师
    assert any(line.strip().startswith("第5行 ") for line in lines)  # one sheet: its name says nothing
    board = (tmp_path / "out" / "客诉看板.html").read_text(encoding="utf-8")
    assert "李晓琴" in board


def test_a_row_number_is_no_complaint_number_on_paper(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A ledger without product column gets its drafts; what it does not keep is 待填写, and so is the number."""
    rows: Rows = [heads("日期 客户 问题 结果"), [day(1), "东岳汽车", "接头渗水", "跟进中"]]
    _try(PlantLedger("short", {"客诉": rows}, {}), tmp_path, capsys)
    draft = next((tmp_path / "out").rglob("*.docx"))
    assert draft.parent.name == "第2行 东岳汽车"
    words = [
        "".join(text.text or "" for text in cell._tc.iter(qn("w:t")))  # cell.text leaves out what controls hold
        for table in Document(str(draft)).tables for row in table.rows for cell in row.cells
    ]
    assert words[words.index("客诉编号") + 1] == "待填写"
    assert "接头渗水" in words


def test_many_equal_problems_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: Rows = [heads("客诉编号 投诉日期 客户 产品 零件号 问题描述 不良数 状态")]
    rows += [[f"A{i}", day(i), *basics(i)[:4], "约5", "已关闭"] for i in range(40)]
    lines = _try(PlantLedger("vague", {"客诉": rows}, {}), tmp_path, capsys)
    told = [line for line in lines if "约数" in line]
    assert len(told) == 1
    assert "40 处" in told[0]


def test_a_book_without_complaints_says_so_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: Rows = [["对供应商投诉台账"], heads("SCAR编号 投诉日期 供应商名称 不良现象 不良数量 状态"),
                  ["S1", day(1), "某橡塑", "毛边", 3, "关闭"]]
    lines = _try(PlantLedger("supplier", {"供应商投诉": rows}, {}), tmp_path, capsys)
    assert len([line for line in lines if "没有找到客诉台账" in line]) == 1
    assert not any(line.startswith(":") for line in lines)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows makes symbolic links only for administrators")
def test_a_link_that_leads_to_itself_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loop = tmp_path / "loop.xlsx"
    loop.symlink_to(loop)
    assert main(["check", str(loop)]) == 2
    shown = capsys.readouterr()
    assert "loop.xlsx" in shown.err + shown.out
    assert "Traceback" not in shown.err
