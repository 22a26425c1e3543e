"""What kesu check shows: the JSON of issue 2 and the Chinese text."""

# ruff: noqa: E501 - tables of wide characters stay on one line

from __future__ import annotations

import json
from pathlib import Path

from pipeline.ledger.report import as_json, as_text
from tests.unit.ledger_workbooks import book, read

ROWS: list[list[object]] = [["客诉编号", "投诉\n日期", "客户", "不良现像", "不良品总数量", "颜色"], ["K-1", "2026.13.5", "东湖汽车", "漏水", 3, "黑"]]


def test_json(tmp_path: Path) -> None:
    book(tmp_path / "台账.xlsx", {"三月": ROWS})
    found = as_json(read(tmp_path / "台账.xlsx"))
    assert json.loads(json.dumps(found)) == found
    assert {key: value for key, value in found.items() if key not in {"hints", "issues"}} == {
        "ledger": "台账.xlsx",
        "sheets": [{
            "name": "三月", "heading_row": 1, "rows": 1,
            "mapped": {"客诉编号": "number", "投诉\n日期": "received", "客户": "customer"},
            "guessed": {"不良现像": "phenomenon", "不良品总数量": "defects"},
            "unmapped": ["颜色"],
        }],
    }
    (issue,) = found["issues"]
    assert (issue["sheet"], issue["cell"], issue["field"], issue["value"]) == ("三月", "B2", "received", "2026.13.5")
    assert "2026.13.5" in issue["message"]


def test_text_names_sheet_cell_value_and_remedy(tmp_path: Path) -> None:
    book(tmp_path / "台账.xlsx", {"三月": ROWS})
    text = as_text(read(tmp_path / "台账.xlsx"))
    assert "工作表“三月”→ 客诉台账：标题在第 1 行，已填 1 行" in text
    assert "完全一致（2）：客诉编号、客户" in text
    assert "别名（1）：投诉 日期 = 接诉时间" in text
    assert "不良品总数量 ≈ 不良数量（未采用）" in text
    assert "未对应（1，原样保留）：颜色" in text
    assert "B2 投诉 日期 “2026.13.5”" in text
    assert "共 1 处问题" in text
