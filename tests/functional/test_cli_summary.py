"""kesu summary: a workbook with native charts and a table for pivots, never over somebody's file."""

from __future__ import annotations

import zipfile
from pathlib import Path

from openpyxl import load_workbook

from pipeline.review.workbook import review_workbook
from tests.functional.plant_folder import COMPLAINTS, complaint, empty_plant, kesu
from tests.spec.ledger_tables import at
from tests.spec.test_rule_period_review import reviewed


def test_what_people_typed_never_becomes_a_formula(tmp_path: Path) -> None:
    found = reviewed([{"接诉时间": "2026-11-05 08:00", "不良现象": '=HYPERLINK("x")', "失效类别": "=1+1"}])
    (tmp_path / "x.xlsx").write_bytes(review_workbook(found, at("2026-11-30T18:00")))
    book = load_workbook(tmp_path / "x.xlsx")
    typed = [cell.data_type for sheet in book for row in sheet for cell in row if str(cell.value).startswith("=")]
    assert set(typed) == {"s"}
    assert len(typed) >= 3


def test_a_review_is_written_and_a_changed_one_stays(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, *(
        complaint(客诉编号=f"K-{n}", 状态="调查", 失效类别="泄漏") for n in range(1, 4)
    ))
    plant.settled()
    before = plant.snapshot()
    now = "2026-11-30T18:00+08:00"
    asked = ("summary", "--period", "2026-11", "-c", plant.config, "--now", now, "--into", tmp_path)
    said = kesu(*asked)
    assert said.out.splitlines()[0] == "2026 年 11 月：接诉 3 件，关闭 0 件，期末未关闭 3 件"
    assert plant.snapshot() == before
    target = tmp_path / "客诉总结-2026-11.xlsx"
    first = target.read_bytes()
    assert kesu(*asked, "--json").json["received"] == 3
    assert target.read_bytes() == first
    book = load_workbook(target)
    assert book.sheetnames[:3] == ["概览", "趋势", "按失效类别"]
    assert list(book["明细"].tables) == ["客诉明细"]
    with zipfile.ZipFile(target) as package:
        charts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 8
    assert all("微软雅黑" in chart for chart in charts)
    target.write_bytes(b"changed by somebody")
    assert "保持不动" in kesu(*asked).out
    assert target.read_bytes() == b"changed by somebody"
    refused = kesu("summary", "--period", "11月", "-c", plant.config)
    assert (refused.code, "2026Q4" in refused.err) == (2, True)
